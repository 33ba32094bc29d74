public import Hotspots

/// Which clusters in space and time are looked for, and how far.
public struct ScanPolicy: Hashable, Sendable, Codable {
  /// Replicates of the permutation scan of complaints; 0 leaves it out.
  public var complaintReplicates = 999
  /// Replicates of the normal scan of what the satellite sees above its background; 0 leaves it out.
  public var fieldReplicates = 0
  /// Days of the satellite in the scan of its field.
  public var fieldDays = 14
  /// From the centre of a circle to its farthest cell, metres.
  public var maximumRadiusMetres = 15_000.0
  /// Days of a cluster, which ends on the evidence day.
  public var maximumDays = 7
  /// Seed of the replicates.
  public var seed: UInt64 = 1

  public init() {}

  enum CodingKeys: String, CodingKey {
    case seed
    case complaintReplicates = "complaint_replicates"
    case fieldReplicates = "field_replicates"
    case fieldDays = "field_days"
    case maximumRadiusMetres = "maximum_radius_metres"
    case maximumDays = "maximum_days"
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    for (key, value) in [
      (CodingKeys.complaintReplicates, complaintReplicates), (.fieldReplicates, fieldReplicates),
    ] where value != 0 && !(19...9_999).contains(value) {
      result.append((key.rawValue, "\(value) is neither 0 nor between 19 and 9999"))
    }
    if !(2...60).contains(fieldDays) {
      result.append((CodingKeys.fieldDays.rawValue, "\(fieldDays) is not between 2 and 60"))
    }
    if !(maximumRadiusMetres >= 0 && maximumRadiusMetres <= 100_000) {
      result.append((CodingKeys.maximumRadiusMetres.rawValue, "\(maximumRadiusMetres) is not between 0 and 100000"))
    }
    if !(1...60).contains(maximumDays) {
      result.append((CodingKeys.maximumDays.rawValue, "\(maximumDays) is not between 1 and 60"))
    }
    return result
  }
}

/// In which share of the fields that could be true a hot cell must be looked at: P(hot) of fields with error variances.
public struct ProbabilityPolicy: Hashable, Sendable, Codable {
  /// Simulated fields a day; 0 leaves P(hot) out.
  public var simulations = 200
  /// Distance at which errors have all but nothing in common, metres; 0 for independent ones.
  public var errorRangeMetres = 7_000.0
  /// Seed of the simulations.
  public var seed: UInt64 = 1

  public init() {}

  enum CodingKeys: String, CodingKey {
    case simulations, seed
    case errorRangeMetres = "error_range_metres"
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if simulations != 0, !(20...10_000).contains(simulations) {
      result.append((CodingKeys.simulations.rawValue, "\(simulations) is neither 0 nor between 20 and 10000"))
    }
    if !(errorRangeMetres >= 0 && errorRangeMetres <= 200_000) {
      result.append((CodingKeys.errorRangeMetres.rawValue, "\(errorRangeMetres) is not between 0 and 200000"))
    }
    return result
  }
}

/// When the monthly lists name a cell often enough.
public struct StrikePolicy: Hashable, Sendable, Codable {
  /// Whether the lists of the last months are made again and counted.
  public var enabled = true
  /// Alerts in consecutive months.
  public var running = 3
  /// Alerts within `windowMonths`.
  public var within = 6
  /// Months that count for `within`, the last one included.
  public var windowMonths = 12

  public init() {}

  enum CodingKeys: String, CodingKey {
    case enabled, running, within
    case windowMonths = "window_months"
  }

  /// The rule that these numbers make.
  public var rule: StrikeRule {
    var rule = StrikeRule()
    (rule.running, rule.within, rule.windowMonths) = (running, within, windowMonths)
    return rule
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(1...24).contains(windowMonths) {
      result.append((CodingKeys.windowMonths.rawValue, "\(windowMonths) is not between 1 and 24"))
    }
    for (key, value) in [(CodingKeys.running, running), (.within, within)] where !(1...24).contains(value) {
      result.append((key.rawValue, "\(value) is not between 1 and 24"))
    }
    return result
  }
}
