import Quantities
import Testing

@testable import Evidence

/// Ville's inequality on simulated innocent meters, and bets by hand.
@Suite struct EventBetTests {
  @Test func `wealth follows the odds`() {
    var bet = EventBet(.order)
    bet.observe(true, chance: 1.0 / 29)
    #expect(abs(bet.wealth - (0.2 + 0.8 * 29)) < 1e-9)
    bet.observe(true, chance: 2.0 / 30)
    #expect(abs(bet.wealth - 23.4 * (0.2 + 0.8 * 15)) < 1e-9)
    bet.observe(false, chance: 3.0 / 31)
    #expect(abs(bet.wealth - 23.4 * 12.2 * 0.2) < 1e-9)
    #expect(abs(bet.largest - 23.4 * 12.2) < 1e-9)
    let evidence = AlarmEvidence(e: bet.largest, level: 0.006, calibration: 28)
    #expect(abs(evidence.p - 1 / 285.48) < 1e-9 && evidence.isEnough)
    #expect(AlarmEvidence(e: 0.3, level: 1, calibration: 0).p == 1)
  }

  /// Share of innocent meters whose largest wealth on any of 31 daily looks reaches each of 5, 20 and 100.
  private func alarms(_ meters: Int, _ largest: (inout TestRandom) -> Double) -> [Double] {
    var random = TestRandom(state: 171_121)
    var counts = [0, 0, 0]
    for _ in 0..<meters {
      let wealth = largest(&random)
      for (k, bound) in [5.0, 20, 100].enumerated() where wealth >= bound { counts[k] += 1 }
    }
    return counts.map { Double($0) / Double(meters) }
  }

  private func expectBounded(_ shares: [Double], meters: Int, _ name: String) {
    for (share, bound) in zip(shares, [5.0, 20, 100]) {
      // Three standard errors of a share of 1/bound.
      let slack = 3 * (1 / bound * (1 - 1 / bound) / Double(meters)).squareRoot()
      #expect(share <= 1 / bound + slack, "\(name): \(share) of innocent meters reach \(bound)")
    }
  }

  @Test(arguments: [EventBet.Stakes.order, .lasting, .sporadic])
  func `innocent meters come to wealth e at most once in e, however often one looks`(stakes: EventBet.Stakes) {
    let shares = alarms(6000) { random in
      var bet = RankBet(calibration: (0..<28).map { _ in random.uniform(0...1) }, stakes: stakes)
      for _ in 0..<31 { bet.observe(random.uniform(0...1), matters: true) }
      return bet.largest
    }
    expectBounded(shares, meters: 6000, "exchangeable days")
    // A bound that nobody ever comes near would hold for a wrong bet as well.
    #expect(shares[0] > 0.01)
  }

  @Test func `a firm that cuts more than it must gives no false alarm either`() {
    let shares = alarms(6000) { random in
      var bet = RankBet(
        calibration: (0..<28).map { _ in random.uniform(0.5...1.5) }, isOneSided: true, stakes: .order)
      // Cuts deeply on some days and hardly on others, which a two-sided rank would take for rare highs.
      for day in 0..<31 { bet.observe(random.uniform(0.5...1.5) * (day % 3 == 2 ? 1 : 0.1), matters: true) }
      return bet.largest
    }
    expectBounded(shares, meters: 6000, "one-sided")
  }

  @Test func `days of two orders add up, and an order that was kept does not excuse the next`() {
    let usual = (0..<40).map { 0.9 + 0.005 * Double($0) }
    let level = 0.0025
    var line = OrderBets.Line()
    line.observe(1.6, order: 0, matters: true) { usual }
    #expect(!line.evidence(0, level: level).isEnough)
    line.observe(1.6, order: 1, matters: true) { usual }
    // By hand: 0.9 (0.2 + 0.8 · 41)(0.2 + 0.8 · 42/2) + 0.1 (0.2 + 0.8 · 41/3)(0.2 + 0.8 · 42/4).
    let twoDays = 0.9 * 33.0 * 17.0 + 0.1 * (0.2 + 0.8 * 41 / 3) * 8.6
    #expect(abs(line.evidence(1, level: level).e - twoDays) < 1e-9)
    #expect(line.evidence(1, level: level).isEnough)
    #expect(!line.evidence(0, level: level).isEnough)

    var kept = OrderBets.Line()
    for _ in 0..<10 { kept.observe(0.2, order: 0, matters: false) { usual } }
    for _ in 0..<2 { kept.observe(1.6, order: 1, matters: true) { usual } }
    #expect(abs(kept.evidence(1, level: level).e - twoDays) < 1e-9)
    #expect(kept.evidence(0, level: level).e == 1)
    // Without normal days before the order nothing is bet.
    var blank = OrderBets.Line()
    blank.observe(9, order: 3, matters: true) { [] }
    #expect(blank.evidence(3, level: level) == AlarmEvidence(e: 1, level: level, calibration: 0))
  }

  @Test func `over three orders an innocent meter comes to wealth e at most three times in e`() {
    let meters = 4000
    let shares = alarms(meters) { random in
      var line = OrderBets.Line()
      var normal = (0..<40).map { _ in random.uniform(0.5...1.5) }
      var largest = 1.0
      for order in 0..<3 {
        for day in 0..<5 {
          let score = random.uniform(0.5...1.5) * (day % 2 == 1 ? 0.3 : 1)
          line.observe(score, order: order, matters: true) { normal }
        }
        largest = max(largest, line.evidence(order, level: 1).e)
        normal += (0..<4).map { _ in random.uniform(0.5...1.5) }
      }
      return largest
    }
    for (share, bound) in zip(shares, [5.0, 20, 100]) {
      #expect(share <= 3 / bound + 3 * (3 / bound / Double(meters)).squareRoot(), "\(share) reach \(bound)")
    }
    #expect(shares[0] > 0.03)
  }

  @Test func `days that do not matter cannot win`() {
    var bet = RankBet(calibration: [1, 2, 3], stakes: .lasting)
    for _ in 0..<10 { bet.observe(100, matters: false) }
    #expect(bet.largest == 1)
  }

  @Test func `a bet begins every half month and leaves no day of the evidence out`() {
    for first in stride(from: 17_440, to: 17_560, by: 7) {
      let firstDay = LocalDay(ordinal: Int32(first))
      let months = BetMonths(firstDay: firstDay, evidence: 45..<60)
      #expect(months.spans.allSatisfy { $0.upperBound <= 60 && $0.lowerBound > 0 && $0.upperBound > 45 })
      #expect(months.spans.allSatisfy { [1, 16].contains(firstDay.advanced(by: $0.lowerBound).civil.day) })
      for day in 45..<60 { #expect(months.spans.filter { $0.contains(day) }.count == 2) }
    }
  }
}
