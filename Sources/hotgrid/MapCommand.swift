internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Geometry
internal import Grids
internal import Ingest
internal import Quantities
internal import Readings
internal import Workflows

struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Put readings, rasters or swaths onto cells.",
    subcommands: [Points.self, Raster.self, Swath.self, Mobile.self, Fires.self])

  /// What the three have in common.
  struct Output: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var gridOptions: GridOptions

    @Option(help: ArgumentHelp("Side of the cells in metres.", valueName: "metres"))
    var level: Int32?

    @Option(help: "Coordinate system of the input where it does not say: wgs84, cgcs2000, gcj02, bd09, EPSG:n.")
    var crs: String?

    @Option(help: "Cells file to write, or - for standard output.")
    var out: String = "-"

    @Flag(help: "Exit with 3 when rows were rejected.")
    var strict = false

    func reference() throws(Problem) -> CoordinateReference? {
      guard let crs else { return nil }
      return try coordinateReference(crs)
    }

    func readOptions(encoding: String?) throws(Problem) -> ReadOptions {
      ReadOptions(
        reference: try reference(), encoding: encoding, now: currentInstant(), threads: common.threads,
        progress: common.progress)
    }

    func report(_ summary: MapSummary) throws {
      common.say("\(summary.rowsRead) rows read, \(summary.cells) cell values in \(summary.periods) periods")
      for note in summary.notes { common.say("  \(note)") }
      for (reason, count) in summary.rejects.countsByReason { common.say("  \(count) rows rejected: \(reason)") }
      if let first = summary.rejects.rows.first { common.say("  the first on line \(first.line): \(first.text)") }
      if strict, !summary.rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }

  struct Points: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count, mean or exact median of station, micro-station or mobile readings per cell and period.",
      discussion: """
        Reads one of the three readings layouts (long, wide national, hourly national), plain or gz. Positions come from
        --stations, or from lon and lat in each row. Missing codes are passed over; nothing else is checked unless
        --quality is given. Writes cell,period,value,variance,count,coverage.

        Example: hotgrid map points --readings micro.csv.gz --value pm25 --period hour --out cells.csv
        """)

    @OptionGroup var output: Output
    @Option(help: "Readings file.") var readings: String
    @Option(help: "Stations file with fixed positions.") var stations: String?
    @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
    @Option(help: "hour, day or month, in Beijing time.") var period: String = "hour"
    @Option(help: "mean or median.") var statistic: String = "mean"
    @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?
    @Flag(help: "Leave out values beyond the pollutant's physical range.") var quality = false

    func run() throws {
      try reporting {
        let pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
        let length = try word(period, PeriodLength.init(rawValue:), PeriodLength.allCases.map(\.rawValue), "--period")
        let kind = try word(
          statistic, CellStatistic.init(rawValue:), CellStatistic.allCases.map(\.rawValue), "--statistic")
        let grid = try output.gridOptions.load()
        let summary = try mapPoints(
          readingsPath: readings, stationsPath: stations, pollutant: pollutant, period: length, statistic: kind,
          validRange: quality ? physicalRange(of: pollutant) : nil, grid: grid,
          sizeMetres: output.level ?? grid.coarsestMetres, options: try output.readOptions(encoding: encoding),
          out: output.out)
        try output.report(summary)
      }
    }
  }
}

/// Reads a word of a fixed list. - Throws: `Problem` (usage) that gives the list.
func word<Value>(
  _ text: String, _ make: (String) -> Value?, _ known: [String], _ option: String
) throws(Problem) -> Value {
  guard let value = make(text) else {
    throw Problem(
      "\(option) \(text) is not known", remedy: "use one of \(known.joined(separator: ", "))", exitStatus: .usage)
  }
  return value
}

/// Reads a period option. - Throws: `Problem` (usage) for what is none.
func periodOption(_ text: String?) throws(Problem) -> Period? {
  guard let text else { return nil }
  return try word(text, { Period($0) }, ["2017-11", "2017-11-21", "2017-11-21T08"], "--time")
}

/// The clock.
func currentInstant() -> Instant { Instant(secondsSinceEpoch: Int64(Date().timeIntervalSince1970)) }
