/// A position on the earth in WGS 84 (EPSG:4326), degrees. Other datums are a ``DeclaredPosition`` until converted.
public struct LonLat: Hashable, Sendable, Codable {
  /// Degrees east, -180...180.
  public var longitude: Double
  /// Degrees north, -90...90.
  public var latitude: Double

  public init(longitude: Double, latitude: Double) {
    self.longitude = longitude
    self.latitude = latitude
  }
}

/// What a file says its coordinates are. Nothing is converted unless it was declared.
public enum CoordinateReference: Hashable, Sendable, CustomStringConvertible {
  /// EPSG:4326.
  case wgs84
  /// EPSG:4490; equal to WGS 84 within a metre, and used as such.
  case cgcs2000
  /// The obfuscated datum of Chinese web maps (国测局坐标).
  case gcj02
  /// Baidu's datum on top of GCJ-02.
  case bd09
  /// Anything else PROJ understands: `EPSG:n` or a PROJ string.
  case proj(String)

  /// Reads `wgs84`, `cgcs2000`, `gcj02`, `bd09` in any case and with `-` or `_`, `EPSG:n` or a PROJ string (`+proj=...`).
  /// - Returns: `nil` for anything else. Whether PROJ knows the code is found out when it is used.
  public init?(_ text: String) {
    let compact = text.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    switch compact {
    case "wgs84", "epsg:4326", "ogc:crs84": self = .wgs84
    case "cgcs2000", "epsg:4490": self = .cgcs2000
    case "gcj02": self = .gcj02
    case "bd09", "bd09ll": self = .bd09
    default:
      if compact.hasPrefix("epsg:"), Int(compact.dropFirst(5)) != nil {
        self = .proj("EPSG:" + compact.dropFirst(5))
      } else if text.contains("+proj=") {
        self = .proj(text)
      } else {
        return nil
      }
    }
  }

  public var description: String {
    switch self {
    case .wgs84: "wgs84"
    case .cgcs2000: "cgcs2000"
    case .gcj02: "gcj02"
    case .bd09: "bd09"
    case .proj(let text): text
    }
  }
}

/// A position as a file declared it, before any conversion: degrees, or the units of a projected system.
public struct DeclaredPosition: Hashable, Sendable {
  /// Longitude in degrees, or easting in the unit of the system.
  public var x: Double
  /// Latitude in degrees, or northing in the unit of the system.
  public var y: Double
  /// Which datum or projected system `x` and `y` are in.
  public var reference: CoordinateReference

  public init(x: Double, y: Double, reference: CoordinateReference) {
    self.x = x
    self.y = y
    self.reference = reference
  }
}
