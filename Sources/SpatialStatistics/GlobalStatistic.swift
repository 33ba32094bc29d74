/// One number for a whole field, with what chance would give if its values were dealt to the cells at random.
///
/// Weights are those of the local statistics: each row divided by its sum, so that global Moran's I is the mean of the
/// local I of the cells that have neighbours. Cells without neighbours count in the mean and the variance, as in esda.
public struct GlobalStatistic: Sendable, Hashable {
  /// I or c.
  public let value: Double
  /// Under randomisation: -1/(n - 1) for I, 1 for c.
  public let expectation: Double
  /// Under randomisation.
  public let variance: Double

  /// A standard deviate: positive for I above its expectation, negative for c below 1, where neighbours are alike.
  public var z: Double { (value - expectation) / variance.squareRoot() }

  /// Two-sided.
  public var p: Double { Significance.twoSidedP(z: z) }
}

extension GlobalStatistic {
  /// Moran's I and its moments under randomisation: Cliff & Ord (1981), Spatial Processes, eq. 1.36 and 1.37 (p. 21).
  ///
  /// - Returns: `nil` for fewer than 4 cells, equal values, or no neighbours.
  public init?(moran values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) {
    guard values.count >= 4, let sums = RowSums(values, neighbours, threads: threads) else { return nil }
    let n = Double(values.count)
    let (s0, s1, s2) = (sums.s0, sums.s1, sums.s2)
    let product = compensatedSum(zip(sums.values, sums.lags).map { $0 * $1 })
    let expectation = -1 / (n - 1)
    let first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0)
    let second = sums.kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)
    let variance = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - expectation * expectation
    guard variance > 0 else { return nil }
    self.init(value: n / s0 * product / (n * sums.variance), expectation: expectation, variance: variance)
  }

  /// Geary's c and its moments under randomisation: Cliff & Ord (1981), Spatial Processes, eq. 1.38 and 1.40 (p. 21).
  ///
  /// - Returns: `nil` for fewer than 4 cells, equal values, or no neighbours.
  public init?(geary values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) {
    guard values.count >= 4, let sums = RowSums(values, neighbours, threads: threads) else { return nil }
    let n = Double(values.count)
    let (s0, s1, s2, k) = (sums.s0, sums.s1, sums.s2, sums.kurtosis)
    // Σw(xi - xj)² with rows that sum to 1, or to 0 for a cell without neighbours.
    let squares = compensatedSum(
      values.indices.map { slot in
        let x = sums.values[slot]
        return neighbours.counts[slot] == 0 ? 0 : x * x - 2 * x * sums.lags[slot] + sums.squareLags[slot]
      })
    let first = (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * k)
    let second = 0.25 * (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * k)
    let third = s0 * s0 * (n * n - 3 - (n - 1) * (n - 1) * k)
    let variance = (first - second + third) / (n * (n - 2) * (n - 3) * s0 * s0)
    guard variance > 0 else { return nil }
    self.init(value: (n - 1) * squares / (2 * s0 * n * sums.variance), expectation: 1, variance: variance)
  }
}

extension GlobalStatistic {
  /// Bivariate Moran's I, the mean of the local ones, and its moments where y is dealt to the cells at random and x stays:
  /// Σaⱼyⱼ with aⱼ = Σwᵢⱼxᵢ is a sum of fixed numbers times values drawn without replacement.
  ///
  /// - Returns: `nil` for fewer than 3 cells, equal x or equal y, or no neighbours.
  public init?(moran values: [Double], neighbourValues: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) {
    guard values.count >= 3, let x = RowSums(values, neighbours, threads: threads),
      let y = RowSums(neighbourValues, neighbours, threads: threads)
    else { return nil }
    let n = Double(values.count)
    let columns = neighbours.columnSums(of: zip(x.values, x.shares).map { $0 * $1 }, threads: threads)
    let total = compensatedSum(columns)
    let spread = compensatedSum(columns.map { $0 * $0 }) - total * total / n
    guard spread > 0 else { return nil }
    let product = compensatedSum(zip(x.values, y.lags).map { $0 * $1 })
    let scale = x.s0 * (x.variance * y.variance).squareRoot()
    self.init(
      value: product / scale, expectation: 0, variance: y.variance * n / (n - 1) * spread / (scale * scale))
  }
}

/// Sums over row-standardised weights that the moments are made of.
private struct RowSums {
  /// Deviations from the mean.
  let values: [Double]
  let variance: Double
  /// m4/m2².
  let kurtosis: Double
  /// Mean of the neighbours' deviations, and of their squares; 0 without neighbours.
  let lags: [Double]
  let squareLags: [Double]
  /// 1/W of each row, 0 without neighbours.
  let shares: [Double]
  /// S0 = Σw, S1 = ½Σ(wij + wji)², S2 = Σ(wi. + w.i)².
  let s0: Double
  let s1: Double
  let s2: Double

  init?(_ raw: [Double], _ neighbours: LatticeNeighbours, threads: Int) {
    guard let centred = CentredValues(raw, threads: threads) else { return nil }
    let deviations = centred.values.map { $0 - centred.mean }
    values = deviations
    variance = centred.variance
    let squares = deviations.map { $0 * $0 }
    kurtosis = compensatedSum(squares.map { $0 * $0 }) / Double(raw.count) / (centred.variance * centred.variance)
    let (weights, _) = neighbours.weightSums(threads: threads)
    let shares = weights.map { $0 > 0 ? 1 / $0 : 0 }
    self.shares = shares
    func lag(_ values: [Double]) -> [Double] {
      zip(neighbours.sums(of: values, threads: threads), shares).map { $0 * $1 }
    }
    lags = lag(deviations)
    squareLags = lag(squares)
    s0 = Double(shares.count { $0 > 0 })
    guard s0 > 0 else { return nil }
    let (crossed, columns) = neighbours.crossings(shares, threads: threads)
    s1 = compensatedSum(crossed)
    s2 = compensatedSum(
      zip(columns, shares).map { column, share in
        let total = column + (share > 0 ? 1 : 0)
        return total * total
      })
  }
}

extension LatticeNeighbours {
  /// For row-standardised weights: per slot Σj(wij² + wij·wji), whose sum is S1, and the column sums w.i.
  ///
  /// - Parameter shares: 1/W of each row, 0 for a row without neighbours.
  fileprivate func crossings(_ shares: [Double], threads: Int) -> (crossed: [Double], columns: [Double]) {
    guard case .lists(let lists) = layout else {
      // On a lattice the weight of two cells does not depend on which of them asks.
      let squares = squared
      let alike = squares.sums(of: shares, threads: threads)
      let own = squares.weightSumsOnly(threads: threads)
      let columns = sums(of: shares, threads: threads)
      return (shares.indices.map { own[$0] * shares[$0] * shares[$0] + alike[$0] * shares[$0] }, columns)
    }
    var columns = [Double](repeating: 0, count: count)
    var crossed = columns
    for slot in 0..<count {
      for entry in lists.range(slot) {
        let other = Int(lists.neighbours[entry])
        let weight = lists.weights[entry] * shares[slot]
        columns[other] += weight
        let back = lists.range(other).first { lists.neighbours[$0] == Int32(slot) }
        crossed[slot] += weight * weight + weight * (back.map { lists.weights[$0] * shares[other] } ?? 0)
      }
    }
    return (crossed, columns)
  }

  /// Σᵢ wᵢⱼ·values[i] for each slot j.
  fileprivate func columnSums(of values: [Double], threads: Int) -> [Double] {
    guard case .lists(let lists) = layout else { return sums(of: values, threads: threads) }
    var columns = [Double](repeating: 0, count: count)
    for slot in 0..<count {
      for entry in lists.range(slot) { columns[Int(lists.neighbours[entry])] += lists.weights[entry] * values[slot] }
    }
    return columns
  }

  /// Σw of each row.
  private func weightSumsOnly(threads: Int) -> [Double] {
    isBinary ? counts.map(Double.init) : sums(of: [Double](repeating: 1, count: count), threads: threads)
  }
}
