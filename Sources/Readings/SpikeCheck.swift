internal import Glibc

/// One hour that jumps up or down and back, while the neighbours do not.
struct SpikeCheck: Sendable {
  let rules: QualityRules.SpikeRule

  func flag(_ row: inout ResidualRow) {
    let least = rules.leastFloors * row.floor
    var spikes: [Int] = []
    for hour in 0..<row.hourCount where !row.logs[hour].isNaN {
      guard let before = near(row, from: hour, step: -1), let after = near(row, from: hour, step: 1) else { continue }
      let value = row.values[hour]
      let (high, low) = (max(row.values[before], row.values[after]), min(row.values[before], row.values[after]))
      let isUp = value > rules.ratio * max(high, row.floor) && value - high > least
      let isDown = value * rules.ratio < low && low - value > least / 2
      guard isUp || isDown else { continue }
      // Fireworks and fronts move the neighbours too.
      let own = row.residual(hour)
      let beside = (row.residual(before) + row.residual(after)) / 2
      if !own.isNaN, !beside.isNaN, abs(own - beside) < 0.6 * log(rules.ratio) { continue }
      spikes.append(hour)
    }
    for hour in spikes {
      row.add(.spike, hour)
      row.logs[hour] = .nan
    }
  }

  /// The nearest usable hour within two. - Returns: `nil` when both are missing.
  private func near(_ row: borrowing ResidualRow, from hour: Int, step: Int) -> Int? {
    for distance in 1...2 {
      let other = hour + distance * step
      if other >= 0, other < row.hourCount, !row.logs[other].isNaN { return other }
    }
    return nil
  }
}
