internal import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
public import Ingest
public import Quantities
public import Ranking

/// What the user asked of `power baselines`.
public struct PowerBaselinesRequest: Sendable {
  /// Load curves: the history before the day, in one power file.
  public var powerPath: String
  /// Only meters of this list with a firm and with load get a baseline.
  public var metersPath: String
  /// Stop and limit orders; those of the day say which share of the baseline is allowed.
  public var ordersPath: String
  /// `nil` knows firms only by the codes of their meters.
  public var enterprisesPath: String?
  /// `-` is standard output.
  public var outputPath: String
  /// The day the baselines are for; only load before it counts.
  public var day: LocalDay
  /// Its power rules and industry classes make the baselines.
  public var policy = Policy.standard
  /// What the times of power rows stand for.
  public var label = PowerLabel.begin
  /// How all inputs are read; its threads serve the baselines too.
  public var options: ReadOptions

  public init(
    powerPath: String, metersPath: String, ordersPath: String, outputPath: String, day: LocalDay, options: ReadOptions
  ) {
    self.powerPath = powerPath
    self.metersPath = metersPath
    self.ordersPath = ordersPath
    self.outputPath = outputPath
    self.day = day
    self.options = options
  }
}

/// Writes what each meter will be held against on a day, for ``powerQuick(_:)``.
///
/// - Returns: Meters written, and those of them under an order that can be judged on the day.
public func powerBaselines(_ request: PowerBaselinesRequest) throws -> (meters: Int, underOrder: Int) {
  let inputs = try PowerInputs(
    powerPath: request.powerPath, metersPath: request.metersPath, ordersPath: request.ordersPath,
    enterprisesPath: request.enterprisesPath, label: request.label, options: request.options)
  let screen = PowerScreen(
    rules: request.policy.power, meters: inputs.meters, enterprises: inputs.enterprises, orders: inputs.orders,
    industries: request.policy.industries.classes)
  let baselines = screen.dayBaselines(loads: inputs.blocks, day: request.day, threads: request.options.threads)
  var file = try OutputFile(path: request.outputPath)
  try file.write("meter_id,circuit,baseline_kwh,allowed_share,production_on_kwh,treatment_on_kwh\n")
  var count = (meters: 0, underOrder: 0)
  for (meter, baseline) in zip(inputs.meters, baselines) {
    guard let baseline else { continue }
    var line = CSVLine()
    line.add(meter.id)
    line.add(baseline.judgesProduction ? "production" : "total")
    for number in [
      baseline.dailyKilowattHours, baseline.allowedShare, baseline.productionOn, baseline.treatmentOn,
    ] { line.add(number.map { ($0 * 1e6).rounded() / 1e6 }) }
    try file.write(line.end())
    count.meters += 1
    if baseline.allowedShare != nil { count.underOrder += 1 }
  }
  try file.commit()
  return count
}

/// What the user asked of `power quick`.
public struct PowerQuickRequest: Sendable {
  /// Load of one day.
  public var powerPath: String
  /// What ``powerBaselines(_:)`` wrote.
  public var baselinesPath: String
  /// `-` is standard output.
  public var outputPath: String
  /// Rows that cannot be used, of the load and of the baselines; `nil` writes none.
  public var rejectsPath: String?
  /// Of its power rules, what share of a curve must be known and how long treatment must be off.
  public var policy = Policy.standard
  /// What the times of power rows stand for.
  public var label = PowerLabel.begin
  /// How both files are read; its threads serve the screening too.
  public var options: ReadOptions

  public init(powerPath: String, baselinesPath: String, outputPath: String, options: ReadOptions) {
    self.powerPath = powerPath
    self.baselinesPath = baselinesPath
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `power quick` found.
public struct PowerQuickSummary: Sendable {
  /// Days of the file.
  public let days: Int
  /// Curves of a meter, circuit and day.
  public let curves: Int
  /// Meters of the load that have no baseline.
  public let unknownMeters: Int
  /// Flags per rule, rules in their order.
  public let flags: [(rule: QuickFlag.Rule, count: Int)]
  /// Of both files together.
  public let rowsRejected: Int
  /// Rows per reason, most frequent first.
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]
}

/// The two simplest rules on each day of a power file, in one pass: `meter_id,day,rule,observed,limit,line`.
///
/// A flag of this verb is a first look without a p-value; `power flags` weighs the days.
public func powerQuick(_ request: PowerQuickRequest) throws -> PowerQuickSummary {
  let known = try BaselinesFile.read(path: request.baselinesPath, options: request.options)
  let power = try PowerFile.read(path: request.powerPath, options: request.options, label: request.label)
  let byID = Dictionary(known.value.map { ($0.meterID, $0.baseline) }, uniquingKeysWith: { first, _ in first })
  let baselines = power.value.meterIDs.map { byID[$0] }
  var file = try OutputFile(path: request.outputPath)
  try file.write("meter_id,day,rule,observed,limit,line\n")
  var counts = [Int](repeating: 0, count: QuickFlag.Rule.allCases.count)
  for block in power.value.days {
    let flags = QuickScreen.flags(
      block, baselines: baselines, minimumKnownShare: request.policy.power.minimumKnownShare,
      offSteps: request.policy.power.treatmentOffSteps, threads: request.options.threads)
    let lines = Dictionary(
      zip(block.meters, block.firstLines).map { (Int($0), $1) }, uniquingKeysWith: { min($0, $1) })
    for flag in flags {
      counts[QuickFlag.Rule.allCases.firstIndex(of: flag.rule) ?? 0] += 1
      try file.write(
        "\(csvField(power.value.meterIDs[flag.meter])),\(block.day),\(flag.rule.rawValue),"
          + "\(decimal(flag.observed, 1000)),\(decimal(flag.limit, 1000)),\(lines[flag.meter] ?? 0)\n")
    }
  }
  try file.commit()
  var rejects = power.rejects
  for row in known.rejects.rows { rejects.reject(line: row.line, reason: "baselines: \(row.reason)", text: row.text) }
  if let path = request.rejectsPath { try writeRejects(rejects, to: path) }
  return PowerQuickSummary(
    days: power.value.days.count, curves: power.value.days.reduce(0) { $0 + $1.count },
    unknownMeters: baselines.reduce(0) { $0 + ($1 == nil ? 1 : 0) },
    flags: zip(QuickFlag.Rule.allCases, counts).map { (rule: $0, count: $1) }, rowsRejected: rejects.count,
    rejectCounts: rejects.countsByReason, notes: power.notes + known.notes)
}
