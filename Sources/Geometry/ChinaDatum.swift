internal import Glibc

/// The two obfuscated datums of Chinese web maps, forwards by the published series and backwards by iteration.
///
/// GCJ-02 moves a WGS 84 position by a few hundred metres inside China and not at all outside; BD-09 turns and shifts it
/// once more. Constants as in the public implementations (eviltransform, geoChina); the series is evaluated in degrees
/// relative to 105°E 35°N on the Krasovsky 1940 ellipsoid.
public enum ChinaDatum {
  private static let semiMajorMetres = 6_378_245.0
  private static let eccentricitySquared = 0.006_693_421_622_965_94

  /// Whether the transformation acts at a position: a plain box, so that its edge is where maps have it.
  public static func isInside(_ position: LonLat) -> Bool {
    position.longitude >= 72.004 && position.longitude <= 137.8347 && position.latitude >= 0.8293
      && position.latitude <= 55.8271
  }

  /// WGS 84 to GCJ-02, degrees. Identity outside China.
  public static func gcj02(fromWGS84 position: LonLat) -> (longitude: Double, latitude: Double) {
    guard isInside(position) else { return (position.longitude, position.latitude) }
    let shift = offset(position.longitude, position.latitude)
    return (position.longitude + shift.longitude, position.latitude + shift.latitude)
  }

  /// GCJ-02 to WGS 84 by fixed-point iteration, to 1e-12 degrees (about 0.1 µm). Identity outside China.
  public static func wgs84(fromGCJ02 longitude: Double, _ latitude: Double) -> LonLat {
    guard isInside(LonLat(longitude: longitude, latitude: latitude)) else {
      return LonLat(longitude: longitude, latitude: latitude)
    }
    var guess = LonLat(longitude: longitude, latitude: latitude)
    for _ in 0..<30 {
      let shift = offset(guess.longitude, guess.latitude)
      let next = LonLat(longitude: longitude - shift.longitude, latitude: latitude - shift.latitude)
      let change = max(abs(next.longitude - guess.longitude), abs(next.latitude - guess.latitude))
      guess = next
      if change < 1e-12 { break }
    }
    return guess
  }

  /// GCJ-02 to BD-09, degrees.
  public static func bd09(fromGCJ02 longitude: Double, _ latitude: Double) -> (longitude: Double, latitude: Double) {
    let radius = (longitude * longitude + latitude * latitude).squareRoot() + 0.000_02 * sin(latitude * bdAngle)
    let angle = atan2(latitude, longitude) + 0.000_003 * cos(longitude * bdAngle)
    return (radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)
  }

  /// BD-09 to GCJ-02 by fixed-point iteration, to 1e-12 degrees.
  public static func gcj02(fromBD09 longitude: Double, _ latitude: Double) -> (longitude: Double, latitude: Double) {
    var guess = (longitude: longitude - 0.0065, latitude: latitude - 0.006)
    for _ in 0..<30 {
      let forward = bd09(fromGCJ02: guess.longitude, guess.latitude)
      let dx = forward.longitude - longitude
      let dy = forward.latitude - latitude
      guess.longitude -= dx
      guess.latitude -= dy
      if max(abs(dx), abs(dy)) < 1e-12 { break }
    }
    return guess
  }

  /// WGS 84 to BD-09, degrees. Identity outside China.
  public static func bd09(fromWGS84 position: LonLat) -> (longitude: Double, latitude: Double) {
    guard isInside(position) else { return (position.longitude, position.latitude) }
    let middle = gcj02(fromWGS84: position)
    return bd09(fromGCJ02: middle.longitude, middle.latitude)
  }

  /// BD-09 to WGS 84. Identity outside China.
  public static func wgs84(fromBD09 longitude: Double, _ latitude: Double) -> LonLat {
    guard isInside(LonLat(longitude: longitude, latitude: latitude)) else {
      return LonLat(longitude: longitude, latitude: latitude)
    }
    let middle = gcj02(fromBD09: longitude, latitude)
    return wgs84(fromGCJ02: middle.longitude, middle.latitude)
  }

  private static let bdAngle = Double.pi * 3000 / 180

  /// The GCJ-02 shift at a WGS 84 position, degrees.
  private static func offset(_ longitude: Double, _ latitude: Double) -> (longitude: Double, latitude: Double) {
    let x = longitude - 105
    let y = latitude - 35
    let root = abs(x).squareRoot()
    let waves = (20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)) * 2 / 3
    let north =
      -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
      + (20 * sin(y * .pi) + 40 * sin(y / 3 * .pi)) * 2 / 3
      + (160 * sin(y / 12 * .pi) + 320 * sin(y * .pi / 30)) * 2 / 3
    let east =
      300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
      + (20 * sin(x * .pi) + 40 * sin(x / 3 * .pi)) * 2 / 3
      + (150 * sin(x / 12 * .pi) + 300 * sin(x / 30 * .pi)) * 2 / 3
    let phi = latitude / 180 * .pi
    let magic = 1 - eccentricitySquared * sin(phi) * sin(phi)
    let rootMagic = magic.squareRoot()
    let meridian = semiMajorMetres * (1 - eccentricitySquared) / (magic * rootMagic)
    return (
      east * 180 / (semiMajorMetres / rootMagic * cos(phi) * .pi),
      north * 180 / (meridian * .pi)
    )
  }
}
