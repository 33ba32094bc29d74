internal import Glibc

/// How a straight line becomes a drive: distance = great circle x detour, time = distance / speed + a start-up time.
public struct TravelModel: Hashable, Sendable {
  /// Road distance over great-circle distance, at least 1.
  public let detourFactor: Double
  /// Mean speed from door to door, km/h.
  public let kilometresPerHour: Double
  /// Parking and finding the gate, added to each drive that is longer than nothing, seconds.
  public let secondsPerDrive: Double

  public init(detourFactor: Double, kilometresPerHour: Double, secondsPerDrive: Double = 0) {
    precondition(detourFactor >= 1 && kilometresPerHour > 0 && secondsPerDrive >= 0, "a drive takes time")
    self.detourFactor = detourFactor
    self.kilometresPerHour = kilometresPerHour
    self.secondsPerDrive = secondsPerDrive
  }

  /// Our choice where nothing was measured: detour 1.3, 40 km/h, five minutes a drive. `docs/methods/routes.md` says why.
  public static let standard = TravelModel(detourFactor: 1.3, kilometresPerHour: 40, secondsPerDrive: 300)
}

/// Driving distance and time between every two places, row by row; it need not be symmetric.
public struct TravelTable: Hashable, Sendable {
  /// Number of places.
  public let count: Int
  /// From place `a` to place `b` at `a * count + b`, metres.
  public let metres: [Double]
  /// As ``metres``, seconds.
  public let seconds: [Double]

  /// - Precondition: both hold `count * count` finite numbers that are not negative.
  public init(count: Int, metres: [Double], seconds: [Double]) {
    precondition(metres.count == count * count && seconds.count == count * count, "one number a pair of places")
    precondition(metres.allSatisfy { $0 >= 0 && $0.isFinite }, "a distance is not negative")
    precondition(seconds.allSatisfy { $0 >= 0 && $0.isFinite }, "a time is not negative")
    self.count = count
    self.metres = metres
    self.seconds = seconds
  }

  /// Great-circle distances stretched by a model.
  ///
  /// Haversine on a sphere of 6,371,008.8 m (mean radius R1 of GRS 80), at most 0.6 % off the ellipsoid, which is far
  /// inside what the detour factor does not know.
  ///
  /// - Parameter places: Longitude and latitude, degrees.
  public init(places: [(longitude: Double, latitude: Double)], model: TravelModel) {
    let radians = places.map { (x: $0.longitude * .pi / 180, y: $0.latitude * .pi / 180) }
    let cosines = radians.map { cos($0.y) }
    var metres = [Double](repeating: 0, count: places.count * places.count)
    var seconds = metres
    for a in places.indices {
      for b in places.indices where b > a {
        let dy = sin((radians[b].y - radians[a].y) / 2)
        let dx = sin((radians[b].x - radians[a].x) / 2)
        let chord = dy * dy + cosines[a] * cosines[b] * dx * dx
        let drive = 2 * 6_371_008.8 * asin(min(1, chord.squareRoot())) * model.detourFactor
        let time = drive > 0 ? drive / (model.kilometresPerHour / 3.6) + model.secondsPerDrive : 0
        metres[a * places.count + b] = drive
        metres[b * places.count + a] = drive
        seconds[a * places.count + b] = time
        seconds[b * places.count + a] = time
      }
    }
    self.init(count: places.count, metres: metres, seconds: seconds)
  }
}
