public import Diagnostics
public import Geometry
public import Grids

/// Cells of a coarse level that a finer level is wanted inside of.
public struct ChosenCells: Sendable {
  /// Ascending, all of one size.
  public let cells: [CellID]

  /// - Precondition: All of one size; order and repeats do not matter.
  public init(_ cells: [CellID]) {
    self.cells = Array(Set(cells)).sorted()
    precondition(self.cells.first?.sizeMetres == self.cells.last?.sizeMetres, "cells of one size")
  }

  /// Reads the `cell` column of any table, such as a cells file or a hot-cells file.
  ///
  /// - Throws: `Problem` when no row names a cell, or when cells differ in size.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<ChosenCells> {
    var cells: [CellID] = []
    let column = TableColumn("cell", aliases: ["cell_id", "id"])
    let facts = try readRows(path: path, columns: [column], options: options) { row throws(RowDefect) in
      guard let cell = CellID(row[0]) else { throw RowDefect("cell is not a cell id such as 3000-1274-1305") }
      guard cells.first.map({ $0.sizeMetres == cell.sizeMetres }) ?? true else {
        throw RowDefect("cell is of another size than the first")
      }
      cells.append(cell)
    }
    guard !cells.isEmpty else {
      throw Problem(
        "no row names a cell", at: SourcePlace(file: path), remedy: "give a table with a column cell: 3000-1274-1305")
    }
    return facts.result(ChosenCells(cells), kept: cells.count)
  }

  /// The smallest box around them, projected metres; `nil` when there are none.
  /// - Throws: `Problem` (usage) for a size the grid does not have.
  public func box(on grid: Grid) throws(Problem) -> PlaneBox? {
    guard let first = cells.first else { return nil }
    let lattice = try grid.lattice(sizeMetres: first.sizeMetres)
    var box = lattice.box(of: first)
    for cell in cells {
      let next = lattice.box(of: cell)
      box = PlaneBox(
        minX: min(box.minX, next.minX), minY: min(box.minY, next.minY), maxX: max(box.maxX, next.maxX),
        maxY: max(box.maxY, next.maxY))
    }
    return box
  }

  /// Whether a cell, or the coarse cell it lies in, is one of them.
  public func contains(_ cell: CellID) -> Bool {
    guard let size = cells.first?.sizeMetres, cell.sizeMetres <= size, size % cell.sizeMetres == 0 else { return false }
    let parent = cell.parent(sizeMetres: size)
    var (low, high) = (0, cells.count)
    while low < high {
      let middle = (low + high) / 2
      if cells[middle] < parent { low = middle + 1 } else { high = middle }
    }
    return low < cells.count && cells[low] == parent
  }

  /// The part of a field inside them.
  public func part(of field: CellField) -> CellField {
    let slots = field.cells.indices.filter { contains(field.cells[$0]) }
    return CellField(
      cells: slots.map { field.cells[$0] }, values: slots.map { field.values[$0] },
      variances: slots.map { field.variances[$0] }, counts: slots.map { field.counts[$0] },
      coverages: slots.map { field.coverages[$0] })
  }
}
