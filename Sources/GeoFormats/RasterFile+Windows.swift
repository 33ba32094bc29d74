public import Diagnostics

/// A rectangle of a raster's cells, from its top left corner.
public struct RasterWindow: Hashable, Sendable {
  /// Cells from the left edge, from 0.
  public var columns: Range<Int>
  /// Cells from the top edge, from 0.
  public var rows: Range<Int>

  public init(columns: Range<Int>, rows: Range<Int>) {
    self.columns = columns
    self.rows = rows
  }

  /// Cells of the window.
  public var count: Int { columns.count * rows.count }

  /// The rows from the first to the last that has a value. - Returns: `nil` when none has.
  public func bounds(ofKnown values: [Double]) -> RasterWindow? {
    precondition(values.count == count, "one value per cell")
    guard let first = values.firstIndex(where: { !$0.isNaN }), let last = values.lastIndex(where: { !$0.isNaN }) else {
      return nil
    }
    let top = rows.lowerBound
    return RasterWindow(columns: columns, rows: top + first / columns.count..<top + last / columns.count + 1)
  }

  /// The values of some of its rows.
  public func rows(_ wanted: Range<Int>, of values: [Double]) -> [Double] {
    if wanted == rows { return values }
    let first = (wanted.lowerBound - rows.lowerBound) * columns.count
    return Array(values[first..<first + wanted.count * columns.count])
  }
}

extension RasterFile {
  /// Cells read at a time: 2 million, 16 MB as numbers.
  static let windowCells = 1 << 21

  /// Windows that cover the raster once, row bands first, cut along the file's own blocks so that none is decoded twice.
  ///
  /// - Throws: `Problem` when asking the file ends the reading process.
  public borrowing func windows(band: Int) throws(Problem) -> [RasterWindow] {
    let block = try blockSize(band: band)
    let (tileWidth, tileHeight) = (max(1, block.width), max(1, block.height))
    var width = columns
    var height = max(1, Self.windowCells / max(1, columns))
    if tileWidth < columns, tileHeight < rows {
      if columns * tileHeight <= 4 * Self.windowCells {
        height = max(tileHeight, height / tileHeight * tileHeight)
      } else {
        height = tileHeight
        width = max(tileWidth, Self.windowCells / tileHeight / tileWidth * tileWidth)
      }
    } else if width > 4 * Self.windowCells {
      (width, height) = (Self.windowCells, 1)
    }
    var found: [RasterWindow] = []
    for row in stride(from: 0, to: rows, by: height) {
      for column in stride(from: 0, to: columns, by: width) {
        found.append(
          RasterWindow(
            columns: column..<min(columns, column + width), rows: row..<min(rows, row + height)))
      }
    }
    return found
  }
}
