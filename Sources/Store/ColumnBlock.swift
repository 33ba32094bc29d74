internal import Diagnostics
internal import Foundation

/// Writes columns of numbers into one compressed, checksummed block.
///
/// Layout: `HGB1`, length and CRC-32 of the plain bytes (UInt32 little endian each), then a zlib stream. The plain bytes
/// are columns one after the other: a type letter, the element count (UInt32) and the elements with their bytes
/// transposed (all first bytes, all second bytes, ...), which makes neighbouring values compress well.
/// 32-bit integers are stored as differences, because they are mostly sorted.
struct ColumnBlockWriter {
  private var bytes: [UInt8] = []

  mutating func append(_ column: [Int32]) {
    var differences = column
    var previous: Int32 = 0
    for k in differences.indices {
      let value = differences[k]
      differences[k] = value &- previous
      previous = value
    }
    append(differences, type: "i")
  }

  mutating func append(_ column: [Int64]) { append(column, type: "l") }
  mutating func append(_ column: [UInt8]) { append(column, type: "b") }
  mutating func append(_ column: [UInt16]) { append(column, type: "s") }
  mutating func append(_ column: [Float]) { append(column, type: "f") }
  mutating func append(_ column: [Double]) { append(column, type: "d") }

  /// Texts as one run of UTF-8 with their lengths.
  mutating func append(_ column: [String]) {
    append(column.map { Int32($0.utf8.count) })
    append(column.flatMap { Array($0.utf8) })
  }

  private mutating func append<Element: BitwiseCopyable>(_ column: [Element], type: Unicode.Scalar) {
    let width = MemoryLayout<Element>.size
    let count = column.count
    bytes.append(UInt8(type.value))
    withUnsafeBytes(of: UInt32(count).littleEndian) { bytes.append(contentsOf: $0) }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count * width))
    bytes.withUnsafeMutableBufferPointer { out in
      column.withUnsafeBytes { source in
        for byte in 0..<width {
          var place = start + byte * count
          var offset = byte
          for _ in 0..<count {
            out[place] = source[offset]
            place += 1
            offset += width
          }
        }
      }
    }
  }

  /// The finished block.
  consuming func finish() -> Data {
    var block = Data("HGB1".utf8)
    withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { block.append(contentsOf: $0) }
    withUnsafeBytes(of: Deflate.checksum(bytes).littleEndian) { block.append(contentsOf: $0) }
    block.append(contentsOf: Deflate.compress(bytes))
    return block
  }
}

/// Reads back what ``ColumnBlockWriter`` wrote, in the same order.
struct ColumnBlockReader {
  private let bytes: [UInt8]
  private var position = 0
  private let name: String

  /// - Parameters:
  ///   - block: As stored.
  ///   - name: What the block holds, for the error.
  init(_ block: Data, name: String) throws(Problem) {
    self.name = name
    let plain: [UInt8]? = block.withUnsafeBytes { raw in
      guard raw.count >= 12, raw.prefix(4).elementsEqual("HGB1".utf8) else { return nil }
      let count = Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
      let checksum = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
      let plain = Deflate.decompress(UnsafeRawBufferPointer(rebasing: raw[12...]), count: count)
      return plain.flatMap { Deflate.checksum($0) == checksum ? $0 : nil }
    }
    guard let plain else { throw Self.damaged(name) }
    bytes = plain
  }

  /// Whether every column was read: later versions add columns at the end.
  var isAtEnd: Bool { position == bytes.count }

  mutating func int32s() throws(Problem) -> [Int32] {
    var column: [Int32] = try column("i")
    var previous: Int32 = 0
    for k in column.indices {
      previous = previous &+ column[k]
      column[k] = previous
    }
    return column
  }

  mutating func int64s() throws(Problem) -> [Int64] { try column("l") }
  mutating func uint8s() throws(Problem) -> [UInt8] { try column("b") }
  mutating func uint16s() throws(Problem) -> [UInt16] { try column("s") }
  mutating func floats() throws(Problem) -> [Float] { try column("f") }
  mutating func doubles() throws(Problem) -> [Double] { try column("d") }

  mutating func strings() throws(Problem) -> [String] {
    let lengths = try int32s()
    let text = try uint8s()
    var strings: [String] = []
    strings.reserveCapacity(lengths.count)
    var start = 0
    for length in lengths {
      guard length >= 0, start + Int(length) <= text.count else { throw Self.damaged(name) }
      strings.append(String(decoding: text[start..<start + Int(length)], as: UTF8.self))
      start += Int(length)
    }
    return strings
  }

  private mutating func column<Element: BitwiseCopyable>(_ type: Unicode.Scalar) throws(Problem) -> [Element] {
    let width = MemoryLayout<Element>.size
    guard position + 5 <= bytes.count, bytes[position] == UInt8(type.value) else { throw Self.damaged(name) }
    let offset = position + 1
    let count = bytes.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    let start = position + 5
    guard start + count * width <= bytes.count else { throw Self.damaged(name) }
    position = start + count * width
    return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      let out = UnsafeMutableRawBufferPointer(buffer)
      bytes.withUnsafeBufferPointer { source in
        for byte in 0..<width {
          var place = byte
          for k in start + byte * count..<start + byte * count + count {
            out[place] = source[k]
            place += width
          }
        }
      }
      filled = count
    }
  }

  static func damaged(_ name: String) -> Problem {
    Problem(
      "the stored \(name) is damaged: its checksum does not fit",
      remedy: "ingest the file again with --replace, or restore the workspace from a copy")
  }
}
