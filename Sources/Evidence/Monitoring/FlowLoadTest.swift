internal import Enterprises
internal import Glibc

/// A day from which flow per kWh of production is another.
///
/// Mass balance: the emitted mass is concentration times flow, and flow follows the load of fans and kilns. Daily log
/// ratios of flow to production energy are tested for one change by Pettitt (1979), doi:10.2307/2346729, and the
/// change must be large.
enum FlowLoadTest {
  static func outcome(_ series: EmissionSeries, power: FirmPower?, rules: EmissionRules) -> EmissionOutcome {
    guard let load = power?.load(of: series.outlet.creditCode), load.hourly.count == series.hourCount else {
      return .abstained(.noPower)
    }
    let flow = series.values[EmissionChannel.flow.ordinal]
    guard flow.contains(where: { !$0.isNaN }) else { return .abstained(.channelMissing) }
    var days: [Int] = []
    var ratios: [Double] = []
    for day in 0..<series.dayCount {
      var (volume, energy, count) = (0.0, 0.0, 0)
      for hour in day * 24..<day * 24 + 24
      where series.states[hour] == .normal && flow[hour] > 0 && load.hourly[hour] > 0 {
        volume += flow[hour]
        energy += Double(load.hourly[hour])
        count += 1
      }
      guard count >= 8, energy >= 0.2 * load.onLevel * Double(count) else { continue }
      days.append(day)
      ratios.append(log(volume / energy))
    }
    let least = rules.flowLoad.leastDays
    guard ratios.count >= 2 * least else { return .abstained(.tooFewDays) }
    var (best, change, sum) = (0.0, 0, 0.0)
    for t in 0..<ratios.count - 1 {
      for j in ratios.indices { sum += ratios[t] > ratios[j] ? 1 : ratios[t] < ratios[j] ? -1 : 0 }
      if abs(sum) > best { (best, change) = (abs(sum), t + 1) }
    }
    guard change >= least, ratios.count - change >= least else { return .tested(.nothing) }
    let factor = exp(medianOf(ratios[change...]) - medianOf(ratios[..<change]))
    guard max(factor, 1 / factor) >= rules.flowLoad.leastFactor else { return .tested(.nothing) }
    let n = Double(ratios.count)
    // The lower side is the doubtful one: mass is reported too small there.
    let doubtful = factor < 1 ? days[change...] : days[..<change]
    return .tested(
      EmissionFinding(
        p: min(1, 2 * exp(-6 * best * best / (n * n * n + n * n))),
        columns: doubtful.flatMap { $0 * 24..<$0 * 24 + 24 }.filter { series.states[$0] == .normal },
        numbers: [
          LeadNumber("factor of flow per kWh", factor), LeadNumber("days before", Double(change), "d"),
          LeadNumber("days after", n - Double(change), "d"),
        ]))
  }
}
