public import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
public import Ingest
public import Quantities
public import Ranking

/// What the user asked of `power flags`.
public struct PowerFlagsRequest: Sendable {
  public var powerPath: String
  public var metersPath: String
  public var ordersPath: String
  /// `nil` leaves orders by county or industry without effect: nothing says which firm lies where.
  public var enterprisesPath: String?
  /// `-` is standard output.
  public var outputPath: String
  /// Where rows that cannot be used are written, one file for all inputs; `nil` writes none.
  public var rejectsPath: String?
  /// Where the rules' silences are written; `nil` writes none.
  public var abstentionsPath: String?
  public var policy = Policy.standard
  /// Days in which something is looked for; the whole power file when left out.
  public var firstDay: LocalDay?
  public var lastDay: LocalDay?
  public var label = PowerLabel.begin
  public var encoding: String?
  /// The clock: rows later than this are rejected.
  public var now: Instant
  public var threads = 1
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
  public let evidence: ClosedRange<LocalDay>
  public let meters: Int
  /// Load curves screened.
  public let curves: Int
  /// Flags per rule, rules in their order, none left out.
  public let flags: [(rule: PowerRule, count: Int)]
  /// Meters per reason, reasons in their order.
  public let abstentions: [(reason: PowerAbstentionReason, meters: Int)]
  public let rowsRejected: Int
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]
  /// What the screening itself took, without reading and writing.
  public let screening: Duration
}

/// Screens load curves against orders and treatment, and writes one row per flag.
public func powerFlags(_ request: PowerFlagsRequest) throws -> PowerFlagsSummary {
  var inputs = try PowerInputs(request)
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

/// The four files, joined.
private struct PowerInputs {
  var meters: [Meter] = []
  var enterprises: [Enterprise] = []
  var orders = OrderBook([])
  var blocks: [DayLoads] = []
  var rejects = RejectLog()
  var notes: [String] = []

  init(_ request: PowerFlagsRequest) throws {
    let options = ReadOptions(
      encoding: request.encoding, now: request.now, threads: request.threads, progress: request.progress)
    let meterRows = try MetersFile.read(path: request.metersPath, options: options)
    meters = meterRows.value
    add(meterRows.rejects, meterRows.notes, request.metersPath)
    let orderRows = try OrdersFile.read(path: request.ordersPath, options: options)
    orders = OrderBook(orderRows.value)
    add(orderRows.rejects, orderRows.notes, request.ordersPath)
    for refused in orders.refused {
      rejects.reject(line: Int(refused.order.line), reason: "orders: \(refused.reason)", text: refused.order.id)
    }
    if orders.amendedCount > 0 { notes.append("\(orders.amendedCount) orders were replaced by later rows of their id") }
    if let path = request.enterprisesPath {
      let rows = try EnterprisesFile.read(path: path, options: options)
      enterprises = rows.value
      add(rows.rejects, rows.notes, path)
    } else {
      enterprises = PowerInputs.firmsOfMeters(meters)
      if orders.orders.contains(where: { !$0.scope.isByCreditCode }) {
        notes.append("without --enterprises, orders by county or industry bind nobody")
      }
    }
    let power = try PowerFile.read(path: request.powerPath, options: options, label: request.label)
    add(power.rejects, power.notes, request.powerPath)
    join(power.value, powerPath: request.powerPath)
  }

  private mutating func add(_ log: RejectLog, _ fileNotes: [String], _ path: String) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    for row in log.rows { rejects.reject(line: row.line, reason: "\(name): \(row.reason)", text: row.text) }
    notes += fileNotes.map { "\(name): \($0)" }
  }

  /// Firms known only by the codes of their meters: orders by credit code can still bind them.
  private static func firmsOfMeters(_ meters: [Meter]) -> [Enterprise] {
    var seen: Set<String> = []
    return meters.compactMap { meter in
      guard let code = meter.creditCode, seen.insert(code).inserted else { return nil }
      return Enterprise(
        creditCode: code, name: code, industryCode: "", position: nil, declared: nil, address: nil, countyCode: nil,
        permit: nil, grade: nil, status: nil, line: meter.line)
    }
  }

  /// Gives curves the positions of the meter list; curves of meters that are not in it are left out and counted.
  private mutating func join(_ power: PowerReadings, powerPath: String) {
    var slots: [String: Int32] = [:]
    for (slot, meter) in meters.enumerated() where slots[meter.id] == nil { slots[meter.id] = Int32(slot) }
    let map = power.meterIDs.map { slots[$0] ?? -1 }
    let unknown = power.meterIDs.indices.filter { map[$0] < 0 }.map { power.meterIDs[$0] }
    if let example = unknown.min() {
      notes.append("\(unknown.count) meters of \(powerPath), such as \(example), are not in the meters file: left out")
    }
    blocks = power.days
    for number in blocks.indices {
      if unknown.isEmpty {
        for curve in blocks[number].meters.indices {
          blocks[number].meters[curve] = map[Int(blocks[number].meters[curve])]
        }
        continue
      }
      var kept = DayLoads(day: blocks[number].day)
      for curve in 0..<blocks[number].count {
        let load = blocks[number][curve]
        let slot = map[Int(load.meter)]
        guard slot >= 0 else { continue }
        kept.append(
          LoadDay(
            meter: slot, circuit: load.circuit, day: load.day, energyKilowattHours: load.energyKilowattHours,
            isHourly: load.isHourly, firstLine: load.firstLine))
      }
      blocks[number] = kept
    }
  }
}

extension OrderScope {
  fileprivate var isByCreditCode: Bool { if case .creditCodes = self { true } else { false } }
}

private func write(_ findings: PowerFindings, _ inputs: PowerInputs, to path: String) throws(Problem) {
  let firms = Dictionary(inputs.enterprises.map { ($0.creditCode, $0) }, uniquingKeysWith: { first, _ in first })
  var file = try OutputFile(path: path)
  try file.write(
    "meter_id,uscc,rule,circuit,first,last,evidence_days,evidence_hours,observed_kwh,baseline_kwh,ratio,threshold,"
      + "order_id,strength,line,statement,disproof\n")
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
    try file.write((texts + numbers + sentences).joined(separator: ",") + "\n")
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
private func decimal(_ value: Double, _ scale: Double) -> String { "\((value * scale).rounded() / scale)" }
