public import Readings
public import SyntheticWorld

/// How well calibration finds planted coefficients, and what its error variances are worth.
public struct CalibrationEvaluation: Sendable, Codable {
  /// Written as `synthetic`: nothing here was measured.
  public let isSynthetic = true
  /// Of the synthetic network; the same seed and sizes give the same numbers.
  public let seed: UInt64
  /// Sensors of the network, references not counted.
  public let sensors: Int
  /// Length of the campaign.
  public let days: Int
  /// Sensors with coefficients of their own hours beside a reference.
  public let calibrated: Int
  /// Sensors with the median coefficients of the calibrated ones.
  public let transferred: Int
  /// Sensors left as they came, with a large error.
  public let raw: Int
  /// Share of calibrated sensors whose coefficient lies within two standard errors of the planted one, by term.
  public let withinTwo: [String: Double]
  /// Mean of found slope over planted slope.
  public let slopeRatio: Double
  /// Of the fits of calibrated sensors, 0...1; NaN without one.
  public let medianR2: Double
  /// Of calibrated sensors in blocks of days left out of the fit, µg/m³; NaN without one.
  public let medianLeftOutRMSE: Double
  /// Root mean square error of raw and calibrated hours against the air, µg/m³; sensors with their own calibration.
  public let rawError: Double
  /// As `rawError`, of the same hours after calibration.
  public let calibratedError: Double
  /// Share of hours whose air lies within 1.96 standard errors of the calibrated value, by status.
  public let covered: [String: Double]
  /// Median standard error of an hour, µg/m³, by status.
  public let medianStandardError: [String: Double]
  /// Wall time of the fit, s.
  public let seconds: Double

  enum CodingKeys: String, CodingKey {
    case seed, sensors, days, calibrated, transferred, raw, covered, seconds
    case isSynthetic = "synthetic"
    case withinTwo = "within_two_standard_errors"
    case slopeRatio = "slope_ratio"
    case medianR2 = "median_r2"
    case medianLeftOutRMSE = "median_left_out_rmse"
    case rawError = "raw_rmse"
    case calibratedError = "calibrated_rmse"
    case medianStandardError = "median_standard_error"
  }
}

/// Builds synthetic collocations, fits all sensors, and compares with what was planted.
public func evaluateCalibration(
  _ options: SyntheticCollocation.Options, rules: CalibrationRules, threads: Int
) -> CalibrationEvaluation {
  let made = SyntheticCollocation(options, threads: threads)
  let clock = ContinuousClock()
  let start = clock.now
  let fit = NetworkCalibration(
    made.series, isReference: made.isReference, positions: made.positions, weather: made.weather, excluding: [],
    rules: rules, threads: threads)
  let spent = clock.now - start
  var series = made.series
  let variances = fit.apply(to: &series, weather: made.weather)
  let sensors = (0..<options.sensors).compactMap { k in fit.sensors[k].map { (number: k, fit: $0) } }
  let own = sensors.filter { $0.fit.status == .calibrated }
  var within: [String: Double] = [:]
  for (term, name) in SensorCalibration.terms.enumerated() where !own.isEmpty {
    let near = own.count {
      abs($0.fit.coefficients[term] - made.planted[$0.number][term]) <= 2 * $0.fit.standardErrors[term]
    }
    within[name] = Double(near) / Double(own.count)
  }
  var (rawSquares, squares, hours) = (0.0, 0.0, 0.0)
  var covered: [String: (inside: Double, all: Double)] = [:]
  var errors: [String: [Double]] = [:]
  let count = made.series.hourCount
  for sensor in sensors {
    for slot in sensor.number * count..<(sensor.number + 1) * count where !series.values[slot].isNaN {
      let error = series.values[slot] - made.air[slot]
      if sensor.fit.status == .calibrated {
        let before = made.series.values[slot] - made.air[slot]
        rawSquares += before * before
        squares += error * error
        hours += 1
      }
      let name = sensor.fit.status.rawValue
      let isInside = error * error <= 1.96 * 1.96 * variances[slot]
      covered[name, default: (0, 0)].inside += isInside ? 1 : 0
      covered[name, default: (0, 0)].all += 1
      errors[name, default: []].append(variances[slot].squareRoot())
    }
  }
  func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
  return CalibrationEvaluation(
    seed: options.seed, sensors: options.sensors, days: options.days, calibrated: own.count,
    transferred: sensors.count { $0.fit.status == .transferred }, raw: sensors.count { $0.fit.status == .raw },
    withinTwo: within,
    slopeRatio: own.reduce(0) { $0 + $1.fit.coefficients[1] / made.planted[$1.number][1] } / Double(max(1, own.count)),
    medianR2: median(own.map(\.fit.r2)), medianLeftOutRMSE: median(own.map(\.fit.leftOutRMSE)),
    rawError: (rawSquares / max(1, hours)).squareRoot(), calibratedError: (squares / max(1, hours)).squareRoot(),
    covered: covered.mapValues { $0.inside / $0.all }, medianStandardError: errors.mapValues { median($0) },
    seconds: Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18)
}
