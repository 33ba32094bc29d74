internal import ArgumentParser
internal import Evidence
internal import Quantities
internal import Workflows

struct MonitorStationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stations",
    abstract: "Score air-quality stations for a random check, and name those that seem to be gamed.",
    discussion: """
      Reads hourly readings and stations, and wind where given. Runs quality control (spray, flat-cut, copied, neighbours) and
      holds each station's last days against what its neighbours and the wind let expect. Writes a frame,
      id,score,stratum,min_probability and more, from which hotgrid draw draws whom to put an instrument beside. Every
      station has a score of at least 1. A lead is no verdict.

      Example: hotgrid monitor stations --readings readings.csv --stations stations.csv --wind wind.csv --out frame.csv
      Then: hotgrid draw --frame frame.csv --size 10 --seed "2017-11-22 3 1 4 1 5" --out drawn.csv
      """)

  @OptionGroup var output: MapCommand.Output
  @Option(help: ArgumentHelp("Hourly readings.", valueName: "file.csv")) var readings: String
  @Option(help: ArgumentHelp("Stations with places.", valueName: "file.csv")) var stations: String
  @Option(help: ArgumentHelp("Wind table or NetCDF.", valueName: "file")) var wind: String?
  @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
  @Option(help: "Days at the end of the file that are judged.") var days: Int = 14

  func validate() throws {
    guard (5...120).contains(days) else { throw ValidationError("--days is 5...120") }
  }

  func run() throws {
    try reporting {
      var rules = StationIntegrityRules()
      rules.windowDays = days
      let pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
      let summary = try monitorStations(
        readingsPath: readings, stationsPath: stations, windPath: wind, pollutant: pollutant, rules: rules,
        grid: try output.gridOptions.load(), options: try output.readOptions(encoding: nil), outPath: output.out)
      if output.common.json, output.out != "-" { print(try jsonText(summary)) }
      output.common.say(
        "\(summary.stations) stations, \(summary.leads) leads; \(summary.dropsTested) tested for a fall")
      for (sign, count) in summary.signs.sorted(by: { $0.key < $1.key }) where count > 0 {
        output.common.say("  \(count)  \(sign)")
      }
      for note in summary.notes { output.common.say("  \(note)") }
      if summary.rowsRejected > 0 { output.common.say("  \(summary.rowsRejected) rows rejected") }
      if output.strict, summary.rowsRejected > 0 { throw ExitCode(3) }
    }
  }
}
