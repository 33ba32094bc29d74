internal import Diagnostics
internal import Enterprises
public import Export
public import GeoFormats
internal import Geometry
internal import Grids
internal import Hotspots
internal import Ingest
public import Quantities
internal import Ranking
internal import Sampling
public import Store

/// What `export --what` can write from a workspace.
public enum ExportedThing: String, CaseIterable, Sendable {
  case hotspots, cells, enterprises, targets, counties
}

/// Writes a part of a workspace as a map file. - Returns: Rows written.
///
/// - Parameters:
///   - field: Which field of a plan hotspots and cells come from; `nil` takes the first.
///   - format: `nil` for GeoTIFF, which holds hotspots or cells.
public func exportWorkspace(
  _ thing: ExportedThing, date: LocalDay?, field: String?, to path: String, format: VectorFormat?,
  reference: ExportReference, hasByteOrderMark: Bool, in workspace: Workspace
) throws -> Int {
  let region = try workspaceRegion(workspace)
  let grid = region.grid
  var rows = 0
  let isStandardOutput = path == "-"
  try viaFile(path, ending: format?.rawValue ?? "tif") { path in
    switch thing {
    case .hotspots, .cells:
      let cells = try planCells(thing, date: date, field: field, region: region, workspace: workspace)
      rows = cells.count
      let statement = try planStatement(thing, cells, date: date, workspace: workspace)
      if let format {
        try CellExport.write(
          cells, grid: grid, to: path, format: format, reference: reference, hasByteOrderMark: hasByteOrderMark,
          title: thing.rawValue, statement: statement)
      } else {
        try CellExport.writeRaster(cells, grid: grid, to: path, metadata: statement.tags)
      }
      if !isStandardOutput { try statement.write(beside: path) }
    case .enterprises:
      let firms = try workspace.enterprises().values
      rows = firms.count
      try PlaceExport.write(
        firms.map { firm in
          ExportEnterprise(
            creditCode: firm.value.creditCode, name: firm.value.name, industryCode: firm.value.industryCode,
            countyCode: firm.countyCode ?? "", grade: firm.value.grade?.rawValue ?? "",
            status: firm.value.status ?? "", position: firm.value.position)
        }, grid: grid, to: path, format: try vector(format), reference: reference, hasByteOrderMark: hasByteOrderMark)
    case .targets:
      let targets = try dayTargets(date: date, team: nil, in: workspace)
      rows = targets.exported.count
      try TargetsFile.write(
        targets.exported, date: targets.date.description, grid: grid, to: path, format: try vector(format),
        reference: reference, hasByteOrderMark: hasByteOrderMark)
    case .counties:
      let counties = try countyBoundaries(workspace).filter { grid.definition.includes($0.county) }
      rows = counties.count
      try PlaceExport.write(counties, grid: grid, to: path, format: try vector(format), reference: reference)
    }
  }
  return rows
}

private func vector(_ format: VectorFormat?) throws(Problem) -> VectorFormat {
  guard let format else {
    throw Problem("only hotspots and cells go into a GeoTIFF", remedy: "use another --format", exitStatus: .usage)
  }
  return format
}

private func countyBoundaries(_ workspace: Workspace) throws -> [CountyBoundary] {
  let own = try workspace.setting("boundaries_path").map { "\(workspace.path)/\($0)" }
  guard let path = own ?? RegionSource.defaultBoundaries else {
    throw Problem("there are no county boundaries", remedy: "run tools/setup, or 'hotgrid ingest boundaries FILE'")
  }
  let reference = try workspace.setting("boundaries_crs").flatMap { CoordinateReference($0) }
  return try BoundaryFile.read(
    path: path, reference: own == nil ? nil : reference, places: try workspacePlaces(workspace))
}

private func planCells(
  _ thing: ExportedThing, date: LocalDay?, field: String?, region: WorkspaceRegion, workspace: Workspace
) throws -> [ExportCell] {
  guard let day = try planDate(date, in: workspace) else {
    throw Problem("there is no plan yet", remedy: "make one with 'hotgrid plan --date DATE'")
  }
  let fields = try workspace.planFields(date: day)
  guard let chosen = field.map({ name in fields.first { $0.name == name } }) ?? fields.first else {
    let known = fields.map(\.name).joined(separator: ", ")
    throw Problem(
      field.map { "the plan of \(day) has no field \($0)" } ?? "the plan of \(day) has no fields",
      remedy: known.isEmpty ? "ingest readings or rasters for the day before" : "use --field \(known)",
      exitStatus: .usage)
  }
  func named(_ cell: CellID) -> (county: String, city: String) {
    guard let slot = region.region.slot(of: cell) else { return ("", "") }
    let county = region.region.counties[region.region.homeCounty(slot: slot)]
    return (county.name, county.cityName)
  }
  guard thing == .hotspots else {
    return chosen.values.cells.indices.map { slot in
      let place = named(chosen.values.cells[slot])
      return ExportCell(
        cell: chosen.values.cells[slot], period: chosen.period, value: chosen.values.values[slot], county: place.county,
        city: place.city)
    }
  }
  return chosen.hotspots.map { row in
    let place = named(row.cell)
    return ExportCell(
      cell: row.cell, period: row.period, value: row.value, neighbours: row.neighbours, z: row.z, p: row.p,
      permutationP: row.permutationP, bin: row.bin, classification: row.classification, reason: row.reason,
      support: row.isInterpolated ? "interpolated" : "",
      county: place.county, city: place.city)
  }
}

/// What a map of a plan's field says of itself: the plan keeps its policy and inputs by their hashes.
private func planStatement(
  _ thing: ExportedThing, _ cells: [ExportCell], date: LocalDay?, workspace: Workspace
) throws -> MapStatement {
  guard let day = try planDate(date, in: workspace), let plan = try workspace.planHeader(date: day) else {
    throw Problem("there is no plan yet", remedy: "make one with 'hotgrid plan --date DATE'")
  }
  var statement = MapStatement(
    verb: "plan",
    method: thing == .hotspots ? "Getis and Ord's Gi* as the policy of the plan says" : "values of a field of the plan",
    page: thing == .hotspots ? "docs/methods/gi-star.md" : "",
    settings: ["date": "\(day)", "policy": plan.policyHash, "inputs": plan.inputDigest], seed: plan.seed)
  statement.version = plan.codeVersion
  statement.count(cells)
  return statement
}
