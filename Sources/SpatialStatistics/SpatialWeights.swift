/// Neighbour lists with weights, as compressed rows: the general form, and the slow twin of ``LatticeNeighbours``.
///
/// A row may hold the slot itself; Gi* wants that, Gi and Moran's I do not.
public struct SpatialWeights: Sendable, Equatable {
  /// `starts[slot]..<starts[slot + 1]` are the entries of a slot; count is `count + 1`.
  public let starts: [Int]
  public let neighbours: [Int32]
  /// Finite; one per entry of `neighbours`.
  public let weights: [Double]

  public var count: Int { starts.count - 1 }

  public init(starts: [Int], neighbours: [Int32], weights: [Double]) {
    precondition(starts.first == 0 && starts.last == neighbours.count, "starts must span the neighbours")
    precondition(neighbours.count == weights.count, "one weight per neighbour")
    precondition(neighbours.allSatisfy { (0..<Int32(starts.count - 1)).contains($0) }, "a neighbour is a slot")
    self.starts = starts
    self.neighbours = neighbours
    self.weights = weights
  }

  /// Binary weights from lists of slots.
  public init(lists: [[Int32]]) {
    var starts = [0]
    for list in lists { starts.append((starts.last ?? 0) + list.count) }
    let neighbours = lists.flatMap { $0 }
    self.init(starts: starts, neighbours: neighbours, weights: [Double](repeating: 1, count: neighbours.count))
  }

  public func range(_ slot: Int) -> Range<Int> { starts[slot]..<starts[slot + 1] }

  /// The same rows without the slot itself, and how much each slot counts for itself: 1 where its row does not say.
  ///
  /// The second is `nil` where no row holds its slot.
  func withoutSelf() -> (others: SpatialWeights, own: [Double]?) {
    guard (0..<count).contains(where: { slot in range(slot).contains { neighbours[$0] == Int32(slot) } }) else {
      return (self, nil)
    }
    var own = [Double](repeating: 1, count: count)
    var starts = [0]
    var others: [Int32] = []
    var kept: [Double] = []
    for slot in 0..<count {
      for entry in range(slot) {
        if neighbours[entry] == Int32(slot) {
          own[slot] = weights[entry]
        } else {
          others.append(neighbours[entry])
          kept.append(weights[entry])
        }
      }
      starts.append(others.count)
    }
    return (SpatialWeights(starts: starts, neighbours: others, weights: kept), own)
  }

  /// The same weights with every slot its own neighbour too, of weight `selfWeight`, ahead of the others.
  public func includingSelf(weight selfWeight: Double = 1) -> SpatialWeights {
    var starts = [0]
    var neighbours: [Int32] = []
    var weights: [Double] = []
    for slot in 0..<count {
      neighbours.append(Int32(slot))
      weights.append(selfWeight)
      for entry in range(slot) where neighbours[starts[slot]] != self.neighbours[entry] {
        neighbours.append(self.neighbours[entry])
        weights.append(self.weights[entry])
      }
      starts.append(neighbours.count)
    }
    return SpatialWeights(starts: starts, neighbours: neighbours, weights: weights)
  }
}
