internal import Quantities

extension CellID {
  /// The coarser cell that holds this one; right west and south of the origin too.
  ///
  /// - Precondition: this cell's size divides `parentMetres`.
  public func parent(sizeMetres parentMetres: Int32) -> CellID {
    precondition(parentMetres % sizeMetres == 0, "\(sizeMetres) m does not divide \(parentMetres) m")
    let ratio = parentMetres / sizeMetres
    return CellID(
      sizeMetres: parentMetres, column: column.flooredQuotient(by: ratio), row: row.flooredQuotient(by: ratio))
  }

  /// The finer cells inside this one, in canonical order.
  ///
  /// - Precondition: `childMetres` divides this cell's size.
  public func children(sizeMetres childMetres: Int32) -> [CellID] {
    precondition(sizeMetres % childMetres == 0, "\(childMetres) m does not divide \(sizeMetres) m")
    let ratio = sizeMetres / childMetres
    return (0..<ratio).flatMap { y in
      (0..<ratio).map { x in
        CellID(sizeMetres: childMetres, column: column * ratio + x, row: row * ratio + y)
      }
    }
  }

  /// Cells at exactly `steps` king's moves, in canonical order: 8·steps of them, or the cell itself for 0.
  public func ring(_ steps: Int32) -> [CellID] { disk(steps).filter { distance(to: $0) == steps } }

  /// Cells up to `steps` king's moves away, the cell itself included, in canonical order.
  public func disk(_ steps: Int32) -> [CellID] {
    precondition(steps >= 0, "a disk has a radius")
    return (-steps...steps).flatMap { y in
      (-steps...steps).map { CellID(sizeMetres: sizeMetres, column: column + $0, row: row + y) }
    }
  }

  private func distance(to other: CellID) -> Int32 { max(abs(other.column - column), abs(other.row - row)) }
}
