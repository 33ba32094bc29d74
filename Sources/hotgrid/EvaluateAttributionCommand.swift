internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Grids
internal import Reports
internal import Workflows

struct EvaluateAttributionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribution",
    abstract: "Plant sources, raise alarms, attribute them, print how often the truth comes first and how honest p is.",
    discussion: """
      Reads nothing: makes synthetic campaigns on a made-up square region, raises alarms on a noisy daily field, attributes
      them with the stations, wind, load and orders the daily job would have, and compares with what each planted source
      really adds. Prints top-1, top-3 and top-5, Brier score, reliability diagram and calibration error (ECE). --fit prints
      the calibration constants of the seeds instead; the built-in ones come from seeds that the default seeds do not
      contain. docs/methods/attribution.md reads the tables. The same seeds give the same tables.

      Example: hotgrid evaluate attribution --seed 1 --seeds 5
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "First seed.") var seed: UInt64 = 1
  @Option(help: "Seeds, counting up from the first.") var seeds: Int = 5
  @Option(help: "Micro-stations of a campaign, beside 1500 national-type stations.") var micro: Int?
  @Option(help: "Anomalies of a day, highest first.") var anomalies: Int = 60
  @Flag(help: "Fit the calibration on these seeds and print it.") var fit = false

  func validate() throws {
    guard (1...200).contains(seeds) else { throw ValidationError("--seeds \(seeds) is not between 1 and 200") }
    guard (1...1000).contains(anomalies) else { throw ValidationError("--anomalies is not between 1 and 1000") }
    if let micro, !(0...20_000).contains(micro) { throw ValidationError("--micro is not between 0 and 20000") }
  }

  func run() throws {
    try reporting {
      var request = AttributionEvaluationRequest()
      request.seed = seed
      request.seeds = seeds
      request.anomalies = anomalies
      request.threads = common.threads
      if let micro { request.micro = micro }
      let grid = try Grid(definition: .national2p26)
      guard !fit else {
        let made = fitAttribution(request, grid: grid)
        print(
          made.map {
            "half: offset \($0.halfOffset), slope \($0.halfSlope)\nmain: offset \($0.mainOffset), slope \($0.mainSlope)"
          } ?? "too few anomalies to fit anything")
        return
      }
      let result = evaluateAttribution(request, grid: grid)
      if common.json { try printJSON(result) } else { print(Self.text(result), terminator: "") }
    }
  }

  /// The tables as people read them.
  static func text(_ result: AttributionEvaluation) -> String {
    func share(_ part: Int, _ whole: Int) -> String {
      whole == 0 ? "none" : "\((Double(part) / Double(whole) * 1000).rounded() / 10) % (\(part) of \(whole))"
    }
    func three(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
    func diagram(_ name: String, _ reliability: Reliability) -> String {
      let rows = reliability.bins.filter { $0.count > 0 }.map { bin in
        [
          "\(three(bin.lowest))-\(three(bin.highest))", "\(bin.count)", three(bin.meanProbability ?? 0),
          three(bin.observedShare ?? 0),
        ]
      }
      let table = EvaluateQualityCommand.table(
        [.init(name), .init("number", .right), .init("mean p", .right), .init("happened", .right)], rows)
      return table.text + "Brier \(three(reliability.brier)), ECE \(three(reliability.calibrationError))\n\n"
    }
    let seeds = result.seeds.map { "\($0)" }.joined(separator: " ")
    var lines = [
      "SYNTHETIC campaigns, seeds \(seeds): \(result.anomalies) anomalies with planted sources, posteriors took "
        + "\((result.seconds * 10).rounded() / 10) s", "",
      "main source ranked first: \(share(result.top1, result.anomalies))",
      "among the first three: \(share(result.top3, result.anomalies))",
      "among the first five: \(share(result.top5, result.anomalies))",
      "right cell first: \(share(result.cellFirst, result.anomalies))",
      "first, where other firms share its cell: \(share(result.sharedFirst, result.shared))",
      "first, where it is unregistered: \(share(result.unregisteredFirst, result.unregistered))",
      "alarms without a source, background first: \(share(result.backgroundFirst, result.withoutSource))",
    ]
    for reason in result.abstentions.keys.sorted() {
      lines.append("not attributed, \(reason): \(result.abstentions[reason] ?? 0)")
    }
    return lines.map { $0 + "\n" }.joined() + "\n" + diagram("p of half and more", result.half)
      + diagram("p of the first being the main source", result.main)
  }
}
