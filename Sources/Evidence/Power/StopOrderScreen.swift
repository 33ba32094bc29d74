internal import Enterprises
internal import Quantities

/// The rules for load during an order to stop or to limit production.
struct StopOrderScreen {
  let orders: OrderBook
  let stretches: [OrderStretch]
  let hasSafetyLoad: Bool
  /// Whether the meter's level speaks of a working firm, where it has no production circuit.
  let worksLikePeers: Bool?
  let firstDay: LocalDay

  /// A part of one day under one stretch of orders, after the ramp-down.
  private struct Window {
    let day: Int
    let steps: Range<Int>
    let stretch: OrderStretch
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
    let isUnderOrder = daysUnderOrder(state.curves.dayCount)
    reportShutdowns(&state, isUnderOrder: isUnderOrder)
    guard !stretches.isEmpty else { return [] }
    let windows = judgedWindows(&state)
    guard !windows.isEmpty else { return [] }
    if !state.isUsable(state.judged) {
      // A doubtful production meter does not excuse the whole firm: the total still says something.
      guard state.judged == .production, state.curves.has(.total), state.isUsable(.total) else { return [] }
      state.judgeByTotal()
    }
    let normal = state.normalDays(state.judged) { isUnderOrder[$0] }
    guard isKnownToWork(state) else {
      state.abstain(.noTwoModes)
      return []
    }
    var energy: [Int: Tally] = [:]
    var night: [Int: Tally] = [:]
    var unexplained: [Int: Tally] = [:]
    var silentDays: (baseline: Int, generation: Int, data: Int) = (0, 0, 0)
    for window in windows {
      let found = judge(window, state, normal: normal)
      switch found {
      case .noBaseline: silentDays.baseline += 1
      case .selfGeneration: silentDays.generation += 1
      case .unknown: silentDays.data += 1
      case .high(let observed, let baseline, let share):
        add(window, observed, baseline, share, to: &energy[window.stretch.order, default: Tally()], state)
      case .low(let observed, let baseline):
        if let (total, usual) = unexplainedLoad(window, state, normal: normal, productionBaseline: baseline) {
          let share = allowedShare(window.stretch.limitPercent, state.rules)
          add(window, total, usual, share, to: &unexplained[window.stretch.order, default: Tally()], state)
        }
        guard let steps = nightSteps(window, state), steps >= state.rules.stopNightSteps else { continue }
        add(window, observed, baseline, 0, to: &night[window.stretch.order, default: Tally()], state)
        night[window.stretch.order]?.evidenceSteps += steps
      }
    }
    if silentDays.baseline > 0 { state.abstain(.noBaseline, days: silentDays.baseline) }
    if silentDays.generation > 0 { state.abstain(.selfGeneration, days: silentDays.generation) }
    if silentDays.data > 0 { state.abstain(.missingData, days: silentDays.data) }
    return orders.orders.indices.flatMap { order -> [PowerFlag] in
      let rule: PowerRule = orders.orders[order].isFullStop ? .stopOrder : .limitOrder
      return [
        energy[order].flatMap { flag($0, rule, state.judged, order, state, history) },
        unexplained[order].flatMap { flag($0, rule, .total, order, state, history) },
        energy[order] == nil
          ? night[order].flatMap { flag($0, .stopOrderNight, state.judged, order, state, history) } : nil,
      ].compactMap(\.self)
    }
  }

  // MARK: - Which parts of which days

  private func daysUnderOrder(_ dayCount: Int) -> [Bool] {
    var result = [Bool](repeating: false, count: dayCount)
    for stretch in stretches {
      let first = max(0, firstDay.days(until: stretch.start.day))
      let last = min(dayCount - 1, firstDay.days(until: QuarterHour(containing: stretch.end).previous.day))
      if first <= last { for day in first...last { result[day] = true } }
    }
    return result
  }

  private func judgedWindows(_ state: inout MeterState) -> [Window] {
    var windows: [Window] = []
    var tooShort = 0
    let base = firstDay.ordinal * 96
    for stretch in stretches {
      let grace = Int64(state.rules.rampDownHours) * 3600
      let from = max(stretch.start.secondsSinceEpoch, stretch.episodeStart.secondsSinceEpoch + grace)
      // The first whole quarter hour after the ramp-down, and the first that does not end inside the order.
      let start = Int(QuarterHour(containing: Instant(secondsSinceEpoch: from + 899)).ordinal - base)
      let end = Int(QuarterHour(containing: stretch.end).ordinal - base)
      let under = firstDay.days(until: stretch.start.day)...firstDay.days(until: stretch.end.day)
      var judged = 0
      for day in state.evidence where under.contains(day) {
        let steps = max(0, start - day * 96)..<max(max(0, start - day * 96), min(96, end - day * 96))
        if steps.count >= state.rules.minimumOrderSteps {
          windows.append(Window(day: day, steps: steps, stretch: stretch))
          judged += 1
        }
      }
      if judged == 0, under.overlaps(state.evidence.lowerBound...state.evidence.upperBound - 1) { tooShort += 1 }
    }
    if tooShort > 0, windows.isEmpty { state.abstain(.rampDown, days: tooShort) }
    return windows
  }

  // MARK: - Judging

  private enum Finding {
    case high(observed: Double, baseline: Double, share: Double)
    case low(observed: Double, baseline: Double)
    case noBaseline, selfGeneration, unknown
  }

  private func judge(_ window: Window, _ state: MeterState, normal: [Int]) -> Finding {
    let rules = state.rules
    let circuit = state.judged
    let episodeDay = firstDay.days(until: window.stretch.episodeStart.day)
    guard let baseline = state.baseline(circuit, steps: window.steps, before: episodeDay, normal: normal),
      let wholeDay = state.baseline(circuit, steps: 0..<96, before: episodeDay, normal: normal)
    else { return .noBaseline }
    guard
      let observed = state.curves.sum(
        circuit, day: window.day, steps: window.steps, minimumKnownShare: rules.minimumKnownShare)
    else { return .unknown }
    // Hours that are idle on any day say nothing about an order.
    guard baseline > 0.25 * wholeDay * Double(window.steps.count) / 96 else {
      return .low(observed: observed, baseline: baseline)
    }
    if circuit == .total, state.suspectsSelfGeneration(day: window.day, steps: window.steps) { return .selfGeneration }
    let share = allowedShare(window.stretch.limitPercent, rules)
    return observed > share * baseline
      ? .high(observed: observed, baseline: baseline, share: share) : .low(observed: observed, baseline: baseline)
  }

  /// Load that neither production nor treatment explains, where production itself looks as ordered.
  ///
  /// A line moved to an unmetered circuit shows as total minus production minus treatment rising by more than the
  /// order leaves of the production's baseline.
  /// - Returns: Total energy observed and usual, kWh; `nil` when nothing is unexplained or not everything is metered.
  private func unexplainedLoad(
    _ window: Window, _ state: MeterState, normal: [Int], productionBaseline: Double
  ) -> (total: Double, usual: Double)? {
    guard state.judged == .production, state.curves.has(.total) else { return nil }
    let share = state.rules.minimumKnownShare
    let episodeDay = firstDay.days(until: window.stretch.episodeStart.day)
    func residual(_ day: Int) -> (rest: Double, total: Double)? {
      guard let total = state.curves.sum(.total, day: day, steps: window.steps, minimumKnownShare: share),
        let production = state.curves.sum(.production, day: day, steps: window.steps, minimumKnownShare: share)
      else { return nil }
      let treatment = state.curves.sum(.treatment, day: day, steps: window.steps, minimumKnownShare: share) ?? 0
      return (total - production - treatment, total)
    }
    let usual = normal.filter { $0 < episodeDay }.suffix(state.rules.baselineDays).compactMap(residual)
    guard usual.count >= state.rules.minimumBaselineDays, let now = residual(window.day),
      let rest = quantile(ofSorted: usual.map(\.rest).sorted(), 0.5),
      let total = quantile(ofSorted: usual.map(\.total).sorted(), 0.5)
    else { return nil }
    let allowed = allowedShare(window.stretch.limitPercent, state.rules)
    guard now.rest - rest > allowed * productionBaseline, now.total > allowed * total else { return nil }
    return (now.total, total)
  }

  /// Share of the baseline that may be used under an order.
  private func allowedShare(_ limitPercent: Double, _ rules: PowerRules) -> Double {
    let stop = hasSafetyLoad ? rules.stopShareSafetyLoad : rules.stopShare
    return limitPercent >= 100 ? stop : max(stop, 1 - limitPercent / 100 + rules.limitTolerance)
  }

  private func isKnownToWork(_ state: MeterState) -> Bool {
    if state.judged == .production { return state.production != nil }
    return worksLikePeers ?? (state.total != nil)
  }

  /// Quarter hours with load on between 22:00 and 06:00, in runs of two; `nil` where the rule does not apply.
  private func nightSteps(_ window: Window, _ state: MeterState) -> Int? {
    guard window.stretch.limitPercent >= 100, !hasSafetyLoad, let threshold = state.judgedThreshold else { return nil }
    let values = state.curves.values(state.judged)
    var steps = 0
    for step in window.steps where step < 24 || step >= 88 {
      let here = Double(values[window.day * 96 + step]) >= threshold.kilowattHours
      let before =
        step > window.steps.lowerBound && Double(values[window.day * 96 + step - 1]) >= threshold.kilowattHours
      let after =
        step + 1 < window.steps.upperBound && Double(values[window.day * 96 + step + 1]) >= threshold.kilowattHours
      if here && (before || after) { steps += 1 }
    }
    return steps
  }

  private func add(
    _ window: Window, _ observed: Double, _ baseline: Double, _ share: Double, to tally: inout Tally,
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
    _ tally: Tally, _ rule: PowerRule, _ circuit: Circuit, _ order: Int, _ state: MeterState, _ history: LoadHistory
  ) -> PowerFlag? {
    guard let first = tally.first, let last = tally.last else { return nil }
    return PowerFlag(
      meter: state.curves.meter, rule: rule, circuit: circuit, first: first, last: last,
      evidenceDays: tally.days.count, evidenceHours: Double(tally.evidenceSteps) / 4,
      observedKilowattHours: tally.observed, baselineKilowattHours: tally.baseline, threshold: tally.share,
      order: order, suspectsSelfGeneration: tally.selfGeneration,
      places: history.places(meter: state.curves.meter, circuit: circuit, days: tally.days))
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

extension QuarterHour {
  var previous: QuarterHour { QuarterHour(ordinal: ordinal - 1) }
}

extension LoadHistory {
  /// The first two and the last two curves of some days.
  func places(meter: Int, circuit: Circuit, days: [Int]) -> [LoadPlace] {
    let chosen = days.count <= 4 ? days : Array(days.prefix(2)) + Array(days.suffix(2))
    return chosen.compactMap { place(meter: meter, circuit: circuit, day: $0) }
  }
}
