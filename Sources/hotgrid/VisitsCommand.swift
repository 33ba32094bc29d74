internal import ArgumentParser
internal import Diagnostics
internal import Ingest
internal import Inspections
internal import Quantities
internal import Workflows

/// `visits`: which planned visits go ahead, and who has seen the list.
struct VisitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visits",
    abstract: "Origins, caps and approvals of planned visits; frozen lists and their log.",
    subcommands: [
      VisitsReviewCommand.self, VisitsCappedCommand.self, VisitsFreezeCommand.self, VisitsRevealCommand.self,
      VisitsCloseCommand.self, VisitsLogCommand.self,
    ])
}

/// The caps of `visits review` and `visits capped`.
struct CapOptions: ParsableArguments {
  @Option(help: "Most visits of one firm a year; no cap when left out.")
  var cap: Int?

  @Option(help: "calendar (from 1 January) or last-12-months.")
  var year: String = TaskRules.Year.calendar.rawValue

  @Option(help: "Most visits a day by origin, such as random=200,lead=60,special-campaign=40.")
  var perDay: String = ""

  @Option(help: "Origins that go ahead over the yearly cap, such as lead; none unless a rule allows it.")
  var exempt: String = ""

  func rules() throws(Problem) -> TaskRules {
    let origins = TaskOrigin.allCases.map(\.rawValue)
    var rules = TaskRules(visitsPerYear: cap)
    guard cap.map({ $0 >= 0 }) ?? true else {
      throw Problem("--cap \(cap ?? 0) is below 0", remedy: "give a number of visits", exitStatus: .usage)
    }
    rules.year = try word(
      year, TaskRules.Year.init(rawValue:), TaskRules.Year.allCases.map(\.rawValue), "--year")
    for part in perDay.split(separator: ",") {
      let sides = part.split(separator: "=").map(String.init)
      guard sides.count == 2, let most = Int(sides[1]), most >= 0 else {
        throw Problem("--per-day \(part) is not origin=number", remedy: "such as lead=60", exitStatus: .usage)
      }
      rules.visitsPerDay[try word(sides[0], TaskOrigin.init(rawValue:), origins, "--per-day")] = most
    }
    for part in exempt.split(separator: ",") {
      rules.exemptFromYear.insert(try word(String(part), TaskOrigin.init(rawValue:), origins, "--exempt"))
    }
    return rules
  }
}

struct VisitsReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Which planned visits go ahead: origin, cited leads, caps, approvals.",
    discussion: """
      Reads tasks: target_id,date,origin[,uscc,leads,campaign], the most important first, and past visits:
      target_id,uscc,time. Writes the tasks with admitted 1 or 0 and the reason. Nothing takes a refused task's place.
      With --strict it exits 1 when an admitted task has no approval.

      Example: hotgrid visits review --tasks tasks.csv --visits outcomes.csv --cap 4 --approvals approvals.csv --out admitted.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var caps: CapOptions

  @Option(help: ArgumentHelp("Planned visits.", valueName: "tasks.csv")) var tasks: String
  @Option(help: ArgumentHelp("Past visits; needed with --cap.", valueName: "outcomes.csv")) var visits: String?
  @Option(help: ArgumentHelp("target_id,approved_by,approved_at,basis.", valueName: "approvals.csv"))
  var approvals: String?
  @Flag(help: "Exit 1 when an admitted task has no approval.") var strict = false
  @Option(help: ArgumentHelp("Where the tasks go; - is standard output.", valueName: "admitted.csv"))
  var out: String = "-"

  func validate() throws {
    guard caps.cap == nil || visits != nil else { throw ValidationError("--cap needs --visits to count") }
  }

  func run() throws {
    try reporting {
      let summary = try reviewTasks(
        tasksPath: tasks, visitsPath: visits, approvalsPath: approvals, rules: try caps.rules(), out: out)
      if common.json, out != "-" { print(try jsonText(summary)) }
      common.say("\(summary.admitted) of \(summary.tasks) tasks go ahead")
      for (reason, count) in summary.refused.sorted(by: { $0.key < $1.key }) {
        common.say("  \(count) refused: \(reason)")
      }
      if let count = summary.notApproved, count > 0 {
        let text = "\(count) tasks that would go ahead are not approved"
        common.say("  \(text)")
        if strict {
          throw Problem(text, remedy: "have them approved before the day of the visit; see the reason column")
        }
      }
    }
  }
}

struct VisitsCappedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capped",
    abstract: "Firms that have had their visits of the year: leave them out of the frame before the draw.",
    discussion: """
      Example: hotgrid visits capped --visits outcomes.csv --cap 4 --year last-12-months --date 2017-11-22 --out capped.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var caps: CapOptions
  @Option(help: ArgumentHelp("Past visits: target_id,uscc,time.", valueName: "outcomes.csv")) var visits: String
  @Option(help: "Day of the visits that are to be drawn.") var date: String
  @Option(help: ArgumentHelp("subject,visits,reason; - is standard output.", valueName: "capped.csv"))
  var out: String = "-"

  func validate() throws {
    guard caps.cap != nil else { throw ValidationError("give the cap: --cap 4") }
  }

  func run() throws {
    try reporting {
      guard let day = try readDay(date, "--date") else { return }
      let count = try listCapped(visitsPath: visits, rules: try caps.rules(), on: day, out: out)
      common.say("\(count) firms have had their visits of the year")
    }
  }
}

/// The list, its log, and who acts.
struct ListOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The frozen list; nobody but its owner may read it.", valueName: "list.csv"))
  var list: String

  @Option(help: ArgumentHelp("The log of this list.", valueName: "log.csv"))
  var log: String

  @Option(help: "Post or pseudonym of who does this.")
  var by: String

  @Option(help: "When, such as 2017-11-21T18:00; now when left out.")
  var at: String?

  func act() throws(Problem) -> ListAct {
    guard let at else { return ListAct(listPath: list, logPath: log, actor: by, time: currentInstant()) }
    guard let time = readInstant(at) else {
      throw Problem("--at \(at) is not a time", remedy: "write it like 2017-11-21T18:00", exitStatus: .usage)
    }
    return ListAct(listPath: list, logPath: log, actor: by, time: time)
  }
}

struct VisitsFreezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Close a day's targets: the list becomes secret, its hash public.",
    discussion: """
      Reads tasks (rows with admitted 0 are left out), writes the list with mode 0600, starts the log and prints the hash.

      Example: hotgrid visits freeze --tasks admitted.csv --list list.csv --log log.csv --by "duty officer"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: ListOptions
  @Option(help: ArgumentHelp("Tasks of one day.", valueName: "admitted.csv")) var tasks: String
  @Option(help: "Secret text that goes into the hash; random when left out.") var salt: String?

  func run() throws {
    try reporting {
      let hash = try freezeList(try options.act(), tasksPath: tasks, salt: salt)
      print(common.json ? "{\"list\":\"\(hash)\"}" : hash)
    }
  }
}

struct VisitsRevealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal",
    abstract: "Read a frozen list; who and when goes into the log.",
    discussion: """
      Refused, and logged as refused, before the day of the visits without --reason, and always when the list differs.

      Example: hotgrid visits reveal --list list.csv --log log.csv --by team-3 --out today.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: ListOptions
  @Option(help: "Why it must be read before its day.") var reason: String = ""
  @Option(help: ArgumentHelp("target_id,origin,day; - is standard output.", valueName: "today.csv"))
  var out: String = "-"

  func run() throws {
    try reporting {
      let count = try revealList(try options.act(), reason: reason, out: out)
      common.say("\(count) targets revealed to \(options.by)")
    }
  }
}

struct VisitsCloseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "End the secrecy of a list on or after its day.",
    discussion: "Example: hotgrid visits close --list list.csv --log log.csv --by \"duty officer\"")

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: ListOptions

  func run() throws {
    try reporting {
      try closeList(try options.act())
      common.say("the list is closed")
    }
  }
}

struct VisitsLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Check that a log is whole, and that a list is the frozen one.",
    discussion: "Example: hotgrid visits log --log log.csv --list list.csv")

  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("The log.", valueName: "log.csv")) var log: String
  @Option(help: ArgumentHelp("A list to compare.", valueName: "list.csv")) var list: String?

  func run() throws {
    try reporting {
      let result = try checkLog(path: log, listPath: list)
      if common.json {
        print("{\"verified\":true,\"entries\":\(result.entries),\"last\":\"\(result.lastHash)\"}")
      } else {
        print("ok: \(result.entries) entries, last \(result.lastHash)")
      }
    }
  }
}
