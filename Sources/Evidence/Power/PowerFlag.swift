public import Enterprises
internal import Quantities

/// Which electricity rule raised a flag. The raw value is what flag files use.
public enum PowerRule: String, CaseIterable, Hashable, Sendable, Codable {
  /// Daily energy during a full stop above the stated share of the baseline.
  case stopOrder = "stop-order"
  /// Daily energy during a limit order above what the order leaves.
  case limitOrder = "limit-order"
  /// Production on at night during a stop whose days as a whole give no flag.
  case stopOrderNight = "stop-order-night"
  /// Production on while treatment is off.
  case treatmentOff = "treatment-off"
  /// Treatment repeatedly started long after production.
  case treatmentLate = "treatment-late"
  /// Treatment far below its usual load while production is on: idling or a lowered frequency.
  case treatmentIdle = "treatment-idle"
  /// Production moved into the night without an order.
  case nightShift = "night-shift"
  /// Production's load vanished while another circuit of the firm works on.
  case loadVanished = "load-vanished"
  /// The meter's register, or the balance of the firm's circuits, no longer agrees with its load.
  case meterReading = "meter-reading"
  /// Factory-like load at a meter without a firm.
  case unregisteredLoad = "unregistered-load"
  /// Factory-like load at the meter of a firm that the register calls closed.
  case closedFirmLoad = "closed-firm-load"

  /// Whether the rule judges load under an order.
  var isOfOrders: Bool { self == .stopOrder || self == .limitOrder || self == .stopOrderNight }

  /// Several rules are one kind: the policy weighs kinds, not rules.
  public var leadKind: LeadKind {
    switch self {
    case .stopOrder, .limitOrder, .stopOrderNight: .stopOrderLoad
    case .treatmentOff, .treatmentLate, .treatmentIdle: .treatmentOff
    case .nightShift: .nightShift
    case .loadVanished: .loadVanished
    case .meterReading: .meterReading
    case .unregisteredLoad, .closedFirmLoad: .unregisteredLoad
    }
  }
}

/// Where a day's curve stands in the loads that were screened.
public struct LoadPlace: Hashable, Sendable {
  /// Position in the list of `DayLoads`.
  public let block: Int
  /// Position of the curve in that block.
  public let curve: Int
  /// First line of the file that contributed.
  public let line: Int32

  public init(block: Int, curve: Int, line: Int32) {
    self.block = block
    self.curve = curve
    self.line = line
  }
}

/// What a rule saw at one meter: a reason to look, with its numbers.
public struct PowerFlag: Hashable, Sendable {
  /// Position in the caller's meter list.
  public let meter: Int
  /// What was seen; a meter may have flags of several rules.
  public let rule: PowerRule
  /// The circuit that was judged.
  public let circuit: Circuit
  /// First and last quarter hour of the evidence.
  public let first: QuarterHour
  /// Part of the evidence; quarter hours in between need not speak for the flag.
  public let last: QuarterHour
  /// Days with evidence, not the days from first to last.
  public let evidenceDays: Int
  /// Hours that speak for the flag: with load above the on-threshold, or with production on and treatment off.
  public let evidenceHours: Double
  /// kWh over the judged quarter hours; for unregistered load kWh per day.
  public let observedKilowattHours: Double
  /// What the same quarter hours use normally, kWh; for unregistered load the median of the reference, kWh per day.
  public let baselineKilowattHours: Double
  /// `observed / baseline`; flags of treatment and of vanished load are raised below their threshold, others above.
  public let ratio: Double
  /// What `ratio` was held against, from the rules or the order.
  public let threshold: Double
  /// Position in ``OrderBook/orders``; `nil` for rules without an order.
  public let order: Int?
  /// Whether the grid meter shows less than the circuits use.
  public let suspectsSelfGeneration: Bool
  /// First and last curves of the evidence, at most four.
  public let places: [LoadPlace]
  /// What the flag's days are worth as evidence; `nil` for a rule without a reference of innocent days.
  public let evidence: AlarmEvidence?

  public init(
    meter: Int, rule: PowerRule, circuit: Circuit, first: QuarterHour, last: QuarterHour, evidenceDays: Int,
    evidenceHours: Double, observedKilowattHours: Double, baselineKilowattHours: Double, threshold: Double,
    order: Int? = nil, suspectsSelfGeneration: Bool = false, places: [LoadPlace],
    evidence: AlarmEvidence? = nil
  ) {
    self.meter = meter
    self.rule = rule
    self.circuit = circuit
    self.first = first
    self.last = last
    self.evidenceDays = evidenceDays
    self.evidenceHours = evidenceHours
    self.observedKilowattHours = observedKilowattHours
    self.baselineKilowattHours = baselineKilowattHours
    ratio = baselineKilowattHours > 0 ? observedKilowattHours / baselineKilowattHours : 0
    self.threshold = threshold
    self.order = order
    self.suspectsSelfGeneration = suspectsSelfGeneration
    self.places = places
    self.evidence = evidence
  }

  /// How strong, 0...1: half from how far the ratio is beyond its threshold, half from the days of evidence.
  ///
  /// Days count as 1 - 2^-days, so one day gives half and three days seven eighths. For unregistered load the distance
  /// is taken on the logarithm: a tenfold threshold is the full half. A closed firm's load and a night load have no
  /// baseline distance and take half of it.
  public var strength: Double {
    let distance: Double
    switch rule {
    case .stopOrder, .limitOrder: distance = threshold < 1 ? (ratio - threshold) / (1 - threshold) : 1
    case .treatmentOff, .treatmentLate, .treatmentIdle, .loadVanished:
      distance = threshold > 0 ? (threshold - ratio) / threshold : 0
    case .nightShift, .meterReading: distance = threshold > 0 ? (ratio - threshold) / threshold : 0.5
    case .unregisteredLoad: distance = threshold > 0 ? PowerFlag.log10(ratio / threshold) : 1
    case .stopOrderNight, .closedFirmLoad: distance = 0.5
    }
    var remaining = 1.0
    for _ in 0..<min(evidenceDays, 30) { remaining /= 2 }
    return 0.5 * min(1, max(0, distance)) + 0.5 * (1 - remaining)
  }
}

/// Why a rule said nothing about a meter. Saying nothing is not the same as finding nothing.
public enum PowerAbstentionReason: String, CaseIterable, Hashable, Sendable, Codable {
  /// Too few normal days before the order.
  case noBaseline = "no-baseline"
  /// Too many quarter hours without a value.
  case missingData = "missing-data"
  /// Negative, stuck or dead values: repair the meter, a data matter and no lead.
  case meterFault = "meter-fault"
  /// Load fell without an order: nothing to look at.
  case plainShutdown = "plain-shutdown"
  /// The grid meter shows less than the circuits use.
  case selfGeneration = "self-generation"
  /// Never seen both on and off, so its state is not known.
  case noTwoModes = "no-two-modes"
  /// An order does not bind firms of this grade.
  case exemptGrade = "exempt-grade"
  /// The credit code of the meter is not in the register.
  case firmNotInRegister = "firm-not-in-register"
  /// A rule's threshold was passed, but on too few days for the stated false-alarm rate.
  case weakEvidence = "weak-evidence"
  /// Nights were always busy, or the whole industry moved into the night: cheap tariffs, no lead.
  case ordinaryNight = "ordinary-night"
  /// Only days of the ramp-down, or too little of a day, lie under the order.
  case rampDown = "ramp-down"
}

/// A rule's silence about one meter.
public struct PowerAbstention: Hashable, Sendable {
  /// Position in the caller's meter list.
  public let meter: Int
  /// Counted by reason in every summary.
  public let reason: PowerAbstentionReason
  /// Days concerned; 0 when the whole window is meant.
  public let days: Int

  public init(meter: Int, reason: PowerAbstentionReason, days: Int) {
    self.meter = meter
    self.reason = reason
    self.days = days
  }
}

/// What a screening found and where it kept silent; both by meter, then in the order of the rules.
public struct PowerFindings: Sendable, Equatable {
  /// What passed both its threshold and its level.
  public let flags: [PowerFlag]
  /// Silences; a meter may have flags of other rules.
  public let abstentions: [PowerAbstention]

  public init(flags: [PowerFlag], abstentions: [PowerAbstention]) {
    self.flags = flags
    self.abstentions = abstentions
  }

  /// Meters per reason, in the order of the reasons; a meter counts once per reason.
  public var abstentionCounts: [(reason: PowerAbstentionReason, meters: Int)] {
    PowerAbstentionReason.allCases.compactMap { reason in
      let count = abstentions.reduce(0) { $0 + ($1.reason == reason ? 1 : 0) }
      return count == 0 ? nil : (reason: reason, meters: count)
    }
  }
}
