internal import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
public import Ingest
public import Quantities

/// What the user asked of `monitor flags`.
public struct MonitorFlagsRequest: Sendable {
  /// Hourly reports of the monitors, as ``CemsFile`` reads them.
  public var cemsPath: String
  /// The register, which tells the industry of a firm and with it its limits.
  public var enterprisesPath: String
  /// Both or neither; without them the tests that need production load keep silent.
  public var powerPath: String?
  /// Meters of the firms, with their credit codes; given with `powerPath` or not at all.
  public var metersPath: String?
  /// Limits of single outlets; `nil` takes those of the industries.
  public var limitsPath: String?
  /// Whether concentrations are at reference oxygen already.
  public var isConverted = false
  /// `-` is standard output.
  public var outputPath: String
  /// Rows that cannot be used, one file for all inputs; `nil` writes none.
  public var rejectsPath: String?
  /// Which tests kept silent on which outlet, and why; `nil` writes none.
  public var abstentionsPath: String?
  /// The 30 days that end with the file when left out.
  public var firstDay: LocalDay?
  /// Last day of the window; `nil` for that of the file.
  public var lastDay: LocalDay?
  /// Thresholds of the tests; `version` names them in the output.
  public var rules = EmissionRules()
  /// Of the permutations that give some tests their p.
  public var seed: UInt64 = 1
  /// How all inputs are read; its threads serve the tests too.
  public var options: ReadOptions

  public init(cemsPath: String, enterprisesPath: String, outputPath: String, options: ReadOptions) {
    self.cemsPath = cemsPath
    self.enterprisesPath = enterprisesPath
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `monitor flags` found.
public struct MonitorFlagsSummary: Sendable, Codable {
  /// First day of the window, such as `2017-11-01`.
  public let firstDay: String
  /// Last day of the window, itself screened.
  public let lastDay: String
  /// Outlets of the file, each a firm's credit code with an outlet's name.
  public let outlets: Int
  /// Of those, the ones on which at least one test could be made.
  public let outletsJudged: Int
  /// Flags by test.
  public let flags: [String: Int]
  /// Outlets by reason of silence.
  public let silent: [String: Int]
  /// Of all inputs together.
  public let rowsRejected: Int
  /// Rows by reason, each with the name of its file in front.
  public let rejectCounts: [String: Int]
  /// What a person should know, one sentence each.
  public let notes: [String]

  enum CodingKeys: String, CodingKey {
    case outlets, flags, silent, notes
    case firstDay = "first_day"
    case lastDay = "last_day"
    case outletsJudged = "outlets_judged"
    case rowsRejected = "rows_rejected"
    case rejectCounts = "reject_counts"
  }
}

/// Screens the reports of emission monitors and writes one row per outlet, test and channel that spoke.
public func monitorFlags(_ request: MonitorFlagsRequest) throws -> MonitorFlagsSummary {
  var rejects = RejectLog()
  var notes: [String] = []
  func note<Value>(_ read: ReadResult<Value>, _ path: String) -> Value {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    for row in read.rejects.rows { rejects.reject(line: row.line, reason: "\(name): \(row.reason)", text: row.text) }
    notes += read.notes.map { "\(name): \($0)" }
    return read.value
  }
  let hours = note(try CemsFile.read(path: request.cemsPath, options: request.options), request.cemsPath)
  guard let first = hours.hours.min(), let last = hours.hours.max() else {
    throw Problem("\(request.cemsPath) has no row that can be used", remedy: "look at the reject file")
  }
  let enterprises = note(
    try EnterprisesFile.read(path: request.enterprisesPath, options: request.options), request.enterprisesPath)
  let limits = try request.limitsPath.map { path in
    EmissionLimits(note(try EmissionLimitsFile.read(path: path, options: request.options), path))
  }
  let end = request.lastDay ?? LocalHour(ordinal: last).day
  let begin = request.firstDay ?? max(LocalHour(ordinal: first).day, end.advanced(by: -29))
  guard begin <= end, begin.days(until: end) < 1000 else {
    throw Problem(
      "the window \(begin) to \(end) holds no days, or more than 1000", remedy: "choose --from and --to",
      exitStatus: .usage)
  }
  var power: FirmPower?
  if let powerPath = request.powerPath, let metersPath = request.metersPath {
    let meters = note(try MetersFile.read(path: metersPath, options: request.options), metersPath)
    let read = note(try PowerFile.read(path: powerPath, options: request.options), powerPath)
    let own = Dictionary(meters.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    // The file's own order of meters; one that the meter list does not have belongs to nobody.
    let listed = read.meterIDs.map { id in
      own[id] ?? Meter(id: id, creditCode: nil, tariff: "", position: nil, declared: nil, line: 0)
    }
    power = FirmPower(loads: read.days, meters: listed, days: begin...end)
  } else {
    notes.append("without --power and --meters, emission is not held against production")
  }
  let screen = EmissionScreen(
    rules: request.rules, limits: limits ?? EmissionLimits(), enterprises: enterprises,
    isConverted: request.isConverted, seed: request.seed)
  let findings = screen.findings(hours, power: power, days: begin...end, threads: request.options.threads)
  let names = Dictionary(enterprises.map { ($0.creditCode, $0.name) }, uniquingKeysWith: { first, _ in first })
  try write(findings.flags, hours, names, seed: request.seed, rules: request.rules, to: request.outputPath)
  if let path = request.abstentionsPath { try write(findings.abstentions, hours, to: path) }
  if let path = request.rejectsPath { try writeRejects(rejects, to: path) }
  return MonitorFlagsSummary(
    firstDay: begin.description, lastDay: end.description, outlets: hours.outlets.count,
    outletsJudged: findings.outletsJudged,
    flags: Dictionary(findings.flags.map { ($0.test.rawValue, 1) }, uniquingKeysWith: +),
    silent: Dictionary(uniqueKeysWithValues: findings.abstentionCounts.map { ($0.reason.rawValue, $0.outlets) }),
    rowsRejected: rejects.count,
    rejectCounts: Dictionary(uniqueKeysWithValues: rejects.countsByReason.map { ($0.reason, $0.count) }), notes: notes)
}

private func write(
  _ flags: [EmissionFlag], _ hours: EmissionHours, _ names: [String: String], seed: UInt64, rules: EmissionRules,
  to path: String
) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write(
    "uscc,outlet,test,channel,first,last,hours,p,tests,p_corrected,strength,lines,statement,disproof,method,limits,seed\n"
  )
  for flag in flags {
    let outlet = hours.outlets[flag.outlet]
    let lead = flag.lead(outlet, name: names[outlet.creditCode] ?? outlet.creditCode, cell: nil, sources: [])
    var line = CSVLine()
    line.add(outlet.creditCode)
    line.add(outlet.outlet)
    line.add(flag.test.rawValue)
    line.add(flag.channel?.rawValue ?? "")
    line.add(flag.first.description)
    line.add(flag.last.description)
    line.add(flag.hours)
    line.add(flag.p)
    line.add(flag.tests)
    line.add(flag.adjustedP)
    line.add((flag.strength * 10_000).rounded() / 10_000)
    line.add(flag.lines.map { "\($0)" }.joined(separator: " "))
    line.add(lead.statement)
    line.add(lead.disproof)
    line.add(rules.version)
    line.add(EmissionLimits.version)
    line.add(seed)
    try file.write(line.end())
  }
  try file.commit()
}

private func write(_ abstentions: [EmissionAbstention], _ hours: EmissionHours, to path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write("uscc,outlet,test,channel,reason\n")
  for entry in abstentions {
    var line = CSVLine()
    line.add(hours.outlets[entry.outlet].creditCode)
    line.add(hours.outlets[entry.outlet].outlet)
    line.add(entry.test.rawValue)
    line.add(entry.channel?.rawValue ?? "")
    line.add(entry.reason.rawValue)
    try file.write(line.end())
  }
  try file.commit()
}
