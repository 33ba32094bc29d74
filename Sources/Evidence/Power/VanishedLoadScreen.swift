internal import Enterprises
internal import Quantities

/// Production that vanishes from its meter while the firm works on.
///
/// A plain shutdown takes all circuits down together. Load that was moved or bypassed leaves another circuit at work: the
/// treatment still runs, or the total hardly falls. Only that disagreement counts. Where every circuit falls to nothing at
/// once, a cut of supply, a lost link and a shutdown look alike, and the rule keeps silent.
struct VanishedLoadScreen {
  let firstDay: LocalDay
  let isUnderOrder: [Bool]

  func flags(_ state: inout MeterState, history: LoadHistory) -> [PowerFlag] {
    guard state.curves.has(.production), state.curves.has(.total) || state.curves.has(.treatment) else { return [] }
    guard state.isUsable(.production), Circuit.allCases.allSatisfy({ !state.curves.has($0) || state.isUsable($0) })
    else {
      return []
    }
    let rules = state.rules
    let production = daily(state, .production)
    let others = [daily(state, .total), daily(state, .treatment)]
    // Relative loads need a usual level; it is taken from days before the first bet, so no bet moves its own measure.
    let usual = UsualLoads(production: production, others: others, state: state)
    let scores = usual.scores
    let outcome = state.bets.outcome(.loadVanished, scores: scores) { day, _ in
      guard !isUnderOrder[day], let made = usual.made[day], let other = usual.other[day] else { return false }
      return made <= rules.vanishedShare && other >= rules.stillWorkingShare
    }
    guard let evidence = outcome.evidence, let first = outcome.days.first, let last = outcome.days.last else {
      return []
    }
    guard evidence.isEnough else {
      state.abstain(.weakEvidence, days: outcome.days.count)
      return []
    }
    let days = outcome.days
    let observed = days.reduce(0) { $0 + (production[$1] ?? 0) }
    return [
      PowerFlag(
        meter: state.curves.meter, rule: .loadVanished, circuit: .production,
        first: QuarterHour(day: firstDay.advanced(by: first), step: 0),
        last: QuarterHour(day: firstDay.advanced(by: last), step: 95), evidenceDays: days.count,
        evidenceHours: Double(days.count) * 24, observedKilowattHours: observed,
        baselineKilowattHours: usual.level * Double(days.count), threshold: rules.vanishedShare,
        places: history.places(meter: state.curves.meter, circuit: .production, days: days), evidence: evidence)
    ]
  }

  /// Energy by day, kWh; `nil` where too little is known or the circuit does not exist.
  private func daily(_ state: MeterState, _ circuit: Circuit) -> [Double?] {
    (0..<state.curves.dayCount).map {
      state.curves.sum(circuit, day: $0, minimumKnownShare: state.rules.minimumKnownShare)
    }
  }
}

/// Daily loads over their usual level: the upper quartile of the days before the evidence's first bet.
private struct UsualLoads {
  /// Production over its usual, by day.
  let made: [Double?]
  /// The largest of the other circuits over its usual, by day.
  let other: [Double?]
  /// Usual production, kWh a day.
  let level: Double
  /// How much more the others work than production does, by day.
  var scores: [Double?] {
    zip(made, other).map { made, other in
      guard let made, let other else { return nil }
      return other - made
    }
  }

  init(production: [Double?], others: [[Double?]], state: MeterState) {
    let end = max(1, state.bets.months.spans.first?.lowerBound ?? state.evidence.lowerBound)
    func usual(_ values: [Double?]) -> Double? {
      quantile(ofSorted: values.prefix(end).compactMap(\.self).sorted(), 0.75)
    }
    func relative(_ values: [Double?]) -> [Double?] {
      guard let usual = usual(values), usual > 0 else { return values.map { _ in nil } }
      return values.map { $0.map { $0 / usual } }
    }
    made = relative(production)
    level = usual(production) ?? 0
    let all = others.map(relative)
    other = production.indices.map { day in all.compactMap { $0[day] }.max() }
  }
}
