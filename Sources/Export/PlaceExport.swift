public import Diagnostics
public import GeoFormats
public import Geometry
public import Grids

/// A firm as it goes on a map.
public struct ExportEnterprise: Hashable, Sendable {
  /// 18 characters (GB 32100).
  public let creditCode: String
  /// As in the register.
  public let name: String
  /// GB/T 4754; empty when it is not known.
  public let industryCode: String
  /// GB/T 2260; empty when it is not known.
  public let countyCode: String
  /// Empty when it is not known.
  public let grade: String
  /// Empty when it is not known.
  public let status: String
  /// WGS 84; a firm without one can be written to CSV only.
  public let position: LonLat?

  public init(
    creditCode: String, name: String, industryCode: String, countyCode: String, grade: String, status: String,
    position: LonLat?
  ) {
    self.creditCode = creditCode
    self.name = name
    self.industryCode = industryCode
    self.countyCode = countyCode
    self.grade = grade
    self.status = status
    self.position = position
  }
}

/// Writes firms as points and counties as areas.
public enum PlaceExport {
  /// Writes firms by credit code. - Returns: How many have no position and could be written to CSV only.
  @discardableResult
  public static func write(
    _ enterprises: [ExportEnterprise], grid: Grid, to path: String, format: VectorFormat,
    reference: ExportReference = .usual, hasByteOrderMark: Bool = false
  ) throws(Problem) -> Int {
    let plane = try MapPlane(reference, format: format, grid: grid)
    let isTable = format == .csv
    // A shapefile cuts names at 10 bytes.
    let countyField = format == .shapefile ? "county_cod" : "county_code"
    var fields = ["uscc", "name", "industry", countyField, "grade", "status"].map { VectorField($0, .text) }
    if isTable {
      fields += [
        VectorField(plane.isGeographic ? "lon" : "x", .real), VectorField(plane.isGeographic ? "lat" : "y", .real),
      ]
    }
    var writer = try VectorWriter(
      path: path, format: format,
      layer: VectorLayer(
        name: "enterprises", fields: fields, geometry: isTable ? .none : .point, coordinateSystem: plane.system,
        coordinateSystemName: plane.systemName), hasByteOrderMark: hasByteOrderMark)
    var withoutPosition = 0
    for firm in enterprises.sorted(by: { $0.creditCode < $1.creditCode }) {
      let values: [FieldValue?] = [
        firm.creditCode, firm.name, firm.industryCode, firm.countyCode, firm.grade, firm.status,
      ].map { $0.isEmpty ? nil : .text($0) }
      let point = firm.position.map { plane.point($0) }
      if point == nil { withoutPosition += 1 }
      if isTable {
        try writer.write(.none, values + [point.map { .real($0.x) }, point.map { .real($0.y) }])
      } else if let point {
        try writer.write(.point(point), values)
      }
    }
    try writer.commit()
    return isTable ? 0 : withoutPosition
  }

  /// Writes counties by code.
  public static func write(
    _ counties: [CountyBoundary], grid: Grid, to path: String, format: VectorFormat,
    reference: ExportReference = .usual
  ) throws(Problem) {
    let plane = try MapPlane(reference, format: format, grid: grid)
    let fields = ["code", "name", "city_code", "city", "province"].map { VectorField($0, .text) }
    let isTable = format == .csv
    var writer = try VectorWriter(
      path: path, format: format,
      layer: VectorLayer(
        name: "counties", fields: fields, geometry: isTable ? .none : .multiPolygon, coordinateSystem: plane.system,
        coordinateSystemName: plane.systemName))
    for boundary in counties.sorted(by: { $0.county.code < $1.county.code }) {
      let county = boundary.county
      let values: [FieldValue?] = [county.code, county.name, county.cityCode, county.cityName, county.provinceName]
        .map { .text($0) }
      let polygons = boundary.polygons.map { rings in rings.map { $0.map { plane.point($0) } } }
      try writer.write(isTable ? .none : .multiPolygon(polygons), values)
    }
    try writer.commit()
  }
}
