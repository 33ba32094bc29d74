internal import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
public import Ingest
public import Quantities
public import Ranking

/// By what the compliance table has its rows.
public enum ComplianceGrouping: String, CaseIterable, Sendable {
  /// One row per firm and order.
  case firm
  /// One row per two-digit industry and order kind.
  case industry
  /// One row per county and order kind.
  case county
}

/// What the user asked of `orders compliance`.
public struct OrdersComplianceRequest: Sendable {
  /// Stop and limit orders; a later row with the same id amends an earlier one.
  public var ordersPath: String
  /// The register: county, industry and grade of a firm decide which orders bind it.
  public var enterprisesPath: String
  /// Load curves; days before the period are the history that it is held against.
  public var powerPath: String
  /// Meters with the credit codes of their firms.
  public var metersPath: String
  /// `-` is standard output.
  public var outputPath: String
  /// What a row of the table is about.
  public var grouping = ComplianceGrouping.firm
  /// Its power rules and industry classes are used.
  public var policy = Policy.standard
  /// Days that are judged; the whole power file when left out.
  public var firstDay: LocalDay?
  /// Last of the days that are judged; `nil` for that of the file.
  public var lastDay: LocalDay?
  /// What the times of power rows stand for.
  public var label = PowerLabel.begin
  /// Rows that cannot be used, one file for all inputs; `nil` writes none.
  public var rejectsPath: String?
  /// How all inputs are read; its threads serve the judging too.
  public var options: ReadOptions

  public init(
    ordersPath: String, enterprisesPath: String, powerPath: String, metersPath: String, outputPath: String,
    options: ReadOptions
  ) {
    self.ordersPath = ordersPath
    self.enterprisesPath = enterprisesPath
    self.powerPath = powerPath
    self.metersPath = metersPath
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `orders compliance` found.
public struct OrdersComplianceSummary: Sendable {
  /// Days that were judged, both ends included; all of them within the power file.
  public let period: ClosedRange<LocalDay>
  /// Pairs of a firm and an order by what the load says of them; statuses in their order, none left out.
  public let counts: [(status: OrderCompliance.Status, count: Int)]
  /// Rows written: firms with an order each, or groups.
  public let rows: Int
  /// Of all inputs together.
  public let rowsRejected: Int
  /// Rows per reason, most frequent first.
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]
}

/// Holds every firm's load against every order that bound it, and writes a table.
///
/// - Throws: `Problem` for files that cannot be read and for a period without load.
public func ordersCompliance(_ request: OrdersComplianceRequest) throws -> OrdersComplianceSummary {
  let inputs = try PowerInputs(
    powerPath: request.powerPath, metersPath: request.metersPath, ordersPath: request.ordersPath,
    enterprisesPath: request.enterprisesPath, label: request.label, options: request.options)
  guard let first = inputs.blocks.first?.day, let last = inputs.blocks.last?.day else {
    throw Problem("\(request.powerPath) has no row that can be used", remedy: "look at the reject file")
  }
  let from = request.firstDay ?? first
  let to = request.lastDay ?? last
  guard from <= to, from <= last, to >= first else {
    throw Problem(
      "\(request.powerPath) holds \(first) to \(last), nothing of the days asked for",
      remedy: "choose --from and --to within the file", exitStatus: .usage)
  }
  let period = max(from, first)...min(to, last)
  let screen = PowerScreen(
    rules: request.policy.power, meters: inputs.meters, enterprises: inputs.enterprises, orders: inputs.orders,
    industries: request.policy.industries.classes)
  let found = screen.compliance(loads: inputs.blocks, period: period, threads: request.options.threads)
  var file = try OutputFile(path: request.outputPath)
  var rows = 0
  if request.grouping == .firm {
    rows = try writeFirms(found, inputs, to: &file)
  } else {
    rows = try writeGroups(found, inputs, by: request.grouping, to: &file)
  }
  try file.commit()
  if let path = request.rejectsPath { try writeRejects(inputs.rejects, to: path) }
  return OrdersComplianceSummary(
    period: period,
    counts: OrderCompliance.Status.allCases.map { status in
      (status: status, count: found.filter { $0.status == status }.count)
    }, rows: rows, rowsRejected: inputs.rejects.count, rejectCounts: inputs.rejects.countsByReason, notes: inputs.notes)
}

private func writeFirms(
  _ found: [OrderCompliance], _ inputs: PowerInputs, to file: inout OutputFile
) throws(Problem) -> Int {
  try file.write(
    "uscc,name,county_code,industry_code,grade,order_id,kind,start,end,limit_percent,meters,days_bound,days_judged,"
      + "days_exceeded,observed_kwh,baseline_kwh,allowed_kwh,reduction,status,reasons\n")
  for entry in found {
    let firm = inputs.enterprises[entry.enterprise]
    let order = inputs.orders.orders[entry.order]
    var line = CSVLine()
    for text in [
      firm.creditCode, firm.name, firm.countyCode ?? "", firm.industryCode, firm.grade?.rawValue ?? "", order.id,
      order.kind.rawValue, order.start.iso8601, order.end.iso8601,
    ] { line.add(text) }
    line.add(order.limitPercent)
    for count in [entry.meters, entry.daysBound, entry.daysJudged, entry.daysExceeded] { line.add(count) }
    addEnergies(entry, to: &line)
    line.add(entry.status.rawValue)
    line.add(entry.reasons.map(\.rawValue).joined(separator: ";"))
    try file.write(line.end())
  }
  return found.count
}

private func addEnergies(_ entry: OrderCompliance, to line: inout CSVLine) {
  let wasJudged = entry.daysJudged > 0
  for energy in [entry.observedKilowattHours, entry.baselineKilowattHours, entry.allowedKilowattHours] {
    line.add(wasJudged ? (energy * 1000).rounded() / 1000 : nil)
  }
  line.add(entry.reduction.map { ($0 * 10_000).rounded() / 10_000 })
}

/// Sums over firms of one industry or county, by kind of order.
private func writeGroups(
  _ found: [OrderCompliance], _ inputs: PowerInputs, by grouping: ComplianceGrouping, to file: inout OutputFile
) throws(Problem) -> Int {
  struct Key: Hashable, Comparable {
    let group: String
    let kind: Int
    static func < (a: Key, b: Key) -> Bool { (a.group, a.kind) < (b.group, b.kind) }
  }
  struct Group {
    var counts: [OrderCompliance.Status: Int] = [:]
    var firms: Set<Int> = []
    var sum = OrderCompliance(enterprise: 0, order: 0)
  }
  var groups: [Key: Group] = [:]
  for entry in found {
    let firm = inputs.enterprises[entry.enterprise]
    let industry = String(IndustryClass.normalised(firm.industryCode).prefix(2))
    let name = grouping == .industry ? industry : firm.countyCode ?? ""
    let kind = OrderKind.allCases.firstIndex(of: inputs.orders.orders[entry.order].kind) ?? 0
    var group = groups[Key(group: name, kind: kind)] ?? Group()
    group.counts[entry.status, default: 0] += 1
    group.firms.insert(entry.enterprise)
    group.sum.daysJudged += entry.daysJudged
    group.sum.daysExceeded += entry.daysExceeded
    group.sum.observedKilowattHours += entry.observedKilowattHours
    group.sum.baselineKilowattHours += entry.baselineKilowattHours
    group.sum.allowedKilowattHours += entry.allowedKilowattHours
    groups[Key(group: name, kind: kind)] = group
  }
  let head = grouping == .industry ? "industry_code" : "county_code"
  try file.write(
    "\(head),kind,firms,kept,exceeded,unjudged,unmetered,share_kept,days_judged,days_exceeded,observed_kwh,"
      + "baseline_kwh,allowed_kwh,reduction\n")
  for key in groups.keys.sorted() {
    guard let group = groups[key] else { continue }
    var line = CSVLine()
    line.add(key.group)
    line.add(OrderKind.allCases[key.kind].rawValue)
    line.add(group.firms.count)
    for status in OrderCompliance.Status.allCases { line.add(group.counts[status] ?? 0) }
    let kept = Double(group.counts[.kept] ?? 0)
    let judged = kept + Double(group.counts[.exceeded] ?? 0)
    line.add(judged > 0 ? (kept / judged * 10_000).rounded() / 10_000 : nil)
    line.add(group.sum.daysJudged)
    line.add(group.sum.daysExceeded)
    addEnergies(group.sum, to: &line)
    try file.write(line.end())
  }
  return groups.count
}
