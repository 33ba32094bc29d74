/// Why a cell has no score.
public enum NoScore: String, Hashable, Sendable, CaseIterable {
  case tooFewCells = "fewer than 3 cells have a value"
  case allEqual = "all values are equal"
  case othersEqual = "all other values are equal"
  case othersAsFar = "all other values are equally far from the value"
  case noNeighbour = "no neighbour has a value"
  case everyoneIsNeighbour = "every cell is a neighbour"
  case valueIsMean = "the value equals the mean"
}

/// Standard deviates of a local statistic, one entry per slot.
public struct LocalScores: Sendable, Equatable {
  /// `nil` with a reason.
  public internal(set) var z: OptionalColumn
  /// `nil` where there is a z.
  public internal(set) var reasons: [NoScore?]

  /// - Precondition: There is a reason where z is absent, and none elsewhere.
  init(z: OptionalColumn, reasons: [NoScore?]) {
    self.z = z
    self.reasons = reasons
  }

  init(count: Int, reason: NoScore) {
    z = OptionalColumn(absent: count)
    reasons = [NoScore?](repeating: reason, count: count)
  }

  mutating func set(_ slot: Int, _ score: Double) {
    z[slot] = score
    reasons[slot] = nil
  }

  /// `score` gives a z or a reason for each slot; blocks of slots are shared among `threads`.
  init(count: Int, threads: Int, score: @Sendable (Int) -> Score) {
    self.init(count: count, reason: .noNeighbour)
    z.numbers.withUnsafeMutableBufferPointer { z in
      reasons.withUnsafeMutableBufferPointer { reasons in
        // Each block writes elements that no other touches.
        nonisolated(unsafe) let z = z
        nonisolated(unsafe) let reasons = reasons
        forEachBlock(count, threads: threads) { block in
          for slot in block {
            switch score(slot) {
            case .z(let deviate):
              z[slot] = deviate
              reasons[slot] = nil
            case .none(let reason): reasons[slot] = reason
            }
          }
        }
      }
    }
  }

  /// What a slot gets.
  enum Score {
    case z(Double)
    case none(NoScore)
  }
}
