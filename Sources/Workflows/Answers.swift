internal import Diagnostics
public import Enterprises
public import Evidence
public import Grids
public import Hotspots
public import Quantities
internal import Ranking
public import Store

/// What a county desk wants to know.
public struct CountyAnswer: Sendable {
  /// As in the workspace's boundaries, by today's GB/T 2260 code.
  public let county: County
  /// The plan it speaks of; `nil` when there is none yet.
  public let plan: PlanHeader?
  /// Cells of the coarsest level with their largest share in the county.
  public let cells: Int
  /// Area of the county inside the grid's cells, km².
  public let areaSquareKilometres: Double
  /// Stations whose position lies in the county; ids that have readings and no position are not counted.
  public let stations: Int
  /// Firms of the register in the county, working or not.
  public let enterprises: Int
  /// Per field: its name, cells of the county with a value, their mean, and those that are hot.
  public let fields: [(name: String, cells: Int, mean: Double, hot: [HotspotRow])]
  /// Of the plan, field by field; empty without a plan.
  public let alarms: [Alarm]
  /// Of the plan, on cells, firms and meters in the county; empty without a plan.
  public let leads: [Lead]
  /// Of the plan, where they name the county or a cell in it; empty without a plan.
  public let lists: [PlanListEntry]
  /// Targets of the frame in this county, those drawn first, then by descending score.
  public let targets: [PlannedTarget]
  /// Daily means of the county's ground stations' cells in recent plans, oldest first.
  public let trend: [(day: LocalDay, mean: Double)]
}

/// The date of the plan a query speaks of: the one asked for, or the latest.
public func planDate(_ date: LocalDay?, in workspace: Workspace) throws -> LocalDay? {
  if let date {
    guard try workspace.planHeader(date: date) != nil else {
      let known = try workspace.plans().suffix(5).map(\.date.description)
      throw Problem(
        "there is no plan for \(date)",
        remedy: known.isEmpty
          ? "make one: hotgrid plan --date \(date)" : "plans exist for \(known.joined(separator: ", "))")
    }
    return date
  }
  return try workspace.plans().last?.date
}

/// Everything about one county.
///
/// - Parameter query: A code, a name of any revision since 2016, pinyin, or a development zone.
/// - Throws: `Problem` (usage) for an unknown or ambiguous place.
public func countyAnswer(_ query: String, date: LocalDay?, in workspace: Workspace) throws -> CountyAnswer {
  let region = try workspaceRegion(workspace)
  let county = try resolveCounty(query, region: region)
  let position = region.region.counties.firstIndex(of: county)
  var cells: Set<CellID> = []
  var area = 0.0
  let cellArea = Double(region.region.lattice.sizeMetres) * Double(region.region.lattice.sizeMetres) / 1e6
  for slot in region.region.cells.indices {
    for share in Int(region.region.shareStarts[slot])..<Int(region.region.shareStarts[slot + 1])
    where Int(region.region.shareCounties[share]) == position {
      area += region.region.shares[share] * cellArea
    }
    if region.region.homeCounty(slot: slot) == position { cells.insert(region.region.cells[slot]) }
  }
  let day = try planDate(date, in: workspace)
  let fields = try day.map { try workspace.planFields(date: $0) } ?? []
  var trend: [(day: LocalDay, mean: Double)] = []
  for header in try workspace.plans().suffix(14) where day.map({ header.date <= $0 }) ?? true {
    let field = header.date == day ? fields : try workspace.planFields(date: header.date)
    guard let ground = field.first(where: { $0.name == "ground" }) ?? field.first else { continue }
    let values = ground.values.cells.indices.filter { cells.contains(ground.values.cells[$0]) }
      .map { ground.values.values[$0] }
    if !values.isEmpty {
      trend.append((header.date.advanced(by: -1), values.reduce(0, +) / Double(values.count)))
    }
  }
  let targets = try day.map { try workspace.plannedTargets(date: $0, countyCode: county.code) } ?? []
  return CountyAnswer(
    county: county, plan: try day.flatMap { try workspace.planHeader(date: $0) }, cells: cells.count,
    areaSquareKilometres: area, stations: try workspace.stations(countyCode: county.code).count,
    enterprises: try workspace.enterprises(countyCode: county.code).count,
    fields: fields.map { field in
      let own = field.values.cells.indices.filter { cells.contains(field.values.cells[$0]) }
      let sum = own.reduce(0) { $0 + field.values.values[$1] }
      return (
        field.name, own.count, own.isEmpty ? 0 : sum / Double(own.count),
        field.hotspots.filter { $0.bin >= 2 && cells.contains($0.cell) }
      )
    },
    alarms: try day.map { try workspace.alarms(date: $0, countyCode: county.code) } ?? [],
    leads: try day.map { try workspace.leads(date: $0, countyCode: county.code) } ?? [],
    lists: try day.map { try workspace.lists(date: $0, countyCode: county.code) } ?? [],
    targets: targets.sorted { a, b in
      a.isDrawn != b.isDrawn ? a.isDrawn : (b.target.score, a.target.id) < (a.target.score, b.target.id)
    }, trend: trend)
}

/// The county a person means, by the workspace's table of places or, without one, by code or exact name.
func resolveCounty(_ query: String, region: WorkspaceRegion) throws(Problem) -> County {
  if let places = region.places {
    let found = try places.county(query)
    guard let county = region.region.counties.first(where: { $0.code == found.code }) else {
      throw Problem(
        "\(found.code) \(found.name) is not in the boundaries of this workspace",
        remedy: "ingest boundaries that have it")
    }
    return county
  }
  guard let county = region.region.counties.first(where: { $0.code == query || $0.name == query }) else {
    throw Problem(
      "no county of the region is called \(query)", remedy: "give its six-digit code or its full name",
      exitStatus: .usage)
  }
  return county
}

/// Everything about one cell.
public struct CellAnswer: Sendable {
  /// At the coarsest level: the parent of a finer cell that was asked for.
  public let cell: CellID
  /// With the share of the cell that lies in each, 0...1, largest first.
  public let counties: [(county: County, share: Double)]
  /// The plan it speaks of; `nil` when there is none yet.
  public let plan: PlanHeader?
  /// Per field that has the cell: value, count, coverage, and what Gi* says.
  public let fields: [(name: String, value: Double, count: Int32, coverage: Double, hotspot: HotspotRow?)]
  /// Of the plan, on this cell; empty without a plan.
  public let alarms: [Alarm]
  /// Of the plan, on this cell; empty without a plan.
  public let leads: [Lead]
  /// Firms whose position lies in the cell, by credit code.
  public let enterprises: [Enterprise]
  /// The cell itself, and firms and meters in it, in frame order; empty without a plan.
  public let targets: [PlannedTarget]
}

/// - Throws: `Problem` (usage) for a cell outside the region.
public func cellAnswer(_ cell: CellID, date: LocalDay?, in workspace: Workspace) throws -> CellAnswer {
  let region = try workspaceRegion(workspace)
  let coarse =
    cell.sizeMetres < region.grid.coarsestMetres ? cell.parent(sizeMetres: region.grid.coarsestMetres) : cell
  guard let slot = region.region.slot(of: coarse) else {
    throw Problem(
      "cell \(cell) is not in the region \(region.region.name)",
      remedy: "find the cell of a place with 'hotgrid locate --lon LON --lat LAT'", exitStatus: .usage)
  }
  let day = try planDate(date, in: workspace)
  let fields = try day.map { try workspace.planFields(date: $0) } ?? []
  return CellAnswer(
    cell: coarse,
    counties: (Int(region.region.shareStarts[slot])..<Int(region.region.shareStarts[slot + 1])).map {
      (region.region.counties[Int(region.region.shareCounties[$0])], region.region.shares[$0])
    }, plan: try day.flatMap { try workspace.planHeader(date: $0) },
    fields: fields.compactMap { field in
      guard let at = field.values.cells.firstIndex(of: coarse) else { return nil }
      return (
        field.name, field.values.values[at], field.values.counts[at], field.values.coverages[at],
        field.hotspots.first { $0.cell == coarse }
      )
    }, alarms: try day.map { try workspace.alarms(date: $0, cell: coarse) } ?? [],
    leads: try day.map { try workspace.leads(date: $0, cell: coarse) } ?? [],
    enterprises: try workspace.enterprises(cell: coarse).values.map(\.value),
    targets: try day.map { try workspace.plannedTargets(date: $0, cell: coarse) } ?? [])
}

/// Everything about one firm.
public struct EnterpriseAnswer: Sendable {
  /// As in the register file ingested last, with the county of its position where the register names none.
  public let enterprise: Enterprise
  /// Of the coarsest level; `nil` without a position.
  public let cell: CellID?
  /// GB/T 2260; `nil` where neither the register nor the position gives one.
  public let countyCode: String?
  /// Name of the register file.
  public let file: String
  /// Meters with the firm's credit code, by id.
  public let meters: [Meter]
  /// Orders that bind the firm at any time, each as last amended.
  public let orders: [StopOrder]
  /// The plan it speaks of; `nil` when there is none yet.
  public let plan: PlanHeader?
  /// Of the plan, on the firm; empty without a plan.
  public let leads: [Lead]
  /// As the plan has it; `nil` when the firm is not in the frame, or there is no plan.
  public let target: PlannedTarget?
}

/// - Parameter query: A credit code, or a name as in the register.
/// - Throws: `Problem` (usage) for an unknown firm or several of one name.
public func enterpriseAnswer(_ query: String, date: LocalDay?, in workspace: Workspace) throws -> EnterpriseAnswer {
  var found = try workspace.enterprise(creditCode: query.uppercased())
  if found == nil {
    let named = try workspace.enterprises(name: query)
    guard named.count <= 1 else {
      throw Problem(
        "\(named.count) firms are called \(query)",
        remedy: "give a code: \(named.values.prefix(5).map(\.value.creditCode).joined(separator: ", "))",
        exitStatus: .usage)
    }
    if named.count == 1 { found = (named.values[0], named.files[0]) }
  }
  guard let found else {
    throw Problem(
      "no firm with the code or name \(query)",
      remedy: "check the 18-character credit code; 'hotgrid county' lists firms",
      exitStatus: .usage)
  }
  let firm = found.enterprise.value.inCounty(found.enterprise.countyCode)
  let day = try planDate(date, in: workspace)
  let orders = OrderBook(try workspace.orders().values)
  return EnterpriseAnswer(
    enterprise: firm, cell: found.enterprise.cell, countyCode: found.enterprise.countyCode,
    file: try workspace.inputFile(id: found.file)?.name ?? "",
    meters: try workspace.meters(creditCode: firm.creditCode).values.map(\.value),
    orders: orders.binding(firm).map { orders.orders[$0] },
    plan: try day.flatMap { try workspace.planHeader(date: $0) },
    leads: try day.map { try workspace.leads(date: $0, creditCode: firm.creditCode) } ?? [],
    target: try day.flatMap { try workspace.plannedTarget(date: $0, id: "E-\(firm.creditCode)") })
}

/// Why a target is in the frame and how it fared: every number with its input file and line.
public struct WhyAnswer: Sendable {
  /// With its parts, leads, probabilities and ticket.
  public let target: PlannedTarget
  /// The plan whose frame it is in.
  public let plan: PlanHeader
  /// The numbers that `plan` printed; `nil` when the plan is gone.
  public let summary: PlanSummary?
  /// Input files that its leads name, with their full hash.
  public let files: [InputFile]
}

/// - Throws: `Problem` (usage) for an id that no plan of the date knows.
public func whyAnswer(_ id: String, date: LocalDay?, in workspace: Workspace) throws -> WhyAnswer {
  guard let day = try planDate(date, in: workspace), let plan = try workspace.planHeader(date: day) else {
    throw Problem("there is no plan yet", remedy: "make one with 'hotgrid plan --date DATE'")
  }
  guard let target = try workspace.plannedTarget(date: day, id: id) else {
    throw Problem(
      "no target \(id) in the plan of \(day)",
      remedy: "ids look like E-<credit code>, M-<meter> or C-<cell>; 'hotgrid targets --date \(day)' lists those drawn",
      exitStatus: .usage)
  }
  let hashes = Set(target.target.leads.flatMap(\.sources).map(\.fileHash)).subtracting([""])
  return WhyAnswer(
    target: target, plan: plan, summary: try planSummary(date: day, in: workspace),
    files: try workspace.inputFiles().filter { hashes.contains($0.shortHash) })
}
