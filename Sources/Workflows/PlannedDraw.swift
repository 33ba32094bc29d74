public import Diagnostics
internal import Digests
internal import Export
internal import Ingest
public import Sampling

/// What a draw by a plan did, for people and for `--json`.
public struct PlannedDrawSummary: Sendable, Codable {
  /// Units of the frame, drawn or not.
  public let units: Int
  /// Units of the scored draw that were asked for; expected ones for Poisson.
  public let size: Int
  /// As given: with the frame and the plan it repeats the draw.
  public let seed: String
  /// The rules in force; see ``DrawPlan/version``.
  public let version: String
  /// Units drawn by both arms together.
  public let drawn: Int
  /// Units drawn by score, which the random arm may have drawn too.
  public let scored: Int
  /// Units of the random arm, those drawn by score too among them; 0 without one.
  public let random: Int
  /// Units that both arms drew and that are visited once.
  public let both: Int
  /// Replacement units, in no arm, that stand in when a drawn one cannot be visited.
  public let reserve: Int
  /// Units with π = 1.
  public let certain: Int
  /// Least π of the scored draw, 0...1.
  public let smallestProbability: Double
  /// Voronoi balance index of the scored draw; `nil` when the frame has no positions.
  public let balance: Double?
  /// Expected and drawn units of the scored draw, by group, for every column with a quota.
  public let groups: [GroupSummary]

  /// One group of a column with a quota; JSON as the names stand.
  public struct GroupSummary: Sendable, Codable {
    /// The column, then the group, such as `county 130102`.
    public let group: String
    /// Units of the frame in the group.
    public let units: Int
    /// Sum of their π in the scored draw.
    public let expected: Double
    /// Units of the group drawn by score.
    public let drawn: Int
  }

  enum CodingKeys: String, CodingKey {
    case units, size, seed, version, drawn, scored, random, both, reserve, certain, balance, groups
    case smallestProbability = "smallest_probability"
  }
}

/// `draw` with a plan: a frame file in, a drawn file with arms and reserves out.
public func drawPlanned(
  framePath: String, outPath: String, plan: DrawPlan, seed: String
) throws -> PlannedDrawSummary {
  let frame = try readFrame(path: framePath)
  let result = try frame.draw(plan: plan, seed: seed)
  try DrawnOutput.write(result, path: outPath)
  return summary(of: result, frame: frame)
}

func summary(of result: DrawResult, frame: Frame) -> PlannedDrawSummary {
  let columns = FrameColumn.allCases.filter { column in result.plan.quotas.contains { $0.column == column } }
  var groups: [PlannedDrawSummary.GroupSummary] = []
  for column in columns {
    var byName: [String: (units: Int, expected: Double, drawn: Int)] = [:]
    for (unit, outcome) in zip(frame.units, result.units) where !unit.group(in: column).isEmpty {
      var sums = byName[unit.group(in: column)] ?? (0, 0, 0)
      sums.units += 1
      sums.expected += outcome.inclusionProbability
      sums.drawn += outcome.isScored ? 1 : 0
      byName[unit.group(in: column)] = sums
    }
    groups += byName.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
      .init(
        group: "\(column.rawValue) \($0.key)", units: $0.value.units, expected: $0.value.expected,
        drawn: $0.value.drawn)
    }
  }
  return PlannedDrawSummary(
    units: result.units.count, size: result.size, seed: result.seed, version: result.plan.version,
    drawn: result.units.count(where: \.isDrawn), scored: result.units.count(where: \.isScored),
    random: result.units.count(where: \.isRandom), both: result.units.count { $0.isScored && $0.isRandom },
    reserve: result.units.count { $0.reservePlace != nil },
    certain: result.units.count { $0.inclusionProbability == 1 },
    smallestProbability: result.units.map(\.inclusionProbability).min() ?? 0, balance: result.balance, groups: groups)
}

/// `draw verify` with a plan. - Returns: Units and drawn units.
/// - Throws: A `Problem` that names the first difference.
public func verifyPlannedDraw(
  framePath: String, drawnPath: String, plan: DrawPlan, seed: String
) throws -> (units: Int, drawn: Int) {
  let frame = try readFrame(path: framePath)
  let read = try readOutcomes(path: drawnPath)
  if let difference = try DrawVerification.firstDifference(frame: frame, outcomes: read, plan: plan, seed: seed) {
    throw Problem(
      "the draw does not verify: \(difference)", at: SourcePlace(file: drawnPath),
      remedy: "check that frame, seed and plan are those of the draw; if they are, the file was changed")
  }
  return (read.count, read.count(where: \.isDrawn))
}

/// `draw simulate`: repeats a draw many times and compares frequencies with the stated probabilities.
///
/// - Parameter outPath: Where one line per unit goes; `nil` for nowhere.
public func simulateDraw(
  framePath: String, plan: DrawPlan, seed: String, draws: Int, outPath: String?, threads: Int
) throws -> DrawFrequencies {
  guard draws >= DrawFrequencies.batches, draws.isMultiple(of: DrawFrequencies.batches) else {
    throw Problem(
      "--draws \(draws) is not a multiple of \(DrawFrequencies.batches)", remedy: "give such as 40000",
      exitStatus: .usage)
  }
  let frame = try readFrame(path: framePath)
  let frequencies = try frame.frequencies(plan: plan, seed: seed, draws: draws, threads: threads)
  if let outPath {
    var file = try OutputFile(path: outPath)
    try file.write("id,inclusion_probability,frequency,z\n")
    for unit in frequencies.units {
      var line = CSVLine()
      line.add(unit.id)
      line.add(unit.inclusionProbability)
      line.add(unit.frequency)
      line.add(unit.z)
      try file.write(line.end())
    }
    try file.commit()
  }
  return frequencies
}

extension DrawnOutput {
  /// Writes every unit with arms, pools and reserves, in canonical order; a plain draw as the four columns it always had.
  public static func write(_ result: DrawResult, path: String) throws(Problem) {
    guard !result.plan.isPlain else { return try write(result.units.map(\.unit), path: path) }
    var file = try OutputFile(path: path)
    try file.write(columns + ",arm,random_ticket,combined_probability,pool,reserve\n")
    for unit in result.units {
      var line = CSVLine()
      line.add(unit.id)
      line.add(unit.inclusionProbability)
      line.add(unit.ticket.hex)
      line.add(unit.isDrawn ? 1 : 0)
      line.add(unit.arm)
      line.add(unit.randomTicket?.hex ?? "")
      line.add(unit.combinedProbability)
      line.add(unit.pool)
      line.add(unit.reservePlace)
      try file.write(line.end())
    }
    try file.commit()
  }
}
