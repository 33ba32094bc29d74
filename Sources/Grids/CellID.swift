/// The permanent name of one grid cell, counted from the grid's fixed origin, such as `3000-1274-1305`.
///
/// It never changes with the region, the extent or the data. It is not a position in an array: that is a *slot*.
public struct CellID: Hashable, Sendable, Codable, CustomStringConvertible {
  public let sizeMetres: Int32
  public let column: Int32
  public let row: Int32

  public init(sizeMetres: Int32, column: Int32, row: Int32) {
    self.sizeMetres = sizeMetres
    self.column = column
    self.row = row
  }

  /// Reads `3000-1274-1305`; a negative column or row keeps its sign: `3000--2-5`.
  ///
  /// - Returns: `nil` for other text, and for a cell farther than ``farthestMetres`` from the grid's origin, whose
  ///   neighbours or children could not be counted.
  public init?(_ text: String) {
    var text = text
    guard let cell = text.withUTF8({ CellID(utf8: $0) }) else { return nil }
    self = cell
  }

  /// Once round the earth: no grid is larger.
  public static let farthestMetres: Int64 = 40_075_017

  /// Reads the same from bytes, without a string.
  public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
    var numbers: (Int64, Int64, Int64) = (0, 0, 0)
    var part = 0
    var k = 0
    while part < 3 {
      let isNegative = part > 0 && k < text.count && text[k] == 0x2D
      if isNegative { k += 1 }
      let first = k
      var number: Int64 = 0
      while k < text.count, text[k] &- 0x30 <= 9, k - first < 10 {
        number = number * 10 + Int64(text[k] - 0x30)
        k += 1
      }
      guard k > first else { return nil }
      if isNegative { number = -number }
      if part == 0 { numbers.0 = number } else if part == 1 { numbers.1 = number } else { numbers.2 = number }
      part += 1
      if part < 3 {
        guard k < text.count, text[k] == 0x2D else { return nil }
        k += 1
      }
    }
    guard k == text.count, let size = Int32(exactly: numbers.0), size > 0, let column = Int32(exactly: numbers.1),
      let row = Int32(exactly: numbers.2), max(abs(numbers.1), abs(numbers.2)) * numbers.0 <= Self.farthestMetres
    else { return nil }
    self.init(sizeMetres: size, column: column, row: row)
  }

  public var description: String { "\(sizeMetres)-\(column)-\(row)" }
}

extension CellID: Comparable {
  /// Canonical order of every output: size, then row from the south, then column from the west.
  public static func < (a: CellID, b: CellID) -> Bool {
    (a.sizeMetres, a.row, a.column) < (b.sizeMetres, b.row, b.column)
  }
}
