/// The weights of each slot's neighbours one by one, in the order in which they are summed.
struct WeightRows: Sendable {
  private enum Source: Sendable {
    case lists(SpatialWeights)
    case offsets(steps: [Int], weights: [Double], isPresent: [Bool], positions: [Int32])
    /// Every weight is 1.
    case counts([Int32])
  }

  private let source: Source

  init(_ neighbours: LatticeNeighbours) {
    if neighbours.isBinary {
      source = .counts(neighbours.counts)
      return
    }
    switch neighbours.layout {
    case .square: source = .counts(neighbours.counts)
    case .lists(let lists): source = .lists(lists)
    case .shape(let runs, let offsets, let weights):
      var isPresent = [Bool](repeating: false, count: runs.stride * runs.height)
      var positions = [Int32](repeating: 0, count: runs.count)
      for row in 0..<runs.height {
        for run in runs.runs[runs.rowStarts[row]..<runs.rowStarts[row + 1]] {
          for k in 0..<run.count {
            let position = row * runs.stride + run.column + k
            isPresent[position] = true
            positions[run.slot + k] = Int32(position)
          }
        }
      }
      source = .offsets(
        steps: offsets.map { $0.rows * runs.stride + $0.columns }, weights: weights, isPresent: isPresent,
        positions: positions)
    }
  }

  /// Puts the weights of a slot's neighbours, the slot itself left out, into `row`.
  func read(_ slot: Int, into row: inout [Double]) {
    row.removeAll(keepingCapacity: true)
    switch source {
    case .lists(let lists): for entry in lists.range(slot) { row.append(lists.weights[entry]) }
    case .offsets(let steps, let weights, let isPresent, let positions):
      let position = Int(positions[slot])
      for k in steps.indices where isPresent[position + steps[k]] { row.append(weights[k]) }
    case .counts(let counts): for _ in 0..<counts[slot] { row.append(1) }
    }
  }
}
