internal import Enterprises
internal import Quantities

/// The rules for production that runs without its treatment.
struct TreatmentScreen {
  let firstDay: LocalDay

  /// What one day shows, in quarter hours.
  struct DayCount: Sendable {
    var day: Int
    var steps = 0
    var first = 0
    var last = 0
    var lateStart = false
    var observed = 0.0
    /// Treatment energy per quarter hour with production on, kWh, and how many such there are.
    var treatmentLevel = 0.0
    var producingSteps = 0
  }

  /// What one meter's treatment shows before its peers are asked.
  struct Candidate: Sendable {
    /// By day of the history; `nil` where a circuit is not known well enough.
    let days: [DayCount?]
    let threshold: OnThreshold
    /// Quarter hours with production on and treatment off that make a day matter.
    let minimumSteps: Int
    let isHourly: Bool

    func isOff(_ day: Int) -> Bool? { days[day].map { $0.steps >= minimumSteps } }
    func isLate(_ day: Int) -> Bool? { days[day].map { $0.lateStart && $0.steps < minimumSteps } }
  }

  func candidate(_ state: inout MeterState) -> Candidate? {
    let curves = state.curves
    guard curves.has(.production), curves.has(.treatment) else { return nil }
    guard state.isUsable(.production), state.isUsable(.treatment) else { return nil }
    guard let production = state.production else {
      state.abstain(.noTwoModes)
      return nil
    }
    guard let treatment = threshold(&state, production) else { return nil }
    if isDeadMeter(state, production, treatment) {
      state.abstain(.meterFault)
      return nil
    }
    let share = state.rules.minimumKnownShare
    let days = (0..<curves.dayCount).map { day -> DayCount? in
      guard curves.knownShare(.production, days: day..<day + 1) >= share,
        curves.knownShare(.treatment, days: day..<day + 1) >= share
      else { return nil }
      return count(day: day, state, production.kilowattHours, treatment.kilowattHours)
    }
    // Hourly values spread over four steps blur each start and stop by up to an hour.
    return Candidate(
      days: days, threshold: treatment, minimumSteps: state.rules.treatmentOffSteps * (curves.isHourly ? 2 : 1),
      isHourly: curves.isHourly)
  }

  /// Flags of treatment that is off or late, with the meter's own days and its peers as the reference.
  ///
  /// - Parameters:
  ///   - offChances: Share of the peers' days that matter, by bet; see ``TreatmentPeers``.
  /// - Returns: Flags, and days whose evidence was too weak.
  func flags(
    _ candidate: Candidate, meter: Int, bets: MonthlyBets, offChances: [Double?], lateChances: [Double?],
    history: LoadHistory
  ) -> (flags: [PowerFlag], weakDays: Int, uncalibratedDays: Int) {
    var flags: [PowerFlag] = []
    var weak = 0
    var uncalibrated = 0
    func judge(_ rule: PowerRule, _ scores: [Double?], _ peers: [Double?], minimumDays: Int, matters: (Int) -> Bool) {
      let outcome = bets.outcome(rule, scores: scores, peers: peers) { day, _ in matters(day) }
      let days = outcome.days.compactMap { candidate.days[$0] }
      guard let evidence = outcome.evidence else {
        uncalibrated += bets.evidence.filter(matters).count
        return
      }
      guard days.count >= minimumDays else { return }
      guard evidence.isEnough else {
        weak += days.count
        return
      }
      flags.append(flag(rule, days, meter, candidate.threshold, evidence, history))
    }
    judge(.treatmentOff, candidate.days.map { $0.map { Double($0.steps) } }, offChances, minimumDays: 1) {
      candidate.isOff($0) ?? false
    }
    if !candidate.isHourly {
      judge(
        .treatmentLate, candidate.days.map { $0.map { $0.lateStart ? Double($0.steps) : 0 } }, lateChances,
        minimumDays: bets.rules.treatmentLateDays
      ) { candidate.isLate($0) ?? false }
    }
    return (flags, weak, uncalibrated)
  }

  /// Treatment far below its usual load while production runs: idling, or a lowered frequency.
  func idleFlags(_ candidate: Candidate, _ state: inout MeterState, history: LoadHistory) -> [PowerFlag] {
    let rules = state.rules
    let levels = candidate.days.map { day -> Double? in
      guard let day, day.producingSteps >= rules.treatmentIdlingSteps, day.steps < candidate.minimumSteps else {
        return nil
      }
      return -day.treatmentLevel
    }
    var usual = 0.0
    let outcome = state.bets.outcome(.treatmentIdle, scores: levels) { day, calibration in
      guard let level = levels[day], let median = quantile(ofSorted: calibration.sorted(), 0.5) else { return false }
      guard level > rules.treatmentIdlingShare * median else { return false }
      usual = -median
      return true
    }
    let days = outcome.days.compactMap { candidate.days[$0] }
    guard let evidence = outcome.evidence, !days.isEmpty else { return [] }
    guard evidence.isEnough else {
      state.abstain(.weakEvidence, days: days.count)
      return []
    }
    let steps = days.reduce(0) { $0 + $1.producingSteps }
    return [
      PowerFlag(
        meter: state.curves.meter, rule: .treatmentIdle, circuit: .treatment,
        first: QuarterHour(day: firstDay.advanced(by: days[0].day), step: 0),
        last: QuarterHour(day: firstDay.advanced(by: days[days.count - 1].day), step: 95), evidenceDays: days.count,
        evidenceHours: Double(steps) / 4,
        observedKilowattHours: days.reduce(0) { $0 + $1.treatmentLevel * Double($1.producingSteps) },
        baselineKilowattHours: usual * Double(steps), threshold: rules.treatmentIdlingShare,
        places: history.places(meter: state.curves.meter, circuit: .treatment, days: days.map(\.day)),
        evidence: evidence)
    ]
  }

  /// The treatment's own on-threshold; without an off mode, whether it was ever seen on.
  private func threshold(_ state: inout MeterState, _ production: OnThreshold) -> OnThreshold? {
    if let threshold = state.treatment, threshold.onLevel >= state.rules.treatmentIdleShare * production.onLevel {
      // A fan that idles is not off: between three modes the threshold could lie above the middle one.
      let highest = state.rules.offModeShare * threshold.onLevel
      guard threshold.kilowattHours > highest, highest > 2 * threshold.offLevel else { return threshold }
      return OnThreshold(kilowattHours: highest, onLevel: threshold.onLevel, offLevel: threshold.offLevel)
    }
    let values = state.curves.values(.treatment)
    guard values.contains(where: { $0 > 0 }) else {
      // Not one value above zero: as likely a dead meter as a dead fan.
      state.abstain(.meterFault)
      return nil
    }
    let idle = state.rules.treatmentIdleShare * production.onLevel
    guard let median = state.curves.median(.treatment), median < idle else { return nil }  // on all the time
    return OnThreshold(kilowattHours: idle, onLevel: idle, offLevel: median)
  }

  /// A treatment meter that died while the fan ran on leaves its energy in the part of the total nobody meters.
  private func isDeadMeter(_ state: MeterState, _ production: OnThreshold, _ treatment: OnThreshold) -> Bool {
    guard state.curves.has(.total) else { return false }
    let total = state.curves.values(.total)
    let made = state.curves.values(.production)
    let treated = state.curves.values(.treatment)
    var off = (sum: 0.0, count: 0)
    var on = (sum: 0.0, count: 0)
    for step in 0..<total.count where Double(made[step]) >= production.kilowattHours {
      let rest = Double(total[step]) - Double(made[step]) - Double(treated[step])
      guard !rest.isNaN else { continue }
      if treated[step] == 0 {
        off.sum += rest
        off.count += 1
      } else if Double(treated[step]) >= treatment.kilowattHours {
        on.sum += rest
        on.count += 1
      }
    }
    guard off.count >= state.rules.treatmentOffSteps, on.count >= 96 else { return false }
    return off.sum / Double(off.count) - on.sum / Double(on.count) > 0.5 * treatment.onLevel
  }

  private func count(day: Int, _ state: MeterState, _ productionOn: Double, _ treatmentOn: Double) -> DayCount {
    let made = state.curves.values(.production)
    let treated = state.curves.values(.treatment)
    var result = DayCount(day: day)
    for step in day * 96..<day * 96 + 96 where Double(made[step]) >= productionOn && treated[step] >= 0 {
      result.producingSteps += 1
      result.treatmentLevel += Double(treated[step])
    }
    if result.producingSteps > 0 { result.treatmentLevel /= Double(result.producingSteps) }
    var step = 0
    while step < 96 {
      let start = step
      while step < 96, Double(made[day * 96 + step]) >= productionOn, Double(treated[day * 96 + step]) < treatmentOn {
        step += 1
      }
      let length = step - start
      if length == 0 {
        step += 1
        continue
      }
      let before = day * 96 + start - 1
      let isStart = before >= 0 && Double(made[before]) < productionOn
      let endsWithTreatment = step < 96 && Double(treated[day * 96 + step]) >= treatmentOn
      if isStart && length > state.rules.treatmentLagSteps && endsWithTreatment { result.lateStart = true }
      let isLag = isStart && length <= state.rules.treatmentLagSteps
      if length >= state.rules.treatmentRunSteps && !isLag {
        if result.steps == 0 { result.first = start }
        result.last = step - 1
        result.steps += length
        for k in start..<step { result.observed += Double(treated[day * 96 + k]) }
      }
    }
    return result
  }

  private func flag(
    _ rule: PowerRule, _ days: [DayCount], _ meter: Int, _ treatment: OnThreshold, _ evidence: AlarmEvidence,
    _ history: LoadHistory
  ) -> PowerFlag {
    let steps = days.reduce(0) { $0 + $1.steps }
    let first = days[0]
    let last = days[days.count - 1]
    return PowerFlag(
      meter: meter, rule: rule, circuit: .treatment,
      first: QuarterHour(day: firstDay.advanced(by: first.day), step: first.first),
      last: QuarterHour(day: firstDay.advanced(by: last.day), step: last.last),
      evidenceDays: days.count, evidenceHours: Double(steps) / 4,
      observedKilowattHours: days.reduce(0) { $0 + $1.observed },
      baselineKilowattHours: treatment.onLevel * Double(steps),
      threshold: treatment.kilowattHours / treatment.onLevel,
      places: history.places(meter: meter, circuit: .treatment, days: days.map(\.day)), evidence: evidence)
  }
}
