internal import ArgumentParser
internal import Hotspots
internal import Workflows

struct DetectMoranCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moran",
    abstract: "Find clusters and outliers by local Moran's I.",
    discussion: """
      Reads a cells file and tests every period in it by itself. Writes \(HotFile.moranColumns):
      class HH or LL in clusters (bin above 0), HL or LH for outliers (bin below 0).

      Example: hotgrid detect moran --cells cells.csv --permutations 999 --seed 1 --out moran.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: DetectFiles
  @OptionGroup var weights: DetectWeights
  @OptionGroup var hotspots: HotspotOptionGroup
  @OptionGroup var gridOptions: GridOptions

  func validate() throws {
    guard hotspots.null != .autocorrelated else { throw ValidationError("--null autocorrelated is a test of gi-star") }
  }

  func run() throws {
    try reporting {
      let summary = try detectCells(
        .moran, cellsPath: files.cells, weightsPath: weights.weights, outPath: files.out, options: hotspots.options,
        background: try hotspots.fieldBackground(gridOptions, common), threads: common.threads, messages: common.say)
      try common.report(summary, rowsWentTo: files.out)
    }
  }
}
