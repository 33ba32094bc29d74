/// Values as little-endian bytes behind a mark and a version, closed by a checksum: what caches are made of.
struct ByteWriter {
  private var bytes: [UInt8]

  /// - Parameter mark: 8 bytes that tell the kind of file.
  init(mark: String, version: UInt32) {
    bytes = Array(mark.utf8)
    put([version.littleEndian])
  }

  /// Values must be little-endian already.
  mutating func put<T: BitwiseCopyable>(_ values: [T]) { values.withUnsafeBytes { bytes.append(contentsOf: $0) } }

  mutating func put(_ text: String) {
    put([UInt32(text.utf8.count).littleEndian])
    bytes.append(contentsOf: text.utf8)
  }

  mutating func put(_ county: County) {
    for text in [county.code, county.name, county.cityCode, county.cityName, county.provinceName] { put(text) }
  }

  consuming func closed() -> [UInt8] {
    let sum = checksum(bytes[...])
    put([sum.littleEndian])
    return bytes
  }
}

/// FNV-1a over words of eight bytes: finds damage, is no defence against intent.
func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.withUnsafeBytes { raw in
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var position = 0
    while position + 8 <= raw.count {
      hash = (hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian) &* 0x100_0000_01B3
      position += 8
    }
    while position < raw.count {
      hash = (hash ^ UInt64(raw[position])) &* 0x100_0000_01B3
      position += 1
    }
    return hash
  }
}

/// Takes little-endian values from bytes; `nil` past the end.
struct ByteReader {
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  /// - Returns: `nil` for bytes with another mark, another version or a wrong checksum.
  init?(_ bytes: [UInt8], mark: String, version: UInt32) {
    guard bytes.count >= 20, bytes.starts(with: mark.utf8) else { return nil }
    self.bytes = bytes
    position = bytes.count - 8
    end = bytes.count - 8
    let sum = bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
    }
    position = 8
    guard sum == checksum(bytes.dropLast(8)), integer(UInt32.self) == version else { return nil }
  }

  var isAtEnd: Bool { position == end }

  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? { integers(type, 1)?.first }

  mutating func integers<T: FixedWidthInteger>(_ type: T.Type, _ count: Int) -> [T]? {
    let size = MemoryLayout<T>.size
    guard count >= 0, count <= (end - position) / size else { return nil }
    let start = position
    position += count * size
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { T(littleEndian: raw.loadUnaligned(fromByteOffset: start + $0 * size, as: T.self)) }
    }
  }

  mutating func text() -> String? {
    guard let count = integer(UInt32.self), Int(count) <= end - position else { return nil }
    defer { position += Int(count) }
    return String(decoding: bytes[position..<position + Int(count)], as: UTF8.self)
  }

  mutating func county() -> County? {
    guard let code = text(), let name = text(), let cityCode = text(), let cityName = text(), let province = text()
    else { return nil }
    return County(code: code, name: name, cityCode: cityCode, cityName: cityName, provinceName: province)
  }
}
