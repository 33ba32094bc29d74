public import Diagnostics
internal import Digests
internal import Export
internal import Foundation
internal import Ingest
internal import Inspections
public import Quantities
internal import Ranking
public import Routing
public import Store

/// What `dispatch` is asked for.
public struct DispatchRequest: Sendable {
  /// The day of the visits, which must have a plan with an open draw.
  public var date: LocalDay
  /// A new folder for the files of the day; only its owner may enter it.
  public var folder: String
  /// Teams with their bases and hours.
  public var teamsPath: String
  /// Inspectors by pseudonym, with home city, certificate and conflicts.
  public var inspectorsPath: String
  /// `nil`: no industry needs a speciality.
  public var specialitiesPath: String?
  /// `nil`: approvals are not looked at, and that is said.
  public var approvalsPath: String?
  /// Visits by lead or special campaign, of targets in the frame; `nil` for none.
  public var tasksPath: String?
  /// `nil` takes great circles.
  public var matrixPath: String?
  /// Post or pseudonym of who dispatches, for the log.
  public var actor: String
  /// The clock, for the log and the record.
  public var now: Instant
  /// `firstDay` is the date's.
  public var settings: RoutingSettings
  /// Seed and effort of the search for routes.
  public var search: RouteSearchOptions
  /// Inspectors on each team-day, at least two.
  public var people = 2
  /// Most team-days of one inspector; `nil` without a limit.
  public var maximumDuties: Int?
  /// Refuses to dispatch when any target is refused, not approved, without a position or on no route.
  public var isStrict = false
  /// At most, for the search; routes do not depend on the number.
  public var threads = 1
  /// Told which of three steps are done.
  public var progress: any ProgressSink = SilentProgress()

  public init(
    date: LocalDay, folder: String, teamsPath: String, inspectorsPath: String, actor: String, now: Instant,
    settings: RoutingSettings, search: RouteSearchOptions
  ) {
    self.date = date
    self.folder = folder
    self.teamsPath = teamsPath
    self.inspectorsPath = inspectorsPath
    self.actor = actor
    self.now = now
    self.settings = settings
    self.search = search
  }
}

/// What `dispatch` did, for people and for `--json`.
public struct DispatchSummary: Sendable, Codable {
  /// The day of the visits, such as `2017-11-22`.
  public let date: String
  /// Planned visits: drawn targets, and leads and campaigns beside them.
  public let tasks: Int
  /// Visits on the frozen list, per origin.
  public let origins: [String: Int]
  /// Tasks that stay away, per reason; each is in `tasks.csv`.
  public let kept: [String: Int]
  /// Visits on the list without an approval; `nil` when approvals were given, which all visits then have.
  public let withoutApproval: Int?
  /// Of all visits that could be routed, as `routes` tells them.
  public let routes: RouteSummary
  /// Inspectors of the routed visits, as `assign` tells them.
  public let assignment: AssignSummary
  /// SHA-256 of the frozen list, hexadecimal; may be published.
  public let list: String
  /// As asked for; it holds targets, routes, assignment, tasks, list and log.
  public let folder: String

  enum CodingKeys: String, CodingKey {
    case date, tasks, origins, kept, routes, assignment, list, folder
    case withoutApproval = "without_approval"
  }

  /// One line per fact, for people.
  public var lines: [String] {
    func counts(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
    var lines = ["dispatch of \(date): \(origins.values.reduce(0, +)) of \(tasks) visits (\(counts(origins)))"]
    if !kept.isEmpty { lines.append("  not visited: \(counts(kept)); see \(folder)/tasks.csv") }
    lines.append("  " + routes.line)
    if let shortfall = routes.shortfall { lines.append("  \(shortfall.problem)") }
    lines.append(
      "  \(assignment.inspectorsDrawn) of \(assignment.inspectors) inspectors for \(assignment.duties) team-days "
        + "(\(assignment.method), seed \"\(assignment.seed)\")")
    if let withoutApproval {
      lines.append("  no approvals were given: \(withoutApproval) visits need one before their day")
    }
    lines.append("  the list is frozen and secret; its hash may be published: \(list)")
    return lines
  }
}

/// `dispatch`: the drawn targets of a plan, and cited leads beside them, become approved visits on routes with inspectors by
/// lot, in a list that is frozen.
///
/// Everything is made in a folder beside the one asked for, which gets its name when all is there; then the visits are kept
/// in the workspace in one transaction. Inspectors are drawn with the seed of the targets and the word `inspectors`.
/// - Throws: `Problem` when the day has no open draw, was dispatched before, or no lawful assignment exists.
public func dispatchDay(_ request: DispatchRequest, in workspace: Workspace) throws -> DispatchSummary {
  let day = request.date
  guard let plan = try workspace.planHeader(date: day) else {
    throw Problem("there is no plan of \(day)", remedy: "make one with 'hotgrid plan --date \(day)'")
  }
  guard !plan.isSealed, !plan.seed.isEmpty else {
    throw Problem(
      "the draw of \(day) is sealed", remedy: "open it first: hotgrid open --date \(day) --beacon-value HEX")
  }
  guard try workspace.dispatch(date: day) == nil else { throw Workspace.dispatchedBefore(day) }
  guard !FileManager.default.fileExists(atPath: request.folder) else {
    throw Problem(
      "\(request.folder) exists", remedy: "name a new folder with --out: a frozen list is not written over",
      exitStatus: .usage)
  }
  let task = "dispatch \(day)"
  request.progress.report(task: task, completed: 0, total: 3, unit: "steps")
  let tasks = try DispatchTasks(request, plan: plan, workspace: workspace)
  if request.isStrict, let first = tasks.reasons.min(by: { $0.key < $1.key }) {
    throw Problem(
      "\(tasks.reasons.count) targets stay away, such as \(first.key): \(first.value)",
      remedy: "settle each of them, or leave out --strict: then they are listed with their reason")
  }
  guard !tasks.visits.isEmpty else {
    throw Problem(
      "none of \(tasks.tasks.count) targets of \(day) can be visited",
      remedy: "see why: \(tasks.counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", "))")
  }
  let scratch = "\(request.folder).part-\(ProcessInfo.processInfo.processIdentifier)"
  do {
    try FileManager.default.createDirectory(
      atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  } catch {
    throw Problem("cannot make \(scratch): \(error.localizedDescription)", remedy: "name a folder you may write to")
  }
  var isDone = false
  defer { if !isDone { try? FileManager.default.removeItem(atPath: scratch) } }
  request.progress.report(task: task, completed: 1, total: 3, unit: "steps")
  let (summary, visits) = try request.write(tasks, plan: plan, into: scratch)
  do { try FileManager.default.moveItem(atPath: scratch, toPath: request.folder) } catch {
    throw Problem("cannot make \(request.folder): \(error.localizedDescription)", remedy: "name another folder")
  }
  isDone = true
  do {
    try workspace.saveDispatch(
      DispatchRecord(
        date: day, createdAt: request.now, actor: request.actor, listHash: summary.list,
        summaryJSON: try dispatchJSON(summary), visits: visits))
  } catch {
    // Files that the workspace does not know would be a list nobody can answer for.
    try? FileManager.default.removeItem(atPath: request.folder)
    throw error
  }
  request.progress.finish(task: task)
  return summary
}

private func dispatchJSON(_ summary: DispatchSummary) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(summary), as: UTF8.self)
}

extension DispatchRequest {
  /// Writes targets, routes, assignment, list and log into a folder.
  fileprivate func write(
    _ tasks: DispatchTasks, plan: PlanHeader, into scratch: String
  ) throws -> (summary: DispatchSummary, visits: [PlannedVisit]) {
    let targetsPath = "\(scratch)/targets.csv"
    try tasks.writeTargets(targetsPath)
    var settings = settings
    settings.firstDay = date
    var routing = RouteRequest(
      targetsPath: targetsPath, teamsPath: teamsPath, matrixPath: matrixPath, out: "\(scratch)/routes.csv",
      linesPath: "\(scratch)/routes.geojson", settings: settings, search: search, threads: threads)
    routing.approvalsPath = approvalsPath
    let routes = try planRoutes(routing)
    progress.report(task: "dispatch \(date)", completed: 2, total: 3, unit: "steps")
    if isStrict, let shortfall = routes.shortfall { throw shortfall }
    let assigning = AssignRequest(
      work: .routes(path: "\(scratch)/routes.csv"), inspectorsPath: inspectorsPath, specialitiesPath: specialitiesPath,
      approvalsPath: approvalsPath, seed: plan.seed + " inspectors", people: people, maximumDuties: maximumDuties)
    let assignment = try assignInspectors(assigning, out: "\(scratch)/assignment.csv", messages: { _ in })
    let visits = try plannedVisits(tasks, scratch: scratch)
    let listed = visits.filter { $0.team != nil }
    let list = FrozenList(
      day: date,
      targets: listed.compactMap { visit in
        TaskOrigin(rawValue: visit.origin).map { FrozenList.Target(id: visit.targetID, origin: $0) }
      }, salt: randomSalt())
    var log = VisitLog()
    try log.freeze(list, by: actor, at: now)
    for visit in listed {
      if let approval = tasks.approvals[visit.targetID] { try log.approve(approval, list: list.hash, at: now) }
    }
    for visit in visits where visit.team == nil {
      try log.refuse(list.hash, detail: "\(visit.targetID): \(visit.reason)", by: actor, at: now)
    }
    try tasks.writeTasks("\(scratch)/tasks.csv", visits: visits)
    try writeList(list, "\(scratch)/list.csv")
    try writeLog(log, "\(scratch)/log.csv", isSecret: true)
    var kept = tasks.counts
    if routes.unserved > 0 { kept["on no route"] = routes.unserved }
    let summary = DispatchSummary(
      date: date.description, tasks: tasks.tasks.count,
      origins: listed.reduce(into: [:]) { $0[$1.origin, default: 0] += 1 }, kept: kept,
      withoutApproval: approvalsPath == nil ? listed.count : nil, routes: routes, assignment: assignment,
      list: list.hash.hex, folder: folder)
    return (summary, visits)
  }

  /// Joins what the routes and the assignment files say about each task.
  private func plannedVisits(_ tasks: DispatchTasks, scratch: String) throws -> [PlannedVisit] {
    let routed = try RoutesFile.read(path: "\(scratch)/routes.csv", options: fileVerbOptions).value
    let places = try AssignmentFile.read(path: "\(scratch)/assignment.csv", options: fileVerbOptions).value
    let people = Dictionary(grouping: places, by: \.dutyID)
    let origins = Dictionary(tasks.tasks.map { ($0.targetID, $0.origin.rawValue) }) { first, _ in first }
    func visit(_ id: String, _ row: RoutedRow?, reason: String) -> PlannedVisit {
      PlannedVisit(
        targetID: id, origin: origins[id] ?? TaskOrigin.random.rawValue, team: row?.team, order: row?.order,
        arrive: row?.arrive, leave: row?.leave,
        inspectorIDs: row.map { people["\($0.team)/\($0.day)"] ?? [] }?.map(\.inspectorID) ?? [],
        approvedBy: row == nil ? nil : tasks.approvals[id]?.approvedBy, reason: reason)
    }
    let going = routed.routed.map { visit($0.targetID, $0, reason: "") }.sorted {
      ($0.team ?? "", $0.order ?? 0) < ($1.team ?? "", $1.order ?? 0)
    }
    var staying = tasks.reasons.map { ($0.key, $0.value) }
    staying += routed.unserved.map { ($0, "on no route: see routes.csv") }
    return going + staying.sorted { $0.0 < $1.0 }.map { visit($0.0, nil, reason: $0.1) }
  }
}
