public import Diagnostics
internal import Export
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
