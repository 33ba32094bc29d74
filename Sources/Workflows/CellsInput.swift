internal import Diagnostics
public import Grids
public import Hotspots
internal import Ingest
internal import Quantities
internal import Sampling
internal import SpatialStatistics

/// What `detect` reads: one field per period. - Throws: A `Problem` when no row could be used.
func readCells(path: String, messages: (String) -> Void) throws -> [CellsFile.Part] {
  let read = try CellsFile.read(path: path, options: fileVerbOptions)
  describe(read.rejects, of: path, messages)
  guard !read.value.isEmpty else {
    throw Problem(
      "no cell has a value", at: SourcePlace(file: path),
      remedy: "make cells with hotgrid map; the columns are cell,period,value,variance,count,coverage")
  }
  return read.value
}

/// Who is whose neighbour, from a GAL or GWT file.
func readWeights(path: String, messages: (String) -> Void) throws -> CellWeights {
  let read = try WeightsFile.read(path: path, options: fileVerbOptions)
  describe(read.rejects, of: path, messages)
  for note in read.notes { messages("\(path): \(note)") }
  return read.value
}

/// Which city each cell belongs to, from a file of `cell,city_code,city`.
public func readCellCities(path: String, messages: (String) -> Void) throws -> CellCities {
  let read = try CellCitiesFile.read(path: path, options: fileVerbOptions)
  describe(read.rejects, of: path, messages)
  return CellCities(read.value.map { ($0.cell, City(code: $0.code, name: $0.name)) })
}

/// Which city each cell of one level belongs to, from the county boundaries.
public func cellCities(grid: Grid, sizeMetres: Int32) throws -> CellCities {
  CellCities(region: try RegionSource.region(grid: grid, sizeMetres: sizeMetres).region)
}

/// A frame, whole or not at all: a row left out would change every probability.
func readFrame(path: String) throws -> Frame {
  let read = try FrameFile.read(path: path, options: fileVerbOptions)
  try requireNone(read.rejects, of: path, for: .draw)
  return try Frame(read.value)
}

func readDrawn(path: String) throws -> [DrawnUnit] {
  let read = try DrawnFile.read(path: path, options: fileVerbOptions)
  try requireNone(read.rejects, of: path, for: .draw)
  return read.value
}

func readOutcomes(path: String) throws -> [DrawOutcome] {
  let read = try DrawnFile.readOutcomes(path: path, options: fileVerbOptions)
  try requireNone(read.rejects, of: path, for: .draw)
  return read.value
}

func readOverrides(path: String) throws -> [DrawOverride] {
  let read = try OverridesFile.read(path: path, options: fileVerbOptions)
  try requireNone(read.rejects, of: path, for: .draw)
  return read.value
}

/// These files hold no times that could lie in the future.
var fileVerbOptions: ReadOptions { ReadOptions(now: Instant(secondsSinceEpoch: .max / 2)) }

/// What needs every row of its files, so that one bad row stops it.
enum WholeUse: String {
  case draw = "a draw needs every row: one left out would change every probability"
  case evaluation = "an evaluation needs every row: one left out would change who stands for how many"
  case assignment = "an assignment needs every row: one left out would change who is drawn"
  case routes = "routes need every row: one left out would be a target or a team that nobody knows of"
  case review = "a review needs every row: one left out could hide a visit or an approval"
  case list = "a frozen list needs every row: it cannot be changed afterwards"
}

/// - Throws: The first bad row of a file that can only be used whole, with what needs it.
func requireNone(_ rejects: RejectLog, of path: String, for use: WholeUse) throws(Problem) {
  guard let first = rejects.rows.first else { return }
  throw Problem(
    "\(first.reason): \(first.text)", at: SourcePlace(file: path, line: first.line),
    remedy: "correct the row\(rejects.count > 1 ? " and \(rejects.count - 1) more" : ""); \(use.rawValue)")
}

/// Says how many rows of a file could not be used, and why.
func describe(_ rejects: RejectLog, of path: String, _ messages: (String) -> Void) {
  for (reason, count) in rejects.countsByReason {
    let line = rejects.rows.first { $0.reason == reason }?.line ?? 0
    messages("\(path): \(count) row\(count == 1 ? "" : "s") not used, first at line \(line): \(reason)")
  }
}
