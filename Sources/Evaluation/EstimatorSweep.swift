internal import Sampling
internal import Threads

/// Whether the intervals of a prevalence hold the truth over a range of campaigns: sizes, rates and scores that err.
public struct EstimatorSweep: Sendable {
  /// One kind of campaign.
  public struct Setting: Hashable, Sendable, Codable {
    /// Units drawn a day.
    public let targets: Int
    /// Visits that the estimate is made of.
    public let visits: Int
    /// Mean chance of a problem.
    public let prevalence: Double
    /// How much the score knows, 0...1.
    public let skill: Double
    /// How unevenly it errs; see ``EstimatorTrial/skew``.
    public let skew: Double
  }

  /// How both estimates did in one setting, over all its populations and draws.
  public struct Row: Hashable, Sendable, Codable {
    /// What the trial was made with.
    public let setting: Setting
    /// Largest over smallest inclusion probability, of the first population.
    public let probabilityRatio: Double
    /// Mean number of finds in a draw.
    public let finds: Double
    /// How Horvitz-Thompson fared.
    public let horvitzThompson: EstimatorTrial.Row
    /// How Hájek fared.
    public let hajek: EstimatorTrial.Row

    enum CodingKeys: String, CodingKey {
      case setting, finds, hajek
      case probabilityRatio = "probability_ratio"
      case horvitzThompson = "horvitz_thompson"
    }
  }

  /// Small and large campaigns, rare and common problems, scores that know nothing, something and much, and err evenly or
  /// wildly.
  public static let settings: [Setting] = [
    (300, 30, 0.1, 0.6, 0.0), (400, 60, 0.15, 0.6, 0), (600, 200, 0.15, 0.6, 0), (2000, 100, 0.05, 0.6, 0),
    (2000, 100, 0.15, 0.6, 0), (2000, 100, 0.15, 0, 0), (2000, 100, 0.3, 0.9, 0), (2000, 300, 0.15, 0.9, 0),
    (1000, 60, 0.15, 1, 0), (2000, 100, 0.15, 0.6, 0.5), (2000, 300, 0.05, 0.6, 1), (600, 60, 0.3, 0.6, 1),
    (2000, 300, 0.15, 0, 1), (2000, 200, 0.4, 0.9, 0.7),
  ].map { Setting(targets: $0.0, visits: $0.1, prevalence: $0.2, skill: $0.3, skew: $0.4) }

  /// Of the draws; the same seed gives the same table.
  public var seed: UInt64 = 1
  /// Populations of each setting, with seeds of their own.
  public var populations = 4
  /// Draws of each population.
  public var draws = 500
  /// Worker threads; the table does not depend on it.
  public var threads = 1

  public init() {}

  /// - Throws: Never of the built-in settings; the trial's own problems otherwise.
  public func run() throws -> [Row] {
    try EstimatorSweep.settings.map { setting in
      var trial = EstimatorTrial()
      (trial.targets, trial.visits, trial.prevalence) = (setting.targets, setting.visits, setting.prevalence)
      (trial.skill, trial.skew, trial.draws, trial.threads) = (setting.skill, setting.skew, draws, threads)
      let parts = try (0..<populations).map { number in
        trial.seed = seed &+ UInt64(number)
        return try trial.prevalenceOnly()
      }
      return Row(
        setting: setting, probabilityRatio: parts[0].probabilityRatio,
        finds: parts.reduce(0) { $0 + $1.finds } / Double(parts.count),
        horvitzThompson: EstimatorTrial.Row(pooling: parts.map(\.horvitzThompson)),
        hajek: EstimatorTrial.Row(pooling: parts.map(\.hajek)))
    }
  }
}

extension EstimatorTrial {
  /// The two estimates over all targets, without those of policies.
  func prevalenceOnly() throws -> (probabilityRatio: Double, finds: Double, horvitzThompson: Row, hajek: Row) {
    let population = population()
    let frame = try Frame(population.units)
    let probabilities = try frame.inclusionProbabilities(size: visits)
    let truth = Double(population.problem.count(where: \.self)) / Double(targets)
    let results = mapConcurrently(draws, threads: threads) { draw -> Prevalence? in
      guard let drawn = try? frame.draw(size: visits, seed: "trial \(seed) \(draw)") else { return nil }
      return Prevalence(
        drawn.enumerated().compactMap { place, unit in
          unit.isDrawn
            ? SampledUnit(probability: unit.inclusionProbability, value: population.problem[place] ? 1 : 0) : nil
        }, frameUnits: targets)
    }.compactMap(\.self)
    return (
      (probabilities.max() ?? 1) / (probabilities.min() ?? 1),
      results.reduce(0) { $0 + $1.amongVisits * Double($1.visits) } / Double(max(1, results.count)),
      row("Horvitz-Thompson", truth: truth, results.map(\.horvitzThompson)),
      row("Hajek", truth: truth, results.map(\.hajek))
    )
  }
}

extension EstimatorTrial.Row {
  /// Means over populations of equally many draws; the spread is that within populations.
  init(pooling rows: [EstimatorTrial.Row]) {
    func mean(_ value: (EstimatorTrial.Row) -> Double?) -> Double? {
      let known = rows.compactMap(value)
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
    self.init(
      estimate: rows.first?.estimate ?? "", truth: mean(\.truth) ?? 0, mean: mean(\.mean) ?? 0,
      spread: (mean { $0.spread * $0.spread } ?? 0).squareRoot(), statedError: mean(\.statedError),
      coverage: mean(\.coverage), below: mean(\.below), above: mean(\.above), width: mean(\.width),
      draws: rows.reduce(0) { $0 + $1.draws })
  }
}
