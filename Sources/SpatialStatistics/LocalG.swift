/// The local statistics of Getis and Ord: is the sum around a cell larger than chance would have it?
///
/// Ord & Getis (1995), doi:10.1111/j.1538-4632.1995.tb00912.x. With W the sum of a cell's weights, S1 the sum of their
/// squares, x̄ and s² the mean and the population variance of n values, Gi* (its eq. 14, the cell itself included) is
/// (Σwx - Wx̄) / (s √[(n·S1 - W²)/(n - 1)]); Gi leaves the cell out of everything.
public enum LocalG {
  /// Gi*: the cell itself included.
  ///
  /// - Parameter values: One finite value per slot of `neighbours`.
  public static func star(_ values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) -> LocalScores {
    precondition(values.count == neighbours.count, "one value per cell")
    guard values.count >= 3 else { return LocalScores(count: values.count, reason: .tooFewCells) }
    if case .square(let runs, let reach) = neighbours.layout {
      return squareStar(values, runs, reach: reach, neighbours.counts, threads)
    }
    guard let centred = CentredValues(values, threads: threads) else {
      return LocalScores(count: values.count, reason: .allEqual)
    }
    let sums = neighbours.sumsWithSelf(of: centred.values, threads: threads)
    if !neighbours.isBinary { return weightedStar(sums, centred, neighbours, threads) }
    let n = Double(values.count)
    let deviation = centred.variance.squareRoot()
    // The standard deviation depends on a cell only through its number of neighbours.
    let most = Int(neighbours.counts.max() ?? 0)
    let spreads = (0...most).map { k -> Double in
      let w = Double(k + 1)
      return deviation * ((n * w - w * w) / (n - 1)).squareRoot()
    }
    return LocalScores(count: values.count, threads: threads) { slot in
      let k = Int(neighbours.counts[slot])
      guard k > 0 else { return .none(.noNeighbour) }
      guard k + 1 < values.count else { return .none(.everyoneIsNeighbour) }
      return .z((sums[slot] - Double(k + 1) * centred.mean) / spreads[k])
    }
  }

  /// Gi* of squares in one pass: sums become scores while they are still at hand, and no centred copy is made.
  private static func squareStar(
    _ values: [Double], _ runs: LatticeRuns, reach: Int, _ counts: [Int32], _ threads: Int
  ) -> LocalScores {
    guard let moments = CentredMoments(values, threads: threads) else {
      return LocalScores(count: values.count, reason: .allEqual)
    }
    let n = Double(values.count)
    let deviation = moments.variance.squareRoot()
    let most = Int(counts.max() ?? 0)
    let means = (0...most).map { Double($0 + 1) * moments.mean }
    let spreads = (0...most).map { k -> Double in
      let w = Double(k + 1)
      return deviation * ((n * w - w * w) / (n - 1)).squareRoot()
    }
    var reasons = [NoScore?](repeating: nil, count: values.count)
    let z = reasons.withUnsafeMutableBufferPointer { reasons in
      // Each run writes the slots that are its own.
      nonisolated(unsafe) let reasons = reasons
      return runs.squareSums(of: moments.scaled, minus: moments.centre, reach: reach, threads: threads) { sums, slots in
        counts.withUnsafeBufferPointer { counts in
          means.withUnsafeBufferPointer { means in
            spreads.withUnsafeBufferPointer { spreads in
              for slot in slots {
                let k = Int(counts[slot])
                if k > 0, k + 1 < values.count {
                  sums[slot] = (sums[slot] - means[k]) / spreads[k]
                } else {
                  sums[slot] = .nan
                  reasons[slot] = k == 0 ? .noNeighbour : .everyoneIsNeighbour
                }
              }
            }
          }
        }
      }
    }
    return LocalScores(z: OptionalColumn(numbers: z), reasons: reasons)
  }

  private static func weightedStar(
    _ sums: [Double], _ centred: CentredValues, _ neighbours: LatticeNeighbours, _ threads: Int
  ) -> LocalScores {
    let n = Double(sums.count)
    let (weights, squares) = neighbours.weightSums(threads: threads)
    return LocalScores(count: sums.count, threads: threads) { slot in
      guard neighbours.counts[slot] > 0 else { return .none(.noNeighbour) }
      let own = neighbours.selfWeight(slot)
      let w = weights[slot] + own
      let s1 = squares[slot] + own * own
      let square = (n * s1 - w * w) / (n - 1)
      // Equal weights on every slot leave nothing to chance; with rounding the difference is tiny, not 0.
      guard square > 1e-12 * n * s1 else { return .none(.everyoneIsNeighbour) }
      return .z((sums[slot] - w * centred.mean) / (centred.variance * square).squareRoot())
    }
  }

  /// Gi: the neighbours without the cell, against the mean and variance of all others.
  public static func g(_ values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) -> LocalScores {
    precondition(values.count == neighbours.count, "one value per cell")
    guard let others = OtherValues(values, threads: threads) else {
      return LocalScores(count: values.count, reason: values.count < 3 ? .tooFewCells : .allEqual)
    }
    let sums = neighbours.sums(of: others.values, threads: threads)
    let weighted = neighbours.isBinary ? nil : neighbours.weightSums(threads: threads)
    return LocalScores(count: values.count, threads: threads) { slot in
      guard neighbours.counts[slot] > 0 else { return .none(.noNeighbour) }
      let k = Double(neighbours.counts[slot])
      return others.score(
        slot, sum: sums[slot], weight: weighted?.weights[slot] ?? k, squares: weighted?.squares[slot] ?? k)
    }
  }

  /// Gi* with any weights; each row must hold the slot itself (``SpatialWeights/includingSelf(weight:)``).
  public static func star(_ values: [Double], _ weights: SpatialWeights) -> LocalScores {
    precondition(values.count == weights.count, "one value per slot")
    guard values.count >= 3 else { return LocalScores(count: values.count, reason: .tooFewCells) }
    guard let centred = CentredValues(values) else { return LocalScores(count: values.count, reason: .allEqual) }
    let n = Double(values.count)
    var scores = LocalScores(count: values.count, reason: .noNeighbour)
    for slot in values.indices where weights.range(slot).count > 1 {
      let row = weights.sums(slot, centred.values)
      let square = (n * row.squares - row.weight * row.weight) / (n - 1)
      // Equal weights on every slot leave nothing to chance; with rounding the difference is tiny, not 0.
      if square <= 1e-12 * n * row.squares {
        scores.reasons[slot] = .everyoneIsNeighbour
      } else {
        scores.set(slot, (row.sum - row.weight * centred.mean) / (centred.variance * square).squareRoot())
      }
    }
    return scores
  }

  /// Gi with any weights; no row may hold the slot itself.
  public static func g(_ values: [Double], _ weights: SpatialWeights) -> LocalScores {
    precondition(values.count == weights.count, "one value per slot")
    guard let others = OtherValues(values) else {
      return LocalScores(count: values.count, reason: values.count < 3 ? .tooFewCells : .allEqual)
    }
    var scores = LocalScores(count: values.count, reason: .noNeighbour)
    for slot in values.indices where !weights.range(slot).isEmpty {
      let row = weights.sums(slot, others.values)
      switch others.score(slot, sum: row.sum, weight: row.weight, squares: row.squares) {
      case .z(let z): scores.set(slot, z)
      case .none(let reason): scores.reasons[slot] = reason
      }
    }
    return scores
  }
}

extension SpatialWeights {
  fileprivate func sums(_ slot: Int, _ values: [Double]) -> (sum: Double, weight: Double, squares: Double) {
    range(slot).reduce((0, 0, 0)) { total, entry in
      let w = weights[entry]
      return (total.0 + w * values[Int(neighbours[entry])], total.1 + w, total.2 + w * w)
    }
  }
}

/// Mean and variance of all values but one, for each one.
private struct OtherValues: Sendable {
  let values: [Double]
  private let total: Double
  private let squares: Double
  /// The slot without which all values are equal, if there is one.
  private let onlyDifferent: Int?

  init?(_ raw: [Double], threads: Int = 1) {
    guard raw.count >= 3, let centred = CentredValues(raw, threads: threads) else { return nil }
    values = centred.values
    total = compensatedSum(values, threads: threads)
    squares = compensatedSum(values, threads: threads, squaredFrom: 0)
    let common = raw[0] == raw[1] || raw[0] == raw[2] ? raw[0] : raw[1]
    let different = raw.indices.lazy.filter { raw[$0] != common }.prefix(2)
    onlyDifferent = different.count == 1 ? different.first : nil
  }

  func score(_ slot: Int, sum: Double, weight: Double, squares s1: Double) -> LocalScores.Score {
    guard slot != onlyDifferent else { return .none(.othersEqual) }
    let others = Double(values.count - 1)
    let mean = (total - values[slot]) / others
    let variance = (squares - values[slot] * values[slot]) / others - mean * mean
    let square = (others * s1 - weight * weight) / (others - 1)
    guard square > 1e-12 * others * s1 else { return .none(.everyoneIsNeighbour) }
    guard variance > 0 else { return .none(.othersEqual) }
    return .z((sum - weight * mean) / (variance * square).squareRoot())
  }
}
