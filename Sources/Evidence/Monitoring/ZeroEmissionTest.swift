internal import Enterprises
internal import Quantities

/// Nothing in the stack while the production circuit runs at full power.
///
/// An hour counts when production is at or above a share of its own on level and every pollutant that the outlet usually
/// emits is at background, or the monitor sees air or no flow. Hours that are missing or marked as calibration,
/// maintenance or fault say nothing. Spells shorter than three hours are calibrations. Days with a spell are counted and
/// held against the number that faults of instruments may give in a month (Poisson); that number is a policy, no estimate.
enum ZeroEmissionTest {
  static func outcome(_ series: EmissionSeries, power: FirmPower?, rules: EmissionRules) -> EmissionOutcome {
    guard let load = power?.load(of: series.outlet.creditCode), load.hourly.count == series.hourCount else {
      return .abstained(.noPower)
    }
    let rule = rules.zeroAtPower
    let full = load.hourly.map { Double($0) >= rule.fullPowerShare * load.onLevel }
    var levels: [(channel: Int, background: Double)] = []
    for channel in EmissionChannel.pollutants {
      let usual = medianOf(
        series.values[channel.ordinal].indices.lazy.filter { series.states[$0] == .normal && full[$0] }.map {
          series.values[channel.ordinal][$0]
        })
      let floor = rules.detectionLimits[channel.rawValue] ?? 0
      if usual >= 3 * max(floor, 0.01) { levels.append((channel.ordinal, max(floor, rule.backgroundShare * usual))) }
    }
    guard !levels.isEmpty else { return .abstained(.belowDetection) }
    var isEmpty = [Bool](repeating: false, count: series.hourCount)
    var (judged, empty) = (0, 0)
    for hour in 0..<series.hourCount where full[hour] {
      switch series.states[hour] {
      case .missing, .excused: continue
      case .shutdown: isEmpty[hour] = true
      case .edge, .normal:
        let own = levels.filter { !series.values[$0.channel][hour].isNaN }
        guard !own.isEmpty else { continue }
        isEmpty[hour] = own.allSatisfy { series.values[$0.channel][hour] <= $0.background }
      }
      judged += 1
      if isEmpty[hour] { empty += 1 }
    }
    guard judged >= rules.leastNormalHours / 2 else { return .abstained(.tooLittleRunning) }
    guard Double(judged - empty) >= rule.tiedShare * Double(judged) else { return .abstained(.notTied) }
    var columns: [Int] = []
    var start = 0
    while start < isEmpty.count {
      var end = start
      while end < isEmpty.count, isEmpty[end] { end += 1 }
      if end - start >= rule.leastHours { columns += start..<end }
      start = max(end, start + 1)
    }
    let days = Set(columns.map { $0 / 24 }).count
    let mean = rule.toleratedDaysPerMonth * Double(series.dayCount) / 30
    return .tested(
      EmissionFinding(
        p: ComplaintScreen.poissonUpperTail(days, mean: mean), columns: columns,
        numbers: [
          LeadNumber("days", Double(days), "d"), LeadNumber("days tolerated", mean, "d"),
          LeadNumber("hours at full power", Double(judged), "h"),
          LeadNumber("production when on", load.onLevel, "kWh/h"),
        ]))
  }
}
