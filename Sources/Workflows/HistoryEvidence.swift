internal import Diagnostics
public import Evidence
public import Grids
public import Hotspots
public import Quantities
public import SpatialStatistics
public import Store

/// The last days of one variable of a workspace, and what they say about cells.
public struct FieldHistory: Sendable {
  /// Days with a field, ascending.
  public let days: [LocalDay]
  /// One per day; excesses where a background was given, else values in the variable's unit.
  public let fields: [CellField]

  /// - Parameter days: Days with a field, ascending; one field each.
  public init(days: [LocalDay], fields: [CellField]) {
    precondition(days.count == fields.count, "one field a day")
    self.days = days
    self.fields = fields
  }

  /// Reads the days up to `last` that the workspace has.
  ///
  /// - Parameters:
  ///   - length: Days looked back on, `last` among them.
  ///   - background: What the values must stand above; `nil` takes them as they are.
  public init(
    of kind: InputKind, variable: String, last: LocalDay, length: Int = 28, background: FieldBackground? = nil,
    threads: Int = 1, in workspace: Workspace
  ) throws {
    var days: [LocalDay] = []
    var fields: [CellField] = []
    for back in (0..<max(1, length)).reversed() {
      let day = last.advanced(by: -back)
      guard let field = try workspace.cellField(kind: kind, variable: variable, day: day), field.count > 0 else {
        continue
      }
      days.append(day)
      fields.append(try background?.residual(of: field, period: .day(day), threads: threads).field ?? field)
    }
    self.init(days: days, fields: fields)
  }

  /// The cube of its days. - Returns: `nil` for fewer than `least` days or cells of several sizes.
  public func cube(least: Int = 10) -> SpaceTimeCube? {
    guard days.count >= max(2, least) else { return nil }
    return try? SpaceTimeCube(zip(days, fields).map { (Period.day($0), $1) })
  }

  /// Leads of emerging hot spots, in the order of cells; none below ten days, which hardly show a trend.
  public func emergingLeads(options: EmergingOptions, origin: FieldOrigin, threads: Int) -> [Lead] {
    guard let cube = cube(), let first = cube.periods.first, let last = cube.periods.last else { return [] }
    let observed = observedCells
    return EmergingHotspots.rows(cube, options: options, threads: threads).rows.compactMap {
      CellLeads.lead($0, first: first, last: last, origin: origin, isInterpolated: !observed.contains($0.cell))
    }
  }

  /// Leads of the scan statistic on values, by cluster and cell; cells in which nothing was observed have none.
  ///
  /// - Parameter scan: Of the normal model.
  /// - Returns: Leads of clusters with p up to 0.05.
  public func scanLeads(_ scan: ScanStatistic, subject: String, origin: FieldOrigin, threads: Int) -> [Lead] {
    precondition(scan.model == .normal, "fields hold values, not counts")
    guard let cube = cube(least: 2) else { return [] }
    var scan = scan
    scan.threads = threads
    guard let outcome = scan.run(cells: cube.cells, values: cube.values) else { return [] }
    let observed = observedCells
    return outcome.clusters.flatMap { cluster in
      CellLeads.leads(
        ScannedCluster(
          cells: cluster.members.map { cube.cells[$0] }, first: cube.periods[cluster.steps.lowerBound],
          last: cube.periods[cluster.steps.upperBound - 1], observed: cluster.observed, expected: cluster.expected,
          ratio: cluster.ratio, p: cluster.p, replicates: scan.replicates, subject: subject, unit: origin.unit),
        origin: origin
      ).filter { $0.cell.map(observed.contains) ?? false }
    }
  }

  private var observedCells: Set<CellID> {
    var observed: Set<CellID> = []
    for field in fields {
      for slot in field.cells.indices where field.coverages[slot] != 0 { observed.insert(field.cells[slot]) }
    }
    return observed
  }
}
