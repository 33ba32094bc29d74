internal import ArgumentParser
internal import Hotspots
internal import Workflows

struct DetectGiCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gi",
    abstract: "Find cells among high or low neighbours by Getis and Ord's Gi, the cell itself left out.",
    discussion: """
      Like gi-star, but a cell's own value counts neither in the sum nor in the mean it is held against. Writes
      \(HotFile.columns).

      Example: hotgrid detect gi --cells cells.csv --neighbourhood inverse:15000 --out gi.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: DetectFiles
  @OptionGroup var weights: DetectWeights
  @OptionGroup var hotspots: HotspotOptionGroup
  @OptionGroup var gridOptions: GridOptions

  func validate() throws { try hotspots.requireNoLatticeNull("detect gi") }

  func run() throws {
    try reporting {
      let summary = try detectCells(
        .gi, cellsPath: files.cells, weightsPath: weights.weights, outPath: files.out,
        options: hotspots.options, background: try hotspots.fieldBackground(gridOptions, common),
        threads: common.threads, messages: common.say)
      try common.report(summary, rowsWentTo: files.out)
    }
  }
}
