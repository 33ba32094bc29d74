internal import ArgumentParser
internal import Diagnostics
internal import Ingest
internal import Quantities
internal import Workflows

struct MonitorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor", abstract: "Look at those who measure: emission monitors and air-quality stations.",
    subcommands: [MonitorFlagsCommand.self, MonitorStationsCommand.self])
}

struct MonitorFlagsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flags",
    abstract: "Name outlets whose continuous emission monitor looks made.",
    discussion: """
      Reads hourly reports (uscc,outlet,time,so2,nox,pm,o2,flow[,mark]), the register (for the industry's limits) and, to hold
      emission against production, load and meters. Writes one row per outlet, test and channel: flat lines, values pinned
      under the limit, nothing at full power, oxygen made to fit, oxygen no flue gas has, copied days, flow that left the load.
      p is corrected for the tests made on the outlet. A row is a lead and no verdict: each names what would disprove it.

      Example: hotgrid monitor flags --cems cems.csv --enterprises enterprises.csv --power power.csv --meters meters.csv \
      --out flags.csv
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("Reports of emission monitors.", valueName: "file.csv")) var cems: String
  @Option(help: ArgumentHelp("The register, with industries.", valueName: "file.csv")) var enterprises: String
  @Option(help: ArgumentHelp("Load curves.", valueName: "file.csv")) var power: String?
  @Option(help: ArgumentHelp("Meters and their firms.", valueName: "file.csv")) var meters: String?
  @Option(
    help: ArgumentHelp("Limits of outlets, as in permits: uscc,outlet,so2,nox,pm,o2_reference.", valueName: "file.csv"))
  var limits: String?
  @Flag(help: "Concentrations are at reference oxygen already.") var converted = false
  @Option(help: ArgumentHelp("First day; 30 days before the last when left out.", valueName: "day")) var from: String?
  @Option(help: ArgumentHelp("Last day; that of the file when left out.", valueName: "day")) var to: String?
  @Option(help: ArgumentHelp("Where the flags go; - is standard output.", valueName: "file.csv")) var out: String = "-"
  @Option(help: ArgumentHelp("Where outlets and reasons of silence go.", valueName: "file.csv")) var abstentions:
    String?
  @Option(help: ArgumentHelp("Where rows that cannot be used go.", valueName: "file.csv")) var rejects: String?
  @Option(help: "Seed of permutations.") var seed: UInt64 = 1
  @Flag(help: "End with status 3 when rows were rejected; the flags are written all the same.") var strict = false

  func validate() throws {
    guard (power == nil) == (meters == nil) else { throw ValidationError("--power and --meters go together") }
  }

  func run() throws {
    try reporting {
      var request = MonitorFlagsRequest(
        cemsPath: cems, enterprisesPath: enterprises, outputPath: out,
        options: ReadOptions(now: currentInstant(), threads: common.threads, progress: common.progress))
      request.powerPath = power
      request.metersPath = meters
      request.limitsPath = limits
      request.isConverted = converted
      request.firstDay = try from.map { try dayOption($0, "--from") }
      request.lastDay = try to.map { try dayOption($0, "--to") }
      request.abstentionsPath = abstentions
      request.rejectsPath = rejects
      request.seed = seed
      let summary = try monitorFlags(request)
      if common.json, out != "-" { print(try jsonText(summary)) }
      common.say(
        "judged \(summary.outletsJudged) of \(summary.outlets) outlets, \(summary.firstDay) to \(summary.lastDay)")
      for (test, count) in summary.flags.sorted(by: { $0.key < $1.key }) { common.say("  \(count)  \(test)") }
      if summary.flags.isEmpty { common.say("  no flags") }
      if !summary.silent.isEmpty { common.say("silent, in outlets:") }
      for (reason, count) in summary.silent.sorted(by: { $0.key < $1.key }) { common.say("  \(count)  \(reason)") }
      for note in summary.notes { common.say("note: \(note)") }
      if summary.rowsRejected > 0 { common.say("\(summary.rowsRejected) rows rejected") }
      for (reason, count) in summary.rejectCounts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(8) {
        common.say("    \(count)  \(reason)")
      }
      if strict, summary.rowsRejected > 0 { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}
