internal import ArgumentParser
internal import Hotspots
internal import Quantities
internal import Workflows

struct DetectListsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lists",
    abstract: "Name each city's highest and worst-changed cells of a month.",
    discussion: """
      Reads cells files of days or months (--cells may be given more than once) and the county boundaries that
      tools/setup derived, or --city-of, a file with cell,city_code,city. Writes, per city, the cells with the highest
      mean, the worst change against the same month of last year and against the month before, with ties marked, and
      says how many cells could not be ranked and why.

      Example: hotgrid detect lists --month 2017-11 --cells days.csv --per-city 10 --out lists.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions

  @Option(help: ArgumentHelp("Cells file of days or months; may be repeated.", valueName: "cells.csv"))
  var cells: [String]

  @Option(
    help: "The month of the lists, such as 2017-11.",
    transform: reading("a month such as 2017-11") { LocalMonth($0) })
  var month: LocalMonth

  @Option(help: "Cells per list and city; ties with the last are listed too.")
  var perCity: Int = 1

  @Option(
    help: "Days a month needs: standard (27, February 25), days:N, share:S or any; standard when left out.",
    transform: reading("standard, days:N, share:S or any") { MonthValidity($0) })
  var validity: MonthValidity = .standard

  @Option(help: ArgumentHelp("cell,city_code,city in place of the boundaries.", valueName: "file.csv"))
  var cityOf: String?

  @Option(help: ArgumentHelp("Where the lists go; - is standard output.", valueName: "lists.csv"))
  var out: String = "-"

  func validate() throws {
    guard perCity >= 1 else { throw ValidationError("--per-city \(perCity) is below 1") }
  }

  func run() throws {
    try reporting {
      let (lists, statement) = try detectLists(
        cellsPaths: cells, outPath: out, month: month, cities: cities, perCity: perCity, validity: validity,
        messages: common.say)
      if common.json, out != "-" { print(try jsonText(["statement": statement])) }
      common.say("\(lists.rows.count) rows of \(Set(lists.rows.map(\.city)).count) cities for \(lists.month)")
      let missing = lists.gaps.reduce(0) { $0 + $1.cells }
      if missing > 0 {
        common.say("\(missing) times a cell could not be ranked; the reasons are at the end of the file")
      }
    }
  }

  private func cities(sizeMetres: Int32) throws -> CellCities {
    if let cityOf { return try readCellCities(path: cityOf, messages: common.say) }
    return try cellCities(grid: try gridOptions.load(), sizeMetres: sizeMetres)
  }
}
