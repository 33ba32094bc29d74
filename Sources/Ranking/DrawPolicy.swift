public import Sampling

/// How many targets are drawn, how safe from the draw anybody may be, and what quotas the draw keeps.
public struct DrawPolicy: Hashable, Sendable, Codable {
  /// What the frame names as stratum of a target.
  public enum Strata: String, Hashable, Sendable, Codable, CaseIterable {
    case city, none
  }

  /// What replacements are kept apart by.
  public enum ReserveGroup: String, Hashable, Sendable, Codable, CaseIterable {
    case stratum, county, city, none
    case unitClass = "class"
  }

  /// Targets a day.
  public var targets = 300
  /// Whether the number of targets is the sum of the quotas' minima instead of `targets`.
  public var takesSizeFromQuotas = false
  /// Least inclusion probability of every target: nobody is safe, and the draw can estimate a rate.
  public var floorProbability = 0.002
  /// Greatest inclusion probability of every target; 1 for none.
  public var capProbability = 1.0
  /// What the frame names as stratum.
  public var strata = Strata.city
  /// How targets are chosen once their probabilities are known.
  public var method = DrawMethod.pareto
  /// Quotas in their text form, such as `county:*,max=10`; see ``Quota``.
  public var quotas: [String] = []
  /// What quotas by inspector count; 0 when there are none.
  public var inspectors = 0
  /// Targets drawn uniformly besides, to evaluate the scored draw by.
  public var randomTargets = 0
  /// Replacement targets in order, for each group of `reservePer`.
  public var reserve = 0
  /// `none` keeps one reserve for the whole frame.
  public var reservePer = ReserveGroup.none
  /// Most visits of one firm in a calendar year; a firm that had them is not in the frame. 0 for no cap.
  public var visitsPerYear = 0

  public init() {}

  enum CodingKeys: String, CodingKey {
    case targets, strata, method, quotas, inspectors, reserve
    case takesSizeFromQuotas = "size_from_quotas"
    case floorProbability = "floor_probability"
    case capProbability = "cap_probability"
    case randomTargets = "random_targets"
    case reservePer = "reserve_per"
    case visitsPerYear = "visits_per_year"
  }

  /// The plan of a draw by this policy.
  ///
  /// - Parameters:
  ///   - size: Targets to draw; `nil` takes those of the policy, or the sum of the quotas' minima where it says so.
  ///   - floor: For frames that carry no minimum probabilities of their own; ``FrameBuilding`` gives them.
  public func plan(size: Int? = nil, floor: Double = 0) -> DrawPlan {
    var plan = DrawPlan(size: size ?? (takesSizeFromQuotas ? nil : targets), method: method, floor: floor)
    plan.cap = capProbability
    plan.quotas = quotas.compactMap { Quota(text: $0) }
    plan.inspectors = inspectors > 0 ? inspectors : nil
    plan.randomUnits = randomTargets
    plan.reserve = reserve
    plan.reserveColumn = FrameColumn(rawValue: reservePer.rawValue)
    return plan
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(1...100_000).contains(targets) { result.append(("targets", "\(targets) is not between 1 and 100000")) }
    if !(floorProbability >= 0 && floorProbability < 1) {
      result.append(("floor_probability", "\(floorProbability) is not a probability below 1"))
    }
    if !(capProbability > 0 && capProbability <= 1 && capProbability >= floorProbability) {
      result.append(("cap_probability", "\(capProbability) is not a probability at or above the floor"))
    }
    for (place, text) in quotas.enumerated() where Quota(text: text) == nil {
      result.append(("quotas[\(place + 1)]", "\"\(text)\" is not a quota such as class:key,min=25%,exact"))
    }
    for (key, number) in [
      ("visits_per_year", visitsPerYear), ("inspectors", inspectors), ("random_targets", randomTargets),
      ("reserve", reserve),
    ]
    where !(0...100_000).contains(number) {
      result.append((key, "\(number) is not between 0 and 100000"))
    }
    return result
  }
}
