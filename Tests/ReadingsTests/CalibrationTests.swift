import Geometry
import Quantities
import Readings
import Testing

/// Sensors beside a reference, with planted coefficients; everything made up for these tests.
@Suite struct CalibrationTests {
  static let days = LocalDay(ordinal: 17_471)...LocalDay(ordinal: 17_471 + 29)

  private struct Noise {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31) - 0.5
    }
  }

  /// Sensors 0..<count, references after them; sensor k reads (air - a) / b.
  static func network(
    _ planted: [(a: Double, b: Double)], referenceMetres: Double = 100, noise: Double = 0
  ) -> (series: HourlySeries, roles: [Bool?], positions: [PlanePoint?], air: [Double]) {
    let n = planted.count
    var series = HourlySeries(pollutant: .pm25, stationCount: 2 * n, days: days)
    var random = Noise(state: 11)
    var air: [Double] = []
    for (sensor, pair) in planted.enumerated() {
      var level = 60.0
      for hour in 0..<series.hourCount {
        level = 60 + 0.95 * (level - 60) + 30 * random.next()
        let value = max(5, level)
        air.append(value)
        let time = series.firstHour + Int32(hour)
        series.add(station: Int32(sensor), hour: time, value: (value - pair.a) / pair.b)
        series.add(station: Int32(n + sensor), hour: time, value: value * (1 + noise * random.next()))
      }
    }
    let positions: [PlanePoint?] = (0..<2 * n).map {
      PlanePoint(x: Double($0 % n) * 10_000, y: $0 < n ? 0 : referenceMetres)
    }
    return (series, (0..<2 * n).map { $0 >= n }, positions, air)
  }

  static func fit(
    _ made: (series: HourlySeries, roles: [Bool?], positions: [PlanePoint?], air: [Double]),
    rules: CalibrationRules = CalibrationRules(), excluding: QualityFlags = [], threads: Int = 1
  ) -> NetworkCalibration {
    NetworkCalibration(
      made.series, isReference: made.roles, positions: made.positions, weather: nil, excluding: excluding, rules: rules,
      threads: threads)
  }

  @Test func `without noise the planted line comes back exactly and the errors vanish`() throws {
    var rules = CalibrationRules()
    rules.sensorNoiseShare = 0
    let made = Self.network([(4, 0.8), (-3, 1.4)])
    let fit = Self.fit(made, rules: rules)
    for (sensor, planted) in [(4.0, 0.8), (-3, 1.4)].enumerated() {
      let found = try #require(fit.sensors[sensor])
      #expect(found.status == .calibrated && found.hours == 720 && found.days == 30)
      // Tolerance: the precision of the normal equations.
      #expect(abs(found.coefficients[0] - planted.0) < 1e-6 && abs(found.coefficients[1] - planted.1) < 1e-8)
      #expect(found.r2 > 1 - 1e-9 && found.leftOutRMSE < 1e-6)
      #expect(found.coefficients[2] == 0 && found.coefficients[3] == 0)
    }
    #expect(fit.sensors[2] == nil && fit.version.hasPrefix("linear-1 "))
  }

  /// 200 sensors: the standard deviation of the share is 1.5 %.
  @Test func `planted slopes lie within two standard errors for about nineteen in twenty`() {
    var planted: [(a: Double, b: Double)] = []
    for k in 0..<200 {
      let slope = 0.7 + Double(k % 11) / 15
      planted.append((a: Double(k % 7) - 3, b: slope))
    }
    let made = Self.network(planted, noise: 0.3)
    var rules = CalibrationRules()
    rules.sensorNoiseShare = 0
    let fit = Self.fit(made, rules: rules, threads: 2)
    let near = planted.indices.count { k in
      guard let found = fit.sensors[k] else { return false }
      return abs(found.coefficients[1] - planted[k].b) <= 2 * found.standardErrors[1]
    }
    #expect((180...200).contains(near), "\(near) of 200")
    // And they are no barn door: the median standard error is below two per cent of a slope of one.
    let errors: [Double] = fit.sensors.compactMap { $0?.standardErrors[1] }.sorted()
    #expect(errors[100] < 0.02, "\(errors[100])")
  }

  @Test func `one hour in twenty gone wild does not move the slope by a per cent`() throws {
    var made = Self.network([(0, 1)], noise: 0.1)
    for hour in stride(from: 3, to: made.series.hourCount, by: 20) { made.series.values[hour] += 300 }
    let found = try #require(Self.fit(made).sensors[0])
    #expect(abs(found.coefficients[1] - 1) < 0.05, "\(found.coefficients)")
    // The same hours flagged take no part at all.
    for hour in stride(from: 3, to: made.series.hourCount, by: 20) {
      made.series.flags[hour] = QualityFlags.spike.rawValue
    }
    let clean = try #require(Self.fit(made, excluding: .spike).sensors[0])
    #expect(abs(clean.coefficients[1] - 1) < 0.01 && clean.hours == 684)
  }

  @Test func `a sensor that cannot be calibrated is kept with a larger variance`() throws {
    var planted: [(a: Double, b: Double)] = (0..<8).map { k in (Double(k), 1 + Double(k) / 20) }
    planted.append((0, 1))
    var made = Self.network(planted, noise: 0.1)
    // The last one has its reference out of reach.
    made.positions[17] = PlanePoint(x: 80_000, y: 9000)
    let fit = Self.fit(made)
    let alone = try #require(fit.sensors[8])
    #expect(alone.status == .transferred && alone.reason.contains("no reference station within 1500 m"))
    #expect(abs(alone.coefficients[1] - 1.15) < 0.1)
    var series = made.series
    let variances = fit.apply(to: &series, weather: nil)
    let count = series.hourCount
    func mean(_ station: Int) -> Double {
      variances[station * count..<(station + 1) * count].reduce(0, +) / Double(count)
    }
    #expect(mean(8) > 4 * mean(0), "\(mean(8)) \(mean(0))")
    #expect(series.values.allSatisfy { !$0.isNaN })
    #expect(variances[9 * count].isNaN, "a reference has no calibration error")
    // Day means: errors of a day are alike for a transferred sensor.
    #expect(fit.dayVariance(station: 8, hourly: [4, 6]) == 5)
    #expect(fit.dayVariance(station: 9, hourly: [4, 6]).isNaN)
  }

  @Test func `with fewer than five good sensors values stay as they came, with a large error`() throws {
    let made = Self.network([(0, 1)], referenceMetres: 5000)
    let fit = Self.fit(made)
    let found = try #require(fit.sensors[0])
    #expect(found.status == .raw && found.coefficients == [0, 1, 0, 0, 0])
    let value = found.value(raw: 100, humidity: .nan, temperature: .nan, day: 0)
    #expect(value.value == 100 && value.variance == 15 * 15 + 0.4 * 0.4 * 100 * 100)
  }

  @Test func `a sensor that falls when the reference rises, or never moves, is not calibrated`() throws {
    var made = Self.network([(0, 1), (0, 1)])
    let count = made.series.hourCount
    for hour in 0..<count {
      made.series.values[hour] = 200 - made.series.values[hour]
      made.series.values[count + hour] = 40
    }
    let fit = Self.fit(made)
    #expect(try #require(fit.sensors[0]).reason == "falls when the reference rises")
    #expect(try #require(fit.sensors[1]).reason.hasPrefix("too few hours"))
  }

  @Test func `calibration does not depend on the number of threads`() {
    let planted: [(a: Double, b: Double)] = (0..<40).map { k in (0, 1 + Double(k) / 100) }
    let made = Self.network(planted, noise: 0.2)
    let (one, two) = (Self.fit(made), Self.fit(made, threads: 2))
    #expect(one.sensors.map { $0?.coefficients } == two.sensors.map { $0?.coefficients })
    #expect(one.sensors.map { $0?.covariance } == two.sensors.map { $0?.covariance })
  }
}
