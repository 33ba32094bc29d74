internal import Glibc

/// Distance and true bearing between two near positions on the ellipsoid.
///
/// Both points are put into three dimensions and the second is seen from the first in its own horizontal frame (east,
/// north). For points up to 100 km apart the bearing differs from that of the geodesic by less than 0.001 degrees and
/// the distance, the chord, by less than 1 m. Nothing of a map projection is in it: on the Albers plane of the grid,
/// north is up to 9 degrees off over the "2+26" region.
public struct GroundDirection: Hashable, Sendable {
  /// Metres.
  public let distanceMetres: Double
  /// Degrees clockwise from true north, 0..<360; 0 when both are one point.
  public let bearingDegrees: Double

  public init(from: LonLat, to: LonLat) {
    let a = Self.cartesian(from)
    let b = Self.cartesian(to)
    let d = (x: b.x - a.x, y: b.y - a.y, z: b.z - a.z)
    let radians = Double.pi / 180
    let (sinLon, cosLon) = (sin(from.longitude * radians), cos(from.longitude * radians))
    let (sinLat, cosLat) = (sin(from.latitude * radians), cos(from.latitude * radians))
    let east = -sinLon * d.x + cosLon * d.y
    let north = -sinLat * cosLon * d.x - sinLat * sinLon * d.y + cosLat * d.z
    distanceMetres = (d.x * d.x + d.y * d.y + d.z * d.z).squareRoot()
    let degrees = atan2(east, north) / radians
    bearingDegrees = distanceMetres == 0 ? 0 : degrees < 0 ? degrees + 360 : degrees
  }

  /// WGS 84, height 0, metres.
  private static func cartesian(_ position: LonLat) -> (x: Double, y: Double, z: Double) {
    let radians = Double.pi / 180
    let e2 = (2 - 1 / 298.257_223_563) / 298.257_223_563
    let sine = sin(position.latitude * radians)
    let cosine = cos(position.latitude * radians)
    let normal = 6_378_137 / (1 - e2 * sine * sine).squareRoot()
    return (
      normal * cosine * cos(position.longitude * radians), normal * cosine * sin(position.longitude * radians),
      normal * (1 - e2) * sine
    )
  }
}

extension DeclaredPosition {
  /// Half the diagonal of the square that the digits leave open, metres, where degrees have at most three decimals.
  ///
  /// - Returns: `nil` for finer degrees, whose rounding is below 7 m, and for projected coordinates. Of a thousand
  ///   positions with six decimals one in a million looks like three.
  public var roundingRadiusMetres: Double? {
    if case .proj = reference { return nil }
    var step = 1.0
    for decimals in 0...3 {
      let scale = decimals == 0 ? 1 : decimals == 1 ? 10.0 : decimals == 2 ? 100 : 1000
      if Self.isWhole(x * scale), Self.isWhole(y * scale) {
        let height = step * 111_000 / 2
        let width = height * cos(y * .pi / 180)
        return (height * height + width * width).squareRoot()
      }
      step /= 10
    }
    return nil
  }

  private static func isWhole(_ value: Double) -> Bool { abs(value - value.rounded()) < 1e-7 }
}
