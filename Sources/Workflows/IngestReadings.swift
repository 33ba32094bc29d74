internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Ingest
internal import Ranking
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
  parts.batch.stationHours = try checkedWithinFile(result.value.hours, workspace: workspace, notes: &parts.notes)
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

/// Sets the flags that one file can give by itself; what needs history and neighbours is done when a day is planned.
private func checkedWithinFile(
  _ hours: [StationHours], workspace: Workspace, notes: inout [String]
) throws -> [StationHours] {
  let policy = try workspacePolicy(workspace).policy.quality
  guard policy.isOn else { return hours }
  var hours = hours
  QualityControl.flagWithinFile(&hours, rules: policy.rules)
  let named = QualityFlags.all.compactMap { name, flag -> String? in
    let count = hours.reduce(0) { $0 + $1.flags.count { $0 & flag.rawValue != 0 } }
    return count > 0 ? "\(name) \(count)" : nil
  }
  if !named.isEmpty { notes.append("station-hours marked: \(named.joined(separator: ", "))") }
  return hours
}

/// The policy of a workspace; the built-in one where it has none.
func workspacePolicy(_ workspace: Workspace) throws -> PolicyFile.Contents {
  try workspace.policyText().map { text throws(Problem) in
    try PolicyFile.parse(text, file: "\(workspace.path): policy")
  } ?? PolicyFile.builtIn()
}
