public import Enterprises
public import Quantities

/// A way in which a monitor's reports look made. The raw value is what files use.
public enum EmissionTest: String, CaseIterable, Hashable, Comparable, Sendable, Codable {
  case flatLine = "flat-line"
  case limitPin = "pinned-under-limit"
  case zeroAtPower = "zero-at-full-power"
  case oxygenCoupled = "oxygen-coupled"
  case oxygenRange = "oxygen-range"
  case copiedDays = "copied-days"
  case copiedOutlet = "copied-outlet"
  case flowLoad = "flow-against-load"

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

/// Why a test kept silent about an outlet.
public enum EmissionAbstentionReason: String, CaseIterable, Hashable, Sendable, Codable {
  /// Too few hours of undisturbed running: the plant stood, or reports are missing.
  case tooLittleRunning = "too-little-running"
  /// The channel is not in the file.
  case channelMissing = "channel-missing"
  /// Values lie at the detection limit, where equal and small ones mean nothing.
  case belowDetection = "below-detection-limit"
  /// No limit is known for the outlet or its industry.
  case noLimit = "no-limit"
  /// Values never come near the limit.
  case farFromLimit = "far-from-limit"
  /// The outlet's own distribution falls too steeply before the limit to tell control from pinning.
  case steepControl = "steep-before-limit"
  /// The firm has no metered production circuit on these days.
  case noPower = "no-production-circuit"
  /// The metered circuit does not move with this outlet.
  case notTied = "outlet-not-tied-to-circuit"
  /// The measured value hardly moves, so that a steady converted value means nothing.
  case noMovement = "no-movement"
  /// Too few comparable days.
  case tooFewDays = "too-few-days"
}

/// What one test found on one outlet and channel.
public struct EmissionFlag: Hashable, Sendable {
  /// Position in the caller's ``Enterprises/EmissionHours/outlets``.
  public let outlet: Int
  /// The test that found it; an outlet may have a flag of several.
  public let test: EmissionTest
  /// `nil` where the test is about the whole outlet.
  public let channel: EmissionChannel?
  /// First day of the evidence.
  public let first: LocalDay
  /// Last day of the evidence.
  public let last: LocalDay
  /// Hours the evidence consists of.
  public let hours: Int
  /// Of the test, uncorrected.
  public let p: Double
  /// Tests made on this outlet.
  public let tests: Int
  /// `p` times `tests`, at most 1 (Bonferroni): what is compared with the policy.
  public var adjustedP: Double { min(1, p * Double(tests)) }
  /// What was seen, by name and unit.
  public let numbers: [LeadNumber]
  /// Lines of the file, at most eight.
  public let lines: [Int32]
}

/// What a test made of an outlet.
enum EmissionOutcome {
  case abstained(EmissionAbstentionReason)
  case tested(EmissionFinding)
}

/// A test's result before it is known how many tests there are.
struct EmissionFinding {
  let p: Double
  /// Columns of the series the evidence consists of, ascending; empty when nothing was seen.
  let columns: [Int]
  let numbers: [LeadNumber]

  static let nothing = EmissionFinding(p: 1, columns: [], numbers: [])
}
