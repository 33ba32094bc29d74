internal import Dispatch
public import Geometry
public import Grids

/// Conservative regridding of pixels onto the lattice.
///
/// For cell c and pixels p with area a_pc in common, quality q and standard error σ: value Σaqx / Σaq ("conservative
/// normed"), variance and coverage as in ``CellSums``. Pixels are cut in stretches of fixed size on all cores, and the
/// sums of the stretches are added in file order, so that they do not depend on the number of threads.
public struct ConservativeMapping: Sendable {
  let lattice: Lattice
  /// Pixels that do not touch this box are passed over, in cells from the lattice's origin.
  let limits: (minX: Double, minY: Double, maxX: Double, maxY: Double)?
  private var file = TileSums()
  private var closed = CellSums()
  private var isOpen = false
  /// What became of the pixels of all files.
  public private(set) var tally = PixelTally()

  /// Widest pixel that is believed, metres.
  static let widestMetres = 500_000.0

  public init(lattice: Lattice, limits: PlaneBox? = nil) {
    self.lattice = lattice
    let side = Double(lattice.sizeMetres)
    self.limits = limits.map {
      (
        ($0.minX - lattice.originX) / side, ($0.minY - lattice.originY) / side, ($0.maxX - lattice.originX) / side,
        ($0.maxY - lattice.originY) / side
      )
    }
  }

  public var refusals: PixelRefusals { tally.refusals }

  /// Pixels with a value and a positive weight that were mapped at least in part.
  public var mappedPixels: Int { tally.mapped }

  /// Adds pixels of the file in progress.
  public mutating func add(_ pixels: PixelQuads, threads: Int = 2) {
    let stretch = 4096
    let side = Double(lattice.sizeMetres)
    let (originX, originY) = (lattice.originX, lattice.originY)
    addStretches((pixels.count + stretch - 1) / stretch, threads: threads) { part, worker in
      let range = part * stretch..<min(pixels.count, (part + 1) * stretch)
      let xs = pixels.xs[range.lowerBound * 4..<range.upperBound * 4].map { ($0 - originX) / side }
      let ys = pixels.ys[range.lowerBound * 4..<range.upperBound * 4].map { ($0 - originY) / side }
      xs.withUnsafeBufferPointer { xs in
        ys.withUnsafeBufferPointer { ys in
          for pixel in range {
            let first = (pixel - range.lowerBound) * 4
            worker.add(
              UnsafeBufferPointer(rebasing: xs[first..<first + 4]),
              UnsafeBufferPointer(rebasing: ys[first..<first + 4]), value: pixels.values[pixel],
              quality: pixels.weights[pixel], sigma: pixels.sigmas[pixel])
          }
        }
      }
    }
  }

  /// Cuts parts of the file in progress apart and adds them in order; `body` sees each part once.
  mutating func addStretches(
    _ count: Int, threads: Int, _ body: @Sendable (_ part: Int, _ worker: inout PixelWorker) -> Void
  ) {
    isOpen = true
    let workers = max(1, threads)
    let (lattice, limits) = (lattice, limits)
    // A few parts at a time: what waits to be added stays small.
    for start in stride(from: 0, to: count, by: workers * 8) {
      let end = min(count, start + workers * 8)
      var parts = [PixelWorker](repeating: PixelWorker(lattice: lattice, limits: limits), count: end - start)
      parts.withUnsafeMutableBufferPointer { buffer in
        // Each worker writes elements that no other touches.
        nonisolated(unsafe) let out = buffer
        let active = min(workers, end - start)
        DispatchQueue.concurrentPerform(iterations: active) { worker in
          for part in stride(from: worker, to: end - start, by: active) { body(start + part, &out[part]) }
        }
      }
      for part in parts {
        tally.add(part.tally)
        file.merge(part.sums)
      }
    }
  }

  /// Counts pixels that a reader left out before they got here.
  public mutating func skip(withoutValue: Int = 0, withoutWeight: Int = 0, outside: Int = 0) {
    tally.withoutValue += withoutValue
    tally.withoutWeight += withoutWeight
    tally.outside += outside
  }

  /// Counts a pixel that a reader refused.
  public mutating func refuse(_ reason: PixelRefusal) { tally.refusals[reason] += 1 }

  /// Ends a file: its errors may share a common part, and its area is its coverage.
  public mutating func endFile() {
    guard isOpen else { return }
    closed.merge(CellSums(closing: file, sizeMetres: lattice.sizeMetres))
    file = TileSums()
    isOpen = false
  }

  /// The sums of everything added so far.
  public var sums: CellSums {
    guard isOpen else { return closed }
    var all = closed
    all.merge(CellSums(closing: file, sizeMetres: lattice.sizeMetres))
    return all
  }

  /// The field of everything added so far; cells nothing touched are not in it. See ``CellSums``.
  public func field(correlation: Double = 0, smallestCoverage: Double = 0) -> CellField {
    sums.field(correlation: correlation, smallestCoverage: smallestCoverage)
  }
}

/// Cuts the pixels of one stretch.
struct PixelWorker: Sendable {
  private(set) var sums = TileSums()
  private(set) var tally = PixelTally()
  private var cutter = PolygonCutter()
  private let widest: Double
  private let smallestArea: Double
  private let limits: (minX: Double, minY: Double, maxX: Double, maxY: Double)?

  init(lattice: Lattice, limits: (minX: Double, minY: Double, maxX: Double, maxY: Double)?) {
    widest = ConservativeMapping.widestMetres / Double(lattice.sizeMetres)
    smallestArea = 1e-3 / (Double(lattice.sizeMetres) * Double(lattice.sizeMetres))
    self.limits = limits
  }

  /// Counts a pixel without a value.
  @inline(__always)
  mutating func passOverMissing() { tally.withoutValue += 1 }

  /// Adds one pixel with its vertices in cells from the lattice's origin; a quadrilateral is checked for its shape.
  @inline(__always)
  mutating func add(
    _ xs: UnsafeBufferPointer<Double>, _ ys: UnsafeBufferPointer<Double>, value: Double, quality: Double, sigma: Double
  ) {
    // Beyond 1e100 sums of areas and squares would overflow; NaN fails the comparison too.
    guard value.magnitude < 1e100 else {
      tally.withoutValue += 1
      return
    }
    guard quality > 0, quality < 1e100 else {
      tally.withoutWeight += 1
      return
    }
    guard cutter.measure(xs, ys) else {
      tally.refusals[.withoutCorners] += 1
      return
    }
    guard max(cutter.maxX - cutter.minX, cutter.maxY - cutter.minY) < widest, cutter.minX.magnitude < 1e9,
      cutter.minY.magnitude < 1e9
    else {
      tally.refusals[.tooLarge] += 1
      return
    }
    if let limits {
      guard
        cutter.maxX >= limits.minX, cutter.minX <= limits.maxX, cutter.maxY >= limits.minY, cutter.minY <= limits.maxY
      else {
        tally.outside += 1
        return
      }
    }
    if xs.count == 4 {
      if let refusal = cutter.refusal(xs, ys, smallestArea: smallestArea) {
        tally.refusals[refusal] += 1
        return
      }
    } else if cutter.area.magnitude <= smallestArea {
      tally.refusals[.degenerate] += 1
      return
    }
    tally.mapped += 1
    cutter.cut(xs, ys) { column, row, area in
      sums.add(column: column, row: row, area: area, value: value, quality: quality, sigma: sigma)
    }
  }
}
