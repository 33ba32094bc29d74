internal import Enterprises
public import Evidence
public import Quantities
internal import SyntheticWorld

/// What `evaluate power` is asked for.
public struct PowerEvaluationRequest: Sendable {
  /// First seed; the next ones follow.
  public var seed: UInt64 = 1
  public var seeds = 1
  /// Metered firms of each campaign.
  public var firms = 400
  /// First of the two months that are judged; two months before it and the month after belong to the campaign.
  public var month = LocalMonth(year: 2017, month: 11)
  public var rules = PowerRules()
  public var threads = 1

  /// The defaults of the verb.
  public init() {}
}

/// What the electricity rules find of what was planted into synthetic campaigns, and what else they say.
public struct PowerEvaluation: Sendable, Encodable {
  /// One planted behaviour over all seeds.
  public struct Row: Sendable, Encodable {
    public let behaviour: String
    /// Kind of lead that should find it; empty for honest behaviours.
    public let lead: String
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
    public let name: String
    public var firms: Int
  }

  public let isSynthetic = true
  public let seed: UInt64
  public let seeds: Int
  public let months: [String]
  public var rows: [Row] = []
  /// Firm-months in which nothing was planted or it had not begun, and those of them with a flag.
  public var cleanFirmMonths = 0
  public var cleanFlagged = 0
  /// Firm-months with something planted that carry a flag of another kind too.
  public var otherKinds = 0
  public var plantedFirmMonths = 0
  /// Households with a flag, of all.
  public var households = 0
  public var householdsFlagged = 0

  /// False alarms per 100 firm-months: flagged firm-months among the clean ones.
  public var falseAlarmsPer100: Double {
    cleanFirmMonths > 0 ? 100 * Double(cleanFlagged) / Double(cleanFirmMonths) : 0
  }

  enum CodingKeys: String, CodingKey {
    case seed, seeds, months, rows, households
    case isSynthetic = "synthetic"
    case cleanFirmMonths = "clean_firm_months"
    case cleanFlagged = "clean_flagged"
    case otherKinds = "other_kinds"
    case plantedFirmMonths = "planted_firm_months"
    case householdsFlagged = "households_flagged"
  }

  init(seed: UInt64, seeds: Int, months: [LocalMonth]) {
    self.seed = seed
    self.seeds = seeds
    self.months = months.map(\.description)
    rows = (SyntheticBehaviour.allCases.map { ($0.rawValue, $0.lead) } + [("workshop", .unregisteredLoad)]).map {
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
/// Each month is screened once, at its end: a bet's largest wealth up to then is what daily looks would have seen, so the
/// count includes every look in between.
public func evaluatePower(_ request: PowerEvaluationRequest) throws -> PowerEvaluation {
  let months = [request.month, request.month.advanced(by: 1)]
  var result = PowerEvaluation(seed: request.seed, seeds: request.seeds, months: months)
  let start = request.month.advanced(by: -2).firstDay
  let days = start.days(until: months[1].lastDay) + 1
  for number in 0..<request.seeds {
    let world = try SyntheticWorld.small(
      SyntheticOptions(
        seed: request.seed &+ UInt64(number), start: start, days: days, stations: 0, micro: 0, mobile: 0,
        firms: request.firms, metered: request.firms, unregistered: 20, residential: 60))
    let loads = (0..<days).map { world.loads(day: $0) }
    let screen = PowerScreen(
      rules: request.rules, meters: world.meters, enterprises: world.enterprises, orders: OrderBook(world.orders))
    let findings = months.map { month in
      let first = start.days(until: month.lastDay.advanced(by: 1 - request.rules.historyDays))
      let last = start.days(until: month.lastDay)
      return screen.findings(
        loads: Array(loads[max(0, first)...last]), evidence: month.firstDay...month.lastDay, threads: request.threads)
    }
    result.add(world, months: months, findings: findings)
  }
  return result
}

extension PowerEvaluation {
  fileprivate mutating func add(_ world: SyntheticWorld, months: [LocalMonth], findings: [PowerFindings]) {
    let flagged = findings.map { Dictionary(grouping: $0.flags, by: \.meter) }
    let silent = findings.map { Dictionary(grouping: $0.abstentions, by: \.meter) }
    let sources = world.sources.enumerated().filter { $0.element.meter != nil }
    for (meter, entry) in sources.enumerated() {
      let source = entry.element
      let row = source.isRegistered ? SyntheticBehaviour.allCases.firstIndex(of: source.behaviour) : rows.count - 1
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
    householdsFlagged +=
      (first..<first + world.options.residential).filter { meter in
        flagged.contains { $0[meter] != nil }
      }.count
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
