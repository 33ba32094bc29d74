/// Values on cells, as parallel arrays in canonical ``CellID`` order. A cell without a value is not in it.
public struct CellField: Sendable, Equatable {
  /// Strictly ascending, all of one size.
  public private(set) var cells: [CellID]
  /// In the unit of the quantity; finite.
  public private(set) var values: [Double]
  /// Variance of `values`, unit squared; NaN where it is not known.
  public private(set) var variances: [Double]
  /// Readings or pixels behind each value.
  public private(set) var counts: [Int32]
  /// Share of the cell that was observed, 0...1; NaN for point readings, where it has no meaning.
  public private(set) var coverages: [Double]

  /// - Precondition: equal lengths; `cells` strictly ascending; `values` finite.
  public init(cells: [CellID], values: [Double], variances: [Double], counts: [Int32], coverages: [Double]) {
    precondition(
      cells.count == values.count && cells.count == variances.count && cells.count == counts.count
        && cells.count == coverages.count, "one entry per cell in every array")
    precondition(zip(cells, cells.dropFirst()).allSatisfy { $0 < $1 }, "cells must ascend and not repeat")
    precondition(values.allSatisfy(\.isFinite), "a cell without a value is left out, not NaN")
    self.cells = cells
    self.values = values
    self.variances = variances
    self.counts = counts
    self.coverages = coverages
  }

  public var count: Int { cells.count }
}
