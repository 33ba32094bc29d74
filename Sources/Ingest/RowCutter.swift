/// Finds the fields of one row after the other in a block of whole lines, eight bytes at a time.
struct RowCutter: ~Copyable {
  private let delimiter: UInt8
  /// Columns kept; further ones are passed over.
  private let columns: Int
  /// Bounds of field `k` are `bounds[2k]` and `bounds[2k + 1]`, offsets in the block.
  private let bounds: UnsafeMutablePointer<Int32>
  /// Fields of the row, at most `columns`.
  private(set) var count = 0
  private(set) var start = 0
  /// Without the carriage return.
  private(set) var end = 0
  /// Beginning of the next row.
  private(set) var next = 0
  /// Whether quotes are closed at the row's end.
  private(set) var isClosed = true

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// - Parameter delimiter: Comma, tab or semicolon.
  init(delimiter: UInt8, columns: Int) {
    self.delimiter = delimiter
    self.columns = columns
    bounds = .allocate(capacity: 2 * columns)
  }

  deinit { bounds.deallocate() }

  @inline(__always)
  func lower(_ column: Int) -> Int { Int(bounds[2 * column]) }
  @inline(__always)
  func upper(_ column: Int) -> Int { Int(bounds[2 * column + 1]) }

  /// Without spaces and quotes around it.
  @inline(__always)
  func bare(_ column: Int, _ text: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = lower(column)
    var end = upper(column)
    while start < end, text[start] == 0x20 || text[start] == 0x22 { start += 1 }
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x22 { end -= 1 }
    return UnsafeBufferPointer(start: text + start, count: end - start)
  }

  @inline(__always)
  func field(_ column: Int, _ text: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text + lower(column), count: upper(column) - lower(column))
  }

  /// Cuts the row that begins at `start`; the block ends with a line break and has eight readable bytes behind it.
  mutating func cut(_ text: UnsafePointer<UInt8>, from start: Int) {
    self.start = start
    isClosed = true
    count = 0
    guard delimiter <= 0x2C else { return cutSlowly(text) }
    let raw = UnsafeRawPointer(text)
    var fieldStart = start
    var k = start
    while true {
      let word = raw.loadUnaligned(fromByteOffset: k, as: UInt64.self)
      // High bits where a byte is below 0x2D; ones above the first may be wrong and are looked at again below.
      var hits = (word &- 0x2D &* Self.ones) & ~word & Self.highBits
      while hits != 0 {
        let place = k + hits.trailingZeroBitCount >> 3
        let byte = text[place]
        if byte == delimiter {
          if count < columns {
            bounds[2 * count] = Int32(truncatingIfNeeded: fieldStart)
            bounds[2 * count + 1] = Int32(truncatingIfNeeded: place)
            count += 1
          }
          fieldStart = place + 1
        } else if byte == 0x0A {
          return close(text, fieldStart, place)
        } else if byte == 0x22 {
          return cutSlowly(text)
        }
        hits &= hits &- 1
      }
      k += 8
    }
  }

  /// Byte by byte, for quotes and for delimiters above the comma.
  private mutating func cutSlowly(_ text: UnsafePointer<UInt8>) {
    count = 0
    var fieldStart = start
    var quoted = false
    var k = start
    while text[k] != 0x0A {
      if text[k] == 0x22 {
        quoted.toggle()
      } else if text[k] == delimiter, !quoted {
        if count < columns {
          bounds[2 * count] = Int32(truncatingIfNeeded: fieldStart)
          bounds[2 * count + 1] = Int32(truncatingIfNeeded: k)
          count += 1
        }
        fieldStart = k + 1
      }
      k += 1
    }
    isClosed = !quoted
    close(text, fieldStart, k)
  }

  private mutating func close(_ text: UnsafePointer<UInt8>, _ fieldStart: Int, _ newline: Int) {
    next = newline + 1
    end = newline > start && text[newline - 1] == 0x0D ? newline - 1 : newline
    guard count < columns else { return }
    bounds[2 * count] = Int32(truncatingIfNeeded: fieldStart)
    bounds[2 * count + 1] = Int32(truncatingIfNeeded: max(fieldStart, end))
    count += 1
  }
}
