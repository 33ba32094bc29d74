import Geometry
import Quantities
import Readings
import Testing

/// Hours with planted defects at a few stations around a point, made up for these tests.
enum MadeUpSeries {
  static let day = LocalDay(ordinal: 17_471)

  /// One station without neighbours, the first hours given.
  static func alone(_ values: [Double], pollutant: Pollutant = .pm25) -> HourlySeries {
    let days = Self.day...Self.day.advanced(by: (values.count - 1) / 24)
    var series = HourlySeries(pollutant: pollutant, stationCount: 1, days: days)
    for (hour, value) in values.enumerated() {
      series.add(station: 0, hour: series.firstHour + Int32(hour), value: value)
    }
    return series
  }

  /// Nine stations a kilometre apart that measure the same air with 5 % of noise; the first may be changed.
  static func nine(days: Int, change: (Double, Int) -> Double) -> (series: HourlySeries, positions: [PlanePoint?]) {
    var series = HourlySeries(
      pollutant: .pm25, stationCount: 9, days: Self.day...Self.day.advanced(by: days - 1))
    var state: UInt64 = 7
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31) - 0.5
    }
    var air = 80.0
    for hour in 0..<days * 24 {
      air = 0.98 * air + 0.02 * 90 + 24 * noise()
      for station in 0..<9 {
        let value = air * (1 + 0.1 * noise())
        let seen = station == 0 ? change(value, hour) : value
        series.add(station: Int32(station), hour: series.firstHour + Int32(hour), value: (seen * 10).rounded() / 10)
      }
    }
    return (series, (0..<9).map { PlanePoint(x: Double($0 % 3) * 1000, y: Double($0 / 3) * 1000) })
  }

  /// A wind that turns through all sectors, six hours each.
  static func turningWind(hours: Int) -> WindSectors {
    let ways: [(u: Double, v: Double)] = [(3, 0), (2, 2), (0, 3), (-2, 2), (-3, 0), (-2, -2), (0, -3), (2, -2)]
    return WindSectors(
      wind: [(0..<hours).map { ways[$0 / 6 % 8] }], siteOfStation: [Int32](repeating: 0, count: 9))
  }

  static func flagged(
    _ made: (series: HourlySeries, positions: [PlanePoint?]), wind: WindSectors?, rules: QualityRules = QualityRules(),
    threads: Int = 1
  ) -> HourlySeries {
    var all = [made.series]
    QualityControl.flag(&all, positions: made.positions, wind: wind, rules: rules, threads: threads)
    return all[0]
  }
}

@Suite struct HourCheckTests {
  static func flagged(_ values: [Double], rules: QualityRules = QualityRules()) -> [QualityFlags] {
    var series = [MadeUpSeries.alone(values)]
    QualityControl.flag(&series, positions: [nil], wind: nil, rules: rules, threads: 1)
    return series[0].flags.prefix(values.count).map { QualityFlags(rawValue: $0) }
  }

  @Test func `six equal hours are stuck, five and zeros are not`() {
    #expect(
      Self.flagged([40, 50, 50, 50, 50, 50, 50, 60]).map { $0.contains(.stuck) } == [
        false, true, true, true, true, true, true, false,
      ])
    #expect(Self.flagged([40, 50, 50, 50, 50, 50, 60]).allSatisfy { !$0.contains(.stuck) })
    #expect(Self.flagged([0, 0, 0, 0, 0, 0, 0]).allSatisfy { !$0.contains(.stuck) })
  }

  @Test func `a lone jump up or down is a spike, an episode is not`() {
    #expect(Self.flagged([50, 52, 700, 51, 50])[2].contains(.spike))
    #expect(Self.flagged([90, 92, 4, 95, 90])[2].contains(.spike))
    #expect(Self.flagged([50, 200, 400, 420, 380, 200]).allSatisfy { !$0.contains(.spike) })
  }

  @Test func `nonsense is out of range, noise around zero is not, and codes are named`() {
    #expect(Self.flagged([-6, 60, 1001]).map { $0.contains(.range) } == [true, false, true])
    #expect(Self.flagged([-4, 60, 1000]).allSatisfy { !$0.contains(.range) })
    #expect(Self.flagged([-999, 60, 65535, -1]).map { $0.contains(.missingCode) } == [true, false, true, true])
  }

  @Test func `a check that is switched off marks nothing, and its flag excludes nothing`() {
    var rules = QualityRules()
    rules.stuck.enabled = false
    #expect(Self.flagged([50, 50, 50, 50, 50, 50, 50], rules: rules).allSatisfy { $0.isEmpty })
    #expect(QualityRules().exclusionMask.contains(.stuck) && !rules.exclusionMask.contains(.stuck))
  }

  @Test func `a second different value is averaged and marked, an equal one counts once`() {
    var series = MadeUpSeries.alone([50, 60])
    series.add(station: 0, hour: series.firstHour, value: 70)
    series.add(station: 0, hour: series.firstHour + 1, value: 60)
    series.add(station: 0, hour: series.firstHour + 99, value: 60)
    #expect(series.values[0] == 60 && series.values[1] == 60 && series.counts[0] == 2 && series.counts[1] == 1)
    #expect(QualityFlags(rawValue: series.flags[0]) == .duplicate && series.flags[1] == 0)
  }

  /// 12 values are usual; 9 are the 45 minutes of GB 3095, 8 are fewer.
  @Test func `an hour with fewer than three quarters of its usual values is incomplete`() {
    var hours = StationHours(pollutant: .pm25)
    for (k, count) in [12, 12, 9, 8, 12, 12].enumerated() {
      hours.append(
        station: 0, hour: Int32(k), mean: 50 + Double(k), median: 50, count: Int32(count), flags: [], firstLine: 1)
    }
    var all = [hours]
    QualityControl.flagWithinFile(&all, rules: QualityRules())
    #expect(all[0].flags.map { QualityFlags(rawValue: $0) } == [[], [], [], .incompleteHour, [], []])
  }

  @Test func `fine above coarse is marked in both, with and without gaps`() {
    func hours(_ values: [Double], _ pollutant: Pollutant, from first: Int32) -> StationHours {
      var hours = StationHours(pollutant: pollutant)
      for (k, value) in values.enumerated() {
        hours.append(
          station: 0, hour: first + Int32(k), mean: value, median: value, count: 1, flags: [], firstLine: 1)
      }
      return hours
    }
    var all = [hours([100, 100, 100], .pm25, from: 0), hours([100, 80, 120], .pm10, from: 0)]
    QualityControl.flagWithinFile(&all, rules: QualityRules())
    #expect(all[0].flags.map { $0 != 0 } == [false, true, false] && all[1].flags == all[0].flags)
    all = [hours([100, 100], .pm25, from: 5), hours([20], .pm10, from: 6)]
    QualityControl.flagWithinFile(&all, rules: QualityRules())
    #expect(all[0].flags.map { $0 != 0 } == [false, true] && all[1].flags[0] != 0)
  }

  @Test func `marks of a reader meet the hours that have a value`() {
    var hours = StationHours(pollutant: .pm25)
    for station in Int32(0)..<2 {
      for hour in Int32(0)..<3 {
        hours.append(station: station, hour: hour, mean: 5, median: 5, count: 1, flags: [], firstLine: 1)
      }
    }
    let unmet = QualityControl.markMissing([(1, 2), (0, 1), (1, 9)], in: &hours)
    #expect(unmet == 1)
    #expect(hours.flags.map { $0 != 0 } == [false, true, false, false, false, true])
  }
}

@Suite struct SeriesCheckTests {
  static let days = 30

  /// Share of the hours of the first station that carry a flag, inside and outside a range of hours.
  static func shares(_ series: HourlySeries, _ flag: QualityFlags, in hours: Range<Int>) -> (
    inside: Double, other: Double
  ) {
    let marked = (0..<series.hourCount).filter { series.flags[$0] & flag.rawValue != 0 }
    let inside = marked.count { hours.contains($0) }
    return (
      Double(inside) / Double(hours.count),
      Double(marked.count - inside) / Double(max(1, series.hourCount - hours.count))
    )
  }

  static func check(
    _ flag: QualityFlags, in hours: Range<Int>, _ change: @escaping (Double, Int) -> Double
  ) -> (inside: Double, other: Double) {
    let made = MadeUpSeries.nine(days: days) { hours.contains($1) ? change($0, $1) : $0 }
    let series = MadeUpSeries.flagged(made, wind: MadeUpSeries.turningWind(hours: days * 24))
    return shares(series, flag, in: hours)
  }

  @Test func `nine honest stations carry no flag`() {
    let made = MadeUpSeries.nine(days: Self.days) { value, _ in value }
    let series = MadeUpSeries.flagged(made, wind: MadeUpSeries.turningWind(hours: Self.days * 24))
    #expect(series.flagCounts == [Int](repeating: 0, count: QualityFlags.all.count))
  }

  @Test func `a gain that jumps is far from the neighbours, on either side`() {
    for gain in [0.4, 2.5] {
      let found = Self.check(.neighbours, in: 240..<480) { value, _ in value * gain }
      #expect(found.inside > 0.95 && found.other < 0.05, "\(gain): \(found)")
    }
  }

  /// Six hours in every forty-eight come from the source: the wind of `turningWind` at 8 sectors of 6 hours.
  @Test func `an excess that comes with the wind is a plume and is kept`() {
    let made = MadeUpSeries.nine(days: Self.days) { value, hour in
      (1...4).contains(hour / 6 % 8) ? value * 3 : value
    }
    let series = MadeUpSeries.flagged(made, wind: MadeUpSeries.turningWind(hours: Self.days * 24))
    #expect(Self.shares(series, .neighbours, in: 0..<Self.days * 24).inside == 0)
  }

  @Test func `without wind an excess is kept and a shortfall is not`() {
    for (gain, isFlagged) in [(2.5, false), (0.4, true)] {
      let made = MadeUpSeries.nine(days: Self.days) { value, hour in (240..<480).contains(hour) ? value * gain : value }
      let series = MadeUpSeries.flagged(made, wind: nil)
      #expect((Self.shares(series, .neighbours, in: 240..<480).inside > 0.9) == isFlagged, "\(gain)")
    }
  }

  @Test func `a ramp of two weeks is a drift, a step is not`() {
    let found = Self.check(.drift, in: 120..<720) { value, hour in
      value * (1 + 0.8 * min(1, Double(hour - 120) / (14 * 24)))
    }
    #expect(found.inside > 0.7 && found.other < 0.05, "\(found)")
    let step = Self.check(.drift, in: 360..<720) { value, _ in value * 1.8 }
    #expect(step.inside == 0 && step.other == 0, "\(step)")
  }

  @Test func `a clock that is wrong for ten days is found`() {
    let honest = MadeUpSeries.nine(days: Self.days) { value, _ in value }.series.values
    for shift in [1, -2, 8] {
      let found = Self.check(.clockShift, in: 240..<480) { _, hour in honest[hour - shift] }
      #expect(found.inside > 0.9 && found.other < 0.05, "\(shift): \(found)")
    }
  }

  @Test func `values under a cap are flat-cut, the others are not`() {
    let honest = MadeUpSeries.nine(days: Self.days) { value, _ in value }.series.values
    let cap = (honest[240..<480].sorted()[90] * 10).rounded() / 10
    let made = MadeUpSeries.nine(days: Self.days) { value, hour in (240..<480).contains(hour) ? min(value, cap) : value
    }
    let series = MadeUpSeries.flagged(made, wind: nil)
    let flat = QualityFlags.flatCut.rawValue
    let pinned = (240..<480).filter { series.values[$0] == cap }
    #expect(pinned.count > 100)
    #expect(Double(pinned.count { series.flags[$0] & flat != 0 }) > 0.9 * Double(pinned.count))
    #expect((240..<480).allSatisfy { series.values[$0] > 0.98 * cap || series.flags[$0] & flat == 0 })
  }

  @Test func `dips with a timetable are spray, a smooth daily wave is not`() {
    let found = Self.check(.spray, in: 240..<600) { value, hour in
      [9, 15, 21].contains(hour % 24) ? value * 0.6 : value
    }
    #expect(found.inside > 0.9 * 3 / 24, "\(found)")
    let wave = Self.check(.spray, in: 240..<600) { value, hour in
      value * (1 - 0.25 * max(0, 1 - Double(abs(hour % 24 - 14)) / 8))
    }
    #expect(wave.inside == 0, "\(wave)")
  }

  @Test func `a copy is marked at both stations, to the hour`() {
    var made = MadeUpSeries.nine(days: 6) { value, _ in value }
    let count = made.series.hourCount
    for hour in 20..<90 { made.series.values[8 * count + hour] = made.series.values[hour] }
    let series = MadeUpSeries.flagged(made, wind: nil)
    for station in [0, 8] {
      let marked = (0..<count).filter { series.flags[station * count + $0] & QualityFlags.copied.rawValue != 0 }
      #expect(marked == Array(20..<90), "\(station)")
    }
    #expect(
      (1..<8).allSatisfy { station in series.flags[station * count..<(station + 1) * count].allSatisfy { $0 == 0 } })
  }

  @Test func `flags do not depend on the number of threads`() {
    let days = 12
    var series = HourlySeries(
      pollutant: .pm25, stationCount: 99, days: MadeUpSeries.day...MadeUpSeries.day.advanced(by: days - 1))
    for part in 0..<11 {
      let made = MadeUpSeries.nine(days: days) { value, hour in
        hour % 50 == part ? 900 : value * (part % 3 == 0 ? 3 : 1)
      }
      let size = 9 * made.series.hourCount
      series.values.replaceSubrange(part * size..<(part + 1) * size, with: made.series.values)
    }
    let positions: [PlanePoint?] = (0..<99).map { PlanePoint(x: Double($0) * 700, y: 0) }
    let wind = WindSectors(
      wind: [[(u: Double, v: Double)](repeating: (2, 1), count: days * 24)],
      siteOfStation: [Int32](repeating: 0, count: 99))
    let one = MadeUpSeries.flagged((series, positions), wind: wind, threads: 1)
    #expect(one.flags == MadeUpSeries.flagged((series, positions), wind: wind, threads: 2).flags)
    #expect(one.flags.contains { $0 != 0 })
  }

  @Test func `names of flags are those of the table and defects name their key`() {
    #expect(QualityFlags([.spray, .range]).names == ["range", "spray"])
    var rules = QualityRules()
    #expect(rules.defects.isEmpty)
    rules.excluded = ["rnage"]
    rules.drift.ratio = 0.5
    #expect(rules.defects.map(\.key) == ["excluded", "drift.ratio"])
  }
}
