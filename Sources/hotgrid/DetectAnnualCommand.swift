internal import ArgumentParser
internal import Hotspots
internal import Quantities
internal import Workflows

struct DetectAnnualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annual",
    abstract: "Choose the hotspot cells of a year: the top number or share, of the region or of each city.",
    discussion: """
      Reads cells files of a year's days or months. Writes city_code,city,rank,cell,value,periods,tied and the periods behind
      it. Ties with the last are listed and marked; cells with too few periods are counted and not ranked.

      Example: hotgrid detect annual --cells days-2017.csv --top 3600 --out hot-cells-2018.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: ArgumentHelp("Cells file of days or months; may be repeated.", valueName: "cells.csv"))
  var cells: [String]
  @Option(help: "How many cells; among cities they are shared in proportion to their ranked cells.") var top: Int?
  @Option(help: "Which share of the ranked cells, such as 0.1.") var share: Double?
  @Option(
    help: "region or city: where cells compete.",
    transform: reading("region or city") { AnnualSelection.Arena(rawValue: $0) })
  var per: AnnualSelection.Arena = .region
  @Option(
    help: "Periods a cell needs: standard (324 days or 12 months), periods:N, share:S or any.",
    transform: reading("standard, periods:N, share:S or any") { YearValidity($0) })
  var validity: YearValidity = .standard
  @Option(help: ArgumentHelp("cell,city_code,city in place of the boundaries.", valueName: "file.csv"))
  var cityOf: String?
  @Option(help: ArgumentHelp("Where the cells go; - is standard output.", valueName: "hot-cells.csv"))
  var out: String = "-"

  func validate() throws {
    guard (top == nil) != (share == nil) else { throw ValidationError("name one of --top and --share") }
    if let top, top < 1 { throw ValidationError("--top \(top) is below 1") }
    if let share, !(share > 0 && share <= 1) { throw ValidationError("--share \(share) is not above 0 and up to 1") }
  }

  func run() throws {
    try reporting {
      let summary = try detectAnnual(
        cellsPaths: cells, outPath: out, size: top.map { .cells($0) } ?? .share(share ?? 1), arena: per,
        validity: validity,
        cities: { size in
          if let cityOf { return try readCellCities(path: cityOf, messages: common.say) }
          return try cellCities(grid: try gridOptions.load(), sizeMetres: size)
        }, messages: common.say)
      if common.json, out != "-" { print(try jsonText(summary)) }
      for line in summary.lines { common.say(line) }
    }
  }
}

struct DetectStrikesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strikes",
    abstract: "Say which cells were on the monthly lists three times running or six times within a year.",
    discussion: """
      Reads files of 'detect lists'. Writes city_code,city,cell,month,alerts,running,within_12_months,reached,reached_now,months.
      A month counts once however many lists name a cell. Reaching a limit is a lead for the authority, which decides.

      Example: hotgrid detect strikes --lists 2017-10.csv --lists 2017-11.csv --lists 2017-12.csv --out strikes.csv
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("File of detect lists; may be repeated.", valueName: "lists.csv")) var lists: [String]
  @Option(help: "Alerts in consecutive months.") var running: Int = 3
  @Option(help: "Alerts within the window.") var within: Int = 6
  @Option(help: "Months of the window.") var window: Int = 12
  @Option(
    help: "The month to which standings refer; the last one listed when left out.",
    transform: reading("a month such as 2017-11") { LocalMonth($0) })
  var month: LocalMonth?
  @Option(help: ArgumentHelp("Where the standings go; - is standard output.", valueName: "strikes.csv"))
  var out: String = "-"

  func validate() throws {
    guard running >= 1, within >= 1, (1...1200).contains(window) else {
      throw ValidationError("--running, --within and --window are whole numbers from 1")
    }
  }

  func run() throws {
    try reporting {
      var rule = StrikeRule()
      (rule.running, rule.within, rule.windowMonths) = (running, within, window)
      let found = try detectStrikes(
        listsPaths: lists, outPath: out, rule: rule, last: month, messages: common.say)
      common.say(
        "\(found.cells) cells were listed up to \(found.last); \(found.reached) reached \(running) running or \(within) within "
          + "\(window) months, \(found.now) of them in \(found.last)")
    }
  }
}
