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

      With --draws: what it does to false discoveries that all cells look into the same permutations, against draws of
      their own; docs/methods/permutation.md reads that table. Its fields have 40 x 40 cells unless --side is given.

      Example: hotgrid evaluate detection --seed 1 --fields 100
      Example: hotgrid evaluate detection --draws --seed 1 --fields 100
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "Seed of the fields.") var seed: UInt64 = 1
  @Option(help: "Fields per correlation length; a tenth of them carries bumps.") var fields: Int = 100
  @Option(help: "Cells along a side of a field; 178, and 40 with --draws, when left out.") var side: Int?
  @Flag(help: "Shared against independent draws of the permutation test instead.") var draws = false

  func validate() throws {
    guard (1...10_000).contains(fields) else { throw ValidationError("--fields \(fields) is not between 1 and 10000") }
    let least = draws ? 40 : 60
    if let side, !(least...1000).contains(side) {
      throw ValidationError("--side \(side) is not between \(least) and 1000")
    }
  }

  func run() throws {
    try reporting {
      guard !draws else { return try runDraws() }
      var request = DetectionEvaluationRequest()
      request.seed = seed
      request.fields = fields
      request.side = side ?? request.side
      request.threads = common.threads
      let result = evaluateDetection(request)
      if common.json { try printJSON(result) } else { print(Self.text(result), terminator: "") }
    }
  }

  private func runDraws() throws {
    var request = DrawsEvaluationRequest()
    request.seed = seed
    request.fields = fields
    request.side = side ?? request.side
    request.threads = common.threads
    let result = evaluateDraws(request)
    if common.json { try printJSON(result) } else { print(Self.text(result), terminator: "") }
  }

  static func text(_ result: DrawsEvaluation) -> String {
    func rounded(_ number: Double, _ scale: Double = 100) -> String { "\((number * scale).rounded() / scale)" }
    let table = EvaluateQualityCommand.table(
      [
        .init("raised %", .right), .init("R", .right), .init("draws"), .init("discoveries", .right),
        .init("sd", .right),
        .init("sd by draws", .right), .init("FDP %", .right), .init("sd", .right), .init("95 %", .right),
        .init("any false %", .right), .init("p <= 0.05 %", .right), .init("sd", .right),
      ],
      result.rows.map {
        [
          rounded($0.raised * 100, 10), $0.replicates == 0 ? "" : "\($0.replicates)", $0.draws,
          rounded($0.discoveries, 10), rounded($0.discoveriesDeviation, 10), rounded($0.monteCarloDeviation),
          rounded($0.falseShare * 100), rounded($0.falseShareDeviation * 100), rounded($0.falseShareQuantile * 100),
          rounded($0.anyFalse * 100, 10), rounded($0.passed * 100), rounded($0.passedDeviation * 100),
        ]
      })
    return
      "\(result.fields) synthetic fields of \(result.cells) cells per share; Benjamini-Hochberg at 5 %, one-sided\n\n"
      + table.text
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
