internal import ArgumentParser
internal import Diagnostics
internal import Ingest
internal import Quantities
internal import Ranking
internal import Readings
internal import Reports
internal import SyntheticWorld
internal import Workflows

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure how good a step is where the truth is known.",
    subcommands: [
      EvaluateQualityCommand.self, EvaluateCalibrationCommand.self, EvaluateDetectionCommand.self,
      EvaluateSpeedCommand.self, EvaluateDarkCommand.self,
    ])
}

struct EvaluateQualityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality",
    abstract: "Plant faults into a synthetic network, run quality control, print what was found.",
    discussion: """
      Reads nothing: builds hourly PM2.5 and PM10 of a synthetic network in memory, with plumes, bonfires, fireworks and
      gaps that are no faults, plants thirteen kinds of faults, and compares the flags with what was planted. Prints the
      confusion table; docs/methods/quality-control.md says what counts as found. The same seed gives the same table.

      Example: hotgrid evaluate quality --seed 11 --stations 1500 --days 45
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "Seed of the network and its faults.") var seed: UInt64 = 1
  @Option(help: "Stations of the network.") var stations: Int = 1500
  @Option(help: "Days of the network.") var days: Int = 45
  @Option(help: ArgumentHelp("Policy file with the thresholds; built in when left out.", valueName: "file.yml"))
  var policy: String?
  @Flag(help: "Name every fault that was missed.") var missed = false

  func validate() throws {
    guard (40...100_000).contains(stations), (20...400).contains(days), stations * days <= 3_000_000 else {
      throw ValidationError("--stations is 40...100000, --days 20...400, and together at most 3000000 station-days")
    }
  }

  func run() throws {
    try reporting {
      let start = LocalDay(ordinal: 17_471)
      let rules = try policy.map { try PolicyFile.read(path: $0).policy.quality.rules } ?? QualityRules()
      let result = evaluateQuality(
        SyntheticNetwork.Options(seed: seed, stations: stations, days: days, start: start), rules: rules,
        threads: common.threads)
      if common.json {
        try printJSON(result)
      } else {
        print(Self.text(result, missed: missed), terminator: "")
      }
    }
  }

  /// The tables as people read them.
  static func text(_ result: QualityEvaluation, missed: Bool) -> String {
    func share(_ part: Int, _ whole: Int) -> String {
      whole == 0 ? "" : "\((Double(part) / Double(whole) * 1000).rounded() / 10) %"
    }
    let found = Self.table(
      [
        .init("planted"), .init("as"), .init("number", .right), .init("found", .right), .init("recall", .right),
        .init("hours", .right), .init("flagged", .right), .init("other flags on these hours"),
      ],
      result.kinds.map { kind in
        let others = zip(result.flags, kind.byFlag).filter { $0.0 != kind.name && $0.1 > 0 }.sorted {
          ($1.1, $0.0) < ($0.1, $1.0)
        }.prefix(3).map { "\($0.0) \(share($0.1, kind.hours))" }
        return [
          kind.name, kind.isEpisode ? "episodes" : "hours", "\(kind.planted)", "\(kind.found)",
          share(kind.found, kind.planted), "\(kind.hours)", share(kind.flaggedHours, kind.hours),
          others.joined(separator: ", "),
        ]
      })
    let clean = Self.table(
      [.init("clean hours flagged as"), .init("hours", .right), .init("share", .right)],
      zip(result.flags, result.cleanByFlag).map { name, count in
        [name, "\(count)", "\((Double(count) / Double(max(1, result.cleanHours)) * 100_000).rounded() / 1000) %"]
      } + [
        [
          "any of \(result.cleanHours)", "\(result.cleanFlagged)",
          "\((result.cleanShare * 100_000).rounded() / 1000) %",
        ],
        [
          "beside a source, of \(result.plumeHours)", "\(result.plumeFlagged)",
          "\((Double(result.plumeFlagged) / Double(max(1, result.plumeHours)) * 100_000).rounded() / 1000) %",
        ],
      ])
    let head =
      "SYNTHETIC network, seed \(result.seed): \(result.stations) stations, \(result.days) days; checks took "
      + "\((result.seconds * 100).rounded() / 100) s\n\n"
    let tail = missed ? "\n" + result.missed.map { "missed: \($0)\n" }.joined() : ""
    return head + found.text + "\n" + clean.text + tail
  }

  static func table(_ columns: [TextTable.Column], _ rows: [[String]]) -> TextTable {
    var table = TextTable(columns)
    for row in rows { table.add(row) }
    return table
  }
}

struct EvaluateCalibrationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibration",
    abstract: "Plant coefficients into synthetic sensors, calibrate them, print how they are recovered.",
    discussion: """
      Reads nothing: builds sensors beside reference stations with planted slope, intercept, humidity, temperature and
      drift, one in ten without a reference near, fits them, and compares. The same seed gives the same numbers.

      Example: hotgrid evaluate calibration --seed 11 --sensors 1000 --days 60
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "Seed of the sensors.") var seed: UInt64 = 1
  @Option(help: "Sensors.") var sensors: Int = 1000
  @Option(help: "Days.") var days: Int = 60
  @Option(help: "Standard deviation of the sensors' own noise, as a share of the value.") var noise: Double = 0.03

  func validate() throws {
    guard (10...50_000).contains(sensors), (10...400).contains(days), sensors * days <= 1_500_000 else {
      throw ValidationError("--sensors is 10...50000, --days 10...400, and together at most 1500000 sensor-days")
    }
    guard (0..<0.5).contains(noise) else { throw ValidationError("--noise \(noise) is not in 0..<0.5") }
  }

  func run() throws {
    try reporting {
      var options = SyntheticCollocation.Options(
        seed: seed, sensors: sensors, days: days, start: LocalDay(ordinal: 17_471))
      options.sensorNoise = noise
      var rules = CalibrationRules()
      rules.sensorNoiseShare = noise
      let result = evaluateCalibration(options, rules: rules, threads: common.threads)
      if common.json { try printJSON(result) } else { print(Self.text(result), terminator: "") }
    }
  }

  static func text(_ result: CalibrationEvaluation) -> String {
    func percent(_ share: Double?) -> String { share.map { "\(($0 * 1000).rounded() / 10) %" } ?? "" }
    func two(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    var lines = [
      "SYNTHETIC collocations, seed \(result.seed): \(result.sensors) sensors, \(result.days) days; "
        + "\(result.calibrated) calibrated, \(result.transferred) by the network's median, \(result.raw) raw; "
        + "the fit took \(two(result.seconds)) s", "",
    ]
    for term in SensorCalibration.terms {
      lines.append("\(term): \(percent(result.withinTwo[term])) within two standard errors of the planted value")
    }
    lines.append("mean of found over planted slope: \((result.slopeRatio * 10000).rounded() / 10000)")
    lines.append("median R2 \(two(result.medianR2)), median left-out RMSE \(two(result.medianLeftOutRMSE)) ug/m3")
    lines.append("hours against the air: RMSE \(two(result.rawError)) raw, \(two(result.calibratedError)) calibrated")
    for status in result.covered.keys.sorted() {
      lines.append(
        "\(status): \(percent(result.covered[status])) of hours within 1.96 standard errors, median standard error "
          + "\(two(result.medianStandardError[status] ?? .nan)) ug/m3")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
