public import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
public import Ingest
public import Quantities
public import Ranking

/// What the user asked of `power flags`.
public struct PowerFlagsRequest: Sendable {
  /// Load curves; days before the first one asked for are the history that flags are held against.
  public var powerPath: String
  /// Meters that are screened, with the credit code of their firm where one is registered.
  public var metersPath: String
  /// Stop and limit orders; a later row with the same id amends an earlier one.
  public var ordersPath: String
  /// `nil` leaves orders by county or industry without effect: nothing says which firm lies where.
  public var enterprisesPath: String?
  /// `-` is standard output.
  public var outputPath: String
  /// Where rows that cannot be used are written, one file for all inputs; `nil` writes none.
  public var rejectsPath: String?
  /// Where the rules' silences are written; `nil` writes none.
  public var abstentionsPath: String?
  /// Its power rules and industry classes are used.
  public var policy = Policy.standard
  /// Days in which something is looked for; the whole power file when left out.
  public var firstDay: LocalDay?
  /// Last of the days in which something is looked for; `nil` for that of the file.
  public var lastDay: LocalDay?
  /// What the times of power rows stand for.
  public var label = PowerLabel.begin
  /// Of all inputs, `utf-8` or `gb18030`; `nil` to detect.
  public var encoding: String?
  /// The clock: rows later than this are rejected.
  public var now: Instant
  /// At most; flags do not depend on the number.
  public var threads = 1
  /// Told how far reading is.
  public var progress: any ProgressSink = SilentProgress()

  public init(powerPath: String, metersPath: String, ordersPath: String, outputPath: String, now: Instant) {
    self.powerPath = powerPath
    self.metersPath = metersPath
    self.ordersPath = ordersPath
    self.outputPath = outputPath
    self.now = now
  }
}

/// What `power flags` found.
public struct PowerFlagsSummary: Sendable {
  /// Days in which something was looked for, both ends included; all of them within the power file.
  public let evidence: ClosedRange<LocalDay>
  /// Meters of the meter list, with or without curves.
  public let meters: Int
  /// Load curves screened.
  public let curves: Int
  /// Flags per rule, rules in their order, none left out.
  public let flags: [(rule: PowerRule, count: Int)]
  /// Meters per reason, reasons in their order.
  public let abstentions: [(reason: PowerAbstentionReason, meters: Int)]
  /// Of all inputs together.
  public let rowsRejected: Int
  /// Rows per reason, most frequent first.
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]
  /// What the screening itself took, without reading and writing.
  public let screening: Duration
}

/// Screens load curves against orders and treatment, and writes one row per flag.
public func powerFlags(_ request: PowerFlagsRequest) throws -> PowerFlagsSummary {
  var inputs = try PowerInputs(
    powerPath: request.powerPath, metersPath: request.metersPath, ordersPath: request.ordersPath,
    enterprisesPath: request.enterprisesPath, label: request.label,
    options: ReadOptions(
      encoding: request.encoding, now: request.now, threads: request.threads, progress: request.progress))
  guard let first = inputs.blocks.first?.day, let last = inputs.blocks.last?.day else {
    throw Problem("\(request.powerPath) has no row that can be used", remedy: "look at the reject file")
  }
  let evidence = try evidenceDays(request, first: first, last: last)
  let screen = PowerScreen(
    rules: request.policy.power, meters: inputs.meters, enterprises: inputs.enterprises, orders: inputs.orders,
    industries: request.policy.industries.classes)
  var findings = PowerFindings(flags: [], abstentions: [])
  let screening = ContinuousClock().measure {
    findings = screen.findings(loads: inputs.blocks, evidence: evidence, threads: request.threads)
  }
  try write(findings, inputs, to: request.outputPath)
  if let path = request.abstentionsPath { try write(findings.abstentions, inputs, to: path) }
  if let path = request.rejectsPath { try writeRejects(inputs.rejects, to: path) }
  if evidence.lowerBound == first {
    inputs.notes.append(
      "evidence begins with the file: orders of its first days have no earlier days to be held against")
  }
  return PowerFlagsSummary(
    evidence: evidence, meters: inputs.meters.count, curves: inputs.blocks.reduce(0) { $0 + $1.count },
    flags: PowerRule.allCases.map { rule in (rule: rule, count: findings.flags.filter { $0.rule == rule }.count) },
    abstentions: findings.abstentionCounts, rowsRejected: inputs.rejects.count,
    rejectCounts: inputs.rejects.countsByReason, notes: inputs.notes, screening: screening)
}

private func evidenceDays(
  _ request: PowerFlagsRequest, first: LocalDay, last: LocalDay
) throws(Problem) -> ClosedRange<LocalDay> {
  let from = request.firstDay ?? first
  let to = request.lastDay ?? last
  guard from <= to, from <= last, to >= first else {
    throw Problem(
      "there is no load between \(from) and \(to); \(request.powerPath) holds \(first) to \(last)",
      remedy: "choose --from and --to within the file", exitStatus: .usage)
  }
  return max(from, first)...min(to, last)
}

private func write(_ findings: PowerFindings, _ inputs: PowerInputs, to path: String) throws(Problem) {
  let firms = Dictionary(inputs.enterprises.map { ($0.creditCode, $0) }, uniquingKeysWith: { first, _ in first })
  var file = try OutputFile(path: path)
  try file.write(
    "meter_id,uscc,rule,circuit,first,last,evidence_days,evidence_hours,observed_kwh,baseline_kwh,ratio,threshold,"
      + "order_id,strength,line,statement,disproof,p,e,false_alarm_level\n")
  for flag in findings.flags {
    let meter = inputs.meters[flag.meter]
    let order = flag.order.map { inputs.orders.orders[$0] }
    let lead = flag.lead(
      PowerSubject(meter: meter, enterprise: meter.creditCode.flatMap { firms[$0] }, order: order, cell: nil),
      sources: [])
    let texts = [meter.id, meter.creditCode ?? "", flag.rule.rawValue, flag.circuit.rawValue].map(csvField)
    let numbers = [
      flag.first.description, flag.last.description, "\(flag.evidenceDays)", decimal(flag.evidenceHours, 100),
      decimal(flag.observedKilowattHours, 1000), decimal(flag.baselineKilowattHours, 1000),
      decimal(flag.ratio, 10_000), decimal(flag.threshold, 10_000), csvField(order?.id ?? ""),
      decimal(flag.strength, 10_000), "\(flag.places.first?.line ?? 0)",
    ]
    let sentences = [csvField(lead.statement), csvField(lead.disproof)]
    let evidence =
      flag.evidence.map { [decimal($0.p, 1e6), decimal($0.e, 100), decimal($0.level, 1e6)] } ?? ["", "", ""]
    try file.write((texts + numbers + sentences + evidence).joined(separator: ",") + "\n")
  }
  try file.commit()
}

private func write(_ abstentions: [PowerAbstention], _ inputs: PowerInputs, to path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write("meter_id,reason,days\n")
  for entry in abstentions {
    try file.write("\(csvField(inputs.meters[entry.meter].id)),\(entry.reason.rawValue),\(entry.days)\n")
  }
  try file.commit()
}

/// Rounded to a fraction, without the noise of binary digits.
func decimal(_ value: Double, _ scale: Double) -> String { "\((value * scale).rounded() / scale)" }
