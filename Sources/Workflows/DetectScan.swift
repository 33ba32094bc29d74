public import Diagnostics
public import Export
internal import Grids
internal import Hotspots
internal import Ingest
internal import Quantities
public import SpatialStatistics
internal import Surfaces

/// What `detect scan` was asked for.
public struct ScanRequest: Sendable {
  /// Cells with counts, or with values for the normal model.
  public var cellsPath: String
  /// Expectations of the Poisson model, any scale; without periods they hold for every period.
  public var expectedPath: String?
  /// One row per cluster; `-` is standard output.
  public var outPath: String
  /// Where the cells of each cluster go; `nil` for nowhere.
  public var membersPath: String?
  /// Model, zones and replicates; its radius is replaced by `radiusMetres`.
  public var scan: ScanStatistic
  /// Instead of `scan.maximumRadius`, metres.
  public var radiusMetres: Double
  /// Test what lies above it instead of the values; of the normal model.
  public var background: FieldBackground?

  /// A request without expectations, members and background.
  public init(cellsPath: String, outPath: String, scan: ScanStatistic, radiusMetres: Double) {
    self.cellsPath = cellsPath
    self.outPath = outPath
    self.scan = scan
    self.radiusMetres = radiusMetres
  }
}

/// What `detect scan` did, for people and for `--json`.
public struct ScanSummary: Sendable, Codable {
  /// `poisson`, `permutation` or `normal`.
  public var model: String
  /// Of the poisson model those with an expectation, else those with a value.
  public var cells: Int
  /// From the first to the last, those without any value too; 1 where the file has none.
  public var periods: Int
  /// Counts in all, or values.
  public var total: Double
  /// Zones times spans that were looked at.
  public var cylinders: Int
  /// Fields made under the null; p is never below 1 over one more than them.
  public var replicates: Int
  /// Told clusters, of which no two share a cell.
  public var clusters: Int
  /// Of those, the ones with p at most 0.05.
  public var significant: Int
  /// Of the most likely cluster; `nil` when there is none.
  public var bestP: Double?
  /// What the rows say of themselves; also beside the file.
  public var statement: MapStatement?

  /// One line per fact, for people.
  public var lines: [String] {
    [
      "\(model): \(cells) cells, \(periods) periods, \(model == "normal" ? "values" : "counts") \(total); \(cylinders) cylinders, "
        + "\(replicates) replicates",
      "  \(clusters) clusters without a cell in common, \(significant) with p at most 0.05"
        + (bestP.map { "; the most likely has p \($0)" } ?? ""),
    ]
  }
}

/// `detect scan`: cells of one or many periods in, the most likely clusters in space and time out.
///
/// - Throws: `Problem` for counts that are none, expectations that do not cover the counts, and input without anything to scan.
public func detectScan(
  _ request: ScanRequest, threads: Int, progress: any ProgressSink, messages: (String) -> Void
) throws -> ScanSummary {
  let input = try ScanInput(request, threads: threads, messages: messages)
  var scan = request.scan
  scan.threads = threads
  scan.maximumRadius = Int((request.radiusMetres / Double(input.cells.first?.sizeMetres ?? 1)).rounded(.down))
  guard scan.maximumRadius <= 200 else {
    throw Problem(
      "\(request.radiusMetres) m are \(scan.maximumRadius) cells",
      remedy: "ask for a --max-radius of at most 200 cells",
      exitStatus: .usage)
  }
  guard
    let outcome = scan.run(
      cells: input.cells, values: input.values, expected: input.expected,
      progress: { progress.report(task: "scan", completed: $0, total: scan.replicates, unit: "replicates") })
  else {
    throw Problem(
      "\(request.cellsPath) has nothing to scan: no counts, fewer than 3 values or all equal, or cells too far apart",
      remedy: "check the file's value column")
  }
  progress.finish(task: "scan")
  try write(outcome, input, scan, request)
  let statement = try statement(of: scan, input, outcome, request)
  try statement.write(beside: request.outPath)
  if let members = request.membersPath { try statement.write(beside: members) }
  return ScanSummary(
    model: scan.model.rawValue, cells: input.cells.count, periods: input.periods.count,
    total: scan.model == .normal
      ? Double(input.values.count { !$0.isNaN }) : input.values.reduce(0, +),
    cylinders: outcome.cylinders, replicates: scan.replicates, clusters: outcome.clusters.count,
    significant: outcome.clusters.count { $0.p <= 0.05 }, bestP: outcome.clusters.first?.p, statement: statement)
}

private func statement(
  of scan: ScanStatistic, _ input: ScanInput, _ outcome: ScanStatistic.Outcome, _ request: ScanRequest
) throws -> MapStatement {
  var settings = [
    "model": scan.model.rawValue, "span": scan.span.rawValue, "max-duration": "\(scan.maximumDuration)",
    "max-share": "\(scan.maximumShare)", "replicates": "\(scan.replicates)", "cylinders": "\(outcome.cylinders)",
  ]
  switch scan.zones {
  case .circular:
    settings["zones"] = "circular"
    settings["max-radius"] = "\(request.radiusMetres)"
  case .flexible(let nearest, let level):
    settings["zones"] = "flexible"
    settings["nearest"] = "\(nearest)"
    settings["raised"] = "\(level)"
  }
  if let background = request.background { settings["background"] = background.rule.description }
  var statement = try MapStatement(
    verb: "detect scan", method: "Kulldorff's scan statistic in space and time", page: "docs/methods/scan-statistic.md",
    settings: settings, seed: "\(scan.seed)",
    inputPaths: [request.cellsPath] + [request.expectedPath].compactMap(\.self))
  statement.periods = input.periods.count
  statement.cells = input.cells.count
  statement.tested = input.cells.count
  statement.interpolatedOnly = input.neverObserved
  return statement
}

/// Cells and steps as the scan takes them.
private struct ScanInput {
  let cells: [CellID]
  /// As labels; one empty label where the file has no period.
  let periods: [String]
  let values: [Double]
  let expected: [Double]
  /// Cells in which no period observed anything.
  let neverObserved: Int

  init(_ request: ScanRequest, threads: Int, messages: (String) -> Void) throws {
    var parts = try readCells(path: request.cellsPath, messages: messages)
    neverObserved = MapStatement.cells(of: parts.map(\.field)).neverObserved
    if let background = request.background {
      parts = try parts.map {
        CellsFile.Part(
          period: $0.period,
          field: try background.residual(of: $0.field, period: $0.period, threads: threads).field)
      }
    }
    let counts = request.scan.model != .normal
    if counts { try Self.checkCounts(parts, path: request.cellsPath) }
    var expectedParts: [CellsFile.Part] = []
    if request.scan.model == .poisson {
      guard let path = request.expectedPath else {
        throw Problem(
          "the Poisson model needs expectations", remedy: "name them with --expected, or use --model permutation",
          exitStatus: .usage)
      }
      expectedParts = try readCells(path: path, messages: messages)
      if let negative = expectedParts.lazy.flatMap({ part in zip(part.field.cells, part.field.values) }).first(where: {
        $1 < 0
      }) {
        throw Problem(
          "\(path): the expectation of \(negative.0) is \(negative.1)", remedy: "expectations are 0 or more")
      }
    }
    let cube = try Cube(parts, path: request.cellsPath)
    guard request.scan.model != .permutation || cube.labels.count > 1 else {
      throw Problem(
        "\(request.cellsPath) has one period, in which nothing can be matched anew",
        remedy: "give several periods, or use --model poisson with --expected")
    }
    periods = cube.labels
    guard request.scan.model == .poisson else {
      cells = cube.cells
      values = counts ? cube.values.map { $0.isNaN ? 0 : $0 } : cube.values
      expected = []
      return
    }
    // The cells of the Poisson model are those with an expectation.
    let path = request.expectedPath ?? ""
    let all = Set(expectedParts.flatMap(\.field.cells)).sorted()
    guard all.first?.sizeMetres == cube.cells.first?.sizeMetres else {
      throw Problem("\(path) has cells of another size than \(request.cellsPath)", remedy: "give files of one level")
    }
    let slots = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })
    var expected = [Double](repeating: 0, count: all.count * cube.labels.count)
    for (step, label) in cube.labels.enumerated() {
      guard
        let part = expectedParts.first(where: { ($0.period?.description ?? "") == label })
          ?? (expectedParts.count == 1 && expectedParts[0].period == nil ? expectedParts[0] : nil)
      else { throw Problem("\(path) has no expectation for \(label)", remedy: "give every period of the counts") }
      for (cell, value) in zip(part.field.cells, part.field.values) {
        expected[step * all.count + (slots[cell] ?? 0)] = value
      }
    }
    var values = [Double](repeating: 0, count: expected.count)
    for place in cube.values.indices where cube.values[place] > 0 {
      let (step, cell) = (place / cube.cells.count, cube.cells[place % cube.cells.count])
      guard let slot = slots[cell], expected[step * all.count + slot] > 0 else {
        throw Problem(
          "\(cell) has \(cube.values[place]) counts in \(cube.labels[step]) and no expectation",
          remedy: "give it one in \(path), or leave its counts out")
      }
      values[step * all.count + slot] = cube.values[place]
    }
    cells = all
    self.values = values
    self.expected = expected
  }

  private static func checkCounts(_ parts: [CellsFile.Part], path: String) throws(Problem) {
    var total = 0.0
    for part in parts {
      for (cell, value) in zip(part.field.cells, part.field.values) {
        guard value >= 0, value == value.rounded(), value < 1e9 else {
          throw Problem(
            "\(path): \(value) of \(cell)\(part.period.map { " in \($0)" } ?? "") is no count",
            remedy: "counts are whole numbers from 0; use --model normal for concentrations and residuals")
        }
        total += value
      }
    }
    guard total <= 50_000_000 else {
      throw Problem("\(path) has \(total) counts", remedy: "scan at most 50,000,000, or use --model normal")
    }
  }

  private struct Cube {
    let cells: [CellID]
    let labels: [String]
    let values: [Double]

    init(_ parts: [CellsFile.Part], path: String) throws(Problem) {
      if parts.count == 1 {
        cells = parts[0].field.cells
        labels = [parts[0].period?.description ?? ""]
        values = parts[0].field.values
        return
      }
      do throws(SpaceTimeCube.Failure) {
        let cube = try SpaceTimeCube(parts.map { ($0.period, $0.field) })
        cells = cube.cells
        labels = cube.periods.map(\.description)
        values = cube.values
      } catch {
        throw Problem(
          "\(path) is no series of periods (\(error))",
          remedy: "give consecutive hours, days or months of one level, each once")
      }
    }
  }
}

private func write(
  _ outcome: ScanStatistic.Outcome, _ input: ScanInput, _ scan: ScanStatistic, _ request: ScanRequest
) throws(Problem) {
  let side = Double(input.cells.first?.sizeMetres ?? 0)
  var file = try OutputFile(path: request.outPath)
  try file.write(
    "cluster,centre_cell,radius_metres,cells,first_period,last_period,observed,expected,relative,ratio,p,gumbel_p,model,"
      + "zones,replicates,seed\n")
  for (number, cluster) in outcome.clusters.enumerated() {
    var line = CSVLine()
    line.add(number + 1)
    line.add(input.cells[cluster.centre].description)
    line.add(cluster.radius * side)
    line.add(cluster.members.count)
    line.add(input.periods[cluster.steps.lowerBound])
    line.add(input.periods[cluster.steps.upperBound - 1])
    line.add(cluster.observed)
    line.add(cluster.expected)
    line.add(scan.model == .normal ? nil : cluster.observed / cluster.expected)
    line.add(cluster.ratio)
    line.add(cluster.p)
    line.add(cluster.gumbelP)
    line.add(scan.model.rawValue)
    switch scan.zones {
    case .circular: line.add("circular")
    case .flexible(let nearest, let level): line.add("flexible nearest \(nearest) raised \(level)")
    }
    line.add(scan.replicates)
    line.add("\(scan.seed)")
    try file.write(line.end())
  }
  try file.commit()
  guard let path = request.membersPath else { return }
  var members = try OutputFile(path: path)
  try members.write("cell,cluster,p\n")
  for (number, cluster) in outcome.clusters.enumerated() {
    for slot in cluster.members {
      var line = CSVLine()
      line.add(input.cells[slot].description)
      line.add(number + 1)
      line.add(cluster.p)
      try members.write(line.end())
    }
  }
  try members.commit()
}
