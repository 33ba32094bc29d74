internal import Dispatch
public import Geometry
internal import Glibc
internal import Quantities

/// Where the wind came from at each hour, for the checks that must not take a plume for a fault.
public struct WindSectors: Sendable {
  /// Sectors of 45 degrees; 8 is calm.
  public static let count = 9
  static let unknown: UInt8 = 255
  /// Hours of one site after those of the one before; the same hours as the series.
  let sectors: [UInt8]
  let siteOfStation: [Int32]
  let hourCount: Int

  /// - Parameters:
  ///   - wind: By site, then hour: towards east and north, m/s; NaN where unknown.
  ///   - siteOfStation: Which site speaks for a station.
  ///   - calmBelow: Slower winds have no direction, m/s.
  public init(wind: [[(u: Double, v: Double)]], siteOfStation: [Int32], calmBelow: Double = 0.8) {
    hourCount = wind.first?.count ?? 0
    self.siteOfStation = siteOfStation
    sectors = wind.flatMap { site in
      site.map { u, v in
        guard u.isFinite, v.isFinite else { return Self.unknown }
        guard (u * u + v * v).squareRoot() >= calmBelow else { return 8 }
        let degrees = atan2(-u, -v) * 180 / Double.pi + 360
        return UInt8(Int((degrees / 45).rounded()) % 8)
      }
    }
  }

  func sector(station: Int, column: Int) -> UInt8 {
    guard station < siteOfStation.count, siteOfStation[station] >= 0 else { return Self.unknown }
    return sectors[Int(siteOfStation[station]) * hourCount + column]
  }
}

/// Marks doubtful hours; deletes nothing.
public enum QualityControl {
  /// Sets every flag that the rules have switched on.
  ///
  /// - Parameters:
  ///   - series: One per pollutant over the same stations and days; PM2.5 and PM10 are held against each other. Flags
  ///     that readers have set stay.
  ///   - positions: Projected metres, one per station; `nil` for stations without a place, which have no neighbours.
  ///   - wind: `nil` when it is not known; an excess over the neighbours is then never called a fault.
  ///   - threads: Results do not depend on it.
  /// - Complexity: linear in station-hours, but for finding neighbours (stations squared, cheap).
  public static func flag(
    _ series: inout [HourlySeries], positions: [PlanePoint?], wind: WindSectors?, rules: QualityRules, threads: Int
  ) {
    let neighbours = NeighbourLists(positions, rules: rules.neighbourhood)
    for k in series.indices {
      HourChecks(rules: rules, pollutant: series[k].pollutant).flag(&series[k], threads: threads)
    }
    if rules.finerAboveCoarser.enabled, let fine = series.firstIndex(where: { $0.pollutant == .pm25 }),
      let coarse = series.firstIndex(where: { $0.pollutant == .pm10 })
    {
      flagFiner(&series, fine, coarse, rules.finerAboveCoarser)
    }
    for k in series.indices {
      let residuals = NeighbourResiduals(series[k], neighbours: neighbours, rules: rules, threads: threads)
      flagSeries(&series[k], residuals, neighbours, wind, rules, threads)
      if rules.copied.enabled { CopiedCheck(rules: rules.copied).flag(&series[k], residuals, neighbours, threads) }
      if !rules.duplicate.enabled { clear(.duplicate, in: &series[k]) }
    }
  }

  /// Only what one file can say without history or neighbours: for ingest, where a file may be one day.
  ///
  /// Sets missing-code, range and incomplete-hour, and pm25-above-pm10 where both are among `hours`.
  /// - Parameter hours: One per pollutant, sorted by (station, hour), with the same station numbers.
  public static func flagWithinFile(_ hours: inout [StationHours], rules: QualityRules) {
    for k in hours.indices {
      HourChecks(rules: rules, pollutant: hours[k].pollutant).flagSparse(&hours[k])
    }
    guard rules.finerAboveCoarser.enabled, let fine = hours.firstIndex(where: { $0.pollutant == .pm25 }),
      let coarse = hours.firstIndex(where: { $0.pollutant == .pm10 })
    else { return }
    var (a, b) = (hours[fine], hours[coarse])
    flag(&a, above: &b, rules: rules)
    (hours[fine], hours[coarse]) = (a, b)
  }

  /// Flags PM2.5 hours above the PM10 of the same station and hour, in both: neither instrument says which is wrong.
  public static func flag(_ fine: inout StationHours, above coarse: inout StationHours, rules: QualityRules) {
    var other = 0
    for k in 0..<fine.count {
      while other < coarse.count,
        (coarse.stations[other], coarse.hours[other]) < (fine.stations[k], fine.hours[k])
      { other += 1 }
      guard other < coarse.count, coarse.stations[other] == fine.stations[k], coarse.hours[other] == fine.hours[k]
      else { continue }
      if fine.means[k] > rules.finerAboveCoarser.ratio * coarse.means[other] {
        fine.flags[k] |= QualityFlags.finerAboveCoarser.rawValue
        coarse.flags[other] |= QualityFlags.finerAboveCoarser.rawValue
      }
    }
  }

  /// Marks hours in which a code for "no value" stood; hours without a value have no row and are not marked.
  ///
  /// For readers: they know where such codes stood, the flags do not travel with values that are not there.
  /// - Returns: Marks that met no row.
  @discardableResult
  public static func markMissing(
    _ marks: [(station: Int32, hour: Int32)], in hours: inout StationHours
  ) -> Int {
    let sorted = marks.sorted { $0 < $1 }
    var k = 0
    var unmet = 0
    for mark in sorted {
      while k < hours.count, (hours.stations[k], hours.hours[k]) < mark { k += 1 }
      if k < hours.count, hours.stations[k] == mark.station, hours.hours[k] == mark.hour {
        hours.flags[k] |= QualityFlags.missingCode.rawValue
      } else {
        unmet += 1
      }
    }
    return unmet
  }

  private static func flagFiner(
    _ series: inout [HourlySeries], _ fine: Int, _ coarse: Int, _ rule: QualityRules.FinerRule
  ) {
    let bad = QualityFlags([.missingCode, .range]).rawValue
    for slot in series[fine].values.indices {
      // A code for "no value" says nothing about the other instrument.
      guard (series[fine].flags[slot] | series[coarse].flags[slot]) & bad == 0,
        series[fine].values[slot] > rule.ratio * series[coarse].values[slot]
      else { continue }
      series[fine].flags[slot] |= QualityFlags.finerAboveCoarser.rawValue
      series[coarse].flags[slot] |= QualityFlags.finerAboveCoarser.rawValue
    }
  }

  /// The checks that look along one station's residuals.
  private static func flagSeries(
    _ series: inout HourlySeries, _ residuals: NeighbourResiduals, _ neighbours: NeighbourLists, _ wind: WindSectors?,
    _ rules: QualityRules, _ threads: Int
  ) {
    let count = series.hourCount
    let pollutant = series.pollutant
    let isParticle = pollutant == .pm25 || pollutant == .pm10
    let floor = rules.floor(of: pollutant)
    let shared =
      rules.clockShift.enabled
      ? residuals.sharedCorrelation(neighbours, hourCount: count, least: rules.neighbourhood.least) : 0
    series.values.withUnsafeBufferPointer { values in
      series.flags.withUnsafeMutableBufferPointer { flags in
        nonisolated(unsafe) let (values, flags) = (values, flags)
        forEachStation(series.stationCount, threads) { station in
          let range = station * count..<(station + 1) * count
          var row = ResidualRow(
            values: UnsafeBufferPointer(rebasing: values[range]),
            flags: UnsafeMutableBufferPointer(rebasing: flags[range]), logs: Array(residuals.logs[range]),
            expected: Array(residuals.expected[range]), floor: floor)
          if rules.spike.enabled { SpikeCheck(rules: rules.spike).flag(&row) }
          row.summarise(station: station, wind: wind)
          if rules.neighbours.enabled {
            NeighbourCheck(rules: rules.neighbours).flag(&row, station: station, wind: wind)
          }
          if rules.drift.enabled { DriftCheck(rules: rules.drift).flag(&row) }
          if rules.clockShift.enabled, neighbours.lists[station].count >= rules.neighbourhood.least {
            ClockCheck(rules: rules.clockShift, shared: shared).flag(
              &row, theirs: residuals.meanChanges(of: neighbours.lists[station], hourCount: count))
          }
          if rules.flatCut.enabled { FlatCutCheck(rules: rules.flatCut).flag(&row) }
          if rules.spray.enabled, isParticle { SprayCheck(rules: rules.spray).flag(&row) }
        }
      }
    }
  }

  private static func clear(_ flag: QualityFlags, in series: inout HourlySeries) {
    for slot in series.flags.indices { series.flags[slot] &= ~flag.rawValue }
  }
}

/// Runs `body` for every station on at most `threads` threads; each station is touched by one.
func forEachStation(_ count: Int, _ threads: Int, _ body: @Sendable (Int) -> Void) {
  let workers = max(1, min(threads, count / 16))
  guard workers > 1 else {
    for station in 0..<count { body(station) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    for station in stride(from: worker, to: count, by: workers) { body(station) }
  }
}

/// The median of the values; reorders them. - Returns: NaN of none.
func middle(_ values: inout [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  values.sort()
  let half = values.count / 2
  return values.count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2
}
