internal import Glibc
internal import Randomness
internal import Threads

/// Conditional permutation p: a cell keeps its value, its k neighbours get k values drawn without replacement from all
/// other cells, and the p counts how often their sum is at least, or at most, the one observed.
///
/// Gi, Gi* and local Moran's I are each monotone in that sum, so one count serves all three. The sum's distribution
/// depends on a cell only through its weights and through the exclusion of the cell's own value. So R sequences are drawn
/// once for the whole field (``ShuffledSequences``). Where every weight is 1, sums are sorted once per k and each cell is
/// looked up: about R·k + R log R per k + n log R instead of n·R·k. With other weights, and for local Geary's c, each cell
/// goes through the R samples, but nothing is drawn for it.
///
/// For each cell the p has exactly the distribution of the plain method; Monte Carlo errors of different cells are
/// correlated. ``independent(_:_:threads:)`` is the plain method.
public struct ConditionalPermutation: Sendable, Hashable {
  /// R: how often values are dealt.
  public let replicates: Int
  /// The same seed gives the same p on any number of threads.
  public let seed: UInt64

  public init(replicates: Int, seed: UInt64) {
    precondition(replicates > 0, "at least one permutation")
    self.replicates = replicates
    self.seed = seed
  }

  /// Replicates at least, and at most, as large as what was observed.
  public typealias Counts = PermutationCounts.Counts

  /// Two-sided p per slot. - Returns: `nil` for a cell without neighbours and where all values are equal.
  public func twoSidedP(_ values: [Double], _ neighbours: LatticeNeighbours) -> OptionalColumn {
    counts(values, neighbours).p(.twoSided)
  }

  /// Counts of the neighbours' sum, from shared sequences.
  ///
  /// - Complexity: where every weight is 1, O(R·k log R) for the tables and O(n log R) for the cells; memory 20 bytes
  ///   times R times the largest k. With other weights O(n·R·k).
  public func counts(
    _ values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1
  ) -> PermutationCounts {
    if !neighbours.isBinary { return weightedCounts(values, neighbours, threads: threads) }
    var counts = PermutationCounts(replicates: replicates, count: values.count)
    guard let observed = ObservedSums(values, neighbours, threads: threads) else { return counts }
    let sequences = ShuffledSequences(
      count: values.count, most: observed.most, replicates: replicates, seed: seed, threads: threads)
    let sums = sequences.prefixSums(of: observed.parts)
    let sorted = sortedSums(sums, counts: neighbours.counts, most: observed.most, threads: threads)
    let replicates = replicates
    counts.fill(threads: threads) { slot -> Counts? in
      let k = Int(neighbours.counts[slot])
      guard k > 0 else { return nil }
      return sorted[k].withUnsafeBufferPointer { sorted in
        let low = observed.sums[slot] - Int64(k)
        let below = sorted.count(below: low)
        var upTo = below
        while upTo < replicates, sorted[upTo] <= low + 2 * Int64(k) {
          upTo += 1
          // A long run of ties is not worth walking.
          if upTo - below == 16 { upTo = sorted.count(below: low + 2 * Int64(k) + 1) }
        }
        return Counts(atLeast: replicates - below, atMost: upTo)
      }
    }
    sequences.forEachOwnCard(counts: neighbours.counts) { slot, _, replicate in
      let k = Int(neighbours.counts[slot])
      let wrong = sums[k * replicates + replicate]
      let next = Int(sequences.cards[k * replicates + replicate])
      let right = wrong - observed.parts[slot] + observed.parts[next]
      let low = observed.sums[slot] - Int64(k)
      counts.replace(
        slot, wrong: (wrong >= low, wrong <= low + 2 * Int64(k)), right: (right >= low, right <= low + 2 * Int64(k)))
    }
    return counts
  }

  /// The R sums of each k that some cell has, ascending; empty for others.
  private func sortedSums(_ sums: [Int64], counts: [Int32], most: Int, threads: Int) -> [[Int64]] {
    var isUsed = [Bool](repeating: false, count: most + 1)
    for k in counts { isUsed[Int(k)] = true }
    isUsed[0] = false
    let used = isUsed
    return mapConcurrently(most + 1, threads: threads) { k in
      used[k] ? sums[k * replicates..<(k + 1) * replicates].sorted() : []
    }
  }

  /// Counts from R fresh samples for every cell, n·R·k draws: the slow twin, and the choice of who distrusts shared
  /// Monte Carlo errors.
  public func independent(
    _ values: [Double], _ neighbours: LatticeNeighbours, threads: Int = 1
  ) -> PermutationCounts {
    if !neighbours.isBinary { return weightedIndependent(values, neighbours, threads: threads) }
    var counts = PermutationCounts(replicates: replicates, count: values.count)
    guard let observed = ObservedSums(values, neighbours, threads: threads) else { return counts }
    counts.fillDealing(self, neighbours, threads: threads) { slot, cards in
      let k = Int64(cards.count)
      let sum = cards.reduce(0) { $0 &+ observed.parts[Int($1)] }
      return (sum >= observed.sums[slot] - k, sum <= observed.sums[slot] + k)
    }
    return counts
  }
}

extension PermutationCounts {
  /// Sets every slot, blocks of slots at a time.
  mutating func fill(threads: Int, _ counts: @Sendable (Int) -> Counts?) {
    atLeast.withUnsafeMutableBufferPointer { atLeast in
      atMost.withUnsafeMutableBufferPointer { atMost in
        // Each block writes elements that no other touches.
        nonisolated(unsafe) let atLeast = atLeast
        nonisolated(unsafe) let atMost = atMost
        forEachBlock(atLeast.count, threads: threads) { block in
          for slot in block {
            guard let counts = counts(slot) else { continue }
            atLeast[slot] = Int32(counts.atLeast)
            atMost[slot] = Int32(counts.atMost)
          }
        }
      }
    }
  }

  /// Deals R fresh samples to every slot with neighbours; `compare` says whether one is at least, and at most, what was
  /// observed. The sample is in the order of the slot's neighbours.
  mutating func fillDealing(
    _ permutation: ConditionalPermutation, _ neighbours: LatticeNeighbours, threads: Int,
    _ compare: @Sendable (_ slot: Int, _ cards: [Int32]) -> (atLeast: Bool, atMost: Bool)
  ) {
    let count = count
    let pieces = threads > 1 ? min(count, 4 * threads) : 1
    let parts = mapConcurrently(pieces, threads: threads) { piece -> [Counts?] in
      var deck = Deck(count: count)
      return (count * piece / pieces..<count * (piece + 1) / pieces).map { slot in
        let k = Int(neighbours.counts[slot])
        guard k > 0 else { return nil }
        var counts = Counts(atLeast: 0, atMost: 0)
        for replicate in 0..<permutation.replicates {
          var stream = RandomStream(seed: permutation.seed, slot: slot, replicate: replicate)
          deck.deal(k, from: &stream, without: slot)
          let found = compare(slot, deck.dealt)
          if found.atLeast { counts.atLeast += 1 }
          if found.atMost { counts.atMost += 1 }
        }
        return counts
      }
    }
    let all = parts.flatMap { $0 }
    fill(threads: threads) { all[$0] }
  }

  /// Takes one comparison back and counts another in its place.
  mutating func replace(_ slot: Int, wrong: (Bool, Bool), right: (Bool, Bool)) {
    atLeast[slot] += (right.0 ? 1 : 0) - (wrong.0 ? 1 : 0)
    atMost[slot] += (right.1 ? 1 : 0) - (wrong.1 ? 1 : 0)
  }
}

/// Values as whole numbers, so that sums are exact and do not depend on the order of addition.
///
/// A value is rounded to 2⁻⁵⁰ of the largest, so two sums of k values that are equal in truth differ by at most k units:
/// such sums count as ties, as they would on paper.
private struct ObservedSums: Sendable {
  let parts: [Int64]
  /// Sum of the neighbours' parts, the cell itself left out.
  let sums: [Int64]
  /// Largest number of neighbours.
  let most: Int

  init?(_ values: [Double], _ neighbours: LatticeNeighbours, threads: Int) {
    precondition(values.count == neighbours.count, "one value per cell")
    most = Int(neighbours.counts.max() ?? 0)
    guard most > 0, let first = values.first, values.contains(where: { $0 != first }) else { return nil }
    let largest = largestMagnitude(values)
    let bits = min(50, 61 - (Int.bitWidth - most.leadingZeroBitCount))
    let exponent = Int(bits - 1) - Int(largest.exponent)
    // Two factors, because one could overflow for tiny values.
    let half = scalbn(1, Int32(exponent / 2))
    let rest = scalbn(1, Int32(exponent - exponent / 2))
    let parts: [Int64] = filledByBlocks(values.count, threads: threads) { out, block in
      for slot in block { out[slot] = Int64((values[slot] * half * rest).rounded()) }
    }
    self.parts = parts
    sums = neighbours.sums(of: parts, threads: threads)
  }
}

extension UnsafeBufferPointer<Int64> {
  /// How many entries of an ascending, not empty list are smaller, without a branch that depends on them.
  @inline(__always)
  fileprivate func count(below bound: Int64) -> Int {
    var base = 0
    var length = count
    while length > 1 {
      let half = length / 2
      base += self[base + half - 1] < bound ? half : 0
      length -= half
    }
    return base + (self[base] < bound ? 1 : 0)
  }
}
