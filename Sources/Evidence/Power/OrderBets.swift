internal import Enterprises

/// The three bets on one order at one meter: energy, load that moved to no metered circuit, and work at night.
///
/// Innocence means that the firm used, each day, no more than the order leaves of what it would have used without the order;
/// what it would have used is taken to be exchangeable with the normal days before. A day's score is its energy over the
/// share left and over the baseline, so it is at most the ratio that the day would have had; the bets are one-sided, because
/// a firm may use as little as it likes.
struct OrderBets {
  /// A bet that is placed when its first day comes.
  struct Line {
    private var bet: RankBet?
    /// Largest wealth so far; 1 without a bet.
    var largest: Double { bet?.largest ?? 1 }
    private(set) var calibrationCount = 0

    /// - Parameter calibration: Asked for once; without scores no bet is placed.
    mutating func observe(_ score: Double, matters: Bool, calibration: () -> [Double]) {
      if bet == nil {
        let scores = calibration()
        guard !scores.isEmpty else { return }
        calibrationCount = scores.count
        bet = RankBet(calibration: scores, isOneSided: true, stakes: .order)
      }
      bet?.observe(score, matters: matters)
    }
  }

  var energy = Line()
  var unexplained = Line()
  var night = Line()
  private let level: Double

  /// Most of the order's false-alarm chance goes to the rule that finds most.
  private static let shares = (energy: 0.8, unexplained: 0.1, night: 0.1)

  init(level: Double) { self.level = level }

  var energyEvidence: AlarmEvidence { evidence(energy, OrderBets.shares.energy) }
  var unexplainedEvidence: AlarmEvidence { evidence(unexplained, OrderBets.shares.unexplained) }
  var nightEvidence: AlarmEvidence { evidence(night, OrderBets.shares.night) }

  private func evidence(_ line: Line, _ share: Double) -> AlarmEvidence {
    AlarmEvidence(e: line.largest, level: level * share, calibration: line.calibrationCount)
  }
}
