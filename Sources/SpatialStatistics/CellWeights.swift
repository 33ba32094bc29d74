public import Grids

/// Who is whose neighbour among named cells, such as a GAL or GWT file says it.
public struct CellWeights: Sendable, Equatable {
  /// Strictly ascending.
  public let cells: [CellID]
  /// One row per cell, in the order of `cells`; a row may hold the cell itself.
  public let weights: SpatialWeights

  /// - Precondition: `cells` ascend strictly and there is a row for each.
  public init(cells: [CellID], weights: SpatialWeights) {
    precondition(cells.count == weights.count, "one row per cell")
    precondition(zip(cells, cells.dropFirst()).allSatisfy { $0 < $1 }, "cells must ascend and not repeat")
    self.cells = cells
    self.weights = weights
  }

  /// How many of some cells have a place in the lists, and how many of the lists' cells are not among them.
  ///
  /// - Parameter field: Strictly ascending.
  public func rows(of field: [CellID]) -> (found: Int, unused: Int) {
    var (own, found) = (0, 0)
    for cell in field {
      while own < cells.count, cells[own] < cell { own += 1 }
      if own < cells.count, cells[own] == cell { found += 1 }
    }
    return (found, cells.count - found)
  }

  /// The rows of some cells, with the neighbours that are among them; a cell without a row has no neighbours.
  ///
  /// - Parameter field: Strictly ascending.
  public func weights(for field: [CellID]) -> SpatialWeights {
    if field == cells { return weights }
    // Where each cell of the lists is in the field; -1 where it has no value.
    var places = [Int32](repeating: -1, count: cells.count)
    var rows = [Int](repeating: -1, count: field.count)
    var own = 0
    for (slot, cell) in field.enumerated() {
      while own < cells.count, cells[own] < cell { own += 1 }
      if own < cells.count, cells[own] == cell {
        places[own] = Int32(slot)
        rows[slot] = own
      }
    }
    var starts = [0]
    var neighbours: [Int32] = []
    var kept: [Double] = []
    for row in rows {
      if row >= 0 {
        for entry in weights.range(row) where places[Int(weights.neighbours[entry])] >= 0 {
          neighbours.append(places[Int(weights.neighbours[entry])])
          kept.append(weights.weights[entry])
        }
      }
      starts.append(neighbours.count)
    }
    return SpatialWeights(starts: starts, neighbours: neighbours, weights: kept)
  }
}
