internal import Diagnostics
public import Export
internal import Gridding
internal import Grids
public import Hotspots
internal import Ingest
public import Quantities
internal import Readings

/// How many periods a cell needs to be ranked for a year.
public enum YearValidity: Hashable, Sendable {
  /// 324 days (GB 3095-2012, table 4), or 12 months where months are given.
  case standard
  case periods(Int)
  /// Of the periods between the first and the last, 0...1.
  case share(Double)

  /// Reads `standard`, `periods:200`, `share:0.5` or `any`.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.count == 2 ? parts[1] : nil) {
    case ("standard", nil): self = .standard
    case ("any", nil): self = .periods(1)
    case ("periods", let number?):
      guard let count = Int(number), count >= 1 else { return nil }
      self = .periods(count)
    case ("share", let number?):
      guard let share = Double(number), share > 0, share <= 1 else { return nil }
      self = .share(share)
    default: return nil
    }
  }
}

/// What `detect annual` did, for people and for `--json`.
public struct AnnualSummary: Sendable, Codable {
  /// First period of the cells files, such as `2017-01-01` or `2017-01`.
  public var first: String
  /// Last period of the cells files.
  public var last: String
  /// From the first to the last, those without any value too.
  public var periods: Int
  /// Periods with a value that a cell needs.
  public var leastPeriods: Int
  /// Cells with enough periods in a city of the region.
  public var ranked: Int
  /// Cells in a city with fewer than `leastPeriods`.
  public var tooFew: Int
  /// Cells in no city of the region.
  public var outside: Int
  /// Rows written; ties with the last one are among them.
  public var selected: Int
  /// Of the selected cells, those that share their rank with another.
  public var tied: Int
  /// What the rows say of themselves; also beside the file.
  public var statement: MapStatement?

  /// One line per fact, for people.
  public var lines: [String] {
    [
      "\(selected) of \(ranked) ranked cells, \(periods) periods from \(first) to \(last); \(tied) share a rank",
      "  not ranked: \(tooFew) with fewer than \(leastPeriods) periods, \(outside) outside every city",
    ]
  }
}

/// `detect annual`: cells of a year's days or months in, its hotspot cells out.
///
/// - Parameters:
///   - cellsPaths: Cells files of days or of months, not of both.
///   - cities: Which city each cell belongs to, for cells of a size in metres.
///   - messages: Told about rows that could not be used.
public func detectAnnual(
  cellsPaths: [String], outPath: String, size: AnnualSelection.Size, arena: AnnualSelection.Arena,
  validity: YearValidity,
  cities: (Int32) throws -> CellCities, messages: (String) -> Void
) throws -> AnnualSummary {
  var fields: [(period: Period?, field: CellField)] = []
  for path in cellsPaths {
    fields += try readCells(path: path, messages: messages).map { ($0.period, $0.field) }
  }
  let paths = cellsPaths.joined(separator: ", ")
  let cube: SpaceTimeCube
  do throws(SpaceTimeCube.Failure) { cube = try SpaceTimeCube(fields) } catch {
    throw Problem(
      "\(paths) is no year of days or months (\(error))",
      remedy: "give cells files of consecutive days or months of one level, each period once")
  }
  guard let length = cube.periods.first?.length, length != .hour else {
    throw Problem("\(paths) holds hours", remedy: "average them to days first: hotgrid map points --period day")
  }
  let n = cube.cells.count
  var sums = [Double](repeating: 0, count: n)
  var counts = [Int32](repeating: 0, count: n)
  for place in cube.values.indices where !cube.values[place].isNaN {
    sums[place % n] += cube.values[place]
    counts[place % n] += 1
  }
  let unknown = [Double](repeating: .nan, count: n)
  let means = CellField(
    cells: cube.cells, values: zip(sums, counts).map { $0 / Double($1) }, variances: unknown, counts: counts,
    coverages: unknown)
  let least =
    switch validity {
    case .standard: length == .day ? AirStandard.daysOfValidYear : 12
    case .periods(let count): count
    case .share(let share): Int((share * Double(cube.periods.count) - 1e-9).rounded(.up))
    }
  let selection = AnnualSelection(
    means, leastPeriods: least, cities: try cities(cube.cells.first?.sizeMetres ?? 0), size: size, arena: arena)
  guard selection.ranked > 0 else {
    throw Problem(
      "no cell of \(paths) has \(least) periods with a value in a city of the region",
      remedy: "give a whole year, or ask for less with --validity share:0.5; --city-of names the cities of other cells")
  }
  var file = try OutputFile(path: outPath)
  try file.write("city_code,city,rank,cell,value,periods,tied,first_period,last_period,least_periods\n")
  let (first, last) = (cube.periods.first?.description ?? "", cube.periods.last?.description ?? "")
  for row in selection.rows {
    var line = CSVLine()
    line.add(row.city.code)
    line.add(row.city.name)
    line.add(row.rank)
    line.add(row.cell.description)
    line.add(row.value)
    line.add(row.periods)
    line.add(row.isTied ? 1 : 0)
    line.add(first)
    line.add(last)
    line.add(least)
    try file.write(line.end())
  }
  var statement = try MapStatement(
    verb: "detect annual", method: "hotspot cells of a year by the mean of its periods",
    page: "docs/methods/annual-list.md",
    settings: ["size": size.words, "per": arena.rawValue, "least-periods": "\(least)"], inputPaths: cellsPaths)
  statement.count(
    series: fields.map(\.field),
    untested: ["fewer than \(least) periods": selection.tooFew, "outside every city": selection.outside]
      .filter { $0.value > 0 })
  statement.periods = cube.periods.count
  try file.commit()
  try statement.write(beside: outPath)
  return AnnualSummary(
    first: first, last: last, periods: cube.periods.count, leastPeriods: least, ranked: selection.ranked,
    tooFew: selection.tooFew, outside: selection.outside, selected: selection.rows.count,
    tied: selection.rows.count(where: \.isTied), statement: statement)
}

/// `detect strikes`: the lists of many months in, the standing of every listed cell out.
///
/// - Parameters:
///   - listsPaths: Files of `detect lists`.
///   - last: The month to which standings refer; `nil` for the last one listed.
/// - Returns: Cells listed, cells that reached a limit by the last month, and those that reached one in it.
public func detectStrikes(
  listsPaths: [String], outPath: String, rule: StrikeRule, last: LocalMonth?, messages: (String) -> Void
) throws -> (cells: Int, reached: Int, now: Int, last: LocalMonth) {
  var alerts: [(cell: CellID, month: LocalMonth)] = []
  var cities: [CellID: (code: String, name: String)] = [:]
  for path in listsPaths {
    let read = try ListedCellsFile.read(path: path, options: fileVerbOptions)
    describe(read.rejects, of: path, messages)
    for row in read.value {
      alerts.append((row.cell, row.month))
      cities[row.cell] = (row.cityCode, row.city)
    }
  }
  guard let newest = alerts.map(\.month).max() else {
    throw Problem(
      "\(listsPaths.joined(separator: ", ")) name no cell", remedy: "make lists with hotgrid detect lists")
  }
  let last = last ?? newest
  let standings = rule.standings(alerts, last: last)
  var file = try OutputFile(path: outPath)
  try file.write(
    "city_code,city,cell,month,alerts,running,within_\(rule.windowMonths)_months,reached,reached_now,months\n")
  for standing in standings {
    var line = CSVLine()
    line.add(cities[standing.cell]?.code ?? "")
    line.add(cities[standing.cell]?.name ?? "")
    line.add(standing.cell.description)
    line.add(last.description)
    line.add(standing.months.count)
    line.add(standing.running)
    line.add(standing.withinWindow)
    line.add(standing.reached?.description ?? "")
    line.add(standing.isReachedNow ? 1 : 0)
    line.add(standing.months.map(\.description).joined(separator: " "))
    try file.write(line.end())
  }
  var statement = try MapStatement(
    verb: "detect strikes", method: "cells named on the monthly lists again and again",
    page: "docs/methods/annual-list.md",
    settings: [
      "running": "\(rule.running)", "within": "\(rule.within)", "window": "\(rule.windowMonths)", "month": "\(last)",
    ],
    inputPaths: listsPaths)
  statement.periods = Set(alerts.map(\.month).filter { $0 <= last }).count
  statement.cells = standings.count
  statement.tested = standings.count
  try file.commit()
  try statement.write(beside: outPath)
  return (standings.count, standings.count { $0.reached != nil }, standings.count(where: \.isReachedNow), last)
}

extension AnnualSelection.Size {
  /// As its option takes it.
  fileprivate var words: String {
    switch self {
    case .cells(let count): "top \(count)"
    case .share(let share): "share \(share)"
    }
  }
}
