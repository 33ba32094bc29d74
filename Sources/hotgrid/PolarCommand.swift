internal import ArgumentParser
internal import Diagnostics
internal import Grids
internal import Ingest
internal import Quantities
internal import Workflows

struct PolarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "polar",
    abstract: "Values of a station or cell by where the wind comes from and how strong it is.",
    discussion: """
      Writes one row per sector of the wind and class of speed, and one for calms: hours, mean, mean above the background
      that other stations of the file give, and the conditional probability (cpf): of the sector's hours the share above
      the percentile of all hours, with its 95 % interval. Bins with fewer hours than --fewest have counts only. Nothing
      is smoothed and no wind is guessed. --svg draws it. docs/methods/polar.md has the definitions.

      Example: hotgrid polar --readings r.csv --stations s.csv --wind w.csv --station 1001A --svg rose.svg --out polar.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: ArgumentHelp("Hourly readings.", valueName: "file.csv")) var readings: String
  @Option(help: ArgumentHelp("Stations with positions.", valueName: "file.csv")) var stations: String
  @Option(help: ArgumentHelp("Hourly wind: time,lon,lat,u,v.", valueName: "file.csv")) var wind: String
  @Option(help: ArgumentHelp("Station to look at.", valueName: "id")) var station: String?
  @Option(help: ArgumentHelp("Cell to look at: the mean of its stations.", valueName: "id")) var cell: String?
  @Option(help: "What an hour must exceed, percent of all hours.") var percentile: Double = 90
  @Option(help: "Sectors of the wind.") var sectors: Int = 16
  @Option(help: "Hours a bin must have for a mean and a probability.") var fewest: Int = 5
  @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
  @Option(help: ArgumentHelp("Where the table goes; - is standard output.", valueName: "file.csv"))
  var out: String = "-"
  @Option(help: ArgumentHelp("Where the plot goes.", valueName: "file.svg")) var svg: String?
  @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?

  func validate() throws {
    guard (station == nil) != (cell == nil) else { throw ValidationError("give either --station or --cell") }
    if let cell, CellID(cell) == nil { throw ValidationError("--cell \(cell) is not a cell id such as 3000-1274-1305") }
    guard percentile > 0, percentile < 100 else {
      throw ValidationError("--percentile \(percentile) is not between 0 and 100")
    }
    guard (4...72).contains(sectors) else { throw ValidationError("--sectors \(sectors) is not between 4 and 72") }
    guard fewest >= 1 else { throw ValidationError("--fewest \(fewest) is below 1") }
  }

  func run() throws {
    try reporting {
      let place = cell.flatMap { CellID($0) }.map { PolarRequest.Place.cell($0) } ?? .station(station ?? "")
      var request = PolarRequest(
        readingsPath: readings, stationsPath: stations, windPath: wind, place: place, outputPath: out,
        options: ReadOptions(
          encoding: encoding, now: currentInstant(), threads: common.threads, progress: common.progress))
      request.svgPath = svg
      request.pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
      request.percentile = percentile
      request.sectors = sectors
      request.fewest = fewest
      let summary = try polarTable(request, grid: try gridOptions.load())
      common.say(
        "\(summary.hours) hours with wind, \(summary.hoursWithoutWind) without"
          + (summary.hasBackground ? "" : "; too few other stations for a background"))
      for note in summary.notes { common.say("  \(note)") }
      if summary.rowsRejected > 0 { common.say("  \(summary.rowsRejected) rows rejected") }
      if common.json, out != "-" { try printJSON(summary) }
    }
  }
}
