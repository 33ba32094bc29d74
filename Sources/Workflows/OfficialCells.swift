internal import Diagnostics
internal import Export
public import Gridding
public import Grids
public import Ingest
internal import Quantities

/// What `official` did.
public struct OfficialSummary: Sendable, Codable {
  /// Official cells of the file that have an area.
  public let officials: Int
  /// Pairs of an official cell and a cell of the grid that it touches.
  public let cells: Int
  /// Rows written.
  public let rows: Int
  /// Rows of the official file that could not be used.
  public let rowsRejected: Int
  /// What a person should know: repairs, overlaps and the range of areas.
  public let notes: [String]

  public init(officials: Int, cells: Int, rows: Int, rowsRejected: Int, notes: [String]) {
    self.officials = officials
    self.cells = cells
    self.rows = rows
    self.rowsRejected = rowsRejected
    self.notes = notes
  }

  enum CodingKeys: String, CodingKey {
    case officials, cells, rows, notes
    case rowsRejected = "rows_rejected"
  }
}

/// Official cells of a file, cut by a level of the grid.
///
/// - Parameters:
///   - idColumn: `nil` takes the usual names.
///   - squareMetres: Side of squares around centres.
/// - Throws: `Problem` when no cell can be used.
public func officialShares(
  path: String, idColumn: String?, squareMetres: Double, grid: Grid, sizeMetres: Int32, options: ReadOptions
) throws -> (shares: OfficialShares, rejected: Int, notes: [String]) {
  let read = try OfficialCellsFile.read(path: path, idColumn: idColumn, sizeMetres: squareMetres, options: options)
  var notes = read.notes
  describe(read.rejects, of: path) { notes.append($0) }
  let shares = OfficialShares(
    read.value, lattice: try grid.lattice(sizeMetres: sizeMetres), projection: grid.projection)
  guard !shares.ids.isEmpty else {
    throw Problem(
      "no official cell can be used", at: SourcePlace(file: path),
      remedy: "give polygons, four corners or centres, and the name of the ids with --id-column")
  }
  if shares.ids.count < read.value.count {
    notes.append("\(read.value.count - shares.ids.count) outlines have no area")
  }
  for repair in shares.repairs.prefix(5) {
    notes.append("\(shares.ids[repair.official]) was repaired: \(repair.reason)")
  }
  let overlaps = shares.overlaps.count
  if overlaps > 0 { notes.append("official cells overlap in \(overlaps) cells") }
  let sorted = shares.areas.sorted()
  notes.append(
    "areas of official cells: median \(squareKilometres(sorted[sorted.count / 2] / 1e6)) km2, "
      + "\(squareKilometres((sorted.first ?? 0) / 1e6)) to \(squareKilometres((sorted.last ?? 0) / 1e6))")
  return (shares, read.rejects.count, notes)
}

/// Writes `official_id,cell,share_of_official,share_of_cell`.
public func writeOfficialShares(_ shares: OfficialShares, to path: String) throws -> Int {
  var file = try OutputFile(path: path)
  try file.write("official_id,cell,share_of_official,share_of_cell\n")
  for official in shares.ids.indices {
    for entry in shares.starts[official]..<shares.starts[official + 1] {
      var line = CSVLine()
      line.add(shares.ids[official])
      line.add(shares.cells[entry].description)
      line.add(shares.sharesOfOfficial[entry])
      line.add(shares.sharesOfCell[entry])
      try file.write(line.end())
    }
  }
  try file.commit()
  return shares.cells.count
}

/// Takes a cells file onto official cells: `official_id,period,value,variance,count,coverage`.
///
/// Count is the number of cells with a value, coverage the share of the official cell that they cover.
public func writeOfficialValues(
  _ shares: OfficialShares, cellsPath: String, to path: String, messages: (String) -> Void
) throws -> Int {
  let parts = try readCells(path: cellsPath, messages: messages)
  guard let size = shares.cells.first?.sizeMetres,
    parts.allSatisfy({ $0.field.cells.first?.sizeMetres ?? size == size })
  else {
    throw Problem(
      "the cells are of another size than --level", at: SourcePlace(file: cellsPath),
      remedy: "give the level of the cells file with --level", exitStatus: .usage)
  }
  var file = try OutputFile(path: path)
  try file.write("official_id,period,value,variance,count,coverage\n")
  var rows = 0
  for part in parts {
    for value in shares.onOfficials(part.field) {
      var line = CSVLine()
      line.add(shares.ids[value.official])
      line.add(part.period?.description ?? "")
      line.add(value.value)
      line.add(value.variance.isNaN ? nil : value.variance)
      line.add(value.cells)
      line.add(value.coverage)
      try file.write(line.end())
      rows += 1
    }
  }
  try file.commit()
  return rows
}

/// Takes values of official cells onto the grid's cells and writes a cells file.
public func writeCellsOfOfficials(
  _ shares: OfficialShares, valuesPath: String, to path: String, options: ReadOptions, messages: (String) -> Void
) throws -> Int {
  let read = try OfficialValuesFile.read(path: valuesPath, options: options)
  describe(read.rejects, of: valuesPath, messages)
  let slots = Dictionary(uniqueKeysWithValues: zip(shares.ids, shares.ids.indices))
  var byPeriod: [String: [Double]] = [:]
  var unknown = 0
  for row in read.value {
    guard let slot = slots[row.id] else {
      unknown += 1
      continue
    }
    byPeriod[row.period, default: [Double](repeating: .nan, count: shares.ids.count)][slot] = row.value
  }
  if unknown > 0 { messages("\(valuesPath): \(unknown) rows name cells that the official file does not have") }
  var fields: [(period: Period?, field: CellField)] = []
  for (text, values) in byPeriod.sorted(by: { $0.key < $1.key }) {
    let period = Period(text)
    guard text.isEmpty || period != nil else {
      throw Problem(
        "the period \"\(text)\" is none", at: SourcePlace(file: valuesPath),
        remedy: "write an hour 2017-11-21T08, a day 2017-11-21 or a month 2017-11")
    }
    fields.append((period, shares.onCells(values)))
  }
  try CellsWriter.write(fields, to: path, threads: options.threads)
  return fields.reduce(0) { $0 + $1.field.count }
}

private func squareKilometres(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
