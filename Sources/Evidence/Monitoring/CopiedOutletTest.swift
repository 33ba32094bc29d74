internal import Enterprises
internal import Glibc

/// A day whose values are, to the last digit, those of another outlet on any day.
///
/// Days are hashed and equal hashes compared hour by hour. p bounds the chance of an equal day anywhere in the file: pairs of
/// days times t^(n/2), where t is the share of equal hours on different days of one outlet and the halved exponent
/// allows for runs of equal values.
enum CopiedOutletTest {
  private struct DayPrint {
    let hash: UInt64
    let outlet: Int
    let day: Int
  }

  /// Per outlet what was found; the channel is that of the closest copy. `nil` where no channel could be tested.
  static func outcomes(
    _ series: [EmissionSeries], rules: EmissionRules
  ) -> [(channel: EmissionChannel?, outcome: EmissionOutcome)?] {
    var best = [(channel: EmissionChannel?, outcome: EmissionOutcome)?](repeating: nil, count: series.count)
    guard rules.copiedDays.enabled, series.count > 1 else { return best }
    for channel in EmissionChannel.pollutants {
      var prints: [DayPrint] = []
      for (number, own) in series.enumerated() {
        for day in 0..<own.dayCount {
          if let hash = hash(own, channel, day, rules) { prints.append(DayPrint(hash: hash, outlet: number, day: day)) }
        }
      }
      guard prints.count > 1 else { continue }
      for print in prints where best[print.outlet] == nil { best[print.outlet] = (nil, .tested(.nothing)) }
      prints.sort { ($0.hash, $0.outlet, $0.day) < ($1.hash, $1.outlet, $1.day) }
      let pairs = Double(prints.count) * Double(prints.count - 1) / 2
      for (number, copied) in copies(prints, series, channel).sorted(by: { $0.key < $1.key }) {
        let own = series[number]
        let hours = copied.map { day in (day * 24..<day * 24 + 24).filter { own.states[$0] == .normal } }
        let least = Double(hours.map(\.count).min() ?? 0)
        let p = min(1, pairs * pow(tieShare(own, channel), least / 2))
        if case .tested(let finding)? = best[number]?.outcome, finding.p <= p { continue }
        let numbers = [
          LeadNumber("copied days", Double(copied.count), "d"),
          LeadNumber("days in the file", Double(prints.count), "d"),
        ]
        best[number] = (
          channel, .tested(EmissionFinding(p: p, columns: hours.flatMap(\.self), numbers: numbers))
        )
      }
    }
    return best
  }

  /// Days of each outlet that another outlet has as well, ascending.
  private static func copies(
    _ prints: [DayPrint], _ series: [EmissionSeries], _ channel: EmissionChannel
  ) -> [Int: [Int]] {
    var days: [Int: Set<Int>] = [:]
    var start = 0
    while start < prints.count {
      var end = start + 1
      while end < prints.count, prints[end].hash == prints[start].hash { end += 1 }
      for a in start..<end {
        for b in start..<end where prints[b].outlet != prints[a].outlet {
          if isSame(series[prints[a].outlet], prints[a].day, series[prints[b].outlet], prints[b].day, channel) {
            days[prints[a].outlet, default: []].insert(prints[a].day)
          }
        }
      }
      start = end
    }
    return days.mapValues { $0.sorted() }
  }

  private static func isSame(
    _ a: EmissionSeries, _ dayA: Int, _ b: EmissionSeries, _ dayB: Int, _ channel: EmissionChannel
  ) -> Bool {
    (0..<24).allSatisfy { hour in
      let (x, y) = (value(a, channel, dayA * 24 + hour), value(b, channel, dayB * 24 + hour))
      return x == y || (x.isNaN && y.isNaN)
    }
  }

  private static func value(_ series: EmissionSeries, _ channel: EmissionChannel, _ hour: Int) -> Double {
    series.states[hour] == .normal ? series.values[channel.ordinal][hour] : .nan
  }

  /// - Returns: `nil` for a day that holds too little to be somebody's own.
  private static func hash(
    _ series: EmissionSeries, _ channel: EmissionChannel, _ day: Int, _ rules: EmissionRules
  ) -> UInt64? {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var distinct: Set<Double> = []
    var known = 0
    for hour in day * 24..<day * 24 + 24 {
      let value = value(series, channel, hour)
      if !value.isNaN {
        known += 1
        distinct.insert(value)
      }
      hash = (hash ^ (value.isNaN ? 0x7FF8 : value.bitPattern)) &* 0x100_0000_01B3
      hash ^= hash >> 29
    }
    let rule = rules.copiedDays
    return known >= rule.leastHours && distinct.count >= rule.leastDistinct ? hash : nil
  }

  /// Share of equal values among hours of neighbouring days at the same time, with one more than was seen.
  private static func tieShare(_ series: EmissionSeries, _ channel: EmissionChannel) -> Double {
    var (equal, all) = (1.0, 2.0)
    for hour in 0..<max(0, series.hourCount - 24) {
      let (x, y) = (value(series, channel, hour), value(series, channel, hour + 24))
      guard !x.isNaN, !y.isNaN else { continue }
      all += 1
      if x == y { equal += 1 }
    }
    return min(1, equal / all)
  }
}
