public import Grids

/// The neighbours of every cell of a list, ready to be summed over many fields on the same cells.
///
/// Only cells of the list are neighbours: a cell without a value is nobody's neighbour, never a 0.
public struct LatticeNeighbours: Sendable {
  enum Layout: Sendable {
    /// Squares (queen, disk) are summed by rows and then by columns.
    case square(LatticeRuns, reach: Int)
    /// Any other shape is summed offset by offset, a run of cells at a time.
    case shape(LatticeRuns, [Neighbourhood.Offset], weights: [Double])
    /// Cells too far apart for a window, and lists from elsewhere.
    case lists(SpatialWeights)
  }

  let layout: Layout
  /// Where lists say how much a cell counts for itself; `nil` where that is 1 for every cell.
  let selfWeights: [Double]?
  /// Whether every weight is 1.
  public let isBinary: Bool
  /// Neighbours of each slot, the cell itself not counted.
  public let counts: [Int32]

  /// - Parameter cells: Strictly ascending, all of one size.
  public init(cells: [CellID], neighbourhood: Neighbourhood, threads: Int = 1) {
    self.init(cells: cells, neighbourhood: neighbourhood, maximumWindow: nil, threads: threads)
  }

  /// `maximumWindow` lets tests force the look-up by lists.
  init(cells: [CellID], neighbourhood: Neighbourhood, maximumWindow: Int?, threads: Int = 1) {
    selfWeights = nil
    isBinary = neighbourhood.isBinary
    guard let size = cells.first?.sizeMetres else {
      layout = .lists(SpatialWeights(lists: []))
      counts = []
      return
    }
    precondition(cells.last?.sizeMetres == size, "cells of two sizes have no common neighbours")
    let reach = neighbourhood.reach(sizeMetres: size)
    if let runs = LatticeRuns(cells: cells, margin: reach, maximumSize: maximumWindow, threads: threads) {
      switch neighbourhood {
      case .queen: layout = .square(runs, reach: 1)
      case .disk(let steps): layout = .square(runs, reach: steps)
      case .rook, .ring, .radius, .inverseDistance:
        let offsets = neighbourhood.offsets(sizeMetres: size)
        layout = .shape(runs, offsets, weights: offsets.map { neighbourhood.weight(of: $0) })
      }
    } else {
      precondition(zip(cells, cells.dropFirst()).allSatisfy { $0 < $1 }, "cells must ascend and not repeat")
      layout = .lists(neighbourhood.lists(of: cells))
    }
    counts = layout.counts(cells.count, threads: threads)
  }

  /// Neighbours from lists, such as those of a file.
  ///
  /// A slot in its own row counts for itself with that weight, where the statistic wants the cell itself; a slot that is
  /// not counts with weight 1.
  public init(_ weights: SpatialWeights) {
    let (others, own) = weights.withoutSelf()
    layout = .lists(others)
    let areOne = own?.allSatisfy { $0 == 1 } ?? true
    selfWeights = areOne ? nil : own
    isBinary = areOne && others.weights.allSatisfy { $0 == 1 }
    counts = (0..<others.count).map { Int32(others.range($0).count) }
  }

  /// Cells of the list, also those without neighbours.
  public var count: Int { counts.count }

  /// How much a cell counts for itself where the statistic wants the cell itself.
  func selfWeight(_ slot: Int) -> Double { selfWeights?[slot] ?? 1 }

  /// For each slot the weighted sum of `values` over the cell and its neighbours, always added in the same order.
  public func sumsWithSelf(of values: [Double], threads: Int = 1) -> [Double] {
    switch layout {
    case .square(let runs, let reach): runs.squareSums(of: values, reach: reach, threads: threads)
    case .shape(let runs, let offsets, let weights):
      runs.shapeSums(
        of: values, offsets: zip(offsets, weights).map { ($0.columns, $0.rows, $1) }, weighted: !isBinary,
        threads: threads)
    case .lists(let lists):
      filledByBlocks(count, threads: threads) { out, block in
        for slot in block { out[slot] = lists.sum(of: values, slot: slot, from: values[slot] * selfWeight(slot)) }
      }
    }
  }

  /// For each slot the weighted sum of `values` over its neighbours without the cell itself.
  public func sums(of values: [Double], threads: Int = 1) -> [Double] {
    if case .lists(let lists) = layout {
      return filledByBlocks(count, threads: threads) { out, block in
        for slot in block { out[slot] = lists.sum(of: values, slot: slot, from: 0) }
      }
    }
    let sums = sumsWithSelf(of: values, threads: threads)
    return filledByBlocks(count, threads: threads) { out, block in
      for slot in block { out[slot] = sums[slot] - values[slot] }
    }
  }

  /// For each slot the exact sum of whole numbers over the cell and its neighbours, every weight taken as 1.
  public func sumsWithSelf(of values: [Int64], threads: Int = 1) -> [Int64] {
    switch layout {
    case .square(let runs, let reach): runs.squareSums(of: values, reach: reach, threads: threads)
    case .shape(let runs, let offsets, _):
      runs.shapeSums(
        of: values, offsets: offsets.map { ($0.columns, $0.rows, 1) }, weighted: false, threads: threads)
    case .lists(let lists):
      filledByBlocks(count, threads: threads) { out, block in
        for slot in block {
          out[slot] = lists.range(slot).reduce(values[slot]) { $0 &+ values[Int(lists.neighbours[$1])] }
        }
      }
    }
  }

  /// The same without the cell itself.
  func sums(of values: [Int64], threads: Int) -> [Int64] {
    let sums = sumsWithSelf(of: values, threads: threads)
    return filledByBlocks(count, threads: threads) { out, block in
      for slot in block { out[slot] = sums[slot] &- values[slot] }
    }
  }

  /// W and S1 of each slot without the cell itself: the sum of its weights and of their squares.
  func weightSums(threads: Int) -> (weights: [Double], squares: [Double]) {
    if isBinary {
      let weights = counts.map(Double.init)
      return (weights, weights)
    }
    let ones = [Double](repeating: 1, count: count)
    let weights = sums(of: ones, threads: threads)
    return (weights, squared.sums(of: ones, threads: threads))
  }

  /// The same neighbours with the squares of their weights.
  var squared: LatticeNeighbours {
    if isBinary { return self }
    return switch layout {
    case .square: self
    case .shape(let runs, let offsets, let weights):
      LatticeNeighbours(
        layout: .shape(runs, offsets, weights: weights.map { $0 * $0 }), selfWeights: nil, counts: counts)
    case .lists(let lists):
      LatticeNeighbours(
        layout: .lists(
          SpatialWeights(
            starts: lists.starts, neighbours: lists.neighbours, weights: lists.weights.map { $0 * $0 })),
        selfWeights: selfWeights.map { $0.map { $0 * $0 } }, counts: counts)
    }
  }

  private init(layout: Layout, selfWeights: [Double]?, counts: [Int32]) {
    self.layout = layout
    self.selfWeights = selfWeights
    self.counts = counts
    isBinary = false
  }
}

extension LatticeNeighbours.Layout {
  fileprivate func counts(_ count: Int, threads: Int) -> [Int32] {
    switch self {
    case .square(let runs, let reach): return runs.squareCounts(reach: reach, threads: threads)
    case .shape(let runs, let offsets, _):
      let ones = [Int32](repeating: 1, count: count)
      return runs.shapeSums(
        of: ones, offsets: offsets.map { ($0.columns, $0.rows, 1) }, weighted: false, threads: threads
      ).map { $0 - 1 }
    case .lists(let lists): return (0..<lists.count).map { Int32(lists.range($0).count) }
    }
  }
}

extension SpatialWeights {
  @inline(__always)
  fileprivate func sum(of values: [Double], slot: Int, from start: Double) -> Double {
    range(slot).reduce(start) { $0 + weights[$1] * values[Int(neighbours[$1])] }
  }
}

extension Neighbourhood {
  /// Neighbour lists, found one by one: for cells too scattered for a window, and the twin in tests.
  ///
  /// - Parameter cells: Strictly ascending, all of one size.
  public func lists(of cells: [CellID]) -> SpatialWeights {
    guard let size = cells.first?.sizeMetres else { return SpatialWeights(lists: []) }
    let offsets = offsets(sizeMetres: size)
    let weightsOfOffsets = offsets.map { weight(of: $0) }
    var starts = [0]
    var neighbours: [Int32] = []
    var weights: [Double] = []
    for cell in cells {
      for (offset, weight) in zip(offsets, weightsOfOffsets) {
        guard let column = Int32(exactly: Int(cell.column) + offset.columns),
          let row = Int32(exactly: Int(cell.row) + offset.rows),
          let slot = cells.slot(of: CellID(sizeMetres: size, column: column, row: row))
        else { continue }
        neighbours.append(slot)
        weights.append(weight)
      }
      starts.append(neighbours.count)
    }
    return SpatialWeights(starts: starts, neighbours: neighbours, weights: weights)
  }
}

extension [CellID] {
  /// Where a cell is in a strictly ascending list.
  func slot(of cell: CellID) -> Int32? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < cell { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == cell ? Int32(low) : nil
  }
}
