internal import Diagnostics
internal import Digests
internal import Hotspots
internal import Sampling
internal import Enterprises
internal import Evidence
public import Export
internal import Foundation
public import GeoFormats
internal import Geometry
internal import Grids
public import Quantities
internal import Ranking
public import Reports
public import Store

/// The drawn targets of a day with everything their sheets, tables and maps say.
public struct DayTargets: Sendable {
  /// The day the inspectors go out.
  public let date: LocalDay
  /// One sheet per target; by county and id, or in the order of a team's route.
  public let pages: PlanPages
  /// What tables and maps say of the same targets, in the order of the sheets.
  public let exported: [ExportTarget]
}

/// Gathers the drawn targets of a plan.
///
/// - Parameter team: A team of the dispatch: its visits, in the order of its route. Else a GB/T 2260 code or name of a city:
///   every target whose county belongs to it. `nil` keeps all.
/// - Throws: `Problem` when there is no plan of the date, or the team is neither a team nor a city of it.
public func dayTargets(date: LocalDay?, team: String?, in workspace: Workspace) throws -> DayTargets {
  guard let day = try planDate(date, in: workspace), let plan = try workspace.planHeader(date: day) else {
    throw Problem("there is no plan yet", remedy: "make one with 'hotgrid plan --date DATE'")
  }
  let gatherer = try TargetGatherer(workspace: workspace, plan: plan)
  let all = try workspace.plannedTargets(date: day)
  let visits = try workspace.dispatch(date: day)?.visits ?? []
  let visitOf = Dictionary(visits.map { ($0.targetID, $0) }, uniquingKeysWith: { first, _ in first })
  let isTeam = visits.contains { $0.team == team && team != nil }
  // A dispatched lead is visited without having been drawn.
  var shown = all.filter { $0.isDrawn || visitOf[$0.target.id] != nil }
  if isTeam {
    shown = shown.filter { visitOf[$0.target.id]?.team == team }
    shown.sort { (visitOf[$0.target.id]?.order ?? 0) < (visitOf[$1.target.id]?.order ?? 0) }
  } else {
    if let team {
      shown = shown.filter { gatherer.belongs($0, to: team) }
      guard !shown.isEmpty else {
        let teams = Set(visits.compactMap(\.team)).sorted()
        throw Problem(
          "no drawn target of \(day) belongs to \(team)",
          remedy: teams.isEmpty
            ? "a team is a city before 'hotgrid dispatch': give its GB/T 2260 code or name, such as 130100 or 石家庄市"
            : "give one of the teams \(teams.prefix(12).joined(separator: ", ")), or a city",
          exitStatus: .usage)
      }
    }
    shown.sort { ($0.target.countyCode ?? "", $0.target.id) < ($1.target.countyCode ?? "", $1.target.id) }
  }
  let sheets = try shown.map {
    try gatherer.sheet(
      $0, team: team, visit: visitOf[$0.target.id], frame: all.count, drawn: all.count(where: \.isDrawn))
  }
  return DayTargets(
    date: day, pages: PlanPages(date: day, sheets: sheets, provenance: gatherer.provenance),
    exported: zip(shown, sheets).map { gatherer.exported($0, $1, team: $1.team) })
}

/// Writes one HTML page per target and an index into a folder. - Returns: Number of pages with the index.
public func writeSheets(_ targets: DayTargets, to folder: String) throws -> Int {
  try makeFolder(folder)
  for sheet in targets.pages.sheets {
    var file = try OutputFile(path: "\(folder)/\(PlanPages.fileName(targetID: sheet.target.id))")
    try file.write(sheet.html)
    try file.commit()
  }
  var index = try OutputFile(path: "\(folder)/index.html")
  try index.write(targets.pages.indexHTML)
  try index.commit()
  return targets.pages.sheets.count + 1
}

/// Writes the targets as a table or a map.
public func writeTargets(
  _ targets: DayTargets, to path: String, format: VectorFormat, hasByteOrderMark: Bool, in workspace: Workspace
) throws {
  try viaFile(path, ending: format.rawValue) { path in
    try TargetsFile.write(
      targets.exported, date: targets.date.description, grid: try Grid(definition: workspace.grid()), to: path,
      format: format, hasByteOrderMark: hasByteOrderMark)
  }
}

/// Lets a writer that needs a file serve standard output too.
func viaFile(_ path: String, ending: String, _ write: (String) throws -> Void) throws {
  guard path == "-" else { return try write(path) }
  let scratch = FileManager.default.temporaryDirectory
    .appending(path: "hotgrid-\(ProcessInfo.processInfo.processIdentifier).\(ending)").path
  defer { try? FileManager.default.removeItem(atPath: scratch) }
  try write(scratch)
  var output = try OutputFile(path: "-")
  try output.write([UInt8](try Data(contentsOf: URL(filePath: scratch))))
  try output.commit()
}

/// Puts sheets together from one workspace.
struct TargetGatherer {
  let workspace: Workspace
  let plan: PlanHeader
  let region: WorkspaceRegion
  let fields: [PlanField]
  let firms: Sourced<Located<Enterprise>>
  let meters: Sourced<Located<Meter>>
  let firmPoints: [PlanePoint]
  let isSynthetic: Bool
  private var firmOfCode: [String: Int] = [:]
  private var meterOfID: [String: Int] = [:]
  private let loads: [(loads: DayLoads, files: [Int64])]
  private let roses: SheetRoses
  private let sealRoot: String?

  init(workspace: Workspace, plan: PlanHeader) throws {
    self.workspace = workspace
    self.plan = plan
    let region = try workspaceRegion(workspace)
    self.region = region
    fields = try workspace.planFields(date: plan.date)
    firms = try workspace.enterprises()
    meters = try workspace.meters()
    firmPoints = firms.values.compactMap { $0.value.position.map(region.grid.projection.forward) }
    isSynthetic = try planSummary(date: plan.date, in: workspace)?.isSynthetic ?? false
    // A week is what power leads look at.
    loads = try workspace.loadDays(days: plan.date.advanced(by: -7)...plan.date.advanced(by: -1))
    roses = try SheetRoses(workspace: workspace, region: region, lastDay: plan.date.advanced(by: -1))
    sealRoot = try plan.sealJSON.map { try JSONDecoder().decode(Seal.self, from: Data($0.utf8)).root }
    for (slot, firm) in firms.values.enumerated() where firmOfCode[firm.value.creditCode] == nil {
      firmOfCode[firm.value.creditCode] = slot
    }
    for (slot, meter) in meters.values.enumerated() where meterOfID[meter.value.id] == nil {
      meterOfID[meter.value.id] = slot
    }
  }

  var provenance: [SheetFact] {
    [
      SheetFact("hotgrid", plan.codeVersion), SheetFact("policy", String(plan.policyHash.prefix(16))),
      SheetFact("inputs", String(plan.inputDigest.prefix(16))), SheetFact("seed", plan.seed),
    ]
  }

  func county(of target: RankedTarget) -> County? {
    region.region.counties.first { $0.code == target.countyCode }
  }

  func belongs(_ planned: PlannedTarget, to team: String) -> Bool {
    guard let county = county(of: planned.target) else { return false }
    return county.cityCode == team || county.cityName == team || county.cityName == team + "市"
  }

  func firm(of target: RankedTarget) -> Enterprise? {
    guard target.kind == .enterprise else { return nil }
    return firmOfCode[String(target.id.dropFirst(2))].map { firms.values[$0].value }
  }

  func position(of target: RankedTarget) -> LonLat? {
    switch target.kind {
    case .enterprise: firm(of: target)?.position
    case .unregisteredMeter: meterOfID[String(target.id.dropFirst(2))].flatMap { meters.values[$0].value.position }
    case .cell: target.cell.map { region.grid.projection.inverse(region.region.lattice.centre(of: $0)) }
    }
  }

  func sheet(
    _ planned: PlannedTarget, team: String?, visit: PlannedVisit?, frame: Int, drawn: Int
  ) throws -> TargetSheet {
    let target = planned.target
    let position = position(of: target)
    let stop = visit.flatMap { visit in
      visit.order.map { SheetVisit(order: $0, arrive: visit.arrive, leave: visit.leave, origin: visit.origin) }
    }
    return TargetSheet(
      target: target, date: plan.date, team: visit?.team ?? team, visit: stop, county: county(of: target),
      position: position,
      address: firm(of: target)?.address,
      draw: SheetDraw(
        seed: plan.seed, inclusionProbability: planned.draw?.inclusionProbability ?? 0,
        ticket: planned.draw?.ticket.hex ?? "", drawnCount: drawn, frameCount: frame,
        command: "hotgrid draw verify --frame frame.csv --drawn drawn.csv --seed \"\(plan.seed)\"",
        arm: planned.draw?.randomTicket == nil ? "" : planned.draw?.arm ?? "", sealRoot: sealRoot),
      map: map(target, position), loads: sheetLoads(target), rose: roses.rose(near: position, isSynthetic),
      isSynthetic: isSynthetic, provenance: provenance)
  }

  private func map(_ target: RankedTarget, _ position: LonLat?) -> SheetMap? {
    let lattice = region.region.lattice
    guard let centre = position.map(region.grid.projection.forward) ?? target.cell.map(lattice.centre) else {
      return nil
    }
    // The field that speaks of most cells around the target.
    let reach = 15_000.0
    func near(_ point: PlanePoint) -> Bool {
      abs(point.x - centre.x) <= reach + 3000 && abs(point.y - centre.y) <= reach + 3000
    }
    var best: (cells: [SheetMap.Cell], caption: String) = ([], "no field covers this place")
    for field in fields {
      let bins = Dictionary(field.hotspots.map { ($0.cell, $0.bin) }, uniquingKeysWith: { first, _ in first })
      let cells = field.values.cells.indices.filter { near(lattice.centre(of: field.values.cells[$0])) }.map {
        SheetMap.Cell(
          cell: field.values.cells[$0], value: field.values.values[$0], bin: bins[field.values.cells[$0]])
      }
      if cells.count > best.cells.count {
        best = (cells, "\(field.name), day \(field.period), µg/m³\(isSynthetic ? ", synthetic" : "")")
      }
    }
    return SheetMap(
      lattice: lattice, projection: region.grid.projection, centre: centre,
      target: target.kind == .cell ? nil : centre, targetCell: target.cell, cells: best.cells,
      enterprises: firmPoints.filter { near($0) && $0 != centre }, reachMetres: reach, caption: best.caption)
  }

  /// The last day of each power lead that has load curves, one per meter.
  private func sheetLoads(_ target: RankedTarget) -> [SheetLoad] {
    var shown: Set<String> = []
    return target.leads.compactMap { lead in
      guard let id = lead.meterID, let meter = meterOfID[id], shown.insert(id).inserted,
        [.stopOrderLoad, .treatmentOff, .unregisteredLoad, .nightShift, .loadVanished, .meterReading]
          .contains(lead.kind),
        let block = loads.last(where: { $0.loads.day <= lead.lastDay })
      else { return nil }
      let curves = block.loads.meters.indices.filter { Int(block.loads.meters[$0]) == meter }.map { block.loads[$0] }
      return curves.isEmpty ? nil : SheetLoad(caption: "meter \(id), \(block.loads.day)", curves: curves)
    }
  }

  func exported(_ planned: PlannedTarget, _ sheet: TargetSheet, team: String?) -> ExportTarget {
    let target = planned.target
    let strongest = target.leads.max { $0.strength < $1.strength }
    var kinds: [String] = []
    for lead in target.leads where !kinds.contains(lead.kind.rawValue) { kinds.append(lead.kind.rawValue) }
    return ExportTarget(
      id: target.id, kind: target.kind.rawValue, name: target.name, countyCode: target.countyCode ?? "",
      county: sheet.county?.name ?? "", city: sheet.county?.cityName ?? "", cell: target.cell, position: sheet.position,
      score: target.score, parts: target.parts.map { "\($0.name)=\($0.points)" }.joined(separator: ";"),
      leads: kinds.joined(separator: ";"), statement: strongest?.statement ?? "",
      inclusionProbability: planned.draw?.inclusionProbability ?? 0, ticket: planned.draw?.ticket.hex ?? "",
      isDrawn: planned.isDrawn, team: team ?? "", isSynthetic: isSynthetic)
  }
}

/// Makes a folder if it is not there. - Throws: `Problem` when it cannot be made.
func makeFolder(_ folder: String) throws(Problem) {
  do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
    throw Problem("cannot make \(folder): \(error.localizedDescription)", remedy: "name a folder you may write to")
  }
}
