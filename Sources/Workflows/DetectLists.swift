internal import Diagnostics
public import Export
internal import Grids
public import Hotspots
internal import Ingest
public import Quantities

/// `detect lists`: daily or monthly cells in, the three lists of every city out.
///
/// - Parameters:
///   - cellsPaths: Cells files with days or months; days win over a monthly value of the same month.
///   - cities: Which city each cell belongs to, for cells of a size in metres.
///   - perCity: Cells per list and city; ties with the last are listed too.
/// - Returns: The lists, and what their file says of itself.
public func detectLists(
  cellsPaths: [String], outPath: String, month: LocalMonth, cities: (Int32) throws -> CellCities, perCity: Int,
  validity: MonthValidity,
  messages: (String) -> Void
) throws -> (lists: MonthlyLists, statement: MapStatement) {
  var days: [(day: LocalDay, field: CellField)] = []
  var months: [(month: LocalMonth, field: CellField)] = []
  for path in cellsPaths {
    for part in try readCells(path: path, messages: messages) {
      switch part.period {
      case .day(let day): days.append((day, part.field))
      case .month(let month): months.append((month, part.field))
      case .hour, nil:
        throw Problem(
          "the period \"\(part.period?.description ?? "")\" is neither a day nor a month", at: SourcePlace(file: path),
          remedy: "make the cells with hotgrid map points --period day or --period month")
      }
    }
  }
  let wanted = [month, month.advanced(by: -1), month.advanced(by: -12)]
  let fields = wanted.compactMap { wanted -> MonthlyField? in
    if days.contains(where: { $0.day.month == wanted }) { return MonthlyField(month: wanted, days: days) }
    return months.first { $0.month == wanted }.map { MonthlyField(month: wanted, field: $0.field) }
  }
  guard fields.first?.month == month else {
    throw Problem(
      "no cells of \(month) in \(cellsPaths.joined(separator: ", "))",
      remedy: "give a cells file with that month or its days")
  }
  let size = fields.first?.field.cells.first?.sizeMetres ?? 0
  guard fields.allSatisfy({ $0.field.cells.first?.sizeMetres ?? size == size }) else {
    throw Problem("the files have cells of different sizes", remedy: "give files of one level of the grid")
  }
  let lists = MonthlyLists(month: month, k: perCity, fields: fields, cities: try cities(size), validity: validity)
  guard !lists.rows.isEmpty || !lists.gaps.isEmpty else {
    throw Problem(
      "none of the cells of \(month) lies in a city of the region",
      remedy: "check --grid, or name each cell's city with --city-of")
  }
  var file = try OutputFile(path: outPath)
  try ListsFile.write(lists, to: &file)
  var statement = try MapStatement(
    verb: "detect lists",
    method: "highest mean, worst change against last year's month and against the month before, per city",
    page: "docs/methods/monthly-lists.md",
    settings: ["month": "\(month)", "per-city": "\(perCity)", "validity": "\(validity)"], inputPaths: cellsPaths)
  let own = (days.filter { $0.day.month == month }.map(\.field)) + months.filter { $0.month == month }.map(\.field)
  // The list of means: cells that it could not rank, per reason.
  let gaps = lists.gaps.filter { $0.kind == .highestMean }
  statement.count(series: own, untested: Dictionary(gaps.map { ($0.reason, $0.cells) }, uniquingKeysWith: +))
  let outside = statement.cells - lists.cellsInCities
  if outside > 0 {
    statement.untested["outside every city"] = outside
    statement.tested -= outside
  }
  statement.periods = fields.count
  try file.commit()
  try statement.write(beside: outPath)
  return (lists, statement)
}

/// The lists as a file: ranked cells, then, without rank and cell, how many could not be ranked and why.
enum ListsFile {
  static let columns =
    "city_code,city,list,rank,cell,month,value,days,comparison_month,comparison_value,comparison_days,"
    + "change_percent,tied,reference_change,note"

  static func write(_ lists: MonthlyLists, to file: inout OutputFile) throws(Problem) {
    try file.write(columns + "\n")
    for row in lists.rows {
      var line = head(row.city, row.kind)
      line.add(row.rank)
      line.add(row.cell.description)
      line.add(lists.month.description)
      line.add(row.value)
      line.add(row.days)
      line.add(row.comparisonMonth?.description ?? "")
      line.add(row.comparisonValue)
      line.add(row.comparisonDays)
      line.add(row.change.map { $0 * 100 })
      line.add(row.isTied ? 1 : 0)
      line.add(row.straddlesReferenceChange ? 1 : 0)
      line.add(row.straddlesReferenceChange ? "reference conditions changed on 2018-09-01" : "")
      try file.write(line.end())
    }
    for gap in lists.gaps {
      var line = head(gap.city, gap.kind)
      for _ in 0..<2 { line.add("") }
      line.add(lists.month.description)
      for _ in 0..<8 { line.add("") }
      line.add("\(gap.cells) cells not ranked: \(gap.reason)")
      try file.write(line.end())
    }
  }

  private static func head(_ city: City, _ kind: MonthlyLists.Kind) -> CSVLine {
    var line = CSVLine()
    line.add(city.code)
    line.add(city.name)
    line.add(kind.rawValue)
    return line
  }
}
