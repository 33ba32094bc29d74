public import Geometry

/// One level of the national lattice: squares of one size counted from a fixed origin.
public struct Lattice: Hashable, Sendable {
  /// West edge of column 0, projected metres.
  public let originX: Double
  /// South edge of row 0, projected metres.
  public let originY: Double
  /// Side of a cell, metres.
  public let sizeMetres: Int32

  public init(originX: Double, originY: Double, sizeMetres: Int32) {
    precondition(sizeMetres > 0, "a cell has a positive side")
    self.originX = originX
    self.originY = originY
    self.sizeMetres = sizeMetres
  }

  /// The cell that owns a point: west and south edges belong to a cell, east and north edges do not.
  ///
  /// - Returns: `nil` when the point is not finite or too far away to have a name.
  public func cell(at point: PlanePoint) -> CellID? {
    let column = ((point.x - originX) / Double(sizeMetres)).rounded(.down)
    let row = ((point.y - originY) / Double(sizeMetres)).rounded(.down)
    guard abs(column) < 1e9, abs(row) < 1e9 else { return nil }
    return CellID(sizeMetres: sizeMetres, column: Int32(column), row: Int32(row))
  }

  /// The square of a cell, projected metres.
  public func box(of cell: CellID) -> PlaneBox {
    precondition(cell.sizeMetres == sizeMetres, "cell \(cell) is not of this \(sizeMetres) m lattice")
    let side = Double(sizeMetres)
    let x = originX + Double(cell.column) * side
    let y = originY + Double(cell.row) * side
    return PlaneBox(minX: x, minY: y, maxX: x + side, maxY: y + side)
  }

  public func centre(of cell: CellID) -> PlanePoint {
    let box = box(of: cell)
    return PlanePoint(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2)
  }
}
