/// What one arm, or one ranking policy, did in one block: sums from which every rate follows.
///
/// A block is what is drawn again by the bootstrap: a county and day of a campaign, or a seed and day of a simulation.
/// Blocks with the same name are paired across arms.
public struct ArmBlock: Hashable, Sendable {
  /// Such as `scored` or `random`.
  public var arm: String
  /// Such as `county|day`; drawn again as a whole.
  public var block: String
  /// Visits of the arm in the block; a sum, so that weighted visits fit too.
  public var visits: Double
  /// Visits that found at least one problem.
  public var finds: Double
  /// Severity summed over the visits.
  public var severity: Double
  /// Finds that no register or list knew of.
  public var offListFinds: Double
  /// Days that finds came before the usual order would have found them, summed over `datedFinds`; may be negative.
  public var daysSooner: Double
  /// Finds whose day in the usual order is known.
  public var datedFinds: Double
  /// Days of work that the row stands for; 0 leaves the measures per day out, as for a county's part of a day.
  public var days: Double

  public init(
    arm: String, block: String, visits: Double = 0, finds: Double = 0, severity: Double = 0, offListFinds: Double = 0,
    daysSooner: Double = 0, datedFinds: Double = 0, days: Double = 0
  ) {
    self.arm = arm
    self.block = block
    self.visits = visits
    self.finds = finds
    self.severity = severity
    self.offListFinds = offListFinds
    self.daysSooner = daysSooner
    self.datedFinds = datedFinds
    self.days = days
  }

  fileprivate static let width = 7
  fileprivate var numbers: [Double] { [visits, finds, severity, offListFinds, daysSooner, datedFinds, days] }
}

/// What arms are compared by. Every measure is a ratio of two sums.
public enum ArmMeasure: String, CaseIterable, Hashable, Sendable, Codable {
  /// Visits with a find per visit.
  case hitRate = "hit-rate"
  /// Severity per visit.
  case severityPerVisit = "severity-per-visit"
  /// Finds off the list per visit.
  case offListPerVisit = "off-list-per-visit"
  /// Finds off the list per find.
  case offListShare = "off-list-share"
  /// Mean over finds, days.
  case daysSooner = "days-sooner"
  case findsPerDay = "finds-per-day"
  case severityPerDay = "severity-per-day"
  case offListPerDay = "off-list-per-day"

  static let perDay: Set<ArmMeasure> = [.findsPerDay, .severityPerDay, .offListPerDay]

  /// Places of numerator and denominator among the numbers of an ``ArmBlock``.
  fileprivate var places: (numerator: Int, denominator: Int) {
    switch self {
    case .hitRate: (1, 0)
    case .severityPerVisit: (2, 0)
    case .offListPerVisit: (3, 0)
    case .offListShare: (3, 1)
    case .daysSooner: (4, 5)
    case .findsPerDay: (1, 6)
    case .severityPerDay: (2, 6)
    case .offListPerDay: (3, 6)
    }
  }
}

/// One arm by one measure, beside the arm it is compared with.
public struct ArmResult: Hashable, Sendable, Codable {
  /// Such as `scored` or `random`.
  public let arm: String
  /// What the numbers are: a ratio of two sums over blocks.
  public let measure: ArmMeasure
  /// `nil` where the denominator is 0, such as days sooner without finds.
  public let estimate: Estimate?
  /// This arm less the baseline; `nil` for the baseline itself.
  public let difference: Estimate?
  /// This arm over the baseline; `nil` for the baseline, for days, and where the baseline is 0.
  public let ratio: Estimate?
}

/// Sums of one arm over all blocks.
public struct ArmTotal: Hashable, Sendable, Codable {
  /// Such as `scored` or `random`.
  public let arm: String
  /// Blocks in which the arm made a visit.
  public let blocks: Int
  /// Over all blocks.
  public let visits: Double
  /// Visits that found at least one problem.
  public let finds: Double
  /// Summed over the visits, on the scale of the outcomes file.
  public let severity: Double
  /// Finds of somebody whom no register or list knew.
  public let offListFinds: Double
  /// 0 where rows do not say.
  public let days: Double

  enum CodingKeys: String, CodingKey {
    case arm, blocks, visits, finds, severity, days
    case offListFinds = "off_list_finds"
  }
}

/// Arms beside each other.
public struct ArmComparison: Hashable, Sendable, Codable {
  /// The arm that all are compared with.
  public let baseline: String
  /// The baseline first, the others by name.
  public let totals: [ArmTotal]
  /// By arm in the order of `totals`, then by measure.
  public let results: [ArmResult]
  /// Blocks of any arm.
  public let blocks: Int
  /// Of the bootstrap.
  public let replicates: Int
  /// Of the bootstrap: the same seed gives the same intervals.
  public let seed: UInt64
  /// Coverage of the intervals, such as 0.95.
  public let level: Double

  /// What one arm has by one measure.
  public func result(_ arm: String, _ measure: ArmMeasure) -> ArmResult? {
    results.first { $0.arm == arm && $0.measure == measure }
  }
}

/// Compares arms by ratios of sums, with percentile intervals over blocks that are drawn again together for all arms.
///
/// Differences and ratios are computed within each replicate, so what blocks share, such as a day of bad air in both
/// arms, cancels. Rows of one arm and block are added up. Without two blocks there are no intervals.
/// - Parameters:
///   - arms: In any order; the result does not depend on it.
///   - baseline: The arm to compare with, such as `random`.
/// - Throws: When no row belongs to the baseline.
public func compare(
  arms: [ArmBlock], baseline: String, options: BootstrapOptions = BootstrapOptions()
) throws(EvaluationProblem) -> ArmComparison {
  let names = arms.reduce(into: Set<String>()) { $0.insert($1.arm) }
  guard names.contains(baseline) else {
    throw .rows(
      "no visit belongs to the arm \"\(baseline)\"; there is \(names.sorted().joined(separator: ", "))",
      remedy: "name the arm to compare with, or draw with a random arm")
  }
  let order = [baseline] + names.subtracting([baseline]).sorted()
  let blockNames = arms.reduce(into: Set<String>()) { $0.insert($1.block) }.sorted()
  let armSlot = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
  let blockSlot = Dictionary(uniqueKeysWithValues: blockNames.enumerated().map { ($1, $0) })
  let width = order.count * ArmBlock.width
  var sums = [Double](repeating: 0, count: blockNames.count * width)
  // Sorted, because the order of additions decides the last bit.
  for row in arms.sorted(by: precedes) {
    let start = (blockSlot[row.block] ?? 0) * width + (armSlot[row.arm] ?? 0) * ArmBlock.width
    for (k, number) in row.numbers.enumerated() { sums[start + k] += number }
  }
  var all = [Double](repeating: 0, count: width)
  for k in sums.indices { all[k % width] += sums[k] }
  let replicates = BlockBootstrap.replicateSums(sums, width: width, options: options)
  func value(_ measure: ArmMeasure, _ arm: Int, _ sums: [Double]) -> Double? {
    let (top, bottom) = measure.places
    let denominator = sums[arm * ArmBlock.width + bottom]
    return denominator > 0 ? sums[arm * ArmBlock.width + top] / denominator : nil
  }
  func estimate(_ body: ([Double]) -> Double?) -> Estimate? {
    BlockBootstrap.estimate(body(all), replicates: replicates.map(body), level: options.level)
  }
  let hasDays = arms.contains { $0.days > 0 }
  let measures = ArmMeasure.allCases.filter { hasDays || !ArmMeasure.perDay.contains($0) }
  var results: [ArmResult] = []
  for (arm, name) in order.enumerated() {
    for measure in measures {
      var difference: Estimate?
      var ratio: Estimate?
      if arm > 0 {
        difference = estimate { sums in
          value(measure, arm, sums).flatMap { own in value(measure, 0, sums).map { own - $0 } }
        }
        if measure != .daysSooner {
          ratio = estimate { sums in
            value(measure, arm, sums).flatMap { own in value(measure, 0, sums).flatMap { $0 > 0 ? own / $0 : nil } }
          }
        }
      }
      results.append(
        ArmResult(
          arm: name, measure: measure, estimate: estimate { value(measure, arm, $0) }, difference: difference,
          ratio: ratio))
    }
  }
  let totals = order.enumerated().map { arm, name in
    let own = (0..<ArmBlock.width).map { all[arm * ArmBlock.width + $0] }
    let blocks = blockNames.indices.count { sums[$0 * width + arm * ArmBlock.width] > 0 }
    return ArmTotal(
      arm: name, blocks: blocks, visits: own[0], finds: own[1], severity: own[2], offListFinds: own[3], days: own[6])
  }
  return ArmComparison(
    baseline: baseline, totals: totals, results: results, blocks: blockNames.count, replicates: options.replicates,
    seed: options.seed, level: options.level)
}

private func precedes(_ a: ArmBlock, _ b: ArmBlock) -> Bool {
  (a.block, a.arm) != (b.block, b.arm)
    ? (a.block, a.arm) < (b.block, b.arm) : a.numbers.lexicographicallyPrecedes(b.numbers)
}
