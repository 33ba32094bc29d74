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
  /// Of hotgrid, kept with the plan.
  public var version: String
  /// At most; the plan does not depend on the number.
  public var threads: Int
  /// Told which of the steps of a plan are done.
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
  /// Such as `satellite`, `swath-no2` or `ground`.
  public let name: String
  /// The evidence day, such as `2017-11-21`.
  public let period: String
  /// Cells with a value on the day, also outside the region.
  public let cells: Int
  /// Share of the region's cells that have a value, 0...1.
  public let share: Double
  /// Over those cells, in `unit`; 0 for a field without cells.
  public let median: Double
  /// Such as `µg/m³`.
  public let unit: String
  /// Cells from the policy's least bin on.
  public let hotCells: Int
  /// Local outliers that passed the field's alarm rule, also outside the region.
  public let alarms: Int
  /// Cells above the daily limit of the standard in force.
  public let aboveLimit: Int
  /// The standard, by name and version.
  public let standard: String
}

/// What `plan` found and decided, in numbers; printed, and kept with the plan.
public struct PlanSummary: Sendable, Codable, Hashable {
  /// The day the inspectors go out, such as `2017-11-22`.
  public var date: String
  /// First day of the policy's window of evidence.
  public var evidenceFirstDay: String
  /// Last day of evidence, the day before `date`.
  public var evidenceLastDay: String
  /// Fields of the last day of evidence in the order in which they were tested; absent ones are in `gaps`.
  public var fields: [PlanFieldSummary]
  /// Leads by kind, kinds without leads left out.
  public var leads: [String: Int]
  /// Why power rules said nothing, by reason.
  public var abstentions: [String: Int]
  /// Entries on the three monthly lists; strikes, city tops and other lists not counted.
  public var lists: Int
  /// Targets that could be drawn, by kind; kinds without targets are left out.
  public var frame: [String: Int]
  /// Drawn targets by kind; empty while the draw is sealed.
  public var drawn: [String: Int]
  /// Targets drawn by both arms together; 0 while the draw is sealed.
  public var targets: Int
  /// Units with π = 1 in the scored draw; 0 while the draw is sealed.
  public var certain: Int
  /// Least π of any target by both arms together, 0...1; 0 while the draw is sealed.
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
  /// Name and version of the policy, such as `autumn-winter 2p26 v1`.
  public var policy: String
  /// SHA-256 of the policy file, hexadecimal.
  public var policyHash: String
  /// SHA-256 over the hashes of all inputs, hexadecimal; see ``PlanHeader``.
  public var inputDigest: String
  /// Version of hotgrid that made the plan.
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
