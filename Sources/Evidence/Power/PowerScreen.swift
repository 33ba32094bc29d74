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
    let perMeter = concurrentMap(meters.count, threads: threads) { meter in
      judge(meter, history, evidenceDays, stretches: stretches, peers: peers)
    }
    let references = TariffReferences(self, shapes: perMeter.map(\.shape))
    var flags: [PowerFlag] = []
    var abstentions: [PowerAbstention] = []
    for (meter, judged) in perMeter.enumerated() {
      flags += judged.flags
      if let flag = unregistered(meter, judged, history, evidenceDays, references) { flags.append(flag) }
      abstentions += judged.abstentions
    }
    return PowerFindings(flags: flags, abstentions: abstentions)
  }

  /// Strictest orders in force by firm; only firms with a meter are looked at.
  private func firmStretches() -> [(stretches: [OrderStretch], isExempt: Bool)] {
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
  }

  private func judge(
    _ meter: Int, _ history: LoadHistory, _ evidence: Range<Int>,
    stretches: [(stretches: [OrderStretch], isExempt: Bool)], peers: PeerLevels
  ) -> Judged {
    var state = MeterState(curves: MeterCurves(history, meter: meter), rules: rules, evidence: evidence)
    var judged = Judged()
    guard Circuit.allCases.contains(where: { state.curves.has($0) }) else {
      state.abstain(.missingData)
      judged.abstentions = state.abstentions
      return judged
    }
    if state.curves.negativeSteps > 0 { state.abstain(.meterFault) }
    let firm = Int(firmOf[meter])
    if firm == -2 { state.abstain(.firmNotInRegister) }
    if firm >= 0 {
      if stretches[firm].isExempt { state.abstain(.exemptGrade) }
      let screen = StopOrderScreen(
        orders: orders, stretches: stretches[firm].stretches,
        hasSafetyLoad: industries.hasSafetyLoad(enterprises[firm].industryCode),
        worksLikePeers: peers.works(meter, rules), firstDay: history.firstDay)
      judged.flags += screen.flags(&state, history: history)
    }
    if firm != -1 {
      judged.flags += TreatmentScreen(firstDay: history.firstDay).flags(&state, history: history)
    }
    if firm == -1 || firm >= 0 && RegisterStatus.isClosed(enterprises[firm].status) {
      judged.shape = LoadShape(state, firstWeekday: history.firstDay.isoWeekday)
    }
    let generation = evidence.reduce(0) { $0 + (state.suspectsSelfGeneration(day: $1) ? 1 : 0) }
    if generation > 0, !state.abstentions.contains(where: { $0.reason == .selfGeneration }) {
      state.abstain(.selfGeneration, days: generation)
    }
    judged.abstentions = state.abstentions.sorted { $0.reason.order < $1.reason.order }
    return judged
  }

  // MARK: - Meters without a working firm

  private func unregistered(
    _ meter: Int, _ judged: Judged, _ history: LoadHistory, _ evidence: Range<Int>, _ references: TariffReferences
  ) -> PowerFlag? {
    let firm = Int(firmOf[meter])
    let isClosed = firm >= 0 && RegisterStatus.isClosed(enterprises[firm].status)
    guard firm == -1 || isClosed else { return nil }
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
      places: history.places(meter: meter, circuit: .total, days: days))
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
