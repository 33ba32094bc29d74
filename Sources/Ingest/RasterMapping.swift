public import Diagnostics
internal import GeoFormats
public import Geometry
public import Gridding
public import Grids

/// What mapping rasters or swaths onto cells gave.
public struct MappedField: Sendable {
  /// Weight sums, from which the field follows; sums of several files can be merged.
  public let sums: CellSums
  /// Share of the error variance that the pixels of a file have in common.
  public let correlation: Double
  /// What became of every pixel.
  public let tally: PixelTally
  /// Metadata of the file, such as times.
  public let metadata: [String: String]
  /// What a person should know, one sentence each.
  public let notes: [String]

  /// Values that follow from the sums, with error variances where the pixels' errors are known.
  public var field: CellField { sums.field(correlation: correlation) }
  /// Pixels with a value that were mapped at least in part.
  public var pixels: Int { tally.mapped }
  /// Pixels that were not mapped, by reason.
  public var refusals: PixelRefusals { tally.refusals }
}

/// Maps rasters onto cells by exact area weights.
public enum RasterMapping {
  /// - Parameters:
  ///   - variable: Name inside a container file; `nil` when there is only one.
  ///   - band: From 1.
  ///   - reference: Overrides what the file says about its coordinates; needed when it says nothing.
  ///   - sigma: Band with the standard errors of the pixels, and the share ρ of their variance that all have in common.
  ///   - limits: Only pixels that touch this box are read and used; projected metres.
  /// - Throws: `Problem` for files GDAL cannot read, without georeference, in an unknown system, or whose coordinates do
  ///   not fit the system they name.
  public static func cells(
    path: String, variable: String?, band: Int, reference: CoordinateReference?, grid: Grid, sizeMetres: Int32,
    sigma: (band: Int, correlation: Double)? = nil, limits: PlaneBox?, threads: Int, progress: any ProgressSink
  ) throws(Problem) -> MappedField {
    let raster = try RasterFile(path: path, variable: variable)
    let lattice = try grid.lattice(sizeMetres: sizeMetres)
    var mapping = ConservativeMapping(lattice: lattice, limits: limits)
    var notes: [String]
    if raster.isCurvilinear {
      notes = try addCurvilinear(raster, band, sigma?.band, reference, grid, lattice, threads, &mapping)
    } else {
      notes = try addPlaced(
        raster, band, sigma?.band, reference, grid, lattice, limits, threads, progress, &mapping)
    }
    mapping.endFile()
    notes += mapping.refusals.statements
    return MappedField(
      sums: mapping.sums, correlation: sigma?.correlation ?? 0, tally: mapping.tally,
      metadata: try raster.metadata(band: band), notes: notes)
  }

  /// What the user declared, else what the file says.
  private static func declared(
    _ reference: CoordinateReference?, _ raster: borrowing RasterFile
  ) throws(Problem) -> CoordinateReference {
    if let reference { return reference }
    switch raster.coordinateSystemCode() {
    // Degrees need no PROJ.
    case "EPSG:4326": return .wgs84
    case "EPSG:4490": return .cgcs2000
    default: break
    }
    // PROJ knows the area of use of a code, which the text of a file seldom carries.
    if let code = raster.coordinateSystemCode(), code.hasPrefix("EPSG:"), CoordinateSystemFacts(code) != nil {
      return .proj(code)
    }
    guard let own = raster.coordinateSystem() else {
      throw Problem(
        "\(raster.path) does not say its coordinate system", remedy: "declare it with --crs, such as --crs wgs84")
    }
    return .proj(own)
  }

  private static func addPlaced(
    _ raster: borrowing RasterFile, _ band: Int, _ sigmaBand: Int?, _ reference: CoordinateReference?, _ grid: Grid,
    _ lattice: Lattice,
    _ limits: PlaneBox?, _ threads: Int, _ progress: any ProgressSink, _ mapping: inout ConservativeMapping
  ) throws(Problem) -> [String] {
    let reference = try declared(reference, raster)
    let lines = try RasterLines(reference: reference, grid: grid, lattice: lattice, threads: threads)
    let placement = raster.placement
    let notes = try check(raster, reference, lines)
    let task = raster.path.split(separator: "/").last.map(String.init) ?? raster.path
    for window in try raster.windows(band: band) {
      guard var part = limits.map({ lines.part(of: window, placement, touching: $0) }) ?? window else {
        mapping.skip(outside: window.count)
        continue
      }
      mapping.skip(outside: window.count - part.count)
      let read = try raster.read(band: band, window: part)
      guard let known = part.bounds(ofKnown: read) else {
        mapping.skip(withoutValue: part.count)
        continue
      }
      // Most of a tile may be sea or cloud: only the rows with values are projected.
      mapping.skip(withoutValue: part.count - known.count)
      let values = part.rows(known.rows, of: read)
      part = known
      let sigmas = try sigmaBand.map { band throws(Problem) in try raster.read(band: band, window: part) }
      let segments = lines.segments(placement, in: part)
      let width = part.columns.count
      // Memory is bounded however large the raster is and however curved its edges are.
      let height = max(1, (1 << 20) / (width * segments))
      for row in stride(from: part.rows.lowerBound, to: part.rows.upperBound, by: height) {
        let rows = row..<min(part.rows.upperBound, row + height)
        let first = (row - part.rows.lowerBound) * width
        let isWhole = rows == part.rows
        func cut(_ all: [Double]) -> [Double] { isWhole ? all : Array(all[first..<first + rows.count * width]) }
        mapping.addImage(
          lines.lines(placement, RasterWindow(columns: part.columns, rows: rows), segments: segments),
          values: cut(values), sigmas: sigmas.map(cut), threads: threads)
      }
      progress.report(task: task, completed: window.rows.upperBound, total: raster.rows, unit: "rows")
    }
    progress.finish(task: task)
    return notes
  }

  private static func check(
    _ raster: borrowing RasterFile, _ reference: CoordinateReference, _ lines: RasterLines
  ) throws(Problem) -> [String] {
    var xs: [Double] = []
    var ys: [Double] = []
    for (column, row) in [(0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0.5, 1), (0, 0.5), (1, 0.5)] {
      let point = raster.placement.point(column: column * Double(raster.columns), row: row * Double(raster.rows))
      xs.append(point.x)
      ys.append(point.y)
    }
    let a = raster.placement.coefficients
    let checks = CoordinateChecks(path: raster.path, reference: reference)
    try checks.check(xs: xs, ys: ys, cellSize: max(a[1].magnitude, a[2].magnitude, a[4].magnitude, a[5].magnitude))
    return try checks.notes(positions: lines.positions(xs: xs, ys: ys))
  }

  /// A grid with a longitude and latitude per cell: corners half-way between the centres of neighbours.
  private static func addCurvilinear(
    _ raster: borrowing RasterFile, _ band: Int, _ sigmaBand: Int?, _ reference: CoordinateReference?, _ grid: Grid,
    _ lattice: Lattice,
    _ threads: Int, _ mapping: inout ConservativeMapping
  ) throws(Problem) -> [String] {
    let centres = try raster.cellCentres()
    let own = centres.coordinateSystem.map { CoordinateReference.proj($0) } ?? .wgs84
    let lines = try RasterLines(reference: reference ?? own, grid: grid, lattice: lattice, threads: threads)
    try CoordinateChecks(path: raster.path, reference: reference ?? own).check(
      xs: centres.xs, ys: centres.ys, cellSize: 0)
    let corners = try SwathCorners(
      centres: centres.xs, centres.ys, height: raster.rows, width: raster.columns, path: raster.path)
    var image = ImageLines(columns: raster.columns, rows: raster.rows, segments: 1)
    image.lineXs = corners.longitudes
    image.lineYs = corners.latitudes
    lines.cells(xs: &image.lineXs, ys: &image.lineYs)
    let values = try raster.read(band: band, rows: 0..<raster.rows)
    let sigmas = try sigmaBand.map { band throws(Problem) in try raster.read(band: band, rows: 0..<raster.rows) }
    mapping.addImage(image, values: values, sigmas: sigmas, threads: threads)
    return ["a curvilinear grid: corners are placed half-way between the centres of neighbouring cells"]
  }
}
