internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Ingest
internal import Quantities
internal import Workflows

struct PowerBaselinesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baselines",
    abstract: "Write what each meter will be held against on a day.",
    discussion: """
      Reads load of the days before, meters, orders and the register; writes one row per meter of a registered firm: the energy
      of a normal day of this kind, the share that orders leave of it, and from what load production and treatment are on.

      Example: hotgrid power baselines --power history.csv --meters meters.csv --orders orders.csv \
      --enterprises enterprises.csv --day 2017-11-21 --out baselines.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var load: LoadFileOptions
  @Option(help: ArgumentHelp("Load curves of earlier days.", valueName: "file.csv")) var power: String
  @Option(help: ArgumentHelp("Meters and their firms.", valueName: "file.csv")) var meters: String
  @Option(help: ArgumentHelp("Stop and limit orders.", valueName: "file.csv")) var orders: String
  @Option(help: ArgumentHelp("The register, with counties and industries.", valueName: "file.csv"))
  var enterprises: String?
  @Option(help: ArgumentHelp("The day that will be judged.", valueName: "day")) var day: String
  @Option(help: ArgumentHelp("Where the table goes; - is standard output.", valueName: "file.csv")) var out: String =
    "-"
  func run() throws {
    try reporting {
      guard let judged = LocalDay(day) else {
        throw Problem("--day \(day) is not a day", remedy: "write it as 2017-11-21", exitStatus: .usage)
      }
      var request = PowerBaselinesRequest(
        powerPath: power, metersPath: meters, ordersPath: orders, outputPath: out, day: judged,
        options: load.readOptions(common))
      request.enterprisesPath = enterprises
      request.label = try load.powerLabel()
      if let policy = try load.chosenPolicy() { request.policy = policy }
      let count = try powerBaselines(request)
      common.say("\(count.meters) meters, \(count.underOrder) of them under an order on \(judged)")
    }
  }
}

struct PowerQuickCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quick",
    abstract: "The two simplest rules on one day of load, without history.",
    discussion: """
      Reads load curves and the table of `power baselines`; names meters that used more than an order leaves, and those with
      production on and treatment off for an hour. A first look in one pass: no p-values, no abstentions but unknown values;
      `power flags` weighs the days.

      Example: hotgrid power quick --power power-2017-11-21.csv --baselines baselines.csv --out quick.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var load: LoadFileOptions
  @OptionGroup var rejected: RejectOptions
  @Option(help: ArgumentHelp("Load curves of the day.", valueName: "file.csv")) var power: String
  @Option(help: ArgumentHelp("What `power baselines` wrote.", valueName: "file.csv")) var baselines: String
  @Option(help: ArgumentHelp("Where the flags go; - is standard output.", valueName: "file.csv")) var out: String = "-"

  func run() throws {
    try reporting {
      var request = PowerQuickRequest(
        powerPath: power, baselinesPath: baselines, outputPath: out,
        options: load.readOptions(common))
      request.label = try load.powerLabel()
      request.rejectsPath = rejected.rejects
      if let policy = try load.chosenPolicy() { request.policy = policy }
      let summary = try powerQuick(request)
      common.say("\(summary.curves) daily curves of \(summary.days) days")
      for (rule, count) in summary.flags { common.say("  \(count)  \(rule.rawValue)") }
      if summary.unknownMeters > 0 { common.say("\(summary.unknownMeters) meters have no baseline: not judged") }
      rejected.tell(summary.notes, summary.rowsRejected, summary.rejectCounts, common)
      try rejected.end(summary.rowsRejected)
    }
  }
}
