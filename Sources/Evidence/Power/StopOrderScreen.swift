internal import Enterprises
internal import Quantities

/// The rules for load during an order to stop or to limit production.
struct StopOrderScreen {
  let orders: OrderBook
  let stretches: [OrderStretch]
  let hasSafetyLoad: Bool
  /// Whether the meter's level speaks of a working firm, where no circuit says it.
  let worksLikePeers: Bool?
  let firstDay: LocalDay

  private var cutter: OrderWindows {
    OrderWindows(stretches: stretches, hasSafetyLoad: hasSafetyLoad, firstDay: firstDay)
  }

  /// What is gathered over the windows of one order.
  private struct Tally {
    var first: QuarterHour?
    var last: QuarterHour?
    var days: [Int] = []
    var evidenceSteps = 0
    var observed = 0.0
    var baseline = 0.0
    var selfGeneration = false
    var share = 0.0
  }

  func flags(_ state: inout MeterState, history: LoadHistory) -> [PowerFlag] {
    let cutter = cutter
    let isUnderOrder = cutter.daysUnderOrder(state.curves.dayCount)
    reportShutdowns(&state, isUnderOrder: isUnderOrder)
    guard let (windows, normal) = judgeable(&state, cutter, isUnderOrder: isUnderOrder) else { return [] }
    var energy: [Int: Tally] = [:]
    var night: [Int: Tally] = [:]
    var unexplained: [Int: Tally] = [:]
    var bets = OrderBets(level: state.rules.orderFalseAlarm)
    var silentDays: (baseline: Int, generation: Int, data: Int) = (0, 0, 0)
    for window in windows {
      let order = window.stretch.order
      let isEvidence = state.evidence.contains(window.day)
      let found = cutter.judge(window, state, normal: normal)
      switch found.outcome {
      case .noBaseline where isEvidence: silentDays.baseline += 1
      case .selfGeneration where isEvidence: silentDays.generation += 1
      case .unknown where isEvidence: silentDays.data += 1
      case .noBaseline, .selfGeneration, .unknown: break
      case .high, .low, .idle:
        let hidden = found.outcome == .high ? nil : unexplainedLoad(found, state, normal: normal, &bets)
        let steps = nightWork(found, state, normal: normal, &bets)
        if found.outcome != .idle {
          bets.energy.observe(
            found.observed / (found.share * found.baseline), order: order, matters: found.outcome == .high
          ) {
            state.ordinaryRatios(
              state.judged, steps: window.steps, before: cutter.episodeDay(window), normal: normal)
          }
        }
        guard isEvidence else { continue }
        if found.outcome == .high {
          add(window, found.observed, found.baseline, found.share, to: &energy[order, default: Tally()], state)
        }
        if let (total, usual) = hidden {
          add(window, total, usual, found.share, to: &unexplained[order, default: Tally()], state)
        }
        if let steps, steps >= state.rules.stopNightSteps {
          add(window, found.observed, found.baseline, 0, to: &night[order, default: Tally()], state)
          night[order]?.evidenceSteps += steps
        }
      }
    }
    if silentDays.baseline > 0 { state.abstain(.noBaseline, days: silentDays.baseline) }
    if silentDays.generation > 0 { state.abstain(.selfGeneration, days: silentDays.generation) }
    if silentDays.data > 0 { state.abstain(.missingData, days: silentDays.data) }
    var flags: [PowerFlag] = []
    for order in orders.orders.indices {
      let rule: PowerRule = orders.orders[order].isFullStop ? .stopOrder : .limitOrder
      raise(energy[order], rule, state.judged, order, bets.energyEvidence(order), &state, history, &flags)
      raise(unexplained[order], rule, .total, order, bets.unexplainedEvidence(order), &state, history, &flags)
      let isFlagged = energy[order] != nil && bets.energyEvidence(order).isEnough
      if !isFlagged {
        raise(night[order], .stopOrderNight, state.judged, order, bets.nightEvidence(order), &state, history, &flags)
      }
    }
    return flags
  }

  /// The windows under orders and the normal days they are held against; `nil` when nothing can be judged.
  func judgeable(
    _ state: inout MeterState, _ cutter: OrderWindows, isUnderOrder: [Bool]
  ) -> (windows: [OrderWindow], normal: [Int])? {
    guard !stretches.isEmpty else { return nil }
    let windows = cutter.windows(&state)
    let evidence = state.evidence
    guard windows.contains(where: { evidence.contains($0.day) }) else { return nil }
    if !state.isUsable(state.judged) {
      // A doubtful production meter does not excuse the whole firm: the total still says something.
      guard state.judged == .production, state.curves.has(.total), state.isUsable(.total) else { return nil }
      state.judgeByTotal()
    }
    guard isKnownToWork(state) else {
      state.abstain(.noTwoModes)
      return nil
    }
    return (windows, state.normalDays(state.judged) { isUnderOrder[$0] })
  }

  /// Each window of the evidence as what it shows; for compliance. Empty when nothing can be judged, see the abstentions.
  func findings(_ state: inout MeterState) -> [WindowFinding] {
    let cutter = cutter
    let isUnderOrder = cutter.daysUnderOrder(state.curves.dayCount)
    guard let (windows, normal) = judgeable(&state, cutter, isUnderOrder: isUnderOrder) else { return [] }
    let evidence = state.evidence
    return windows.filter { evidence.contains($0.day) }.map { cutter.judge($0, state, normal: normal) }
  }

  private func raise(
    _ tally: Tally?, _ rule: PowerRule, _ circuit: Circuit, _ order: Int, _ evidence: AlarmEvidence,
    _ state: inout MeterState, _ history: LoadHistory, _ flags: inout [PowerFlag]
  ) {
    guard let tally else { return }
    guard evidence.isEnough else {
      state.abstain(.weakEvidence, days: tally.days.count)
      return
    }
    if let flag = flag(tally, rule, circuit, order, evidence, state, history) { flags.append(flag) }
  }

  // MARK: - Judging

  /// Load that neither production nor treatment explains, where production itself looks as ordered.
  ///
  /// A line moved to an unmetered circuit shows as total minus production minus treatment rising by more than the
  /// order leaves of the production's baseline.
  /// - Returns: Total energy observed and usual, kWh; `nil` when nothing is unexplained or not everything is metered.
  private func unexplainedLoad(
    _ found: WindowFinding, _ state: MeterState, normal: [Int], _ bets: inout OrderBets
  ) -> (total: Double, usual: Double)? {
    guard state.judged == .production, state.curves.has(.total) else { return nil }
    let window = found.window
    let share = state.rules.minimumKnownShare
    func residual(_ day: Int) -> (rest: Double, total: Double)? {
      guard let total = state.curves.sum(.total, day: day, steps: window.steps, minimumKnownShare: share),
        let production = state.curves.sum(.production, day: day, steps: window.steps, minimumKnownShare: share)
      else { return nil }
      let treatment = state.curves.sum(.treatment, day: day, steps: window.steps, minimumKnownShare: share) ?? 0
      return (total - production - treatment, total)
    }
    let earlier = normal.filter { $0 < cutter.episodeDay(window) }
    let usual = earlier.suffix(state.rules.baselineDays).compactMap(residual)
    guard usual.count >= state.rules.minimumBaselineDays, let now = residual(window.day),
      let rest = quantile(ofSorted: usual.map(\.rest).sorted(), 0.5),
      let total = quantile(ofSorted: usual.map(\.total).sorted(), 0.5)
    else { return nil }
    // Behind own generation the total is no sum of what the circuits use.
    let least = state.rules.selfGenerationShare
    guard total >= least * (total - rest), now.total >= least * (now.total - now.rest) else { return nil }
    let allowance = found.share * found.baseline
    let isHidden = now.rest - rest > allowance && now.total > found.share * total
    // Per quarter hour: the first and last windows of an order are parts of days.
    let count = Double(window.steps.count)
    bets.unexplained.observe((now.rest - allowance) / count, order: window.stretch.order, matters: isHidden) {
      earlier.suffix(state.rules.orderCalibrationDays).compactMap { residual($0).map { $0.rest / count } }
    }
    return isHidden ? (now.total, total) : nil
  }

  /// Quarter hours of work at night, and a bet on the night's energy.
  ///
  /// Where nights are usually worked the score is the night's energy over what the stop leaves of it; where they are not,
  /// the night's energy alone, because an idle night is not cut by a stop.
  private func nightWork(
    _ found: WindowFinding, _ state: MeterState, normal: [Int], _ bets: inout OrderBets
  ) -> Int? {
    guard let steps = nightSteps(found, state) else { return nil }
    let night = found.window.steps.filter { $0 < 24 || $0 >= 88 }
    let values = state.curves.values(state.judged)
    guard !night.isEmpty else { return steps }
    func power(_ day: Int) -> Double {
      let sum = night.reduce(0.0) { sum, step in
        let value = values[day * 96 + step]
        return value >= 0 ? sum + Double(value) : sum
      }
      return sum / Double(night.count)
    }
    let usual = normal.filter { $0 < cutter.episodeDay(found.window) }.suffix(state.rules.orderCalibrationDays).map(
      power)
    guard let median = quantile(ofSorted: usual.sorted(), 0.5) else { return steps }
    let isWorked = median > 0.5 * found.baseline / Double(max(1, found.window.steps.count))
    bets.night.observe(
      isWorked ? power(found.window.day) / found.share : power(found.window.day), order: found.window.stretch.order,
      matters: steps >= state.rules.stopNightSteps
    ) { usual }
    return steps
  }

  private func isKnownToWork(_ state: MeterState) -> Bool {
    guard state.judged == .production else { return worksLikePeers ?? (state.total != nil) }
    // One mode may be that of a plant that has stood still for as long as the history goes back.
    return state.production != nil && (!state.neverSeenOff || worksLikePeers ?? true)
  }

  /// Quarter hours with load on between 22:00 and 06:00, in runs of two; `nil` where the rule does not apply.
  ///
  /// A furnace that is kept hot is no work: it counts from the share of the on level that the stop leaves for it.
  private func nightSteps(_ found: WindowFinding, _ state: MeterState) -> Int? {
    let window = found.window
    guard window.stretch.limitPercent >= 100, let judged = state.judgedThreshold else { return nil }
    let on = hasSafetyLoad ? max(judged.kilowattHours, found.share * judged.onLevel) : judged.kilowattHours
    let values = state.curves.values(state.judged)
    var steps = 0
    for step in window.steps where step < 24 || step >= 88 {
      let here = Double(values[window.day * 96 + step]) >= on
      let before =
        step > window.steps.lowerBound && Double(values[window.day * 96 + step - 1]) >= on
      let after =
        step + 1 < window.steps.upperBound && Double(values[window.day * 96 + step + 1]) >= on
      if here && (before || after) { steps += 1 }
    }
    return steps
  }

  private func add(
    _ window: OrderWindow, _ observed: Double, _ baseline: Double, _ share: Double, to tally: inout Tally,
    _ state: MeterState
  ) {
    let first = QuarterHour(day: firstDay.advanced(by: window.day), step: window.steps.lowerBound)
    let last = QuarterHour(day: firstDay.advanced(by: window.day), step: window.steps.upperBound - 1)
    tally.first = tally.first.map { min($0, first) } ?? first
    tally.last = tally.last.map { max($0, last) } ?? last
    if tally.days.last != window.day { tally.days.append(window.day) }
    tally.observed += observed
    tally.baseline += baseline
    tally.share = max(tally.share, share)
    if state.suspectsSelfGeneration(day: window.day, steps: window.steps) { tally.selfGeneration = true }
    guard share > 0 else { return }
    guard let threshold = state.judgedThreshold else {
      tally.evidenceSteps += window.steps.count
      return
    }
    let values = state.curves.values(state.judged)
    for step in window.steps where Double(values[window.day * 96 + step]) >= threshold.kilowattHours {
      tally.evidenceSteps += 1
    }
  }

  private func flag(
    _ tally: Tally, _ rule: PowerRule, _ circuit: Circuit, _ order: Int, _ evidence: AlarmEvidence, _ state: MeterState,
    _ history: LoadHistory
  ) -> PowerFlag? {
    guard let first = tally.first, let last = tally.last else { return nil }
    return PowerFlag(
      meter: state.curves.meter, rule: rule, circuit: circuit, first: first, last: last,
      evidenceDays: tally.days.count, evidenceHours: Double(tally.evidenceSteps) / 4,
      observedKilowattHours: tally.observed, baselineKilowattHours: tally.baseline, threshold: tally.share,
      order: order, suspectsSelfGeneration: tally.selfGeneration,
      places: history.places(meter: state.curves.meter, circuit: circuit, days: tally.days), evidence: evidence)
  }

  // MARK: - Falls without an order

  private func reportShutdowns(_ state: inout MeterState, isUnderOrder: [Bool]) {
    let normal = state.normalDays(state.judged) { isUnderOrder[$0] }
    guard normal.count >= state.rules.minimumBaselineDays else { return }
    let sums = normal.compactMap {
      state.curves.sum(state.judged, day: $0, minimumKnownShare: state.rules.minimumKnownShare)
    }
    guard let usual = quantile(ofSorted: sums.sorted(), 0.5) else { return }
    var days = 0
    for day in state.evidence where !isUnderOrder[day] {
      guard
        let energy = state.curves.sum(state.judged, day: day, minimumKnownShare: state.rules.minimumKnownShare)
      else { continue }
      if energy < state.rules.stopShare * usual { days += 1 }
    }
    // Weekends are no shutdown: more than two days in seven are.
    if days * 7 > state.evidence.count * 2 { state.abstain(.plainShutdown, days: days) }
  }
}
