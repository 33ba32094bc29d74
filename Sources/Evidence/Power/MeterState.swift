internal import Enterprises
internal import Quantities

/// What one meter's own history says about it, before any rule: thresholds, working days, faults.
struct MeterState {
  let curves: MeterCurves
  let rules: PowerRules
  /// Days of the evidence, as positions in the history.
  let evidence: Range<Int>
  let calendar: ScreenCalendar
  let production: OnThreshold?
  /// Whether production shows one mode only, and counts as on by its share of the total.
  let neverSeenOff: Bool
  let treatment: OnThreshold?
  let total: OnThreshold?
  /// The circuit by which the firm's work is judged: production where it is metered, else the total.
  private(set) var judged: Circuit
  private(set) var abstentions: [PowerAbstention] = []

  init(curves: MeterCurves, rules: PowerRules, evidence: Range<Int>, calendar: ScreenCalendar) {
    self.curves = curves
    self.calendar = calendar
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
    let modes = threshold(.production)
    production = modes ?? MeterState.alwaysOn(curves, rules)
    neverSeenOff = modes == nil
  }

  /// A plant that never stops shows one mode; it is told from an idle one by its share of the whole meter.
  private static func alwaysOn(_ curves: MeterCurves, _ rules: PowerRules) -> OnThreshold? {
    guard let production = curves.median(.production), let total = curves.median(.total), total > 0,
      production >= rules.alwaysOnShare * total
    else { return nil }
    return OnThreshold(kilowattHours: production / 2, onLevel: production, offLevel: 0)
  }

  var bets: MonthlyBets { MonthlyBets(rules: rules, evidence: evidence, months: calendar.betMonths) }

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

  /// What a part of a day uses normally: the median of the last normal days of its kind and season before a day.
  ///
  /// Where too few days share the kind of day and the season, the season is left out, then the kind.
  /// - Parameters:
  ///   - day: The day that is judged.
  ///   - before: Days from this one on do not count: the start of an order.
  /// - Returns: `nil` when there are fewer normal days than the rules' minimum.
  func baseline(_ circuit: Circuit, steps: Range<Int>, of day: Int, before: Int, normal: [Int]) -> DayBaseline? {
    let earlier = normal.filter { $0 < before }
    for basis in BaselineBasis.allCases {
      let alike = earlier.filter { calendar.isAlike($0, day, basis) }
      let sums = alike.suffix(rules.baselineDays).compactMap {
        curves.sum(circuit, day: $0, steps: steps, minimumKnownShare: rules.minimumKnownShare)
      }
      guard sums.count >= rules.minimumBaselineDays, let median = quantile(ofSorted: sums.sorted(), 0.5) else {
        continue
      }
      return DayBaseline(kilowattHours: median, basis: basis)
    }
    return nil
  }

  /// Normal days before a day, each over the median of the others of its kind: how much a day's load varies by itself.
  ///
  /// - Returns: One ratio per calibration day; days of kinds with too few days are held against all.
  func ordinaryRatios(_ circuit: Circuit, steps: Range<Int>, before: Int, normal: [Int]) -> [Double] {
    let days = normal.filter { $0 < before }.suffix(rules.orderCalibrationDays)
    let sums = days.compactMap { day in
      curves.sum(circuit, day: day, steps: steps, minimumKnownShare: rules.minimumKnownShare).map { (day, $0) }
    }
    let all = sums.map(\.1).sorted()
    var byKind: [[Double]] = DayKind.allCases.map { kind in
      sums.filter { calendar.kinds[$0.0] == kind }.map(\.1).sorted()
    }
    for kind in byKind.indices where byKind[kind].count <= rules.minimumBaselineDays { byKind[kind] = all }
    return sums.compactMap { day, energy in
      let group = byKind[DayKind.allCases.firstIndex(of: calendar.kinds[day]) ?? 0]
      guard let usual = medianWithout(energy, sorted: group), usual > 0 else { return nil }
      return energy / usual
    }
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

/// Which earlier days a baseline was taken from.
public enum BaselineBasis: String, CaseIterable, Hashable, Sendable, Codable {
  /// The same kind of day in the same season.
  case kindAndSeason = "kind-and-season"
  /// The same kind of day.
  case kind
  /// Any normal day.
  case any
}

/// What a day uses normally, and by which days that is said.
struct DayBaseline: Hashable, Sendable {
  let kilowattHours: Double
  let basis: BaselineBasis
}

/// Kinds and seasons of the days of a screening, and the months of its bets; the same for all meters.
struct ScreenCalendar: Sendable {
  let kinds: [DayKind]
  let isHeating: [Bool]
  let betMonths: BetMonths

  init(rules: PowerRules, firstDay: LocalDay, dayCount: Int, evidence: Range<Int>) {
    let calendar = rules.calendar
    kinds = (0..<dayCount).map { calendar.kind(firstDay.advanced(by: $0)) }
    isHeating = (0..<dayCount).map { calendar.isHeatingSeason(firstDay.advanced(by: $0)) }
    betMonths = BetMonths(firstDay: firstDay, evidence: evidence)
  }

  func isAlike(_ a: Int, _ b: Int, _ basis: BaselineBasis) -> Bool {
    switch basis {
    case .kindAndSeason: kinds[a] == kinds[b] && isHeating[a] == isHeating[b]
    case .kind: kinds[a] == kinds[b]
    case .any: true
    }
  }
}

/// The median of sorted values without one of them; `nil` when none is left.
func medianWithout(_ value: Double, sorted: [Double]) -> Double? {
  guard let place = sorted.firstIndex(of: value) else { return quantile(ofSorted: sorted, 0.5) }
  var rest = sorted
  rest.remove(at: place)
  return quantile(ofSorted: rest, 0.5)
}
