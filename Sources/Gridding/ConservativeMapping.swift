internal import Dispatch
public import Geometry
public import Grids

/// Pixels as quadrilaterals of the plane, as parallel arrays.
public struct PixelQuads: Sendable {
  /// Four corners per pixel, in order around it, projected metres.
  public var xs: [Double] = []
  public var ys: [Double] = []
  public var values: [Double] = []
  /// Quality weights, 0...1.
  public var weights: [Double] = []
  /// Standard errors in the unit of the values; NaN where not known.
  public var sigmas: [Double] = []

  public init() {}

  public var count: Int { values.count }

  public mutating func append(_ corners: [PlanePoint], value: Double, weight: Double = 1, sigma: Double = .nan) {
    precondition(corners.count == 4, "a pixel has four corners")
    for corner in corners {
      xs.append(corner.x)
      ys.append(corner.y)
    }
    values.append(value)
    weights.append(weight)
    sigmas.append(sigma)
  }
}

/// Why pixels were not mapped, with how many.
public struct PixelRefusals: Sendable, Equatable {
  public var withoutCorners = 0
  public var folded = 0
  public var degenerate = 0
  public var tooLarge = 0

  public init() {}

  public var total: Int { withoutCorners + folded + degenerate + tooLarge }

  /// Non-zero counts in words.
  public var statements: [String] {
    [
      (withoutCorners, "corners are not numbers"), (folded, "corners cross or fold over"), (degenerate, "no area"),
      (tooLarge, "wider than 1,000 km: across the antimeridian, or wrong corners"),
    ].filter { $0.0 > 0 }.map { "\($0.0) pixels refused: \($0.1)" }
  }
}

/// Conservative regridding of convex pixels onto the lattice.
///
/// For cell c and pixels p with area a_pc in common, quality q and standard error σ: value Σaqx / Σaq ("conservative
/// normed"), variance Σ(aqσ)² / (Σaq)², coverage Σa / |c| capped at 1. A pixel is cut by the rows and then the columns of
/// the lattice (Sutherland & Hodgman 1974, doi:10.1145/360767.360802), areas by the shoelace formula. Pixels are cut in
/// stretches of fixed size on all cores and added in file order, so sums do not depend on the number of threads.
public struct ConservativeMapping: Sendable {
  private let lattice: Lattice
  /// Pixels that do not touch this box are passed over.
  private let limits: PlaneBox?
  private var slotOfTile: [Int64: Int] = [:]
  private var tiles: [Tile] = []
  private var tileNames: [Int64] = []
  public private(set) var refusals = PixelRefusals()
  /// Pixels with a value and a positive weight that were mapped at least in part.
  public private(set) var mappedPixels = 0

  private static let tileSide: Int32 = 32

  private struct Tile: Sendable {
    var weight = [Double](repeating: 0, count: 1024)
    var weighted = [Double](repeating: 0, count: 1024)
    var squares = [Double](repeating: 0, count: 1024)
    var area = [Double](repeating: 0, count: 1024)
    var count = [Int32](repeating: 0, count: 1024)
  }

  private struct Piece {
    let pixel: Int32
    let column: Int32
    let row: Int32
    let area: Double
  }

  public init(lattice: Lattice, limits: PlaneBox? = nil) {
    self.lattice = lattice
    self.limits = limits
  }

  /// Adds pixels; those with a NaN value or no weight are passed over.
  public mutating func add(_ pixels: PixelQuads, threads: Int = 2) {
    let stretch = 4096
    let count = (pixels.count + stretch - 1) / stretch
    var parts = [(pieces: [Piece], refusals: PixelRefusals)](repeating: ([], PixelRefusals()), count: count)
    let (lattice, limits) = (lattice, limits)
    parts.withUnsafeMutableBufferPointer { buffer in
      // Each worker writes elements that no other touches.
      nonisolated(unsafe) let out = buffer
      let workers = max(1, min(threads, count))
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for part in stride(from: worker, to: count, by: workers) {
          out[part] = Self.cut(
            pixels, part * stretch..<min(pixels.count, (part + 1) * stretch), lattice: lattice, limits: limits)
        }
      }
    }
    for part in parts {
      refusals.withoutCorners += part.refusals.withoutCorners
      refusals.folded += part.refusals.folded
      refusals.degenerate += part.refusals.degenerate
      refusals.tooLarge += part.refusals.tooLarge
      var last: Int32 = -1
      for piece in part.pieces {
        if piece.pixel != last { mappedPixels += 1 }
        last = piece.pixel
        add(piece, pixels)
      }
    }
  }

  private mutating func add(_ piece: Piece, _ pixels: PixelQuads) {
    let tileColumn = piece.column >> 5
    let tileRow = piece.row >> 5
    let name = Int64(tileRow) << 32 | Int64(UInt32(bitPattern: tileColumn))
    let tile: Int
    if let known = slotOfTile[name] {
      tile = known
    } else {
      tile = tiles.count
      tiles.append(Tile())
      tileNames.append(name)
      slotOfTile[name] = tile
    }
    let slot = Int((piece.row & 31) << 5 | (piece.column & 31))
    let pixel = Int(piece.pixel)
    let weight = piece.area * pixels.weights[pixel]
    tiles[tile].weight[slot] += weight
    tiles[tile].weighted[slot] += weight * pixels.values[pixel]
    let error = weight * pixels.sigmas[pixel]
    tiles[tile].squares[slot] += error * error
    tiles[tile].area[slot] += piece.area
    tiles[tile].count[slot] += 1
  }

  /// The field of everything added so far; cells nothing touched are not in it.
  ///
  /// - Parameter smallestCoverage: Cells observed less than this are left out; slivers below 1e-9 always are.
  public func field(smallestCoverage: Double = 0) -> CellField {
    var found: [(cell: CellID, tile: Int, slot: Int)] = []
    let cellArea = Double(lattice.sizeMetres) * Double(lattice.sizeMetres)
    for (tile, name) in tileNames.enumerated() {
      let tileRow = Int32(truncatingIfNeeded: name >> 32)
      let tileColumn = Int32(truncatingIfNeeded: name)
      for slot in 0..<1024 where tiles[tile].area[slot] > max(1e-9, smallestCoverage) * cellArea {
        let cell = CellID(
          sizeMetres: lattice.sizeMetres, column: tileColumn << 5 | Int32(slot & 31),
          row: tileRow << 5 | Int32(slot >> 5))
        found.append((cell, tile, slot))
      }
    }
    found.sort { $0.cell < $1.cell }
    return CellField(
      cells: found.map(\.cell), values: found.map { tiles[$0.tile].weighted[$0.slot] / tiles[$0.tile].weight[$0.slot] },
      variances: found.map {
        tiles[$0.tile].squares[$0.slot] / (tiles[$0.tile].weight[$0.slot] * tiles[$0.tile].weight[$0.slot])
      },
      counts: found.map { tiles[$0.tile].count[$0.slot] },
      coverages: found.map { min(1, tiles[$0.tile].area[$0.slot] / cellArea) })
  }

  private static func cut(
    _ pixels: PixelQuads, _ range: Range<Int>, lattice: Lattice, limits: PlaneBox?
  ) -> (pieces: [Piece], refusals: PixelRefusals) {
    var pieces: [Piece] = []
    var refusals = PixelRefusals()
    var cutter = QuadCutter()
    let side = Double(lattice.sizeMetres)
    // Beyond 1e100 (an undeclared fill value) sums of areas and squares would overflow; NaN fails the comparison too.
    for pixel in range where pixels.values[pixel].magnitude < 1e100 && pixels.weights[pixel] > 0 {
      let x = pixels.xs[pixel * 4..<pixel * 4 + 4]
      let y = pixels.ys[pixel * 4..<pixel * 4 + 4]
      guard x.allSatisfy(\.isFinite), y.allSatisfy(\.isFinite) else {
        refusals.withoutCorners += 1
        continue
      }
      cutter.load(x, y, lattice)
      let spanX = cutter.maxX - cutter.minX
      let spanY = cutter.maxY - cutter.minY
      guard max(spanX, spanY) * side < 1e6 else {
        refusals.tooLarge += 1
        continue
      }
      if let limits {
        let minX = lattice.originX + cutter.minX * side
        let minY = lattice.originY + cutter.minY * side
        guard
          limits.intersects(
            PlaneBox(minX: minX, minY: minY, maxX: minX + spanX * side, maxY: minY + spanY * side))
        else { continue }
      }
      switch cutter.shape() {
      case .folded: refusals.folded += 1
      case .degenerate: refusals.degenerate += 1
      case .convex:
        cutter.cut { column, row, area in
          pieces.append(Piece(pixel: Int32(pixel), column: column, row: row, area: area * side * side))
        }
      }
    }
    return (pieces, refusals)
  }
}
