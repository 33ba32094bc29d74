internal import ArgumentParser
internal import Hotspots
internal import Workflows

struct DetectBivariateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bivariate",
    abstract: "Find cells whose value goes with their neighbours' other value: bivariate local Moran's I.",
    discussion: """
      Reads two cells files, such as PM2.5 and SO2, and tests the cells that have a value in both, period by period.
      Writes \(HotFile.columns(.bivariateMoran)):
      class HH is a high cell among neighbours high in the other value, HL a high one among low ones. The cell's own other
      value counts for nothing: high I does not say that the two go together within a cell.

      Example: hotgrid detect bivariate --cells pm25.csv --other so2.csv --permutations 999 --out both.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: DetectFiles
  @Option(
    help: ArgumentHelp("Cells file with the values of the neighbours; - is not possible.", valueName: "cells.csv"))
  var other: String
  @OptionGroup var weights: DetectWeights
  @OptionGroup var hotspots: HotspotOptionGroup
  @OptionGroup var gridOptions: GridOptions

  func validate() throws { try hotspots.requireNoLatticeNull("detect bivariate") }

  func run() throws {
    try reporting {
      let summary = try detectCells(
        .bivariateMoran, cellsPath: files.cells, otherPath: other, weightsPath: weights.weights, outPath: files.out,
        options: hotspots.options, background: try hotspots.fieldBackground(gridOptions, common),
        threads: common.threads, messages: common.say)
      try common.report(summary, rowsWentTo: files.out)
    }
  }
}
