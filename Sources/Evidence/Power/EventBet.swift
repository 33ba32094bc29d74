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
  /// Wealth after each day that was bet on, in their order; 1 is the start.
  public private(set) var path: [Double] = []
  public private(set) var wealth = 1.0
  /// Days since the last event; the bet counts as active before its first day.
  private var quiet: Int
  private let firstStake: Double

  /// Stake while events happen.
  public static let activeStake = 0.5
  /// Stake after quiet days.
  public static let quietStake = 0.1
  /// Quiet days after which the stake is lowered.
  static let patience = 3

  /// - Parameters:
  ///   - firstStake: Stake until the first event or the first quiet day.
  public init(firstStake: Double = EventBet.activeStake) {
    self.firstStake = firstStake
    quiet = 0
  }

  /// Bets on one day.
  ///
  /// - Parameters:
  ///   - happened: Whether the event happened.
  ///   - chance: Its chance when the meter is innocent, given the days before, at most; 1 and above leaves the wealth alone.
  public mutating func observe(_ happened: Bool, chance: Double) {
    let stake =
      path.isEmpty ? firstStake : quiet < (hasWon ? EventBet.patience : 1) ? EventBet.activeStake : EventBet.quietStake
    if chance < 1, chance > 0 { wealth *= 1 - stake + (happened ? stake / chance : 0) }
    path.append(wealth)
    if happened { hasWon = true }
    quiet = happened ? 0 : quiet + 1
  }

  private var hasWon = false
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

  public var isEnough: Bool { p <= level }
}

/// The conformal bet of one meter on scores that are large when something is wrong.
///
/// n earlier days calibrate; on the t-th day the score's rank among all n + t scores is uniform when the days are exchangeable,
/// and independent of the earlier ranks. The event is a score above all calibration scores and above all earlier days without
/// an event: its rank is then at most j + 1 after j events, so its chance is at most (j + 1)/(n + t).
struct RankBet {
  private(set) var bet: EventBet
  private var largest: Double
  private let count: Int
  private var days = 0
  private var events = 0
  /// Whether earlier days count as events whatever their score; see ``StopOrderScreen``.
  private let isOneSided: Bool

  /// - Parameters:
  ///   - calibration: Scores of earlier days, not empty.
  ///   - isOneSided: Innocent scores may lie below what exchangeable days would give, as those of a firm that cut more than
  ///     it was asked to. Earlier days then say nothing of what they would have been, all count as larger, and the chance is t/(n + t).
  init(calibration: [Double], isOneSided: Bool = false, firstStake: Double = EventBet.activeStake) {
    bet = EventBet(firstStake: firstStake)
    largest = calibration.max() ?? .infinity
    count = calibration.count
    self.isOneSided = isOneSided
  }

  /// - Parameter matters: Whether the score is large enough to matter, apart from its rank.
  /// - Returns: Whether the event happened.
  @discardableResult
  mutating func observe(_ score: Double, matters: Bool) -> Bool {
    days += 1
    let happened = matters && score > largest
    bet.observe(happened, chance: Double(isOneSided ? days : events + 1) / Double(count + days))
    if happened { events += 1 } else if !isOneSided { largest = max(largest, score) }
    return happened
  }
}
