internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Foundation
internal import Ingest
internal import Quantities
internal import Workflows

struct OrdersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orders",
    abstract: "Say whom stop and limit orders bind, and how load kept to them.",
    subcommands: [OrdersBoundCommand.self, OrdersComplianceCommand.self])
}

struct OrdersBoundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bound",
    abstract: "List who is bound when, overlaps resolved and amendments applied.",
    discussion: """
      Reads orders (order_id,kind,start,end,scope,limit_percent[,grades]) and the register of enterprises; writes one row per
      firm and stretch of time under one strictest order. A row with the id of an earlier one amends it. Grade A firms are
      reached by yellow, orange and red orders only by name. Orders that end before they start are rejected with their line.

      Example: hotgrid orders bound --orders orders.csv --enterprises enterprises.csv --at 2017-11-21T08:00 --out bound.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var rejected: RejectOptions
  @Option(help: ArgumentHelp("Stop and limit orders.", valueName: "file.csv")) var orders: String
  @Option(help: ArgumentHelp("The register, with counties and industries.", valueName: "file.csv"))
  var enterprises: String
  @Option(help: ArgumentHelp("Only orders in force at this Beijing time.", valueName: "time")) var at: String?
  @Option(help: ArgumentHelp("Only this firm.", valueName: "credit code")) var uscc: String?
  @Option(help: ArgumentHelp("Where the table goes; - is standard output.", valueName: "file.csv")) var out: String =
    "-"
  @Option(help: ArgumentHelp("Policy file with the exempt grades; built in when left out.", valueName: "file.yml"))
  var policy: String?
  @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?

  func run() throws {
    try reporting {
      var request = OrdersBoundRequest(
        ordersPath: orders, enterprisesPath: enterprises, outputPath: out,
        options: ReadOptions(
          encoding: encoding, now: currentInstant(), threads: common.threads, progress: common.progress))
      if let at {
        guard let moment = readInstant(at) else {
          throw Problem("--at \(at) is not a time", remedy: "write it as 2017-11-21T08:00", exitStatus: .usage)
        }
        request.moment = moment
      }
      request.creditCode = uscc
      request.rejectsPath = rejected.rejects
      if let policy { request.policy = try PolicyFile.read(path: policy).policy }
      let summary = try ordersBound(request)
      common.say("\(summary.firms) firms bound, \(summary.rows) stretches of \(summary.orders) orders")
      rejected.tell(summary.notes, summary.rowsRejected, summary.rejectCounts, common)
      if common.json && out != "-" { try printJSON(OrdersReport(summary)) }
      try rejected.end(summary.rowsRejected)
    }
  }
}

struct OrdersComplianceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compliance",
    abstract: "Hold load against the orders that bound each firm.",
    discussion: """
      Reads orders, the register, load curves and meters; writes how each firm's load kept to each order: days judged and
      exceeded, energy used, usual and left by the order. --by industry and --by county sum firms by kind of order. What the
      load cannot say is unjudged, with its reason; the table is about load and is no verdict.

      Example: hotgrid orders compliance --orders orders.csv --enterprises enterprises.csv --power power.csv \
      --meters meters.csv --by county --out compliance.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var load: LoadFileOptions
  @OptionGroup var rejected: RejectOptions
  @Option(help: ArgumentHelp("Stop and limit orders.", valueName: "file.csv")) var orders: String
  @Option(help: ArgumentHelp("The register, with counties and industries.", valueName: "file.csv"))
  var enterprises: String
  @Option(help: ArgumentHelp("Load curves.", valueName: "file.csv")) var power: String
  @Option(help: ArgumentHelp("Meters and their firms.", valueName: "file.csv")) var meters: String
  @Option(help: ArgumentHelp("Where the table goes; - is standard output.", valueName: "file.csv")) var out: String =
    "-"
  @Option(help: "Rows by firm, industry or county.") var by: String = ComplianceGrouping.firm.rawValue
  @Option(help: ArgumentHelp("First day judged; the first day of the load when left out.", valueName: "day"))
  var from: String?
  @Option(help: ArgumentHelp("Last day judged; the last day of the load when left out.", valueName: "day"))
  var to: String?

  func run() throws {
    try reporting {
      var request = OrdersComplianceRequest(
        ordersPath: orders, enterprisesPath: enterprises, powerPath: power, metersPath: meters, outputPath: out,
        options: load.readOptions(common))
      request.grouping = try word(
        by, ComplianceGrouping.init(rawValue:), ComplianceGrouping.allCases.map(\.rawValue), "--by")
      request.label = try load.powerLabel()
      request.firstDay = try from.map { try dayOption($0, "--from") }
      request.lastDay = try to.map { try dayOption($0, "--to") }
      request.rejectsPath = rejected.rejects
      if let policy = try load.chosenPolicy() { request.policy = policy }
      let summary = try ordersCompliance(request)
      common.say("\(summary.period.lowerBound) to \(summary.period.upperBound), firms and orders:")
      for (status, count) in summary.counts { common.say("  \(count)  \(status.rawValue)") }
      rejected.tell(summary.notes, summary.rowsRejected, summary.rejectCounts, common)
      if common.json && out != "-" { try printJSON(OrdersReport(summary)) }
      try rejected.end(summary.rowsRejected)
    }
  }

}

private struct OrdersReport: Encodable {
  var rows, rows_rejected: Int
  var firms_bound: Int?
  var first_day, last_day: String?
  var statuses: [String: Int]?
  var notes: [String]

  init(_ summary: OrdersBoundSummary) {
    rows = summary.rows
    rows_rejected = summary.rowsRejected
    firms_bound = summary.firms
    notes = summary.notes
  }

  init(_ summary: OrdersComplianceSummary) {
    rows = summary.rows
    rows_rejected = summary.rowsRejected
    first_day = summary.period.lowerBound.description
    last_day = summary.period.upperBound.description
    statuses = Dictionary(uniqueKeysWithValues: summary.counts.map { ($0.status.rawValue, $0.count) })
    notes = summary.notes
  }
}
