/// How often chance did at least as well, for every slot.
public struct PermutationCounts: Sendable, Equatable {
  /// R: how often values were dealt.
  public let replicates: Int
  /// -1 where a cell has no neighbour or there is no variance.
  var atLeast: [Int32]
  var atMost: [Int32]

  /// How many of the R statistics were at least, and at most, the observed one; a tie counts in both.
  public struct Counts: Sendable, Hashable {
    public var atLeast: Int
    public var atMost: Int

    public init(atLeast: Int, atMost: Int) {
      self.atLeast = atLeast
      self.atMost = atMost
    }

    /// (1 + #≥)/(R + 1), (1 + #≤)/(R + 1), or min(1, 2(1 + min(#≥, #≤))/(R + 1)): never 0, because the observed
    /// arrangement is one of the possible ones (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585).
    public func p(_ alternative: Alternative, replicates: Int) -> Double {
      switch alternative {
      case .twoSided: min(1, 2 * Double(1 + min(atLeast, atMost)) / Double(replicates + 1))
      case .greater: Double(1 + atLeast) / Double(replicates + 1)
      case .less: Double(1 + atMost) / Double(replicates + 1)
      }
    }
  }

  /// No slot tested.
  init(replicates: Int, count: Int) {
    self.replicates = replicates
    atLeast = [Int32](repeating: -1, count: count)
    atMost = atLeast
  }

  public var count: Int { atLeast.count }

  /// - Returns: `nil` for a cell without neighbours and where all values are equal.
  public subscript(slot: Int) -> Counts? {
    atLeast[slot] < 0 ? nil : Counts(atLeast: Int(atLeast[slot]), atMost: Int(atMost[slot]))
  }

  /// p of every slot, never 0.
  public func p(_ alternative: Alternative = .twoSided) -> OptionalColumn {
    OptionalColumn(
      numbers: (0..<count).map { slot in self[slot]?.p(alternative, replicates: replicates) ?? .nan })
  }

  /// Counts of a statistic that falls where the counted one rises, in the slots for which `isReversed` holds.
  func reversed(where isReversed: (Int) -> Bool) -> PermutationCounts {
    var reversed = self
    for slot in 0..<count where isReversed(slot) {
      (reversed.atLeast[slot], reversed.atMost[slot]) = (atMost[slot], atLeast[slot])
    }
    return reversed
  }
}
