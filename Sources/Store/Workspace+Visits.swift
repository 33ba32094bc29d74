public import Diagnostics
internal import GRDB
public import Quantities

/// One visit of a dispatched day: where it stands on its team's route, who goes, and why not where nobody goes.
public struct PlannedVisit: Sendable, Hashable {
  /// As in the plan's frame, such as `E-<credit code>`.
  public let targetID: String
  /// `random`, `lead` or `special-campaign`.
  public let origin: String
  /// `nil` for a target on no route.
  public let team: String?
  /// From 1 along the team's route; `nil` without a route.
  public let order: Int?
  /// When the team comes to the gate, before any wait; `nil` without a route.
  public let arrive: Instant?
  /// When the visit is over; `nil` without a route.
  public let leave: Instant?
  /// Pseudonyms of the inspectors drawn for the team's day.
  public let inspectorIDs: [String]
  /// Post or pseudonym of who approved the check; `nil` without an approval.
  public let approvedBy: String?
  /// Why nobody goes; empty where somebody does.
  public let reason: String

  public init(
    targetID: String, origin: String, team: String?, order: Int?, arrive: Instant?, leave: Instant?,
    inspectorIDs: [String], approvedBy: String?, reason: String
  ) {
    self.targetID = targetID
    self.origin = origin
    self.team = team
    self.order = order
    self.arrive = arrive
    self.leave = leave
    self.inspectorIDs = inspectorIDs
    self.approvedBy = approvedBy
    self.reason = reason
  }
}

/// The dispatch of a day: visits, and the hash of the list that was frozen with them.
public struct DispatchRecord: Sendable, Hashable {
  /// The day of the plan and of the visits; one dispatch a day.
  public let date: LocalDay
  /// By the caller's clock, which `--now` sets.
  public let createdAt: Instant
  /// Post or pseudonym of who dispatched.
  public let actor: String
  /// SHA-256 of the frozen list, hexadecimal; public.
  public let listHash: String
  /// What `dispatch` printed, as JSON.
  public let summaryJSON: String
  /// By team, then order; those without a route last, by id.
  public let visits: [PlannedVisit]

  public init(
    date: LocalDay, createdAt: Instant, actor: String, listHash: String, summaryJSON: String, visits: [PlannedVisit]
  ) {
    self.date = date
    self.createdAt = createdAt
    self.actor = actor
    self.listHash = listHash
    self.summaryJSON = summaryJSON
    self.visits = visits
  }
}

extension Workspace {
  /// Keeps the dispatch of a planned day, in one transaction.
  ///
  /// - Throws: `Problem` when the day has no plan or was dispatched before: a frozen list is not replaced.
  public func saveDispatch(_ dispatch: DispatchRecord) throws {
    try write { db in
      let day = dispatch.date.ordinal
      guard try Bool.fetchOne(db, sql: "SELECT EXISTS(SELECT 1 FROM plan WHERE day = ?)", arguments: [day]) ?? false
      else { throw Problem("there is no plan of \(dispatch.date)", remedy: "make one with 'hotgrid plan'") }
      guard
        try !(Bool.fetchOne(db, sql: "SELECT EXISTS(SELECT 1 FROM dispatch WHERE plan = ?)", arguments: [day]) ?? false)
      else { throw Self.dispatchedBefore(dispatch.date) }
      try db.execute(
        sql: "INSERT INTO dispatch(plan, created_at, actor, list_hash, summary) VALUES(?,?,?,?,?)",
        arguments: [
          day, dispatch.createdAt.secondsSinceEpoch, dispatch.actor, dispatch.listHash, dispatch.summaryJSON,
        ])
      let insert = try db.cachedStatement(
        sql: """
          INSERT INTO visit(plan, position, target_id, origin, team, visit_order, arrive, leave, inspectors, approved_by,
            reason) VALUES(?,?,?,?,?,?,?,?,?,?,?)
          """)
      for (position, visit) in dispatch.visits.enumerated() {
        try insert.execute(arguments: [
          day, position, visit.targetID, visit.origin, visit.team, visit.order, visit.arrive?.secondsSinceEpoch,
          visit.leave?.secondsSinceEpoch, visit.inspectorIDs.joined(separator: ";"), visit.approvedBy, visit.reason,
        ])
      }
    }
  }

  /// What a second dispatch, or a new plan of a dispatched day, is told.
  public static func dispatchedBefore(_ date: LocalDay) -> Problem {
    Problem(
      "the visits of \(date) were dispatched and their list is frozen",
      remedy: "keep them; what changes on the day is told with 'hotgrid draw override' and in the outcomes")
  }

  /// The dispatch of a day. - Returns: `nil` when it was not dispatched.
  public func dispatch(date: LocalDay) throws -> DispatchRecord? {
    try read { db in
      let day = date.ordinal
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT created_at, actor, list_hash, summary FROM dispatch WHERE plan = ?", arguments: [day])
      else { return nil }
      let visits = try Row.fetchAll(
        db,
        sql: """
          SELECT target_id, origin, team, visit_order, arrive, leave, inspectors, approved_by, reason FROM visit
          WHERE plan = ? ORDER BY position
          """, arguments: [day]
      ).map { row in
        PlannedVisit(
          targetID: row[0], origin: row[1], team: row[2], order: row[3],
          arrive: (row[4] as Int64?).map { Instant(secondsSinceEpoch: $0) },
          leave: (row[5] as Int64?).map { Instant(secondsSinceEpoch: $0) },
          inspectorIDs: (row[6] as String).split(separator: ";").map(String.init), approvedBy: row[7], reason: row[8])
      }
      return DispatchRecord(
        date: date, createdAt: Instant(secondsSinceEpoch: row[0]), actor: row[1], listHash: row[2],
        summaryJSON: row[3], visits: visits)
    }
  }
}
