internal import Diagnostics
public import Export
internal import Grids
public import Hotspots
internal import Ingest
internal import Quantities

/// What `detect emerging` found, for people and for `--json`.
public struct EmergingSummary: Sendable, Codable {
  /// Cells of the cube, each a row: those with a value in at least one period.
  public var cells = 0
  /// First and last period of the cube, and how many there are.
  public var first = ""
  /// Last period of the cube, such as `2017-11-21`.
  public var last = ""
  /// From the first to the last, those without any value too.
  public var periods = 0
  /// Periods between them without any value.
  public var emptyPeriods = 0
  /// Cells and steps with a score: the number of tests that the correction allows for.
  public var tested = 0
  /// |bin| from which a step counts.
  public var minimumBin = 0
  /// Cells per class; `no pattern` among them.
  public var classes: [String: Int] = [:]
  /// Cells without a class per reason.
  public var reasons: [String: Int] = [:]
  /// What the rows say of themselves; also beside the file.
  public var statement: MapStatement?

  /// One line per fact, for people.
  public var lines: [String] {
    var lines = [
      "\(cells) cells in \(periods) periods from \(first) to \(last); \(tested) scores, hot or cold from bin \(minimumBin)"
    ]
    if emptyPeriods > 0 { lines.append("  \(emptyPeriods) periods between them have no value at all") }
    if periods < 10 {
      lines.append("  fewer than 10 periods: a trend is hardly ever significant, read classes with care")
    }
    lines += EmergingClass.allCases.compactMap { name in classes[name.rawValue].map { "  \(name.rawValue): \($0)" } }
    lines += reasons.sorted { $0.key < $1.key }.map { "  without a class: \($0.value) (\($0.key))" }
    return lines
  }
}

/// `detect emerging`: cells of many periods in, one class per cell out.
///
/// - Parameters:
///   - cellsPaths: Cells files whose periods are all of one length and none twice.
///   - background: Test what lies above it instead of the values.
///   - messages: Told about rows that could not be used.
/// - Throws: `Problem` for fewer than 2 periods, mixed periods or sizes, or one period in two files.
public func detectEmerging(
  cellsPaths: [String], outPath: String, options: EmergingOptions, background: FieldBackground?, threads: Int,
  messages: (String) -> Void
) throws -> EmergingSummary {
  let paths = cellsPaths.joined(separator: ", ")
  var fields: [(period: Period?, field: CellField)] = []
  for path in cellsPaths {
    for part in try readCells(path: path, messages: messages) {
      let field = try background?.residual(of: part.field, period: part.period, threads: threads).field ?? part.field
      fields.append((part.period, field))
    }
  }
  let cube: SpaceTimeCube
  do throws(SpaceTimeCube.Failure) { cube = try SpaceTimeCube(fields) } catch {
    let remedy = "give cells files of consecutive hours, days or months of one level, each period once"
    switch error {
    case .mixedPeriods: throw Problem("\(paths): periods are missing or of several lengths", remedy: remedy)
    case .repeated(let period): throw Problem("\(paths): \(period) is there twice", remedy: remedy)
    case .mixedSizes: throw Problem("\(paths): cells of several sizes", remedy: remedy)
    case .onePeriod: throw Problem("\(paths): fewer than 2 periods are no history", remedy: remedy)
    case .tooLarge:
      throw Problem("\(paths): more than 100,000 periods or 2,147,483,648 values", remedy: "take days or months")
    }
  }
  let (rows, tested) = EmergingHotspots.rows(cube, options: options, threads: threads)
  var summary = EmergingSummary(
    cells: rows.count, first: cube.periods.first?.description ?? "", last: cube.periods.last?.description ?? "",
    periods: cube.periods.count, emptyPeriods: cube.emptyPeriods, tested: tested, minimumBin: options.minimumBin)
  var file = try OutputFile(path: outPath)
  try file.write("cell,class,steps,hot,cold,last_z,last_bin,trend_z,trend_p,tau,slope,slope_low,slope_high,reason\n")
  for row in rows {
    var line = CSVLine()
    line.add(row.cell.description)
    line.add(row.reason.isEmpty ? row.classification.rawValue : "")
    line.add(row.steps)
    line.add(row.hot)
    line.add(row.cold)
    line.add(row.lastZ)
    line.add(row.lastBin)
    line.add(row.trendZ)
    line.add(row.trendP)
    line.add(row.tau)
    line.add(row.slope)
    line.add(row.slopeLow)
    line.add(row.slopeHigh)
    line.add(row.reason)
    try file.write(line.end())
    if row.reason.isEmpty {
      summary.classes[row.classification.rawValue, default: 0] += 1
    } else {
      summary.reasons[row.reason, default: 0] += 1
    }
  }
  var settings = options.hotspots.settings(background: background)
  // Of one field only.
  for name in ["permutations", "bin-by", "alternative"] { settings[name] = nil }
  settings["steps-back"] = "\(options.stepsBack)"
  settings["min-bin"] = "\(options.minimumBin)"
  settings["trend-level"] = "\(options.trendLevel)"
  settings["window"] = options.window.rawValue
  settings["legacy-sporadic"] = options.legacySporadic ? "yes" : "no"
  var statement = try MapStatement(
    verb: "detect emerging", method: "emerging hot spots: Gi* in space and time, Mann and Kendall's trend of z",
    page: "docs/methods/emerging-hotspots.md", settings: settings, inputPaths: cellsPaths)
  statement.count(series: fields.map(\.field), untested: summary.reasons)
  statement.periods = summary.periods
  try file.commit()
  try statement.write(beside: outPath)
  summary.statement = statement
  return summary
}
