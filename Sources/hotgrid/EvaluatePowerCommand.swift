internal import ArgumentParser
internal import Diagnostics
internal import Ingest
internal import Ranking
internal import Reports
internal import Workflows

struct EvaluatePowerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "Plant behaviours into synthetic load, screen it, print what was found and what else was said.",
    discussion: """
      Reads nothing: builds synthetic campaigns of firms with 15-minute meters in memory, plants what firms may do (ignored
      stops and limits, night work, treatment off or idling, vanished load, tampered readings) beside what only looks so
      (own generation, meter faults, plain shutdowns, firms that always worked at night), and screens two months of each.
      Prints the confusion table, recall and false alarms per 100 firm-months; docs/methods/power-rules.md says what counts.
      The same seeds give the same tables.

      Example: hotgrid evaluate power --seed 101 --seeds 10
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "First seed.") var seed: UInt64 = 1
  @Option(help: "Campaigns, with seeds that follow one another.") var seeds: Int = 1
  @Option(help: "Metered firms of each campaign.") var firms: Int = 400
  @Option(help: "Households with meters in each campaign.") var residential: Int = 60
  @Flag(help: "Look at the end of every day and count what any look flags; slower.") var daily = false
  @Option(help: ArgumentHelp("Policy file with the thresholds; built in when left out.", valueName: "file.yml"))
  var policy: String?

  func validate() throws {
    guard (1...1000).contains(seeds) else { throw ValidationError("--seeds \(seeds) is not between 1 and 1000") }
    guard (20...5000).contains(firms) else { throw ValidationError("--firms \(firms) is not between 20 and 5000") }
    guard (0...100_000).contains(residential) else {
      throw ValidationError("--residential \(residential) is not between 0 and 100000")
    }
  }

  func run() throws {
    try reporting {
      var request = PowerEvaluationRequest()
      request.seed = seed
      request.seeds = seeds
      request.firms = firms
      request.households = residential
      request.looksDaily = daily
      request.threads = common.threads
      request.progress = common.progress
      if let policy { request.rules = try PolicyFile.read(path: policy).policy.power }
      let result = try evaluatePower(request)
      if common.json { try printJSON(result) } else { print(Self.text(result), terminator: "") }
    }
  }

  /// The tables as people read them.
  static func text(_ result: PowerEvaluation) -> String {
    func percent(_ share: Double?) -> String { share.map { "\(($0 * 1000).rounded() / 10) %" } ?? "" }
    func list(_ counts: [PowerEvaluation.RuleCount]) -> String {
      counts.map { "\($0.name) \($0.firms)" }.joined(separator: ", ")
    }
    let table = EvaluateQualityCommand.table(
      [
        .init("planted"), .init("firms", .right), .init("shown", .right), .init("found", .right),
        .init("recall", .right), .init("rules that spoke (firms)"), .init("silences (firms)"),
      ],
      result.rows.map { row in
        [
          row.behaviour, "\(row.firms)", row.lead.isEmpty ? "" : "\(row.shown)", row.lead.isEmpty ? "" : "\(row.found)",
          percent(row.recall), list(row.rules), list(row.silences),
        ]
      })
    let shown = result.rows.reduce(0) { $0 + $1.shown }
    let found = result.rows.reduce(0) { $0 + $1.found }
    let all = percent(shown > 0 ? Double(found) / Double(shown) : nil)
    return """
      SYNTHETIC campaigns, seeds \(result.seed) to \(result.seed + UInt64(result.seeds) - 1), \
      \(result.months.joined(separator: " and ")), \(result.looksDaily ? "looked at every day" : "looked at once a month")

      \(table.text)
      recall over all planted behaviours: \(found) of \(shown), \(all)
      clean firm-months with a flag: \(result.cleanFlagged) of \(result.cleanFirmMonths), \
      \((result.falseAlarmsPer100 * 1000).rounded() / 1000) false alarms per 100 firm-months
      planted firm-months with a flag of another kind: \(result.otherKinds) of \(result.plantedFirmMonths)
      households' meter-months with a flag: \(result.householdMonthsFlagged) of \(result.householdMonths), \
      \((result.householdAlarmsPer100 * 1000).rounded() / 1000) false alarms per 100 meter-months

      """
  }
}
