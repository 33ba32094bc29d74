public import Diagnostics
internal import Export
public import Grids
public import Ingest
public import Quantities
internal import Readings

/// What a map verb did, for its messages.
public struct MapSummary: Sendable {
  /// Rows of the input after the header, or pixels of a raster or swath.
  public let rowsRead: Int
  /// What could not be used, for the reject file.
  public let rejects: RejectLog
  /// Cells written; a cell of several periods counts once in each.
  public let cells: Int
  /// Periods with a cell; 1 where the input has no time.
  public let periods: Int
  /// What a person should know, one sentence each.
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
