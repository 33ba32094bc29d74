internal import Enterprises
internal import Quantities

/// Work that moved into the night without an order.
///
/// Night work as such is ordinary, because night tariffs are cheap: what counts is a change against the meter's own earlier
/// days that its industry did not make too.
struct NightShiftScreen {
  let firstDay: LocalDay
  let isUnderOrder: [Bool]

  /// What one meter shows before its peers are asked.
  struct Candidate: Sendable {
    /// Rise of the night's share of the energy over its usual, median of the days of the evidence; 0...1.
    let rise: Double
    let flag: PowerFlag?
  }

  /// - Returns: `nil` when too few days are known.
  func candidate(_ state: inout MeterState, history: LoadHistory) -> Candidate? {
    guard state.curves.has(state.judged), state.isUsable(state.judged) else { return nil }
    let rules = state.rules
    let circuit = state.judged
    let days = (0..<state.curves.dayCount).map { day -> (night: Double, rest: Double)? in
      guard !isUnderOrder[day],
        let night = nightPower(state, circuit, day), night.night + night.rest > 0, isOn(state, circuit, day)
      else { return nil }
      return night
    }
    let scores = days.map { $0.map { $0.night * 8 / ($0.night * 8 + $0.rest * 16) } }
    var wasOrdinary = false
    let outcome = state.bets.outcome(.nightShift, scores: scores) { day, calibration in
      guard let found = days[day], found.night >= rules.nightRatio * found.rest else { return false }
      guard let usual = quantile(ofSorted: calibration.sorted(), 0.5) else { return false }
      // A night share s over 8 h against 1 - s over 16 h: the ratio of powers.
      let usualRatio = usual < 1 ? 2 * usual / (1 - usual) : .infinity
      let isOrdinary = usualRatio >= rules.ordinaryNightRatio
      wasOrdinary = wasOrdinary || isOrdinary
      return !isOrdinary
    }
    if wasOrdinary { state.abstain(.ordinaryNight) }
    let recent = state.evidence.compactMap { scores[$0] }.sorted()
    let earlier = (0..<state.evidence.lowerBound).compactMap { scores[$0] }.sorted()
    guard let now = quantile(ofSorted: recent, 0.5), let before = quantile(ofSorted: earlier, 0.5) else { return nil }
    return Candidate(rise: now - before, flag: flag(outcome, days, &state, history))
  }

  private func flag(
    _ outcome: BetOutcome, _ days: [(night: Double, rest: Double)?], _ state: inout MeterState, _ history: LoadHistory
  ) -> PowerFlag? {
    guard let evidence = outcome.evidence, let first = outcome.days.first, let last = outcome.days.last else {
      return nil
    }
    guard evidence.isEnough else {
      state.abstain(.weakEvidence, days: outcome.days.count)
      return nil
    }
    let found = outcome.days.compactMap { days[$0] }
    let count = Double(found.count)
    return PowerFlag(
      meter: state.curves.meter, rule: .nightShift, circuit: state.judged,
      first: QuarterHour(day: firstDay.advanced(by: first), step: 0),
      last: QuarterHour(day: firstDay.advanced(by: last), step: 95), evidenceDays: found.count,
      evidenceHours: 8 * count, observedKilowattHours: found.reduce(0) { $0 + $1.night } / count,
      baselineKilowattHours: found.reduce(0) { $0 + $1.rest } / count, threshold: state.rules.nightRatio,
      places: history.places(meter: state.curves.meter, circuit: state.judged, days: outcome.days), evidence: evidence)
  }

  private func isOn(_ state: MeterState, _ circuit: Circuit, _ day: Int) -> Bool {
    guard let threshold = state.judgedThreshold else { return true }
    let values = state.curves.values(circuit)
    return (day * 96..<day * 96 + 96).reduce(0) { $0 + (Double(values[$1]) >= threshold.kilowattHours ? 1 : 0) } >= 8
  }

  /// Mean kWh an hour from 22:00 to 06:00 and in the rest of a day; `nil` when too little is known.
  private func nightPower(_ state: MeterState, _ circuit: Circuit, _ day: Int) -> (night: Double, rest: Double)? {
    let share = state.rules.minimumKnownShare
    guard let early = state.curves.sum(circuit, day: day, steps: 0..<24, minimumKnownShare: share),
      let rest = state.curves.sum(circuit, day: day, steps: 24..<88, minimumKnownShare: share),
      let late = state.curves.sum(circuit, day: day, steps: 88..<96, minimumKnownShare: share)
    else { return nil }
    return ((early + late) / 8, rest / 16)
  }
}

/// How much the industries' nights rose.
struct NightPeers: Sendable {
  private let byIndustry: [String: [Double]]
  private let minimumPeers: Int

  init(_ candidates: [NightShiftScreen.Candidate?], industries: [String], minimumPeers: Int) {
    var groups: [String: [Double]] = [:]
    for (meter, candidate) in candidates.enumerated() where !industries[meter].isEmpty {
      if let candidate { groups[industries[meter], default: []].append(candidate.rise) }
    }
    byIndustry = groups.mapValues { $0.sorted() }
    self.minimumPeers = minimumPeers
  }

  /// Whether half of the industry, or more, moved at least half as far into the night as this meter did.
  func movedToo(_ rise: Double, industry: String) -> Bool {
    guard let group = byIndustry[industry], group.count > minimumPeers else { return false }
    guard let median = medianWithout(rise, sorted: group) else { return false }
    return median >= 0.5 * rise
  }
}
