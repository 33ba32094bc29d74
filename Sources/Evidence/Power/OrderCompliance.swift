public import Enterprises
public import Quantities

/// How one firm's load kept to one order, on the days when the order was the strictest that bound it.
///
/// A figure of the load and no verdict: what an order asked of which line, and what was exempt, is not in the load.
public struct OrderCompliance: Hashable, Sendable {
  /// What the load says.
  public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
    /// No judged part of a day used more than the order leaves.
    case kept
    /// At least one did.
    case exceeded
    /// Nothing could be judged; see the reasons.
    case unjudged
    /// No meter names the firm.
    case unmetered
  }

  /// Position in the register.
  public let enterprise: Int
  /// Position in ``OrderBook/orders``.
  public let order: Int
  /// Meters of the firm, whether or not they could be judged.
  public var meters = 0
  /// Days of the period on which the order was in force and the strictest.
  public var daysBound = 0
  /// Days judged at one meter at least, and days on which one used more than the order leaves.
  public var daysJudged = 0
  /// Of them, days on which one meter at least used more than the order leaves.
  public var daysExceeded = 0
  /// kWh of the judged hours: used, usual, and left by the order.
  public var observedKilowattHours = 0.0
  /// What the same hours use on normal days, kWh.
  public var baselineKilowattHours = 0.0
  /// What the order leaves of that, with its tolerance, kWh.
  public var allowedKilowattHours = 0.0
  /// Why meters could not be judged, in the order of the reasons.
  public var reasons: [PowerAbstentionReason] = []

  public init(enterprise: Int, order: Int) {
    self.enterprise = enterprise
    self.order = order
  }

  /// `exceeded` from one day on at one meter; follows from the counts above.
  public var status: Status {
    if meters == 0 { return .unmetered }
    if daysJudged == 0 { return .unjudged }
    return daysExceeded > 0 ? .exceeded : .kept
  }

  /// Share of the usual energy that was saved in the judged hours; `nil` when nothing was judged.
  public var reduction: Double? {
    baselineKilowattHours > 0 ? 1 - observedKilowattHours / baselineKilowattHours : nil
  }
}

extension PowerScreen {
  /// Compliance of every firm with every order that bound it in the period, by firm, then by order.
  ///
  /// - Parameters:
  ///   - loads: Any days; baselines come from days before the period too.
  ///   - period: Days that are judged.
  public func compliance(loads: [DayLoads], period: ClosedRange<LocalDay>, threads: Int) -> [OrderCompliance] {
    let first = min(period.lowerBound, period.upperBound.advanced(by: 1 - rules.historyDays))
    let history = LoadHistory(loads, meterCount: meters.count, days: first...period.upperBound)
    let days = first.days(until: period.lowerBound)..<history.dayCount
    let calendar = ScreenCalendar(rules: rules, firstDay: first, dayCount: history.dayCount, evidence: days)
    let peers = PeerLevels(self, history: history, threads: threads)
    let exempt = Set(rules.exemptGrades)
    let stretches = enterprises.map { orders.stretches(of: orders.binding($0, exemptGrades: exempt)) }
    let perMeter = concurrentMap(meters.count, threads: threads) { meter -> MeterCompliance? in
      let firm = Int(firmOf[meter])
      guard firm >= 0, !stretches[firm].isEmpty else { return nil }
      var state = MeterState(
        curves: MeterCurves(history, meter: meter), rules: rules, evidence: days, calendar: calendar)
      guard Circuit.allCases.contains(where: { state.curves.has($0) }) else {
        return MeterCompliance(findings: [], reasons: [.missingData])
      }
      let screen = orderScreen(meter, firm, stretches[firm], peers, first)
      let findings = screen.findings(&state)
      return MeterCompliance(findings: findings, reasons: state.abstentions.map(\.reason))
    }
    var metersOf = [[Int]](repeating: [], count: enterprises.count)
    for (meter, firm) in firmOf.enumerated() where firm >= 0 { metersOf[Int(firm)].append(meter) }
    return enterprises.indices.flatMap { firm in
      joined(firm, stretches[firm], metersOf[firm].map { perMeter[$0] }, period: period, firstDay: first)
    }
  }

  private struct MeterCompliance: Sendable {
    let findings: [WindowFinding]
    let reasons: [PowerAbstentionReason]
  }

  private func joined(
    _ firm: Int, _ stretches: [OrderStretch], _ meters: [MeterCompliance?], period: ClosedRange<LocalDay>,
    firstDay: LocalDay
  ) -> [OrderCompliance] {
    var byOrder: [Int: OrderCompliance] = [:]
    for stretch in stretches {
      let last = QuarterHour(containing: stretch.end).previous.day
      let from = max(stretch.start.day, period.lowerBound)
      let to = min(last, period.upperBound)
      guard from <= to else { continue }
      byOrder[stretch.order, default: OrderCompliance(enterprise: firm, order: stretch.order)].daysBound +=
        from.days(until: to) + 1
    }
    return byOrder.keys.sorted().compactMap { order in
      guard var result = byOrder[order] else { return nil }
      result.meters = meters.count
      var judged: Set<Int> = []
      var exceeded: Set<Int> = []
      var reasons: Set<PowerAbstentionReason> = []
      for meter in meters.compactMap(\.self) {
        let own = meter.findings.filter { $0.window.stretch.order == order }
        if own.isEmpty { reasons.formUnion(meter.reasons) }
        for finding in own {
          switch finding.outcome {
          case .noBaseline: reasons.insert(.noBaseline)
          case .selfGeneration: reasons.insert(.selfGeneration)
          case .unknown: reasons.insert(.missingData)
          case .idle: judged.insert(finding.window.day)
          case .high, .low:
            judged.insert(finding.window.day)
            if finding.outcome == .high { exceeded.insert(finding.window.day) }
            result.observedKilowattHours += finding.observed
            result.baselineKilowattHours += finding.baseline
            result.allowedKilowattHours += finding.share * finding.baseline
          }
        }
      }
      result.daysJudged = judged.count
      result.daysExceeded = exceeded.count
      result.reasons = PowerAbstentionReason.allCases.filter(reasons.contains)
      return result
    }
  }
}
