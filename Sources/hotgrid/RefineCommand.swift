internal import ArgumentParser
internal import Diagnostics
internal import Grids
internal import Ingest
internal import Workflows

struct RefineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refine", abstract: "Fine cells inside coarse ones that reproduce them.",
    discussion: """
      Reads a cells file of coarse cells and one of fine cells that were observed, such as micro-stations or a fine
      raster mapped with --level 500. Writes the fine cells as a cells file: weighted by their coverage they give the
      value and the coverage of their coarse cell back. Children that nothing observed share what their coarse cell
      observed beyond the others and have a count of 0; they give way most.

      Example:
        hotgrid map points --readings micro.csv --period day --level 500 --out micro-500.csv
        hotgrid refine --cells pm25-3000.csv --children micro-500.csv --inside hot.csv --out children.csv
      """)

  @OptionGroup var output: MapCommand.Output
  @OptionGroup var within: MapCommand.Inside
  @Option(help: "Cells file of the coarse cells.") var cells: String
  @Option(help: "Cells file of the fine cells that were observed.") var children: String
  @Option(
    help: ArgumentHelp("Standard deviation of fine cells about their coarse one; from the data if left out."))
  var spread: Double?

  func run() throws {
    try reporting {
      if let spread, !(spread > 0 && spread.isFinite) {
        throw Problem("--spread \(spread) is not above 0", remedy: "leave it out, or give µg/m³", exitStatus: .usage)
      }
      let grid = try output.gridOptions.load()
      let options = try output.readOptions(encoding: nil)
      let finest = grid.definition.levelsMetres.last ?? grid.coarsestMetres
      let summary = try refineCells(
        parentsPath: cells, childrenPath: children, spread: spread, grid: grid, sizeMetres: output.level ?? finest,
        inside: try within.chosen(options), options: options, out: output.out)
      try output.report(summary)
    }
  }
}
