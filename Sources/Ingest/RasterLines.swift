internal import Diagnostics
internal import Dispatch
internal import GeoFormats
internal import Geometry
internal import Gridding
internal import Grids

/// Turns the declared coordinates of a raster into cells of a lattice, on several threads.
final class RasterLines {
  /// One per thread: a PROJ transformation may not be shared.
  private final class Converter {
    let converter: PositionConverter
    init(_ reference: CoordinateReference) throws(Problem) { converter = try PositionConverter(from: reference) }
  }

  private let converters: [Converter]
  private let isGeographic: Bool
  private let projection: EqualAreaProjection
  private let lattice: Lattice
  /// An edge may stray from the true curve by this share of a cell's side.
  private static let strayCells = 1e-4

  init(reference: CoordinateReference, grid: Grid, lattice: Lattice, threads: Int) throws(Problem) {
    var converters: [Converter] = []
    for _ in 0..<max(1, threads) { converters.append(try Converter(reference)) }
    self.converters = converters
    if case .proj(let text) = reference {
      isGeographic = CoordinateSystemFacts(text)?.isGeographic ?? false
    } else {
      isGeographic = true
    }
    projection = grid.projection
    self.lattice = lattice
  }

  /// Declared coordinates to WGS 84 degrees; NaN where there is no position.
  func positions(xs: [Double], ys: [Double]) -> [LonLat] {
    var (xs, ys) = (xs, ys)
    degrees(&xs, &ys, converters[0])
    return zip(xs, ys).map { LonLat(longitude: $0, latitude: $1) }
  }

  /// Declared coordinates to cells from the lattice's origin, in place; NaN where there is no position.
  func cells(xs: inout [Double], ys: inout [Double]) {
    let stretch = 16_384
    let count = (xs.count + stretch - 1) / stretch
    let workers = min(converters.count, max(1, count))
    guard workers > 1 else { return stretchCells(&xs, &ys, converters[0]) }
    let total = xs.count
    xs.withUnsafeMutableBufferPointer { xs in
      ys.withUnsafeMutableBufferPointer { ys in
        // Each worker writes elements that no other touches, with a converter of its own.
        nonisolated(unsafe) let (outX, outY) = (xs, ys)
        nonisolated(unsafe) let this = self
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
          for part in Swift.stride(from: worker, to: count, by: workers) {
            let range = part * stretch..<min(total, (part + 1) * stretch)
            var (x, y) = (Array(outX[range]), Array(outY[range]))
            this.stretchCells(&x, &y, this.converters[worker])
            for k in range { (outX[k], outY[k]) = (x[k - range.lowerBound], y[k - range.lowerBound]) }
          }
        }
      }
    }
  }

  private func degrees(_ xs: inout [Double], _ ys: inout [Double], _ converter: Converter) {
    if isGeographic {
      // Grids of longitudes 0...360 lie as well on -180...180.
      for k in xs.indices where xs[k] > 180 && xs[k] <= 360.000_001 { xs[k] -= 360 }
    }
    converter.converter.wgs84(xs: &xs, ys: &ys)
  }

  private func stretchCells(_ xs: inout [Double], _ ys: inout [Double], _ converter: Converter) {
    degrees(&xs, &ys, converter)
    projection.forward(xs: &xs, ys: &ys)
    let side = Double(lattice.sizeMetres)
    for k in xs.indices {
      xs[k] = (xs[k] - lattice.originX) / side
      ys[k] = (ys[k] - lattice.originY) / side
    }
  }

  /// Straight pieces an edge of the raster's cells needs to follow its curve; the largest over a sample of cells.
  func segments(_ placement: RasterPlacement, in window: RasterWindow) -> Int {
    var xs: [Double] = []
    var ys: [Double] = []
    func put(_ column: Double, _ row: Double) {
      let point = placement.point(column: column, row: row)
      xs.append(point.x)
      ys.append(point.y)
    }
    for row in samples(window.rows) {
      for column in samples(window.columns) {
        let (c, r) = (Double(column), Double(row))
        for (dx, dy) in [(0.0, 0.0), (0.5, 0), (1, 0), (0, 0.5), (0, 1)] { put(c + dx, r + dy) }
      }
    }
    cells(xs: &xs, ys: &ys)
    var stray = 0.0
    for k in stride(from: 0, to: xs.count, by: 5) {
      for (middle, end) in [(1, 2), (3, 4)] {
        let dx = xs[k + middle] - (xs[k] + xs[k + end]) / 2
        let dy = ys[k + middle] - (ys[k] + ys[k + end]) / 2
        let distance = (dx * dx + dy * dy).squareRoot()
        // A cell across the edge of the map strays by thousands of cells and is refused later.
        if distance.isFinite, distance * Double(lattice.sizeMetres) < 100_000 { stray = max(stray, distance) }
      }
    }
    return max(1, min(64, Int((stray / Self.strayCells).squareRoot().rounded(.up))))
  }

  private func samples(_ range: Range<Int>) -> [Int] {
    let last = range.upperBound - 1
    return (0...8).map { range.lowerBound + (last - range.lowerBound) * $0 / 8 }
  }

  /// The part of a window that may touch a box (in projected metres); `nil` when none does.
  func part(of window: RasterWindow, _ placement: RasterPlacement, touching box: PlaneBox) -> RasterWindow? {
    let steps = 16
    func edges(_ range: Range<Int>) -> [Int] {
      (0...steps).map { range.lowerBound + (range.upperBound - range.lowerBound) * $0 / steps }
    }
    let (columns, rows) = (edges(window.columns), edges(window.rows))
    var xs: [Double] = []
    var ys: [Double] = []
    for row in rows {
      for column in columns {
        let point = placement.point(column: Double(column), row: Double(row))
        xs.append(point.x)
        ys.append(point.y)
      }
    }
    cells(xs: &xs, ys: &ys)
    let side = Double(lattice.sizeMetres)
    let west = (box.minX - lattice.originX) / side
    let east = (box.maxX - lattice.originX) / side
    let south = (box.minY - lattice.originY) / side
    let north = (box.maxY - lattice.originY) / side
    var (c0, c1, r0, r1) = (Int.max, -1, Int.max, -1)
    for row in 0..<steps {
      for column in 0..<steps {
        let nodes = [0, 1, steps + 1, steps + 2].map { row * (steps + 1) + column + $0 }
        let (x, y) = (nodes.map { xs[$0] }, nodes.map { ys[$0] })
        let (lowX, highX) = (x.reduce(.infinity, min), x.reduce(-.infinity, max))
        let (lowY, highY) = (y.reduce(.infinity, min), y.reduce(-.infinity, max))
        // Half the block's size to spare for edges that bulge; a corner without a position keeps the block.
        let spare = max(highX - lowX, highY - lowY) / 2
        let isOff =
          x.allSatisfy(\.isFinite) && y.allSatisfy(\.isFinite)
          && (highX + spare < west || lowX - spare > east || highY + spare < south || lowY - spare > north)
        if !isOff {
          (c0, c1) = (min(c0, columns[column]), max(c1, columns[column + 1]))
          (r0, r1) = (min(r0, rows[row]), max(r1, rows[row + 1]))
        }
      }
    }
    return c0 < c1 && r0 < r1 ? RasterWindow(columns: c0..<c1, rows: r0..<r1) : nil
  }

  /// The lines between the pixels of a band of rows.
  func lines(_ placement: RasterPlacement, _ band: RasterWindow, segments: Int) -> ImageLines {
    var lines = ImageLines(columns: band.columns.count, rows: band.rows.count, segments: segments)
    let step = 1 / Double(segments)
    var k = 0
    for row in band.rows.lowerBound...band.rows.upperBound {
      for at in 0..<lines.lineLength {
        let point = placement.point(
          column: Double(band.columns.lowerBound) + Double(at) * step, row: Double(row))
        lines.lineXs[k] = point.x
        lines.lineYs[k] = point.y
        k += 1
      }
    }
    k = 0
    if segments > 1 {
      for row in band.rows {
        for column in band.columns.lowerBound...band.columns.upperBound {
          for at in 1..<segments {
            let point = placement.point(column: Double(column), row: Double(row) + Double(at) * step)
            lines.sideXs[k] = point.x
            lines.sideYs[k] = point.y
            k += 1
          }
        }
      }
    }
    cells(xs: &lines.lineXs, ys: &lines.lineYs)
    if segments > 1 { cells(xs: &lines.sideXs, ys: &lines.sideYs) }
    return lines
  }
}
