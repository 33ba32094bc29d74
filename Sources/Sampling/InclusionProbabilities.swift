extension Frame {
  /// Probabilities in proportion to score, between each unit's floor and 1, that add up to `size`.
  ///
  /// π = min(1, max(floor, c·score)) with the one c that makes the sum right, found by fixing units at 1 or at their
  /// floor and sharing the places that are left among the rest (Särndal, Swensson & Wretman 1992, p. 89-90). The order
  /// of every floating-point operation is part of the definition, so that a verifier in another language gets the same
  /// bits: sums run in canonical order, plainly, and a share is `(places * score) / total`. Units with caps of their own
  /// go the way of ``QuotaSolver``.
  ///
  /// - Returns: One π per unit, 0 < π ≤ 1, in canonical order.
  public func inclusionProbabilities(size: Int, floor: Double = 0) throws(DrawProblem) -> [Double] {
    try inclusionProbabilities(size: size, floor: floor, cap: 1, columns: [])
  }

  /// The same where no unit has a cap and no group a quota.
  func proportionalProbabilities(size: Int, floor: Double) throws(DrawProblem) -> [Double] {
    guard size >= 1, size <= units.count else { throw .size(size, units: units.count) }
    guard (0...1).contains(floor) else { throw .floor(floor) }
    let floors = units.map { max(floor, $0.minimumProbability) }
    let floorSum = floors.reduce(0, +)
    // The slack lets ten floors of 0.1 share one place although they add up to a hair more.
    guard floorSum <= Double(size) * (1 + 1e-12) else { throw .floorsExceedSize(sum: floorSum, size: size) }

    var fixed = [Double?](repeating: nil, count: units.count)
    while let next = try share(size: size, floors: floors, fixed: fixed) { fixed = next }
    var probabilities: [Double] = []
    for (unit, probability) in zip(units, fixed) {
      guard let probability, probability > 0 else { throw .probabilityZero(id: unit.id, score: unit.score) }
      probabilities.append(probability)
    }
    return probabilities
  }

  /// One round: shares the places left among the units not yet fixed.
  ///
  /// - Returns: The fixed units after the round, or `nil` when all were fixed before it.
  private func share(size: Int, floors: [Double], fixed: [Double?]) throws(DrawProblem) -> [Double?]? {
    let pool = fixed.indices.filter { fixed[$0] == nil }
    guard let first = pool.first else { return nil }
    var places = Double(size)
    for probability in fixed { places -= probability ?? 0 }
    var next = fixed
    if places >= Double(pool.count) {
      for slot in pool { next[slot] = 1 }
      return next
    }
    var total = 0.0
    for slot in pool { total += units[slot].score }
    guard total > 0 else {
      // Floors that already add up to the size need no score.
      let rest = pool.reduce(0) { $0 + floors[$1] }
      guard abs(places - rest) <= 1e-9 else { throw .noScoreLeft(id: units[first].id, places: places) }
      for slot in pool { next[slot] = floors[slot] }
      return next
    }
    var above: [Int] = []
    var below: [Int] = []
    var excess = 0.0
    for slot in pool {
      let share = (places * units[slot].score) / total
      next[slot] = share
      if share >= 1 {
        above.append(slot)
        excess += 1 - share
      } else if floors[slot] > 0, share <= floors[slot] {
        below.append(slot)
        excess += floors[slot] - share
      }
    }
    if above.isEmpty, below.isEmpty { return next }
    // Clamped shares that add up to too much mean that the true c is smaller, so that those at their floor stay there;
    // too little means that it is larger, so that those at 1 stay there.
    next = fixed
    if !below.isEmpty, excess > 0 || above.isEmpty {
      for slot in below { next[slot] = floors[slot] }
    } else {
      for slot in above { next[slot] = 1 }
    }
    return next
  }
}
