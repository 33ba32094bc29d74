internal import Diagnostics
internal import Export
public import Geometry
public import Grids
public import Hotspots
public import Ingest
public import Quantities
public import Surfaces

/// What is gridded again and again.
public enum StabilitySource: Sendable {
  case readings(
    path: String, stationsPath: String?, pollutant: Pollutant, period: PeriodLength, statistic: CellStatistic)
  case raster(path: String, variable: String?, reference: CoordinateReference?)
}

/// What `stability` found, for messages.
public struct StabilitySummary: Sendable, Codable {
  public var grids = 0
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
public func mapStability(
  of source: StabilitySource, grid: Grid, sizeMetres: Int32, steps: Int, sizesMetres: [Int32],
  options: HotspotOptions, background: BackgroundRule?, minimumBin: Int, read: ReadOptions, out: String
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
  var stability: CellStability?
  for (number, variant) in variants.enumerated() {
    let definition = grid.definition.moved(sizeMetres: variant.sizeMetres, dx: variant.dx, dy: variant.dy)
    let moved = try Grid(definition: definition)
    let lattice = try moved.lattice(sizeMetres: variant.sizeMetres)
    var rows: [HotspotRow] = []
    for (period, field) in try fields(of: source, grid: moved, sizeMetres: variant.sizeMetres, read: quiet) {
      let tested = background.map { $0.residual(of: field, threads: read.threads).field } ?? field
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

private func fields(
  of source: StabilitySource, grid: Grid, sizeMetres: Int32, read: ReadOptions
) throws -> [(period: Period?, field: CellField)] {
  switch source {
  case .readings(let path, let stationsPath, let pollutant, let period, let statistic):
    let stations = try stationsPath.map { try StationsFile.read(path: $0, options: read).value.map(\.station) }
    return try ReadingsFile.cells(
      path: path, options: read, pollutant: pollutant, period: period, statistic: statistic, grid: grid,
      sizeMetres: sizeMetres, stations: stations, validRange: nil
    ).value.map { ($0.period, $0.field) }
  case .raster(let path, let variable, let reference):
    let mapped = try RasterMapping.cells(
      path: path, variable: variable, band: 1, reference: reference, grid: grid, sizeMetres: sizeMetres, limits: nil,
      threads: read.threads, progress: read.progress)
    return [(nil, mapped.field)]
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
