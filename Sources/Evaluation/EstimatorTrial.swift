internal import Glibc
internal import Randomness
internal import Sampling
internal import Threads

/// Draws from a synthetic population again and again, to see whether the estimates mean what they say.
///
/// Every target has a known outcome. Scores are noisy readings of the chance of a problem; each draw is the real one
/// (``Frame/draw(size:seed:floor:)``) with a seed of its own.
public struct EstimatorTrial: Sendable {
  /// Of the population and of all draws.
  public var seed: UInt64 = 1
  /// How often the same population is drawn from.
  public var draws = 1000
  /// Size of the population; one target in ten is ten times as bad as the rest.
  public var targets = 2000
  /// Targets each draw takes, all of them visited.
  public var visits = 100
  /// Mean chance of a problem.
  public var prevalence = 0.15
  /// How much the score knows, from 0 (nothing) to 1.
  public var skill = 0.6
  /// How unevenly scores err: the standard deviation of a further factor's logarithm. At 1, one score in six is less
  /// than 0.37 or more than 2.7 times what it should be, and so are the probabilities.
  public var skew = 0.0
  /// Least inclusion probability.
  public var floor = 0.002
  /// Results do not depend on it.
  public var threads = 1

  public init() {}

  /// How an estimate did over all draws.
  public struct Row: Hashable, Sendable, Codable {
    /// Name as in the table of docs/methods/evaluation.md.
    public let estimate: String
    /// What it should be, from the known outcomes of the population.
    public let truth: Double
    /// Mean of the estimates.
    public let mean: Double
    /// Standard deviation of the estimates over the draws.
    public let spread: Double
    /// Mean of the standard errors that were stated; `nil` for estimates without one.
    public let statedError: Double?
    /// Share of the stated 95 % intervals that hold the truth.
    public let coverage: Double?
    /// Share of the intervals that lie wholly below the truth, and wholly above it.
    public let below: Double?
    /// Share of intervals that lie above the truth, 0...1; `nil` without intervals.
    public let above: Double?
    /// Mean width of the intervals.
    public let width: Double?
    /// Draws that gave an estimate.
    public let draws: Int

    enum CodingKeys: String, CodingKey {
      case estimate, truth, mean, spread, coverage, below, above, width, draws
      case statedError = "stated_error"
    }
  }

  struct Population {
    let problem: [Bool]
    let units: [FrameUnit]
    /// By a policy that knows more, in the frame's order.
    let other: [FrameUnit]
  }

  func population() -> Population {
    var stream = RandomStream(seed: seed, slot: 0, replicate: 0)
    func uniform() -> Double { stream.fraction() }
    var problem: [Bool] = []
    var units: [FrameUnit] = []
    var other: [FrameUnit] = []
    for k in 0..<targets {
      // A tenth of the targets is ten times as bad as the rest, within what a probability can be.
      let isBad = uniform() < 0.1
      let chance = min(0.95, prevalence * (isBad ? 5.0 : 0.5) / 0.95)
      problem.append(uniform() < chance)
      let seen = chance * skill + prevalence * (1 - skill)
      let even = seen * (0.3 + 1.4 * uniform())
      let score = skew > 0 ? even * exp(skew * stream.normals().0) : even
      let id = "T-\(1_000_000 + k)"
      units.append(FrameUnit(id: id, score: score, minimumProbability: floor))
      other.append(FrameUnit(id: id, score: 0.5 * score + 0.5 * chance, minimumProbability: floor))
    }
    return Population(problem: problem, units: units, other: other)
  }

  /// - Throws: When the floor or the number of visits does not fit the number of targets.
  public func run() throws -> [Row] {
    let population = population()
    let frame = try Frame(population.units)
    let other = try Frame(population.other).inclusionProbabilities(size: visits)
    let truth = Double(population.problem.count(where: \.self)) / Double(targets)
    let otherTruth = zip(other, population.problem).reduce(0) { $0 + ($1.1 ? $1.0 : 0) } / other.reduce(0, +)
    let loggedPolicy = try frame.inclusionProbabilities(size: visits)
    let loggedTruth = zip(loggedPolicy, population.problem).reduce(0) { $0 + ($1.1 ? $1.0 : 0) } / Double(visits)
    let results = mapConcurrently(draws, threads: threads) { draw -> [Estimate?] in
      guard let drawn = try? frame.draw(size: visits, seed: "trial \(seed) \(draw)") else { return [] }
      var sample: [SampledUnit] = []
      var logged: [LoggedUnit] = []
      for (k, unit) in drawn.enumerated() {
        let outcome = population.problem[k] ? 1.0 : 0.0
        if unit.isDrawn { sample.append(SampledUnit(probability: unit.inclusionProbability, value: outcome)) }
        logged.append(
          LoggedUnit(
            probability: unit.inclusionProbability, otherProbability: other[k],
            outcome: unit.isDrawn ? outcome : nil, features: [frame.units[k].score * 10], block: k))
      }
      let prevalence = Prevalence(sample, frameUnits: targets)
      var limits = SupportLimits()
      limits.effectiveVisits = 5
      let value = try? offPolicyValue(
        logged, limits: limits, options: BootstrapOptions(replicates: 200, seed: UInt64(draw)))
      return [
        prevalence.map { Estimate($0.amongVisits) }, prevalence?.horvitzThompson, prevalence?.hajek, value?.logged,
        value?.inversePropensity, value?.selfNormalised, value?.doublyRobust,
      ]
    }
    let names = [
      ("rate among visits", truth), ("Horvitz-Thompson", truth), ("Hajek", truth),
      ("policy used, per visit", loggedTruth),
      ("other policy, IPS", otherTruth), ("other policy, SNIPS", otherTruth), ("other policy, DR", otherTruth),
    ]
    return names.enumerated().map { place, name in
      row(name.0, truth: name.1, results.compactMap { $0.isEmpty ? nil : $0[place] })
    }
  }

  func row(_ name: String, truth: Double, _ estimates: [Estimate]) -> Row {
    let n = Double(max(1, estimates.count))
    let mean = estimates.reduce(0) { $0 + $1.value } / n
    let variance = estimates.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / max(1, n - 1)
    let errors = estimates.compactMap(\.standardError)
    let intervals = estimates.compactMap { estimate -> (lower: Double, upper: Double)? in
      guard let lower = estimate.lower, let upper = estimate.upper else { return nil }
      return (lower, upper)
    }
    func share(_ isSo: ((lower: Double, upper: Double)) -> Bool) -> Double? {
      intervals.isEmpty ? nil : Double(intervals.count(where: isSo)) / Double(intervals.count)
    }
    return Row(
      estimate: name, truth: truth, mean: mean, spread: variance.squareRoot(),
      statedError: errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count),
      coverage: share { $0.lower <= truth && truth <= $0.upper }, below: share { $0.upper < truth },
      above: share { $0.lower > truth },
      width: intervals.isEmpty
        ? nil : intervals.reduce(0) { $0 + $1.upper - $1.lower } / Double(intervals.count),
      draws: estimates.count)
  }
}
