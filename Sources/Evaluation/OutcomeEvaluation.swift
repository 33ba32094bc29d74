internal import Glibc
internal import Quantities

/// How good the targeting of some days was.
public struct OutcomeEvaluation: Sendable, Codable {
  /// Days drawn.
  public let draws: Int
  /// Targets of the frames, counted once per draw.
  public let frameUnits: Int
  /// Targets that any arm took.
  public let drawn: Int
  /// Drawn targets with an outcome.
  public let visits: Int
  /// Drawn targets without one: taken for missed at random within their draw.
  public let unvisited: Int
  /// Outcomes that belong to no drawn target; not used.
  public let strayOutcomes: Int
  /// Arms against the random one; `nil` when there is none, with the reason in `notes`.
  public let arms: ArmComparison?
  /// Of targets with a find.
  public let prevalence: Prevalence?
  /// Mean severity per target.
  public let severity: Prevalence?
  /// From pairs of visits blind to each other; `nil` when no pair had a find on both.
  public let detection: DetectionProbability?
  /// `prevalence.hajek` divided by the detection probability; `nil` when that is not known.
  public let correctedPrevalence: Estimate?
  /// Of the cells with the highest scores; `nil` without cells in the frame.
  public let area: AreaAccuracy?
  /// One per county of the frames, by code.
  public let counties: [Burden]
  /// One per class of targets, by name.
  public let classes: [Burden]
  /// Of the probability that the score implies; `nil` with too few visits.
  public let reliability: Reliability?
  /// What a reader should know, one sentence each.
  public let notes: [String]
  /// Of the bootstrap, and of the folds behind `reliability`.
  public let seed: UInt64
  /// Of the bootstrap.
  public let replicates: Int

  enum CodingKeys: String, CodingKey {
    case draws, drawn, visits, unvisited, arms, prevalence, severity, detection, area, counties, classes, reliability
    case notes, seed, replicates
    case frameUnits = "frame_units"
    case strayOutcomes = "stray_outcomes"
    case correctedPrevalence = "corrected_prevalence"
  }
}

/// How days are evaluated; the defaults are this project's choice.
public struct OutcomeEvaluationOptions: Sendable {
  /// The arm that others are compared with.
  public var baseline = "random"
  /// Share of the cells that is called hot for the accuracy index.
  public var hotShare = 0.01
  /// Of the comparison of arms and of the reliability.
  public var bootstrap = BootstrapOptions()

  public init() {}
}

extension EvaluatedDraws {
  /// Everything `evaluate outcomes` prints.
  ///
  /// Where drawn targets were not visited, the probabilities of the visited of the same draw are multiplied by the share
  /// that was visited: as if lots decided who was missed. How many they are is in the result.
  public func evaluation(_ options: OutcomeEvaluationOptions = OutcomeEvaluationOptions()) -> OutcomeEvaluation {
    var notes: [String] = []
    var arms: ArmComparison?
    do throws(EvaluationProblem) {
      let blocks = armBlocks()
      arms = try compare(arms: blocks, baseline: options.baseline, options: options.bootstrap)
      if let arms, arms.blocks < 20 {
        notes.append("only \(arms.blocks) county-days: intervals from so few blocks are too narrow")
      }
    } catch {
      notes.append("arms are not compared: \(error.problem)")
    }
    let visited = visited
    if unvisited > 0 {
      notes.append("\(unvisited) drawn targets have no outcome; estimates take them for missed at random")
    }
    if strayOutcomes > 0 {
      notes.append("\(strayOutcomes) outcomes belong to no drawn target and are not used: their probability is unknown")
    }
    let response = responseShares()
    func prevalence(isShare: Bool, _ value: (UnitOutcome) -> Double) -> Prevalence? {
      Prevalence(
        visited.compactMap { unit in
          unit.outcome.flatMap {
            unit.probability > 0
              ? SampledUnit(probability: unit.probability * response[unit.draw], value: value($0), draw: unit.draw)
              : nil
          }
        }, frameUnits: units.count, isShare: isShare)
    }
    let finds = prevalence(isShare: true) { $0.isFind ? 1 : 0 }
    let detection = DetectionProbability(both: blindPairs.both, one: blindPairs.one)
    return OutcomeEvaluation(
      draws: draws, frameUnits: units.count, drawn: units.count(where: \.isDrawn), visits: visited.count,
      unvisited: unvisited, strayOutcomes: strayOutcomes, arms: arms, prevalence: finds,
      severity: prevalence(isShare: false) { $0.severity }, detection: detection,
      correctedPrevalence: detection.flatMap { detection in finds.map { detection.corrected($0.hajek) } },
      area: area(hotShare: options.hotShare, response), counties: burden(\.frame.county),
      classes: burden(\.frame.targetClass), reliability: reliability(options.bootstrap), notes: notes,
      seed: options.bootstrap.seed, replicates: options.bootstrap.replicates)
  }

  /// One row per visit, for ``compare(arms:baseline:options:)``.
  ///
  /// Only the first find of a target counts for days sooner. The usual order works through all targets with as many
  /// visits a day as were made; a frame without `usual_rank` is taken for a random order, whose mean day is the same
  /// for all.
  public func armBlocks() -> [ArmBlock] {
    let first = units.compactMap { $0.frame.day?.ordinal }.min()
    let targets = Set(units.map(\.frame.id)).count
    let perDay = max(1, Double(units.count(where: \.isDrawn)) / Double(draws))
    var counted: Set<String> = []
    return visited.compactMap { unit -> ArmBlock? in
      guard let outcome = unit.outcome else { return nil }
      var row = ArmBlock(
        arm: unit.arm, block: unit.block, visits: 1, finds: outcome.isFind ? 1 : 0, severity: outcome.severity,
        offListFinds: outcome.isOffList ? 1 : 0)
      if outcome.isFind, let first, counted.insert(unit.frame.id).inserted {
        let usual = DaysSooner.usualDay(rank: unit.frame.usualRank, targets: targets, visitsPerDay: perDay)
        row.daysSooner = usual - Double(outcome.day.ordinal - first)
        row.datedFinds = 1
      }
      return row
    }
  }

  /// Share of the drawn that was visited, per draw; 1 where nothing was drawn.
  private func responseShares() -> [Double] {
    var drawn = [Int](repeating: 0, count: draws)
    var visits = [Int](repeating: 0, count: draws)
    for unit in units where unit.isDrawn {
      drawn[unit.draw] += 1
      if unit.outcome != nil { visits[unit.draw] += 1 }
    }
    return zip(drawn, visits).map { $0 > 0 && $1 > 0 ? Double($1) / Double($0) : 1 }
  }

  private func burden(_ group: (EvaluatedUnit) -> String) -> [Burden] {
    guard units.contains(where: { !group($0).isEmpty }) else { return [] }
    return Burden.table(
      units.map { .init(group: group($0), probability: $0.probability, found: $0.outcome.map(\.isFind)) })
  }

  /// Cells by the sum of their targets' scores; finds as Σ y/π, because most targets of a cell were not visited.
  private func area(hotShare: Double, _ response: [Double]) -> AreaAccuracy? {
    var score: [String: Double] = [:]
    var finds: [String: Double] = [:]
    for unit in units {
      guard let cell = unit.frame.cell else { continue }
      score[cell, default: 0] += unit.frame.score
      if unit.outcome?.isFind == true, unit.probability > 0 {
        finds[cell, default: 0] += 1 / (unit.probability * response[unit.draw])
      }
    }
    let cells = score.keys.sorted()
    return AreaAccuracy(
      finds: cells.map { finds[$0] ?? 0 }, scores: cells.map { score[$0] ?? 0 },
      hotCells: max(1, Int((Double(cells.count) * hotShare).rounded())))
  }

  /// The probability a score implies: a rising logistic curve in its logarithm, fitted without the visit's own fold of
  /// county-days, visits weighing 1/π.
  private func reliability(_ options: BootstrapOptions) -> Reliability? {
    let visited = visited.filter { $0.probability > 0 }
    let finds = visited.count { $0.outcome?.isFind == true }
    guard finds >= 10, visited.count - finds >= 10 else { return nil }
    let folds = 5
    let blocks = Folds.numbers(visited.map(\.block))
    let isBlocked = (blocks.max() ?? 0) + 1 >= folds
    let groups = isBlocked ? blocks : Folds.numbers(visited.map(\.frame.id))
    let fold = Folds.assign(groups: groups, folds: folds, seed: options.seed)
    var rows = RegressionRows(featureCount: 1)
    for unit in visited {
      rows.append(
        [log(max(unit.frame.score, 1e-9))], target: unit.outcome?.isFind == true ? 1 : 0, weight: 1 / unit.probability)
    }
    var probabilities = [Double](repeating: 0, count: visited.count)
    for left in 0..<folds {
      let kept = fold.map { $0 == left ? 0.0 : 1.0 }
      guard kept.contains(1), fold.contains(left) else { continue }
      let fit = RegressionFit(rows, link: .logistic, ridge: 1e-4, isNonNegative: true, multiplicities: kept)
      for row in fold.indices where fold[row] == left { probabilities[row] = fit.expected(rows, row: row) }
    }
    return Reliability(
      probabilities: probabilities, outcomes: visited.map { $0.outcome?.isFind == true }, weights: rows.weights)
  }
}
