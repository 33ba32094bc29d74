internal import ArgumentParser
internal import Diagnostics
internal import Gridding
internal import Grids
internal import Ingest
internal import Workflows

struct OfficialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "official",
    abstract: "Cut an official list of cells by the grid, and move values between both.",
    discussion: """
      Reads any vector file that GDAL knows (polygons, or points as centres) or a table with ids and four corners
      (lon1,lat1,...,lon4,lat4) or centres (lon,lat[,size_m]); columns called x and y need --crs. Writes official_id,cell,share_of_official,share_of_cell:
      exact areas in the equal-area plane. With --values a cells file is averaged onto the official cells by area, with the
      share that was known as coverage; with --official-values the other way.

      Example: hotgrid official --cells-file list.gpkg --id-column GRID_NO --out shares.csv
      Example: hotgrid official --cells-file list.csv --crs gcj02 --values cells.csv --out official.csv
      """)

  @OptionGroup var output: MapCommand.Output
  @Option(help: ArgumentHelp("The official list.", valueName: "file")) var cellsFile: String
  @Option(help: "Column or field with the official ids; the usual names when left out.") var idColumn: String?
  @Option(help: ArgumentHelp("Side of squares around centres.", valueName: "metres")) var size: Double = 3000
  @Option(help: ArgumentHelp("Cells file to average onto the official cells.", valueName: "cells.csv"))
  var values: String?
  @Option(
    help: ArgumentHelp("Official values to take onto the grid: official_id[,period],value.", valueName: "file.csv"))
  var officialValues: String?

  func validate() throws {
    guard values == nil || officialValues == nil else {
      throw ValidationError("give --values or --official-values, not both")
    }
    guard size > 0, size < 1e6 else { throw ValidationError("--size is a length in metres") }
  }

  func run() throws {
    try reporting {
      let grid = try output.gridOptions.load()
      let options = try output.readOptions(encoding: nil)
      let cut = try officialShares(
        path: cellsFile, idColumn: idColumn, squareMetres: size, grid: grid,
        sizeMetres: output.level ?? grid.coarsestMetres, options: options)
      let rows =
        if let values {
          try writeOfficialValues(cut.shares, cellsPath: values, to: output.out, messages: output.common.say)
        } else if let officialValues {
          try writeCellsOfOfficials(
            cut.shares, valuesPath: officialValues, to: output.out, options: options, messages: output.common.say)
        } else {
          try writeOfficialShares(cut.shares, to: output.out)
        }
      let summary = OfficialSummary(
        officials: cut.shares.ids.count, cells: cut.shares.cells.count, rows: rows, rowsRejected: cut.rejected,
        notes: cut.notes)
      if output.common.json, output.out != "-" { print(try jsonText(summary)) }
      output.common.say("\(summary.officials) official cells, \(summary.cells) pairs with cells, \(rows) rows written")
      for note in summary.notes { output.common.say("  \(note)") }
      if output.strict, cut.rejected > 0 { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}
