/// Who is visited how often, and whether the finds bear it out: flagged, not judged.
public struct Burden: Hashable, Sendable, Codable {
  /// County code, or class of targets.
  public let group: String
  /// Targets of the frame, once per draw.
  public let targets: Int
  /// Visits that the draw's probabilities lead one to expect.
  public let expectedVisits: Double
  /// Units with an outcome; a drawn one nobody visited is not among them.
  public let visits: Int
  /// Visits that found at least one problem.
  public let finds: Int
  /// Visits per target, with Wilson's interval.
  public let inspectionRate: Estimate
  /// Finds per visit, with Wilson's interval; `nil` without visits.
  public let hitRate: Estimate?
  /// The inspection rate over that of all targets; 1 is average.
  public let burdenRatio: Double
  /// What a reader should look into; `nil` when nothing stands out.
  public let flag: String?

  enum CodingKeys: String, CodingKey {
    case group, targets, visits, finds, flag
    case expectedVisits = "expected_visits"
    case inspectionRate = "inspection_rate"
    case hitRate = "hit_rate"
    case burdenRatio = "burden_ratio"
  }

  /// One target of one draw.
  public struct Unit: Hashable, Sendable {
    /// County code, or class of targets.
    public var group: String
    /// Of inclusion in its draw, 0...1.
    public var probability: Double
    /// `nil` when it was not visited.
    public var found: Bool?

    public init(group: String, probability: Double, found: Bool?) {
      self.group = group
      self.probability = probability
      self.found = found
    }
  }

  /// Groups whose rate lies, with its whole interval, beyond these multiples of the average are looked at: 0.8 is the
  /// four-fifths rule of the United States' guidelines on employee selection (1978), taken as a yardstick only.
  public static let evenHanded = 0.8...1.25

  /// One row per group, by its name.
  ///
  /// Flagged is a group that is visited clearly more than average while its hit rate is not clearly higher than that of
  /// the others, and one that is visited clearly less while its hit rate is clearly higher.
  public static func table(_ units: [Unit]) -> [Burden] {
    let visits = units.count { $0.found != nil }
    guard visits > 0 else { return [] }
    let average = Double(visits) / Double(units.count)
    let hitRate = Double(units.count { $0.found == true }) / Double(visits)
    let groups = Dictionary(grouping: units, by: \.group)
    return groups.keys.sorted().compactMap { name in
      let own = groups[name] ?? []
      let visited = own.count { $0.found != nil }
      let finds = own.count { $0.found == true }
      guard let rate = Estimate.wilson(visited, of: own.count) else { return nil }
      let hits = Estimate.wilson(finds, of: visited)
      var flag: String?
      if let lower = rate.lower, lower > evenHanded.upperBound * average, (hits?.lower ?? 0) <= hitRate {
        flag = "visited more, not clearly more found"
      } else if let upper = rate.upper, upper < evenHanded.lowerBound * average, (hits?.lower ?? 0) > hitRate {
        flag = "visited less, more found"
      }
      return Burden(
        group: name, targets: own.count, expectedVisits: own.reduce(0) { $0 + $1.probability }, visits: visited,
        finds: finds, inspectionRate: rate, hitRate: hits, burdenRatio: rate.value / average, flag: flag)
    }
  }
}
