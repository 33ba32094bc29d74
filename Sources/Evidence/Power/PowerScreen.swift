internal import Dispatch
public import Enterprises
internal import Glibc
public import Quantities

/// Applies the electricity rules to all meters.
///
/// Findings are the same for any number of threads: each meter is judged alone from its own curves and from reference
/// values that are computed beforehand, and meters are put together in their order.
public struct PowerScreen: Sendable {
  let rules: PowerRules
  let industries: IndustryClass
  let meters: [Meter]
  /// By meter: position in `enterprises`, -1 without a code, -2 when the register does not know the code.
  let firmOf: [Int32]
  let enterprises: [Enterprise]
  let orders: OrderBook

  /// - Parameters:
  ///   - meters: What `DayLoads.meters` are positions in.
  ///   - enterprises: The register. Where a credit code occurs twice the first counts.
  public init(
    rules: PowerRules, meters: [Meter], enterprises: [Enterprise], orders: OrderBook,
    industries: IndustryClass = .standard
  ) {
    self.rules = rules
    self.industries = industries
    self.meters = meters
    self.enterprises = enterprises
    self.orders = orders
    var slots: [String: Int32] = [:]
    for (slot, firm) in enterprises.enumerated() where slots[firm.creditCode] == nil {
      slots[firm.creditCode] = Int32(slot)
    }
    firmOf = meters.map { meter in
      guard let code = meter.creditCode, !code.isEmpty else { return -1 }
      return slots[code] ?? -2
    }
  }

  /// Screens the evidence days with the history before them.
  ///
  /// - Parameters:
  ///   - loads: Any days; those before `rules.historyDays` and after the evidence are left out.
  ///   - evidence: Days in which something is looked for; baselines come from earlier days too.
  /// - Complexity: O(m · d) for m meters and d days, about 0.3 ms per meter of three circuits and 60 days.
  public func findings(loads: [DayLoads], evidence: ClosedRange<LocalDay>, threads: Int) -> PowerFindings {
    let first = min(evidence.lowerBound, evidence.upperBound.advanced(by: 1 - rules.historyDays))
    let history = LoadHistory(loads, meterCount: meters.count, days: first...evidence.upperBound)
    let evidenceDays = first.days(until: evidence.lowerBound)..<history.dayCount
    let stretches = firmStretches()
    let peers = PeerLevels(self, history: history, threads: threads)
    let calendar = ScreenCalendar(
      rules: rules, firstDay: first, dayCount: history.dayCount, evidence: evidenceDays)
    let perMeter = concurrentMap(meters.count, threads: threads) { meter in
      judge(meter, history, evidenceDays, calendar, stretches: stretches, peers: peers)
    }
    let isMeant = meters.indices.map { firmOf[$0] == -1 || isClosed($0) }
    let households = HouseholdBets(
      self, history: history, evidence: evidenceDays, isMeant: isMeant, threads: threads)
    return assembled(perMeter, history, evidenceDays, calendar, households)
  }

  /// Whether the register calls the meter's firm closed.
  private func isClosed(_ meter: Int) -> Bool {
    firmOf[meter] >= 0 && RegisterStatus.isClosed(enterprises[Int(firmOf[meter])].status)
  }

  /// Joins what meters show alone with what their peers say, in the order of meters and rules.
  private func assembled(
    _ perMeter: [Judged], _ history: LoadHistory, _ evidence: Range<Int>, _ calendar: ScreenCalendar,
    _ households: HouseholdBets
  ) -> PowerFindings {
    let bets = MonthlyBets(rules: rules, evidence: evidence, months: calendar.betMonths)
    let industries = meters.indices.map(industry)
    let treatmentPeers = TreatmentPeers(perMeter.map(\.treatment), industries: industries, bets: bets)
    let nightPeers = NightPeers(perMeter.map(\.night), industries: industries, minimumPeers: rules.minimumPeers)
    let references = TariffReferences(self, shapes: perMeter.map(\.shape))
    let treatmentScreen = TreatmentScreen(firstDay: history.firstDay)
    var flags: [PowerFlag] = []
    var abstentions: [PowerAbstention] = []
    for (meter, judged) in perMeter.enumerated() {
      var silences = judged.abstentions
      func abstain(_ reason: PowerAbstentionReason, days: Int = 0) {
        guard !silences.contains(where: { $0.reason == reason }) else { return }
        silences.append(PowerAbstention(meter: meter, reason: reason, days: days))
      }
      flags += judged.flags.filter { $0.rule.isOfOrders }
      if let candidate = judged.treatment {
        let chances = treatmentPeers.chances(meter)
        let found = treatmentScreen.flags(
          candidate, meter: meter, bets: bets, offChances: chances.off, lateChances: chances.late, history: history)
        flags += found.flags
        if found.weakDays > 0 { abstain(.weakEvidence, days: found.weakDays) }
        if found.uncalibratedDays > 0 { abstain(.noBaseline, days: found.uncalibratedDays) }
      }
      flags += judged.flags.filter { !$0.rule.isOfOrders }
      if let night = judged.night, let flag = night.flag {
        if nightPeers.movedToo(night.rise, industry: industries[meter]) {
          abstain(.ordinaryNight, days: flag.evidenceDays)
        } else {
          flags.append(flag)
        }
      }
      if let flag = unregistered(meter, judged, history, evidence, references, households) {
        if flag.evidence?.isEnough ?? false {
          flags.append(flag)
        } else {
          abstain(.weakEvidence, days: flag.evidenceDays)
        }
      }
      abstentions += silences.sorted { $0.reason.order < $1.reason.order }
    }
    return PowerFindings(flags: flags, abstentions: abstentions)
  }

  /// Two-digit industry of a meter's firm; empty when unknown.
  private func industry(_ meter: Int) -> String {
    guard firmOf[meter] >= 0 else { return "" }
    return String(IndustryClass.normalised(enterprises[Int(firmOf[meter])].industryCode).prefix(2))
  }

  /// Strictest orders in force by firm; only firms with a meter are looked at.
  func firmStretches() -> [(stretches: [OrderStretch], isExempt: Bool)] {
    var metered = [Bool](repeating: false, count: enterprises.count)
    for slot in firmOf where slot >= 0 { metered[Int(slot)] = true }
    let exempt = Set(rules.exemptGrades)
    return enterprises.indices.map { slot in
      guard metered[slot] else { return (stretches: [], isExempt: false) }
      let binding = orders.binding(enterprises[slot], exemptGrades: exempt)
      let all = exempt.contains(where: { $0 == enterprises[slot].grade }) ? orders.binding(enterprises[slot]) : binding
      return (stretches: orders.stretches(of: binding), isExempt: all.count > binding.count)
    }
  }

  /// What one meter alone gives.
  struct Judged: Sendable {
    var flags: [PowerFlag] = []
    var abstentions: [PowerAbstention] = []
    var shape = LoadShape()
    var treatment: TreatmentScreen.Candidate?
    var night: NightShiftScreen.Candidate?
  }

  private func judge(
    _ meter: Int, _ history: LoadHistory, _ evidence: Range<Int>, _ calendar: ScreenCalendar,
    stretches: [(stretches: [OrderStretch], isExempt: Bool)], peers: PeerLevels
  ) -> Judged {
    var state = MeterState(
      curves: MeterCurves(history, meter: meter), rules: rules, evidence: evidence, calendar: calendar)
    var judged = Judged()
    guard Circuit.allCases.contains(where: { state.curves.has($0) }) else {
      state.abstain(.missingData)
      judged.abstentions = state.abstentions
      return judged
    }
    if state.curves.negativeSteps > 0 { state.abstain(.meterFault) }
    let firm = Int(firmOf[meter])
    if firm == -2 { state.abstain(.firmNotInRegister) }
    var isUnderOrder = [Bool](repeating: false, count: history.dayCount)
    if firm >= 0 {
      if stretches[firm].isExempt { state.abstain(.exemptGrade) }
      let screen = orderScreen(meter, firm, stretches[firm].stretches, peers, history.firstDay)
      isUnderOrder = OrderWindows(
        stretches: screen.stretches, hasSafetyLoad: screen.hasSafetyLoad, firstDay: history.firstDay
      ).daysUnderOrder(history.dayCount)
      judged.flags += screen.flags(&state, history: history)
    }
    if firm != -1 {
      let treatment = TreatmentScreen(firstDay: history.firstDay)
      judged.treatment = treatment.candidate(&state)
      if let candidate = judged.treatment {
        judged.flags += treatment.idleFlags(candidate, &state, history: history)
      }
      judged.flags += VanishedLoadScreen(firstDay: history.firstDay, isUnderOrder: isUnderOrder)
        .flags(&state, history: history)
      judged.flags += MeterReadingScreen(firstDay: history.firstDay).flags(&state, history: history)
      judged.night = NightShiftScreen(firstDay: history.firstDay, isUnderOrder: isUnderOrder)
        .candidate(&state, history: history)
    }
    if firm == -1 || isClosed(meter) {
      judged.shape = LoadShape(state, firstWeekday: history.firstDay.isoWeekday)
    }
    let generation = evidence.reduce(0) { $0 + (state.suspectsSelfGeneration(day: $1) ? 1 : 0) }
    if generation > 0, !state.abstentions.contains(where: { $0.reason == .selfGeneration }) {
      state.abstain(.selfGeneration, days: generation)
    }
    judged.abstentions = state.abstentions.sorted { $0.reason.order < $1.reason.order }
    return judged
  }

  func orderScreen(
    _ meter: Int, _ firm: Int, _ stretches: [OrderStretch], _ peers: PeerLevels, _ firstDay: LocalDay
  ) -> StopOrderScreen {
    StopOrderScreen(
      orders: orders, stretches: stretches,
      hasSafetyLoad: industries.hasSafetyLoad(enterprises[firm].industryCode),
      worksLikePeers: peers.works(meter, rules), firstDay: firstDay)
  }

  // MARK: - Meters without a working firm

  private func unregistered(
    _ meter: Int, _ judged: Judged, _ history: LoadHistory, _ evidence: Range<Int>, _ references: TariffReferences,
    _ households: HouseholdBets
  ) -> PowerFlag? {
    let isClosed = isClosed(meter)
    guard firmOf[meter] == -1 || isClosed else { return nil }
    let shape = judged.shape
    guard shape.days >= rules.unregisteredMinimumDays else { return nil }
    let reference = references.reference(for: meters[meter].tariff)
    let threshold = isClosed ? rules.unregisteredFloorKilowattHours : reference.threshold
    let looksLikeFactory =
      shape.loadFactor >= rules.unregisteredLoadFactor || shape.machineHours >= rules.unregisteredMachineHours
    guard shape.meanDaily > threshold, looksLikeFactory else { return nil }
    let days = evidence.filter { history.place(meter: meter, circuit: .total, day: $0) != nil }
    guard let first = days.first, let last = days.last else { return nil }
    let baseline = isClosed ? rules.unregisteredFloorKilowattHours : reference.median
    return PowerFlag(
      meter: meter, rule: isClosed ? .closedFirmLoad : .unregisteredLoad, circuit: .total,
      first: QuarterHour(day: history.firstDay.advanced(by: first), step: 0),
      last: QuarterHour(day: history.firstDay.advanced(by: last), step: 95), evidenceDays: shape.days,
      evidenceHours: shape.machineHours > 0 ? shape.machineHours * Double(shape.days) : Double(shape.days) * 24,
      observedKilowattHours: shape.meanDaily, baselineKilowattHours: baseline, threshold: threshold / baseline,
      places: history.places(meter: meter, circuit: .total, days: days),
      evidence: households.evidence(meter))
  }
}

extension PowerAbstentionReason {
  var order: Int { PowerAbstentionReason.allCases.firstIndex(of: self) ?? 0 }
}

/// What the register says of a firm's life.
public enum RegisterStatus {
  /// Whether the status means that the firm no longer exists or may not work: 注销, 吊销, 停业, 关停, 取缔, closed, revoked.
  public static func isClosed(_ status: String?) -> Bool {
    guard let status = status?.lowercased() else { return false }
    return ["注销", "吊销", "停业", "关停", "关闭", "取缔", "closed", "revoked", "cancelled"].contains { status.contains($0) }
  }
}

/// Maps positions on several threads, in chunks, and gives the results in order.
func concurrentMap<Value: Sendable>(
  _ count: Int, threads: Int, _ transform: @Sendable (Int) -> Value
) -> [Value] {
  let chunk = 64
  let chunks = (count + chunk - 1) / chunk
  guard threads > 1, chunks > 1 else { return (0..<count).map(transform) }
  let workers = min(threads, chunks)
  var parts = [[Value]](repeating: [], count: chunks)
  parts.withUnsafeMutableBufferPointer { buffer in
    // Each worker writes the chunks that are its own, so no two write to one place.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for number in stride(from: worker, to: chunks, by: workers) {
        slots[number] = (number * chunk..<min(count, (number + 1) * chunk)).map(transform)
      }
    }
  }
  return parts.flatMap(\.self)
}
