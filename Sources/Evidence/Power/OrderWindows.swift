internal import Enterprises
internal import Quantities

/// A part of one day under one stretch of orders, after the ramp-down.
struct OrderWindow {
  /// Position in the history.
  let day: Int
  let steps: Range<Int>
  let stretch: OrderStretch
}

/// What one window shows.
struct WindowFinding {
  enum Outcome: Equatable {
    /// More, or no more, than the order leaves.
    case high, low
    /// The hours are idle on any day.
    case idle
    case noBaseline, selfGeneration, unknown
  }

  let window: OrderWindow
  let outcome: Outcome
  /// kWh; 0 where nothing could be said.
  var observed = 0.0
  var baseline = 0.0
  /// Share of the baseline that may be used.
  var share = 0.0
  var basis: BaselineBasis?
}

/// Cuts the days of a history into windows under orders and holds each against its baseline.
struct OrderWindows {
  let stretches: [OrderStretch]
  let hasSafetyLoad: Bool
  let firstDay: LocalDay

  /// By day of the history.
  func daysUnderOrder(_ dayCount: Int) -> [Bool] {
    var result = [Bool](repeating: false, count: dayCount)
    for stretch in stretches {
      let first = max(0, firstDay.days(until: stretch.start.day))
      let last = min(dayCount - 1, firstDay.days(until: QuarterHour(containing: stretch.end).previous.day))
      if first <= last { for day in first...last { result[day] = true } }
    }
    return result
  }

  /// Windows of the whole history, ascending: what an order's bet needs from the order's beginning on.
  func windows(_ state: inout MeterState) -> [OrderWindow] {
    var windows: [OrderWindow] = []
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
      for day in 0..<state.curves.dayCount where under.contains(day) {
        let steps = max(0, start - day * 96)..<max(max(0, start - day * 96), min(96, end - day * 96))
        if steps.count >= state.rules.minimumOrderSteps {
          windows.append(OrderWindow(day: day, steps: steps, stretch: stretch))
          if state.evidence.contains(day) { judged += 1 }
        }
      }
      if judged == 0, under.overlaps(state.evidence.lowerBound...state.evidence.upperBound - 1) { tooShort += 1 }
    }
    if tooShort > 0, !windows.contains(where: { state.evidence.contains($0.day) }) {
      state.abstain(.rampDown, days: tooShort)
    }
    return windows
  }

  /// Holds a window against the same hours of normal days before the order.
  func judge(_ window: OrderWindow, _ state: MeterState, normal: [Int]) -> WindowFinding {
    let rules = state.rules
    let circuit = state.judged
    let before = episodeDay(window)
    guard
      let baseline = state.baseline(circuit, steps: window.steps, of: window.day, before: before, normal: normal),
      let wholeDay = state.baseline(circuit, steps: 0..<96, of: window.day, before: before, normal: normal)
    else { return WindowFinding(window: window, outcome: .noBaseline) }
    guard
      let observed = state.curves.sum(
        circuit, day: window.day, steps: window.steps, minimumKnownShare: rules.minimumKnownShare)
    else { return WindowFinding(window: window, outcome: .unknown) }
    let share = allowedShare(window.stretch.limitPercent, rules)
    func finding(_ outcome: WindowFinding.Outcome) -> WindowFinding {
      WindowFinding(
        window: window, outcome: outcome, observed: observed, baseline: baseline.kilowattHours, share: share,
        basis: baseline.basis)
    }
    // Hours that are idle on any day say nothing about an order.
    let usual = baseline.kilowattHours
    guard usual > 0.25 * wholeDay.kilowattHours * Double(window.steps.count) / 96 else { return finding(.idle) }
    if circuit == .total, state.suspectsSelfGeneration(day: window.day, steps: window.steps) {
      return finding(.selfGeneration)
    }
    return finding(observed > share * usual ? .high : .low)
  }

  func episodeDay(_ window: OrderWindow) -> Int { firstDay.days(until: window.stretch.episodeStart.day) }

  /// Share of the baseline that may be used under an order.
  func allowedShare(_ limitPercent: Double, _ rules: PowerRules) -> Double {
    let stop = hasSafetyLoad ? rules.stopShareSafetyLoad : rules.stopShare
    return limitPercent >= 100 ? stop : max(stop, 1 - limitPercent / 100 + rules.limitTolerance)
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
