internal import Diagnostics
internal import Digests
public import Inspections
internal import Quantities

/// Reads planned visits: `target_id,date,origin[,uscc,leads,campaign,admitted]`; origin is random, lead or
/// special-campaign. Rows with `admitted` 0 are passed over.
public enum TasksFile {
  static let columns = [
    TableColumn("target_id", aliases: ["id"]), TableColumn("date", aliases: ["day"]),
    TableColumn("origin", aliases: ["来源"]),
    TableColumn("uscc", isRequired: false, aliases: ["credit_code", "统一社会信用代码"]),
    TableColumn("leads", isRequired: false, aliases: ["lead_ids", "线索"]),
    TableColumn("campaign", isRequired: false, aliases: ["专项"]),
    TableColumn("admitted", isRequired: false, aliases: []),
  ]

  /// - Returns: Tasks in file order: the most important first.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[InspectionTask]> {
    var tasks: [InspectionTask] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      if row[6] == "0" { return }
      guard !row[0].isEmpty else { throw RowDefect("target_id is empty") }
      guard let day = LocalDay(row[1]) else { throw RowDefect("date is not like 2017-11-22") }
      guard let origin = TaskOrigin(rawValue: row[2].lowercased()) else {
        throw RowDefect("origin is not random, lead or special-campaign")
      }
      let code = row[3].isEmpty ? nil : try EnterprisesFile.creditCode(row[3])
      tasks.append(
        InspectionTask(
          targetID: row[0], creditCode: code, day: day, origin: origin, leadIDs: InspectorsFile.listed(row[4]),
          campaign: row[5].isEmpty ? nil : row[5], line: Int32(row.line)))
    }
    return facts.result(tasks, kept: tasks.count)
  }
}

/// Reads approvals (行政检查审批表): `target_id,approved_by,approved_at,basis`.
public enum ApprovalsFile {
  static let columns = [
    TableColumn("target_id", aliases: ["id"]), TableColumn("approved_by", aliases: ["批准人"]),
    TableColumn("approved_at", aliases: ["批准时间"]), TableColumn("basis", aliases: ["检查依据"]),
  ]

  /// - Returns: Approvals in file order; one without a basis (检查依据) is rejected.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Approval]> {
    var approvals: [Approval] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("target_id is empty") }
      guard !row[1].isEmpty else { throw RowDefect("approved_by is empty") }
      guard !row[3].isEmpty else { throw RowDefect("basis is empty: an approval names the rule or plan it rests on") }
      guard let time = readInstant(row[2]) else { throw RowDefect("approved_at is not a time") }
      approvals.append(Approval(targetID: row[0], approvedBy: row[1], approvedAt: time, basis: row[3]))
    }
    return facts.result(approvals, kept: approvals.count)
  }
}

/// Reads what a yearly cap needs of past visits: `target_id,uscc,time`, as in `outcomes` files.
public enum PastVisitsFile {
  static let columns = [
    TableColumn("target_id", aliases: ["id"]),
    TableColumn("uscc", isRequired: false, aliases: ["credit_code", "统一社会信用代码"]),
    TableColumn("time", aliases: ["date", "day"]),
  ]

  /// - Returns: Visits in file order; what was found is not read (0 problems).
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[VisitRecord]> {
    var visits: [VisitRecord] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("target_id is empty") }
      guard let time = readInstant(row[2]) else { throw RowDefect("time cannot be read") }
      let code = row[1].isEmpty ? nil : try EnterprisesFile.creditCode(row[1])
      visits.append(VisitRecord(targetID: row[0], creditCode: code, time: time, problems: 0, severity: 0))
    }
    return facts.result(visits, kept: visits.count)
  }
}

/// Reads visit logs: `sequence,time,actor,event,list,detail,previous,hash`.
public enum VisitLogFile {
  /// Columns of a log, in the order in which they are written.
  public static let columnNames = ["sequence", "time", "actor", "event", "list", "detail", "previous", "hash"]
  static let columns = columnNames.map { TableColumn($0, aliases: []) }

  /// - Throws: For a row that cannot be read or does not follow from the one before: a log is whole or not a log.
  public static func read(path: String, options: ReadOptions) throws -> VisitLog {
    var entries: [VisitLogEntry] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let sequence = Int(row[0]), let time = readInstant(row[1]), let event = VisitEvent(rawValue: row[3]),
        let list = SHA256Digest(hex: row[4]), let hash = SHA256Digest(hex: row[7])
      else { throw RowDefect("the entry cannot be read") }
      entries.append(
        VisitLogEntry(
          sequence: sequence, time: time, actor: row[2], event: event, list: list, detail: row[5], previous: row[6],
          hash: hash))
    }
    if let defect = facts.rejects.rows.first {
      throw Problem(
        defect.reason, at: SourcePlace(file: path, line: defect.line),
        remedy: "compare with the copy kept elsewhere; a log is never edited")
    }
    return try VisitLog(entries)
  }
}

/// Reads frozen lists: `target_id,origin,day,salt`.
public enum FrozenListFile {
  /// Columns of a list, in the order in which they are written; day and salt are the same in every row.
  public static let columnNames = ["target_id", "origin", "day", "salt"]
  static let columns = columnNames.map { TableColumn($0, aliases: []) }

  /// - Throws: For any row that cannot be read: a frozen list is whole.
  public static func read(path: String, options: ReadOptions) throws -> FrozenList {
    var targets: [FrozenList.Target] = []
    var head: (day: LocalDay, salt: String)?
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let origin = TaskOrigin(rawValue: row[1]), let day = LocalDay(row[2]) else {
        throw RowDefect("origin or day cannot be read")
      }
      if let head, head != (day, row[3]) { throw RowDefect("day or salt differs from the first row") }
      head = (day, row[3])
      targets.append(FrozenList.Target(id: row[0], origin: origin))
    }
    if let defect = facts.rejects.rows.first {
      throw Problem(
        defect.reason, at: SourcePlace(file: path, line: defect.line),
        remedy: "restore the frozen file; it was changed after it was written")
    }
    guard let head else { throw Problem("\(path) has no targets", remedy: "restore the frozen file") }
    return FrozenList(day: head.day, targets: targets, salt: head.salt)
  }
}
