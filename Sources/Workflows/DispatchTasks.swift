internal import Diagnostics
internal import Enterprises
internal import Export
internal import Geometry
internal import Grids
internal import Ingest
internal import Inspections
internal import Quantities
internal import Ranking
internal import Store

/// The planned visits of a day: who was drawn, whom a cited lead or a campaign adds, and who of them may be visited.
struct DispatchTasks {
  /// Random ones first: a lead must not use up the yearly cap that a drawn firm stands under.
  let tasks: [InspectionTask]
  /// Of the tasks that go on to routes, in the order of `tasks`.
  let visits: [Visit]
  /// Why a task stays away, by target.
  private(set) var reasons: [String: String] = [:]
  /// The same as a word or two, counted.
  private(set) var counts: [String: Int] = [:]
  /// The approval of each target that has one in time.
  private(set) var approvals: [String: Approval] = [:]

  struct Visit {
    let task: InspectionTask
    let kind: String
    let position: LonLat
    let city: String
    let countyCode: String
    let industryCode: String
  }

  /// - Throws: `Problem` for files that cannot be read, and for a task whose target is not in the plan's frame.
  init(_ request: DispatchRequest, plan: PlanHeader, workspace: Workspace) throws {
    let planned = try workspace.plannedTargets(date: request.date)
    let gatherer = try TargetGatherer(workspace: workspace, plan: plan)
    let byID = Dictionary(planned.map { ($0.target.id, $0.target) }) { first, _ in first }
    func code(_ id: String) -> String? { id.hasPrefix("E-") ? String(id.dropFirst(2)) : nil }
    var tasks = planned.filter(\.isDrawn).map {
      InspectionTask(
        targetID: $0.target.id, creditCode: code($0.target.id), day: request.date, origin: TaskOrigin.random)
    }
    if let path = request.tasksPath {
      tasks += try Self.others(path, day: request.date, known: byID, code: code)
    }
    self.tasks = tasks
    let cap = try workspacePolicy(workspace).policy.draw.visitsPerYear
    let rules = TaskRules(visitsPerYear: cap > 0 ? cap : nil)
    let past = try workspace.visits(days: rules.yearStart(of: request.date)...request.date.advanced(by: -1))
    let review = rules.review(tasks, visits: past)
    var staying = review.refused.map { ($0.task.targetID, $0.reason.description, $0.reason.label) }
    var book: ApprovalBook?
    if let path = request.approvalsPath {
      let read = try ApprovalsFile.read(path: path, options: fileVerbOptions)
      try requireNone(read.rejects, of: path, for: .review)
      book = ApprovalBook(read.value)
    }
    var visits: [Visit] = []
    for task in review.admitted {
      guard let target = byID[task.targetID] else { continue }
      if let book {
        guard let approval = book.approval(of: task.targetID, on: request.date) else {
          staying.append((task.targetID, "no approval that was signed before \(request.date)", "not approved"))
          continue
        }
        approvals[task.targetID] = approval
      }
      guard let position = gatherer.position(of: target) else {
        staying.append((task.targetID, "no position to drive to", "without a position"))
        continue
      }
      let county = gatherer.county(of: target)
      visits.append(
        Visit(
          task: task, kind: target.kind.rawValue, position: position, city: county?.cityName ?? "",
          countyCode: target.countyCode ?? "", industryCode: gatherer.firm(of: target)?.industryCode ?? ""))
    }
    self.visits = visits
    for (id, reason, label) in staying {
      counts[label, default: 0] += 1
      // A target that is drawn and cited is visited once: the first task says why it stays away, or that it goes.
      if reasons[id] == nil, !visits.contains(where: { $0.task.targetID == id }) { reasons[id] = reason }
    }
  }

  /// Tasks by lead or special campaign.
  private static func others(
    _ path: String, day: LocalDay, known: [String: RankedTarget], code: (String) -> String?
  ) throws -> [InspectionTask] {
    let read = try TasksFile.read(path: path, options: fileVerbOptions)
    try requireNone(read.rejects, of: path, for: .review)
    return try read.value.map { task in
      let place = SourcePlace(file: path, line: Int(task.line))
      guard task.origin != .random else {
        throw Problem(
          "\(task.targetID) is called random", at: place, remedy: "only the draw makes random visits; name the lead")
      }
      guard task.day == day else {
        throw Problem("\(task.targetID) is for \(task.day)", at: place, remedy: "give the tasks of \(day) alone")
      }
      guard known[task.targetID] != nil else {
        throw Problem(
          "\(task.targetID) is not in the frame of \(day)", at: place,
          remedy: "ingest the firm or meter and plan again, so that its place and its visits are known")
      }
      return InspectionTask(
        targetID: task.targetID, creditCode: task.creditCode ?? code(task.targetID), day: task.day,
        origin: task.origin, leadIDs: task.leadIDs, campaign: task.campaign, line: task.line)
    }
  }

  /// `target_id,lon,lat,crs,kind,uscc,city,county_code,industry_code,origin`, as routes read it.
  func writeTargets(_ path: String) throws(Problem) {
    var file = try OutputFile(path: path, isSecret: true)
    try file.write("target_id,lon,lat,crs,kind,uscc,city,county_code,industry_code,origin\n")
    for visit in visits {
      var line = CSVLine()
      line.add(visit.task.targetID)
      line.add(visit.position.longitude)
      line.add(visit.position.latitude)
      line.add("wgs84")
      line.add(visit.kind)
      line.add(visit.task.creditCode ?? "")
      line.add(visit.city)
      line.add(visit.countyCode)
      line.add(visit.industryCode)
      line.add(visit.task.origin.rawValue)
      try file.write(line.end())
    }
    try file.commit()
  }

  /// Every task, with what becomes of it: `target_id,date,origin,uscc,leads,campaign,admitted,reason,team,order,arrive,approved_by`.
  func writeTasks(_ path: String, visits: [PlannedVisit]) throws(Problem) {
    let visitOf = Dictionary(visits.map { ($0.targetID, $0) }) { first, _ in first }
    var file = try OutputFile(path: path, isSecret: true)
    try file.write("target_id,date,origin,uscc,leads,campaign,admitted,reason,team,order,arrive,approved_by\n")
    for task in tasks {
      let visit = visitOf[task.targetID]
      let goes = visit?.team != nil && visit?.origin == task.origin.rawValue
      var line = CSVLine()
      line.add(task.targetID)
      line.add(task.day.description)
      line.add(task.origin.rawValue)
      line.add(task.creditCode ?? "")
      line.add(task.leadIDs.joined(separator: ";"))
      line.add(task.campaign ?? "")
      line.add(goes ? 1 : 0)
      line.add(goes ? "" : visit.map { $0.team == nil ? $0.reason : "visited as \($0.origin)" } ?? "")
      line.add(goes ? visit?.team ?? "" : "")
      line.add(goes ? visit?.order.map { "\($0)" } ?? "" : "")
      line.add(goes ? visit?.arrive?.iso8601 ?? "" : "")
      line.add(approvals[task.targetID]?.approvedBy ?? "")
      try file.write(line.end())
    }
    try file.commit()
  }
}
