internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Grids
internal import Ingest
internal import Workflows

struct ComplaintsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complaints", abstract: "Rank cells by complaints beyond what their county's reporting explains.",
    subcommands: [Rank.self])

  struct Rank: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Rank cells by complaints about air, with the county's reporting rate taken out.",
      discussion: """
        Reads 12369 complaints: complaint_id,time,lon,lat,category,text[,county_code,place,position_uncertainty]. Complaints
        without coordinates, or with rounded ones, are spread over cells; repeats count once; only air counts. Earlier
        complaints of the file say how much each county usually reports, so that a reward campaign moves no ranks. Writes
        cell,period,value,variance,count,coverage,rank,low,high,complaints,expected,county_code,campaign_factor,p;
        value is the intensity, 1 = as the rest of the county.

        Example: hotgrid complaints rank --complaints C.csv --date 2017-11-21 --out cells.csv
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var gridOptions: GridOptions
    @Option(help: ArgumentHelp("Complaints.", valueName: "file.csv")) var complaints: String
    @Option(help: ArgumentHelp("Last day of the window; the file's last when left out.", valueName: "day"))
    var date: String?
    @Option(help: "Days of the window.") var days: Int = ComplaintRules().windowDays
    @Option(help: "Coordinate system where a row does not say: wgs84, cgcs2000, gcj02, bd09, EPSG:n.") var crs: String?
    @Option(help: ArgumentHelp("utf-8 or gb18030; detected when left out.", valueName: "name")) var encoding: String?
    @Option(help: ArgumentHelp("Where the cells go; - is standard output.", valueName: "file.csv")) var out: String =
      "-"

    func validate() throws {
      guard (1...366).contains(days) else { throw ValidationError("--days \(days) is not between 1 and 366") }
    }

    func run() throws {
      try reporting {
        var rules = ComplaintRules()
        rules.windowDays = days
        let options = ReadOptions(
          reference: try crs.map { try coordinateReference($0) }, encoding: encoding, now: currentInstant(),
          threads: common.threads, progress: common.progress)
        let summary = try rankComplaints(
          path: complaints, rules: rules, lastDay: try date.map { try dayOption($0, "--date") },
          grid: try gridOptions.load(), options: options, out: out)
        common.say(
          "\(summary.counted) complaints about air, \(summary.days.lowerBound) to \(summary.days.upperBound), "
            + "\(summary.repeats) of them repeats: \(summary.places.placed) with a place, \(summary.places.vague) with a vague "
            + "one, \(summary.places.county) with a county, \(summary.places.nowhere) outside or without any; "
            + "\(summary.cells) cells ranked")
        for (county, factor) in summary.campaigns {
          common.say("  \(county.code) \(county.name) reports \((factor * 10).rounded() / 10) times as much as usual")
        }
        for (reason, count) in summary.rejects.countsByReason { common.say("  \(count) rows rejected: \(reason)") }
      }
    }
  }
}
