/// Cuts delimited text into records (RFC 4180), fed block by block.
struct RecordSplitter {
  struct Record {
    /// First line, from 1.
    let line: Int
    let fields: [String]
    let text: String
    /// `false` when the file ended inside quotes.
    let isClosed: Bool
  }

  private let delimiter: UInt8
  private var line = 1
  /// Bytes of a record whose quotes are still open, and the line it began on.
  private var open: [UInt8] = []
  private var openLine = 1
  /// A record with open quotes longer than this is a stray quote, not a long field.
  private static let longestRecord = 1 << 20

  init(delimiter: UInt8) { self.delimiter = delimiter }

  /// - Parameter block: Whole lines, except at the end of the file.
  mutating func feed(_ block: [UInt8], _ take: (Record) throws -> Void) rethrows {
    var start = 0
    while start < block.count {
      let end = block[start...].firstIndex(of: 0x0A) ?? block.count
      if open.isEmpty { openLine = line }
      if open.isEmpty, !block[start..<end].contains(0x22) {
        try emit(block[start..<end], closed: true, take)
      } else {
        open += block[start..<end]
        let quotes = open.count { $0 == 0x22 }
        if quotes % 2 == 0 || open.count > Self.longestRecord {
          let record = open
          open = []
          try emit(record[...], closed: quotes % 2 == 0, take)
        } else {
          open.append(0x0A)
        }
      }
      line += 1
      start = end + 1
    }
  }

  /// Hands out what is left at the end of the file.
  mutating func finish(_ take: (Record) throws -> Void) rethrows {
    guard !open.isEmpty else { return }
    let record = open
    open = []
    try emit(record[...], closed: false, take)
  }

  private func emit(_ bytes: ArraySlice<UInt8>, closed: Bool, _ take: (Record) throws -> Void) rethrows {
    var bytes = bytes
    while bytes.last == 0x0D || bytes.last == 0x0A { bytes.removeLast() }
    // A line of spaces or of delimiters only is how spreadsheets write empty rows.
    guard bytes.contains(where: { $0 != 0x20 && $0 != delimiter }) else { return }
    try take(
      Record(
        line: openLine, fields: fields(bytes), text: String(decoding: bytes, as: UTF8.self), isClosed: closed))
  }

  private func fields(_ bytes: ArraySlice<UInt8>) -> [String] {
    var fields: [String] = []
    var field: [UInt8] = []
    var quoted = false
    var k = bytes.startIndex
    while k < bytes.endIndex {
      let byte = bytes[k]
      if quoted {
        if byte == 0x22 {
          if k + 1 < bytes.endIndex, bytes[k + 1] == 0x22 {
            field.append(0x22)
            k += 1
          } else {
            quoted = false
          }
        } else {
          field.append(byte)
        }
      } else if byte == 0x22, field.allSatisfy({ $0 == 0x20 }) {
        quoted = true
        field.removeAll(keepingCapacity: true)
      } else if byte == delimiter {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      } else {
        field.append(byte)
      }
      k += 1
    }
    fields.append(String(decoding: field, as: UTF8.self))
    return fields
  }
}
