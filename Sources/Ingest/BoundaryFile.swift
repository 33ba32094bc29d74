public import Diagnostics
internal import GeoFormats
public import Geometry
public import Grids

/// Reads county boundaries from any vector file.
public enum BoundaryFile {
  /// Names of the fields that are understood, best first.
  private static let aliases: [(field: String, names: [String])] = [
    ("code", ["code", "adcode", "district_adcode", "county_code", "gb2260", "代码"]),
    ("name", ["name", "district_name", "county_name", "名称"]),
    ("city_code", ["city_code", "city_adcode"]),
    ("city_name", ["city_name", "city"]),
    ("province_name", ["province_name", "province"]),
  ]

  /// - Parameters:
  ///   - path: Anything GDAL reads; polygons with at least a GB/T 2260 code each.
  ///   - reference: What the coordinates are. `nil` takes the file's own word, and WGS 84 where it says nothing.
  ///   - places: Fills in names and cities that the file does not have.
  /// - Throws: `Problem` naming the feature for a missing code, two counties of one code, or positions that are no degrees.
  public static func read(
    path: String, reference: CoordinateReference?, places: PlaceDirectory?
  ) throws(Problem) -> [CountyBoundary] {
    let file = try VectorFile(path: path)
    let own = file.coordinateSystem().map { CoordinateReference($0) ?? .proj($0) }
    let converter = try PositionConverter(from: reference ?? own ?? .wgs84)
    var boundaries: [CountyBoundary] = []
    var features: [String: Int] = [:]
    try file.forEachFeature { feature throws(Problem) in
      let place = SourcePlace(file: path, line: feature.number)
      guard let code = field("code", of: feature), code.count == 6, code.allSatisfy(\.isNumber) else {
        throw Problem(
          "feature \(feature.number) has no six-digit county code", at: place,
          remedy: "give each polygon a field code (or adcode, district_adcode) with its GB/T 2260 code")
      }
      if let first = features.updateValue(feature.number, forKey: code) {
        throw Problem(
          "features \(first) and \(feature.number) both have the code \(code)", at: place,
          remedy: "merge them into one multi-polygon")
      }
      guard !feature.polygons.isEmpty else {
        throw Problem("county \(code) has no polygon", at: place, remedy: "remove the feature or give it a boundary")
      }
      boundaries.append(
        CountyBoundary(county: county(code, feature, places), polygons: try convert(feature, converter, place)))
    }
    guard !boundaries.isEmpty else {
      throw Problem("\(path) holds no counties", remedy: "name a file with one polygon per county")
    }
    return boundaries.sorted { $0.county.code < $1.county.code }
  }

  private static func field(_ wanted: String, of feature: VectorFeature) -> String? {
    guard let names = aliases.first(where: { $0.field == wanted })?.names else { return nil }
    for name in names {
      for (key, value) in feature.fields where key.lowercased() == name { return value.text }
    }
    return nil
  }

  private static func county(_ code: String, _ feature: VectorFeature, _ places: PlaceDirectory?) -> County {
    let known = places?.today(code)
    // A municipality's districts belong to the municipality; elsewhere the first four digits name the city.
    let guess = ["11", "12", "31", "50"].contains(code.prefix(2)) ? code.prefix(2) + "0000" : code.prefix(4) + "00"
    return County(
      code: code, name: field("name", of: feature) ?? known?.name ?? code,
      cityCode: field("city_code", of: feature) ?? known?.cityCode ?? String(guess),
      cityName: field("city_name", of: feature) ?? known?.cityName ?? String(guess),
      provinceName: field("province_name", of: feature) ?? known?.provinceName ?? "")
  }

  /// Every ring in WGS 84. - Throws: with the feature's place.
  static func convert(
    _ feature: VectorFeature, _ converter: borrowing PositionConverter, _ place: SourcePlace
  ) throws(Problem) -> [[[LonLat]]] {
    var polygons: [[[LonLat]]] = []
    for rings in feature.polygons {
      var converted: [[LonLat]] = []
      for ring in rings {
        var points: [LonLat] = []
        points.reserveCapacity(ring.count)
        for point in ring {
          do throws(Problem) { points.append(try converter.wgs84(x: point.x, y: point.y)) } catch {
            throw Problem(error.problem, at: place, remedy: error.remedy)
          }
        }
        converted.append(points)
      }
      polygons.append(converted)
    }
    return polygons
  }
}
