internal import Diagnostics
internal import Geometry

/// Positions of a table's rows: parsed row by row, converted to WGS 84 together.
struct PositionColumns {
  private let reference: CoordinateReference
  private(set) var declared: [DeclaredPosition?] = []

  init(reference: CoordinateReference?) { self.reference = reference ?? .wgs84 }

  /// - Returns: `nil` when both coordinates are empty.
  func parse(x: String, y: String, crs: String) throws(RowDefect) -> DeclaredPosition? {
    if x.isEmpty && y.isEmpty { return nil }
    guard let x = Double(x), let y = Double(y), x.isFinite, y.isFinite else {
      throw RowDefect("longitude or latitude is not a number")
    }
    var reference = self.reference
    if !crs.isEmpty {
      guard let named = CoordinateReference(crs) else { throw RowDefect("crs is not known") }
      reference = named
    }
    if reference.isGeographic {
      if (3...54).contains(x), (73...136).contains(y) { throw RowDefect("longitude and latitude are swapped") }
      guard abs(x) <= 180, abs(y) <= 90 else { throw RowDefect("longitude or latitude is out of range") }
      if x == 0 && y == 0 { throw RowDefect("position is 0, 0") }
    }
    return DeclaredPosition(x: x, y: y, reference: reference)
  }

  /// Keeps a parsed position; its slot is the number of positions before it.
  mutating func append(_ position: DeclaredPosition?) { declared.append(position) }

  /// WGS 84 of every position, in their order.
  ///
  /// - Throws: When PROJ does not know a reference, or a position lies where it cannot be converted.
  func converted() throws -> [LonLat?] {
    var result = [LonLat?](repeating: nil, count: declared.count)
    var references: [CoordinateReference] = []
    for case let position? in declared where !references.contains(position.reference) {
      references.append(position.reference)
    }
    for reference in references {
      let converter = try PositionConverter(from: reference)
      for (slot, position) in declared.enumerated() {
        guard let position, position.reference == reference else { continue }
        result[slot] = try converter.wgs84(x: position.x, y: position.y)
      }
    }
    return result
  }
}

extension CoordinateReference {
  /// Whether x and y are certainly degrees.
  var isGeographic: Bool {
    switch self {
    case .wgs84, .cgcs2000, .gcj02, .bd09: true
    case .proj: false
    }
  }
}
