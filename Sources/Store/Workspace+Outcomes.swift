internal import GRDB
public import Inspections
public import Quantities

extension Workspace {
  /// What inspections up to a day found, by time, then file and line.
  ///
  /// - Parameter days: Of the visits.
  public func outcomes(days: ClosedRange<LocalDay>) throws -> Sourced<Outcome> {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT target_id, credit_code, time, inspectors, problems, severity, classes, notes, line, file FROM outcome
          WHERE day BETWEEN ? AND ? ORDER BY time, file, line
          """, arguments: [days.lowerBound.ordinal, days.upperBound.ordinal])
      func list(_ text: String) -> [String] { text.split(separator: ";").map(String.init) }
      return Sourced(
        values: rows.map { row in
          Outcome(
            targetID: row[0], creditCode: row[1], time: Instant(secondsSinceEpoch: row[2]),
            inspectorIDs: list(row[3]), problems: row[4], severity: row[5], classes: list(row[6]), notes: row[7],
            line: row[8])
        }, files: rows.map { $0[9] })
    }
  }

  /// What scores may know of the visits up to a day: no people. In the order of ``outcomes(days:)``.
  public func visits(days: ClosedRange<LocalDay>) throws -> [VisitRecord] {
    try outcomes(days: days).values.map(\.visit)
  }

  static func insertOutcomes(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO outcome(file, line, target_id, credit_code, day, time, inspectors, problems, severity, classes, notes)
        VALUES(?,?,?,?,?,?,?,?,?,?,?)
        """)
    for outcome in batch.outcomes {
      try insert.execute(arguments: [
        file, outcome.line, outcome.targetID, outcome.creditCode, outcome.time.day.ordinal,
        outcome.time.secondsSinceEpoch, outcome.inspectorIDs.joined(separator: ";"), outcome.problems,
        outcome.severity, outcome.classes.joined(separator: ";"), outcome.notes,
      ])
    }
  }
}
