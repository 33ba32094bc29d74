/// A bet that a meter misbehaves, one day after another, whose winnings are the evidence.
///
/// Each day an event may happen that has a chance of at most q when the meter is innocent. A stake c of the wealth is put
/// on it at fair odds: wealth becomes wealth · (1 − c + c/q) when it happens and wealth · (1 − c) when it does not. When the
/// meter is innocent the wealth is a non-negative supermartingale that starts at 1, so by Ville's inequality (Ville 1939) the
/// chance that it ever reaches e is at most 1/e, on whatever days one looks. This is the conformal test martingale of
/// Vovk, Nouretdinov & Gammerman (2003) with a bet on the top ranks; Ramdas, Grünwald, Vovk & Shafer (2023), Statistical
/// Science 38, 576-601, [doi:10.1214/23-STS894](https://doi.org/10.1214/23-STS894), is a survey.
///
/// The stake may depend on earlier days only: it is high while events happen and small after quiet days.
public struct EventBet: Hashable, Sendable {
  /// Which part of the wealth is put on a day's event.
  public struct Stakes: Hashable, Sendable {
    /// Before anything happened.
    public let first: Double
    /// While events happen.
    public let active: Double
    /// After quiet days.
    public let quiet: Double
    /// Quiet days after an event until the stake is lowered.
    public let patience: Int

    public init(first: Double, active: Double, quiet: Double, patience: Int) {
      precondition([first, active, quiet].allSatisfy { $0 > 0 && $0 < 1 }, "a stake is a part of the wealth")
      self.first = first
      self.active = active
      self.quiet = quiet
      self.patience = patience
    }

    /// A firm that ignores an order ignores it from its first day.
    static let order = Stakes(first: 0.8, active: 0.8, quiet: 0.1, patience: 1)
    /// Something that begins on any day and then lasts.
    static let lasting = Stakes(first: 0.1, active: 0.5, quiet: 0.1, patience: 3)
    /// Something that comes on single days: long odds, so small stakes that are not lowered any more after the first event.
    static let sporadic = Stakes(first: 0.05, active: 0.25, quiet: 0.05, patience: .max)
  }

  /// 1 is the start.
  public private(set) var wealth = 1.0
  /// Largest wealth so far.
  public private(set) var largest = 1.0
  private let stakes: Stakes
  private var days = 0
  /// Days since the last event; `nil` before the first.
  private var quietDays: Int?

  /// A bet before its first day.
  public init(_ stakes: Stakes) { self.stakes = stakes }

  /// Bets on one day.
  ///
  /// - Parameters:
  ///   - happened: Whether the event happened.
  ///   - chance: Its chance when the meter is innocent, given the days before, at most; 1 and above leaves the wealth alone.
  public mutating func observe(_ happened: Bool, chance: Double) {
    let stake: Double
    if let quietDays {
      stake = quietDays < stakes.patience ? stakes.active : stakes.quiet
    } else {
      stake = days == 0 ? stakes.first : stakes.quiet
    }
    if chance < 1, chance > 0 { wealth *= 1 - stake + (happened ? stake / chance : 0) }
    largest = max(largest, wealth)
    days += 1
    quietDays = happened ? 0 : quietDays.map { $0 + 1 }
  }
}

/// What a flag's evidence is worth.
public struct AlarmEvidence: Hashable, Sendable {
  /// Largest wealth of the bet so far; 1 is no evidence.
  public let e: Double
  /// Chance, at most, that an innocent meter's bet would ever come to `e`, on whatever days one looks: 1/e, at most 1.
  public var p: Double { e > 1 ? 1 / e : 1 }
  /// The flag is raised when `p` is at most this.
  public let level: Double
  /// Days or meters that the scores were held against.
  public let calibration: Int

  public init(e: Double, level: Double, calibration: Int) {
    self.e = e
    self.level = level
    self.calibration = calibration
  }

  /// Whether chance alone brings about as much with a probability of at most `level`.
  public var isEnough: Bool { p <= level }
}

/// The conformal bet of one meter on scores that are large when something is wrong.
///
/// n earlier days calibrate; on the t-th day the score's rank among all n + t scores is uniform when the days are exchangeable,
/// and independent of the earlier ranks. The event of a line is a score above the k-th largest of the calibration scores and of
/// earlier days without an event: its rank is then at most k + j after j events, so its chance is at most (k + j)/(n + t).
/// A line with k = 1 wins most where days are alike, one with k = 3 bears two odd days among those that calibrate; the
/// weighted mean of both is a bet as well.
struct RankBet {
  private struct Line {
    let weight: Double
    let rank: Int
    var bet: EventBet
    /// The `rank` largest scores, ascending.
    var top: [Double]
    var events = 0
  }

  private var lines: [Line]
  private let count: Int
  private var days = 0
  private let isOneSided: Bool
  /// Weighted mean of the lines' wealth, and its largest so far.
  private(set) var wealth = 1.0
  private(set) var largest = 1.0

  private static let ranks = [(rank: 1, weight: 0.9), (rank: 3, weight: 0.1)]

  /// - Parameters:
  ///   - calibration: Scores of earlier days, not empty.
  ///   - isOneSided: Innocent scores may lie below what exchangeable days would give, as those of a firm that cut more than
  ///     it was asked to. Earlier days then say nothing of what they would have been, all count as larger, and the chance is
  ///     (k + t - 1)/(n + t).
  init(calibration: [Double], isOneSided: Bool = false, stakes: EventBet.Stakes) {
    let sorted = calibration.sorted()
    lines = RankBet.ranks.map { rank, weight in
      Line(weight: weight, rank: rank, bet: EventBet(stakes), top: Array(sorted.suffix(rank)))
    }
    count = calibration.count
    self.isOneSided = isOneSided
  }

  /// - Parameter matters: Whether the score is large enough to matter, apart from its rank.
  mutating func observe(_ score: Double, matters: Bool) {
    days += 1
    wealth = 0
    for k in lines.indices {
      let line = lines[k]
      let happened = matters && line.top.count == line.rank && score > line.top[0]
      let rank = line.rank + (isOneSided ? days - 1 : line.events)
      lines[k].bet.observe(happened, chance: Double(rank) / Double(count + days))
      if happened {
        lines[k].events += 1
      } else if !isOneSided, line.top.count == line.rank, score > line.top[0] {
        lines[k].top[0] = score
        lines[k].top.sort()
      }
      wealth += line.weight * lines[k].bet.wealth
    }
    largest = max(largest, wealth)
  }
}
