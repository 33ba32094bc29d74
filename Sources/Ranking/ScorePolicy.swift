public import Evidence
public import Inspections

/// How leads, visits and stakes become points.
public struct ScorePolicy: Hashable, Sendable, Codable {
  /// The parts in the order in which they are added.
  public var parts = ScoreWeight.standard
  /// A hot cell without an alarm becomes a target of its own when no firm of the frame stands within so many metres.
  public var emptyCellMetres = 0.0
  /// What the last visit takes off and what time gives back.
  public var visits = VisitPolicy()
  /// What is at stake, as a factor on the sum of all other parts.
  public var severity = StakesPolicy()
  /// Severity of the problems that `outcomes` files name without a severity.
  public var problemSeverity = ProblemSeverity()

  public init() {}

  enum CodingKeys: String, CodingKey {
    case parts, visits, severity
    case emptyCellMetres = "empty_cell_metres"
    case problemSeverity = "problem_severity"
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
      if !ScoreWeight.named.contains(part.name) && part.kind == nil {
        let known = ScoreWeight.named + LeadKind.allCases.map(\.rawValue)
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
    result += visits.defects.map { ("visits.\($0.key)", $0.problem) }
    result += severity.defects.map { ("severity.\($0.key)", $0.problem) }
    result += problemSeverity.defects.map { ("problem_severity.\($0.key)", $0.problem) }
    return result
  }
}

/// What earlier visits do to a score.
public struct VisitPolicy: Hashable, Sendable, Codable {
  /// `days-since-visit` reaches 63 % of its weight after so many days when the last visit found nothing.
  public var cleanScaleDays = 90.0
  /// The same when the last visit found problems: those are looked at again sooner.
  public var foundScaleDays = 30.0
  /// Share of the points of its leads that a visit without finds answers on the day after it, 0..<1.
  public var answeredShare = 0.6
  /// That share falls to 37 % of itself in so many days.
  public var answeredDays = 14.0

  public init() {}

  enum CodingKeys: String, CodingKey {
    case cleanScaleDays = "clean_scale_days"
    case foundScaleDays = "found_scale_days"
    case answeredShare = "answered_share"
    case answeredDays = "answered_days"
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    for (key, days) in [
      ("clean_scale_days", cleanScaleDays), ("found_scale_days", foundScaleDays), ("answered_days", answeredDays),
    ] where !(days >= 1 && days <= 3650) {
      result.append((key, "\(days) is not between 1 and 3650"))
    }
    if !(answeredShare >= 0 && answeredShare < 1) {
      result.append(("answered_share", "\(answeredShare) is not a share below 1"))
    }
    if foundScaleDays > cleanScaleDays {
      result.append(("found_scale_days", "finds would be looked at again later than clean visits"))
    }
    return result
  }
}

/// One part of the score: points for one kind of lead, or for what visits left.
public struct ScoreWeight: Hashable, Sendable, Codable {
  /// `base`, `days-since-visit`, `open-cases`, or the raw value of a ``LeadKind``.
  public var name: String
  /// Points of one lead of full strength, told of its own cell, firm or meter; of a target never visited; of one case.
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
  /// Rises with the days since the last visit.
  public static let daysSinceVisit = "days-since-visit"
  /// Cases that were handed over and not rectified.
  public static let openCases = "open-cases"
  /// Printed after the parts of the policy: what a visit without finds takes off, not positive.
  public static let answered = "answered-by-visit"
  /// Printed last: what the stakes add.
  public static let severity = "severity"
  /// Parts of a policy that are no kind of lead.
  static let named = [base, daysSinceVisit, openCases]

  /// `nil` for parts made of no lead: base, visits and open cases.
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
    ScoreWeight(base, weight: 0.3, cap: 0.3),
    ScoreWeight("local-outlier", weight: 6, cap: 8, reachMetres: 1500),
    ScoreWeight("hotspot", weight: 0.5, cap: 1),
    ScoreWeight("city-top", weight: 0.3, cap: 0.5),
    ScoreWeight("monthly-list", weight: 1, cap: 1.5),
    ScoreWeight("stop-order-load", weight: 12, cap: 15),
    ScoreWeight("treatment-off", weight: 12, cap: 15),
    ScoreWeight("unregistered-load", weight: 12, cap: 15),
    ScoreWeight("complaints", weight: 2, cap: 3),
    ScoreWeight("fires", weight: 1, cap: 2, reachMetres: 1000),
    ScoreWeight("likely-source", weight: 8, cap: 10),
    ScoreWeight("dark-emitter", weight: 10, cap: 12),
    ScoreWeight("night-shift", weight: 6, cap: 8),
    ScoreWeight("load-vanished", weight: 8, cap: 10),
    ScoreWeight("meter-reading", weight: 15, cap: 18),
    ScoreWeight("emission-monitor", weight: 8, cap: 10),
    ScoreWeight("station-integrity", weight: 0.5, cap: 1),
    ScoreWeight("loose-coal", weight: 1, cap: 2),
    ScoreWeight("dust-fall", weight: 0.5, cap: 1),
    ScoreWeight("emerging-hotspot", weight: 0.5, cap: 1),
    ScoreWeight("scan-cluster", weight: 0.5, cap: 1),
    ScoreWeight("strike", weight: 2, cap: 3),
    ScoreWeight(daysSinceVisit, weight: 0.3, cap: 0.3),
    ScoreWeight(openCases, weight: 3, cap: 6),
  ]
}
