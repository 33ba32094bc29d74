internal import ArgumentParser
internal import Reports
internal import Workflows

struct EvaluateDetectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detection",
    abstract: "False hot cells on fields without hotspots, and the share of planted ones that is found.",
    discussion: """
      Reads nothing: makes synthetic fields, white noise smoothed with Gaussian kernels of several lengths, tests them in six
      ways, and prints the size table (nothing planted) and power curves (bumps of 1, 9 and 25 cells, of several heights in
      standard deviations of the field). docs/methods/false-hotspots.md reads the tables. The same seed gives the same tables.

      Example: hotgrid evaluate detection --seed 1 --fields 100
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "Seed of the fields.") var seed: UInt64 = 1
  @Option(help: "Fields per correlation length; a tenth of them carries bumps.") var fields: Int = 100
  @Option(help: "Cells along a side of a field.") var side: Int = 178

  func validate() throws {
    guard (1...10_000).contains(fields) else { throw ValidationError("--fields \(fields) is not between 1 and 10000") }
    guard (60...1000).contains(side) else { throw ValidationError("--side \(side) is not between 60 and 1000") }
  }

  func run() throws {
    try reporting {
      var request = DetectionEvaluationRequest()
      request.seed = seed
      request.fields = fields
      request.side = side
      request.threads = common.threads
      let result = evaluateDetection(request)
      if common.json { try printJSON(result) } else { print(Self.text(result), terminator: "") }
    }
  }

  /// The tables as people read them.
  static func text(_ result: DetectionEvaluation) -> String {
    func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
    let sizes = EvaluateQualityCommand.table(
      [
        .init("nothing planted"), .init("length", .right), .init("p < 0.05", .right), .init("hot", .right),
        .init("worst field", .right), .init("hot, FDR 5 %", .right),
      ],
      result.sizes.map {
        [
          $0.method, "\($0.length)", percent($0.flagged), percent($0.hot), percent($0.worstHot),
          percent($0.hotAfterCorrection),
        ]
      })
    let heights = result.powers.map(\.height).reduce(into: [Double]()) { if !$0.contains($1) { $0.append($1) } }
    var curves: [[String]] = []
    var seen: Set<String> = []
    for power in result.powers {
      let key = "\(power.method)|\(power.length)|\(power.bumpCells)"
      guard seen.insert(key).inserted else { continue }
      let own = result.powers.filter {
        $0.method == power.method && $0.length == power.length && $0.bumpCells == power.bumpCells
      }
      curves.append(
        [power.method, "\(power.length)", "\(power.bumpCells * power.bumpCells)"]
          + own.map { "\(percent($0.found).dropLast(2)) / \(percent($0.foundAfterCorrection))" })
    }
    let powers = EvaluateQualityCommand.table(
      [.init("planted: found at p < 0.05 / after FDR 5 %"), .init("length", .right), .init("cells", .right)]
        + heights.map { .init("\($0) sd", .right) }, curves)
    return "\(result.fields) synthetic fields of \(result.cells) cells per length\n\n\(sizes.text)\n\(powers.text)"
  }
}
