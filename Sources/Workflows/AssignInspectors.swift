internal import Diagnostics
internal import Digests
internal import Export
public import Ingest
public import Inspections
public import Quantities

/// What `assign` is asked for.
public struct AssignRequest: Sendable {
  /// A routes file, or targets for one day: one of the two.
  public enum Work: Sendable {
    case routes(path: String)
    case targets(path: String, day: LocalDay)
  }

  /// What there is to do.
  public var work: Work
  /// Inspectors by pseudonym, with home city, certificate and conflicts.
  public var inspectorsPath: String
  /// `nil`: no industry needs a speciality.
  public var specialitiesPath: String?
  /// `nil`: approvals are not looked at.
  public var approvalsPath: String?
  /// Public seed of the tickets.
  public var seed: String
  /// Inspectors on each duty, at least two; more where a duty needs more specialities than that.
  public var people: Int
  /// Most duties of one inspector; `nil` without a limit.
  public var maximumDuties: Int?
  /// Refuses targets on no route and targets without approval.
  public var isStrict: Bool

  public init(
    work: Work, inspectorsPath: String, specialitiesPath: String? = nil, approvalsPath: String? = nil, seed: String,
    people: Int = 2, maximumDuties: Int? = nil, isStrict: Bool = false
  ) {
    self.work = work
    self.inspectorsPath = inspectorsPath
    self.specialitiesPath = specialitiesPath
    self.approvalsPath = approvalsPath
    self.seed = seed
    self.people = people
    self.maximumDuties = maximumDuties
    self.isStrict = isStrict
  }
}

/// What `assign` did, for people and for `--json`.
public struct AssignSummary: Sendable, Codable {
  /// Team-days, or targets where there are no routes yet.
  public let duties: Int
  /// Places filled, over all duties.
  public let places: Int
  /// Inspectors of the file, whether or not they may be drawn.
  public let inspectors: Int
  /// Different inspectors who got at least one duty.
  public let inspectorsDrawn: Int
  /// Targets on no route: nobody goes there.
  public let unserved: Int
  /// Targets without approval; `nil` when no approvals were given.
  public let notApproved: Int?
  /// Names the way of drawing and its version, as in the assignment file.
  public let method: String
  /// As given: with the same files it repeats the assignment.
  public let seed: String

  enum CodingKeys: String, CodingKey {
    case duties, places, inspectors, unserved, method, seed
    case inspectorsDrawn = "inspectors_drawn"
    case notApproved = "not_approved"
  }
}

/// Duties of routed targets: one per team and day, named `team/day`.
public func duties(of routed: [RoutedRow], specialities: SpecialityRules) -> [InspectionDuty] {
  let groups = Dictionary(grouping: routed) { "\($0.team)/\($0.day)" }
  return groups.keys.sorted().compactMap { id in
    groups[id].flatMap { rows in
      rows.first.map { first in
        InspectionDuty(
          id: id, day: first.day,
          targets: rows.map { row in
            DutyTarget(
              id: row.targetID, creditCode: row.creditCode, countyCode: row.countyCode, cityName: row.city,
              speciality: specialities.speciality(industryCode: row.industryCode))
          })
      }
    }
  }
}

/// `assign`: routes or targets and inspectors in, who goes where out.
public func assignInspectors(
  _ request: AssignRequest, out: String, messages: (String) -> Void
) throws -> AssignSummary {
  let input = try AssignInput(request)
  if !input.unserved.isEmpty {
    let text = "\(input.unserved.count) targets are on no route and get nobody, such as \(input.unserved[0])"
    guard !request.isStrict else {
      throw Problem(text, remedy: "plan routes for every target first, or leave out --strict")
    }
    messages(text)
  }
  let missing = input.notApproved
  if let first = missing?.first {
    let text = "\(missing?.count ?? 0) targets have no approval in time, such as \(first); no check without one"
    guard !request.isStrict else {
      throw Problem(text, remedy: "have them approved (target_id,approved_by,approved_at,basis), or leave out --strict")
    }
    messages(text)
  }
  let places = try InspectorDraw.draw(
    input.duties, inspectors: input.inspectors, seed: request.seed, rules: input.rules)
  try write(places, input: input, seed: request.seed, path: out)
  return AssignSummary(
    duties: input.duties.count, places: places.count, inspectors: input.inspectors.count,
    inspectorsDrawn: Set(places.map(\.inspectorID)).count, unserved: input.unserved.count,
    notApproved: missing?.count, method: InspectorDraw.version, seed: request.seed)
}

/// `assign verify`: recomputes an assignment. - Returns: Places checked. - Throws: A `Problem` with the first difference.
public func verifyAssignment(_ request: AssignRequest, assignmentPath: String) throws -> Int {
  let input = try AssignInput(request)
  let read = try AssignmentFile.read(path: assignmentPath, options: fileVerbOptions)
  try requireNone(read.rejects, of: assignmentPath, for: .assignment)
  if let difference = try InspectorDraw.firstDifference(
    input.duties, inspectors: input.inspectors, seed: request.seed, rules: input.rules, found: read.value)
  {
    throw Problem(
      "the assignment does not verify: \(difference)", at: SourcePlace(file: assignmentPath),
      remedy: "check that routes, inspectors, specialities and seed are those of the draw; if so, the file was changed")
  }
  return read.value.count
}

/// What an assignment is made from.
private struct AssignInput {
  let duties: [InspectionDuty]
  let inspectors: [Inspector]
  let rules: InspectorDrawRules
  let unserved: [String]
  /// By duty and target; `nil` when no approvals were given.
  let notApproved: [String]?

  init(_ request: AssignRequest) throws {
    var specialities = SpecialityRules.none
    if let path = request.specialitiesPath {
      let read = try SpecialitiesFile.read(path: path, options: fileVerbOptions)
      try requireNone(read.rejects, of: path, for: .assignment)
      specialities = read.value
    }
    let people = try InspectorsFile.read(path: request.inspectorsPath, options: fileVerbOptions)
    try requireNone(people.rejects, of: request.inspectorsPath, for: .assignment)
    inspectors = people.value
    var unit = InspectorDrawRules.Unit.teamDay
    switch request.work {
    case .routes(let path):
      let read = try RoutesFile.read(path: path, options: fileVerbOptions)
      try requireNone(read.rejects, of: path, for: .assignment)
      duties = Workflows.duties(of: read.value.routed, specialities: specialities)
      unserved = read.value.unserved
    case .targets(let path, let day):
      let read = try RouteTargetsFile.read(path: path, options: fileVerbOptions)
      try requireNone(read.rejects, of: path, for: .assignment)
      unit = .target
      duties = read.value.map { target in
        InspectionDuty(
          id: target.id, day: day,
          targets: [
            DutyTarget(
              id: target.id, creditCode: target.creditCode, countyCode: target.countyCode, cityName: target.city,
              speciality: specialities.speciality(industryCode: target.industryCode))
          ])
      }
      unserved = []
    }
    rules = InspectorDrawRules(unit: unit, people: request.people, maximumDuties: request.maximumDuties)
    if let path = request.approvalsPath {
      let read = try ApprovalsFile.read(path: path, options: fileVerbOptions)
      try requireNone(read.rejects, of: path, for: .assignment)
      let book = ApprovalBook(read.value)
      notApproved = duties.flatMap { duty in
        duty.targets.map(\.id).filter { book.approval(of: $0, on: duty.day) == nil }
      }
    } else {
      notApproved = nil
    }
  }
}

private func write(_ places: [DrawnPlace], input: AssignInput, seed: String, path: String) throws(Problem) {
  let duties = Dictionary(input.duties.map { ($0.id, $0) }) { first, _ in first }
  let missing = input.notApproved.map { Set($0) }
  var file = try OutputFile(path: path)
  try file.write("duty,day,place,speciality,inspector_id,ticket,targets,approval,method,seed\n")
  for place in places {
    guard let duty = duties[place.dutyID] else { continue }
    var line = CSVLine()
    line.add(place.dutyID)
    line.add(duty.day.description)
    line.add(place.number)
    line.add(place.speciality ?? "")
    line.add(place.inspectorID)
    line.add(place.ticket.hex)
    line.add(duty.targets.map(\.id).joined(separator: ";"))
    let without = duty.targets.map(\.id).filter { missing?.contains($0) ?? false }
    line.add(missing == nil ? "" : without.isEmpty ? "approved" : "not approved: " + without.joined(separator: ";"))
    line.add(InspectorDraw.version)
    line.add(seed)
    try file.write(line.end())
  }
  try file.commit()
}
