internal import Enterprises
internal import Evidence
internal import Geometry
internal import Grids
internal import Inspections
internal import Quantities
internal import Ranking
internal import Readings
internal import SpatialStatistics
internal import Store

/// Leads about firms, meters and places, and what the ranking joins them to.
struct PlanEvidence {
  let workspace: Workspace
  let region: WorkspaceRegion
  let policy: Policy
  let files: [Int64: InputFile]
  let threads: Int
  let enterprises: Sourced<Located<Enterprise>>
  let meters: Sourced<Located<Meter>>
  /// The register with a county for every firm that has a place.
  let firms: [Enterprise]
  private(set) var gaps: [String] = []
  private(set) var abstentions: [String: Int] = [:]
  /// Firms left out of the frame for the yearly cap.
  private(set) var cappedFirms: [PlanListEntry] = []
  /// The load curves that ``power(lastDay:)`` looked at, in the order of `meters`.
  private(set) var loads: [DayLoads] = []

  init(
    workspace: Workspace, region: WorkspaceRegion, policy: Policy, files: [Int64: InputFile], threads: Int
  ) throws {
    self.workspace = workspace
    self.region = region
    self.policy = policy
    self.files = files
    self.threads = threads
    enterprises = try workspace.enterprises()
    meters = try workspace.meters()
    firms = enterprises.values.map { $0.value.inCounty($0.countyCode) }
    if firms.isEmpty { gaps.append("no enterprises were ingested: only cells and meters can be drawn") }
  }

  private func source(_ file: Int64, line: Int32) -> LeadSource {
    LeadSource(file: files[file]?.name ?? "file \(file)", fileHash: files[file]?.shortHash ?? "", line: line)
  }

  private func points(_ positions: [LonLat?]) -> [PlanePoint?] {
    positions.map { $0.map(region.grid.projection.forward) }
  }

  /// Leads from load curves; the window reaches back as far as baselines need.
  mutating func power(lastDay: LocalDay) throws -> [Lead] {
    guard meters.count > 0 else {
      gaps.append("no meters were ingested: electricity says nothing")
      return []
    }
    let orders = try workspace.orders()
    if orders.count == 0 { gaps.append("no stop orders were ingested") }
    let days = lastDay.advanced(by: 1 - policy.power.historyDays)...lastDay
    let loaded = try workspace.loadDays(days: days)
    loads = loaded.map(\.loads)
    guard !loaded.isEmpty else {
      gaps.append("no load curves between \(days.lowerBound) and \(days.upperBound)")
      return []
    }
    let screen = PowerScreen(
      rules: policy.power, meters: meters.values.map(\.value), enterprises: firms, orders: OrderBook(orders.values),
      industries: policy.industries.classes)
    let evidence = lastDay.advanced(by: 1 - policy.windowDays)...lastDay
    let findings = screen.findings(loads: loaded.map(\.loads), evidence: evidence, threads: threads)
    for abstention in findings.abstentions { abstentions[abstention.reason.rawValue, default: 0] += 1 }
    let firmCells = enterprises.values.map(\.cell)
    let meterCells = meters.values.map(\.cell)
    return screen.leads(findings, firmCells: firmCells, meterCells: meterCells) { flag in
      var sources = flag.places.prefix(6).map { source(loaded[$0.block].files[$0.curve], line: $0.line) }
      sources.append(source(meters.files[flag.meter], line: meters.values[flag.meter].value.line))
      if let order = flag.order { sources.append(source(orders.files[order], line: orders.values[order].line)) }
      return sources
    }
  }

  /// Cells with more complaints than their county's reporting explains, and clusters of complaints in space and time.
  mutating func complaints(lastDay: LocalDay) throws -> [Lead] {
    // Earlier reports say how much a county usually reports.
    let days = lastDay.advanced(by: -365)...lastDay
    let found = try workspace.complaints(days: days)
    if found.count == 0 { gaps.append("no complaints between \(days.lowerBound) and \(days.upperBound)") }
    let complaints = found.values.map(\.value)
    let points = points(complaints.map(\.position))
    let leads = ComplaintScreen.leads(
      complaints, points: points, region: region.region, rules: policy.complaints, lastDay: lastDay
    ) { source(found.files[$0], line: found.values[$0].value.line) }
    let sources = Set(found.files).sorted().map { source($0, line: 0) }
    return leads
      + complaintClusters(
        ComplaintScreen.dailyCounts(
          complaints, points: points, region: region.region, rules: policy.complaints, lastDay: lastDay),
        sources: sources)
  }

  /// Clusters by the permutation model, which neither a busy county nor a busy day makes (Kulldorff et al. 2005).
  private func complaintClusters(_ counts: ComplaintCounts, sources: [LeadSource]) -> [Lead] {
    let rules = policy.detection.scan
    guard rules.complaintReplicates > 0, let size = counts.cells.first?.sizeMetres, policy.complaints.windowDays > 1
    else { return [] }
    var scan = ScanStatistic(rules, model: .permutation, sizeMetres: Int(size))
    scan.replicates = rules.complaintReplicates
    scan.threads = threads
    guard let outcome = scan.run(cells: counts.cells, values: counts.values) else { return [] }
    let origin = FieldOrigin(name: "complaints", quantity: "12369 complaints about air", unit: "", sources: sources)
    return outcome.clusters.flatMap { cluster in
      CellLeads.leads(
        ScannedCluster(
          cells: cluster.members.map { counts.cells[$0] },
          first: .day(counts.days.lowerBound.advanced(by: cluster.steps.lowerBound)),
          last: .day(counts.days.lowerBound.advanced(by: cluster.steps.upperBound - 1)), observed: cluster.observed,
          expected: cluster.expected, ratio: cluster.ratio, p: cluster.p, replicates: scan.replicates,
          subject: "12369 complaints about air", unit: ""),
        origin: origin)
    }
  }

  mutating func fires(lastDay: LocalDay) throws -> [Lead] {
    let days = lastDay.advanced(by: 1 - policy.fires.windowDays)...lastDay
    let found = try workspace.fires(days: days)
    return FireScreen.leads(
      found.values.map(\.value), points: points(found.values.map(\.value.position)), region: region.region,
      rules: policy.fires, lastDay: lastDay
    ) { source(found.files[$0], line: found.values[$0].value.line) }
  }

  /// Earlier visits, and the cases that the newest of them left open.
  ///
  /// - Returns: `nil` when no outcome was ever ingested: scores then have no part made of them.
  private func history(before date: LocalDay) throws -> VisitHistory? {
    let visits = try workspace.visits(days: date.advanced(by: -3650)...date.advanced(by: -1))
    guard !visits.isEmpty else { return nil }
    // Of each target the newest visit counts: what it found is open until a visit finds nothing.
    var newest: [String: VisitRecord] = [:]
    for visit in visits { newest[visit.targetID] = visit }
    return VisitHistory(visits: visits, day: date, openCases: newest.mapValues(\.problems))
  }

  /// Takes firms out that had all the visits of a year that the policy allows; who they are goes into the plan's lists.
  mutating func withoutCapped(_ targets: [RankedTarget], date: LocalDay) throws -> [RankedTarget] {
    guard policy.draw.visitsPerYear > 0 else { return targets }
    let rules = TaskRules(visitsPerYear: policy.draw.visitsPerYear)
    let capped = rules.cappedSubjects(
      visits: try workspace.visits(days: rules.yearStart(of: date)...date.advanced(by: -1)), on: date)
    guard !capped.isEmpty else { return targets }
    let visits = Dictionary(capped.map { ($0.subject, $0.visits) }, uniquingKeysWith: { first, _ in first })
    func count(_ target: RankedTarget) -> Int? { visits[target.id] ?? visits[String(target.id.dropFirst(2))] }
    let out = targets.filter { count($0) != nil }
    cappedFirms = out.enumerated().map { number, target in
      PlanListEntry(
        list: "capped", rank: number + 1, cell: target.cell, countyCode: target.countyCode, name: target.name,
        value: count(target).map { Double($0) },
        detail:
          "\(target.id) had \(count(target) ?? 0) visits this year, the policy allows \(policy.draw.visitsPerYear)")
    }
    if !out.isEmpty {
      gaps.append(
        "\(out.count) firms had all the \(policy.draw.visitsPerYear) visits of the year and are not in the frame")
    }
    return targets.filter { count($0) == nil }
  }

  /// Targets of the day with their scores.
  func targets(_ leads: [Lead], date: LocalDay) throws -> [RankedTarget] {
    Scoring.targets(
      TargetSources(
        enterprises: firms, enterprisePoints: points(firms.map(\.position)), meters: meters.values.map(\.value),
        meterPoints: points(meters.values.map(\.value.position)), leads: leads, region: region.region,
        history: try history(before: date), projection: region.grid.projection),
      policy: policy)
  }
}
