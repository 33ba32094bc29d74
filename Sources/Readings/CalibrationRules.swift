/// How micro-stations are calibrated against reference stations, as numbers a policy file can change.
public struct CalibrationRules: Hashable, Sendable, Codable {
  /// Whether the daily job calibrates at all.
  public var enabled = false
  /// The nearest reference station within this distance is taken for the truth at the sensor.
  public var radiusMetres = 1500.0
  /// Hours that both must have.
  public var leastHours = 168
  /// Days these hours must lie on.
  public var leastDays = 7
  /// Blocks of days left out in turn.
  public var folds = 5
  /// Below this share of explained variance a sensor is not calibrated by itself.
  public var leastR2 = 0.5
  /// Residuals beyond this many robust standard deviations count less (Huber).
  public var huber = 1.345
  /// Repeatability of the sensor: standard deviation of its own noise as a share of the value, from its data sheet.
  public var sensorNoiseShare = 0.03
  /// Error of an uncalibrated value: this share of it, and at least `rawErrorFloor`.
  public var rawErrorShare = 0.4
  /// In the pollutant's unit.
  public var rawErrorFloor = 15.0

  public init() {}

  enum CodingKeys: String, CodingKey {
    case enabled, folds, huber
    case radiusMetres = "radius_metres"
    case leastHours = "least_hours"
    case leastDays = "least_days"
    case leastR2 = "least_r2"
    case sensorNoiseShare = "sensor_noise_share"
    case rawErrorShare = "raw_error_share"
    case rawErrorFloor = "raw_error_floor"
  }

  /// The values that cannot be used: the key, and what is wrong.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    func above(_ value: Double, _ key: CodingKeys) {
      if !(value.isFinite && value > 0) { result.append((key.rawValue, "\(value) is not above 0")) }
    }
    func whole(_ value: Int, _ range: ClosedRange<Int>, _ key: CodingKeys) {
      if !range.contains(value) {
        result.append((key.rawValue, "\(value) is not between \(range.lowerBound) and \(range.upperBound)"))
      }
    }
    above(radiusMetres, .radiusMetres)
    whole(leastHours, 24...100_000, .leastHours)
    whole(leastDays, 2...4000, .leastDays)
    whole(folds, 2...30, .folds)
    if !(0..<1).contains(leastR2) { result.append((CodingKeys.leastR2.rawValue, "\(leastR2) is not in 0..<1")) }
    above(huber, .huber)
    if !(0..<0.5).contains(sensorNoiseShare) {
      result.append((CodingKeys.sensorNoiseShare.rawValue, "\(sensorNoiseShare) is not in 0..<0.5"))
    }
    above(rawErrorShare, .rawErrorShare)
    above(rawErrorFloor, .rawErrorFloor)
    return result
  }
}
