/// Which corner of Moran's scatter plot a cell is in: its own value, then its neighbours', against the mean.
public enum MoranClass: String, Hashable, Sendable, CaseIterable {
  case highHigh = "HH"
  case lowLow = "LL"
  case highLow = "HL"
  case lowHigh = "LH"
}

/// Local Moran's I with row-standardised weights: a cell's deviation times the mean deviation of its neighbours.
///
/// Anselin (1995), doi:10.1111/j.1538-4632.1995.tb00338.x, eq. 12: I = (x - x̄)/m2 · Σw(xj - x̄) with m2 = Σ(x - x̄)²/n.
/// The z holds x in its cell and permutes the others (Sokal, Oden & Thomson 1998, doi:10.1111/j.1538-4632.1998.tb00406.x):
/// it is the z of Gi with the sign of x - x̄, for I is a linear function of the neighbours' sum.
public struct LocalMoran: Sendable, Equatable {
  /// `nil` where a cell has no neighbour, or where there is no variance.
  public let i: OptionalColumn
  public let scores: LocalScores
  /// `nil` where `i` is. A deviation of exactly 0 counts as low.
  public let classes: [MoranClass?]

  public init(_ values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1) {
    let sums = CentredValues(values, threads: threads).map { neighbours.sums(of: $0.values, threads: threads) }
    let weights = neighbours.isBinary ? nil : neighbours.weightSums(threads: threads).weights
    self.init(values, gi: LocalG.g(values, neighbours, threads: threads)) { slot, _ in
      guard neighbours.counts[slot] > 0 else { return nil }
      let total = weights?[slot] ?? Double(neighbours.counts[slot])
      return total > 0 ? sums.map { $0[slot] / total } : nil
    }
  }

  /// With any weights; no row may hold the slot itself. Weights are divided by their row's sum.
  public init(_ values: [Double], _ weights: SpatialWeights) {
    self.init(values, gi: LocalG.g(values, weights)) { slot, centred in
      let range = weights.range(slot)
      let total = range.reduce(0) { $0 + weights.weights[$1] }
      let sum = range.reduce(0) { $0 + weights.weights[$1] * centred[Int(weights.neighbours[$1])] }
      return range.isEmpty || total == 0 ? nil : sum / total
    }
  }

  private init(_ values: [Double], gi: LocalScores, lag: (Int, [Double]) -> Double?) {
    var scores = gi
    var i = OptionalColumn(absent: values.count)
    var classes = [MoranClass?](repeating: nil, count: values.count)
    if let centred = CentredValues(values) {
      let deviations = centred.values.map { $0 - centred.mean }
      for slot in values.indices {
        guard let lag = lag(slot, deviations) else { continue }
        i[slot] = deviations[slot] / centred.variance * lag
        classes[slot] = deviations[slot] > 0 ? (lag > 0 ? .highHigh : .highLow) : (lag > 0 ? .lowHigh : .lowLow)
        guard let z = gi.z[slot] else { continue }
        if deviations[slot] == 0 {
          scores.z[slot] = nil
          scores.reasons[slot] = .valueIsMean
        } else if deviations[slot] < 0 {
          scores.z[slot] = -z
        }
      }
    }
    self.i = i
    self.scores = scores
    self.classes = classes
  }
  /// Counts of I from counts of the neighbours' sum: where a cell is below the mean, I falls as the sum rises.
  public func counts(_ sums: PermutationCounts) -> PermutationCounts {
    sums.reversed { classes[$0] == .lowLow || classes[$0] == .lowHigh }
  }
}
