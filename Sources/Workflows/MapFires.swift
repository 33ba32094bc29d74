internal import Diagnostics
internal import Export
internal import Geometry
public import Gridding
public import Grids
public import Ingest
internal import Quantities
internal import Readings

/// `map fires`: FIRMS detections onto cells and Beijing days.
///
/// Writes `cell,period,value,variance,count,coverage,by_night,frp_mw,confidence,days_seen,static`; value is the number of detections,
/// so that the file can be scanned and exported like any other.
public func mapFires(
  path: String, rule: FireCells, grid: Grid, sizeMetres: Int32, options: ReadOptions, inside: ChosenCells?, out: String
) throws -> MapSummary {
  let lattice = try grid.lattice(sizeMetres: sizeMetres)
  let read = try FiresFile.read(path: path, options: options)
  let found = rule.cells(of: read.value) { fire in
    guard let cell = lattice.cell(at: grid.projection.forward(fire.position)) else { return nil }
    return inside.map { $0.contains(cell) } ?? true ? cell : nil
  }
  var file = try OutputFile(path: out)
  try file.write("cell,period,value,variance,count,coverage,by_night,frp_mw,confidence,days_seen,static\n")
  for row in found.cells {
    var line = CSVLine()
    line.add(row.cell.description)
    line.add(row.day.description)
    line.add(Double(row.detections))
    line.add("")
    line.add(row.detections)
    line.add("")
    line.add(row.byNight)
    line.add(row.radiativePowerMegawatts)
    line.add(row.confidencePercent)
    line.add(row.daysSeen)
    line.add(row.isStatic ? 1 : 0)
    try file.write(line.end())
  }
  try file.commit()
  var notes = read.notes
  if found.unsure > 0 {
    notes.append("\(found.unsure) detections below a confidence of \(rule.minimumConfidencePercent) left out")
  }
  if found.outside > 0 { notes.append("\(found.outside) detections outside the wanted cells") }
  let still = Set(found.cells.filter(\.isStatic).map(\.cell)).count
  if still > 0 {
    notes.append(
      "\(still) cells burn on at least \(rule.staticDays) days and \(Int(rule.staticShare * 100)) % of all: likely furnaces or flares"
    )
  }
  return MapSummary(
    rowsRead: read.rowsRead, rejects: read.rejects, cells: found.cells.count,
    periods: Set(found.cells.map(\.day)).count, notes: notes)
}
