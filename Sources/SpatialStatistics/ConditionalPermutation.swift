internal import Glibc

/// Conditional permutation p: a cell keeps its value, its k neighbours get k values drawn without replacement from all
/// other cells, and the p counts how often their sum is at least, or at most, the one observed.
///
/// Gi, Gi* and local Moran's I are each monotone in that sum, so one count serves all three. The sum's distribution
/// depends on a cell only through k and through the exclusion of the cell's own value. So R sequences are drawn once for
/// the whole field: the first k of a sequence are the sample for any cell with k neighbours, and where the cell itself is
/// among them, the next of the sequence takes its place, which leaves a uniform sample of the others. Sums are sorted
/// once per k and each cell is looked up: about R·k + R log R per k + n log R instead of n·R·k.
///
/// For each cell the p has exactly the distribution of the plain method; Monte Carlo errors of different cells are
/// correlated. ``independent(_:_:)`` is the plain method.
public struct ConditionalPermutation: Sendable, Hashable {
  /// R: how often values are dealt.
  public let replicates: Int
  public let seed: UInt64

  public init(replicates: Int, seed: UInt64) {
    precondition(replicates > 0, "at least one permutation")
    self.replicates = replicates
    self.seed = seed
  }

  /// How many of the R sums were at least, and at most, the observed one; a tie counts in both.
  public struct Counts: Sendable, Hashable {
    public var atLeast: Int
    public var atMost: Int

    public init(atLeast: Int, atMost: Int) {
      self.atLeast = atLeast
      self.atMost = atMost
    }

    /// min(1, 2(1 + min(#≥, #≤))/(R + 1)): never 0, because the observed arrangement is one of the possible ones
    /// (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585).
    public func twoSidedP(replicates: Int) -> Double {
      min(1, 2 * Double(1 + min(atLeast, atMost)) / Double(replicates + 1))
    }
  }

  /// Two-sided p per slot. - Returns: `nil` for a cell without neighbours and where all values are equal.
  public func twoSidedP(_ values: [Double], _ neighbours: LatticeNeighbours) -> [Double?] {
    counts(values, neighbours).map { $0?.twoSidedP(replicates: replicates) }
  }

  /// Counts from shared sequences.
  ///
  /// - Complexity: O(R·k log R) for the table and O(n log R) for the cells; memory 12 bytes times R times the largest k.
  public func counts(_ values: [Double], _ neighbours: LatticeNeighbours) -> [Counts?] {
    guard let observed = ObservedSums(values, neighbours) else { return values.map { _ in nil } }
    let table = SequenceTable(self, observed)
    var counts = [Counts?](repeating: nil, count: values.count)
    var slotsByNeighbours = [[Int]](repeating: [], count: observed.most + 1)
    for slot in values.indices { slotsByNeighbours[Int(neighbours.counts[slot])].append(slot) }
    for k in 1...observed.most where !slotsByNeighbours[k].isEmpty {
      let sorted = table.sums(k).sorted()
      for slot in slotsByNeighbours[k] {
        counts[slot] = table.counts(slot: slot, k: k, sorted: sorted, observed: observed)
      }
    }
    return counts
  }

  /// Counts from R fresh samples for every cell, n·R·k draws: the slow twin, and the choice of who distrusts shared
  /// Monte Carlo errors.
  public func independent(_ values: [Double], _ neighbours: LatticeNeighbours) -> [Counts?] {
    guard let observed = ObservedSums(values, neighbours) else { return values.map { _ in nil } }
    var deck = Deck(count: values.count)
    return values.indices.map { slot in
      let k = Int(neighbours.counts[slot])
      guard k > 0 else { return nil }
      var counts = Counts(atLeast: 0, atMost: 0)
      for replicate in 0..<replicates {
        var stream = RandomStream(seed: seed, slot: slot, replicate: replicate)
        var sum: Int64 = 0
        for card in deck.deal(k, from: &stream, without: slot) { sum += observed.parts[card] }
        if sum >= observed.sums[slot] - Int64(k) { counts.atLeast += 1 }
        if sum <= observed.sums[slot] + Int64(k) { counts.atMost += 1 }
      }
      return counts
    }
  }
}

/// Values as whole numbers, so that sums are exact and do not depend on the order of addition.
///
/// A value is rounded to 2⁻⁵⁰ of the largest, so two sums of k values that are equal in truth differ by at most k units:
/// such sums count as ties, as they would on paper.
private struct ObservedSums {
  let parts: [Int64]
  /// Sum of the neighbours' parts, the cell itself left out.
  let sums: [Int64]
  /// Largest number of neighbours.
  let most: Int

  init?(_ values: [Double], _ neighbours: LatticeNeighbours) {
    precondition(values.count == neighbours.count, "one value per cell")
    most = Int(neighbours.counts.max() ?? 0)
    guard most > 0, let first = values.first, values.contains(where: { $0 != first }) else { return nil }
    let largest = values.reduce(0) { max($0, abs($1)) }
    let bits = min(50, 61 - (Int.bitWidth - most.leadingZeroBitCount))
    let exponent = Int32(bits - 1 - Int(largest.exponent))
    let parts = values.map { Int64(scalbn($0, exponent).rounded()) }
    self.parts = parts
    sums = zip(neighbours.sumsWithSelf(of: parts), parts).map { $0 - $1 }
  }
}

/// A pack of slots dealt from the top and put back in order afterwards, at a cost that depends on the cards dealt only.
private struct Deck {
  private var cards: [Int32]
  private var swaps: [Int] = []
  private(set) var dealt: [Int] = []

  init(count: Int) { cards = (0..<Int32(count)).map { $0 } }

  /// Deals without replacement (Fisher and Yates's shuffle, stopped early), `without` one card if one is named.
  mutating func deal(_ number: Int, from stream: inout RandomStream, without absent: Int? = nil) -> [Int] {
    dealt.removeAll(keepingCapacity: true)
    swaps.removeAll(keepingCapacity: true)
    var top = 0
    if let absent {
      cards.swapAt(0, absent)
      top = 1
    }
    for place in top..<(top + number) {
      let other = place + Int(stream.number(below: UInt64(cards.count - place)))
      cards.swapAt(place, other)
      swaps.append(other)
      dealt.append(Int(cards[place]))
    }
    for (place, other) in zip(top..<(top + number), swaps).reversed() { cards.swapAt(place, other) }
    if let absent { cards.swapAt(0, absent) }
    return dealt
  }
}

/// R dealt sequences with their running sums, and where each slot turns up in them.
private struct SequenceTable {
  private let replicates: Int
  private let length: Int
  /// `cards[replicate * length + place]`
  private var cards: [Int32] = []
  /// Sum of the first `place` cards, at `replicate * length + place`; `length - 1` is the largest k.
  private var sums: [Int64] = []
  /// `starts[slot]..<starts[slot + 1]` in `places`, each a position in `cards`.
  private var starts: [Int]
  private var places: [Int]

  init(_ permutation: ConditionalPermutation, _ observed: ObservedSums) {
    replicates = permutation.replicates
    length = observed.most + 1
    let count = observed.parts.count
    cards.reserveCapacity(replicates * length)
    sums.reserveCapacity(replicates * length)
    var deck = Deck(count: count)
    for replicate in 0..<replicates {
      var stream = RandomStream(seed: permutation.seed, slot: -1, replicate: replicate)
      var sum: Int64 = 0
      for card in deck.deal(length, from: &stream) {
        cards.append(Int32(card))
        sums.append(sum)
        sum += observed.parts[card]
      }
    }
    starts = [Int](repeating: 0, count: count + 1)
    for card in cards { starts[Int(card) + 1] += 1 }
    for slot in 0..<count { starts[slot + 1] += starts[slot] }
    places = [Int](repeating: 0, count: cards.count)
    var next = starts
    for (place, card) in cards.enumerated() {
      places[next[Int(card)]] = place
      next[Int(card)] += 1
    }
  }

  func sums(_ k: Int) -> [Int64] { (0..<replicates).map { sums[$0 * length + k] } }

  func counts(slot: Int, k: Int, sorted: [Int64], observed: ObservedSums) -> ConditionalPermutation.Counts {
    let low = observed.sums[slot] - Int64(k)
    let high = observed.sums[slot] + Int64(k)
    var atLeast = replicates - sorted.count(below: low)
    var atMost = sorted.count(below: high + 1)
    for entry in starts[slot]..<starts[slot + 1] where places[entry] % length < k {
      // The cell itself was dealt among its k neighbours: the next card takes its place.
      let place = places[entry] / length * length + k
      let wrong = sums[place]
      let right = wrong - observed.parts[slot] + observed.parts[Int(cards[place])]
      atLeast += (right >= low ? 1 : 0) - (wrong >= low ? 1 : 0)
      atMost += (right <= high ? 1 : 0) - (wrong <= high ? 1 : 0)
    }
    return ConditionalPermutation.Counts(atLeast: atLeast, atMost: atMost)
  }
}

extension [Int64] {
  /// How many entries of a sorted array are smaller.
  fileprivate func count(below bound: Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
