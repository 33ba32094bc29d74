internal import Enterprises

/// The bets on the orders of one meter, of three kinds: energy, load that moved to no metered circuit, and work at night.
///
/// Innocence means that the firm used, each day, no more than the order leaves of what it would have used without the order;
/// what it would have used is taken to be exchangeable with the normal days before. A day's score is its energy over the
/// share left and over the baseline, so it is at most the ratio that the day would have had; the bets are one-sided, because
/// a firm may use as little as it likes.
///
/// A bet of each kind begins with each order and goes on through the orders after it, so that two days of one order and two of the next
/// add up; an order's own bet begins afresh, so that orders that were kept do not excuse it.
struct OrderBets {
  /// The bets of one kind.
  struct Line {
    private struct Bet {
      let order: Int
      let calibrationCount: Int
      var bet: RankBet
    }

    private var bets: [Bet] = []
    /// By order: the largest wealth that any bet came to on a day of it.
    private var best: [Int: (e: Double, calibrationCount: Int)] = [:]

    /// Bets on a part of a day under an order.
    ///
    /// - Parameter calibration: Asked for once an order; without scores no bet begins with it.
    mutating func observe(_ score: Double, order: Int, matters: Bool, calibration: () -> [Double]) {
      if !bets.contains(where: { $0.order == order }) {
        let scores = calibration()
        if !scores.isEmpty {
          bets.append(
            Bet(
              order: order, calibrationCount: scores.count,
              bet: RankBet(calibration: scores, isOneSided: true, stakes: .order)))
        }
      }
      for k in bets.indices {
        bets[k].bet.observe(score, matters: matters)
        if bets[k].bet.wealth > best[order]?.e ?? 1 {
          best[order] = (bets[k].bet.wealth, bets[k].calibrationCount)
        }
      }
    }

    func evidence(_ order: Int, level: Double) -> AlarmEvidence {
      let own = bets.first { $0.order == order }?.calibrationCount ?? 0
      return AlarmEvidence(e: best[order]?.e ?? 1, level: level, calibration: best[order]?.calibrationCount ?? own)
    }
  }

  var energy = Line()
  var unexplained = Line()
  var night = Line()
  private let level: Double

  /// Parts of the order's false-alarm chance.
  private static let shares = (energy: 0.65, unexplained: 0.1, night: 0.25)

  /// - Parameter level: False-alarm chance of the bets that begin with one order.
  init(level: Double) { self.level = level }

  func energyEvidence(_ order: Int) -> AlarmEvidence { energy.evidence(order, level: level * OrderBets.shares.energy) }

  func unexplainedEvidence(_ order: Int) -> AlarmEvidence {
    unexplained.evidence(order, level: level * OrderBets.shares.unexplained)
  }

  func nightEvidence(_ order: Int) -> AlarmEvidence { night.evidence(order, level: level * OrderBets.shares.night) }
}
