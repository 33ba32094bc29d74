internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Ingest
internal import Readings
internal import Store

/// Readings of fixed stations become station-hours, those of moving monitors cell-hours.
func readingParts(
  _ request: IngestRequest, sha256: String, workspace: Workspace, region: WorkspaceRegion
) throws -> IngestParts {
  let known = try workspace.stations().values
  let mobile = Set(known.filter { $0.station.kind == .mobile }.map(\.station.id))
  let result = try ReadingsFile.read(
    path: request.path, options: request.readOptions, grid: region.grid, mobileStations: mobile)
  var parts = IngestParts(result)
  parts.batch.stationIDs = result.value.stationIDs
  parts.batch.stationHours = result.value.hours
  parts.batch.mobileHours = result.value.mobileHours
  // A file that brings positions declares its stations; one that does not leaves them to a stations file.
  parts.batch.stations = locatedStations(result.value.stations, region)
  parts.findings = try positionFindings(parts.batch.stations, workspace: workspace, sha256: sha256)
  let declared = Set(known.map(\.station.id)).union(result.value.stations.map(\.station.id))
  let homeless = result.value.stationIDs.filter { !declared.contains($0) }
  if !homeless.isEmpty {
    parts.notes.append(
      "\(homeless.count) stations have no position yet, such as \(homeless.prefix(3).joined(separator: ", ")): "
        + "their readings wait for a stations file")
  }
  return parts
}
