internal import Enterprises
internal import Quantities

/// The rules for production that runs without its treatment.
struct TreatmentScreen {
  let firstDay: LocalDay

  /// What one day shows, in quarter hours.
  private struct DayCount {
    var day: Int
    var steps = 0
    var first = 0
    var last = 0
    var lateStart = false
    var observed = 0.0
  }

  func flags(_ state: inout MeterState, history: LoadHistory) -> [PowerFlag] {
    let curves = state.curves
    guard curves.has(.production), curves.has(.treatment) else { return [] }
    guard state.isUsable(.production), state.isUsable(.treatment) else { return [] }
    guard let production = state.production else {
      state.abstain(.noTwoModes)
      return []
    }
    guard let treatment = threshold(&state, production) else { return [] }
    if isDeadMeter(state, production, treatment) {
      state.abstain(.meterFault)
      return []
    }
    let days = state.evidence.map { count(day: $0, state, production.kilowattHours, treatment.kilowattHours) }
    // Hourly values spread over four steps blur each start and stop by up to an hour.
    let minimum = state.rules.treatmentOffSteps * (curves.isHourly ? 2 : 1)
    let off = days.filter { $0.steps >= minimum }
    let late = days.filter { $0.lateStart && $0.steps < minimum }
    var flags: [PowerFlag] = []
    if !off.isEmpty { flags.append(flag(.treatmentOff, off, state, treatment, history)) }
    if late.count >= state.rules.treatmentLateDays, !curves.isHourly {
      flags.append(flag(.treatmentLate, late, state, treatment, history))
    }
    return flags
  }

  /// The treatment's own on-threshold; without an off mode, whether it was ever seen on.
  private func threshold(_ state: inout MeterState, _ production: OnThreshold) -> OnThreshold? {
    if let threshold = state.treatment, threshold.onLevel >= state.rules.treatmentIdleShare * production.onLevel {
      return threshold
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
    _ rule: PowerRule, _ days: [DayCount], _ state: MeterState, _ treatment: OnThreshold, _ history: LoadHistory
  ) -> PowerFlag {
    let steps = days.reduce(0) { $0 + $1.steps }
    let first = days[0]
    let last = days[days.count - 1]
    return PowerFlag(
      meter: state.curves.meter, rule: rule, circuit: .treatment,
      first: QuarterHour(day: firstDay.advanced(by: first.day), step: first.first),
      last: QuarterHour(day: firstDay.advanced(by: last.day), step: last.last),
      evidenceDays: days.count, evidenceHours: Double(steps) / 4,
      observedKilowattHours: days.reduce(0) { $0 + $1.observed },
      baselineKilowattHours: treatment.onLevel * Double(steps),
      threshold: treatment.kilowattHours / treatment.onLevel,
      places: history.places(meter: state.curves.meter, circuit: .treatment, days: days.map(\.day)))
  }
}
