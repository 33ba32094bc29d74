public import Evidence

/// How leads become points.
public struct ScorePolicy: Hashable, Sendable, Codable {
  /// The parts in the order in which they are added.
  public var parts = ScoreWeight.standard
  /// A hot cell without an alarm becomes a target of its own when no firm of the frame stands within so many metres.
  public var emptyCellMetres = 0.0

  public init() {}

  enum CodingKeys: String, CodingKey {
    case parts
    case emptyCellMetres = "empty_cell_metres"
  }

  /// The farthest any part looks from a cell, metres.
  public var largestReachMetres: Double { parts.map(\.reachMetres).max() ?? 0 }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(emptyCellMetres >= 0 && emptyCellMetres <= 20_000) {
      result.append(("empty_cell_metres", "\(emptyCellMetres) is not between 0 and 20000"))
    }
    var seen: Set<String> = []
    for (slot, part) in parts.enumerated() {
      let key = "parts[\(slot + 1)]"
      if part.name != ScoreWeight.base && part.kind == nil {
        let known = [ScoreWeight.base] + LeadKind.allCases.map(\.rawValue)
        result.append(("\(key).part", "no part \"\(part.name)\"; known are \(known.joined(separator: ", "))"))
      }
      if !seen.insert(part.name).inserted { result.append(("\(key).part", "\"\(part.name)\" occurs twice")) }
      if !(part.weight >= 0 && part.weight <= 1e6) {
        result.append(("\(key).weight", "\(part.weight) is not between 0 and 1000000"))
      }
      if !(part.cap >= part.weight && part.cap <= 1e6) {
        result.append(("\(key).cap", "\(part.cap) is not between the weight \(part.weight) and 1000000"))
      }
      if !(part.reachMetres >= 0 && part.reachMetres <= 20_000) {
        result.append(("\(key).reach_metres", "\(part.reachMetres) is not between 0 and 20000"))
      }
    }
    if !(parts.first { $0.name == ScoreWeight.base }.map { $0.weight > 0 } ?? false) {
      result.append(("parts", "there is no part \"base\" with a weight above 0, so some firms could never be drawn"))
    }
    return result
  }
}

/// One part of the score: points for one kind of lead.
public struct ScoreWeight: Hashable, Sendable, Codable {
  /// `base`, or the raw value of a ``LeadKind``.
  public var name: String
  /// Points of one lead of full strength, told of its own cell, firm or meter.
  public var weight: Double
  /// Most points the part can give, however many leads there are.
  public var cap: Double
  /// How far from a cell its leads reach firms, metres; points fall linearly from the cell's edge to there.
  public var reachMetres: Double

  public init(_ name: String, weight: Double, cap: Double, reachMetres: Double = 0) {
    self.name = name
    self.weight = weight
    self.cap = cap
    self.reachMetres = reachMetres
  }

  /// The part that every target has.
  public static let base = "base"

  public var kind: LeadKind? { LeadKind(rawValue: name) }

  enum CodingKeys: String, CodingKey {
    case weight, cap
    case name = "part"
    case reachMetres = "reach_metres"
  }

  /// The reach may be left out: a part then stays in its own cell.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    weight = try values.decode(Double.self, forKey: .weight)
    cap = try values.decode(Double.self, forKey: .cap)
    reachMetres = try values.decodeIfPresent(Double.self, forKey: .reachMetres) ?? 0
  }

  /// See `grids/policy.yml` for the reasons.
  public static let standard = [
    ScoreWeight(base, weight: 1, cap: 1),
    ScoreWeight("local-outlier", weight: 6, cap: 8, reachMetres: 1500),
    ScoreWeight("hotspot", weight: 2, cap: 3),
    ScoreWeight("city-top", weight: 2, cap: 3),
    ScoreWeight("monthly-list", weight: 3, cap: 4),
    ScoreWeight("stop-order-load", weight: 12, cap: 15),
    ScoreWeight("treatment-off", weight: 10, cap: 12),
    ScoreWeight("unregistered-load", weight: 12, cap: 15),
    ScoreWeight("complaints", weight: 4, cap: 6),
    ScoreWeight("fires", weight: 3, cap: 4, reachMetres: 1000),
  ]
}
