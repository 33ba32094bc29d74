internal import Enterprises
internal import Glibc

/// Equal values running for longer than the channel's own ties explain.
///
/// An instrument that reports whole numbers, or a value that hardly moves, ties often by itself. The chance of a tie is
/// taken from the channel: runs are cut off at six values, which a long flat line cannot inflate, and the rate is the
/// censored-geometric maximum likelihood estimate, the larger of the whole window's and of the three days on both sides.
/// The expected number of runs of L or more among n hours is then n (1 - t) t^(L - 1).
enum FlatLineTest {
  private static let cutTies = 5
  private static let hoursBeside = 72

  private struct Run {
    let hours: Range<Int>
    /// Whether another value followed at once.
    let isEnded: Bool
  }

  static func outcome(_ series: EmissionSeries, _ channel: EmissionChannel, rules: EmissionRules) -> EmissionOutcome {
    let values = series.values[channel.ordinal]
    let runs = runs(values, series.states)
    let known = runs.reduce(0) { $0 + $1.hours.count }
    guard known > 0 else { return .abstained(.channelMissing) }
    guard known >= rules.leastNormalHours else { return .abstained(.tooLittleRunning) }
    let floor = rules.detectionLimits[channel.rawValue] ?? 0
    let judged = runs.filter { values[$0.hours.lowerBound] > floor }
    guard judged.reduce(0, { $0 + $1.hours.count }) * 2 >= known else { return .abstained(.belowDetection) }
    let whole = tieShare(judged)
    var smallest = 1.0
    var columns: [Int] = []
    var longest = 0
    var value = 0.0
    for run in judged where run.hours.count >= rules.flatLine.leastHours {
      let beside = judged.filter {
        $0.hours.upperBound > run.hours.lowerBound - hoursBeside
          && $0.hours.lowerBound < run.hours.upperBound + hoursBeside && $0.hours != run.hours
      }
      let ties = max(whole, tieShare(beside))
      let p = min(1, Double(known) * (1 - ties) * pow(ties, Double(run.hours.count - 1)))
      if p < 1e-3 { columns += run.hours }
      if p < smallest {
        smallest = p
        longest = run.hours.count
        value = values[run.hours.lowerBound]
      }
    }
    guard longest > 0 else { return .tested(.nothing) }
    return .tested(
      EmissionFinding(
        p: smallest, columns: columns,
        numbers: [
          LeadNumber("longest run", Double(longest), "h"), LeadNumber("value", value, channel.unit),
          LeadNumber("chance of a tie", whole),
        ]))
  }

  /// Longest stretches of equal values in consecutive undisturbed hours.
  private static func runs(_ values: [Double], _ states: [EmissionState]) -> [Run] {
    var runs: [Run] = []
    var start = 0
    while start < values.count {
      guard states[start] == .normal, !values[start].isNaN else {
        start += 1
        continue
      }
      var end = start + 1
      while end < values.count, states[end] == .normal, values[end] == values[start] { end += 1 }
      let isEnded = end < values.count && states[end] == .normal && !values[end].isNaN
      runs.append(Run(hours: start..<end, isEnded: isEnded))
      start = end
    }
    return runs
  }

  /// Upper bound, two standard errors up, of the chance that an hour equals the one before.
  private static func tieShare(_ runs: [Run]) -> Double {
    var ties = 0.5
    var ends = 0.5
    for run in runs {
      ties += Double(min(cutTies, run.hours.count - 1))
      if run.hours.count - 1 < cutTies, run.isEnded { ends += 1 }
    }
    let n = ties + ends
    let share = ties / n
    return min(0.98, share + 2 * (share * (1 - share) / n).squareRoot())
  }
}
