internal import ArgumentParser
internal import Evidence
internal import Quantities
internal import Reports
internal import SyntheticWorld
internal import Workflows

struct EvaluateMonitorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitors",
    abstract: "Plant frauds into synthetic emission monitors, screen them, print what was found.",
    discussion: """
      Reads nothing: builds hourly reports of synthetic emission monitors in memory, with calibrations, stands, gaps and
      tight control that are no frauds, plants eight kinds of frauds, and compares. Prints recall per kind and false
      alarms per 100 outlet-months. The same seeds give the same tables.

      Example: hotgrid evaluate monitors --seed 11 --seeds 4 --outlets 300 --days 30
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "First seed.") var seed: UInt64 = 1
  @Option(help: "How many seeds, one after the other.") var seeds: Int = 1
  @Option(help: "Outlets of each seed.") var outlets: Int = 300
  @Option(help: "Days of each seed.") var days: Int = 30
  @Flag(help: "Name every fraud that was missed, and every honest outlet that was named.") var missed = false

  func validate() throws {
    guard (8...20_000).contains(outlets), (20...120).contains(days), (1...1000).contains(seeds) else {
      throw ValidationError("--outlets is 8...20000, --days 20...120, --seeds 1...1000")
    }
  }

  func run() throws {
    try reporting {
      let result = evaluateMonitors(
        SyntheticEmissionMonitors.Options(seed: seed, outlets: outlets, days: days, start: LocalDay(ordinal: 17_471)),
        seeds: seeds, rules: EmissionRules(), threads: common.threads)
      if common.json { try printJSON(result) } else { print(text(result), terminator: "") }
    }
  }

  private func text(_ result: MonitorEvaluation) -> String {
    func share(_ part: Int, _ whole: Int) -> String {
      whole == 0 ? "" : "\((Double(part) / Double(whole) * 1000).rounded() / 10) %"
    }
    let found = EvaluateQualityCommand.table(
      [
        .init("planted"), .init("outlets", .right), .init("found", .right), .init("recall", .right),
        .init("by any test", .right),
      ],
      result.kinds.map {
        [$0.name, "\($0.planted)", "\($0.found)", share($0.found, $0.planted), share($0.foundByAny, $0.planted)]
      })
    let alarms = EvaluateQualityCommand.table(
      [.init("false alarms of"), .init("outlets", .right), .init("per 100 outlet-months", .right)],
      result.falseAlarms.map {
        [$0.test, "\($0.outlets)", "\(($0.perHundredOutletMonths * 100).rounded() / 100)"]
      })
    let head =
      "SYNTHETIC monitors, seeds \(result.firstSeed) to \(result.firstSeed + UInt64(result.seeds) - 1): "
      + "\(result.outlets) outlets, \(result.days) days each, \((result.honestOutletMonths).rounded()) honest "
      + "outlet-months; \(result.rulesVersion), \(result.limitsVersion); screening took "
      + "\((result.seconds * 100).rounded() / 100) s\n\n"
    let tail =
      missed
      ? "\n"
        + (result.missed.map { "missed: \($0)\n" } + result.falselyNamed.map { "falsely named: \($0)\n" }).joined()
      : ""
    return head + found.text + "\n" + alarms.text + tail
  }
}
