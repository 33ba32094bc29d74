internal import ArgumentParser
internal import Diagnostics
internal import Ingest
internal import Quantities
internal import Readings
internal import Workflows

struct AverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average",
    abstract: "Average stations over the periods of GB 3095, with its validity rules.",
    discussion: """
      Reads a readings file and writes station_id,period,value,count,valid,limit,exceeds,index,standard,note. Periods
      are 8h (sliding, named by its last hour), day, day-max-8h (O3), month, year and nowcast. Valid are 6 of 8 hours,
      20 hours of a day, 27 days of a month (25 in February), 324 days of a year. Hours are Beijing time and named by
      their beginning; the national feed names them by their end and is moved back by one hour.

      Example: hotgrid average --readings national.csv --value o3 --period day-max-8h --out o3.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: ArgumentHelp("Readings file.", valueName: "file.csv")) var readings: String
  @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
  @Option(help: "8h, day, day-max-8h, month, year or nowcast.") var period: String = "day"
  @Option(help: ArgumentHelp("Averages file to write, or - for standard output.", valueName: "file.csv"))
  var out: String = "-"
  @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?
  @Flag(help: "Leave out averages with too few values.") var onlyValid = false
  @Flag(help: "Leave out values that one file shows to be wrong: codes, range, PM2.5 above PM10.") var quality = false
  @Flag(help: "Exit with 3 when rows were rejected.") var strict = false

  func run() throws {
    try reporting {
      let pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
      let kind = try word(
        period, StandardAverages.Kind.init(rawValue:), StandardAverages.Kind.allCases.map(\.rawValue), "--period")
      let summary = try averageReadings(
        path: readings, pollutant: pollutant, kind: kind, onlyValid: onlyValid,
        rules: quality ? QualityRules() : nil, grid: try gridOptions.load(),
        options: ReadOptions(
          encoding: encoding, now: currentInstant(), threads: common.threads, progress: common.progress), out: out)
      common.say("\(summary.rows) averages, \(summary.valid) valid")
      if summary.straddling > 0 {
        common.say("  \(summary.straddling) mix reference conditions of before and after 2018-09-01")
      }
      for note in summary.notes { common.say("  \(note)") }
      for (reason, count) in summary.rejects.countsByReason { common.say("  \(count) rows rejected: \(reason)") }
      if strict, !summary.rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}
