/// Why a cell has no score.
public enum NoScore: String, Hashable, Sendable, CaseIterable {
  case tooFewCells = "fewer than 3 cells have a value"
  case allEqual = "all values are equal"
  case othersEqual = "all other values are equal"
  case noNeighbour = "no neighbour has a value"
  case everyoneIsNeighbour = "every cell is a neighbour"
  case valueIsMean = "the value equals the mean"
}

/// Standard deviates of a local statistic, one entry per slot.
public struct LocalScores: Sendable, Equatable {
  /// `nil` with a reason.
  public internal(set) var z: [Double?]
  /// `nil` where there is a z.
  public internal(set) var reasons: [NoScore?]

  init(count: Int, reason: NoScore) {
    z = [Double?](repeating: nil, count: count)
    reasons = [NoScore?](repeating: reason, count: count)
  }

  mutating func set(_ slot: Int, _ score: Double) {
    z[slot] = score
    reasons[slot] = nil
  }
}
