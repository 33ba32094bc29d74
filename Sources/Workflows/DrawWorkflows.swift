public import Diagnostics
internal import Digests
internal import Export
public import Sampling

/// What `draw` did, for people and for `--json`.
public struct DrawSummary: Sendable, Codable {
  /// Units of the frame, drawn or not.
  public let units: Int
  /// Units drawn; the draw has a fixed size.
  public let size: Int
  /// As given: with the frame it repeats the draw.
  public let seed: String
  /// Least inclusion probability asked for, 0...1; 0 for none.
  public let floor: Double
  /// The rule; see ``Frame/drawVersion``.
  public let version: String
  /// Units with π = 1.
  public let certain: Int
  /// Least π of any unit, 0...1; the weight of a visit is at most its inverse.
  public let smallestProbability: Double
  /// Units drawn per stratum, where the frame has strata.
  public let strata: [String: Int]

  enum CodingKeys: String, CodingKey {
    case units, size, seed, floor, version, certain, strata
    case smallestProbability = "smallest_probability"
  }
}

/// `draw`: a frame file in, a drawn file out.
public func drawFrame(
  framePath: String, outPath: String, size: Int, seed: String, floor: Double
) throws -> DrawSummary {
  let frame = try readFrame(path: framePath)
  let drawn = try frame.draw(size: size, seed: seed, floor: floor)
  try DrawnOutput.write(drawn, path: outPath)
  var strata: [String: Int] = [:]
  for (unit, row) in zip(frame.units, drawn) where row.isDrawn && !unit.stratum.isEmpty {
    strata[unit.stratum, default: 0] += 1
  }
  return DrawSummary(
    units: drawn.count, size: size, seed: seed, floor: floor, version: Frame.drawVersion,
    certain: drawn.count { $0.inclusionProbability == 1 },
    smallestProbability: drawn.map(\.inclusionProbability).min() ?? 0, strata: strata)
}

/// `draw verify`: recomputes a drawn file.
///
/// - Parameter seed: `nil` believes the tickets in the file.
/// - Returns: Units and drawn units. - Throws: A `Problem` that names the first difference.
public func verifyDraw(
  framePath: String, drawnPath: String, seed: String?, floor: Double
) throws -> (units: Int, drawn: Int) {
  let frame = try readFrame(path: framePath)
  let drawn = try readDrawn(path: drawnPath)
  if let difference = try DrawVerification.firstDifference(frame: frame, drawn: drawn, seed: seed, floor: floor) {
    throw Problem(
      "the draw does not verify: \(difference)", at: SourcePlace(file: drawnPath),
      remedy: "check that frame, seed and --floor are those of the draw; if they are, the file was changed")
  }
  return (drawn.count, drawn.count(where: \.isDrawn))
}

/// Writes drawn files.
public enum DrawnOutput {
  static let columns = "id,inclusion_probability,ticket,drawn"

  /// Writes every unit of the frame, drawn or not, in canonical order.
  public static func write(_ units: [DrawnUnit], path: String) throws(Problem) {
    var file = try OutputFile(path: path)
    try file.write(columns + "\n")
    for unit in units {
      var line = CSVLine()
      line.add(unit.id)
      line.add(unit.inclusionProbability)
      line.add(unit.ticket.hex)
      line.add(unit.isDrawn ? 1 : 0)
      try file.write(line.end())
    }
    try file.commit()
  }
}
