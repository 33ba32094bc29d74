internal import ArgumentParser
internal import Hotspots
internal import Workflows

struct DetectEmergingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emerging",
    abstract: "Say of every cell what became of it: new, persistent, intensifying, diminishing, sporadic, historical.",
    discussion: """
      Reads cells files of consecutive periods, computes Gi* in space and time, tests the trend of z with Mann and Kendall, and
      writes cell,class,steps,hot,cold,last_z,last_bin,trend_z,trend_p,tau,slope,slope_low,slope_high,reason.
      slope is Sen's, of the values per period. docs/methods/emerging-hotspots.md has the order of the classes.

      Example: hotgrid detect emerging --cells months.csv --field residual --out classes.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @OptionGroup var hotspots: HotspotOptionGroup

  @Option(help: ArgumentHelp("Cells file with many periods; may be repeated.", valueName: "cells.csv"))
  var cells: [String]

  @Option(help: ArgumentHelp("Where the rows go; - is standard output.", valueName: "classes.csv"))
  var out: String = "-"

  @Option(help: "Steps before a step that count as its neighbours.") var stepsBack: Int = 1
  @Option(help: "Bin from which a step counts as hot or cold: 1, 2, 3 for 10, 5, 1 %.") var minBin: Int = 2
  @Option(help: "p of Mann and Kendall's test below which there is a trend.") var trendLevel: Double = 0.05
  @Option(
    help: "What a step is compared with: cube, neighbours or step.",
    transform: reading("cube, neighbours or step") { EmergingOptions.Window(rawValue: $0) })
  var window: EmergingOptions.Window = .cube
  @Flag(help: "Sporadic as worded up to version 2.8: hot on and off, never cold, and not hot at the end.")
  var legacySporadic = false

  func validate() throws {
    guard (0...1000).contains(stepsBack) else { throw ValidationError("--steps-back \(stepsBack) is not in 0...1000") }
    guard (1...3).contains(minBin) else { throw ValidationError("--min-bin \(minBin) is not 1, 2 or 3") }
    guard trendLevel > 0, trendLevel < 1 else { throw ValidationError("--trend-level \(trendLevel) is not in 0...1") }
    guard hotspots.null != .autocorrelated else {
      throw ValidationError("--null autocorrelated is a test of one field, not of a cube")
    }
    try hotspots.requirePlain("detect emerging")
    guard hotspots.permutations == 0 else { throw ValidationError("--permutations has no meaning for a cube") }
  }

  func run() throws {
    try reporting {
      var options = EmergingOptions()
      options.hotspots = hotspots.options
      options.stepsBack = stepsBack
      options.minimumBin = minBin
      options.trendLevel = trendLevel
      options.legacySporadic = legacySporadic
      options.window = window
      let summary = try detectEmerging(
        cellsPaths: cells, outPath: out, options: options,
        background: try hotspots.fieldBackground(gridOptions, common), threads: common.threads, messages: common.say)
      if common.json, out != "-" { print(try jsonText(summary)) }
      for line in summary.lines { common.say(line) }
    }
  }
}
