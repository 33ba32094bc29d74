public import Diagnostics
public import Export
internal import Foundation
public import GeoFormats
public import Grids
internal import Ingest
public import Quantities

/// What `export --cells` is asked for.
public struct CellExportRequest: Sendable {
  /// A cells, hot or alarm file; `-` is standard input.
  public var cellsPath: String
  /// `-` is standard output.
  public var outPath: String
  /// `nil` for GeoTIFF.
  public var format: VectorFormat?
  /// Which coordinates are written; a GeoTIFF takes the grid's plane only.
  public var reference: ExportReference
  /// Whether text begins with a byte-order mark, by which spreadsheets know UTF-8.
  public var hasByteOrderMark: Bool
  /// Keeps the rows of this period only.
  public var period: Period?

  public init(
    cellsPath: String, outPath: String, format: VectorFormat?, reference: ExportReference = .usual,
    hasByteOrderMark: Bool = false, period: Period? = nil
  ) {
    self.cellsPath = cellsPath
    self.outPath = outPath
    self.format = format
    self.reference = reference
    self.hasByteOrderMark = hasByteOrderMark
    self.period = period
  }
}

/// What an export wrote and what it could not use.
public struct CellExportOutcome: Sendable {
  /// Cells written, a cell of several periods once in each.
  public let rowsWritten: Int
  /// What could not be used, for the reject file.
  public let rejects: RejectLog
  /// What the map says of itself; also beside the file.
  public let statement: MapStatement
}

/// Reads a cells file, names the county of every cell where boundaries are known, and writes a map file.
public func exportCells(
  _ request: CellExportRequest, grid: Grid, messages: (String) -> Void
) throws -> CellExportOutcome {
  let isStandardOutput = request.outPath == "-"
  if isStandardOutput, request.format == .shapefile {
    throw Problem(
      "a shapefile is five files and cannot go to standard output", remedy: "name a file with --out",
      exitStatus: .usage)
  }
  let read = try HotCellsFile.read(
    path: request.cellsPath, options: ReadOptions(now: Instant(secondsSinceEpoch: .max / 2)))
  for (reason, count) in read.rejects.countsByReason {
    let line = read.rejects.rows.first { $0.reason == reason }?.line ?? 0
    messages("\(request.cellsPath): \(count) rows not used, first at line \(line): \(reason)")
  }
  var rows = read.value
  if let period = request.period { rows = rows.filter { $0.period == period } }
  guard !rows.isEmpty else {
    let wanted = request.period.map { " in \($0)" } ?? ""
    throw Problem(
      "no cell has a value\(wanted)", at: SourcePlace(file: request.cellsPath),
      remedy: "check the file's period and value columns")
  }
  let cells = try named(rows, grid: grid, messages)
  let folder = FileManager.default.temporaryDirectory.path
  let path =
    isStandardOutput ? "\(folder)/hotgrid-export-\(ProcessInfo.processInfo.processIdentifier)" : request.outPath
  let statement = try statement(of: cells, request, messages)
  if let format = request.format {
    try CellExport.write(
      cells, grid: grid, to: path, format: format, reference: request.reference,
      hasByteOrderMark: request.hasByteOrderMark, statement: statement)
  } else {
    guard request.reference == .usual || request.reference == .grid else {
      throw Problem(
        "a GeoTIFF of cells is in the grid's own plane", remedy: "leave out --crs; gdalwarp reprojects it",
        exitStatus: .usage)
    }
    try CellExport.writeRaster(cells, grid: grid, to: path, metadata: statement.tags)
  }
  if !isStandardOutput { try statement.write(beside: request.outPath) }
  if isStandardOutput {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var output = try OutputFile(path: "-")
    try output.write([UInt8](try Data(contentsOf: URL(filePath: path))))
    try output.commit()
  }
  return CellExportOutcome(rowsWritten: cells.count, rejects: read.rejects, statement: statement)
}

/// The statement beside the file that is exported, with the cells of this map counted anew.
///
/// Without one, or with one that cannot be of this file, the map says that its method is not known.
private func statement(
  of cells: [ExportCell], _ request: CellExportRequest, _ messages: (String) -> Void
) throws -> MapStatement {
  var found: MapStatement?
  do throws(Problem) { found = try MapStatement.read(beside: request.cellsPath) } catch {
    messages("\(error.problem): the map says that its method is not known")
  }
  // Alarm files may hold alarms only, so that fewer rows than were written count as the same file.
  if let told = found, told.cells < cells.count {
    messages(
      "\(MapStatement.path(beside: request.cellsPath)) tells of \(told.cells) cells and there are \(cells.count): not used"
    )
    found = nil
  }
  var statement = try MapStatement(
    verb: found?.verb ?? "export",
    method: found?.method ?? "values as they are in the file, by a method not stated there",
    page: found?.page ?? "", settings: found?.settings ?? [:], seed: found?.seed, inputPaths: [request.cellsPath])
  if let found { statement.inputs += found.inputs }
  statement.count(cells, isAlarm: found?.verb == "detect alarm")
  return statement
}

extension MapStatement {
  /// Counts the cells of a map from what its rows say.
  ///
  /// - Parameter isAlarm: Rows without a z are tested where they give no reason.
  mutating func count(_ rows: [ExportCell], isAlarm: Bool = false) {
    cells = rows.count
    periods = Set(rows.map(\.period)).count
    interpolatedOnly = rows.count { $0.support == "interpolated" }
    untested = [:]
    for row in rows where !row.reason.isEmpty { untested[row.reason, default: 0] += 1 }
    tested = rows.count { isAlarm ? $0.reason.isEmpty : $0.z != nil }
  }
}

/// Adds home county and city; without boundaries the columns stay empty.
private func named(
  _ rows: [HotCellsFile.Row], grid: Grid, _ messages: (String) -> Void
) throws -> [ExportCell] {
  var regions: [Int32: Region] = [:]
  if RegionSource.defaultBoundaries != nil, !grid.definition.region.codes.isEmpty {
    for size in Set(rows.map(\.cell.sizeMetres)).sorted() {
      regions[size] = try RegionSource.region(grid: grid, sizeMetres: size).region
    }
  } else {
    messages("no county boundaries: the county and city columns stay empty (tools/setup derives them)")
  }
  return rows.map { row in
    var county: County?
    if let region = regions[row.cell.sizeMetres], let slot = region.slot(of: row.cell) {
      county = region.counties[region.homeCounty(slot: slot)]
    }
    return ExportCell(
      cell: row.cell, period: row.period, value: row.value, neighbours: row.neighbours, z: row.z, p: row.p,
      permutationP: row.permutationP, bin: row.bin, classification: row.classification, reason: row.reason,
      support: row.support,
      county: county?.name ?? "", city: county?.cityName ?? "")
  }
}
