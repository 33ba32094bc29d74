internal import Evidence
internal import Grids
internal import Hotspots
internal import Quantities
internal import Ranking
internal import Readings
internal import SpatialStatistics
internal import Store
internal import Surfaces

/// Name of the list of cells that reached a limit of the strike rule.
let strikeList = "strike"

/// What earlier days and months say about cells.
extension PlanFields {
  /// Days of the satellite's PM2.5 that a trend or a scan is made of at least.
  private static let leastDays = 10

  /// The satellite's last days up to `day`, above their background where that is tested; `nil` when the day has none.
  private func satellite(last day: LocalDay, length: Int) throws -> (history: FieldHistory, origin: FieldOrigin)? {
    let history = try FieldHistory(
      of: .raster, variable: "pm25", last: day, length: length, background: background, threads: threads, in: workspace)
    guard let first = history.days.first, history.days.last == day else { return nil }
    let sources = try workspace.fieldFiles(kind: .raster, variable: "pm25", day: day).map { source($0, line: 0) }
    let origin = FieldOrigin(
      name: "satellite since \(first)", quantity: Pollutant.pm25.displayName, unit: Pollutant.pm25.unit.rawValue,
      sources: sources)
    return (history, origin)
  }

  private func withinRegion(_ leads: [Lead]) -> [Lead] {
    leads.filter { $0.cell.map { region.region.slot(of: $0) != nil } ?? false }
  }

  /// Space-time classes of the satellite's cells over the last days, of what lies above the background where that is tested.
  func emerging(day: LocalDay) throws -> [Lead] {
    let length = policy.detection.emergingDays
    guard length > 0, let (history, origin) = try satellite(last: day, length: length),
      history.days.count >= Self.leastDays
    else { return [] }
    var options = EmergingOptions()
    options.hotspots = policy.detection.hotspots.options
    options.minimumBin = policy.detection.hotspots.minimumBin
    return withinRegion(history.emergingLeads(options: options, origin: origin, threads: threads))
  }

  /// Clusters of the satellite's last days that end with `day`, by the normal model of the scan statistic.
  func scan(day: LocalDay) throws -> [Lead] {
    let rules = policy.detection.scan
    guard rules.fieldReplicates > 0, let (history, origin) = try satellite(last: day, length: rules.fieldDays) else {
      return []
    }
    var scan = ScanStatistic(rules, model: .normal, sizeMetres: Int(history.fields[0].cells.first?.sizeMetres ?? 3000))
    scan.replicates = rules.fieldReplicates
    let subject = background == nil ? "PM2.5" : "PM2.5 above its background"
    return withinRegion(history.scanLeads(scan, subject: subject, origin: origin, threads: threads))
  }

  /// The monthly lists of the last whole month, and cells that such lists named again and again.
  func monthlyLists(before day: LocalDay) throws -> (entries: [PlanListEntry], leads: [Lead]) {
    let month = day.advanced(by: 1).month.advanced(by: -1)
    guard policy.detection.monthlyListCells > 0 else { return ([], []) }
    var history = MonthlyHistory(workspace: workspace)
    guard let lists = try lists(of: month, from: &history) else { return ([], []) }
    let sources = try (0..<month.dayCount).flatMap { offset in
      try workspace.fieldFiles(kind: .raster, variable: "pm25", day: month.firstDay.advanced(by: offset))
        .map { source($0, line: 0) }
    }
    let origin = FieldOrigin(
      name: "satellite", quantity: "PM2.5", unit: Pollutant.pm25.unit.rawValue, sources: Array(sources.prefix(31)))
    var entries: [PlanListEntry] = []
    var leads: [Lead] = []
    for row in lists.rows {
      entries.append(
        PlanListEntry(
          list: row.kind.rawValue, rank: row.rank, cell: row.cell, countyCode: region.homeCounty(of: row.cell),
          name: row.city.name, value: row.change ?? row.value, detail: Self.detail(row, month: month)))
      leads.append(
        CellLeads.lead(
          ListedCell(
            cell: row.cell, list: "\(row.kind.rawValue) of \(row.city.name)", rank: row.rank,
            listed: policy.detection.monthlyListCells, value: row.value, unit: "µg/m³", period: .month(month)),
          kind: .monthlyList, origin: origin))
    }
    let strikes = try strikes(last: lists, from: &history, origin: origin)
    return (entries + strikes.entries, leads + strikes.leads)
  }

  /// The lists of the months before are made again from the fields, so that a month without a plan counts too.
  private func strikes(
    last lists: MonthlyLists, from history: inout MonthlyHistory, origin: FieldOrigin
  ) throws -> (entries: [PlanListEntry], leads: [Lead]) {
    guard policy.detection.strikes.enabled else { return ([], []) }
    let rule = policy.detection.strikes.rule
    var alerts = lists.rows.map { ($0.cell, lists.month) }
    for back in 1..<max(2, rule.windowMonths) {
      let month = lists.month.advanced(by: -back)
      guard let earlier = try self.lists(of: month, from: &history) else { continue }
      alerts += earlier.rows.map { ($0.cell, month) }
    }
    let standings = rule.standings(alerts.map { (cell: $0.0, month: $0.1) }, last: lists.month)
    let leads = standings.compactMap { CellLeads.lead($0, rule: rule, last: lists.month, origin: origin) }
    let reached = standings.filter(\.isReachedNow).sorted {
      (-$0.running, -$0.withinWindow, $0.cell) < (-$1.running, -$1.withinWindow, $1.cell)
    }
    let entries = reached.enumerated().map { number, standing in
      PlanListEntry(
        list: strikeList, rank: number + 1, cell: standing.cell, countyCode: region.homeCounty(of: standing.cell),
        name: region.homeCounty(of: standing.cell) ?? "", value: Double(standing.withinWindow),
        detail:
          "\(standing.running) months running up to \(lists.month), \(standing.withinWindow) of the last \(rule.windowMonths)"
      )
    }
    return (entries, leads)
  }

  /// - Returns: `nil` when the month has no field.
  private func lists(of month: LocalMonth, from history: inout MonthlyHistory) throws -> MonthlyLists? {
    guard try history.field(of: month) != nil else { return nil }
    let fields = try [month, month.advanced(by: -1), month.advanced(by: -12)].compactMap { try history.field(of: $0) }
    // Clouds leave a satellite far fewer days than the 27 of GB 3095: half a month is asked for, and said.
    return MonthlyLists(
      month: month, k: policy.detection.monthlyListCells, fields: fields, cities: cities, validity: .share(0.5))
  }

  private static func detail(_ row: MonthlyLists.Row, month: LocalMonth) -> String {
    var detail = "\(row.city.name): \(rounded(row.value)) µg/m³ in \(month) from \(row.days.map(Int.init) ?? 0) days"
    if let change = row.change, let other = row.comparisonMonth, let before = row.comparisonValue {
      detail += ", \(change >= 0 ? "+" : "")\(rounded(change * 100)) % against \(rounded(before)) in \(other)"
    }
    if row.isTied { detail += ", tied" }
    if row.straddlesReferenceChange { detail += ", across the change of reference conditions of 2018-09-01" }
    return detail
  }
}

/// Monthly means of the satellite's PM2.5, each read once.
private struct MonthlyHistory {
  let workspace: Workspace
  private var known: [LocalMonth: MonthlyField?] = [:]

  init(workspace: Workspace) { self.workspace = workspace }

  /// - Returns: `nil` when no day of the month has a field.
  mutating func field(of month: LocalMonth) throws -> MonthlyField? {
    if let found = known[month] { return found }
    var days: [(day: LocalDay, field: CellField)] = []
    for offset in 0..<month.dayCount {
      let day = month.firstDay.advanced(by: offset)
      guard let field = try workspace.cellField(kind: .raster, variable: "pm25", day: day) else { continue }
      days.append((day, field))
    }
    let made = days.isEmpty ? nil : MonthlyField(month: month, days: days)
    known[month] = .some(made)
    return made
  }
}

extension ScanStatistic {
  /// With the policy's radius, length and seed; replicates are the caller's.
  init(_ rules: ScanPolicy, model: Model, sizeMetres: Int) {
    self.init(model: model)
    maximumRadius = min(200, Int((rules.maximumRadiusMetres / Double(max(1, sizeMetres))).rounded(.down)))
    maximumDuration = rules.maximumDays
    seed = rules.seed
  }
}
