internal import Geometry

extension Region {
  /// Bumped when the layout below or the meaning of a share changes, so that caches are made anew.
  public static let encodingVersion: UInt32 = 1
  private static let magic: [UInt8] = Array("HGREGION".utf8)

  /// The region as bytes: the same region gives the same bytes. Little-endian, closed by an FNV-1a checksum.
  public func encoded() -> [UInt8] {
    var bytes = Self.magic
    func put<T>(_ values: [T]) { values.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    func put(_ text: String) {
      put([UInt32(text.utf8.count).littleEndian])
      bytes.append(contentsOf: text.utf8)
    }
    put([Self.encodingVersion.littleEndian])
    put(name)
    put([lattice.originX.bitPattern.littleEndian, lattice.originY.bitPattern.littleEndian])
    put([lattice.sizeMetres.littleEndian])
    put([UInt32(counties.count).littleEndian, UInt32(cells.count).littleEndian, UInt32(shares.count).littleEndian])
    for county in counties {
      for text in [county.code, county.name, county.cityCode, county.cityName, county.provinceName] { put(text) }
    }
    put(cells.map(\.column.littleEndian))
    put(cells.map(\.row.littleEndian))
    put(shareStarts.map(\.littleEndian))
    put(shareCounties.map(\.littleEndian))
    put(shares.map(\.bitPattern.littleEndian))
    put([Self.checksum(bytes[...]).littleEndian])
    return bytes
  }

  /// Reads what `encoded()` wrote. - Returns: `nil` for other bytes, another version or a damaged file.
  public init?(decoding bytes: [UInt8]) {
    guard bytes.count > 16, Array(bytes.prefix(8)) == Self.magic else { return nil }
    var reader = ByteReader(bytes: bytes, position: 8, end: bytes.count - 8)
    var tail = ByteReader(bytes: bytes, position: bytes.count - 8, end: bytes.count)
    guard let sum = tail.integer(UInt64.self), sum == Self.checksum(bytes.dropLast(8)),
      reader.integer(UInt32.self) == Self.encodingVersion, let name = reader.text(),
      let x = reader.integer(UInt64.self), let y = reader.integer(UInt64.self), let size = reader.integer(Int32.self),
      size > 0, let countyCount = reader.integer(UInt32.self), let cellCount = reader.integer(UInt32.self),
      let shareCount = reader.integer(UInt32.self)
    else { return nil }
    var counties: [County] = []
    for _ in 0..<countyCount {
      guard let code = reader.text(), let countyName = reader.text(), let cityCode = reader.text(),
        let cityName = reader.text(), let province = reader.text()
      else { return nil }
      counties.append(
        County(code: code, name: countyName, cityCode: cityCode, cityName: cityName, provinceName: province))
    }
    guard let columns = reader.integers(Int32.self, Int(cellCount)),
      let rows = reader.integers(Int32.self, Int(cellCount)),
      let starts = reader.integers(Int32.self, Int(cellCount) + 1),
      let shareCounties = reader.integers(Int32.self, Int(shareCount)),
      let shares = reader.integers(UInt64.self, Int(shareCount)), reader.isAtEnd
    else { return nil }
    self.init(
      name: name,
      lattice: Lattice(originX: Double(bitPattern: x), originY: Double(bitPattern: y), sizeMetres: size),
      counties: counties,
      cells: (0..<Int(cellCount)).map { CellID(sizeMetres: size, column: columns[$0], row: rows[$0]) },
      shareStarts: starts, shareCounties: shareCounties, shares: shares.map(Double.init(bitPattern:)))
  }

  /// FNV-1a over words of eight bytes: finds damage, is no defence against intent.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
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
}

/// Takes little-endian values from bytes; `nil` past the end.
private struct ByteReader {
  let bytes: [UInt8]
  var position: Int
  let end: Int

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
}
