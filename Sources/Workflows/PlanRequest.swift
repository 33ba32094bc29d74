public import Diagnostics
public import Quantities
public import Sampling

/// What the user asked of `plan`.
public struct PlanRequest: Sendable {
  /// The day the inspectors go out; evidence ends on the day before.
  public var date: LocalDay
  /// Targets to draw; `nil` takes the policy's.
  public var targets: Int?
  /// Public seed of the draw; `nil` keeps that of an earlier plan of the day, else makes one nobody could foresee.
  public var seed: String?
  /// Seal the frame and draw only when this beacon is known; `nil` draws at once.
  public var beacon: Beacon?
  /// Named in the seal, for when the beacon fails.
  public var fallback: Beacon?
  /// The clock.
  public var now: Instant
  public var version: String
  public var threads: Int
  public var progress: any ProgressSink

  public init(
    date: LocalDay, targets: Int? = nil, seed: String? = nil, now: Instant, version: String, threads: Int = 1,
    progress: any ProgressSink = SilentProgress()
  ) {
    self.date = date
    self.targets = targets
    self.seed = seed
    self.now = now
    self.version = version
    self.threads = threads
    self.progress = progress
  }
}

/// One field of a day in the summary.
public struct PlanFieldSummary: Sendable, Codable, Hashable {
  public let name: String
  public let period: String
  public let cells: Int
  /// Share of the region's cells that have a value, 0...1.
  public let share: Double
  public let median: Double
  public let unit: String
  public let hotCells: Int
  public let alarms: Int
  /// Cells above the daily limit of the standard in force.
  public let aboveLimit: Int
  /// The standard, by name and version.
  public let standard: String
}

/// What `plan` found and decided, in numbers; printed, and kept with the plan.
public struct PlanSummary: Sendable, Codable, Hashable {
  public var date: String
  public var evidenceFirstDay: String
  public var evidenceLastDay: String
  public var fields: [PlanFieldSummary]
  /// Leads by kind, kinds without leads left out.
  public var leads: [String: Int]
  /// Why power rules said nothing, by reason.
  public var abstentions: [String: Int]
  public var lists: Int
  public var frame: [String: Int]
  public var drawn: [String: Int]
  public var targets: Int
  public var certain: Int
  public var smallestProbability: Double
  /// Empty while the draw is sealed.
  public var seed: String
  /// Root of the sealed frame, hexadecimal, to be published before the beacon; `nil` for a draw that was not sealed.
  public var sealRoot: String?
  /// What decides a sealed draw, and when; `nil` for a draw that was not sealed.
  public var beacon: String?
  /// Rules of the draw; see ``DrawPlan/version``.
  public var drawVersion: String
  /// Targets of the random arm, in `targets` too; 0 without one.
  public var randomArm: Int
  /// Replacement units.
  public var reserve: Int
  public var policy: String
  public var policyHash: String
  public var inputDigest: String
  public var version: String
  /// What was missing and how the plan went on without it.
  public var gaps: [String]
  /// Whether an input says that it is synthetic.
  public var isSynthetic: Bool

  enum CodingKeys: String, CodingKey {
    case date, fields, leads, abstentions, lists, frame, drawn, targets, certain, seed, policy, version, gaps
    case evidenceFirstDay = "evidence_first_day"
    case evidenceLastDay = "evidence_last_day"
    case beacon, reserve
    case smallestProbability = "smallest_probability"
    case sealRoot = "seal_root"
    case drawVersion = "draw_version"
    case randomArm = "random_arm"
    case policyHash = "policy_hash"
    case inputDigest = "input_digest"
    case isSynthetic = "synthetic"
  }
}
