public import Geometry
public import Quantities

/// Humidity and temperature beside the values of a series, in its order; NaN where unknown.
public struct SensorWeather: Sendable {
  /// Relative, %.
  public var humidity: [Double]
  /// °C.
  public var temperature: [Double]

  public init(humidity: [Double], temperature: [Double]) {
    precondition(humidity.count == temperature.count, "one temperature per humidity")
    self.humidity = humidity
    self.temperature = temperature
  }
}

/// The calibrations of a network over one window of days.
public struct NetworkCalibration: Sendable {
  /// All coefficients and errors are in this pollutant's unit.
  public let pollutant: Pollutant
  /// The window: whole Beijing days whose hours were fitted.
  public let days: ClosedRange<LocalDay>
  /// By station of the series; `nil` for reference stations and those that are left alone.
  public let sensors: [SensorCalibration?]

  /// Model and window: two calibrations with one version and the same input are the same numbers.
  public var version: String { "\(SensorCalibration.model) \(days.lowerBound)..\(days.upperBound)" }

  /// Fits every sensor against the nearest reference station.
  ///
  /// - Parameters:
  ///   - series: Values of sensors and references; hours with a flag of `excluding` do not take part.
  ///   - isReference: `true` for stations that are the truth, `false` for sensors, `nil` for others.
  ///   - positions: Projected metres.
  ///   - weather: At the sensors; `nil` fits without humidity and temperature.
  ///   - threads: Results do not depend on it.
  public init(
    _ series: HourlySeries, isReference: [Bool?], positions: [PlanePoint?], weather: SensorWeather?,
    excluding: QualityFlags, rules: CalibrationRules, threads: Int
  ) {
    pollutant = series.pollutant
    let first = LocalHour(ordinal: series.firstHour).day
    days = first...first.advanced(by: max(0, series.dayCount - 1))
    var fitted = [SensorCalibration?](repeating: nil, count: series.stationCount)
    let references = isReference.indices.filter { isReference[$0] == true && positions[$0] != nil }
    fitted.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      forEachStation(series.stationCount, threads) { station in
        guard isReference[station] == false else { return }
        out[station] = Self.fit(
          station, series, references: references, positions: positions, weather: weather, excluding: excluding,
          rules: rules)
      }
    }
    sensors = Self.withTransfers(fitted, rules: rules)
  }

  private static func fit(
    _ sensor: Int, _ series: HourlySeries, references: [Int], positions: [PlanePoint?], weather: SensorWeather?,
    excluding: QualityFlags, rules: CalibrationRules
  ) -> SensorCalibration {
    var failed = SensorCalibration(status: .raw)
    guard let own = positions[sensor] else {
      failed.reason = "no position"
      return failed
    }
    func distance(_ station: Int) -> Double {
      guard let other = positions[station] else { return .infinity }
      return ((other.x - own.x) * (other.x - own.x) + (other.y - own.y) * (other.y - own.y)).squareRoot()
    }
    guard let reference = references.min(by: { (distance($0), $0) < (distance($1), $1) }),
      distance(reference) <= rules.radiusMetres
    else {
      failed.reason = "no reference station within \(Int(rules.radiusMetres)) m"
      return failed
    }
    failed.reference = Int32(reference)
    failed.distanceMetres = distance(reference)
    let count = series.hourCount
    let usesWeather = weather.map { weather in
      (
        (sensor * count..<(sensor + 1) * count).contains { !weather.humidity[$0].isNaN },
        (sensor * count..<(sensor + 1) * count).contains { !weather.temperature[$0].isNaN }
      )
    }
    var fit = CalibrationFit(rules: rules)
    let centre = Double(count) / 48
    for hour in 0..<count {
      let (a, b) = (sensor * count + hour, reference * count + hour)
      guard !series.values[a].isNaN, !series.values[b].isNaN,
        (series.flags[a] | series.flags[b]) & excluding.rawValue == 0
      else { continue }
      let humidity = weather?.humidity[a] ?? .nan
      let temperature = weather?.temperature[a] ?? .nan
      // Where a sensor has weather at all, hours without it do not teach its influence.
      if let usesWeather, (usesWeather.0 && humidity.isNaN) || (usesWeather.1 && temperature.isNaN) { continue }
      fit.add(
        SensorCalibration.predictors(
          raw: series.values[a], humidity: humidity, temperature: temperature, day: Double(hour) / 24 - centre),
        reference: series.values[b], day: Int32(hour / 24))
    }
    failed.hours = fit.hours
    guard var made = fit.fit() else {
      failed.reason = "too few hours beside the reference, or values that do not vary: \(fit.hours) hours"
      return failed
    }
    made.reference = failed.reference
    made.distanceMetres = failed.distanceMetres
    guard made.coefficients[1] > 0, made.r2 >= rules.leastR2 else {
      failed.days = made.days
      (failed.r2, failed.rmse, failed.leftOutRMSE) = (made.r2, made.rmse, made.leftOutRMSE)
      failed.reason =
        made.coefficients[1] > 0 ? "explains too little of the reference" : "falls when the reference rises"
      return failed
    }
    return made
  }

  /// Gives sensors without a fit of their own the network's median, with the scatter of its sensors as error.
  private static func withTransfers(
    _ fitted: [SensorCalibration?], rules: CalibrationRules
  ) -> [SensorCalibration?] {
    let good = fitted.compactMap { $0?.status == .calibrated ? $0 : nil }
    let centre = (0..<5).map { j in median(good.map { $0.coefficients[j] }) }
    var scatter = [Double](repeating: 0, count: 25)
    for sensor in good {
      for i in 0..<5 {
        for j in 0..<5 {
          scatter[i * 5 + j] +=
            (sensor.coefficients[i] - centre[i]) * (sensor.coefficients[j] - centre[j]) / Double(max(1, good.count - 1))
        }
      }
    }
    return fitted.map { sensor in
      guard var sensor, sensor.status != .calibrated else { return sensor }
      if good.count >= 5 {
        sensor.status = .transferred
        sensor.coefficients = centre
        sensor.covariance = scatter
        sensor.errorFloor = median(good.map(\.errorFloor))
        sensor.errorShare = median(good.map(\.errorShare))
      } else {
        sensor.errorFloor = rules.rawErrorFloor * rules.rawErrorFloor
        sensor.errorShare = rules.rawErrorShare * rules.rawErrorShare
      }
      sensor.dayShare = 1
      return sensor
    }
  }

  private static func median(_ values: [Double]) -> Double {
    var values = values
    return values.isEmpty ? 0 : middle(&values)
  }

  /// Replaces the values of sensors by calibrated ones.
  ///
  /// - Returns: Error variance of every value, in the order of the series; NaN for references and where there is none.
  @discardableResult
  public func apply(to series: inout HourlySeries, weather: SensorWeather?) -> [Double] {
    var variances = [Double](repeating: .nan, count: series.values.count)
    let count = series.hourCount
    let centre = Double(count) / 48
    for (station, sensor) in sensors.enumerated() {
      guard let sensor else { continue }
      for hour in 0..<count {
        let slot = station * count + hour
        guard !series.values[slot].isNaN else { continue }
        let made = sensor.value(
          raw: series.values[slot], humidity: weather?.humidity[slot] ?? .nan,
          temperature: weather?.temperature[slot] ?? .nan, day: Double(hour) / 24 - centre)
        series.values[slot] = made.value
        variances[slot] = made.variance
      }
    }
    return variances
  }

  /// Error variance of the mean of a station's day.
  ///
  /// - Parameter hourly: Error variances of the day's hours that took part.
  /// - Returns: NaN for a reference station and for no hour.
  public func dayVariance(station: Int, hourly: [Double]) -> Double {
    guard let sensor = sensors[station], !hourly.isEmpty else { return .nan }
    return sensor.dayShare * hourly.reduce(0, +) / Double(hourly.count)
  }
}
