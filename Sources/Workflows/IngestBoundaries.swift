internal import Geometry
internal import Diagnostics
internal import Foundation
internal import Grids
internal import Ingest
internal import Store

/// Takes the user's own county boundaries: checks them, builds the region from them, keeps a copy in the workspace and
/// finds the county of every stored row anew.
func ingestBoundaries(
  _ request: IngestRequest, sha256: String, byteCount: Int64, into workspace: Workspace, grid: Grid
) throws -> IngestSummary {
  let places = try workspacePlaces(workspace)
  let outcome = try RegionSource.region(
    grid: grid, sizeMetres: grid.coarsestMetres, boundariesPath: request.path, reference: request.reference,
    places: places)
  var notes = ["\(outcome.region.counties.count) counties, \(outcome.region.cells.count) cells"]
  notes += outcome.repairs.map { repair in
    let before = Int((repair.areaBefore / 1e6).rounded())
    let after = Int((repair.areaAfter / 1e6).rounded())
    return "repaired \(repair.county.code) \(repair.county.name): \(repair.reason); \(before) -> \(after) km²"
  }
  let record = InputFileRecord(
    kind: .boundaries, path: request.path, name: request.fileName, sha256: sha256, byteCount: byteCount,
    options: request.optionsText, rowsRead: Int64(outcome.region.counties.count),
    rowsKept: Int64(outcome.region.counties.count), ingestedAt: request.now, hotgridVersion: request.version,
    note: notes.joined(separator: "; "))
  try keepBoundaries(request.path, hash: sha256, in: workspace)
  var batch = IngestBatch()
  batch.settings = [("boundaries_hash", sha256)]
  if let reference = request.reference { batch.settings.append(("boundaries_crs", reference.description)) }
  let stored = try workspace.ingest(record, batch: batch, replacing: request.isReplacing)
  // Finer levels follow when they are asked for.
  for size in grid.definition.levelsMetres {
    try? FileManager.default.removeItem(atPath: regionPath(workspace, sizeMetres: size))
  }
  try keepRegion(outcome.region, in: workspace)
  let region = WorkspaceRegion(grid: grid, region: outcome.region, places: places)
  try workspace.relocate { region.homeCounty(of: $0) }
  return IngestSummary(outcome: stored, rejectsPath: nil, rejectCounts: [], notes: notes)
}
