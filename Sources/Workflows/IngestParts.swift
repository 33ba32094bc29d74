internal import Diagnostics
internal import Enterprises
internal import Export
internal import Geometry
internal import Ingest
internal import Quantities
internal import Ranking
internal import Readings
internal import Store

/// What reading a file gave, whatever its kind.
struct IngestParts {
  var batch = IngestBatch()
  var rejects = RejectLog()
  /// Pixels of a raster that were refused and are not in `rejects`.
  var unlistedRejects = 0
  var rowsRead = 0
  var rowsKept = 0
  var encoding = ""
  var notes: [String] = []
  var findings: [StationPositionFinding] = []

  init() {}

  init<Value>(_ result: ReadResult<Value>) {
    rejects = result.rejects
    rowsRead = result.rowsRead
    rowsKept = result.rowsKept
    encoding = result.encoding
    notes = result.notes
  }
}

/// Reads a file as its kind and finds the cells and counties of what it holds.
func readParts(
  _ request: IngestRequest, sha256: String, workspace: Workspace, region: WorkspaceRegion
) throws -> IngestParts {
  let options = request.readOptions
  var parts: IngestParts
  switch request.kind {
  case .stations: parts = try stationParts(request, sha256: sha256, workspace: workspace, region: region)
  case .readings: parts = try readingParts(request, sha256: sha256, workspace: workspace, region: region)
  case .raster, .swath: parts = try fieldParts(request, region: region)
  case .fires:
    let result = try FiresFile.read(path: request.path, options: options, dateOrder: request.dateOrder)
    parts = IngestParts(result)
    parts.batch.fires = result.value.map { Located($0, cell: region.cell(at: $0.position)) }
  case .enterprises:
    let result = try EnterprisesFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.enterprises = result.value.map { firm in
      let cell = region.cell(at: firm.position)
      return Located(firm, cell: cell, countyCode: region.county(declared: firm.countyCode, cell: cell))
    }
  case .meters:
    let result = try MetersFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.meters = result.value.map { located($0, at: $0.position, region) }
  case .power:
    let result = try PowerFile.read(path: request.path, options: options, label: request.label)
    parts = IngestParts(result)
    parts.batch.meterIDs = result.value.meterIDs
    parts.batch.loads = result.value.days
  case .orders:
    let result = try OrdersFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.orders = result.value
  case .complaints:
    let result = try ComplaintsFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.complaints = result.value.map { located($0, at: $0.position, region) }
  case .wind:
    let result =
      WindGridFile.isGrid(path: request.path)
      ? try WindGridFile.read(path: request.path, time: request.period?.start, options: options)
      : try WindFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.wind = result.value
  case .outcomes:
    let result = try OutcomesFile.read(
      path: request.path, severities: try workspacePolicy(workspace).policy.score.problemSeverity, options: options)
    parts = IngestParts(result)
    parts.batch.outcomes = result.value
  case .cems:
    let result = try CemsFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.emissions = result.value
  case .dustfall:
    let result = try DustFallFile.read(path: request.path, options: options)
    parts = IngestParts(result)
    parts.batch.dustFall = result.value.map { sample in
      let cell = region.cell(at: sample.position)
      return Located(sample, cell: cell, countyCode: region.county(declared: sample.countyCode, cell: cell))
    }
  case .boundaries: preconditionFailure("boundaries are not rows")
  }
  return parts
}

private func located<Value>(_ value: Value, at position: LonLat?, _ region: WorkspaceRegion) -> Located<Value> {
  let cell = region.cell(at: position)
  return Located(value, cell: cell, countyCode: region.homeCounty(of: cell))
}

private func stationParts(
  _ request: IngestRequest, sha256: String, workspace: Workspace, region: WorkspaceRegion
) throws -> IngestParts {
  let result = try StationsFile.read(path: request.path, options: request.readOptions)
  var parts = IngestParts(result)
  parts.batch.stations = locatedStations(result.value, region)
  parts.findings = try positionFindings(parts.batch.stations, workspace: workspace, sha256: sha256)
  if request.reference == nil, parts.notes.isEmpty {
    parts.notes.append("no --crs was given: positions without a crs column are taken as WGS 84")
  }
  return parts
}

func locatedStations(
  _ stations: [(station: Station, line: Int32)], _ region: WorkspaceRegion
) -> [Located<StationRow>] {
  stations.map { located(StationRow(station: $0.station, line: $0.line), at: $0.station.position, region) }
}

/// Compares positions with those that other files declare for the same stations; of several the first that differs.
func positionFindings(
  _ stations: [Located<StationRow>], workspace: Workspace, sha256: String
) throws -> [StationPositionFinding] {
  var known: [String: [(position: LonLat, source: String)]] = [:]
  for other in try workspace.stationDeclarations(excluding: sha256) {
    known[other.id, default: []].append((other.position, other.source))
  }
  return stations.compactMap { located -> StationPositionFinding? in
    let station = located.value.station
    guard let position = station.position, let others = known[station.id] else { return nil }
    return others.lazy.compactMap { other in
      StationPositionFinding.compare(
        stationID: station.id, position: position, otherPosition: other.position, otherSource: other.source)
    }.first
  }.sorted { $0.stationID < $1.stationID }
}

/// `station_id,finding,lon,lat,other_lon,other_lat,other_source,distance_m,distance_if_converted_m`.
func writeFindings(_ findings: [StationPositionFinding], to path: String) throws {
  var file = try OutputFile(path: path)
  try file.write(
    "station_id,finding,lon,lat,other_lon,other_lat,other_source,distance_m,distance_if_converted_m\n")
  for finding in findings {
    let converted = finding.distanceIfConvertedMetres.map { "\($0.rounded())" } ?? ""
    try file.write(
      [
        csvField(finding.stationID), finding.kind.rawValue, "\(finding.position.longitude)",
        "\(finding.position.latitude)", "\(finding.otherPosition.longitude)", "\(finding.otherPosition.latitude)",
        csvField(finding.otherSource), "\(finding.distanceMetres.rounded())", converted,
      ].joined(separator: ",") + "\n")
  }
  try file.commit()
}
