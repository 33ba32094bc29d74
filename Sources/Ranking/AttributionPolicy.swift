public import Evidence

/// What the daily job attributes to firms by wind.
public struct AttributionPolicy: Hashable, Sendable, Codable {
  /// `false` makes no lead of kind `likely-source`.
  public var enabled = true
  /// Days of hourly values and wind that end with the evidence day.
  public var evidenceDays = AttributionRules().evidenceDays
  /// Places that are attributed at most, those that stand out most first.
  public var mostAnomalies = 150
  /// Least calibrated probability that a firm explains half of an excess for a lead.
  public var leadProbability = AttributionRules().leadProbability
  /// Of the wind ensemble and the sampler.
  public var seed: UInt64 = 1
  /// Every other number of attribution; ``rules`` puts ``evidenceDays`` and ``leadProbability`` in.
  public var constants = AttributionRules()

  /// The defaults of `grids/policy.yml`.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case enabled, seed
    case evidenceDays = "evidence_days"
    case mostAnomalies = "most_anomalies"
    case leadProbability = "lead_probability"
    case constants = "rules"
  }

  /// The rules of attribution with these numbers in them.
  public var rules: AttributionRules {
    var rules = constants
    rules.evidenceDays = evidenceDays
    rules.leadProbability = leadProbability
    return rules
  }

  var defects: [(key: String, problem: String)] {
    var result = constants.defects.map { (key: "rules.\($0.key)", problem: $0.problem) }
    if !(2...21).contains(evidenceDays) { result.append(("evidence_days", "\(evidenceDays) is not between 2 and 21")) }
    if !(1...10_000).contains(mostAnomalies) {
      result.append(("most_anomalies", "\(mostAnomalies) is not between 1 and 10000"))
    }
    if !(leadProbability > 0 && leadProbability < 1) {
      result.append(("lead_probability", "\(leadProbability) is not a probability"))
    }
    return result
  }
}
