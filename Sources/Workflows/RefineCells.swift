internal import Diagnostics
internal import Export
internal import Gridding
public import Grids
public import Ingest
internal import Quantities

/// Fine cells inside coarse ones, from a coarse field and what was observed finely; written as a cells file.
///
/// - Parameters:
///   - parentsPath: Cells file of the coarse level.
///   - childrenPath: Cells file of the fine level, such as micro-stations or a fine raster; its periods are matched.
///   - spread: Standard deviation of fine cells about their coarse cell; `nil` takes it from the data.
///   - inside: Coarse cells to refine; `nil` refines all.
public func refineCells(
  parentsPath: String, childrenPath: String, spread: Double?, grid: Grid, sizeMetres: Int32, inside: ChosenCells?,
  options: ReadOptions, out: String
) throws -> MapSummary {
  _ = try grid.lattice(sizeMetres: sizeMetres)
  let parents = try CellsFile.read(path: parentsPath, options: options)
  let children = try CellsFile.read(path: childrenPath, options: options)
  if let wrong = children.value.compactMap(\.field.cells.first).first(where: { $0.sizeMetres != sizeMetres }) {
    throw Problem(
      "\(childrenPath) has cells of \(wrong.sizeMetres) m, such as \(wrong)",
      remedy: "map the observations with --level \(sizeMetres), or name their level", exitStatus: .usage)
  }
  if let wrong = parents.value.compactMap(\.field.cells.first).first(where: { $0.sizeMetres <= sizeMetres }) {
    throw Problem(
      "\(parentsPath) has cells of \(wrong.sizeMetres) m, which hold no cells of \(sizeMetres) m",
      remedy: "name the coarse cells with --cells and the fine ones with --children", exitStatus: .usage)
  }
  if let odd = parents.value.compactMap(\.field.cells.first).first(where: { !$0.sizeMetres.isMultiple(of: sizeMetres) })
  {
    throw Problem(
      "\(parentsPath) has cells of \(odd.sizeMetres) m, which cells of \(sizeMetres) m do not fill",
      remedy: "map the coarse cells with a --level that is a multiple of \(sizeMetres)", exitStatus: .usage)
  }
  var fields: [(period: Period?, field: CellField)] = []
  var notes: [String] = []
  for part in parents.value {
    // A file of one period without a name fits every period.
    let observed =
      children.value.first { $0.period == part.period }
      ?? (children.value.count == 1 && (children.value[0].period == nil || part.period == nil)
        ? children.value[0] : nil)
    guard let observed else {
      notes.append("no children were observed in \(part.period?.description ?? "the period without a name")")
      continue
    }
    let coarse = inside.map { $0.part(of: part.field) } ?? part.field
    let (field, report) = Refinement(spread: spread).refine(coarse, with: observed.field, sizeMetres: sizeMetres)
    fields.append((part.period ?? observed.period, field))
    notes += statements(report)
  }
  try CellsWriter.write(fields, to: out)
  var rejects = parents.rejects
  rejects.append(children.rejects)
  return MapSummary(
    rowsRead: parents.rowsRead + children.rowsRead, rejects: rejects,
    cells: fields.reduce(0) { $0 + $1.field.count }, periods: fields.count, notes: notes)
}

private func statements(_ report: Refinement.Report) -> [String] {
  var notes = [
    "\(report.parents) cells refined: \(report.observed) children observed, \(report.filled) filled from their parent "
      + "(count 0); children stand \((report.spread * 100).rounded() / 100) about their parents"
  ]
  if report.orphans > 0 { notes.append("\(report.orphans) observed children lie in no cell that is refined") }
  if report.negative > 0 {
    notes.append("\(report.negative) children fell below zero: parents and children contradict each other there")
  }
  return notes
}
