/// Running sums on cells, in tiles of 16 x 16 that exist where something was added.
///
/// Adding two of them adds every sum, so that stretches of pixels can be cut apart and put together in order.
struct TileSums: Sendable {
  /// What is summed over the pixels of a cell: a is the common area in cells, q the quality, x the value, σ its error.
  enum Plane: Int, CaseIterable {
    /// a q
    case weight
    /// a q x
    case weighted
    /// (a q σ)²
    case squares
    /// a q σ
    case errors
    /// a
    case area
    /// 1
    case count
  }

  static let slots = 256
  private static let stride = slots * Plane.allCases.count

  private var storage: [Double] = []
  /// Tile row and column of each tile, in order of appearance.
  private(set) var names: [Int64] = []
  private var tileOfName: [Int64: Int] = [:]
  private var lastName = Int64.min
  private var lastTile = 0

  @inline(__always)
  mutating func add(column: Int32, row: Int32, area: Double, value: Double, quality: Double, sigma: Double) {
    let name = Int64(row >> 4) << 32 | Int64(UInt32(bitPattern: column >> 4))
    if name != lastName { enter(name) }
    let at = lastTile * Self.stride + Int((row & 15) << 4 | (column & 15))
    let weight = area * quality
    let error = weight * sigma
    storage.withUnsafeMutableBufferPointer { sums in
      sums[at] += weight
      sums[at + Self.slots] += weight * value
      sums[at + 2 * Self.slots] += error * error
      sums[at + 3 * Self.slots] += error
      sums[at + 4 * Self.slots] += area
      sums[at + 5 * Self.slots] += 1
    }
  }

  private mutating func enter(_ name: Int64) {
    lastName = name
    if let tile = tileOfName[name] {
      lastTile = tile
      return
    }
    lastTile = names.count
    tileOfName[name] = lastTile
    names.append(name)
    storage.append(contentsOf: repeatElement(0, count: Self.stride))
  }

  /// Adds the sums of a later stretch of the same file.
  mutating func merge(_ other: TileSums) {
    for (tile, name) in other.names.enumerated() {
      enter(name)
      let (to, from) = (lastTile * Self.stride, tile * Self.stride)
      storage.withUnsafeMutableBufferPointer { mine in
        other.storage.withUnsafeBufferPointer { theirs in
          for k in 0..<Self.stride { mine[to + k] += theirs[from + k] }
        }
      }
    }
  }

  @inline(__always)
  func sum(_ plane: Plane, tile: Int, slot: Int) -> Double {
    storage[tile * Self.stride + plane.rawValue * Self.slots + slot]
  }
}
