internal import ArgumentParser
internal import Export
internal import Hotspots
internal import Surfaces
internal import Workflows

struct DetectProbabilityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probability",
    abstract: "Say for each cell with which probability it is hot, given how uncertain the values are.",
    discussion: """
      Simulates fields that could be true, tests each as 'detect gi-star' does, and writes the share in which a cell is hot:
      cell,period,value,variance,p_hot,standard_error,bin,class,support. class is hot from 0.9 and likely hot from 0.5.

      --from readings takes the cells for stations and simulates between them (ordinary kriging, conditional simulation);
      --from field takes each cell's own variance, with errors that go together over --error-range metres.

      Example: hotgrid detect probability --from readings --cells stations.csv --simulations 200 --seed 1 --out hot.csv
      """)

  enum Source: String, ExpressibleByArgument, CaseIterable {
    case readings, field
  }

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @OptionGroup var files: DetectFiles
  @OptionGroup var hotspots: HotspotOptionGroup

  @Option(help: "readings or field: where the uncertainty comes from.") var from: Source
  @Option(help: "Simulated fields.") var simulations: Int = 200
  @Option(help: ArgumentHelp("Distance over which errors of a field go together; 0 for never.", valueName: "metres"))
  var errorRange: Double = 0
  @Option(
    help: ArgumentHelp("As for surface; fitted when left out.", valueName: "model"),
    transform: reading("shape:nugget:sill:range[:azimuth:ratio]") { VariogramModel($0) })
  var variogram: VariogramModel?
  @Option(help: "Readings of a neighbourhood at most.") var neighbours: Int = 32
  @Option(help: ArgumentHelp("region, box, or a cells file: which cells get an estimate.", valueName: "cells"))
  var within: String = "region"
  @Option(help: "Bin from which a cell counts as hot: 1, 2, 3 for 10, 5, 1 %.") var minBin: Int = 2

  func validate() throws {
    try hotspots.requirePlain("detect probability")
    guard (10...100_000).contains(simulations) else {
      throw ValidationError("--simulations \(simulations) is not between 10 and 100000")
    }
    guard errorRange.isFinite, errorRange >= 0 else {
      throw ValidationError("--error-range \(errorRange) is no distance")
    }
    guard errorRange == 0 || from == .field else { throw ValidationError("--error-range needs --from field") }
    guard (1...3).contains(minBin) else { throw ValidationError("--min-bin \(minBin) is not 1, 2 or 3") }
    guard (1...500).contains(neighbours) else { throw ValidationError("--neighbours \(neighbours) is not in 1...500") }
    guard hotspots.permutations == 0 else {
      throw ValidationError("--permutations has no meaning here: --simulations takes its place")
    }
  }

  func run() throws {
    try reporting {
      var surface = SurfaceOptions()
      surface.variogram = variogram
      surface.neighbours = neighbours
      surface.threads = common.threads
      var request = ProbabilityRequest(
        cellsPath: files.cells, outPath: files.out,
        source: from == .field
          ? .errors(rangeMetres: errorRange)
          : .readings(surface, within: within == "region" ? .region : within == "box" ? .box : .file(within)),
        options: hotspots.options)
      request.background = try hotspots.fieldBackground(gridOptions, common)
      request.minimumBin = minBin
      request.simulations = simulations
      request.threads = common.threads
      let (summaries, statement) = try detectProbability(
        request, grid: try gridOptions.load(), progress: common.progress, messages: common.say)
      if common.json, files.out != "-" {
        print(try jsonText(ProbabilityReport(periods: summaries, statement: statement)))
      }
      for summary in summaries { common.say(summary.line) }
    }
  }
}

/// What `--json` prints.
private struct ProbabilityReport: Encodable {
  let periods: [ProbabilitySummary]
  let statement: MapStatement
}
