internal import Glibc
internal import Threads

/// Weights of the score's parts as outcomes suggest them, with what would be gained: a proposal that nobody uses until
/// a person puts it into a policy file.
public struct WeightFit: Sendable, Codable {
  /// One part of the score as learned.
  public struct Feature: Hashable, Sendable, Codable {
    /// As in `FitData.features`, such as a kind of lead.
    public let name: String
    /// Visits with the feature.
    public let visits: Int
    /// Of the regression, not negative; the interval by blocks drawn again at the chosen ridge.
    public let coefficient: Estimate
    /// Of the policy that was used; `nil` for a part it does not know.
    public let currentWeight: Double?
    /// On a base of `WeightFit.base`; see ``fitWeights(_:base:options:)``.
    public let proposedWeight: Estimate

    enum CodingKeys: String, CodingKey {
      case name, visits, coefficient
      case currentWeight = "current_weight"
      case proposedWeight = "proposed_weight"
    }
  }

  /// How one ridge did on visits that took no part in its fit.
  public struct RidgeLoss: Hashable, Sendable, Codable {
    /// λ of ``RegressionFit``.
    public let ridge: Double
    /// Mean over held-out visits: log loss, or squared error for severity.
    public let loss: Double
  }

  /// How well visits are told apart that took no part in the fit.
  public struct Quality: Hashable, Sendable, Codable {
    /// `learned weights`, `policy's score` or `plain rate`.
    public let name: String
    /// Log loss, or squared error for severity.
    public let loss: Double
    /// Of finds against visits without one, within folds; `nil` when one is missing.
    public let areaUnderCurve: Double?
    /// `nil` for severity.
    public let brier: Double?
    /// `nil` for severity; see ``Reliability/calibrationError``.
    public let calibrationError: Double?

    enum CodingKeys: String, CodingKey {
      case name, loss, brier
      case areaUnderCurve = "auc"
      case calibrationError = "ece"
    }
  }

  /// What was predicted.
  public let response: FitResponse
  /// What strengths went through first.
  public let transform: FitTransform
  /// What was kept together in folds and bootstrap.
  public let grouping: FitGrouping
  /// Rows that were learned from.
  public let visits: Int
  /// Of them, those with at least one problem.
  public let finds: Int
  /// Targets, or blocks of county-days, that folds do not cut.
  public let groups: Int
  /// Parts of which each was predicted by a fit of the others.
  public let folds: Int
  /// (Σw)²/Σw² of the weights 1/π.
  public let effectiveVisits: Double
  /// λ with the least held-out loss.
  public let ridge: Double
  /// All ridges tried, in the order given.
  public let path: [RidgeLoss]
  /// Weight of the part `base`, which proposed weights are in proportion to.
  public let base: Double
  /// Of the regression: what a visit without any lead is expected to give, on the scale of the link.
  public let intercept: Double
  /// In the order of `FitData.features`.
  public let features: [Feature]
  /// Learned weights, the policy's score, and the plain rate, all held out.
  public let qualities: [Quality]
  /// Held-out loss of the learned weights less that of the policy's score: below 0 is better; interval by groups.
  public let lossDifference: Estimate
  /// Of the learned weights, held out; `nil` for severity.
  public let reliability: Reliability?
  /// Of folds and bootstrap.
  public let seed: UInt64
  /// Of the bootstrap.
  public let replicates: Int

  enum CodingKeys: String, CodingKey {
    case response, transform, grouping, visits, finds, groups, folds, ridge, path, base, intercept, features, qualities
    case reliability, seed, replicates
    case effectiveVisits = "effective_visits"
    case lossDifference = "loss_difference"
  }
}

/// Learns weights from visits.
///
/// Rows weigh 1/π (cut at a multiple of their median), so that the fit speaks of all targets and not only of those a
/// policy liked to visit. Coefficients cannot be negative: evidence never lowers a score. The ridge is chosen by the
/// least held-out loss over folds that never cut a group.
///
/// A score is drawn in proportion, so a proposed weight makes the score of a target with one full lead proportional to
/// what was learned of it: base · (p(lead) / p(none) - 1), with p the fitted probability, or the fitted severity.
///
/// - Parameter base: Weight of the part `base`, above 0.
/// - Throws: When there are fewer than 20 finds, 20 visits without one, or two groups per fold.
public func fitWeights(
  _ data: FitData, base: Double = 1, options: FitOptions = FitOptions()
) throws(EvaluationProblem) -> WeightFit {
  let finds = data.rows.count(where: \.found)
  let groups =
    switch options.grouping {
    case .target: Folds.numbers(data.rows.map(\.targetID))
    case .countyDay: Folds.joined(data.rows.map(\.block), data.rows.map(\.targetID))
    }
  let groupCount = (groups.max() ?? -1) + 1
  guard finds >= 20, data.rows.count - finds >= 20, groupCount >= 2 * options.folds else {
    throw .tooLittle(
      "\(data.rows.count) visits with \(finds) finds in \(groupCount) groups are too few to learn weights from; 20 finds, "
        + "20 visits without one and \(2 * options.folds) groups are needed")
  }
  return WeightFitter(data: data, groups: groups, base: base, options: options).fit()
}

private struct WeightFitter {
  let data: FitData
  let groups: [Int]
  let base: Double
  let options: FitOptions
  private let link: RegressionLink
  private let rows: RegressionRows
  /// The policy's score as the only feature.
  private let scoreRows: RegressionRows
  private let fold: [Int]

  init(data: FitData, groups: [Int], base: Double, options: FitOptions) {
    self.data = data
    self.groups = groups
    self.base = base
    self.options = options
    link = options.response == .found ? .logistic : .identity
    let inverse = data.rows.map { 1 / $0.probability }
    let cap = options.weightCap * BlockBootstrap.quantile(inverse.sorted(), 0.5)
    var rows = RegressionRows(featureCount: data.features.count)
    var scoreRows = RegressionRows(featureCount: 1)
    for (row, weight) in zip(data.rows, inverse) {
      let target = options.response == .found ? (row.found ? 1 : 0) : row.severity
      rows.append(row.strengths.map(options.transform.applied), target: target, weight: min(cap, weight))
      // A probability in proportion to the score is a straight line in its logarithm, near enough below one half.
      scoreRows.append(
        [options.response == .found ? log(max(row.score, 1e-9)) : row.score], target: target, weight: min(cap, weight))
    }
    self.rows = rows
    self.scoreRows = scoreRows
    fold = Folds.assign(groups: groups, folds: options.folds, seed: options.bootstrap.seed)
  }

  func fit() -> WeightFit {
    let path = options.ridges.map { ridge in
      WeightFit.RidgeLoss(ridge: ridge, loss: mean(losses(heldOut(rows, ridge: ridge))))
    }
    let best = path.reduce(path[0]) { $1.loss < $0.loss ? $1 : $0 }
    let fit = RegressionFit(rows, link: link, ridge: best.ridge, isNonNegative: true)
    let learned = heldOut(rows, ridge: best.ridge)
    let policy = heldOut(scoreRows, ridge: 1e-6)
    let plain = heldOut(RegressionRows(rows), ridge: 0)
    let isFound = options.response == .found
    let reliability = isFound ? self.reliability(learned) : nil
    let weights = rows.weights
    let total = weights.reduce(0, +)
    let finds = data.rows.count(where: \.found)
    let qualities = [
      quality("learned weights", learned), quality("policy's score", policy, ranked: data.rows.map(\.score)),
      quality("plain rate", plain),
    ]
    return WeightFit(
      response: options.response, transform: options.transform, grouping: options.grouping, visits: rows.count,
      finds: finds, groups: (groups.max() ?? -1) + 1, folds: options.folds,
      effectiveVisits: total * total / weights.reduce(0) { $0 + $1 * $1 }, ridge: best.ridge, path: path, base: base,
      intercept: fit.intercept, features: features(fit, ridge: best.ridge), qualities: qualities,
      lossDifference: lossDifference(learned, policy), reliability: reliability, seed: options.bootstrap.seed,
      replicates: options.bootstrap.replicates)
  }

  /// What each row is expected to give by a fit without its fold.
  private func heldOut(_ rows: RegressionRows, ridge: Double) -> [Double] {
    let fits = mapConcurrently(options.folds, threads: options.bootstrap.threads) { left in
      RegressionFit(
        rows, link: link, ridge: ridge, isNonNegative: true, multiplicities: fold.map { $0 == left ? 0 : 1 })
    }
    return (0..<rows.count).map { fits[fold[$0]].expected(rows, row: $0) }
  }

  private func losses(_ expected: [Double]) -> [Double] {
    zip(expected, rows.targets).map { expected, target in
      link == .logistic ? Reliability.loss(expected, target == 1) : (expected - target) * (expected - target)
    }
  }

  private func mean(_ values: [Double]) -> Double {
    zip(values, rows.weights).reduce(0) { $0 + $1.0 * $1.1 } / rows.weights.reduce(0, +)
  }

  private func reliability(_ expected: [Double]) -> Reliability? {
    Reliability(probabilities: expected, outcomes: data.rows.map(\.found), weights: rows.weights)
  }

  private func quality(_ name: String, _ expected: [Double], ranked: [Double]? = nil) -> WeightFit.Quality {
    let reliability = link == .logistic ? reliability(expected) : nil
    let area = areaWithinFolds(ranked ?? expected)
    return WeightFit.Quality(
      name: name, loss: mean(losses(expected)), areaUnderCurve: name == "plain rate" ? nil : area,
      brier: reliability?.brier, calibrationError: reliability?.calibrationError)
  }

  /// Mean over folds, by their weight: between folds the intercepts of different fits would be compared.
  private func areaWithinFolds(_ ranked: [Double]) -> Double? {
    var sum = 0.0
    var total = 0.0
    for left in 0..<options.folds {
      let own = fold.indices.filter { fold[$0] == left }
      let weights = own.map { rows.weights[$0] }
      guard
        let area = Reliability.areaUnderCurve(
          own.map { ranked[$0] }, own.map { data.rows[$0].found }, weights: weights)
      else { continue }
      let weight = weights.reduce(0, +)
      sum += weight * area
      total += weight
    }
    return total > 0 ? sum / total : nil
  }

  private func lossDifference(_ learned: [Double], _ policy: [Double]) -> Estimate {
    let differences = zip(losses(learned), losses(policy)).map { $0 - $1 }
    var sums = [Double](repeating: 0, count: 2 * ((groups.max() ?? -1) + 1))
    for (row, group) in groups.enumerated() {
      sums[2 * group] += rows.weights[row] * differences[row]
      sums[2 * group + 1] += rows.weights[row]
    }
    var bootstrap = options.bootstrap
    bootstrap.replicates = max(1000, bootstrap.replicates)
    let replicates = BlockBootstrap.replicateSums(sums, width: 2, options: bootstrap)
    let value = mean(differences)
    return BlockBootstrap.estimate(value, replicates: replicates.map { $0[0] / $0[1] }, level: bootstrap.level)
      ?? Estimate(value)
  }

  private func features(_ fit: RegressionFit, ridge: Double) -> [WeightFit.Feature] {
    let blocks = (groups.max() ?? -1) + 1
    let options = options
    let rows = rows
    let groups = groups
    let link = link
    let fits = mapConcurrently(options.bootstrap.replicates, threads: options.bootstrap.threads) { replicate in
      let counts = BlockBootstrap.counts(blocks: blocks, replicate: replicate, seed: options.bootstrap.seed)
      return RegressionFit(
        rows, link: link, ridge: ridge, isNonNegative: true, multiplicities: groups.map { Double(counts[$0]) })
    }
    return data.features.enumerated().map { k, name in
      let coefficient = BlockBootstrap.estimate(
        fit.coefficients[k], replicates: fits.map { $0.coefficients[k] }, level: options.bootstrap.level)
      let weight = BlockBootstrap.estimate(
        weight(fit, k), replicates: fits.map { self.weight($0, k) }, level: options.bootstrap.level)
      return WeightFit.Feature(
        name: name, visits: data.rows.count { $0.strengths[k] > 0 },
        coefficient: coefficient ?? Estimate(fit.coefficients[k]), currentWeight: data.currentWeights[k],
        proposedWeight: weight ?? Estimate(0))
    }
  }

  /// Points of one full lead; `nil` where the expectation without leads is not above 0.
  private func weight(_ fit: RegressionFit, _ feature: Int) -> Double? {
    let none = RegressionFit.inverse(fit.intercept, link)
    guard none > 1e-9 else { return nil }
    let one = RegressionFit.inverse(fit.intercept + fit.coefficients[feature] * options.transform.applied(1), link)
    return base * (one / none - 1)
  }
}

extension FitTransform {
  /// Rising, and 0 at 0.
  func applied(_ strength: Double) -> Double {
    switch self {
    case .none: strength
    case .squareRoot: max(0, strength).squareRoot()
    case .logarithm: log1p(max(0, strength))
    }
  }
}

extension RegressionRows {
  /// The same targets and weights without any feature.
  fileprivate init(_ other: RegressionRows) {
    self.init(featureCount: 0)
    for row in 0..<other.count { append([], target: other.targets[row], weight: other.weights[row]) }
  }
}
