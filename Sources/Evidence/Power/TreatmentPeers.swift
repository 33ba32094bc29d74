/// How often the treatment of other firms looks off or late: the chance that a bet against peers is laid at.
///
/// For each bet only days before its beginning count, so the chance stands before the first day that is bet on. It is
/// (k + 1)/(n + 1) for k of the peers' n days (the rank of one more day among them), and never below the rate of meter faults
/// that the rules allow. Peers are firms of the same two-digit industry where they have days
/// enough to show that rate, else all firms. Peers that
/// misbehave raise the chance, which makes the bet weaker and never false.
struct TreatmentPeers: Sendable {
  private struct Count: Sendable {
    var off = 0
    var late = 0
    var days = 0
    var firms = 0

    static func + (a: Count, b: Count) -> Count {
      Count(off: a.off + b.off, late: a.late + b.late, days: a.days + b.days, firms: a.firms + b.firms)
    }

    static func - (a: Count, b: Count) -> Count {
      Count(off: a.off - b.off, late: a.late - b.late, days: a.days - b.days, firms: a.firms - b.firms)
    }
  }

  private let own: [[Count]]
  private let all: [Count]
  private let byIndustry: [String: [Count]]
  private let industries: [String]
  private let rules: PowerRules

  /// - Parameters:
  ///   - candidates: By meter; `nil` for meters without both circuits.
  ///   - industries: Two-digit industry by meter, empty when unknown.
  init(_ candidates: [TreatmentScreen.Candidate?], industries: [String], bets: MonthlyBets) {
    rules = bets.rules
    self.industries = industries
    let spans = bets.months.spans
    own = candidates.map { candidate in
      spans.map { span in
        guard let candidate else { return Count() }
        var count = Count()
        for day in bets.calibrationDays(span) {
          guard let isOff = candidate.isOff(day), let isLate = candidate.isLate(day) else { continue }
          count.days += 1
          if isOff { count.off += 1 }
          if isLate { count.late += 1 }
        }
        count.firms = count.days > 0 ? 1 : 0
        return count
      }
    }
    var all = [Count](repeating: Count(), count: spans.count)
    var byIndustry: [String: [Count]] = [:]
    for (meter, counts) in own.enumerated() where candidates[meter] != nil {
      for (number, count) in counts.enumerated() {
        all[number] = all[number] + count
        byIndustry[industries[meter], default: [Count](repeating: Count(), count: spans.count)][number] =
          (byIndustry[industries[meter]]?[number] ?? Count()) + count
      }
    }
    self.all = all
    self.byIndustry = byIndustry
  }

  /// Chances by bet; `nil` where too few peers have days before its beginning.
  func chances(_ meter: Int) -> (off: [Double?], late: [Double?]) {
    let counts = all.indices.map { number -> Count? in
      let mine = own[meter][number]
      if !industries[meter].isEmpty, let group = byIndustry[industries[meter]]?[number] {
        let others = group - mine
        if others.firms >= rules.minimumPeers, Double(others.days + 1) * rules.treatmentFaultRate >= 1 { return others }
      }
      let others = all[number] - mine
      return others.firms >= rules.minimumPeers ? others : nil
    }
    func chance(_ events: Int, _ days: Int) -> Double {
      max(rules.treatmentFaultRate, Double(events + 1) / Double(days + 1))
    }
    return (counts.map { $0.map { chance($0.off, $0.days) } }, counts.map { $0.map { chance($0.late, $0.days) } })
  }
}
