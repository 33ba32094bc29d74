internal import ArgumentParser
internal import Diagnostics
internal import Sampling
internal import Workflows

/// `draw`: this one by lot.
struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw targets by lot from a frame, so that anyone can repeat it.",
    subcommands: [
      DrawUnitsCommand.self, DrawVerifyCommand.self, DrawSimulateCommand.self, DrawSealCommand.self,
      DrawOpenCommand.self, DrawProveCommand.self, DrawCheckProofCommand.self, DrawOverrideCommand.self,
      DrawRevealCommand.self, DrawLedgerCommand.self, DrawExportCommand.self,
    ],
    defaultSubcommand: DrawUnitsCommand.self)
}

struct DrawUnitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "units",
    abstract: "Draw a fixed number of units (the verb that draw alone means).",
    discussion: """
      Reads a frame: id,score[,stratum,min_probability,max_probability,county,city,class,x,y | lon,lat]. Writes
      id,inclusion_probability,ticket,drawn for every unit, in the order of the ids' bytes; with quotas, arms or reserves
      also arm,random_ticket,combined_probability,pool,reserve. The same frame, plan and seed give the same bytes
      everywhere; tools/verify_draw.py and docs/methods/draw.md say how.

      Example: hotgrid draw --frame frame.csv --size 300 --seed "2017-11-22 3 1 4 1 5" --out drawn.csv
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("What can be drawn, with scores.", valueName: "frame.csv"))
  var frame: String

  @OptionGroup var options: DrawPlanOptions

  @Option(help: "Public text that nobody could foresee when the frame was closed.")
  var seed: String

  @Option(help: ArgumentHelp("Where the drawn file goes; - is standard output.", valueName: "drawn.csv"))
  var out: String = "-"

  func run() throws {
    try reporting {
      let (plan, _) = try options.plan()
      guard plan.isPlain, let size = plan.size else {
        let summary = try drawPlanned(framePath: frame, outPath: out, plan: plan, seed: seed)
        if common.json, out != "-" { print(try jsonText(summary)) }
        summary.lines.forEach(common.say)
        return
      }
      let summary = try drawFrame(framePath: frame, outPath: out, size: size, seed: seed, floor: plan.floor)
      if common.json, out != "-" { print(try jsonText(summary)) }
      common.say(
        "drew \(summary.size) of \(summary.units) units with seed \"\(summary.seed)\" (\(summary.version)); "
          + "\(summary.certain) certain, smallest probability \(summary.smallestProbability)")
      for (stratum, count) in summary.strata.sorted(by: { $0.key < $1.key }) { common.say("  \(stratum): \(count)") }
    }
  }
}

struct DrawVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute a draw and name the first difference.",
    discussion: """
      Reads a frame and a drawn file. Without --seed the tickets in the file are believed and only what follows from
      them is checked, and the number of drawn units is the size. Give the plan's options to check quotas, other
      methods, arms and reserves. Exits 1 when something differs.

      Example: hotgrid draw verify --frame frame.csv --drawn drawn.csv --seed "2017-11-22 3 1 4 1 5"
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("The frame that was drawn from.", valueName: "frame.csv"))
  var frame: String

  @Option(help: ArgumentHelp("What the draw wrote.", valueName: "drawn.csv"))
  var drawn: String

  @Option(help: "The seed of the draw.")
  var seed: String?

  @OptionGroup var options: DrawPlanOptions

  func run() throws {
    try reporting {
      let (plan, _) = try options.plan()
      var planned = plan
      planned.size = plan.size ?? 1
      guard planned.isPlain else {
        guard let seed else {
          throw Problem("the seed of the draw is not known", remedy: "give --seed", exitStatus: .usage)
        }
        let result = try verifyPlannedDraw(framePath: frame, drawnPath: drawn, plan: plan, seed: seed)
        if common.json {
          print("{\"verified\":true,\"units\":\(result.units),\"drawn\":\(result.drawn),\"tickets\":true}")
        } else {
          print("ok: \(result.drawn) of \(result.units) units, to the last bit")
        }
        return
      }
      let result = try verifyDraw(framePath: frame, drawnPath: drawn, seed: seed, floor: plan.floor)
      if common.json {
        print("{\"verified\":true,\"units\":\(result.units),\"drawn\":\(result.drawn),\"tickets\":\(seed != nil)}")
      } else {
        let tickets = seed == nil ? "; tickets not checked, no --seed" : ""
        print("ok: \(result.drawn) of \(result.units) units, to the last bit\(tickets)")
      }
    }
  }
}
