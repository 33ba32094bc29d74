internal import ArgumentParser
internal import Diagnostics
internal import Grids
internal import Ingest
internal import Quantities
internal import Workflows

/// `stability`: is it the place that is hot, or the grid?
struct StabilityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stability",
    abstract: "Share of shifted grids on which each cell stays hot.",
    discussion: """
      Grids the same readings, raster or finer cells again with the origin moved in equal steps over a cell, and with other sizes of
      cell when --sizes names them, and looks for clusters each time. Writes cell,period,value,bin,grids,tested,hot,share:
      share is that of the grids with a value at the cell's centre on which the cell there is hot.

      Example: hotgrid stability --raster maiac.tif --shifts 9 --null empirical --field residual --out stability.csv
      """)

  @OptionGroup var output: MapCommand.Output
  @OptionGroup var hotspots: HotspotOptionGroup

  @Option(help: "Readings file.") var readings: String?
  @Option(help: "Stations file with fixed positions.") var stations: String?
  @Option(help: "Raster file.") var raster: String?
  @Option(help: "Cells file, finer than the grid, such as 500 m; cell and step must be multiples of it.")
  var cells: String?
  @Option(help: "Variable of the raster.") var variable: String?
  @Option(help: "Pollutant of the readings: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
  @Option(help: "hour, day or month, in Beijing time.") var period: String = "day"
  @Option(help: "mean or median.") var statistic: String = "mean"
  @Option(help: "Grids to shift to, the unshifted one among them: 4, 9, 16 or 25.") var shifts: Int = 9
  @Option(help: ArgumentHelp("Further sizes of cell, such as 2000,5000.", valueName: "metres"))
  var sizes: String?
  @Option(help: "Bin from which a cell counts as hot: 1, 2, 3 for 10, 5, 1 %.") var minBin: Int = 2

  func validate() throws {
    guard [readings, raster, cells].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("name one of --readings, --raster and --cells")
    }
    guard [1, 4, 9, 16, 25].contains(shifts) else { throw ValidationError("--shifts \(shifts) is not 4, 9, 16 or 25") }
    guard (1...3).contains(minBin) else { throw ValidationError("--min-bin \(minBin) is not 1, 2 or 3") }
  }

  func run() throws {
    try reporting {
      let pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
      let length = try word(period, PeriodLength.init(rawValue:), PeriodLength.allCases.map(\.rawValue), "--period")
      let kind = try word(
        statistic, CellStatistic.init(rawValue:), CellStatistic.allCases.map(\.rawValue), "--statistic")
      let sizesMetres = try (sizes?.split(separator: ",") ?? []).map { text throws(Problem) in
        guard let size = Int32(text), size > 0 else {
          throw Problem("--sizes \(text) is not a size in metres", remedy: "such as 2000,5000", exitStatus: .usage)
        }
        return size
      }
      let grid = try output.gridOptions.load()
      let source: StabilitySource
      if let raster {
        source = .raster(path: raster, variable: variable, reference: try output.reference())
      } else if let cells {
        source = .cells(path: cells)
      } else {
        source = .readings(
          path: readings ?? "", stationsPath: stations, pollutant: pollutant, period: length, statistic: kind)
      }
      let summary = try mapStability(
        of: source, grid: grid, sizeMetres: output.level ?? grid.coarsestMetres,
        steps: [1: 1, 4: 2, 9: 3, 16: 4, 25: 5][shifts] ?? 3, sizesMetres: sizesMetres, options: hotspots.options,
        background: try hotspots.fieldBackground(output.gridOptions, output.common), minimumBin: minBin,
        read: try output.readOptions(encoding: nil),
        out: output.out, messages: output.common.say)
      if output.common.json, output.out != "-" { print(try jsonText(summary)) }
      output.common.say(summary.line)
    }
  }
}
