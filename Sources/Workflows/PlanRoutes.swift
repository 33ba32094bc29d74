public import Diagnostics
internal import Export
public import Geometry
internal import Ingest
internal import Inspections
internal import Quantities
public import Routing

/// What `routes` is asked for.
public struct RouteRequest: Sendable {
  /// Targets with positions; with a `drawn` column only those with 1 are routed.
  public var targetsPath: String
  /// Teams with their bases and hours.
  public var teamsPath: String
  /// `nil` takes great circles.
  public var matrixPath: String?
  /// The routes file; `-` is standard output.
  public var out: String
  /// GeoJSON lines; `nil` writes none.
  public var linesPath: String?
  /// `nil`: approvals are not looked at.
  public var approvalsPath: String?
  /// Refuses visits without approval; else they are marked.
  public var isStrict = false
  /// Of positions whose row does not name its own.
  public var reference: CoordinateReference?
  /// First day, number of days, lengths of visits, drives and usual hours.
  public var settings: RoutingSettings
  /// Seed and effort of the search; with the same ones any number of threads gives the same routes.
  public var search: RouteSearchOptions
  /// At most.
  public var threads: Int

  public init(
    targetsPath: String, teamsPath: String, matrixPath: String? = nil, out: String, linesPath: String? = nil,
    reference: CoordinateReference? = nil, settings: RoutingSettings, search: RouteSearchOptions, threads: Int
  ) {
    self.targetsPath = targetsPath
    self.teamsPath = teamsPath
    self.matrixPath = matrixPath
    self.out = out
    self.linesPath = linesPath
    self.reference = reference
    self.settings = settings
    self.search = search
    self.threads = threads
  }
}

/// What `routes` did, for people and for `--json`.
public struct RouteSummary: Sendable, Codable {
  /// Targets to be routed.
  public let targets: Int
  /// Of those, the ones on a route.
  public let served: Int
  /// Of those, the ones on no route, each a row with its reason.
  public let unserved: Int
  /// Teams times days.
  public let teamDays: Int
  /// Team-days with at least one visit.
  public let teamDaysUsed: Int
  /// All drives, from the bases and back to them.
  public let kilometres: Double
  /// Proven need and a number that was enough; `nil` when nothing is left over, or none was found.
  public let moreTeamDaysAtLeast: Int?
  /// Team-days with which a plan for everything was found; `nil` as above.
  public let moreTeamDaysEnough: Int?
  /// Visits without approval in time; `nil` when no approvals were given.
  public let notApproved: Int?
  /// Names the search and its version, as in the routes file.
  public let method: String
  /// Of the search.
  public let seed: UInt64

  enum CodingKeys: String, CodingKey {
    case targets, served, unserved, kilometres, method, seed
    case teamDays = "team_days"
    case teamDaysUsed = "team_days_used"
    case moreTeamDaysAtLeast = "more_team_days_at_least"
    case moreTeamDaysEnough = "more_team_days_enough"
    case notApproved = "not_approved"
  }

  /// One sentence.
  public var line: String {
    "routes for \(served) of \(targets) targets on \(teamDaysUsed) of \(teamDays) team-days, "
      + "\(RouteText.kilometres(kilometres * 1000)) km (\(method), seed \(seed))"
  }

  /// What to say when targets are left over; `nil` when none is.
  public var shortfall: Problem? {
    guard unserved > 0 else { return nil }
    var text = "\(unserved) of \(targets) targets are on no route"
    if let least = moreTeamDaysAtLeast {
      text +=
        least > 0 ? "; at least \(least) more team-days are needed" : "; the count alone does not prove a need for more"
      text +=
        moreTeamDaysEnough.map { ", a plan with \(max($0, 1)) more was found" }
        ?? ", no number that is enough was found"
    }
    return Problem(
      text,
      remedy:
        "see the reason column of the routes file; add teams or days (--days), longer hours, or draw fewer targets")
  }
}

/// `routes`: targets and teams in, routes out. Targets on no route are rows with their reason, and in the summary.
public func planRoutes(_ request: RouteRequest) throws -> RouteSummary {
  var options = fileVerbOptions
  options.reference = request.reference
  let targets = try RouteTargetsFile.read(path: request.targetsPath, options: options)
  try requireNone(targets.rejects, of: request.targetsPath, for: .routes)
  let teams = try TeamsFile.read(path: request.teamsPath, options: options)
  try requireNone(teams.rejects, of: request.teamsPath, for: .routes)
  var drives: [DriveRow]?
  if let path = request.matrixPath {
    let matrix = try TravelMatrixFile.read(path: path, options: options)
    try requireNone(matrix.rejects, of: path, for: .routes)
    drives = matrix.value
  }
  let problem = try routingProblem(
    targets: targets.value, teams: teams.value, drives: drives, settings: request.settings)
  let plan = problem.plan(request.search, threads: request.threads)
  let notApproved = try request.approvalsPath.map { path in
    try unapproved(plan, problem, firstDay: request.settings.firstDay, approvalsPath: path)
  }
  if request.isStrict, let first = notApproved?.min() {
    throw Problem(
      "\(notApproved?.count ?? 0) visits have no approval in time, such as that of \(targets.value[first].id)",
      remedy: "have them approved (target_id,approved_by,approved_at,basis), or leave out --strict")
  }
  let output = RoutesOutput(
    problem: problem, plan: plan, targets: targets.value, notApproved: notApproved ?? [],
    firstDay: request.settings.firstDay, seed: request.search.seed)
  try output.write(path: request.out)
  if let path = request.linesPath { try output.writeLines(path: path, bases: teams.value.map(\.base)) }
  return RouteSummary(
    targets: targets.value.count, served: targets.value.count - plan.unserved.count, unserved: plan.unserved.count,
    teamDays: problem.teamDays.count, teamDaysUsed: plan.routes.count, kilometres: plan.metres / 1000,
    moreTeamDaysAtLeast: plan.shortfall?.atLeast, moreTeamDaysEnough: plan.shortfall?.enough,
    notApproved: notApproved?.count, method: plan.method, seed: request.search.seed)
}

/// Stops whose visit has no approval that was signed before its day.
private func unapproved(
  _ plan: RoutePlan, _ problem: RoutingProblem, firstDay: LocalDay, approvalsPath: String
) throws -> Set<Int> {
  let approvals = try ApprovalsFile.read(path: approvalsPath, options: fileVerbOptions)
  try requireNone(approvals.rejects, of: approvalsPath, for: .routes)
  let book = ApprovalBook(approvals.value)
  var missing: Set<Int> = []
  for route in plan.routes {
    let day = firstDay.advanced(by: problem.teamDays[route.teamDay].day)
    for visit in route.visits where book.approval(of: problem.stops[visit.stop].id, on: day) == nil {
      missing.insert(visit.stop)
    }
  }
  return missing
}
