public import Quantities

/// Why somebody is to be visited. The three are planned, capped and judged apart: only `random` says anything about those
/// who were not visited.
public enum TaskOrigin: String, CaseIterable, Hashable, Sendable, Codable {
  /// Drawn by lot (双随机).
  case random
  /// A lead about this firm (线索, case check); it must be cited.
  case lead
  /// A named campaign with its own plan (专项检查).
  case specialCampaign = "special-campaign"
}

/// One planned visit.
public struct InspectionTask: Hashable, Sendable {
  /// As in the frame, such as `E-<credit code>`.
  public let targetID: String
  /// `nil` where no firm is registered; the yearly cap then counts the target instead.
  public let creditCode: String?
  /// The Beijing day of the planned visit.
  public let day: LocalDay
  /// Which daily cap counts it.
  public let origin: TaskOrigin
  /// Ids of the leads that the visit rests on; a visit of origin `lead` needs one.
  public let leadIDs: [String]
  /// Name or number of the campaign's plan; a visit of origin `special-campaign` needs one.
  public let campaign: String?
  /// Line in its file.
  public let line: Int32

  public init(
    targetID: String, creditCode: String?, day: LocalDay, origin: TaskOrigin, leadIDs: [String] = [],
    campaign: String? = nil, line: Int32 = 0
  ) {
    self.targetID = targetID
    self.creditCode = creditCode
    self.day = day
    self.origin = origin
    self.leadIDs = leadIDs
    self.campaign = campaign
    self.line = line
  }

  /// Whom the yearly cap counts: the firm, or the target where there is none.
  public var subject: String { creditCode ?? targetID }
}

/// Permission for one check (行政检查审批表).
public struct Approval: Hashable, Sendable {
  /// As in the frame; one approval is for one target.
  public let targetID: String
  /// Post or pseudonym of the person who signed.
  public let approvedBy: String
  /// When it was signed; counts only before the day of the visit.
  public let approvedAt: Instant
  /// The rule or plan that the check rests on.
  public let basis: String

  public init(targetID: String, approvedBy: String, approvedAt: Instant, basis: String) {
    self.targetID = targetID
    self.approvedBy = approvedBy
    self.approvedAt = approvedAt
    self.basis = basis
  }
}

/// Approvals by target.
public struct ApprovalBook: Sendable {
  private let byTarget: [String: [Approval]]
  /// Days for which an approval stands; `nil` without an end.
  public let validDays: Int?

  public init(_ approvals: [Approval], validDays: Int? = 30) {
    byTarget = Dictionary(grouping: approvals) { $0.targetID }
    self.validDays = validDays
  }

  /// The newest approval that was signed in time and still stands.
  ///
  /// - Parameter before: The beginning of the visit; `nil` asks for a signature before the day of the visit.
  /// - Returns: `nil` when the check may not be made.
  public func approval(of targetID: String, on day: LocalDay, before: Instant? = nil) -> Approval? {
    let limit = before ?? LocalHour(day: day, hourOfDay: 0).start
    return byTarget[targetID, default: []]
      .filter { approval in
        approval.approvedAt <= limit && validDays.map { approval.approvedAt.day.days(until: day) <= $0 } ?? true
      }
      .max { ($0.approvedAt, $1.approvedBy) < ($1.approvedAt, $0.approvedBy) }
  }
}
