internal import Enterprises
internal import Quantities

/// Readings that no longer agree: the firm's circuits with its total, or a register with its own intervals.
///
/// Own generation makes the total smaller than the circuits too. Where that was always so, or where the shortfall is there by
/// day and not by night as the sun's would be, the rule keeps silent; a sudden step at all hours is what it looks for.
struct MeterReadingScreen {
  let firstDay: LocalDay

  func flags(_ state: inout MeterState, history: LoadHistory) -> [PowerFlag] {
    [balanceFlag(&state, history), registerFlag(&state, history)].compactMap(\.self)
  }

  /// The circuits behind the total use more than it shows, and did not before.
  private func balanceFlag(_ state: inout MeterState, _ history: LoadHistory) -> PowerFlag? {
    guard state.curves.has(.total), state.curves.has(.production) else { return nil }
    guard state.isUsable(.total), state.isUsable(.production) else { return nil }
    let rules = state.rules
    let days = (0..<state.curves.dayCount).map { balance(state, $0, steps: [0..<96]) }
    let scores = days.map { $0.map { $0.circuits / max($0.total, 1e-9) } }
    var solarDays = 0
    let outcome = state.bets.outcome(.meterReading, scores: scores, share: 0.5) { day, calibration in
      guard let score = scores[day], score * rules.selfGenerationShare > 1,
        let usual = quantile(ofSorted: calibration.sorted(), 0.5), usual <= 1.05
      else { return false }
      // Nights must lack load as well, where there is any; a shortfall by day alone is the sun's.
      guard let night = balance(state, day, steps: [0..<24, 84..<96]),
        night.circuits > 0.02 * (days[day]?.circuits ?? 0)
      else { return true }
      if night.circuits <= 1.1 * night.total {
        solarDays += 1
        return false
      }
      return true
    }
    if solarDays > 0 { state.abstain(.selfGeneration, days: solarDays) }
    return flag(outcome, .total, &state, history, threshold: 1 / rules.selfGenerationShare) { day in
      days[day].map { ($0.circuits, $0.total) }
    }
  }

  private func balance(
    _ state: MeterState, _ day: Int, steps: [Range<Int>]
  ) -> (circuits: Double, total: Double)? {
    let share = state.rules.minimumKnownShare
    var sums = (circuits: 0.0, total: 0.0)
    for range in steps {
      guard let total = state.curves.sum(.total, day: day, steps: range, minimumKnownShare: share),
        let production = state.curves.sum(.production, day: day, steps: range, minimumKnownShare: share)
      else { return nil }
      sums.total += total
      sums.circuits +=
        production + (state.curves.sum(.treatment, day: day, steps: range, minimumKnownShare: share) ?? 0)
    }
    return sums.circuits > 0 ? sums : nil
  }

  /// The register ran backwards, or moved by another amount than its own intervals add up to.
  private func registerFlag(_ state: inout MeterState, _ history: LoadHistory) -> PowerFlag? {
    guard let readings = history.registers(meter: state.curves.meter) else { return nil }
    // A register beside a stuck or silent curve differs from it because of the curve.
    guard Circuit.allCases.allSatisfy({ !state.curves.has($0) || state.isUsable($0) }) else { return nil }
    let rules = state.rules
    let days = (0..<state.curves.dayCount).map { day in
      readings[day].flatMap { Disagreement($0, day: day, curves: state.curves) }
    }
    let scores = days.map { $0?.share }
    let outcome = state.bets.outcome(.meterReading, scores: scores, share: 0.5) { day, _ in
      days[day].map { $0.share > rules.registerTolerance && abs($0.register - $0.intervals) > 1 } ?? false
    }
    guard let circuit = outcome.days.first.flatMap({ days[$0]?.circuit }) else { return nil }
    return flag(outcome, circuit, &state, history, threshold: 0) { day in
      days[day].map { ($0.intervals, $0.register) }
    }
  }

  private func flag(
    _ outcome: BetOutcome, _ circuit: Circuit, _ state: inout MeterState, _ history: LoadHistory, threshold: Double,
    energies: (Int) -> (observed: Double, baseline: Double)?
  ) -> PowerFlag? {
    guard let evidence = outcome.evidence, let first = outcome.days.first, let last = outcome.days.last else {
      return nil
    }
    guard evidence.isEnough else {
      state.abstain(.weakEvidence, days: outcome.days.count)
      return nil
    }
    let sums = outcome.days.compactMap(energies).reduce((0.0, 0.0)) { ($0.0 + $1.observed, $0.1 + $1.baseline) }
    return PowerFlag(
      meter: state.curves.meter, rule: .meterReading, circuit: circuit,
      first: QuarterHour(day: firstDay.advanced(by: first), step: 0),
      last: QuarterHour(day: firstDay.advanced(by: last), step: 95), evidenceDays: outcome.days.count,
      evidenceHours: Double(outcome.days.count) * 24, observedKilowattHours: sums.0, baselineKilowattHours: sums.1,
      threshold: threshold, suspectsSelfGeneration: circuit == .total && threshold > 0,
      places: history.places(meter: state.curves.meter, circuit: circuit, days: outcome.days), evidence: evidence)
  }
}

/// How far one day's register is from the sum of its intervals; the worst circuit of a meter.
private struct Disagreement {
  let circuit: Circuit
  /// kWh by the register and by the intervals.
  let register: Double
  let intervals: Double
  /// Difference over the intervals' sum; a register that ran backwards counts as far off as can be.
  let share: Double

  /// - Returns: `nil` when no register covers a quarter of the day without gaps in the intervals.
  init?(_ registers: [DayRegister], day: Int, curves: MeterCurves) {
    var worst: Disagreement?
    for reading in registers where reading.lastStep - reading.firstStep >= 24 && curves.has(reading.circuit) {
      let values = curves.values(reading.circuit)
      let steps = day * 96 + reading.firstStep..<day * 96 + min(96, reading.lastStep)
      guard !values[steps].contains(where: { $0.isNaN }) else { continue }
      let sum = values[steps].reduce(0) { $0 + Double($1) }
      let moved = reading.energyKilowattHours
      let share = reading.backwardSteps > 0 ? 1e6 : abs(moved - sum) / max(sum, 1)
      if worst.map({ share > $0.share }) ?? true {
        worst = Disagreement(circuit: reading.circuit, register: moved, intervals: sum, share: share)
      }
    }
    guard let worst else { return nil }
    self = worst
  }

  private init(circuit: Circuit, register: Double, intervals: Double, share: Double) {
    self.circuit = circuit
    self.register = register
    self.intervals = intervals
    self.share = share
  }
}
