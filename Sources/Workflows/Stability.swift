internal import Diagnostics
internal import Export
public import Geometry
internal import Gridding
public import Grids
public import Hotspots
public import Ingest
public import Quantities

/// What is gridded again and again.
public enum StabilitySource: Sendable {
  case readings(
    path: String, stationsPath: String?, pollutant: Pollutant, period: PeriodLength, statistic: CellStatistic)
  case raster(path: String, variable: String?, reference: CoordinateReference?)
  /// Cells finer than the grids, whose lines must lie on theirs.
  case cells(path: String)
}

/// What `stability` found, for messages.
public struct StabilitySummary: Sendable, Codable {
  /// Grids that were tried, the base grid among them.
  public var grids = 0
  /// Cells of the base grid with a value, a cell of several periods once in each.
  public var cells = 0
  /// Cells that are hot on the base grid.
  public var hot = 0
  /// Of those, hot on every grid that tested the place.
  public var alwaysHot = 0
  /// Of those, hot on at least half of the grids.
  public var mostlyHot = 0
  /// Cells that are not hot on the base grid and are on at least half of the grids.
  public var missed = 0
  /// Mean share over the cells that are hot on the base grid; `nil` when there are none.
  public var meanShare: Double?
}

/// `stability`: the same data on grids with other origins and sizes, and how often each cell stays hot.
///
/// - Parameters:
///   - steps: Origins along each axis, evenly over a cell: 3 makes 9 grids, the base grid among them.
///   - sizesMetres: Further sizes, each with the base origin.
///   - background: Test what lies above it instead of the values.
///   - messages: Told once about rows that could not be used.
public func mapStability(
  of source: StabilitySource, grid: Grid, sizeMetres: Int32, steps: Int, sizesMetres: [Int32],
  options: HotspotOptions, background: FieldBackground?, minimumBin: Int, read: ReadOptions, out: String,
  messages: (String) -> Void
) throws -> StabilitySummary {
  var variants: [(sizeMetres: Int32, dx: Double, dy: Double)] = []
  for j in 0..<steps {
    for i in 0..<steps {
      let step = Double(sizeMetres) / Double(steps)
      variants.append((sizeMetres, Double(i) * step, Double(j) * step))
    }
  }
  variants += sizesMetres.map { ($0, 0, 0) }
  let quiet = {
    var options = read; options.progress = SilentProgress(); return options
  }()
  let source = try LoadedSource(source, grid: grid, variants: variants, read: quiet, messages: messages)
  var stability: CellStability?
  for (number, variant) in variants.enumerated() {
    let definition = grid.definition.moved(sizeMetres: variant.sizeMetres, dx: variant.dx, dy: variant.dy)
    let moved = try Grid(definition: definition)
    let lattice = try moved.lattice(sizeMetres: variant.sizeMetres)
    var rows: [HotspotRow] = []
    let isFirst = stability == nil
    let parts = try source.fields(grid: moved, lattice: lattice, read: quiet) { if isFirst { messages($0) } }
    for (period, field) in parts {
      let tested =
        try background?.residual(of: field, period: period, lattice: lattice, threads: read.threads).field ?? field
      rows += HotspotDetection.giStar(field: tested, period: period, options: options)
    }
    if stability == nil {
      stability = CellStability(base: rows, lattice: lattice, minimumBin: minimumBin)
    } else {
      stability?.add(rows, lattice: lattice)
    }
    read.progress.report(task: "stability", completed: number + 1, total: variants.count, unit: "grids")
  }
  read.progress.finish(task: "stability")
  guard let stability, !stability.rows.isEmpty else {
    throw Problem("no cell has a value", remedy: "check the input with hotgrid map")
  }
  try write(stability, to: out)
  return StabilitySummary(stability, minimumBin: minimumBin)
}

/// Where the fields of each grid come from; cells are read once.
private enum LoadedSource {
  case file(StabilitySource)
  case parts([CellsFile.Part], Lattice)

  init(
    _ source: StabilitySource, grid: Grid, variants: [(sizeMetres: Int32, dx: Double, dy: Double)], read: ReadOptions,
    messages: (String) -> Void
  ) throws {
    guard case .cells(let path) = source else {
      self = .file(source)
      return
    }
    let parts = try readCells(path: path, messages: messages)
    let fine = Set(parts.flatMap { $0.field.cells.prefix(1) }.map(\.sizeMetres)).min() ?? 1
    // A fine cell in two moved cells would blur them, and the unmoved grid alone would be sharp.
    let lengths = variants.flatMap { [Double($0.sizeMetres), $0.dx, $0.dy] }
    if let length = lengths.first(where: { $0.truncatingRemainder(dividingBy: Double(fine)) != 0 }) {
      throw Problem(
        "a grid of --cells \(path) with cells of \(fine) m cannot be moved or resized by \(length) m",
        remedy: "choose --level, --shifts and --sizes so that cell and step are multiples of \(fine) m; for 500 m "
          + "cells --level 3000 --shifts 9", exitStatus: .usage)
    }
    if let size = variants.map(\.sizeMetres).first(where: { $0 <= fine }) {
      throw Problem(
        "cells of \(size) m cannot be made of cells of \(fine) m",
        remedy: "give finer cells, such as those of hotgrid map --level 500", exitStatus: .usage)
    }
    self = .parts(
      parts, Lattice(originX: grid.definition.origin.x, originY: grid.definition.origin.y, sizeMetres: fine))
  }

  func fields(
    grid: Grid, lattice: Lattice, read: ReadOptions, messages: (String) -> Void
  ) throws -> [(period: Period?, field: CellField)] {
    switch self {
    case .parts(let parts, let fine):
      return parts.map { ($0.period, $0.field.coarser(from: fine, to: lattice)) }
    case .file(.readings(let path, let stationsPath, let pollutant, let period, let statistic)):
      let stations = try stationsPath.map { path in
        let read = try StationsFile.read(path: path, options: read)
        describe(read.rejects, of: path, messages)
        return read.value.map(\.station)
      }
      let cells = try ReadingsFile.cells(
        path: path, options: read, pollutant: pollutant, period: period, statistic: statistic, grid: grid,
        sizeMetres: lattice.sizeMetres, stations: stations, validRange: nil)
      describe(cells.rejects, of: path, messages)
      return cells.value.map { ($0.period, $0.field) }
    case .file(.raster(let path, let variable, let reference)):
      let mapped = try RasterMapping.cells(
        path: path, variable: variable, band: 1, reference: reference, grid: grid, sizeMetres: lattice.sizeMetres,
        limits: nil, threads: read.threads, progress: read.progress)
      return [(nil, mapped.field)]
    case .file(.cells): return []
    }
  }
}

private func write(_ stability: CellStability, to path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write("cell,period,value,bin,grids,tested,hot,share\n")
  for row in stability.rows {
    var line = CSVLine()
    line.add(row.cell.description)
    line.add(row.period?.description ?? "")
    line.add(row.value)
    line.add(row.bin)
    line.add(stability.grids)
    line.add(row.tested)
    line.add(row.hot)
    line.add(row.share)
    try file.write(line.end())
  }
  try file.commit()
}

extension StabilitySummary {
  init(_ stability: CellStability, minimumBin: Int) {
    grids = stability.grids
    cells = stability.rows.count
    let base = stability.rows.filter { $0.bin >= minimumBin }
    hot = base.count
    alwaysHot = base.count { $0.share == 1 }
    mostlyHot = base.count { ($0.share ?? 0) >= 0.5 }
    missed = stability.rows.count { $0.bin < minimumBin && ($0.share ?? 0) >= 0.5 }
    meanShare = base.isEmpty ? nil : base.reduce(0) { $0 + ($1.share ?? 0) } / Double(base.count)
  }

  /// One line for people.
  public var line: String {
    let mean = meanShare.map { "\(($0 * 100).rounded())" } ?? "-"
    return
      "\(grids) grids, \(cells) cells: \(hot) hot on the base grid, on average on \(mean) % of the grids; \(alwaysHot) on "
      + "all, \(mostlyHot) on at least half; \(missed) others on at least half"
  }
}
