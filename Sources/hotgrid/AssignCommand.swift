internal import ArgumentParser
internal import Diagnostics
internal import Workflows

/// `assign`: the second half of double random.
struct AssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Draw inspectors by lot for routes or targets, under exclusions and caps.",
    subcommands: [AssignDrawCommand.self, AssignVerifyCommand.self],
    defaultSubcommand: AssignDrawCommand.self)
}

/// What both verbs read.
struct AssignOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What routes wrote; people are drawn for each team and day.", valueName: "routes.csv"))
  var routes: String?

  @Option(help: ArgumentHelp("Or targets without routes; people are drawn for each.", valueName: "targets.csv"))
  var targets: String?

  @Option(help: "Day of --targets.")
  var date: String?

  @Option(
    help: ArgumentHelp(
      "inspector_id,home_city,certified_from,certified_until[,specialities,conflicts,max_per_day].",
      valueName: "inspectors.csv"))
  var inspectors: String

  @Option(help: ArgumentHelp("industry_prefix,speciality: which industries need which.", valueName: "S.csv"))
  var specialities: String?

  @Option(help: "Public text that nobody could foresee when the inspector list was closed.")
  var seed: String

  @Option(help: "Inspectors on each team-day or target, at least 2.")
  var people: Int = 2

  @Option(help: "Most team-days (or targets) of one inspector in the whole plan.")
  var maxDuties: Int?

  func validate() throws {
    guard (routes == nil) != (targets == nil) else { throw ValidationError("name one of --routes and --targets") }
    guard targets == nil || date != nil else { throw ValidationError("--targets needs --date") }
    guard maxDuties.map({ $0 >= 1 }) ?? true else { throw ValidationError("--max-duties is not above 0") }
  }

  func request(approvals: String? = nil, isStrict: Bool = false) throws(Problem) -> AssignRequest {
    var work = AssignRequest.Work.routes(path: routes ?? "")
    if let targets, let day = try readDay(date, "--date") { work = .targets(path: targets, day: day) }
    return AssignRequest(
      work: work, inspectorsPath: inspectors, specialitiesPath: specialities, approvalsPath: approvals, seed: seed,
      people: people, maximumDuties: maxDuties, isStrict: isStrict)
  }
}

struct AssignDrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw inspectors (the verb that assign alone means).",
    discussion: """
      At least two certified inspectors for each team-day, none from a city that is visited, none with a conflict, within
      each one's daily maximum, one person for each speciality that is needed. Where no assignment exists it exits 1 and
      names the places and the people that prove it. Writes duty,day,place,speciality,inspector_id,ticket,targets,approval.

      Example: hotgrid assign --routes routes.csv --inspectors inspectors.csv --seed "2017-11-22 2 7 1" --out assignment.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: AssignOptions

  @Option(help: ArgumentHelp("target_id,approved_by,approved_at,basis.", valueName: "approvals.csv"))
  var approvals: String?

  @Flag(help: "Refuse targets without a route or without an approval.")
  var strict = false

  @Option(help: ArgumentHelp("Where the assignment goes; - is standard output.", valueName: "assignment.csv"))
  var out: String = "-"

  func run() throws {
    try reporting {
      let summary = try assignInspectors(
        try options.request(approvals: approvals, isStrict: strict), out: out, messages: common.say)
      if common.json, out != "-" { print(try jsonText(summary)) }
      common.say(
        "drew \(summary.inspectorsDrawn) of \(summary.inspectors) inspectors for \(summary.places) places of "
          + "\(summary.duties) duties with seed \"\(summary.seed)\" (\(summary.method))")
    }
  }
}

struct AssignVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute an assignment and name the first difference.",
    discussion: """
      Exits 1 when something differs. tools/verify_assignment.py does the same without this program.

      Example: hotgrid assign verify --routes routes.csv --inspectors inspectors.csv --seed "2017-11-22 2 7 1" \\
        --assignment assignment.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: AssignOptions

  @Option(help: ArgumentHelp("What assign wrote.", valueName: "assignment.csv"))
  var assignment: String

  func run() throws {
    try reporting {
      let places = try verifyAssignment(try options.request(), assignmentPath: assignment)
      if common.json {
        print("{\"verified\":true,\"places\":\(places)}")
      } else {
        print("ok: \(places) places")
      }
    }
  }
}
