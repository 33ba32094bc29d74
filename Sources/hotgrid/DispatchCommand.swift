internal import ArgumentParser
internal import Diagnostics
internal import Quantities
internal import Routing
internal import Store
internal import Workflows

/// `dispatch`: from drawn targets to teams on the road.
struct DispatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dispatch",
    abstract: "Turn the drawn targets of a day into approved visits on routes, inspectors by lot, in a frozen list.",
    discussion: """
      Reads the plan of the workspace, teams: team,base_lon,base_lat[,start,end,max_targets], inspectors:
      inspector_id,home_city,certified_from,certified_until[,specialities,conflicts,max_per_day], and visits beside the
      draw (--tasks): target_id,date,origin,leads or campaign. Writes into a new folder targets.csv, tasks.csv (every task
      and why it stays away), routes.csv, routes.geojson, assignment.csv, list.csv (secret) and log.csv, and keeps the
      visits in the workspace: 'targets --team' then follows the routes. Done once a day; the list is frozen from then on.

      With --approvals only checks that were approved before their day are made.

      Example: hotgrid dispatch --date 2017-11-22 --teams teams.csv --inspectors inspectors.csv --by "duty officer" \
      --out day-2017-11-22 --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Option(help: "The day of the visits.") var date: String
  @Option(help: ArgumentHelp("Teams with their bases.", valueName: "teams.csv")) var teams: String
  @Option(help: ArgumentHelp("Certified inspectors.", valueName: "inspectors.csv")) var inspectors: String
  @Option(help: ArgumentHelp("industry_prefix,speciality: which industries need which.", valueName: "S.csv"))
  var specialities: String?
  @Option(help: ArgumentHelp("target_id,approved_by,approved_at,basis.", valueName: "approvals.csv"))
  var approvals: String?
  @Option(help: ArgumentHelp("Visits by lead or special campaign.", valueName: "tasks.csv")) var tasks: String?
  @Option(help: ArgumentHelp("Measured drives: from,to,km,minutes.", valueName: "M.csv")) var matrix: String?
  @Option(help: "Post or pseudonym of who dispatches, for the log.") var by: String
  @Option(help: ArgumentHelp("A new folder.", valueName: "folder")) var out: String
  @Option(help: "Minutes of a visit: 90, or enterprise=120,cell=45,90.") var visitMinutes: String = "90"
  @Option(help: "Inspectors on each team, at least 2.") var people: Int = 2
  @Option(help: "Seed of the search for routes.") var routeSeed: UInt64 = 1
  @Option(help: "Rounds of each search; as for 'routes' when left out.") var iterations: Int?
  @Flag(help: "Dispatch nothing unless every drawn target can be visited.") var strict = false
  @Option(help: "When, such as 2017-11-21T18:00; now when left out.") var at: String?

  func validate() throws {
    guard iterations.map({ $0 >= 1 }) ?? true else { throw ValidationError("--iterations is not above 0") }
    guard !by.isEmpty else { throw ValidationError("--by names nobody") }
  }

  func run() throws {
    try reporting {
      let day = try dayOption(date, "--date")
      var request = DispatchRequest(
        date: day, folder: out, teamsPath: teams, inspectorsPath: inspectors, actor: by,
        now: try moment(at, "--at") ?? currentInstant(),
        settings: RoutingSettings(firstDay: day, lengths: try VisitLengths(visitMinutes)),
        search: RouteSearchOptions(seed: routeSeed, starts: 2, iterations: iterations))
      request.specialitiesPath = specialities
      request.approvalsPath = approvals
      request.tasksPath = tasks
      request.matrixPath = matrix
      request.people = people
      request.isStrict = strict
      request.threads = common.threads
      request.progress = common.progress
      let summary = try dispatchDay(request, in: try Workspace.open(at: workspaceOptions.workspace))
      if common.json { print(try jsonText(summary)) }
      for line in summary.lines { common.say(line) }
    }
  }
}
