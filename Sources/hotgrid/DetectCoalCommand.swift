internal import ArgumentParser
internal import Evidence
internal import Grids
internal import Ingest
internal import Workflows

struct DetectCoalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coal",
    abstract: "Score cells for an evening signature of loose coal.",
    discussion: """
      Reads hourly SO2 and PM2.5 (and NO2, temp where given) of the heating season and the stations' places. SO2 and PM2.5
      of the evening over the daytime are held against the cells around on the same day; a sign test over the days, then
      Benjamini-Hochberg over the cells. A lead says where to go in the evening, not who burns what.

      Example: hotgrid detect coal --readings readings.csv --stations stations.csv --out coal.csv
      """)

  @OptionGroup var output: MapCommand.Output
  @Option(help: ArgumentHelp("Hourly readings.", valueName: "file.csv")) var readings: String
  @Option(help: ArgumentHelp("Stations with places.", valueName: "file.csv")) var stations: String
  @Option(help: "Days a cell needs.") var days: Int = 10
  @Option(help: "False discovery rate over the cells.") var rate: Double = 0.05

  func validate() throws {
    guard days >= 5, rate > 0, rate < 1 else { throw ValidationError("--days is from 5, --rate between 0 and 1") }
  }

  func run() throws {
    try reporting {
      var rules = LooseCoalRules()
      rules.leastDays = days
      rules.falseDiscoveryRate = rate
      let grid = try output.gridOptions.load()
      let summary = try detectCoal(
        readingsPath: readings, stationsPath: stations, rules: rules, grid: grid,
        sizeMetres: output.level ?? grid.coarsestMetres, options: try output.readOptions(encoding: nil),
        outPath: output.out)
      try output.report(summary, "cells judged")
    }
  }
}

struct DetectDustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dust",
    abstract: "Hold dust-fall against a limit, per collector, county and city.",
    discussion: """
      Reads station_id,month,lon,lat,dustfall_t_km2[,days,county_code]; t/(km2 month) equals g/(m2 month); with days the value
      is brought to 30. Writes level,code,name,month,stations,dustfall_t_km2,standard_error,limit,over,p_over.

      Example: hotgrid detect dust --dust dust.csv --limit 9 --out dust-lists.csv
      """)

  @OptionGroup var output: MapCommand.Output
  @Option(help: ArgumentHelp("Dust-fall of collectors.", valueName: "file.csv")) var dust: String
  @Option(help: "Limit in t/(km2 30 d): 9, or 12.") var limit: Double = 9
  @Option(help: "Standard error of one collector's month, as a share.") var error: Double = 0.15

  func validate() throws {
    guard limit > 0, limit < 1000, error > 0, error <= 1 else {
      throw ValidationError("--limit is above 0 and below 1000, --error above 0 and at most 1")
    }
  }

  func run() throws {
    try reporting {
      var rules = DustFallRules()
      rules.limit = limit
      rules.relativeError = error
      let summary = try detectDust(
        path: dust, rules: rules, grid: try output.gridOptions.load(), options: try output.readOptions(encoding: nil),
        outPath: output.out)
      try output.report(summary, "rows")
    }
  }
}

extension MapCommand.Output {
  /// Says what a screening found, or prints it as JSON where the rows went to a file.
  func report(_ summary: EvidenceSummary, _ noun: String) throws {
    if common.json, out != "-" { print(try jsonText(summary)) }
    common.say("\(summary.rows) \(noun), \(summary.leads) leads")
    for note in summary.notes { common.say("  \(note)") }
    if summary.rowsRejected > 0 { common.say("  \(summary.rowsRejected) rows rejected") }
    if strict, summary.rowsRejected > 0 { throw ExitCode(3) }
  }
}
