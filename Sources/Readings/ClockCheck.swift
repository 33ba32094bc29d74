/// A series whose changes from hour to hour follow the neighbours' some hours early or late.
///
/// For each shift the stretch of days that gains most by it is found; it must gain more than chance gives.
struct ClockCheck: Sendable {
  let rules: QualityRules.ClockRule
  /// Correlation of hourly changes with the neighbours' that the network's stations usually have.
  let shared: Double

  /// Changes are cut here (in logarithms), so that a plume that comes and goes does not decide.
  static let largestChange = 0.2

  /// - Parameter theirs: Mean change of the neighbours by hour; 0 where unknown.
  func flag(_ row: inout ResidualRow, theirs: [Double]) {
    let own = row.logs.indices.map { Self.change(row.logs, $0) }
    let unshifted = dailyProducts(own, theirs, lag: 0)
    let norms = dailyNorms(own, theirs)
    var best: (days: ClosedRange<Int>, z: Double)?
    // Where neighbours share little from hour to hour, the best of all shifts and stretches is often chance.
    let needed = shared >= rules.sharedCorrelation ? rules.z : rules.weakZ
    for lag in -rules.hours...rules.hours where lag != 0 {
      let shifted = dailyProducts(own, theirs, lag: lag)
      // Each day pays a little, or any two quiet days would do.
      let gains = shifted.indices.map { shifted[$0] - unshifted[$0] - 0.05 * norms[$0] }
      guard let days = richestRun(gains), days.count >= rules.days else { continue }
      let norm = days.reduce(0) { $0 + norms[$1] }
      guard norm > 0 else { continue }
      let at = days.reduce(0) { $0 + shifted[$1] } / norm
      let without = days.reduce(0) { $0 + unshifted[$1] } / norm
      let z = (at - without) * (Double(days.count * 24) / 2).squareRoot()
      if at >= rules.correlation, z >= needed, z > best?.z ?? 0 { best = (days, z) }
    }
    guard let best else { return }
    for hour in best.days.lowerBound * 24..<(best.days.upperBound + 1) * 24 { row.add(.clockShift, hour) }
  }

  /// The change from the hour before; 0 where unknown.
  static func change(_ logs: some RandomAccessCollection<Double>, _ hour: Int) -> Double {
    guard hour > 0 else { return 0 }
    let change =
      logs[logs.index(logs.startIndex, offsetBy: hour)] - logs[logs.index(logs.startIndex, offsetBy: hour - 1)]
    return change.isNaN ? 0 : max(-largestChange, min(largestChange, change))
  }

  private func dailyProducts(_ own: [Double], _ theirs: [Double], lag: Int) -> [Double] {
    (0..<own.count / 24).map { day in
      var sum = 0.0
      for hour in max(day * 24, lag)..<max(max(day * 24, lag), min(day * 24 + 24, own.count + min(0, lag))) {
        sum += own[hour] * theirs[hour - lag]
      }
      return sum
    }
  }

  private func dailyNorms(_ own: [Double], _ theirs: [Double]) -> [Double] {
    (0..<own.count / 24).map { day in
      var (a, b) = (0.0, 0.0)
      for hour in day * 24..<day * 24 + 24 {
        a += own[hour] * own[hour]
        b += theirs[hour] * theirs[hour]
      }
      return (a * b).squareRoot()
    }
  }

  /// The run with the largest sum (Kadane). - Returns: `nil` when no element is positive.
  private func richestRun(_ gains: [Double]) -> ClosedRange<Int>? {
    var best: ClosedRange<Int>?
    var bestSum = 0.0
    var start = 0
    var sum = 0.0
    for day in gains.indices {
      if sum <= 0 {
        sum = 0
        start = day
      }
      sum += gains[day]
      if sum > bestSum { (best, bestSum) = (start...day, sum) }
    }
    return best
  }
}
