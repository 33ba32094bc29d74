internal import ArgumentParser
internal import Hotspots
internal import Workflows

struct DetectGearyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "geary",
    abstract: "Find cells like or unlike their neighbours by local Geary's c.",
    discussion: """
      Reads a cells file and tests every period in it by itself. Writes \(HotFile.columns(.geary)):
      c is the mean squared difference from the neighbours in variances, about 2 by chance. z is that of c. bin is above
      0 where a cell is like its neighbours (class HH, LL or similar) and below 0 where it is not (class different).
      --alternative greater looks for cells unlike their neighbours, less for cells like them.

      Example: hotgrid detect geary --cells cells.csv --permutations 999 --seed 1 --out geary.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: DetectFiles
  @OptionGroup var weights: DetectWeights
  @OptionGroup var hotspots: HotspotOptionGroup
  @OptionGroup var gridOptions: GridOptions

  func validate() throws { try hotspots.requireNoLatticeNull("detect geary") }

  func run() throws {
    try reporting {
      let summary = try detectCells(
        .geary, cellsPath: files.cells, weightsPath: weights.weights, outPath: files.out,
        options: hotspots.options, background: try hotspots.fieldBackground(gridOptions, common),
        threads: common.threads, messages: common.say)
      try common.report(summary, rowsWentTo: files.out)
    }
  }
}
