/// Inclusion probabilities under caps and quotas.
///
/// Of all probabilities between floor and cap that keep the size and every quota these are the nearest to proportional
/// in relative entropy: π = min(cap, max(floor, c·s·Π factor)) with one c, and one factor per group whose quota binds
/// (Deville & Särndal 1992, doi:10.1080/01621459.1992.10475217, raking; Csiszár 1975). Every constant is defined as the
/// smallest double for which a plain sum in canonical order reaches its target, so any language finds the same bits.
struct QuotaSolver {
  let scores: [Double]
  let floors: [Double]
  let caps: [Double]
  /// One list per column with quotas.
  let columns: [[GroupBounds]]
  let size: Double

  static let slack = 1e-12
  static let tolerance = 1e-9
  static let sweeps = 2000

  func solve() throws(DrawProblem) -> [Double] {
    for bounds in columns { try check(bounds) }
    var factors = [[Double]](repeating: [Double](repeating: 1, count: scores.count), count: columns.count)
    guard columns.count > 1 else {
      return try probabilities(scores, bounds: columns.first ?? []).values
    }
    var before = Double.infinity
    for sweep in 1...QuotaSolver.sweeps {
      var values: [Double] = []
      for column in columns.indices {
        var weights = scores
        for other in columns.indices where other != column {
          for slot in weights.indices { weights[slot] *= factors[other][slot] }
        }
        let solved = try probabilities(weights, bounds: columns[column])
        values = solved.values
        for (bound, factor) in zip(columns[column], solved.factors) {
          for slot in bound.members { factors[column][slot] = factor }
        }
      }
      guard let worst = worstViolation(values) else { return values }
      // Possible quotas come nearer with every sweep; those that stand still cannot be kept together.
      guard sweep < QuotaSolver.sweeps, !sweep.isMultiple(of: 20) || worst.by < 0.9 * before else {
        throw .quotasConflict(group: worst.name, expected: worst.expected)
      }
      if sweep.isMultiple(of: 20) { before = worst.by }
    }
    preconditionFailure("the last sweep returns or throws")
  }

  /// One column's quotas and the size, kept together; `factors` has one number per bounded group.
  private func probabilities(
    _ weights: [Double], bounds: [GroupBounds]
  ) throws(DrawProblem) -> (values: [Double], factors: [Double]) {
    func value(_ slot: Int, _ c: Double) -> Double { min(caps[slot], max(floors[slot], c * weights[slot])) }
    func sum(_ members: [Int], _ c: Double) -> Double {
      var total = 0.0
      for slot in members { total += value(slot, c) }
      return total
    }
    var isBounded = [Bool](repeating: false, count: weights.count)
    for bound in bounds { for slot in bound.members { isBounded[slot] = true } }
    let free = weights.indices.filter { !isBounded[$0] }
    func total(_ c: Double) -> Double {
      var total = sum(free, c)
      for bound in bounds { total += min(bound.maximum, max(bound.minimum, sum(bound.members, c))) }
      return total
    }
    /// The smallest constant whose sum reaches a target, or the largest where nothing more can be had.
    func constant(_ target: Double, _ sum: (Double) -> Double) -> Double {
      let most = sum(.greatestFiniteMagnitude)
      if most <= target * (1 + QuotaSolver.slack) { return .greatestFiniteMagnitude }
      return Double.smallest { sum($0) >= target * (1 - QuotaSolver.slack) }
    }
    let capacity = total(.greatestFiniteMagnitude)
    guard capacity >= size * (1 - QuotaSolver.slack) else { throw .capsBelowSize(sum: capacity, size: size) }
    let least = total(0)
    guard least <= size * (1 + QuotaSolver.slack) else { throw .minimaExceedSize(sum: least, size: size) }
    let c = constant(size, total)
    var values = weights.indices.map { value($0, c) }
    var factors: [Double] = []
    for bound in bounds {
      let expected = sum(bound.members, c)
      var own = c
      if expected < bound.minimum * (1 - QuotaSolver.slack) {
        own = constant(bound.minimum) { sum(bound.members, $0) }
      } else if expected > bound.maximum * (1 + QuotaSolver.slack) {
        own = constant(bound.maximum) { sum(bound.members, $0) }
      }
      for slot in bound.members { values[slot] = value(slot, own) }
      // Bounded, so that a group at all its floors or caps can still come back in a later sweep.
      factors.append(own == c || c == 0 ? 1 : min(1e60, max(1e-60, own / c)))
    }
    return (values, factors)
  }

  /// Refuses what no probabilities can keep, naming the group.
  private func check(_ bounds: [GroupBounds]) throws(DrawProblem) {
    var running = 0.0
    for bound in bounds {
      var (least, most) = (0.0, 0.0)
      for slot in bound.members {
        least += floors[slot]
        most += scores[slot] > 0 ? caps[slot] : floors[slot]
      }
      guard most >= bound.minimum * (1 - QuotaSolver.slack) else {
        throw .quotaAboveCapacity(
          group: bound.name, minimum: bound.minimum, capacity: most, units: bound.members.count)
      }
      guard least <= bound.maximum * (1 + QuotaSolver.slack) else {
        throw .quotaBelowFloors(group: bound.name, maximum: bound.maximum, floors: least)
      }
      running += max(bound.minimum, least)
      guard running <= size * (1 + QuotaSolver.slack) else {
        throw .quotasExceedSize(group: bound.name, sum: running, size: size)
      }
    }
  }

  /// The bound that is missed by most; `nil` when all are kept.
  private func worstViolation(_ values: [Double]) -> (name: String, expected: Double, by: Double)? {
    var worst: (name: String, expected: Double, by: Double)?
    for bound in columns.joined() {
      var expected = 0.0
      for slot in bound.members { expected += values[slot] }
      let room = QuotaSolver.tolerance * max(1, expected)
      let missed = max(bound.minimum - room - expected, expected - bound.maximum - room)
      if missed > 0, missed > worst?.by ?? 0 { worst = (bound.name, expected, missed) }
    }
    return worst
  }
}

extension Frame {
  /// The probabilities of a plan: without caps and quotas those of ``inclusionProbabilities(size:floor:)``.
  func inclusionProbabilities(
    size: Int, floor: Double, cap: Double, columns: [[GroupBounds]]
  ) throws(DrawProblem) -> [Double] {
    guard cap > 0, cap <= 1, cap >= floor else { throw .cap(cap) }
    let isCapped = cap < 1 || units.contains { $0.maximumProbability < 1 }
    guard isCapped || !columns.isEmpty else { return try proportionalProbabilities(size: size, floor: floor) }
    guard size >= 1, size <= units.count else { throw .size(size, units: units.count) }
    guard (0...1).contains(floor) else { throw .floor(floor) }
    // A unit's own floor stands above a general cap, its own cap above a general floor.
    let caps = units.map { max($0.minimumProbability, min(cap, $0.maximumProbability)) }
    let floors = units.indices.map { min(caps[$0], max(floor, units[$0].minimumProbability)) }
    let solver = QuotaSolver(
      scores: units.map(\.score), floors: floors, caps: caps, columns: columns, size: Double(size))
    let values = try solver.solve()
    for (unit, value) in zip(units, values) where !(value > 0) {
      throw .probabilityZero(id: unit.id, score: unit.score)
    }
    return values
  }
}
