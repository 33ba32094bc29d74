/// The smallest rectangle of one lattice that holds a list of cells, laid out row by row, with an empty margin.
///
/// Neighbourhood sums over it are plain array arithmetic: a neighbour is a fixed step away, and an absent cell adds 0.
public struct LatticeWindow: Sendable {
  /// Empty columns and rows on every side, so that no neighbour falls outside the arrays.
  public let margin: Int
  /// Positions from one row to the next, margins included.
  public let stride: Int
  /// Rows, margins included.
  public let height: Int
  /// Position in the window of each slot of the cell list.
  public let positions: [Int32]
  /// Cell of position 0: the south-west corner of the margin.
  public let corner: CellID

  /// Positions in the window.
  public var size: Int { stride * height }

  /// - Parameters:
  ///   - cells: Strictly ascending, all of one size.
  ///   - margin: Steps to the farthest neighbour.
  ///   - maximumSize: Largest window worth filling; the default is 64 positions a cell, or 4 million if that is more.
  /// - Returns: `nil` when there are no cells, when they differ in size, or when they lie so far apart that the window
  ///   would be larger than `maximumSize`: neighbours are then better looked up one by one.
  public init?(cells: [CellID], margin: Int, maximumSize: Int? = nil) {
    precondition(margin >= 0, "a margin is not negative")
    guard let first = cells.first, let last = cells.last, first.sizeMetres == last.sizeMetres else { return nil }
    var west = first.column
    var east = first.column
    for cell in cells {
      west = min(west, cell.column)
      east = max(east, cell.column)
    }
    guard
      let frame = Frame(
        west: west, east: east, south: first.row, north: last.row, sizeMetres: first.sizeMetres, cells: cells.count,
        margin: margin, maximumSize: maximumSize)
    else { return nil }
    self.margin = margin
    stride = frame.stride
    height = frame.height
    corner = frame.corner
    let (stride, corner) = (frame.stride, frame.corner)
    positions = cells.map { cell in
      Int32((Int(cell.row) - Int(corner.row)) * stride + Int(cell.column) - Int(corner.column))
    }
  }

  /// Where a window lies, without its cells.
  public struct Frame: Sendable {
    /// Positions from one row to the next, margins included.
    public let stride: Int
    /// Rows, margins included.
    public let height: Int
    /// The south-west corner of the margin.
    public let corner: CellID

    /// - Parameters:
    ///   - west: Outermost columns and rows of the cells, as are the next three.
    ///   - cells: Their number.
    ///   - margin: Steps to the farthest neighbour.
    ///   - maximumSize: Largest window worth filling; the default is 64 positions a cell, or 4 million if that is more.
    /// - Returns: `nil` when the window would be larger.
    public init?(
      west: Int32, east: Int32, south: Int32, north: Int32, sizeMetres: Int32, cells: Int, margin: Int,
      maximumSize: Int? = nil
    ) {
      let stride = Int(east) - Int(west) + 1 + 2 * margin
      let height = Int(north) - Int(south) + 1 + 2 * margin
      let (size, isTooLarge) = stride.multipliedReportingOverflow(by: height)
      guard !isTooLarge, size <= min(maximumSize ?? max(4_000_000, 64 * cells), Int(Int32.max)),
        let column = Int32(exactly: Int(west) - margin), let row = Int32(exactly: Int(south) - margin)
      else { return nil }
      self.stride = stride
      self.height = height
      corner = CellID(sizeMetres: sizeMetres, column: column, row: row)
    }
  }

  /// Lays one value per slot into the window; absent cells hold `empty`.
  public func spread<Value>(_ values: [Value], empty: Value) -> [Value] {
    precondition(values.count == positions.count, "one value per cell")
    var dense = [Value](repeating: empty, count: size)
    dense.withUnsafeMutableBufferPointer { dense in
      for slot in 0..<positions.count { dense[Int(positions[slot])] = values[slot] }
    }
    return dense
  }

  /// 1 where the window has a cell, 0 elsewhere.
  public var presence: [UInt8] { spread([UInt8](repeating: 1, count: positions.count), empty: 0) }

  /// The slot of each position; -1 where there is no cell.
  public var slots: [Int32] { spread((0..<Int32(positions.count)).map { $0 }, empty: -1) }

  /// The position of a cell. - Returns: `nil` outside the window or for another size of cell.
  public func position(of cell: CellID) -> Int? {
    let column = Int(cell.column) - Int(corner.column)
    let row = Int(cell.row) - Int(corner.row)
    guard cell.sizeMetres == corner.sizeMetres, (0..<stride).contains(column), (0..<height).contains(row) else {
      return nil
    }
    return row * stride + column
  }
}
