internal import Diagnostics
internal import Export
internal import Grids
internal import Hotspots
internal import Ingest
public import Quantities

/// What `compare` was asked for.
public struct CompareRequest: Sendable {
  /// Hot or alarm file; the earlier one.
  public var firstPath: String
  /// Hot or alarm file; the later one.
  public var secondPath: String
  /// Of the first file; `nil` where it has one only.
  public var firstPeriod: Period?
  /// Of the second file; `nil` where it has one only.
  public var secondPeriod: Period?
  /// |bin| from which a cell is hot or cold.
  public var minimumBin = 2
  /// Distance at which another cell counts half, metres.
  public var halvingMetres = 3000.0
  /// Farther than that a hotspot has not moved.
  public var reachMetres = 9000.0
  /// Behind the expected similarity.
  public var permutations = 99
  /// Of the permutations.
  public var seed: UInt64 = 1
  /// Where the hotspots that stayed, moved, vanished and appeared go; `nil` for nowhere.
  public var changesPath: String?

  /// A request with the defaults of the verb.
  public init(firstPath: String, secondPath: String) {
    self.firstPath = firstPath
    self.secondPath = secondPath
  }
}

/// How alike two maps are, for people and for `--json`.
public struct CompareSummary: Sendable, Codable {
  /// Name of the first file, with its period.
  public var first: String
  /// Name of the second file, with its period.
  public var second: String
  /// Cells that both maps have.
  public var cells: Int
  /// Cells of the first map only.
  public var onlyFirst: Int
  /// Cells of the second map only.
  public var onlySecond: Int
  /// Hot cells of the first map.
  public var hotFirst: Int
  /// Hot cells of the second map.
  public var hotSecond: Int
  /// Share of cells with the same class, 0...1.
  public var agreement: Double
  /// `nil` when one class covers both maps.
  public var cohensKappa: Double?
  /// Cells hot in both by cells hot in either; `nil` when none is hot.
  public var jaccard: Double?
  /// Mean fuzzy similarity, 0...1.
  public var similarity: Double
  /// The same of maps whose cells are dealt anew.
  public var expectedSimilarity: Double
  /// Of the expected similarity, by the number of permutations.
  public var expectedStandardError: Double
  /// `nil` when the expected similarity is 1.
  public var fuzzyKappa: Double?
  /// Hotspots that share a cell with a later one.
  public var stayed: Int
  /// Hotspots whose nearest later partner lies within the reach.
  public var moved: Int
  /// Hotspots of the first map without a partner.
  public var vanished: Int
  /// Hotspots of the second map without a partner.
  public var appeared: Int

  /// One line per fact, for people.
  public var lines: [String] {
    func short(_ value: Double?) -> String { value.map { "\(($0 * 1000).rounded() / 1000)" } ?? "not defined" }
    return [
      "\(cells) cells in both maps, \(onlyFirst) in the first only, \(onlySecond) in the second only",
      "  hot cells \(hotFirst) and \(hotSecond); same class \(short(agreement)), Cohen's kappa \(short(cohensKappa)), "
        + "hot in both of hot in either \(short(jaccard))",
      "  fuzzy similarity \(short(similarity)), expected \(short(expectedSimilarity)) +- \(short(expectedStandardError)), "
        + "fuzzy kappa \(short(fuzzyKappa))",
      "  hotspots: \(stayed) stayed, \(moved) moved, \(vanished) vanished, \(appeared) appeared",
    ]
  }
}

/// `compare`: two hot or alarm files in, how alike they are out.
///
/// - Throws: `Problem` for a file with several periods and none named, or with cells of another size.
public func compareMaps(_ request: CompareRequest, messages: (String) -> Void) throws -> CompareSummary {
  let first = try ClassMap(
    path: request.firstPath, period: request.firstPeriod, minimumBin: request.minimumBin, option: "--first-period",
    messages: messages)
  let second = try ClassMap(
    path: request.secondPath, period: request.secondPeriod, minimumBin: request.minimumBin, option: "--second-period",
    messages: messages)
  guard first.sizeMetres == second.sizeMetres else {
    throw Problem(
      "\(request.firstPath) has cells of \(first.sizeMetres) m, \(request.secondPath) of \(second.sizeMetres) m",
      remedy: "compare maps of one level of the grid")
  }
  let comparison = MapComparison(
    first.classes, second.classes, halvingSteps: request.halvingMetres / Double(first.sizeMetres),
    permutations: request.permutations, seed: request.seed)
  guard comparison.cells > 0 else {
    throw Problem("the two maps have no cell in common", remedy: "compare maps of one region")
  }
  let changes = HotspotChanges(earlier: first.hot, later: second.hot, reachMetres: request.reachMetres)
  if let path = request.changesPath { try write(changes, to: path) }
  func count(_ fate: HotspotChanges.Fate) -> Int { changes.rows.count { $0.fate == fate } }
  return CompareSummary(
    first: first.name, second: second.name, cells: comparison.cells, onlyFirst: comparison.onlyFirst,
    onlySecond: comparison.onlySecond, hotFirst: first.hot.count, hotSecond: second.hot.count,
    agreement: comparison.agreement, cohensKappa: comparison.cohensKappa, jaccard: comparison.jaccard,
    similarity: comparison.similarity, expectedSimilarity: comparison.expected,
    expectedStandardError: comparison.expectedStandardError, fuzzyKappa: comparison.fuzzyKappa, stayed: count(.stayed),
    moved: count(.moved), vanished: count(.vanished), appeared: count(.appeared))
}

/// One period of a hot or alarm file as classes: 1 hot, -1 cold, 0 neither.
private struct ClassMap {
  let name: String
  let sizeMetres: Int32
  let classes: [(cell: CellID, category: Int)]
  var hot: [CellID] { classes.filter { $0.category > 0 }.map(\.cell) }

  init(path: String, period: Period?, minimumBin: Int, option: String, messages: (String) -> Void) throws {
    let read = try HotCellsFile.read(path: path, options: fileVerbOptions)
    describe(read.rejects, of: path, messages)
    let periods = Set(read.value.map(\.period))
    guard period != nil || periods.count <= 1 else {
      let some = periods.compactMap { $0?.description }.sorted().prefix(5).joined(separator: ", ")
      throw Problem(
        "\(path) holds \(periods.count) periods", remedy: "name one with \(option): \(some)", exitStatus: .usage)
    }
    let rows = read.value.filter { period == nil || $0.period == period }.sorted { $0.cell < $1.cell }
    guard let size = rows.first?.cell.sizeMetres else {
      throw Problem(
        "\(path) has no cell\(period.map { " of \($0)" } ?? "")", remedy: "give a file of hotgrid detect")
    }
    guard rows.last?.cell.sizeMetres == size else {
      throw Problem("\(path) has cells of several sizes", remedy: "give a file of one level of the grid")
    }
    sizeMetres = size
    name =
      (path.split(separator: "/").last.map(String.init) ?? path) + ((period ?? rows[0].period).map { " \($0)" } ?? "")
    classes = rows.map { row in
      let category: Int =
        if let bin = row.bin {
          bin >= minimumBin ? 1 : bin <= -minimumBin ? -1 : 0
        } else {
          row.classification.isEmpty ? 0 : 1
        }
      return (row.cell, category)
    }
  }
}

private func write(_ changes: HotspotChanges, to path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write("change,earlier_cells,later_cells,distance_metres,earlier_first_cell,later_first_cell\n")
  for row in changes.rows {
    var line = CSVLine()
    line.add(row.fate.rawValue)
    line.add(row.earlier?.cells.count ?? 0)
    line.add(row.later?.cells.count ?? 0)
    line.add(row.distanceMetres)
    line.add(row.earlier?.cells.first?.description ?? "")
    line.add(row.later?.cells.first?.description ?? "")
    try file.write(line.end())
  }
  try file.commit()
}
