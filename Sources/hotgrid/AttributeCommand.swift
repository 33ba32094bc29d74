internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Ingest
internal import Ranking
internal import Quantities
internal import Workflows

struct AttributeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute",
    abstract: "Say who may explain each alarm or hot cell, with a probability, from wind, plumes and load.",
    discussion: """
      Reads hourly readings, stations, wind, the register and the output of 'detect alarm' or 'detect gi-star' on days
      (rows of class alarm, or with a bin of 2 or 3). Cells that touch are one anomaly. Writes one row per anomaly and
      source: a registered firm, an unregistered source in a cell, or the background; a share of the excess with its
      90 % interval, the probability of explaining at least half (p_half) and of being the main source (p_main). Hours
      without wind are counted and never guessed; an anomaly that cannot be attributed has one row with the reason.
      --power and --meters tell the hours of metered firms, --orders those of the others. Shares are leads to look at,
      not causes. docs/methods/attribution.md has the model.

      Example: hotgrid attribute --readings r.csv.gz --stations s.csv --wind w.csv --enterprises e.csv --hot alarms.csv \
      --power p.csv --meters m.csv --out posterior.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: ArgumentHelp("Hourly readings of the evidence days.", valueName: "file.csv")) var readings: String
  @Option(help: ArgumentHelp("Stations with kinds and positions.", valueName: "file.csv")) var stations: String
  @Option(help: ArgumentHelp("Hourly wind: time,lon,lat,u,v.", valueName: "file.csv")) var wind: String
  @Option(help: ArgumentHelp("Register of firms.", valueName: "file.csv")) var enterprises: String
  @Option(help: ArgumentHelp("Alarms or hot cells of days.", valueName: "file.csv")) var hot: String
  @Option(help: ArgumentHelp("Load curves; needs --meters.", valueName: "file.csv")) var power: String?
  @Option(help: ArgumentHelp("Meters with their firms.", valueName: "file.csv")) var meters: String?
  @Option(help: ArgumentHelp("Stop and limit orders.", valueName: "file.csv")) var orders: String?
  @Option(help: ArgumentHelp("Where the posterior goes; - is standard output.", valueName: "file.csv"))
  var out: String = "-"
  @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
  @Option(help: ArgumentHelp("Policy file with the numbers; built in when left out.", valueName: "file.yml"))
  var policy: String?
  @Option(help: "Days of evidence that end with the anomaly's.") var days: Int?
  @Option(help: "Runs with winds turned and stretched.") var ensemble: Int?
  @Option(help: "Seed of the ensemble and the sampler.") var seed: UInt64 = 1
  @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?
  @Flag(help: "Exit with 3 when rows were rejected.") var strict = false

  func validate() throws {
    guard (power == nil) == (meters == nil) else {
      throw ValidationError("--power and --meters go together: a curve needs its firm, a meter its curve")
    }
    if let days, !(1...60).contains(days) { throw ValidationError("--days \(days) is not between 1 and 60") }
    if let ensemble, !(1...200).contains(ensemble) {
      throw ValidationError("--ensemble \(ensemble) is not between 1 and 200")
    }
  }

  func run() throws {
    try reporting {
      var request = AttributeRequest(
        readingsPath: readings, stationsPath: stations, windPath: wind, enterprisesPath: enterprises, hotPath: hot,
        outputPath: out,
        options: ReadOptions(
          encoding: encoding, now: currentInstant(), threads: common.threads, progress: common.progress))
      request.powerPath = power
      request.metersPath = meters
      request.ordersPath = orders
      request.pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
      request.seed = seed
      if let policy { request.rules = try PolicyFile.read(path: policy).policy.attribution.rules }
      if let days { request.rules.evidenceDays = days }
      if let ensemble { request.rules.ensemble = ensemble }
      let summary = try attributeAnomalies(request, grid: try gridOptions.load())
      common.say(
        "\(attributionVersion): \(summary.anomalies) anomalies, \(summary.attributed) attributed; \(summary.likelySources) "
          + "firms likely to explain half or more")
      for reason in summary.abstentions.keys.sorted() {
        common.say("  not attributed, \(reason): \(summary.abstentions[reason] ?? 0)")
      }
      for note in summary.notes { common.say("  \(note)") }
      if summary.rowsRejected > 0 { common.say("  \(summary.rowsRejected) rows rejected") }
      if common.json, out != "-" { try printJSON(summary) }
      if strict, summary.rowsRejected > 0 { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}
