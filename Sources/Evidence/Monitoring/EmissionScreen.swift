public import Enterprises
public import Quantities
internal import Threads

/// What a screening of emission monitors found.
public struct EmissionFindings: Sendable {
  /// By outlet, test and channel.
  public let flags: [EmissionFlag]
  /// Outlets per test, channel and reason; channels `nil` where the test is about the whole outlet.
  public let abstentions: [EmissionAbstention]
  /// Outlets on which at least one test could be made.
  public let outletsJudged: Int
  /// Outlets judged times days over 30: what false alarms are counted against.
  public let outletMonths: Double

  /// Outlets per reason of silence, reasons in their order, none with 0.
  public var abstentionCounts: [(reason: EmissionAbstentionReason, outlets: Int)] {
    EmissionAbstentionReason.allCases.compactMap { reason in
      let outlets = Set(abstentions.filter { $0.reason == reason }.map(\.outlet)).count
      return outlets > 0 ? (reason, outlets) : nil
    }
  }
}

/// One silence of one test.
public struct EmissionAbstention: Hashable, Sendable {
  /// Position in ``Enterprises/EmissionHours/outlets``.
  public let outlet: Int
  /// The test that kept silent.
  public let test: EmissionTest
  /// `nil` where the test is about the whole outlet.
  public let channel: EmissionChannel?
  /// Silence is no clean bill: it says what was missing.
  public let reason: EmissionAbstentionReason
}

/// Tests the reports of emission monitors for signs that they were made.
///
/// Every test gives a p of its own. p is multiplied by the number of tests that could be made on the outlet, and what is
/// left must not exceed the policy's: at 0.01 no more than one honest outlet in a hundred is named in a window, as far as
/// the tests' assumptions hold. How far they do on synthetic monitors is measured by `hotgrid evaluate monitors`.
public struct EmissionScreen: Sendable {
  /// Thresholds, of which each test has its own.
  public let rules: EmissionRules
  /// Emission limits by outlet, firm or industry; without one the limit pin says nothing.
  public let limits: EmissionLimits
  /// Whether the file's concentrations are converted to reference oxygen (折算浓度) rather than measured (实测浓度).
  public let isConverted: Bool
  private let industries: [String: String]
  private let seed: UInt64

  /// - Parameters:
  ///   - enterprises: Say which industry's limits hold; a firm that is not among them has none.
  ///   - seed: Of permutations.
  public init(
    rules: EmissionRules, limits: EmissionLimits = EmissionLimits(), enterprises: [Enterprise],
    isConverted: Bool = false, seed: UInt64 = 1
  ) {
    self.rules = rules
    self.limits = limits
    self.isConverted = isConverted
    self.seed = seed
    industries = Dictionary(
      enterprises.map { ($0.creditCode, $0.industryCode) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Parameters:
  ///   - power: Production load over the same `days`; `nil` when there is none.
  ///   - days: Window of the evidence; about a month is meant.
  ///   - threads: Results do not depend on it.
  public func findings(
    _ hours: EmissionHours, power: FirmPower?, days: ClosedRange<LocalDay>, threads: Int
  ) -> EmissionFindings {
    precondition(power.map { $0.days == days } ?? true, "load and reports cover the same days")
    let series = mapConcurrently(hours.outlets.count, threads: threads) { number in
      let outlet = hours.outlets[number]
      return EmissionSeries(
        hours, outlet: number, days: days,
        limit: limits.limit(
          creditCode: outlet.creditCode, outlet: outlet.outlet, industryCode: industries[outlet.creditCode] ?? ""),
        isConverted: isConverted, rules: rules)
    }
    let copies = CopiedOutletTest.outcomes(series, rules: rules)
    let judged = mapConcurrently(series.count, threads: threads) { number in
      var all = outcomes(series[number], power: power)
      if let copy = copies[number] { all.append((.copiedOutlet, copy.channel, copy.outcome)) }
      return all
    }
    var flags: [EmissionFlag] = []
    var abstentions: [EmissionAbstention] = []
    var tested = 0
    for (number, outcomes) in judged.enumerated() {
      var findings: [(test: EmissionTest, channel: EmissionChannel?, finding: EmissionFinding)] = []
      for (test, channel, outcome) in outcomes {
        switch outcome {
        case .abstained(let reason):
          abstentions.append(EmissionAbstention(outlet: number, test: test, channel: channel, reason: reason))
        case .tested(let finding): findings.append((test, channel, finding))
        }
      }
      if !findings.isEmpty { tested += 1 }
      for (test, channel, finding) in findings
      where finding.p * Double(findings.count) <= rules.maximumP && !finding.columns.isEmpty {
        flags.append(flag(number, test, channel, finding, tests: findings.count, series[number]))
      }
    }
    let months = Double(days.lowerBound.days(until: days.upperBound) + 1) / 30
    return EmissionFindings(
      flags: flags, abstentions: abstentions, outletsJudged: tested, outletMonths: Double(tested) * months)
  }

  /// Every test on one outlet, in the order of tests and channels.
  private func outcomes(
    _ series: EmissionSeries, power: FirmPower?
  ) -> [(test: EmissionTest, channel: EmissionChannel?, outcome: EmissionOutcome)] {
    var all: [(test: EmissionTest, channel: EmissionChannel?, outcome: EmissionOutcome)] = []
    if rules.flatLine.enabled {
      for channel in EmissionChannel.allCases {
        all.append((.flatLine, channel, FlatLineTest.outcome(series, channel, rules: rules)))
      }
    }
    if rules.limitPin.enabled {
      for channel in EmissionChannel.pollutants {
        all.append((.limitPin, channel, LimitPinTest.outcome(series, channel, rules: rules)))
      }
    }
    if rules.zeroAtPower.enabled {
      all.append((.zeroAtPower, nil, ZeroEmissionTest.outcome(series, power: power, rules: rules)))
    }
    if rules.oxygen.enabled {
      for channel in EmissionChannel.pollutants {
        all.append((.oxygenCoupled, channel, OxygenTest.coupled(series, channel, rules: rules)))
      }
      all.append((.oxygenRange, nil, OxygenTest.range(series, rules: rules)))
    }
    if rules.copiedDays.enabled {
      for channel in EmissionChannel.pollutants + [.flow] {
        let seed = seed &+ series.outlet.stableNumber &+ UInt64(channel.ordinal)
        all.append((.copiedDays, channel, CopiedDayTest.outcome(series, channel, rules: rules, seed: seed)))
      }
      let seed = seed &+ series.outlet.stableNumber &+ UInt64(EmissionChannel.allCases.count)
      all.append((.copiedDays, nil, CopiedDayTest.together(series, rules: rules, seed: seed)))
    }
    if rules.flowLoad.enabled {
      all.append((.flowLoad, nil, FlowLoadTest.outcome(series, power: power, rules: rules)))
    }
    return all
  }

  private func flag(
    _ number: Int, _ test: EmissionTest, _ channel: EmissionChannel?, _ finding: EmissionFinding, tests: Int,
    _ series: EmissionSeries
  ) -> EmissionFlag {
    // The first, the last, and some between: enough for a person to see it in the file.
    let rows = finding.columns.map { series.lines[$0] }.filter { $0 > 0 }
    let step = max(1, (rows.count + 6) / 7)
    var lines = stride(from: 0, to: rows.count, by: step).map { rows[$0] }
    if let last = rows.last, lines.last != last { lines.append(last) }
    return EmissionFlag(
      outlet: number, test: test, channel: channel, first: series.day(ofHour: finding.columns.first ?? 0),
      last: series.day(ofHour: finding.columns.last ?? 0), hours: finding.columns.count, p: finding.p, tests: tests,
      numbers: finding.numbers, lines: lines)
  }
}

extension EmissionOutlet {
  /// A number that depends on the outlet's names alone (FNV-1a), so that other outlets in the file change no p.
  fileprivate var stableNumber: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in (creditCode + "," + outlet).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
