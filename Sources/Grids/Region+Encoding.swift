internal import Geometry

extension Region {
  /// Bumped when the layout below or the meaning of a share changes, so that caches are made anew.
  public static let encodingVersion: UInt32 = 1
  private static let mark = "HGREGION"

  /// The region as bytes: the same region gives the same bytes. Little-endian, closed by an FNV-1a checksum.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(mark: Self.mark, version: Self.encodingVersion)
    writer.put(name)
    writer.put([lattice.originX.bitPattern.littleEndian, lattice.originY.bitPattern.littleEndian])
    writer.put([lattice.sizeMetres.littleEndian])
    writer.put([
      UInt32(counties.count).littleEndian, UInt32(cells.count).littleEndian, UInt32(shares.count).littleEndian,
    ])
    for county in counties { writer.put(county) }
    writer.put(cells.map(\.column.littleEndian))
    writer.put(cells.map(\.row.littleEndian))
    writer.put(shareStarts.map(\.littleEndian))
    writer.put(shareCounties.map(\.littleEndian))
    writer.put(shares.map(\.bitPattern.littleEndian))
    return writer.closed()
  }

  /// Reads what `encoded()` wrote. - Returns: `nil` for other bytes, another version or a damaged file.
  public init?(decoding bytes: [UInt8]) {
    guard var reader = ByteReader(bytes, mark: Self.mark, version: Self.encodingVersion), let name = reader.text(),
      let x = reader.integer(UInt64.self), let y = reader.integer(UInt64.self), let size = reader.integer(Int32.self),
      size > 0, let countyCount = reader.integer(UInt32.self), let cellCount = reader.integer(UInt32.self),
      let shareCount = reader.integer(UInt32.self)
    else { return nil }
    var counties: [County] = []
    for _ in 0..<countyCount {
      guard let county = reader.county() else { return nil }
      counties.append(county)
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
}
