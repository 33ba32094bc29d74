internal import Enterprises

/// What a total load curve looks like, whoever it belongs to.
struct LoadShape: Sendable {
  /// kWh per day, mean of the days with data.
  var meanDaily = 0.0
  var days = 0
  /// Mean over peak load, 0...1; the peak is the quarter hour that only one in a hundred exceeds.
  var loadFactor = 0.0
  /// Mean hours a day at or above the meter's own on-threshold, in runs of an hour and more; 0 without two modes.
  var machineHours = 0.0
  /// Share of the energy between 22:00 and 06:00.
  var nightShare = 0.0
  /// Mean energy of a weekend day over that of a working day; `nil` without both.
  var weekendRatio: Double?

  init() {}

  init(_ state: MeterState, firstWeekday: Int) {
    let values = state.curves.values(.total)
    guard !values.isEmpty else { return }
    var night = 0.0
    var sum = 0.0
    var kinds: (weekend: Double, weekendDays: Int, working: Double, workingDays: Int) = (0, 0, 0, 0)
    var known: [Float] = []
    known.reserveCapacity(state.evidence.count * 96)
    for day in state.evidence {
      guard let energy = state.curves.sum(.total, day: day, minimumKnownShare: state.rules.minimumKnownShare) else {
        continue
      }
      days += 1
      sum += energy
      if (firstWeekday - 1 + day) % 7 >= 5 {
        kinds.weekend += energy
        kinds.weekendDays += 1
      } else {
        kinds.working += energy
        kinds.workingDays += 1
      }
      for step in 0..<96 {
        let value = values[day * 96 + step]
        guard value >= 0 else { continue }
        known.append(value)
        if step < 24 || step >= 88 { night += Double(value) }
      }
    }
    guard days > 0, sum > 0 else { return }
    meanDaily = sum / Double(days)
    known.sort()
    let peak = Double(known[min(known.count - 1, known.count * 99 / 100)])
    let total = known.reduce(0) { $0 + Double($1) }
    if peak > 0 { loadFactor = min(1, total / Double(known.count) / peak) }
    if total > 0 { nightShare = night / total }
    if kinds.weekendDays > 0, kinds.workingDays > 0, kinds.working > 0 {
      weekendRatio = kinds.weekend / Double(kinds.weekendDays) / (kinds.working / Double(kinds.workingDays))
    }
    if let threshold = state.total { machineHours = hoursOn(values, state, threshold.kilowattHours) }
  }

  private func hoursOn(_ values: [Float], _ state: MeterState, _ threshold: Double) -> Double {
    var steps = 0
    for day in state.evidence {
      var run = 0
      for step in 0...96 {
        if step < 96, Double(values[day * 96 + step]) >= threshold {
          run += 1
        } else {
          if run >= 4 { steps += run }
          run = 0
        }
      }
    }
    return Double(steps) / 4 / Double(days)
  }
}
