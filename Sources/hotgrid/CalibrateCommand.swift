internal import ArgumentParser
internal import Diagnostics
internal import Ingest
internal import Quantities
internal import Workflows

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Bring micro-stations to the scale of the reference stations beside them.",
    discussion: """
      Reads a readings file (long layout; rh and temp columns take part when they are there) and a stations file whose
      kinds tell reference stations (national, provincial) from sensors (county, micro). Quality control runs first.
      Writes station_id,time,value,raw,error_variance,status,flags for every hour: nothing is dropped, a sensor that
      cannot be calibrated has a larger variance. --coefficients writes the fits with R2, RMSE and left-out RMSE.

      Example: hotgrid calibrate --readings micro.csv.gz --stations stations.csv --coefficients fits.csv --out out.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: ArgumentHelp("Readings of sensors and reference stations.", valueName: "file.csv"))
  var readings: String
  @Option(help: ArgumentHelp("Stations with kinds and positions.", valueName: "file.csv"))
  var stations: String
  @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
  @Option(help: ArgumentHelp("Where calibrated values go; - is standard output.", valueName: "file.csv"))
  var out: String = "-"
  @Option(help: ArgumentHelp("Where coefficients go.", valueName: "file.csv"))
  var coefficients: String?
  @Option(help: ArgumentHelp("Policy file with the thresholds; built in when left out.", valueName: "file.yml"))
  var policy: String?
  @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?
  @Flag(help: "Exit with 3 when rows were rejected.") var strict = false

  func run() throws {
    try reporting {
      var request = CalibrateRequest(
        readingsPath: readings, stationsPath: stations, outputPath: out,
        options: ReadOptions(
          encoding: encoding, now: currentInstant(), threads: common.threads, progress: common.progress))
      request.pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
      request.coefficientsPath = coefficients
      if let policy { request.policy = try PolicyFile.read(path: policy).policy }
      let summary = try calibrateSensors(request, grid: try gridOptions.load())
      common.say(
        "calibration \(summary.version): \(summary.calibrated) sensors by a reference beside them, "
          + "\(summary.transferred) by the network's median, \(summary.raw) as they came; \(summary.hours) hours"
          + (summary.weather ? "" : "; no rh or temp column, so neither took part"))
      for note in summary.notes { common.say("  \(note)") }
      if summary.rowsRejected > 0 { common.say("  \(summary.rowsRejected) rows rejected") }
      if common.json, out != "-" { try printJSON(summary) }
      if strict, summary.rowsRejected > 0 { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}
