internal import ArgumentParser
internal import Diagnostics
internal import Grids
internal import Quantities
internal import SyntheticWorld
internal import Workflows

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write a synthetic campaign with known truth, in the layouts a user would bring.",
    discussion: """
      Needs the county boundaries that tools/setup derived. Writes stations, readings, rasters, swaths, firms, meters,
      power, orders, complaints, fires and wind, a manifest.csv for 'hotgrid ingest manifest', and truth/, which the
      analysis never reads. Everything is marked synthetic. The same seed and sizes give the same bytes. With --campaign it
      runs the daily job on its own data day by day, visits the truth, feeds the outcomes back, and prints what each way of
      choosing found.

      Example: hotgrid simulate --out campaign --seed 1
      Full size: hotgrid simulate --out full --seed 1 --days 60 --micro 5000 --firms 20000 --metered 5000
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: "New folder to write.") var out: String
  @Option(help: "Seed of everything.") var seed: UInt64
  @Option(help: "First day.") var start: String = "2017-11-01"
  @Option(help: "Days.") var days: Int = 36
  @Option(help: "National-type stations.") var stations: Int = 1500
  @Option(help: "Micro-stations.") var micro: Int = 400
  @Option(help: "Moving monitors.") var mobile: Int = 3
  @Option(help: "Registered firms.") var firms: Int = 2000
  @Option(help: "Firms with meters.") var metered: Int = 150
  @Option(help: "Workshops without a registered firm.") var unregistered: Int = 20
  @Option(help: "Households with meters.") var residential: Int = 60

  @Option(
    help: ArgumentHelp(
      "Close the loop: on the last so many days plan, visit the truth, learn and plan again, beside four other ways to choose.",
      valueName: "days"))
  var campaign: Int?
  @Option(help: "Visits a day in a closed loop.") var targets: Int = 60
  @Option(help: ArgumentHelp("Policy of a closed loop; the built-in one when left out.", valueName: "policy.yml"))
  var policy: String?

  func validate() throws {
    if let campaign {
      guard campaign >= 1, campaign + 14 <= days else {
        throw ValidationError("--campaign \(campaign) leaves less than two weeks of history; raise --days")
      }
      guard (1...100_000).contains(targets) else { throw ValidationError("--targets \(targets) is not in 1...100000") }
    }
    let sizes = [stations, micro, mobile, firms, metered, unregistered, residential]
    guard sizes.allSatisfy({ (0...1_000_000).contains($0) }), (1...800).contains(days) else {
      throw ValidationError("sizes are 0...1000000 and --days 1...800")
    }
    guard metered <= firms else { throw ValidationError("--metered \(metered) is above --firms \(firms)") }
  }

  func run() throws {
    try reporting {
      let options = SyntheticOptions(
        seed: seed, start: try dayOption(start, "--start"), days: days, stations: stations, micro: micro,
        mobile: mobile, firms: firms, metered: metered, unregistered: unregistered, residential: residential)
      if let campaign {
        try closeLoop(options, campaignDays: campaign)
        return
      }
      let summary = try simulate(
        options, grid: try gridOptions.load(), to: out, version: Hotgrid.configuration.version,
        threads: common.threads, progress: common.progress)
      if common.json { print(try jsonText(summary)) }
      common.say(
        "synthetic campaign in \(out): \(summary.files) files, \(summary.bytes / 1_000_000) MB, \(summary.days) days, "
          + "\(summary.sources) sources, \(summary.stations) stations")
    }
  }

  private func closeLoop(_ options: SyntheticOptions, campaignDays: Int) throws {
    var request = CampaignRequest(
      options: options, campaignDays: campaignDays, targets: targets, grid: try gridOptions.load(), folder: out,
      version: Hotgrid.configuration.version)
    request.gridPath = gridOptions.grid
    request.policyPath = policy
    request.threads = common.threads
    request.progress = common.progress
    let outcome = try runCampaign(request)
    print(common.json ? try jsonText(outcome) : CampaignTable.text(outcome))
  }
}
