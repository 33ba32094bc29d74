public import Grids

/// The neighbours of every cell of a list, ready to be summed over many fields on the same cells.
///
/// Only cells of the list are neighbours: a cell without a value is nobody's neighbour, never a 0.
public struct LatticeNeighbours: Sendable {
  fileprivate enum Layout: Sendable {
    /// Squares (queen, disk) are summed by rows and then by columns.
    case square(LatticeWindow, steps: Int)
    /// Any other shape is summed offset by offset, whole rows at a time.
    case shape(LatticeWindow, steps: [Int])
    /// Cells too far apart for a window.
    case lists(SpatialWeights)
  }

  fileprivate let layout: Layout
  public let neighbourhood: Neighbourhood
  /// Neighbours of each slot, the cell itself not counted.
  public let counts: [Int32]

  /// - Parameter cells: Strictly ascending, all of one size.
  public init(cells: [CellID], neighbourhood: Neighbourhood) {
    self.init(cells: cells, neighbourhood: neighbourhood, maximumWindow: nil)
  }

  /// `maximumWindow` lets tests force the look-up by lists.
  init(cells: [CellID], neighbourhood: Neighbourhood, maximumWindow: Int?) {
    precondition(zip(cells, cells.dropFirst()).allSatisfy { $0 < $1 }, "cells must ascend and not repeat")
    self.neighbourhood = neighbourhood
    guard let size = cells.first?.sizeMetres else {
      layout = .lists(SpatialWeights(lists: []))
      counts = []
      return
    }
    precondition(cells.last?.sizeMetres == size, "cells of two sizes have no common neighbours")
    let reach = neighbourhood.reach(sizeMetres: size)
    if let window = LatticeWindow(cells: cells, margin: reach, maximumSize: maximumWindow) {
      switch neighbourhood {
      case .queen: layout = .square(window, steps: 1)
      case .disk(let steps): layout = .square(window, steps: steps)
      case .rook, .ring, .radius:
        let offsets = neighbourhood.offsets(sizeMetres: size)
        layout = .shape(window, steps: offsets.map { $0.rows * window.stride + $0.columns })
      }
    } else {
      layout = .lists(neighbourhood.lists(of: cells))
    }
    counts = layout.sumsWithSelf([Int32](repeating: 1, count: cells.count)).map { $0 - 1 }
  }

  public var count: Int { counts.count }

  /// For each slot the sum of `values` over the cell and its neighbours, always added in the same order.
  public func sumsWithSelf(of values: [Double]) -> [Double] { layout.sumsWithSelf(values) }

  /// As above, exact.
  public func sumsWithSelf(of values: [Int64]) -> [Int64] { layout.sumsWithSelf(values) }
}

extension LatticeNeighbours.Layout {
  fileprivate func sumsWithSelf<Value: AdditiveArithmetic>(_ values: [Value]) -> [Value] {
    switch self {
    case .square(let window, let steps): squareSums(values, window, steps)
    case .shape(let window, let steps): shapeSums(values, window, steps)
    case .lists(let lists):
      values.indices.map { slot in
        lists.range(slot).reduce(values[slot]) { $0 + values[Int(lists.neighbours[$1])] }
      }
    }
  }

  /// Sums along rows first, then along columns: 4 additions a cell for queen instead of 8.
  private func squareSums<Value: AdditiveArithmetic>(
    _ values: [Value], _ window: LatticeWindow, _ reach: Int
  ) -> [Value] {
    let dense = window.spread(values, empty: .zero)
    let stride = window.stride
    var alongRows = [Value](repeating: .zero, count: window.size)
    var sums = [Value](repeating: .zero, count: values.count)
    dense.withUnsafeBufferPointer { dense in
      alongRows.withUnsafeMutableBufferPointer { alongRows in
        for step in -reach...reach {
          for position in reach..<(dense.count - reach) { alongRows[position] += dense[position + step] }
        }
        for slot in 0..<values.count {
          let position = Int(window.positions[slot])
          var sum = alongRows[position - reach * stride]
          for step in (1 - reach)...reach { sum += alongRows[position + step * stride] }
          sums[slot] = sum
        }
      }
    }
    return sums
  }

  private func shapeSums<Value: AdditiveArithmetic>(
    _ values: [Value], _ window: LatticeWindow, _ steps: [Int]
  ) -> [Value] {
    let dense = window.spread(values, empty: .zero)
    var total = dense
    let first = window.margin * window.stride + window.margin
    let last = window.size - first
    dense.withUnsafeBufferPointer { dense in
      total.withUnsafeMutableBufferPointer { total in
        for step in steps {
          for position in first..<max(first, last) { total[position] += dense[position + step] }
        }
      }
    }
    return window.positions.map { total[Int($0)] }
  }
}

extension Neighbourhood {
  /// Binary neighbour lists, found one by one: for cells too scattered for a window, and the twin in tests.
  ///
  /// - Parameter cells: Strictly ascending, all of one size.
  public func lists(of cells: [CellID]) -> SpatialWeights {
    guard let size = cells.first?.sizeMetres else { return SpatialWeights(lists: []) }
    let offsets = offsets(sizeMetres: size)
    return SpatialWeights(
      lists: cells.map { cell in
        offsets.compactMap { offset in
          guard let column = Int32(exactly: Int(cell.column) + offset.columns),
            let row = Int32(exactly: Int(cell.row) + offset.rows)
          else { return nil }
          return cells.slot(of: CellID(sizeMetres: size, column: column, row: row))
        }
      })
  }
}

extension [CellID] {
  /// Position of a cell in an ascending list.
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
