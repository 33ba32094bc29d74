internal import CGDAL
public import Diagnostics

/// A rectangle of a raster's cells, from its top left corner.
public struct RasterWindow: Hashable, Sendable {
  public var columns: Range<Int>
  public var rows: Range<Int>

  public init(columns: Range<Int>, rows: Range<Int>) {
    self.columns = columns
    self.rows = rows
  }

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
  public borrowing func windows(band: Int) -> [RasterWindow] {
    var blockWidth: Int32 = 0
    var blockHeight: Int32 = 0
    if let handle = bandHandle(band) { GDALGetBlockSize(handle, &blockWidth, &blockHeight) }
    let (tileWidth, tileHeight) = (max(1, Int(blockWidth)), max(1, Int(blockHeight)))
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

  /// Reads a window of a band: scale and offset applied, NaN where the file has no data.
  ///
  /// - Parameter band: From 1.
  /// - Returns: Row by row.
  /// - Throws: `Problem` for a band that is not there or a damaged file.
  public borrowing func read(band: Int, window: RasterWindow) throws(Problem) -> [Double] {
    guard let handle = bandHandle(band) else {
      throw Problem("\(path) has no band \(band)", remedy: "use 1...\(bandCount)", exitStatus: .usage)
    }
    precondition(
      window.rows.lowerBound >= 0 && window.rows.upperBound <= rows && window.columns.lowerBound >= 0
        && window.columns.upperBound <= columns, "a window outside the raster")
    var values = [Double](repeating: .nan, count: window.count)
    guard !values.isEmpty else { return values }
    let status = values.withUnsafeMutableBytes { buffer in
      GDALRasterIO(
        handle, GF_Read, Int32(window.columns.lowerBound), Int32(window.rows.lowerBound), Int32(window.columns.count),
        Int32(window.rows.count), buffer.baseAddress, Int32(window.columns.count), Int32(window.rows.count),
        GDT_Float64, 0, 0)
    }
    guard status == CE_None else {
      throw Problem(
        "cannot read rows \(window.rows.lowerBound + 1)-\(window.rows.upperBound) of \(path): "
          + GDALLibrary.takeMessage(), remedy: "the file is damaged or cut short; fetch it again")
    }
    unpack(handle, &values)
    return values
  }
}
