internal import ArgumentParser
internal import Workflows

struct LegendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "legend",
    abstract: "Write the legend of hot and cold cells, readable without colour.",
    discussion: """
      Writes every class with its colour, its strokes and its sign, as SVG or, where --out ends in .html, as a page. With
      --of the legend also says what the file says of itself: cells tested, interpolated only, method, version and seed.

      Example: hotgrid legend --of hot.csv --out legend.svg
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("Hot or map file whose statement goes below the classes.", valueName: "hot.csv"))
  var of: String?
  @Option(help: ArgumentHelp("Where the legend goes; - is standard output.", valueName: "legend.svg|legend.html"))
  var out: String = "-"

  func run() throws {
    try reporting { try writeLegend(of: of, to: out) }
  }
}
