internal import ArgumentParser
internal import SpatialStatistics
internal import Surfaces
internal import Workflows

struct DetectScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Find the most likely clusters in space and time by Kulldorff's scan statistic.",
    discussion: """
      Reads a cells file: counts (complaints, alarms, fires) for --model poisson, which needs --expected, and permutation;
      values for normal. Zones are circles of cells, or connected sets of any shape (--zones flexible); spans end with the
      last period (--span alive) or anywhere (any). Writes
      cluster,centre_cell,radius_metres,cells,first_period,last_period,observed,expected,relative,ratio,p,gumbel_p.

      Example: hotgrid detect scan --model permutation --cells complaints.csv --max-radius 15000 --out clusters.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @OptionGroup var files: DetectFiles
  @Option(
    help: "poisson, permutation or normal.",
    transform: reading("poisson, permutation or normal") { ScanStatistic.Model(rawValue: $0) })
  var model: ScanStatistic.Model
  @Option(help: ArgumentHelp("Expectations of the Poisson model, any scale.", valueName: "cells.csv"))
  var expected: String?
  @Option(
    help: "alive or any: spans that reach the last period, or all.",
    transform: reading("alive or any") { ScanStatistic.Span(rawValue: $0) })
  var span: ScanStatistic.Span = .alive
  @Option(
    help: "circular, or flexible: connected sets of raised cells among those nearest to a centre.",
    transform: reading("circular or flexible") { ZoneShape(rawValue: $0) })
  var zones: ZoneShape = .circular
  @Option(help: ArgumentHelp("Largest radius of a circular zone; 30,000 unless told.", valueName: "metres"))
  var maxRadius: Double?
  @Option(help: "Cells of a flexible window, its centre among them; 15 unless told, 25 at most.") var nearest: Int?
  @Option(
    help:
      "One-sided p below which a cell counts as raised in a flexible zone; 0.2 unless told, 1 for every cell above its expectation."
  )
  var raised: Double?
  @Option(help: "Periods of a cluster at most.") var maxDuration: Int = 7
  @Option(help: "Share of all cells that a zone holds at most.") var maxShare: Double = 0.5
  @Option(help: "Replicates behind p.") var replicates: Int = 999
  @Option(help: "Seed of the replicates; the same seed gives the same bytes.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Where the cells of each cluster go.", valueName: "members.csv")) var members: String?
  @Option(
    help: "Test what values have above a ring, of --model normal: ring:2-15:0.5.",
    transform: reading("ring:15, ring:2-15 or ring:2-15:0.25") { BackgroundRule($0) })
  var background: BackgroundRule?

  func validate() throws {
    if let maxRadius, !(maxRadius.isFinite && maxRadius >= 0) {
      throw ValidationError("--max-radius \(maxRadius) is no distance")
    }
    if let nearest, !(2...25).contains(nearest) { throw ValidationError("--nearest \(nearest) is not in 2...25") }
    if let raised, !(raised > 0 && raised <= 1) {
      throw ValidationError("--raised \(raised) is not above 0 and up to 1")
    }
    switch zones {
    case .circular:
      guard nearest == nil, raised == nil else { throw ValidationError("--nearest and --raised need --zones flexible") }
    case .flexible:
      guard maxRadius == nil else {
        throw ValidationError("--max-radius is of circular zones; flexible ones take --nearest")
      }
    }
    guard (1...10_000).contains(maxDuration) else { throw ValidationError("--max-duration is not in 1...10000") }
    guard maxShare > 0, maxShare <= 1 else {
      throw ValidationError("--max-share \(maxShare) is not above 0 and up to 1")
    }
    guard (9...99_999).contains(replicates) else {
      throw ValidationError("--replicates \(replicates) is not between 9 and 99999")
    }
    guard background == nil || model == .normal else { throw ValidationError("--background needs --model normal") }
    guard expected == nil || model == .poisson else { throw ValidationError("--expected needs --model poisson") }
  }

  func run() throws {
    try reporting {
      var scan = ScanStatistic(model: model)
      scan.span = span
      if zones == .flexible { scan.zones = .flexible(nearest: nearest ?? 15, level: raised ?? 0.2) }
      scan.maximumDuration = maxDuration
      scan.maximumShare = maxShare
      scan.replicates = replicates
      scan.seed = seed
      var request = ScanRequest(
        cellsPath: files.cells, outPath: files.out, scan: scan, radiusMetres: maxRadius ?? 30_000)
      request.expectedPath = expected
      request.membersPath = members
      if let background {
        request.background = try FieldBackground(
          rule: background, windPath: nil, grid: try gridOptions.load(), messages: common.say)
      }
      let summary = try detectScan(
        request, threads: common.threads, progress: common.progress, messages: common.say)
      if common.json, files.out != "-" { print(try jsonText(summary)) }
      for line in summary.lines { common.say(line) }
    }
  }
}

/// What `--zones` takes.
enum ZoneShape: String {
  case circular
  case flexible
}
