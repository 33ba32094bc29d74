public import Diagnostics
internal import Enterprises
public import Evidence
public import Quantities
internal import Synchronization
internal import SyntheticWorld
internal import Threads

/// What `evaluate power` is asked for.
public struct PowerEvaluationRequest: Sendable {
  /// First seed; the next ones follow.
  public var seed: UInt64 = 1
  /// Campaigns, at least 1.
  public var seeds = 1
  /// Metered firms of each campaign.
  public var firms = 400
  /// Ordinary households with meters in each campaign.
  public var households = 60
  /// First of the two months that are judged; two months before it and the month after belong to the campaign.
  public var month = LocalMonth(year: 2017, month: 11)
  /// Rules that are tried; history and thresholds are theirs.
  public var rules = PowerRules()
  /// Whether each month is screened at the end of each of its days and what any look flagged counts, instead of once at its end.
  public var looksDaily = false
  /// At most; the result does not depend on the number.
  public var threads = 1
  /// Told how many campaigns are done.
  public var progress: any ProgressSink = SilentProgress()

  /// The defaults of the verb.
  public init() {}
}

/// What the electricity rules find of what was planted into synthetic campaigns, and what else they say.
public struct PowerEvaluation: Sendable, Encodable {
  /// One planted behaviour over all seeds.
  public struct Row: Sendable, Encodable {
    /// Name of a planted behaviour, or `workshop` for unregistered ones.
    public let behaviour: String
    /// Kind of lead that should find it; empty for honest behaviours.
    public let lead: String
    /// Metered firms, or workshops, that were given the behaviour.
    public var firms = 0
    /// Firms whose load showed the behaviour for long enough to be found; see docs/methods/power-rules.md.
    public var shown = 0
    /// Of those, flagged with the right kind of lead.
    public var found = 0
    /// Firms with a flag, by rule, rules in their order.
    public var rules: [RuleCount] = []
    /// Meters with a silence, by reason, reasons in their order.
    public var silences: [RuleCount] = []

    /// Share found of those that showed it; `nil` when none did.
    public var recall: Double? { shown > 0 ? Double(found) / Double(shown) : nil }
  }

  /// How many firms, by rule or reason.
  public struct RuleCount: Sendable, Encodable {
    /// A rule or a reason of silence, as in the files of `power flags`.
    public let name: String
    /// Firms of the row, each once however many of its days it concerns.
    public var firms: Int
  }

  /// Written as `synthetic`: no such firm exists.
  public let isSynthetic = true
  /// Of the first campaign; further ones count up from it.
  public let seed: UInt64
  /// Campaigns that were screened.
  public let seeds: Int
  /// The two months that were judged, such as `2017-11`.
  public let months: [String]
  /// Whether every day of the months was looked at, see ``PowerEvaluationRequest/looksDaily``.
  public let looksDaily: Bool
  /// One per behaviour in its order, then the workshops.
  public var rows: [Row] = []
  /// Firm-months in which nothing was planted or it had not begun, and those of them with a flag.
  public var cleanFirmMonths = 0
  /// Of `cleanFirmMonths`, those with a flag: false alarms; flags of closed firms are not counted.
  public var cleanFlagged = 0
  /// Firm-months with something planted that carry a flag of another kind too.
  public var otherKinds = 0
  /// Firm-months in which something planted showed.
  public var plantedFirmMonths = 0
  /// Months of households' meters, and those of them with a flag.
  public var householdMonths = 0
  /// Meter-months of households with a flag: false alarms.
  public var householdMonthsFlagged = 0
  /// Homes simulated, all seeds together.
  public var households = 0

  /// False alarms per 100 meter-months of households.
  public var householdAlarmsPer100: Double {
    householdMonths > 0 ? 100 * Double(householdMonthsFlagged) / Double(householdMonths) : 0
  }

  /// False alarms per 100 firm-months: flagged firm-months among the clean ones.
  public var falseAlarmsPer100: Double {
    cleanFirmMonths > 0 ? 100 * Double(cleanFlagged) / Double(cleanFirmMonths) : 0
  }

  enum CodingKeys: String, CodingKey {
    case seed, seeds, months, rows, households
    case isSynthetic = "synthetic"
    case looksDaily = "daily_looks"
    case cleanFirmMonths = "clean_firm_months"
    case cleanFlagged = "clean_flagged"
    case otherKinds = "other_kinds"
    case plantedFirmMonths = "planted_firm_months"
    case householdMonths = "household_months"
    case householdMonthsFlagged = "household_months_flagged"
  }

  init(_ request: PowerEvaluationRequest, months: [LocalMonth]) {
    seed = request.seed
    seeds = request.seeds
    looksDaily = request.looksDaily
    self.months = months.map(\.description)
    rows =
      (SyntheticBehaviour.allCases.map { ($0.rawValue, $0.lead) } + [
        ("workshop", .unregisteredLoad), ("closed-firm-works", .unregisteredLoad),
      ]).map {
        Row(behaviour: $0.0, lead: $0.1?.rawValue ?? "")
      }
  }
}

extension SyntheticBehaviour {
  /// The kind of lead that should find it; `nil` for what is honest.
  var lead: LeadKind? {
    switch self {
    case .honest, .selfGeneration, .plainShutdown, .meterFault, .nightHabit: nil
    case .ignoresStopOrders, .exceedsLimit, .nightShift: .stopOrderLoad
    case .treatmentOff, .treatmentIdle: .treatmentOff
    case .nightWork: .nightShift
    case .loadVanished: .loadVanished
    case .tamperedReading: .meterReading
    }
  }

  /// Days on which a behaviour must show before it counts as one that could be found.
  fileprivate var daysToShow: Int { lead == .stopOrderLoad ? 2 : 7 }
}

/// Plants behaviours into synthetic campaigns, screens two months of each, and compares.
///
/// Each month is screened once, at its end, unless daily looks are asked for: a bet's largest wealth up to then is what looks before
/// would have seen, apart from days that have left the history since. The same seeds give the same numbers for any number of threads.
public func evaluatePower(_ request: PowerEvaluationRequest) throws -> PowerEvaluation {
  let months = [request.month, request.month.advanced(by: 1)]
  let done = Mutex(0)
  let campaigns = mapConcurrently(request.seeds, threads: request.threads) { number in
    let screened = Result {
      try screenedCampaign(
        request, seed: request.seed &+ UInt64(number), months: months,
        threads: max(1, request.threads / request.seeds))
    }
    done.withLock { count in
      count += 1
      request.progress.report(task: "synthetic campaigns", completed: count, total: request.seeds, unit: "seeds")
    }
    return screened
  }
  request.progress.finish(task: "synthetic campaigns")
  var result = PowerEvaluation(request, months: months)
  for campaign in campaigns {
    let (world, findings) = try campaign.get()
    result.add(world, months: months, findings: findings)
  }
  return result
}

/// One campaign and what the rules say of each month.
private func screenedCampaign(
  _ request: PowerEvaluationRequest, seed: UInt64, months: [LocalMonth], threads: Int
) throws -> (SyntheticWorld, [PowerFindings]) {
  let start = request.month.advanced(by: -2).firstDay
  let days = start.days(until: months[months.count - 1].lastDay) + 1
  let world = try SyntheticWorld.small(
    SyntheticOptions(
      seed: seed, start: start, days: days, stations: 0, micro: 0, mobile: 0, firms: request.firms,
      metered: request.firms, unregistered: 20, residential: request.households))
  let loads = (0..<days).map { world.loads(day: $0) }
  let screen = PowerScreen(
    rules: request.rules, meters: world.meters, enterprises: world.enterprises, orders: OrderBook(world.orders))
  let findings = months.map { month in
    let looks = request.looksDaily ? (0..<month.dayCount).map(month.firstDay.advanced(by:)) : [month.lastDay]
    var seen: Set<[Int]> = []
    var flags: [PowerFlag] = []
    var abstentions: [PowerAbstention] = []
    for look in looks {
      let first = start.days(until: look.advanced(by: 1 - request.rules.historyDays))
      let found = screen.findings(
        loads: Array(loads[max(0, first)...start.days(until: look)]), evidence: month.firstDay...look, threads: threads)
      abstentions = found.abstentions
      flags += found.flags.filter { flag in
        seen.insert([flag.meter, PowerRule.allCases.firstIndex(of: flag.rule) ?? 0, flag.order ?? -1]).inserted
      }
    }
    return PowerFindings(flags: flags, abstentions: abstentions)
  }
  return (world, findings)
}

extension PowerEvaluation {
  fileprivate mutating func add(_ world: SyntheticWorld, months: [LocalMonth], findings: [PowerFindings]) {
    let flagged = findings.map { Dictionary(grouping: $0.flags, by: \.meter) }
    let silent = findings.map { Dictionary(grouping: $0.abstentions, by: \.meter) }
    let sources = world.sources.enumerated().filter { $0.element.meter != nil }
    let closed = Set(world.enterprises.filter { RegisterStatus.isClosed($0.status) }.map(\.creditCode))
    for (meter, entry) in sources.enumerated() {
      let source = entry.element
      let row = source.isRegistered ? SyntheticBehaviour.allCases.firstIndex(of: source.behaviour) : rows.count - 2
      guard let row else { continue }
      let flags = flagged.map { $0[meter] ?? [] }
      let shownDays = months.map { days(world, source, $0) }
      let isShown = !source.isRegistered || shownDays.reduce(0, +) >= source.behaviour.daysToShow
      let kind = rows[row].lead
      rows[row].firms += 1
      if isShown, !kind.isEmpty {
        rows[row].shown += 1
        if flags.joined().contains(where: { $0.rule.leadKind.rawValue == kind }) { rows[row].found += 1 }
      }
      Self.count(flags.joined().map(\.rule.rawValue), PowerRule.allCases.map(\.rawValue), into: &rows[row].rules)
      Self.count(
        silent.flatMap { $0[meter] ?? [] }.map(\.reason.rawValue), PowerAbstentionReason.allCases.map(\.rawValue),
        into: &rows[row].silences)
      guard source.isRegistered else { continue }
      if closed.contains(source.id) { addClosed(world, source, months, flags.joined().map(\.rule)) }
      for (flags, shown) in zip(flags, shownDays) {
        // A firm the register calls closed is a lead of its own, whatever else was planted.
        let own = flags.filter { $0.rule != .closedFirmLoad }
        if shown == 0 {
          cleanFirmMonths += 1
          if !own.isEmpty { cleanFlagged += 1 }
        } else {
          plantedFirmMonths += 1
          if own.contains(where: { $0.rule.leadKind.rawValue != kind }) { otherKinds += 1 }
        }
      }
    }
    let first = sources.count
    households += world.options.residential
    householdMonths += world.options.residential * months.count
    for flags in flagged {
      householdMonthsFlagged += (first..<first + world.options.residential).count { flags[$0] != nil }
    }
  }

  /// A firm that the register calls closed and that works for ten days of a month, whatever else was planted.
  private mutating func addClosed(
    _ world: SyntheticWorld, _ source: SyntheticSource, _ months: [LocalMonth], _ flags: [PowerRule]
  ) {
    let row = rows.count - 1
    rows[row].firms += 1
    let isShown = months.contains { month in
      let first = world.options.start.days(until: month.firstDay)
      return (first..<first + month.dayCount).count { world.works(source, day: $0) } >= 10
    }
    // A meter that sticks or loses its values shows no work.
    guard isShown, source.behaviour != .meterFault else { return }
    rows[row].shown += 1
    if flags.contains(.closedFirmLoad) { rows[row].found += 1 }
    Self.count(flags.map(\.rawValue), PowerRule.allCases.map(\.rawValue), into: &rows[row].rules)
  }

  /// Days of a month on which a firm's load shows its behaviour.
  private func days(_ world: SyntheticWorld, _ source: SyntheticSource, _ month: LocalMonth) -> Int {
    let first = world.options.start.days(until: month.firstDay)
    return (first..<first + month.dayCount).filter { world.misbehaves(source, day: $0) }.count
  }

  /// Adds one firm to each name that occurs, names in their order.
  private static func count(_ names: [String], _ order: [String], into counts: inout [RuleCount]) {
    var found = Dictionary(counts.map { ($0.name, $0.firms) }, uniquingKeysWith: +)
    for name in Set(names) { found[name, default: 0] += 1 }
    counts = order.compactMap { name in found[name].map { RuleCount(name: name, firms: $0) } }
  }
}
