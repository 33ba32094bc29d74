internal import ArgumentParser
internal import Gridding
internal import Grids
internal import Workflows

extension MapCommand {
  struct Fires: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count fire detections of FIRMS files per cell and day, by day and night.",
      discussion: """
        Reads MODIS or VIIRS CSV as delivered; times are UTC, days are Beijing's. Confidence low, nominal and high count as 15, 50
        and 90. Writes cell,period,value,variance,count,coverage,by_night,frp_mw,confidence,days_seen,static; value is the
        number of detections, static marks cells that burn so often that a furnace or flare is likelier than a field.

        Example: hotgrid map fires --fires firms.csv --min-confidence 50 --out fires.csv
        """)

    @OptionGroup var output: Output
    @OptionGroup var within: Inside
    @Option(help: "FIRMS file.") var fires: String
    @Option(help: "Least confidence, 0 to 100.") var minConfidence: Double = 30
    @Option(help: "Days on which a static cell burns, at least.") var staticDays: Int = 10
    @Option(help: "Share of the days between first and last fire, at least.") var staticShare: Double = 0.2

    func validate() throws {
      guard (0...100).contains(minConfidence), staticDays >= 1, (0...1).contains(staticShare) else {
        throw ValidationError("--min-confidence is 0...100, --static-days from 1, --static-share 0...1")
      }
    }

    func run() throws {
      try reporting {
        var rule = FireCells()
        rule.minimumConfidencePercent = minConfidence
        rule.staticDays = staticDays
        rule.staticShare = staticShare
        let grid = try output.gridOptions.load()
        let level = output.level ?? grid.coarsestMetres
        let options = try output.readOptions(encoding: nil)
        let summary = try mapFires(
          path: fires, rule: rule, grid: grid, sizeMetres: level, options: options,
          inside: try within.chosen(options), out: output.out)
        try output.report(summary)
      }
    }
  }
}
