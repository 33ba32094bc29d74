internal import ArgumentParser
internal import Diagnostics
internal import Geometry
internal import Quantities
internal import Routing
internal import Workflows

/// `routes`: who drives where, and what cannot be reached.
struct RoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes",
    abstract: "Routes for teams past every drawn target, within hours and windows.",
    discussion: """
      Reads targets: target_id,lon,lat[,kind,uscc,city,county_code,industry_code,duration_minutes,earliest,latest,drawn]
      and teams: team,base_lon,base_lat[,start,end,max_targets]. Writes
      team,day,order,target_id,arrive,leave,distance_km,... with rows without a target for leaving and coming back, and
      rows without a team for targets on no route, with their reason. Exits 1 when a target is on no route.

      Example: hotgrid routes --targets targets.csv --teams teams.csv --date 2017-11-22 --days 2 --out routes.csv
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Targets; with a drawn column only rows with 1.", valueName: "targets.csv"))
  var targets: String

  @Option(help: ArgumentHelp("Teams with their bases.", valueName: "teams.csv"))
  var teams: String

  @Option(help: ArgumentHelp("Measured drives: from,to,km,minutes; great circles when left out.", valueName: "M.csv"))
  var matrix: String?

  @Option(help: ArgumentHelp("target_id,approved_by,approved_at,basis.", valueName: "approvals.csv"))
  var approvals: String?

  @Flag(help: "Refuse visits without an approval signed before their day; else they are marked.")
  var strict = false

  @Option(help: "First day, such as 2017-11-22; tomorrow when left out.")
  var date: String?

  @Option(help: "Days of the plan; every team works on every day.")
  var days: Int = 1

  @Option(help: "Minutes of a visit without duration_minutes: 90, or enterprise=120,cell=45,90.")
  var visitMinutes: String = "90"

  @Option(help: "Road distance over great-circle distance.")
  var detour: Double = TravelModel.standard.detourFactor

  @Option(help: "Mean driving speed, km/h.")
  var speed: Double = TravelModel.standard.kilometresPerHour

  @Option(help: "Minutes added to each drive for parking and the gate.")
  var gateMinutes: Double = TravelModel.standard.secondsPerDrive / 60

  @Option(help: "Coordinate system of positions without one of their own.")
  var crs: String?

  @Option(help: "Seed of the search.")
  var seed: UInt64 = 1

  @Option(help: "Independent searches of which the best is kept.")
  var starts: Int = 2

  @Option(help: "Rounds of each search; 3,000 a target, 50,000 to 300,000, when left out.")
  var iterations: Int?

  @Option(help: ArgumentHelp("Where the routes go; - is standard output.", valueName: "routes.csv"))
  var out: String = "-"

  @Option(help: ArgumentHelp("Also write the routes as straight lines.", valueName: "routes.geojson"))
  var lines: String?

  func validate() throws {
    guard (1...31).contains(days) else { throw ValidationError("--days \(days) is not between 1 and 31") }
    guard detour >= 1, detour <= 5 else { throw ValidationError("--detour \(detour) is not between 1 and 5") }
    guard speed > 0, speed <= 150 else { throw ValidationError("--speed \(speed) is not between 0 and 150 km/h") }
    guard (0...120).contains(gateMinutes) else { throw ValidationError("--gate-minutes is not between 0 and 120") }
    guard (1...64).contains(starts) else { throw ValidationError("--starts \(starts) is not between 1 and 64") }
    guard iterations.map({ $0 >= 1 }) ?? true else { throw ValidationError("--iterations is not above 0") }
  }

  func run() throws {
    try reporting {
      var settings = RoutingSettings(
        firstDay: try readDay(date, "--date") ?? currentInstant().day.advanced(by: 1), days: days,
        lengths: try VisitLengths(visitMinutes))
      settings.travel = TravelModel(
        detourFactor: detour, kilometresPerHour: speed, secondsPerDrive: gateMinutes * 60)
      let reference = try crs.map { text throws(Problem) in
        try word(text, CoordinateReference.init, ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:n"], "--crs")
      }
      var request = RouteRequest(
        targetsPath: targets, teamsPath: teams, matrixPath: matrix, out: out, linesPath: lines, reference: reference,
        settings: settings, search: RouteSearchOptions(seed: seed, starts: starts, iterations: iterations),
        threads: common.threads)
      request.approvalsPath = approvals
      request.isStrict = strict
      let summary = try planRoutes(request)
      if common.json, out != "-" { print(try jsonText(summary)) }
      common.say(summary.line)
      if let count = summary.notApproved, count > 0 { common.say("  \(count) visits are not approved") }
      if let shortfall = summary.shortfall { throw shortfall }
    }
  }
}

/// Reads a day option; `nil` when it is left out. - Throws: `Problem` (usage) for what is none.
func readDay(_ text: String?, _ option: String) throws(Problem) -> LocalDay? {
  guard let text else { return nil }
  guard let day = LocalDay(text) else {
    throw Problem("\(option) \(text) is not a day", remedy: "write it like 2017-11-22", exitStatus: .usage)
  }
  return day
}
