internal import Enterprises
internal import Glibc

/// Oxygen that makes the converted value come out.
enum OxygenTest {
  /// A converted value that is steadier from hour to hour than two honest instruments can make it.
  ///
  /// The converted value is c (21 - ref) / (21 - O2): the noise of both instruments is in it, whatever the plant does. When
  /// the measured value moves while the converted one changes by less than that noise, oxygen was made to fit. Every seven
  /// days that begin at a midnight are tested by a lower χ² tail against the smallest honest change; p is that of the best
  /// times their number.
  static func coupled(_ series: EmissionSeries, _ channel: EmissionChannel, rules: EmissionRules) -> EmissionOutcome {
    let (values, oxygen) = (series.values[channel.ordinal], series.values[EmissionChannel.o2.ordinal])
    guard values.contains(where: { !$0.isNaN }), oxygen.contains(where: { !$0.isNaN }) else {
      return .abstained(.channelMissing)
    }
    guard series.normalHours >= rules.leastNormalHours else { return .abstained(.tooLittleRunning) }
    let floor = 2 * (rules.detectionLimits[channel.rawValue] ?? 0)
    var measured = [Double](repeating: .nan, count: series.hourCount)
    var converted = measured
    for hour in values.indices
    where series.states[hour] == .normal && values[hour] > floor && oxygen[hour] < 20 {
      let dilution = log(21 - oxygen[hour])
      measured[hour] = log(values[hour]) + (series.isConverted ? dilution : 0)
      converted[hour] = log(values[hour]) - (series.isConverted ? 0 : dilution)
    }
    var best: (p: Double, hours: Range<Int>, steady: Double, moved: Double)?
    var weeks = 0
    var isAnyUsable = false
    for start in stride(from: 0, through: max(0, series.hourCount - 168), by: 24) {
      let hours = start..<min(series.hourCount, start + 168)
      var (steady, moved, count) = (0.0, 0.0, 0.0)
      for hour in hours.dropFirst() {
        let (a, b) = (converted[hour] - converted[hour - 1], measured[hour] - measured[hour - 1])
        guard !a.isNaN, !b.isNaN else { continue }
        steady += a * a
        moved += b * b
        count += 1
      }
      guard count >= 48 else { continue }
      isAnyUsable = true
      guard moved / count >= rules.oxygen.leastMovement * rules.oxygen.leastMovement else { continue }
      weeks += 1
      // Neighbouring changes share a value: half as many degrees of freedom.
      let least = rules.oxygen.steadiestShare
      let p = TailProbability.chiSquareLower(steady / 2 / (least * least), degreesOfFreedom: count / 2)
      if p < best?.p ?? 2 { best = (p, hours, (steady / count).squareRoot(), (moved / count).squareRoot()) }
    }
    guard let best else { return .abstained(isAnyUsable ? .noMovement : .belowDetection) }
    return .tested(
      EmissionFinding(
        p: min(1, best.p * Double(weeks)), columns: best.hours.filter { series.states[$0] == .normal },
        numbers: [
          LeadNumber("hourly change of the measured value", best.moved * 100, "%"),
          LeadNumber("hourly change of the converted value", best.steady * 100, "%"),
          LeadNumber("smallest change two instruments give", rules.oxygen.steadiestShare * 100, "%"),
        ]))
  }

  /// Days on which oxygen lies where the flue gas of such a plant cannot have it; too low lowers converted values.
  static func range(_ series: EmissionSeries, rules: EmissionRules) -> EmissionOutcome {
    guard let plausible = series.limit?.plausibleOxygenPercent else { return .abstained(.noLimit) }
    let oxygen = series.values[EmissionChannel.o2.ordinal]
    guard oxygen.contains(where: { !$0.isNaN }) else { return .abstained(.channelMissing) }
    var (days, out) = (0, 0)
    var columns: [Int] = []
    var medians: [Double] = []
    for day in 0..<series.dayCount {
      let hours = (day * 24..<day * 24 + 24).filter { series.states[$0] == .normal && !oxygen[$0].isNaN }
      guard hours.count >= 6 else { continue }
      days += 1
      let median = medianOf(hours.map { oxygen[$0] })
      if !plausible.contains(median) {
        out += 1
        columns += hours
        medians.append(median)
      }
    }
    guard days >= 7 else { return .abstained(.tooFewDays) }
    return .tested(
      EmissionFinding(
        p: TailProbability.binomialUpper(out, of: days, probability: rules.oxygen.toleratedDayShare), columns: columns,
        numbers: [
          LeadNumber("days outside", Double(out), "d"), LeadNumber("days", Double(days), "d"),
          LeadNumber("least plausible oxygen", plausible.lowerBound, "%"),
          LeadNumber("largest plausible oxygen", plausible.upperBound, "%"),
        ] + (medians.isEmpty ? [] : [LeadNumber("median oxygen of these days", medianOf(medians), "%")])))
  }
}
