internal import CGDAL
public import Diagnostics

/// A value of a feature's field.
public enum FieldValue: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case real(Double)

  /// The value as text, whatever its type.
  public var text: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }
  }
}

/// A point of a file in the file's own coordinates: x is longitude or easting, whatever the axis order of the CRS.
public struct FilePoint: Hashable, Sendable {
  /// Longitude or easting, in the unit of the file's system.
  public let x: Double
  /// Latitude or northing, in the unit of the file's system.
  public let y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// One feature of a vector layer.
public struct VectorFeature: Sendable {
  /// Position in the layer, counted from 1.
  public let number: Int
  /// Fields that are set, by name as in the file.
  public let fields: [String: FieldValue]
  /// Per polygon its rings, exterior first; not closed. Empty for other geometry.
  public let polygons: [[[FilePoint]]]
  /// Of a point feature.
  public let point: FilePoint?
}

/// A vector file read through GDAL: anything OGR knows, also `/vsizip/` and `/vsigzip/` paths.
///
/// One per task.
public struct VectorFile: ~Copyable {
  /// As given, for messages; it may be a `/vsizip/` path.
  public let path: String
  private let dataset: GDALDatasetH
  private let layer: OGRLayerH

  /// - Parameter layer: Name of a layer; the first when left out.
  /// - Throws: `Problem` with GDAL's reason.
  public init(path: String, layer name: String? = nil) throws(Problem) {
    let dataset = try GDALLibrary.open(path, GDAL_OF_VECTOR, what: "vector features")
    guard let layer = name.map({ GDALDatasetGetLayerByName(dataset, $0) }) ?? GDALDatasetGetLayer(dataset, 0) else {
      GDALClose(dataset)
      throw Problem("\(path) holds no layer \(name ?? "")", remedy: "name a file with features")
    }
    self.path = path
    self.dataset = dataset
    self.layer = layer
  }

  deinit { GDALClose(dataset) }

  /// `EPSG:n` of the layer where it has one, else its WKT; `nil` when the file says nothing.
  public borrowing func coordinateSystem() -> String? {
    guard let reference = OGR_L_GetSpatialRef(layer) else { return nil }
    if let authority = OSRGetAuthorityName(reference, nil), let code = OSRGetAuthorityCode(reference, nil) {
      return "\(String(cString: authority)):\(String(cString: code))"
    }
    var text: UnsafeMutablePointer<CChar>?
    guard OSRExportToWkt(reference, &text) == OGRERR_NONE, let text else { return nil }
    defer { VSIFree(text) }
    return String(cString: text)
  }

  /// Visits every feature of the layer in file order.
  public borrowing func forEachFeature(_ body: (VectorFeature) throws(Problem) -> Void) throws(Problem) {
    OGR_L_ResetReading(layer)
    var number = 0
    CPLErrorReset()
    while let feature = OGR_L_GetNextFeature(layer) {
      defer { OGR_F_Destroy(feature) }
      number += 1
      let geometry = OGR_F_GetGeometryRef(feature)
      try body(
        VectorFeature(
          number: number, fields: Self.fields(feature), polygons: Self.polygons(geometry), point: Self.point(geometry)))
    }
    guard CPLGetLastErrorType() != CE_Failure else {
      throw Problem(
        "reading stopped: \(GDALLibrary.takeMessage())", at: SourcePlace(file: path, line: number + 1),
        remedy: "the file is damaged or cut short; fetch it again")
    }
  }

  private static func fields(_ feature: OGRFeatureH) -> [String: FieldValue] {
    var fields: [String: FieldValue] = [:]
    for k in 0..<OGR_F_GetFieldCount(feature) where OGR_F_IsFieldSetAndNotNull(feature, k) != 0 {
      guard let definition = OGR_F_GetFieldDefnRef(feature, k), let name = OGR_Fld_GetNameRef(definition) else {
        continue
      }
      let value: FieldValue
      switch OGR_Fld_GetType(definition) {
      case OFTInteger, OFTInteger64: value = .integer(OGR_F_GetFieldAsInteger64(feature, k))
      case OFTReal: value = .real(OGR_F_GetFieldAsDouble(feature, k))
      default: value = .text(OGR_F_GetFieldAsString(feature, k).map { String(cString: $0) } ?? "")
      }
      fields[String(cString: name)] = value
    }
    return fields
  }

  private static func point(_ geometry: OGRGeometryH?) -> FilePoint? {
    guard let geometry, OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)) == wkbPoint, OGR_G_IsEmpty(geometry) == 0 else {
      return nil
    }
    return FilePoint(x: OGR_G_GetX(geometry, 0), y: OGR_G_GetY(geometry, 0))
  }

  private static func polygons(_ geometry: OGRGeometryH?) -> [[[FilePoint]]] {
    guard let geometry else { return [] }
    switch OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)) {
    case wkbPolygon:
      return [(0..<OGR_G_GetGeometryCount(geometry)).map { ring(OGR_G_GetGeometryRef(geometry, $0)) }]
    case wkbMultiPolygon, wkbGeometryCollection:
      return (0..<OGR_G_GetGeometryCount(geometry)).flatMap { polygons(OGR_G_GetGeometryRef(geometry, $0)) }
    default: return []
    }
  }

  private static func ring(_ ring: OGRGeometryH?) -> [FilePoint] {
    guard let ring else { return [] }
    let points = (0..<OGR_G_GetPointCount(ring)).map { FilePoint(x: OGR_G_GetX(ring, $0), y: OGR_G_GetY(ring, $0)) }
    // Files close rings by repeating the first point; our rings are not closed.
    return points.first == points.last ? Array(points.dropLast()) : points
  }
}
