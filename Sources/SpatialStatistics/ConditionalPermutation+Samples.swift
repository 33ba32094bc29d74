internal import Threads

/// What is counted where a sum of equal weights is not enough: each cell goes through the samples itself.
enum SampledStatistic: Sendable {
  /// Σwx: monotone in Gi, Gi* and local Moran's I.
  case weightedSum
  /// Σw(x - xᵢ)²: proportional to local Geary's c.
  case squaredDifferences
}

/// Observed statistics beside what a sample needs to be compared with them.
private struct Observed: Sendable {
  let statistic: SampledStatistic
  /// Centred, in standard deviations, which no count notices.
  let values: [Double]
  let statistics: [Double]
  /// Differences smaller than this are ties: rounding of sums of k values.
  let tolerances: [Double]
  let rows: WeightRows
  let most: Int

  init?(_ statistic: SampledStatistic, _ raw: [Double], _ neighbours: LatticeNeighbours, threads: Int) {
    precondition(raw.count == neighbours.count, "one value per cell")
    most = Int(neighbours.counts.max() ?? 0)
    guard most > 0, let centred = CentredValues(raw, threads: threads) else { return nil }
    let deviation = centred.variance.squareRoot()
    let values = centred.values.map { ($0 - centred.mean) / deviation }
    let largest = largestMagnitude(values)
    let weights = neighbours.weightSums(threads: threads).weights
    let sums = neighbours.sums(of: values, threads: threads)
    switch statistic {
    case .weightedSum:
      statistics = sums
      tolerances = weights.map { 1e-12 * $0 * largest }
    case .squaredDifferences:
      let squares = neighbours.sums(of: values.map { $0 * $0 }, threads: threads)
      statistics = values.indices.map {
        squares[$0] - 2 * values[$0] * sums[$0] + weights[$0] * values[$0] * values[$0]
      }
      tolerances = weights.map { 4e-12 * $0 * largest * largest }
    }
    self.statistic = statistic
    self.values = values
    rows = WeightRows(neighbours)
  }

  /// What one neighbour of the slot adds.
  @inline(__always)
  func part(_ slot: Int, weight: Double, value: Double) -> Double {
    switch statistic {
    case .weightedSum: weight * value
    case .squaredDifferences: weight * ((value - values[slot]) * (value - values[slot]))
    }
  }

  func compare(_ slot: Int, _ found: Double) -> (atLeast: Bool, atMost: Bool) {
    (found >= statistics[slot] - tolerances[slot], found <= statistics[slot] + tolerances[slot])
  }
}

extension ConditionalPermutation {
  /// Counts of the weighted sum from shared sequences: the neighbours in their order get the cards in theirs.
  func weightedCounts(
    _ values: [Double], _ neighbours: LatticeNeighbours, threads: Int
  ) -> PermutationCounts {
    sampledCounts(.weightedSum, values, neighbours, threads: threads)
  }

  func weightedIndependent(
    _ values: [Double], _ neighbours: LatticeNeighbours, threads: Int
  ) -> PermutationCounts {
    sampledIndependent(.weightedSum, values, neighbours, threads: threads)
  }

  /// Counts of local Geary's c. From fresh samples for every cell if `isIndependent`, else from shared sequences.
  public func gearyCounts(
    _ values: [Double], _ neighbours: LatticeNeighbours, isIndependent: Bool = false, threads: Int = 1
  ) -> PermutationCounts {
    isIndependent
      ? sampledIndependent(.squaredDifferences, values, neighbours, threads: threads)
      : sampledCounts(.squaredDifferences, values, neighbours, threads: threads)
  }

  private func sampledIndependent(
    _ statistic: SampledStatistic, _ values: [Double], _ neighbours: LatticeNeighbours, threads: Int
  ) -> PermutationCounts {
    var counts = PermutationCounts(replicates: replicates, count: values.count)
    guard let observed = Observed(statistic, values, neighbours, threads: threads) else { return counts }
    let rows = observed.rows
    counts.fillDealing(self, neighbours, threads: threads) { slot, cards in
      var weights: [Double] = []
      rows.read(slot, into: &weights)
      var found = 0.0
      for (card, weight) in zip(cards, weights) {
        found += observed.part(slot, weight: weight, value: observed.values[Int(card)])
      }
      return observed.compare(slot, found)
    }
    return counts
  }

  private func sampledCounts(
    _ statistic: SampledStatistic, _ values: [Double], _ neighbours: LatticeNeighbours, threads: Int
  ) -> PermutationCounts {
    var counts = PermutationCounts(replicates: replicates, count: values.count)
    guard let observed = Observed(statistic, values, neighbours, threads: threads) else { return counts }
    let sequences = ShuffledSequences(
      count: values.count, most: observed.most, replicates: replicates, seed: seed, threads: threads)
    let dealt = sequences.cards.map { observed.values[Int($0)] }
    counts.fillSampling(observed.rows, neighbours.counts, replicates: replicates, threads: threads) {
      slot, weights, found, atLeast, atMost in
      let own = observed.values[slot]
      for (place, weight) in weights.enumerated() {
        let start = place * replicates
        switch statistic {
        case .weightedSum:
          for replicate in 0..<replicates { found[replicate] += weight * dealt[start + replicate] }
        case .squaredDifferences:
          for replicate in 0..<replicates {
            let difference = dealt[start + replicate] - own
            found[replicate] += weight * (difference * difference)
          }
        }
      }
      let low = observed.statistics[slot] - observed.tolerances[slot]
      let high = observed.statistics[slot] + observed.tolerances[slot]
      for replicate in 0..<replicates {
        atLeast += found[replicate] >= low ? 1 : 0
        atMost += found[replicate] <= high ? 1 : 0
      }
    }
    var weights: [Double] = []
    sequences.forEachOwnCard(counts: neighbours.counts) { slot, own, replicate in
      observed.rows.read(slot, into: &weights)
      var wrong = 0.0
      var right = 0.0
      for (place, weight) in weights.enumerated() {
        let part = observed.part(slot, weight: weight, value: dealt[place * replicates + replicate])
        wrong += part
        let next = weights.count * replicates + replicate
        right += place == own ? observed.part(slot, weight: weight, value: dealt[next]) : part
      }
      counts.replace(slot, wrong: observed.compare(slot, wrong), right: observed.compare(slot, right))
    }
    return counts
  }
}

extension PermutationCounts {
  /// Sets every slot with neighbours from R sums that `sample` adds up in a buffer of zeros, and compares.
  fileprivate mutating func fillSampling(
    _ rows: WeightRows, _ neighbourCounts: [Int32], replicates: Int, threads: Int,
    _ sample:
      @Sendable (
        _ slot: Int, _ weights: [Double], _ found: UnsafeMutablePointer<Double>, _ atLeast: inout Int32,
        _ atMost: inout Int32
      ) -> Void
  ) {
    let count = count
    let pieces = threads > 1 ? max(1, min(count / 64, 16 * threads)) : 1
    let parts = mapConcurrently(pieces, threads: threads) { piece -> [(Int32, Int32)] in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: replicates) { found in
        guard let base = found.baseAddress else { return [] }
        var weights: [Double] = []
        return (count * piece / pieces..<count * (piece + 1) / pieces).map { slot in
          guard neighbourCounts[slot] > 0 else { return (-1, -1) }
          rows.read(slot, into: &weights)
          base.update(repeating: 0, count: replicates)
          var counts: (Int32, Int32) = (0, 0)
          sample(slot, weights, base, &counts.0, &counts.1)
          return counts
        }
      }
    }
    var slot = 0
    for part in parts {
      for (atLeast, atMost) in part {
        self.atLeast[slot] = atLeast
        self.atMost[slot] = atMost
        slot += 1
      }
    }
  }
}
