internal import Quantities

/// The checks of single hours and runs of one station: missing codes, range, stuck, incomplete hours.
struct HourChecks: Sendable {
  let rules: QualityRules
  let pollutant: Pollutant

  func flag(_ series: inout HourlySeries, threads: Int) {
    let count = series.hourCount
    series.values.withUnsafeBufferPointer { values in
      series.counts.withUnsafeBufferPointer { counts in
        series.flags.withUnsafeMutableBufferPointer { flags in
          nonisolated(unsafe) let (values, counts, flags) = (values, counts, flags)
          forEachStation(series.stationCount, threads) { station in
            let range = station * count..<(station + 1) * count
            let usual = usualCount(counts[range].filter { $0 > 0 })
            var runStart = range.lowerBound
            for k in range {
              let continues = k > runStart && values[k] == values[k - 1]
              if !continues {
                closeRun(runStart..<k, values[runStart], flags)
                runStart = k
              }
              guard !values[k].isNaN else { continue }
              flags[k] |= flagsOf(values[k], count: counts[k], usual: usual).rawValue
            }
            closeRun(runStart..<range.upperBound, values[runStart], flags)
          }
        }
      }
    }
  }

  /// As `flag`, on sparse hours sorted by (station, hour), without the stuck check, which needs more than a file.
  func flagSparse(_ hours: inout StationHours) {
    var start = 0
    while start < hours.count {
      var end = start
      while end < hours.count, hours.stations[end] == hours.stations[start] { end += 1 }
      let usual = usualCount(Array(hours.counts[start..<end]))
      for k in start..<end {
        hours.flags[k] |= flagsOf(hours.means[k], count: hours.counts[k], usual: usual).rawValue
      }
      start = end
    }
  }

  private func flagsOf(_ value: Double, count: Int32, usual: Int32) -> QualityFlags {
    var flags: QualityFlags = []
    if rules.missingCode.enabled, rules.missingCode.codes.contains(value) { flags.insert(.missingCode) }
    if rules.range.enabled, !rules.physicalRange(of: pollutant).contains(value) { flags.insert(.range) }
    if rules.incompleteHour.enabled, Double(count) < rules.incompleteHour.share * Double(usual) {
      flags.insert(.incompleteHour)
    }
    return flags
  }

  /// Zeros running are common for SO2 and NO2 near the detection limit and do not count as stuck.
  private func closeRun(_ run: Range<Int>, _ value: Double, _ flags: UnsafeMutableBufferPointer<UInt16>) {
    guard rules.stuck.enabled, run.count >= rules.stuck.hours, !value.isNaN, value != 0 else { return }
    for k in run { flags[k] |= QualityFlags.stuck.rawValue }
  }

  /// How many values an hour of this station usually has: the most frequent count, of equals the larger.
  func usualCount(_ counts: [Int32]) -> Int32 {
    guard let most = counts.max(), most > 1, most <= 4000 else { return counts.max() == nil ? 0 : 1 }
    var hours = [Int32](repeating: 0, count: Int(most) + 1)
    for count in counts { hours[Int(count)] += 1 }
    var usual = 0
    for (count, number) in hours.enumerated() where number >= hours[usual] { usual = count }
    return Int32(usual)
  }
}
