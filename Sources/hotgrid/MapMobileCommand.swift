internal import ArgumentParser
internal import Diagnostics
internal import Gridding
internal import Grids
internal import Quantities
internal import Readings
internal import Workflows

extension MapCommand {
  struct Mobile: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cell-hours of taxi sensors and monitoring vans, with an effective sample size.",
      discussion: """
        Reads station_id,time,<pollutants>,lon,lat with a position in every row, plain or gz. Leaves out positions at
        an implausible speed, frozen before a jump (tunnels), and the first after a gap; --no-filter keeps them. Every
        street segment (100 m) has one vote, so that a parked van does not outvote a street; --vote reading gives every
        reading one. Writes cell,period,value,variance,count,coverage,effective,segments,devices and with --counties
        the county of each reading's position.

        Example: hotgrid map mobile --readings taxis.csv.gz --value pm25 --counties --out cells.csv
        """)

    @OptionGroup var output: Output
    @OptionGroup var within: Inside
    @Option(help: "Readings file.") var readings: String
    @Option(help: "Pollutant: pm25, pm10, so2, no2, o3, co.") var value: String = "pm25"
    @Option(help: "hour, day or month, in Beijing time.") var period: String = "hour"
    @Option(help: "segment or reading: who has one vote in a cell's mean.") var vote: String = "segment"
    @Option(help: ArgumentHelp("Highest speed that is believed.", valueName: "km/h")) var maxSpeed: Double = 150
    @Option(help: ArgumentHelp("Longest silence without suspicion.", valueName: "seconds")) var maxGap: Double = 180
    @Flag(help: "Believe every position.") var noFilter = false
    @Flag(help: "Tell the counties of a cell apart.") var counties = false
    @Option(help: "utf-8 or gb18030; detected when left out.") var encoding: String?
    @Flag(help: "Leave out values beyond the pollutant's physical range.") var quality = false

    func run() throws {
      try reporting {
        var request = MobileRequest()
        request.pollutant = try word(value, Pollutant.init(rawValue:), Pollutant.allCases.map(\.rawValue), "--value")
        request.period = try word(
          period, PeriodLength.init(rawValue:), PeriodLength.allCases.map(\.rawValue), "--period")
        request.vote = try word(vote, MobileVote.init(rawValue:), MobileVote.allCases.map(\.rawValue), "--vote")
        request.byCounty = counties
        request.validRange = quality ? physicalRange(of: request.pollutant) : nil
        guard maxSpeed > 0, maxGap > 0 else {
          throw Problem(
            "--max-speed and --max-gap must be above 0", remedy: "use --no-filter to believe every position",
            exitStatus: .usage)
        }
        request.filter?.maximumSpeedKmh = maxSpeed
        request.filter?.gapSeconds = maxGap
        if noFilter { request.filter = nil }
        let grid = try output.gridOptions.load()
        let options = try output.readOptions(encoding: encoding)
        let summary = try mapMobile(
          path: readings, request: request, grid: grid, sizeMetres: output.level ?? grid.coarsestMetres,
          options: options, inside: try within.chosen(options), out: output.out)
        try output.report(summary)
      }
    }
  }
}
