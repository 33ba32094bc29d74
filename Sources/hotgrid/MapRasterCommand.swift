internal import ArgumentParser
internal import Diagnostics
internal import Grids
internal import Ingest
internal import Workflows

extension MapCommand {
  /// Where finer cells are wanted.
  struct Inside: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Only cells inside those of this table (column cell), such as the 3 km hot cells.", valueName: "cells.csv"))
    var inside: String?

    func chosen(_ options: ReadOptions) throws -> ChosenCells? {
      try inside.map { try ChosenCells.read(path: $0, options: options).value }
    }
  }

  struct Raster: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Area-weighted means of rasters per cell.",
      discussion: """
        Reads anything GDAL reads with a georeference (GeoTIFF, NetCDF, HDF), rotated and curvilinear grids too. Cells
        nothing touches are absent, never 0; coverage says how much of a cell was observed. Several files, such as the
        tiles of a product, are merged by weight. Writes cell,period,value,variance,count,coverage.

        Examples:
          hotgrid map raster --raster pm25-2017-11-21.tif --out cells.csv
          hotgrid map raster --raster aod-fine.tif --level 500 --inside hot.csv --out children.csv
        """)

    @OptionGroup var output: Output
    @OptionGroup var within: Inside
    @Option(parsing: .upToNextOption, help: "Raster files.") var raster: [String]
    @Option(help: "Variable of a container file.") var variable: String?
    @Option(help: "Band, from 1.") var band: Int = 1
    @Option(help: ArgumentHelp("Band with the standard error of each pixel.", valueName: "band")) var sigmaBand: Int?
    @Option(help: ArgumentHelp("Share of the error variance that all pixels have in common.", valueName: "0...1"))
    var correlation: Double = 0
    @Option(help: "Period to write, such as 2017-11-21.") var time: String?

    func run() throws {
      try reporting {
        let grid = try output.gridOptions.load()
        let options = try output.readOptions(encoding: nil)
        let share = try correlationOption(correlation)
        let summary = try mapRasters(
          paths: raster, variable: variable, band: band, sigma: sigmaBand.map { ($0, share) },
          reference: try output.reference(), grid: grid, sizeMetres: output.level ?? grid.coarsestMetres,
          options: options, period: try periodOption(time), inside: try within.chosen(options), out: output.out)
        try output.report(summary)
      }
    }
  }

  struct Swath: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Area- and quality-weighted means of swath pixels per cell.",
      discussion: """
        Reads CSV (lon1..lon4, lat1..lat4, value[, quality, sigma]) or NetCDF level 2 with latitude_bounds and
        longitude_bounds; with --assume-regular corners are placed half-way between neighbouring centres. Several
        swaths are merged by weight. Rows in are rows kept plus rows rejected.
        Writes cell,period,value,variance,count,coverage.

        Example: hotgrid map swath --swath S5P-1.nc S5P-2.nc \
          --variable PRODUCT/nitrogendioxide_tropospheric_column --out cells.csv
        """)

    @OptionGroup var output: Output
    @OptionGroup var within: Inside
    @Option(parsing: .upToNextOption, help: "Swath files.") var swath: [String]
    @Option(help: "Array of a NetCDF file, or column of a CSV.") var variable: String?
    @Option(help: "Least quality of a pixel, 0...1.") var minQuality: Double = 0.5
    @Option(
      help: ArgumentHelp("Share of the error variance that the pixels of a file have in common.", valueName: "0...1"))
    var correlation: Double = 0
    @Flag(help: "Derive corners from centres where the file has none.") var assumeRegular = false
    @Option(help: "Period to write, such as 2017-11-21.") var time: String?

    func run() throws {
      try reporting {
        let grid = try output.gridOptions.load()
        var options = SwathMapping.Options()
        options.variable = variable
        options.minimumQuality = minQuality
        options.correlation = try correlationOption(correlation)
        options.assumesRegular = assumeRegular
        options.reference = try output.reference()
        let read = try output.readOptions(encoding: nil)
        let summary = try mapSwaths(
          paths: swath, swath: options, grid: grid, sizeMetres: output.level ?? grid.coarsestMetres, options: read,
          period: try periodOption(time), inside: try within.chosen(read), out: output.out)
        try output.report(summary)
      }
    }
  }
}

/// Checks ρ. - Throws: `Problem` (usage) outside 0...1.
func correlationOption(_ share: Double) throws(Problem) -> Double {
  guard (0...1).contains(share) else {
    throw Problem("--correlation \(share) is no share", remedy: "use a number from 0 to 1", exitStatus: .usage)
  }
  return share
}
