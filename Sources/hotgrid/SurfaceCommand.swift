internal import ArgumentParser
internal import Surfaces
internal import Workflows

/// `surface`: from cells with readings to every cell.
struct SurfaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "surface",
    abstract: "Estimate every cell from the cells that have readings, with the variance of each estimate.",
    discussion: """
      Reads a cells file; its variances are those of the values' own errors. Writes the same columns for every cell, and
      kind: observed, satellite or interpolated; coverage is the share of the estimate that the cell's own readings
      and satellite value give, 0 for an interpolated cell. Each period is estimated by itself.

      Methods: kriging (ordinary), universal (a plane as trend), block (means of cells), fusion (the satellite as external
      drift; ordinary where it saw nothing), satellite-readings (its cells as further, less exact readings).

      With --background the regional background is written beside each value; --field residual writes the value minus it,
      which is what sources nearby are judged on.

      Example: hotgrid surface --cells stations.csv --method fusion --satellite maiac.csv --background ring:15 \
      --report loo.json --out surface.csv
      """)

  enum Field: String, ExpressibleByArgument, CaseIterable {
    case surface, residual
  }

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions

  @Option(help: ArgumentHelp("Cells with readings.", valueName: "cells.csv"))
  var cells: String

  @Option(
    help: "kriging, universal, block, fusion or satellite-readings.",
    transform: reading("kriging, universal, block, fusion or satellite-readings") {
      SurfaceOptions.Method(rawValue: $0)
    })
  var method: SurfaceOptions.Method = .kriging

  @Option(help: ArgumentHelp("Cells of a satellite, for fusion and satellite-readings.", valueName: "cells.csv"))
  var satellite: String?

  @Option(help: "Readings of a neighbourhood at most.")
  var neighbours: Int = 32

  @Option(
    help: ArgumentHelp(
      "Such as exponential:9:120:40000 (shape, nugget, partial sill, practical range in metres); fitted when left out.",
      valueName: "model"),
    transform: reading("shape:nugget:sill:range[:azimuth:ratio]") { VariogramModel($0) })
  var variogram: VariogramModel?

  @Flag(help: "Let a fitted variogram tell directions apart.")
  var anisotropic = false

  @Option(
    help: "ring:15, ring:2-15 or ring:2-15:0.25: steps left out, steps, quantile (0.5 when left out).",
    transform: reading("ring:15, ring:2-15 or ring:2-15:0.25") { BackgroundRule($0) })
  var background: BackgroundRule?

  @Option(
    help: ArgumentHelp(
      "Wind table or NetCDF: the background is then taken upwind where the wind of the period is known.",
      valueName: "wind.csv"))
  var wind: String?

  @Option(help: "What the value is: surface or residual.")
  var field: Field = .surface

  @Option(help: ArgumentHelp("region, box, or a cells file: which cells get an estimate.", valueName: "cells"))
  var within: String = "region"

  @Option(help: ArgumentHelp("Where the variogram and the leave-one-out figures go.", valueName: "loo.json"))
  var report: String?

  @Option(help: ArgumentHelp("Cells file to write, or - for standard output.", valueName: "cells.csv"))
  var out: String = "-"

  func validate() throws {
    guard (1...500).contains(neighbours) else { throw ValidationError("--neighbours \(neighbours) is not in 1...500") }
    guard wind == nil || background != nil || field == .residual else {
      throw ValidationError("--wind needs --background or --field residual")
    }
    let needsSatellite = method == .fusion || method == .cokrigingByRegression
    guard !needsSatellite || satellite != nil else {
      throw ValidationError("--method \(method.rawValue) needs --satellite")
    }
  }

  func run() throws {
    try reporting {
      var options = SurfaceOptions()
      options.method = method
      options.neighbours = neighbours
      options.variogram = variogram
      options.isAnisotropic = anisotropic
      options.threads = common.threads
      var request = SurfaceRequest(
        cellsPath: cells, outPath: out, options: options,
        within: within == "region" ? .region : within == "box" ? .box : .file(within))
      request.satellitePath = satellite
      request.reportPath = report
      if let rule = background ?? (field == .residual ? BackgroundRule() : nil) {
        request.background = try FieldBackground(
          rule: rule, windPath: wind, grid: try gridOptions.load(), messages: common.say)
      }
      request.writesResidual = field == .residual
      let summaries = try mapSurface(
        request, grid: try gridOptions.load(), progress: common.progress, messages: common.say)
      if common.json, out != "-" { print(try jsonText(summaries)) }
      for summary in summaries { common.say(summary.line) }
    }
  }
}
