internal import Diagnostics
internal import Export
internal import Ingest
public import Inspections
public import Quantities

/// What `visits review` did, for people and for `--json`.
public struct ReviewSummary: Sendable, Codable {
  /// Planned visits of the file, those passed over not among them.
  public let tasks: Int
  /// Tasks that keep every rule; an approval is not one of the rules.
  public let admitted: Int
  /// Admitted tasks per origin.
  public let origins: [String: Int]
  /// Refused tasks per reason.
  public let refused: [String: Int]
  /// Admitted tasks without approval in time; `nil` when no approvals were given.
  public let notApproved: Int?

  enum CodingKeys: String, CodingKey {
    case tasks, admitted, origins, refused
    case notApproved = "not_approved"
  }
}

/// `visits review`: planned visits and past ones in, which go ahead and which do not out, in the order given.
///
/// - Parameter visitsPath: `nil` only where the rules have no yearly cap.
public func reviewTasks(
  tasksPath: String, visitsPath: String?, approvalsPath: String?, rules: TaskRules, out: String
) throws -> ReviewSummary {
  let tasks = try TasksFile.read(path: tasksPath, options: fileVerbOptions)
  try requireNone(tasks.rejects, of: tasksPath, for: .review)
  let review = rules.review(tasks.value, visits: try visitsPath.map(readVisits) ?? [])
  var book: ApprovalBook?
  if let path = approvalsPath {
    let approvals = try ApprovalsFile.read(path: path, options: fileVerbOptions)
    try requireNone(approvals.rejects, of: path, for: .review)
    book = ApprovalBook(approvals.value)
  }
  let reasons = Dictionary(review.refused.map { ($0.task.line, $0.reason) }) { first, _ in first }
  var file = try OutputFile(path: out)
  try file.write("target_id,date,origin,uscc,leads,campaign,admitted,reason,approved_by,approved_at\n")
  var notApproved = 0
  for task in tasks.value {
    let reason = reasons[task.line]
    let approval = book?.approval(of: task.targetID, on: task.day)
    if book != nil, reason == nil, approval == nil { notApproved += 1 }
    var line = CSVLine()
    line.add(task.targetID)
    line.add(task.day.description)
    line.add(task.origin.rawValue)
    line.add(task.creditCode ?? "")
    line.add(task.leadIDs.joined(separator: ";"))
    line.add(task.campaign ?? "")
    line.add(reason == nil ? 1 : 0)
    line.add(reason?.description ?? (book != nil && approval == nil ? "not approved" : ""))
    line.add(approval?.approvedBy ?? "")
    line.add(approval?.approvedAt.iso8601 ?? "")
    try file.write(line.end())
  }
  try file.commit()
  var origins: [String: Int] = [:]
  for task in review.admitted { origins[task.origin.rawValue, default: 0] += 1 }
  var refused: [String: Int] = [:]
  for item in review.refused { refused[item.reason.label, default: 0] += 1 }
  return ReviewSummary(
    tasks: tasks.value.count, admitted: review.admitted.count, origins: origins, refused: refused,
    notApproved: book == nil ? nil : notApproved)
}

/// `visits capped`: firms that have had their visits of the year, to be left out of the frame before the draw.
///
/// - Returns: How many.
public func listCapped(visitsPath: String, rules: TaskRules, on day: LocalDay, out: String) throws -> Int {
  let capped = rules.cappedSubjects(visits: try readVisits(visitsPath), on: day)
  var file = try OutputFile(path: out)
  try file.write("subject,visits,reason\n")
  for subject in capped {
    var line = CSVLine()
    line.add(subject.subject)
    line.add(subject.visits)
    line.add("yearly cap of \(rules.visitsPerYear ?? 0) visits (\(rules.year.rawValue)) reached before \(day)")
    try file.write(line.end())
  }
  try file.commit()
  return capped.count
}

private func readVisits(_ path: String) throws -> [VisitRecord] {
  let visits = try PastVisitsFile.read(path: path, options: fileVerbOptions)
  try requireNone(visits.rejects, of: path, for: .review)
  return visits.value
}
