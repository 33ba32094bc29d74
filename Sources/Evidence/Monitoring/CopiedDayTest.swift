internal import Enterprises
internal import Glibc
internal import Randomness

/// Days that repeat an earlier one of the same outlet, exactly or scaled.
///
/// Days are compared by their changes from hour to hour, in logarithms for concentrations and flow, which a factor leaves
/// alone, each divided by what two unrelated days of its channel differ by; of one channel, and of all pollutants and
/// oxygen together. The statistic is the smallest of any two days: their mean square difference as a normal deviate of χ²,
/// so that pairs that share many hours and pairs that share few can be held against each other.
///
/// Its null comes from the outlet itself: every day is cut into four blocks of six hours and the blocks are dealt anew among
/// the days, each block by a permutation of its own and all channels alike, which keeps the daily wave, the persistence
/// within a block, what ties channels together and the instrument's resolution, and breaks copies.
enum CopiedDayTest {
  private static let blockHours = 6
  private static let mostHits = 20
  /// Together, unrelated days differ by about 1; pairs up to this are looked at, and p says what they are worth.
  private static let closestTogether = 0.5
  /// Changes of one channel that two days must share: fewer come out alike by chance in one outlet of a hundred.
  private static let leastAlone = 13
  /// Changes that two days must share, over all channels together: half of what a plant of two shifts leaves.
  private static let leastTogether = 18

  /// Days that can be compared, with their changes: by channel, then day, then hour; NaN where nothing can be said.
  private struct Days {
    var numbers: [Int] = []
    var changes: [[Double]]

    func without(_ left: Set<Int>) -> Days {
      let kept = numbers.indices.filter { !left.contains($0) }
      return Days(
        numbers: kept.map { numbers[$0] },
        changes: changes.map { channel in kept.flatMap { channel[$0 * 24..<$0 * 24 + 24] } })
    }
  }

  private struct Pair {
    let a: Int
    let b: Int
    /// Root mean square difference, in what unrelated days differ by.
    let distance: Double
    let deviate: Double
  }

  /// One channel alone.
  ///
  /// - Parameter seed: Of the permutations.
  static func outcome(
    _ series: EmissionSeries, _ channel: EmissionChannel, rules: EmissionRules, seed: UInt64
  ) -> EmissionOutcome {
    let floor = rules.detectionLimits[channel.rawValue] ?? 0
    let values = series.values[channel.ordinal]
    var (hasChannel, low, known) = (false, 0, 0)
    for (hour, value) in values.enumerated() where !value.isNaN {
      hasChannel = true
      guard series.states[hour] == .normal else { continue }
      known += 1
      if value <= floor { low += 1 }
    }
    guard hasChannel else { return .abstained(.channelMissing) }
    var days = Days(changes: [[]])
    let all = (0..<series.dayCount).map { changes(series, channel, day: $0, floor: floor) }
    let scale = scale(all)
    let least = max(leastAlone, rules.copiedDays.leastHours - 1)
    for (day, own) in all.enumerated() {
      // Two days that do not move are alike by themselves.
      guard own.count >= least, own.distinct >= rules.copiedDays.leastDistinct,
        own.movement >= 0.02
      else { continue }
      days.numbers.append(day)
      days.changes[0] += own.changes.map { $0 / scale }
    }
    guard days.numbers.count >= 7 else { return .abstained(low * 2 > known ? .belowDetection : .tooFewDays) }
    return judged(
      days, series, closest: rules.copiedDays.closest / scale, alike: 0.3, least: least,
      unit: scale, permutations: rules.copiedDays.permutations, seed: seed)
  }

  /// All pollutants and oxygen together: a day that was sent again was mostly sent again whole.
  ///
  /// It judges plants of two shifts and coarse instruments, of which one channel alone says too little.
  static func together(_ series: EmissionSeries, rules: EmissionRules, seed: UInt64) -> EmissionOutcome {
    let channels = EmissionChannel.pollutants + [.o2]
    var days = Days(changes: channels.map { _ in [] })
    let own = channels.map { channel in
      let floor = rules.detectionLimits[channel.rawValue] ?? 0
      return (0..<series.dayCount).map { changes(series, channel, day: $0, floor: floor) }
    }
    let scales = own.map(scale)
    guard scales.contains(where: { $0 > 0 }) else { return .abstained(.channelMissing) }
    for day in 0..<series.dayCount {
      var (row, count) = ([[Double]](), 0)
      for channel in channels.indices {
        let one = own[channel][day]
        // A channel that lay still, or hardly has values, makes days alike by itself.
        let isMoving = scales[channel] > 0 && one.distinct >= 4 && one.movement >= scales[channel] / 4
        row.append(one.changes.map { isMoving ? $0 / scales[channel] : .nan })
        if isMoving { count += one.count }
      }
      guard count >= leastTogether else { continue }
      days.numbers.append(day)
      for channel in channels.indices { days.changes[channel] += row[channel] }
    }
    guard days.numbers.count >= 7 else { return .abstained(.tooFewDays) }
    return judged(
      days, series, closest: closestTogether, alike: closestTogether, least: leastTogether, unit: 1,
      permutations: rules.copiedDays.permutations, seed: seed)
  }

  /// Root mean square difference of the changes of two days that have nothing to do with each other.
  private static func scale(_ days: [(changes: [Double], count: Int, distinct: Int, movement: Double)]) -> Double {
    let squares = days.reduce(0) { $0 + $1.movement * $1.movement * Double($1.count) }
    let count = days.reduce(0) { $0 + $1.count }
    return count > 0 ? (2 * squares / Double(count)).squareRoot() : 0
  }

  /// - Parameters:
  ///   - bound: Pairs farther apart are not looked at, in what unrelated days differ by.
  ///   - alike: Share of their own movement that two days may differ by: quiet days are near each other without being alike.
  ///   - unit: What unrelated days differ by, in the numbers of the finding.
  private static func judged(
    _ days: Days, _ series: EmissionSeries, closest bound: Double, alike: Double, least: Int, unit: Double,
    permutations: Int, seed: UInt64
  ) -> EmissionOutcome {
    var pairs: [Pair] = []
    for b in 1..<days.numbers.count {
      for a in 0..<b {
        let (sum, count) = difference(
          days.changes, a * 24, b * 24, most: bound * bound * 24 * Double(days.changes.count))
        guard count >= least, sum <= bound * bound * Double(count),
          sum <= alike * alike * movement(days.changes, a * 24, b * 24)
        else { continue }
        let mean = sum / Double(count)
        pairs.append(Pair(a: a, b: b, distance: mean.squareRoot(), deviate: deviate(mean, count)))
      }
    }
    guard let closest = pairs.min(by: { ($0.deviate, $0.a, $0.b) < ($1.deviate, $1.a, $1.b) }) else {
      return .tested(.nothing)
    }
    let copies = pairs.filter { $0.distance <= 2 * closest.distance + 0.05 }
    // Blocks of a copy that fall together again would pass for chance, so the pairs in question are left out of their own
    // null; what is left has fewer pairs, which p makes good. Not so for one channel alone, where days may be close
    // because both are quiet: without them the null would be too restless.
    let others = days.changes.count > 1 ? days.without(Set(copies.map(\.b))) : days
    let null = others.numbers.count >= 7 ? others : days
    func pairCount(_ days: Days) -> Double { Double(days.numbers.count * (days.numbers.count - 1)) / 2 }
    let p = permutationP(
      null, observed: closest.deviate, least: least * 3 / 4, permutations: permutations, seed: seed)
    let columns = Set(copies.flatMap { [days.numbers[$0.a], days.numbers[$0.b]] }).sorted()
      .flatMap { $0 * 24..<$0 * 24 + 24 }.filter { series.states[$0] == .normal }
    return .tested(
      EmissionFinding(
        p: min(1, p * pairCount(days) / pairCount(null)), columns: columns,
        numbers: [
          LeadNumber("pairs of days", Double(copies.count)),
          LeadNumber("difference of hourly changes", closest.distance * unit * 100, "%"),
          LeadNumber("days compared", Double(days.numbers.count), "d"),
        ]))
  }

  /// χ² over its degrees of freedom as a normal deviate: Wilson and Hilferty (1931), doi:10.1073/pnas.17.12.684.
  private static func deviate(_ mean: Double, _ count: Int) -> Double {
    let spread = 2 / (9 * Double(count))
    return (cbrt(mean) - (1 - spread)) / spread.squareRoot()
  }

  /// Changes from the hour before, 24 of a day with the first NaN; concentrations and flow in logarithms.
  private static func changes(
    _ series: EmissionSeries, _ channel: EmissionChannel, day: Int, floor: Double
  ) -> (changes: [Double], count: Int, distinct: Int, movement: Double) {
    let values = series.values[channel.ordinal]
    var own = [Double](repeating: .nan, count: 24)
    var distinct: Set<Double> = []
    var (count, sum) = (0, 0.0)
    let first = day * 24
    for hour in first..<first + 24 where series.states[hour] == .normal && values[hour] > floor {
      distinct.insert(values[hour])
      guard hour > first, series.states[hour - 1] == .normal, values[hour - 1] > floor else { continue }
      let change = channel == .o2 ? values[hour] - values[hour - 1] : log(values[hour] / values[hour - 1])
      own[hour - first] = change
      count += 1
      sum += change * change
    }
    return (own, count, distinct.count, count > 0 ? (sum / Double(count)).squareRoot() : 0)
  }

  /// Sum of squared differences of two days' changes and how many there are; stops early beyond `most`.
  private static func difference(
    _ changes: [[Double]], _ a: Int, _ b: Int, most: Double
  ) -> (sum: Double, count: Int) {
    var (sum, count) = (0.0, 0)
    for channel in changes {
      for k in 0..<24 {
        let difference = channel[a + k] - channel[b + k]
        guard !difference.isNaN else { continue }
        sum += difference * difference
        count += 1
      }
      if sum > most { return (.infinity, count) }
    }
    return (sum, count)
  }

  /// Sum of the squared changes of both days over the hours they share.
  private static func movement(_ changes: [[Double]], _ a: Int, _ b: Int) -> Double {
    var sum = 0.0
    for channel in changes {
      for k in 0..<24 where !channel[a + k].isNaN && !channel[b + k].isNaN {
        sum += channel[a + k] * channel[a + k] + channel[b + k] * channel[b + k]
      }
    }
    return sum
  }

  /// Share of recombined campaigns whose closest pair is as close; never 0.
  ///
  /// Ends at the twentieth hit: a p that large decides nothing (Besag and Clifford 1991, doi:10.1093/biomet/78.2.301).
  private static func permutationP(
    _ days: Days, observed: Double, least: Int, permutations: Int, seed: UInt64
  ) -> Double {
    let count = days.numbers.count
    // Changes across the seams of blocks are unknown in a recombined day.
    var source = days.changes
    for channel in source.indices {
      for start in stride(from: 0, to: count * 24, by: blockHours) { source[channel][start] = .nan }
    }
    // What a pair may differ by, for every number of shared hours, to be as close as the observed one.
    let mostByCount = (0...24 * source.count).map { shared -> Double in
      guard shared > 0 else { return -1 }
      let spread = 2 / (9 * Double(shared))
      let root = 1 - spread + observed * spread.squareRoot()
      return root < 0 ? -1 : root * root * root * Double(shared) * (1 + 1e-9)
    }
    let most = mostByCount.max() ?? 0
    var hits = 0
    var dealt = source
    for replicate in 0..<permutations {
      var stream = RandomStream(seed: seed, slot: -11, replicate: replicate)
      for block in 0..<24 / blockHours {
        var order = Array(0..<count)
        for k in stride(from: count - 1, to: 0, by: -1) { order.swapAt(k, stream.number(below: k + 1)) }
        for channel in source.indices {
          for day in 0..<count {
            for k in block * blockHours..<(block + 1) * blockHours {
              dealt[channel][day * 24 + k] = source[channel][order[day] * 24 + k]
            }
          }
        }
      }
      search: for b in 1..<count {
        for a in 0..<b {
          let (sum, shared) = difference(dealt, a * 24, b * 24, most: most)
          guard shared >= least, sum <= mostByCount[shared] else { continue }
          hits += 1
          break search
        }
      }
      if hits == mostHits { return Double(hits) / Double(replicate + 1) }
    }
    return Double(hits + 1) / Double(permutations + 1)
  }
}
