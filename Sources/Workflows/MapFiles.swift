public import Diagnostics
internal import Export
public import Geometry
public import Grids
public import Ingest
public import Quantities
internal import Readings

/// What a map verb did, for its messages.
public struct MapSummary: Sendable {
  public let rowsRead: Int
  public let rejects: RejectLog
  public let cells: Int
  public let periods: Int
  public let notes: [String]
}

/// Readings of a file onto cells: count, mean and exact median per cell and period, written as a cells file.
public func mapPoints(
  readingsPath: String, stationsPath: String?, pollutant: Pollutant, period: PeriodLength, statistic: CellStatistic,
  validRange: ClosedRange<Double>?, grid: Grid, sizeMetres: Int32, options: ReadOptions, out: String
) throws -> MapSummary {
  let stations = try stationsPath.map { try StationsFile.read(path: $0, options: options).value.map(\.station) }
  let result = try ReadingsFile.cells(
    path: readingsPath, options: options, pollutant: pollutant, period: period, statistic: statistic, grid: grid,
    sizeMetres: sizeMetres, stations: stations, validRange: validRange)
  try CellsWriter.write(result.value.map { ($0.period, $0.field) }, to: out, threads: options.threads)
  return MapSummary(
    rowsRead: result.rowsRead, rejects: result.rejects, cells: result.value.reduce(0) { $0 + $1.field.count },
    periods: result.value.count, notes: result.notes)
}

/// A raster onto cells by exact area weights, written as a cells file.
public func mapRaster(
  path: String, variable: String?, band: Int, reference: CoordinateReference?, grid: Grid, sizeMetres: Int32,
  options: ReadOptions, period: Period?, out: String
) throws -> MapSummary {
  let mapped = try RasterMapping.cells(
    path: path, variable: variable, band: band, reference: reference, grid: grid, sizeMetres: sizeMetres, limits: nil,
    threads: options.threads, progress: options.progress)
  try CellsWriter.write([(period, mapped.field)], to: out)
  return MapSummary(
    rowsRead: mapped.pixels, rejects: RejectLog(), cells: mapped.field.count, periods: 1, notes: mapped.notes)
}

/// A swath onto cells by area and quality weights, written as a cells file.
public func mapSwath(
  path: String, swath: SwathMapping.Options, grid: Grid, sizeMetres: Int32, options: ReadOptions, period: Period?,
  out: String
) throws -> MapSummary {
  let result = try SwathMapping.cells(
    path: path, options: swath, grid: grid, sizeMetres: sizeMetres, read: options)
  try CellsWriter.write([(period, result.value.field)], to: out)
  return MapSummary(
    rowsRead: result.rowsRead, rejects: result.rejects, cells: result.value.field.count, periods: 1,
    notes: result.value.notes)
}
