internal import Diagnostics
internal import Export
public import Geometry
internal import Gridding
public import Grids
public import Ingest
public import Quantities

/// Rasters onto cells by exact area weights, written as a cells file; several files of one time are merged by weight.
///
/// - Parameters:
///   - sigma: Band with standard errors, and the share of their variance that the pixels of a file have in common.
///   - inside: Only these cells are written, such as the 3 km cells' children; `nil` writes all.
public func mapRasters(
  paths: [String], variable: String?, band: Int, sigma: (band: Int, correlation: Double)?,
  reference: CoordinateReference?, grid: Grid, sizeMetres: Int32, options: ReadOptions, period: Period?,
  inside: ChosenCells?, out: String
) throws -> MapSummary {
  var merged = MergedFiles(adjoining: true)
  for path in paths {
    let mapped = try RasterMapping.cells(
      path: path, variable: variable, band: band, reference: reference, grid: grid, sizeMetres: sizeMetres,
      sigma: sigma, limits: try inside?.box(on: grid), threads: options.threads, progress: options.progress)
    merged.add(mapped, rows: mapped.tally.total - mapped.tally.withoutValue, rejects: RejectLog(), path: path)
  }
  return try merged.write(sizeMetres, period: period, inside: inside, to: out)
}

/// Swaths onto cells by area and quality weights, written as a cells file; several files are merged by weight.
public func mapSwaths(
  paths: [String], swath: SwathMapping.Options, grid: Grid, sizeMetres: Int32, options: ReadOptions, period: Period?,
  inside: ChosenCells?, out: String
) throws -> MapSummary {
  var merged = MergedFiles(adjoining: false)
  var swath = swath
  if let box = try inside?.box(on: grid) { swath.limits = box }
  for path in paths {
    let result = try SwathMapping.cells(
      path: path, options: swath, grid: grid, sizeMetres: sizeMetres, read: options)
    merged.add(result.value, rows: result.rowsRead, rejects: result.rejects, path: path)
  }
  return try merged.write(sizeMetres, period: period, inside: inside, to: out)
}

/// Weight sums of the files so far: memory does not grow with their number.
private struct MergedFiles {
  private let adjoining: Bool
  private var sums = CellSums()
  private var correlation = 0.0
  private var rows = 0
  private var files = 0
  private var rejects = RejectLog()
  private var notes: [String] = []

  init(adjoining: Bool) { self.adjoining = adjoining }

  mutating func add(_ mapped: MappedField, rows: Int, rejects: RejectLog, path: String) {
    sums.merge(mapped.sums, adjoining: adjoining)
    correlation = mapped.correlation
    self.rows += rows
    self.rejects.append(rejects)
    files += 1
    let name = path.split(separator: "/").last.map(String.init) ?? path
    notes += mapped.notes.map { "\(name): \($0)" }
  }

  func write(_ sizeMetres: Int32, period: Period?, inside: ChosenCells?, to out: String) throws -> MapSummary {
    var field = sums.field(correlation: correlation)
    if let inside { field = inside.part(of: field) }
    try CellsWriter.write([(period, field)], to: out)
    var notes = notes
    if files > 1 { notes.append("\(files) files merged by weight") }
    return MapSummary(rowsRead: rows, rejects: rejects, cells: field.count, periods: 1, notes: notes)
  }
}
