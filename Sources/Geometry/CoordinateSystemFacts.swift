internal import CPROJ

/// What PROJ knows about a coordinate system before anything is converted: enough to catch a file that lies about it.
public struct CoordinateSystemFacts: Sendable, Equatable {
  /// Such as `WGS 84 / UTM zone 50N`; empty when it has no name.
  public let name: String
  /// Whether its coordinates are degrees rather than lengths.
  public let isGeographic: Bool
  /// Degrees west, south, east and north; `nil` for a system that names no area (a PROJ string).
  public let areaOfUse: (west: Double, south: Double, east: Double, north: Double)?

  /// - Returns: `nil` for a text PROJ does not understand.
  public init?(_ text: String) {
    guard let context = proj_context_create() else { return nil }
    defer { proj_context_destroy(context) }
    proj_log_level(context, PJ_LOG_NONE)
    guard let system = proj_create(context, text) else { return nil }
    defer { proj_destroy(system) }
    name = proj_get_name(system).map { String(cString: $0) } ?? ""
    var kind = proj_get_type(system)
    if kind == PJ_TYPE_BOUND_CRS, let source = proj_get_source_crs(context, system) {
      kind = proj_get_type(source)
      proj_destroy(source)
    }
    isGeographic =
      kind == PJ_TYPE_GEOGRAPHIC_2D_CRS || kind == PJ_TYPE_GEOGRAPHIC_3D_CRS || kind == PJ_TYPE_GEODETIC_CRS
    var (west, south, east, north) = (0.0, 0.0, 0.0, 0.0)
    let known = proj_get_area_of_use(context, system, &west, &south, &east, &north, nil)
    areaOfUse = known == 1 && west > -1000 ? (west, south, east, north) : nil
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.name == b.name && a.isGeographic == b.isGeographic && a.areaOfUse?.west == b.areaOfUse?.west
      && a.areaOfUse?.south == b.areaOfUse?.south && a.areaOfUse?.east == b.areaOfUse?.east
      && a.areaOfUse?.north == b.areaOfUse?.north
  }

  /// Whether a position lies in the area of use, with some degrees to spare; `true` when no area is known.
  public func covers(_ position: LonLat, marginDegrees: Double) -> Bool {
    guard let area = areaOfUse else { return true }
    guard position.latitude >= area.south - marginDegrees, position.latitude <= area.north + marginDegrees else {
      return false
    }
    // An area across the antimeridian has its west side east of its east side.
    let west = area.west - marginDegrees
    let east = area.east + marginDegrees + (area.east < area.west ? 360 : 0)
    return (west...east).contains(position.longitude) || (west...east).contains(position.longitude + 360)
  }
}
