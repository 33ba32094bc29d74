internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Foundation
internal import Ingest
internal import Quantities
internal import Workflows

struct PowerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "Look at electricity load.",
    subcommands: [PowerFlagsCommand.self, PowerBaselinesCommand.self, PowerQuickCommand.self]
  )
}

struct PowerFlagsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flags",
    abstract: "Name meters whose load gives a reason to look.",
    discussion: """
      Reads quarter-hourly or hourly load (meter_id,circuit,time,kwh), meters (meter_id,uscc,tariff), stop and limit
      orders (order_id,kind,start,end,scope,limit_percent) and, for orders by county or industry, the register of
      enterprises. Writes one row per meter and rule: load during an order, production without treatment,
      factory-like load without a firm. A flag is a lead and no verdict: each names what would disprove it.
      Why the rules kept silent is counted on standard error and written with --abstentions.

      Example: hotgrid power flags --power power.csv.gz --meters meters.csv --orders orders.csv \
      --enterprises enterprises.csv --from 2017-11-15 --to 2017-11-21 --out flags.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var load: LoadFileOptions
  @OptionGroup var rejected: RejectOptions

  @Option(help: ArgumentHelp("Load curves.", valueName: "file.csv"))
  var power: String

  @Option(help: ArgumentHelp("Meters and their firms.", valueName: "file.csv"))
  var meters: String

  @Option(help: ArgumentHelp("Stop and limit orders.", valueName: "file.csv"))
  var orders: String

  @Option(help: ArgumentHelp("The register, with counties and industries.", valueName: "file.csv"))
  var enterprises: String?

  @Option(help: ArgumentHelp("Where the flags go; - is standard output.", valueName: "file.csv"))
  var out: String = "-"

  @Option(help: ArgumentHelp("First day of evidence; the first day of the load when left out.", valueName: "day"))
  var from: String?

  @Option(help: ArgumentHelp("Last day of evidence; the last day of the load when left out.", valueName: "day"))
  var to: String?

  @Option(help: ArgumentHelp("Where meters and reasons of silence go.", valueName: "file.csv"))
  var abstentions: String?

  func run() throws {
    try reporting {
      let summary = try powerFlags(request())
      tell(summary)
      if common.json && out != "-" { try printJSON(PowerFlagsReport(summary)) }
      try rejected.end(summary.rowsRejected)
    }
  }

  private func request() throws -> PowerFlagsRequest {
    var request = PowerFlagsRequest(
      powerPath: power, metersPath: meters, ordersPath: orders, outputPath: out,
      now: currentInstant())
    request.enterprisesPath = enterprises
    request.rejectsPath = rejected.rejects
    request.abstentionsPath = abstentions
    if let policy = try load.chosenPolicy() { request.policy = policy }
    request.firstDay = try from.map { try dayOption($0, "--from") }
    request.lastDay = try to.map { try dayOption($0, "--to") }
    request.label = try load.powerLabel()
    request.encoding = load.encoding
    request.threads = common.threads
    request.progress = common.progress
    return request
  }

  private func tell(_ summary: PowerFlagsSummary) {
    let milliseconds =
      summary.screening.components.seconds * 1000
      + summary.screening.components.attoseconds / 1_000_000_000_000_000
    common.say(
      "screened \(summary.curves) daily curves of \(summary.meters) meters, \(summary.evidence.lowerBound) to "
        + "\(summary.evidence.upperBound), in \(milliseconds) ms")
    for (rule, count) in summary.flags where count > 0 { common.say("  \(count)  \(rule.rawValue)") }
    if summary.flags.allSatisfy({ $0.count == 0 }) { common.say("  no flags") }
    if !summary.abstentions.isEmpty { common.say("silent, in meters:") }
    for (reason, count) in summary.abstentions { common.say("  \(count)  \(reason.rawValue)") }
    rejected.tell(summary.notes, summary.rowsRejected, summary.rejectCounts, common)
  }
}

private struct PowerFlagsReport: Encodable {
  let first_day, last_day: String
  let meters, curves, rows_rejected: Int
  let flags, silent_meters: [String: Int]
  let notes: [String]

  init(_ summary: PowerFlagsSummary) {
    first_day = summary.evidence.lowerBound.description
    last_day = summary.evidence.upperBound.description
    meters = summary.meters
    curves = summary.curves
    rows_rejected = summary.rowsRejected
    flags = Dictionary(uniqueKeysWithValues: summary.flags.map { ($0.rule.rawValue, $0.count) })
    silent_meters = Dictionary(uniqueKeysWithValues: summary.abstentions.map { ($0.reason.rawValue, $0.meters) })
    notes = summary.notes
  }
}
