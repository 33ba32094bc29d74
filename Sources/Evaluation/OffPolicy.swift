internal import Threads

/// One target on one day as another policy would have drawn it.
public struct LoggedUnit: Hashable, Sendable {
  /// Of inclusion in the draw that was made; 0 when it could not be drawn.
  public var probability: Double
  /// Of inclusion under the other policy, 0...1.
  public var otherProbability: Double
  /// 1 or 0 for a find, or a severity; `nil` when it was not visited.
  public var outcome: Double?
  /// What the outcome model may know; the same number of features for all units.
  public var features: [Double]
  /// Number of its block, from 0.
  public var block: Int

  public init(probability: Double, otherProbability: Double, outcome: Double?, features: [Double], block: Int) {
    self.probability = probability
    self.otherProbability = otherProbability
    self.outcome = outcome
    self.features = features
    self.block = block
  }
}

/// When there is too little support to say anything.
public struct SupportLimits: Hashable, Sendable {
  /// Least effective number of visits, (Σw)²/Σw².
  public var effectiveVisits = 30.0
  /// Least share of the visits that is effective.
  public var effectiveShare = 0.05
  /// Largest share of Σw that one visit may have.
  public var largestShare = 0.2

  public init() {}
}

/// What visits under another policy would have found, per visit.
public struct OffPolicyValue: Hashable, Sendable, Codable {
  /// What the draws that were made found per visit.
  public let logged: Estimate
  /// Σ (π'/π) y over Σπ': unbiased.
  public let inversePropensity: Estimate
  /// Σ (π'/π) y over Σ π'/π: less variable, a little biased (Swaminathan & Joachims 2015).
  public let selfNormalised: Estimate
  /// (Σ π' m + Σ (π'/π)(y - m)) over Σπ', with m from folds that do not hold the unit (Dudík, Langford & Li 2011).
  public let doublyRobust: Estimate
  /// The doubly robust value less `logged`.
  public let difference: Estimate
  /// Visits with an outcome that the estimates rest on.
  public let visits: Int
  /// Σπ': visits the other policy would have made.
  public let otherVisits: Double
  /// (Σw)²/Σw² with w = π'/π: so many visits of equal weight say as much.
  public let effectiveVisits: Double
  /// The largest π'/π of one visit.
  public let largestWeight: Double

  enum CodingKeys: String, CodingKey {
    case logged, difference, visits
    case inversePropensity = "ips"
    case selfNormalised = "snips"
    case doublyRobust = "dr"
    case otherVisits = "other_visits"
    case effectiveVisits = "effective_visits"
    case largestWeight = "largest_weight"
  }
}

/// Estimates what another policy would have found from draws whose probabilities are known.
///
/// The sums run over all targets of all frames, visited or not: Σ over the drawn of (π'/π) y estimates Σπ'y without
/// bias, whatever outcomes are. The outcome model is a ridge regression, logistic when outcomes are 0 or 1, cross-fitted
/// over folds of blocks; if it is poor the estimate stays unbiased and is only less sharp. Intervals: percentile
/// bootstrap over blocks, the model held fixed.
///
/// - Parameter units: Every target of every frame.
/// - Throws: ``EvaluationProblem/thinSupport(_:)`` with the numbers when a target that the other policy could visit could
///   not be drawn, or when the weights leave too few effective visits.
public func offPolicyValue(
  _ units: [LoggedUnit], limits: SupportLimits = SupportLimits(), folds: Int = 5,
  options: BootstrapOptions = BootstrapOptions()
) throws(EvaluationProblem) -> OffPolicyValue {
  let otherVisits = units.reduce(0) { $0 + $1.otherProbability }
  let unsupported = units.filter { $0.probability <= 0 && $0.otherProbability > 0 }
  guard unsupported.isEmpty else {
    let lost = unsupported.reduce(0) { $0 + $1.otherProbability }
    throw .thinSupport(
      "\(unsupported.count) targets that the other policy could visit (\(lost) of its \(otherVisits) visits) had no chance "
        + "of being drawn, so nothing is known of them")
  }
  let drawn = units.filter { $0.outcome != nil }
  guard drawn.count >= 2 else { throw .tooLittle("\(drawn.count) visits are too few to evaluate a policy") }
  let weights = drawn.map { $0.otherProbability / $0.probability }
  let total = weights.reduce(0, +)
  let effective = total > 0 ? total * total / weights.reduce(0) { $0 + $1 * $1 } : 0
  let largest = weights.max() ?? 0
  guard
    effective >= limits.effectiveVisits, effective >= limits.effectiveShare * Double(drawn.count),
    largest <= limits.largestShare * total
  else {
    throw .thinSupport(
      "the draws hardly ever went where the other policy would go: \(drawn.count) visits are worth \(rounded(effective)) "
        + "(at least \(limits.effectiveVisits) and \(rounded(limits.effectiveShare * 100)) % of them are needed), the largest "
        + "weight is \(rounded(largest)), \(rounded(total > 0 ? largest / total * 100 : 0)) % of all "
        + "(at most \(rounded(limits.largestShare * 100)) %)")
  }
  let expected = crossFitted(units, folds: folds, options: options)
  // Per block: Σwy, Σw, Σπ'm + Σw(y-m), Σπ', Σy, visits.
  let width = 6
  var sums = [Double](repeating: 0, count: width * ((units.map(\.block).max() ?? 0) + 1))
  for (unit, expected) in zip(units, expected) {
    let start = width * unit.block
    sums[start + 2] += unit.otherProbability * expected
    sums[start + 3] += unit.otherProbability
    guard let outcome = unit.outcome else { continue }
    let weight = unit.otherProbability / unit.probability
    sums[start] += weight * outcome
    sums[start + 1] += weight
    sums[start + 2] += weight * (outcome - expected)
    sums[start + 4] += outcome
    sums[start + 5] += 1
  }
  var all = [Double](repeating: 0, count: width)
  for k in sums.indices { all[k % width] += sums[k] }
  let replicates = BlockBootstrap.replicateSums(sums, width: width, options: options)
  func estimate(_ body: ([Double]) -> Double) -> Estimate {
    let value = body(all)
    return BlockBootstrap.estimate(
      value, replicates: replicates.map { body($0) }.map { $0.isFinite ? $0 : nil }, level: options.level)
      ?? Estimate(value)
  }
  return OffPolicyValue(
    logged: estimate { $0[4] / $0[5] }, inversePropensity: estimate { $0[0] / $0[3] },
    selfNormalised: estimate { $0[0] / $0[1] }, doublyRobust: estimate { $0[2] / $0[3] },
    difference: estimate { $0[2] / $0[3] - $0[4] / $0[5] }, visits: drawn.count, otherVisits: otherVisits,
    effectiveVisits: effective, largestWeight: largest)
}

/// What is expected of each unit by a model that saw neither it nor its block.
private func crossFitted(_ units: [LoggedUnit], folds: Int, options: BootstrapOptions) -> [Double] {
  let fold = Folds.assign(groups: units.map(\.block), folds: folds, seed: options.seed)
  let isBinary = units.allSatisfy { $0.outcome == nil || $0.outcome == 0 || $0.outcome == 1 }
  let featureCount = units.first?.features.count ?? 0
  let fits = mapConcurrently(folds, threads: options.threads) { left in
    var rows = RegressionRows(featureCount: featureCount)
    for (unit, fold) in zip(units, fold) where fold != left {
      if let outcome = unit.outcome { rows.append(unit.features, target: outcome) }
    }
    return rows.count == 0
      ? nil : RegressionFit(rows, link: isBinary ? .logistic : .identity, ridge: 1e-3, isNonNegative: false)
  }
  return units.indices.map { fits[fold[$0]]?.expected(units[$0].features) ?? 0 }
}

private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
