internal import Quantities

/// The half months at which bets without an order begin.
///
/// A bet begins on the 1st and on the 16th of each month and runs for a month: what begins late in one bet's month still has two
/// weeks in the next one's, with calibration days that it did not touch. Two bets a month share the month's false-alarm chance.
struct BetMonths: Sendable {
  /// First day and end of each bet, as positions in the history; begins are at least one calibration day after the first day.
  let spans: [Range<Int>]

  /// Bets that cover a day of the evidence and have days before them.
  init(firstDay: LocalDay, evidence: Range<Int>) {
    var spans: [Range<Int>] = []
    var begin = BetMonths.begin(of: firstDay)
    while firstDay.days(until: begin) < evidence.upperBound {
      let start = firstDay.days(until: begin)
      let next = BetMonths.next(BetMonths.next(begin))
      let end = min(firstDay.days(until: next), evidence.upperBound)
      if start > 0, end > evidence.lowerBound { spans.append(start..<end) }
      begin = BetMonths.next(begin)
    }
    self.spans = spans
  }

  private static func begin(of day: LocalDay) -> LocalDay {
    let first = day.month.firstDay
    return day.civil.day >= 16 ? first.advanced(by: 15) : first
  }

  private static func next(_ begin: LocalDay) -> LocalDay {
    begin.civil.day == 1 ? begin.advanced(by: 15) : begin.month.advanced(by: 1).firstDay
  }
}

/// What the bets of one rule found at one meter.
struct BetOutcome {
  /// Days of the evidence on which the event happened, ascending.
  var days: [Int] = []
  /// Largest wealth of any bet up to the end, with the days it was calibrated by; `nil` when no bet could be placed.
  var evidence: AlarmEvidence?
}

/// Bets on daily scores of one meter, calibrated by its own earlier days.
struct MonthlyBets: Sendable {
  let rules: PowerRules
  let evidence: Range<Int>
  let months: BetMonths

  /// What a rule takes of the month's false-alarm chance: treatment that is off comes on single days and needs most.
  private static func share(_ rule: PowerRule) -> Double { rule == .treatmentOff ? 0.3 : 0.14 }

  /// Weight of the bet against peers beside the meter's own; fixed beforehand, so the mean is a bet as well.
  private static let peerWeight = 0.8

  /// What one bet of a rule may spend; two bets a month cover each day.
  func level(_ rule: PowerRule) -> Double { rules.monthFalseAlarm * MonthlyBets.share(rule) / 2 }

  /// Days that calibrate a bet.
  func calibrationDays(_ span: Range<Int>) -> Range<Int> {
    max(0, span.lowerBound - rules.calibrationDays)..<span.lowerBound
  }

  /// - Parameters:
  ///   - scores: By day of the history; `nil` where a day says nothing.
  ///   - peers: Chance of a day that matters among peers, by bet, where it is known: a weighted mean of the meter's own bet and
  ///     of the bet against the peers is then the evidence. Without own calibration days the peers' bet stands alone.
  ///   - share: What the rule takes of its level; less than 1 where two scores serve one rule.
  ///   - matters: Whether a day's score is large enough to matter, given the calibration scores.
  /// - Returns: Without evidence when too few days calibrate and no peers are known.
  func outcome(
    _ rule: PowerRule, scores: [Double?], peers: [Double?] = [], share: Double = 1,
    matters: (_ day: Int, _ calibration: [Double]) -> Bool
  ) -> BetOutcome {
    var outcome = BetOutcome()
    var found: Set<Int> = []
    for (number, span) in months.spans.enumerated() {
      let calibration = calibrationDays(span).compactMap { scores[$0] }
      let hasOwn = calibration.count >= rules.minimumCalibrationDays
      let chance = number < peers.count ? peers[number] : nil
      guard hasOwn || chance != nil else { continue }
      var own = RankBet(calibration: calibration, stakes: .lasting)
      var peer = EventBet(.sporadic)
      var largest = 1.0
      for day in span {
        guard let score = scores[day] else { continue }
        let isEvent = matters(day, calibration)
        if hasOwn { own.observe(score, matters: isEvent) }
        if let chance { peer.observe(isEvent, chance: chance) }
        if isEvent, evidence.contains(day) { found.insert(day) }
        let weight = chance == nil ? 0 : hasOwn ? MonthlyBets.peerWeight : 1
        largest = max(largest, weight * peer.wealth + (1 - weight) * own.wealth)
      }
      if outcome.evidence.map({ largest > $0.e }) ?? true {
        outcome.evidence = AlarmEvidence(e: largest, level: level(rule) * share, calibration: calibration.count)
      }
    }
    outcome.days = found.sorted()
    return outcome
  }
}
