internal import Enterprises
internal import Quantities

/// What one meter's own history says about it, before any rule: thresholds, working days, faults.
struct MeterState {
  let curves: MeterCurves
  let rules: PowerRules
  /// Days of the evidence, as positions in the history.
  let evidence: Range<Int>
  let production: OnThreshold?
  let treatment: OnThreshold?
  let total: OnThreshold?
  /// The circuit by which the firm's work is judged: production where it is metered, else the total.
  private(set) var judged: Circuit
  private(set) var abstentions: [PowerAbstention] = []

  init(curves: MeterCurves, rules: PowerRules, evidence: Range<Int>) {
    self.curves = curves
    self.rules = rules
    self.evidence = evidence
    func threshold(_ circuit: Circuit) -> OnThreshold? {
      curves.values(circuit).withUnsafeBufferPointer {
        OnThreshold.find(inContiguous: $0, offShare: rules.offModeShare)
      }
    }
    judged = curves.has(.production) ? .production : .total
    total = threshold(.total)
    treatment = threshold(.treatment)
    production = threshold(.production) ?? MeterState.alwaysOn(curves, rules)
  }

  /// A plant that never stops shows one mode; it is told from an idle one by its share of the whole meter.
  private static func alwaysOn(_ curves: MeterCurves, _ rules: PowerRules) -> OnThreshold? {
    guard let production = curves.median(.production), let total = curves.median(.total), total > 0,
      production >= rules.alwaysOnShare * total
    else { return nil }
    return OnThreshold(kilowattHours: production / 2, onLevel: production, offLevel: 0)
  }

  var judgedThreshold: OnThreshold? { judged == .production ? production : total }

  mutating func judgeByTotal() { judged = .total }

  mutating func abstain(_ reason: PowerAbstentionReason, days: Int = 0) {
    if let slot = abstentions.firstIndex(where: { $0.reason == reason }) {
      let sum = abstentions[slot].days + days
      abstentions[slot] = PowerAbstention(meter: curves.meter, reason: reason, days: sum)
    } else {
      abstentions.append(PowerAbstention(meter: curves.meter, reason: reason, days: days))
    }
  }

  /// Whether a circuit can be judged at all in the evidence window; says why when it cannot.
  mutating func isUsable(_ circuit: Circuit) -> Bool {
    guard curves.knownShare(circuit, days: evidence) >= 0.5 else {
      abstain(.missingData)
      return false
    }
    guard !curves.isHourly, curves.longestStuckRun(circuit, days: evidence) >= rules.stuckSteps else { return true }
    abstain(.meterFault)
    return false
  }

  /// Days outside orders that count as normal working days, ascending.
  ///
  /// A day is normal when the circuit was on for two hours at least and used a fair share of what the better such days
  /// use; a firm that was shut for weeks before an order must not have its idle days for a baseline.
  func normalDays(_ circuit: Circuit, isUnderOrder: (Int) -> Bool) -> [Int] {
    var sums = [(day: Int, energy: Double)]()
    for day in 0..<curves.dayCount where !isUnderOrder(day) && wasOn(circuit, day: day) {
      if let energy = curves.sum(circuit, day: day, minimumKnownShare: rules.minimumKnownShare) {
        sums.append((day: day, energy: energy))
      }
    }
    guard let high = quantile(ofSorted: sums.map(\.energy).sorted(), 0.75), high > 0 else { return [] }
    return sums.filter { $0.energy >= rules.normalDayShare * high }.map(\.day)
  }

  private func wasOn(_ circuit: Circuit, day: Int) -> Bool {
    guard let threshold = circuit == .production ? production : total else { return true }
    let values = curves.energy[Int(circuit.ordinal)]
    var steps = 0
    for step in day * 96..<day * 96 + 96 where Double(values[step]) >= threshold.kilowattHours { steps += 1 }
    return steps >= 8
  }

  /// What a part of a day uses normally: the median of the last normal days before a day.
  ///
  /// - Returns: `nil` when there are fewer than the rules' minimum.
  func baseline(_ circuit: Circuit, steps: Range<Int>, before day: Int, normal: [Int]) -> Double? {
    let last = normal.filter { $0 < day }.suffix(rules.baselineDays)
    let sums = last.compactMap {
      curves.sum(circuit, day: $0, steps: steps, minimumKnownShare: rules.minimumKnownShare)
    }
    guard sums.count >= rules.minimumBaselineDays else { return nil }
    return quantile(ofSorted: sums.sorted(), 0.5)
  }

  /// Whether the grid meter shows clearly less than the circuits behind it use.
  func suspectsSelfGeneration(day: Int, steps: Range<Int> = 0..<96) -> Bool {
    guard let total = curves.sum(.total, day: day, steps: steps, minimumKnownShare: 0.5),
      let production = curves.sum(.production, day: day, steps: steps, minimumKnownShare: 0.5)
    else { return false }
    let treatment = curves.sum(.treatment, day: day, steps: steps, minimumKnownShare: 0.5) ?? 0
    return total < rules.selfGenerationShare * (production + treatment)
  }
}
