/// How a cell and its neighbours compare where local Geary's c stands out.
public enum GearyClass: String, Hashable, Sendable, CaseIterable {
  /// Alike, all above the mean.
  case highHigh = "HH"
  /// Alike, all at or below the mean.
  case lowLow = "LL"
  /// Alike, about the mean.
  case similar
  /// Unlike its neighbours.
  case different
}

/// Local Geary's c with row-standardised weights: the mean squared difference between a cell and its neighbours.
///
/// Anselin (1995), doi:10.1111/j.1538-4632.1995.tb00338.x, eq. 17, and Anselin (2019), doi:10.1111/gean.12164:
/// c = Σw(zi - zj)², z in standard deviations of the population. It sees differences in both directions, where Moran's I
/// sees only the neighbours' mean. The z of c holds a cell's value and permutes the others, so its mean and variance are
/// those of a sum of squared differences drawn without replacement; exact for any weights.
public struct LocalGeary: Sendable, Equatable {
  /// `nil` where a cell has no neighbour, or where there is no variance.
  public let c: OptionalColumn
  /// Negative where a cell is like its neighbours.
  public let scores: LocalScores
  /// `nil` where there is no z.
  public let classes: [GearyClass?]

  public init(_ raw: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) {
    precondition(raw.count == neighbours.count, "one value per cell")
    guard raw.count >= 3, let centred = CentredValues(raw, threads: threads) else {
      c = OptionalColumn(absent: raw.count)
      scores = LocalScores(count: raw.count, reason: raw.count < 3 ? .tooFewCells : .allEqual)
      classes = [GearyClass?](repeating: nil, count: raw.count)
      return
    }
    let deviation = centred.variance.squareRoot()
    let values = centred.values.map { ($0 - centred.mean) / deviation }
    let squares = values.map { $0 * $0 }
    let lags = neighbours.sums(of: values, threads: threads)
    let squareLags = neighbours.sums(of: squares, threads: threads)
    let (weights, weightSquares) = neighbours.weightSums(threads: threads)
    let found = values.indices.map { slot -> Double? in
      guard neighbours.counts[slot] > 0 else { return nil }
      let x = values[slot]
      return max(0, (squareLags[slot] - 2 * x * lags[slot]) / weights[slot] + x * x)
    }
    let moments = DifferenceMoments(values, squares)
    let n = Double(values.count)
    scores = LocalScores(count: values.count, threads: threads) { slot in
      guard let c = found[slot] else { return .none(.noNeighbour) }
      let s1 = weightSquares[slot] / (weights[slot] * weights[slot])
      let unevenness = ((n - 1) * s1 - 1) / (n - 2)
      guard unevenness > 1e-12 * n * s1 else { return .none(.everyoneIsNeighbour) }
      let (mean, variance) = moments.ofDifferences(from: values[slot])
      guard variance > 1e-12 * mean * mean else { return .none(.othersAsFar) }
      return .z((c - mean) / (variance * unevenness).squareRoot())
    }
    let z = scores.z
    classes = values.indices.map { slot in
      guard let z = z[slot] else { return nil }
      if z > 0 { return .different }
      let (own, others) = (values[slot], lags[slot])
      return own > 0 && others > 0 ? .highHigh : own <= 0 && others <= 0 ? .lowLow : .similar
    }
    c = OptionalColumn(found)
  }
}

/// Mean and variance of (x - xⱼ)² over all slots but the one of x itself, from four power sums.
private struct DifferenceMoments: Sendable {
  private let count: Double
  private let sums: (Double, Double, Double, Double)

  init(_ values: [Double], _ squares: [Double]) {
    count = Double(values.count)
    sums = (
      compensatedSum(values), compensatedSum(squares), compensatedSum(zip(values, squares).map { $0 * $1 }),
      compensatedSum(squares.map { $0 * $0 })
    )
  }

  func ofDifferences(from x: Double) -> (mean: Double, variance: Double) {
    let (p1, p2, p3, p4) = sums
    let others = count - 1
    // The slot itself adds (x - x)² = 0.
    let mean = (count * x * x - 2 * x * p1 + p2) / others
    let fourth = count * x * x * x * x - 4 * x * x * x * p1 + 6 * x * x * p2 - 4 * x * p3 + p4
    return (mean, fourth / others - mean * mean)
  }
}
