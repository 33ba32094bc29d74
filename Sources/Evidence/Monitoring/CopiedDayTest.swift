internal import Enterprises
internal import Glibc
internal import Randomness
internal import SpatialStatistics

/// Days that repeat an earlier one of the same outlet, exactly or scaled.
///
/// Days are compared by their changes from hour to hour in logarithms, which a factor leaves alone. The statistic is the
/// smallest root mean square difference of any two days. Its null comes from the outlet itself: every day is cut into four
/// blocks of six hours and the blocks are dealt anew among the days, each block by a permutation of its own, which keeps
/// the daily wave, the persistence within a block and the instrument's resolution, and breaks copies.
enum CopiedDayTest {
  private static let blockHours = 6
  private static let mostHits = 20

  /// - Parameter seed: Of the permutations.
  static func outcome(
    _ series: EmissionSeries, _ channel: EmissionChannel, rules: EmissionRules, seed: UInt64
  ) -> EmissionOutcome {
    let days = days(series, channel, rules)
    guard days.hasChannel else { return .abstained(.channelMissing) }
    guard days.numbers.count >= 7 else { return .abstained(days.isLow ? .belowDetection : .tooFewDays) }
    let (changes, numbers) = (days.changes, days.numbers)
    let least = rules.copiedDays.leastHours - 1
    var closest = Double.infinity
    var pairs: [(a: Int, b: Int, distance: Double)] = []
    for b in 1..<numbers.count {
      for a in 0..<b {
        let bound = max(closest, rules.copiedDays.closest)
        let distance = distance(changes, a * 24, b * 24, from: 1, least: least, bound: bound)
        if distance <= rules.copiedDays.closest { pairs.append((a, b, distance)) }
        closest = min(closest, distance)
      }
    }
    guard !pairs.isEmpty else { return .tested(.nothing) }
    let p = permutationP(changes, days: numbers.count, observed: closest, rules: rules, seed: seed)
    let copies = pairs.filter { $0.distance <= 2 * closest + 0.002 }
    let columns = Set(copies.flatMap { [numbers[$0.a], numbers[$0.b]] }).sorted().flatMap { $0 * 24..<$0 * 24 + 24 }
      .filter { series.states[$0] == .normal }
    return .tested(
      EmissionFinding(
        p: p, columns: columns,
        numbers: [
          LeadNumber("pairs of days", Double(copies.count)),
          LeadNumber("difference of hourly changes", closest * 100, "%"),
          LeadNumber("days compared", Double(numbers.count), "d"),
        ]))
  }

  /// Log changes of the days that are somebody's own, 24 a day, the first of each NaN.
  private static func days(
    _ series: EmissionSeries, _ channel: EmissionChannel, _ rules: EmissionRules
  ) -> (changes: [Double], numbers: [Int], hasChannel: Bool, isLow: Bool) {
    let values = series.values[channel.ordinal]
    let floor = rules.detectionLimits[channel.rawValue] ?? 0
    var changes: [Double] = []
    var numbers: [Int] = []
    var (hasChannel, low, known) = (false, 0, 0)
    for day in 0..<series.dayCount {
      let hours = day * 24..<day * 24 + 24
      var own = [Double](repeating: .nan, count: 24)
      var distinct: Set<Double> = []
      var (count, sum) = (0, 0.0)
      for hour in hours where !values[hour].isNaN {
        hasChannel = true
        guard series.states[hour] == .normal else { continue }
        known += 1
        guard values[hour] > floor else {
          low += 1
          continue
        }
        distinct.insert(values[hour])
        guard hour > hours.lowerBound, series.states[hour - 1] == .normal, values[hour - 1] > floor else { continue }
        let change = log(values[hour] / values[hour - 1])
        own[hour - hours.lowerBound] = change
        count += 1
        sum += change * change
      }
      // Two days that do not move are alike by themselves.
      guard count >= rules.copiedDays.leastHours - 1, distinct.count >= rules.copiedDays.leastDistinct,
        (sum / Double(count)).squareRoot() >= 0.02
      else { continue }
      numbers.append(day)
      changes += own
    }
    return (changes, numbers, hasChannel, low * 2 > known)
  }

  /// Root mean square difference of two days' changes; infinite beyond `bound` and for days that share too little.
  private static func distance(
    _ changes: [Double], _ a: Int, _ b: Int, from first: Int, least: Int, bound: Double
  ) -> Double {
    var (sum, count) = (0.0, 0)
    let most = bound * bound * 23
    for k in first..<24 {
      let difference = changes[a + k] - changes[b + k]
      guard !difference.isNaN else { continue }
      sum += difference * difference
      count += 1
      if sum > most { return .infinity }
    }
    guard count >= least else { return .infinity }
    let distance = (sum / Double(count)).squareRoot()
    return distance <= bound ? distance : .infinity
  }

  /// Share of recombined campaigns whose closest pair is as close; never 0.
  ///
  /// Ends at the twentieth hit: a p that large decides nothing (Besag and Clifford 1991, doi:10.1093/biomet/78.2.301).
  private static func permutationP(
    _ changes: [Double], days: Int, observed: Double, rules: EmissionRules, seed: UInt64
  ) -> Double {
    // Changes across the seams of blocks are unknown in a recombined day.
    var source = changes
    for start in stride(from: 0, to: source.count, by: blockHours) { source[start] = .nan }
    let least = rules.copiedDays.leastHours - 24 / blockHours
    var hits = 0
    var dealt = source
    for replicate in 0..<rules.copiedDays.permutations {
      var stream = RandomStream(seed: seed, slot: -11, replicate: replicate)
      for block in 0..<24 / blockHours {
        var order = Array(0..<days)
        for k in stride(from: days - 1, to: 0, by: -1) { order.swapAt(k, Int(stream.number(below: UInt64(k + 1)))) }
        for day in 0..<days {
          for k in block * blockHours..<(block + 1) * blockHours { dealt[day * 24 + k] = source[order[day] * 24 + k] }
        }
      }
      search: for b in 1..<days {
        for a in 0..<b
        where distance(dealt, a * 24, b * 24, from: 0, least: least, bound: observed) <= observed {
          hits += 1
          break search
        }
      }
      if hits == mostHits { return Double(hits) / Double(replicate + 1) }
    }
    return Double(hits + 1) / Double(rules.copiedDays.permutations + 1)
  }
}
