internal import ArgumentParser
internal import Store
internal import Workflows

struct DrawExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the frame and the outcome of a plan's draw, so that anybody can check it.",
    discussion: """
      Writes frame.csv and drawn.csv into a folder, of a sealed draw seal.json and opening.json too; drawn.csv and
      opening.json only once it is opened. The list of targets is secret until the visits: so are these files, but for
      seal.json and opening.json, which are made to be published.

      Example: hotgrid draw export --date 2017-11-22 --out draw --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Option(help: "Date of the plan; the latest when left out.") var date: String?
  @Option(help: "Folder to write.") var out: String
  @Flag(help: "Write secret.txt as well, which proofs are cut with and which unmasks the list.") var secret = false

  func run() throws {
    try reporting {
      let result = try exportDraw(
        date: try optionalDayOption(date, "--date"), to: out, withSecret: secret,
        in: try Workspace.open(at: workspaceOptions.workspace))
      common.say(
        result.seed.isEmpty
          ? "sealed frame of \(result.units) units written to \(out); the draw waits for its beacon"
          : "frame of \(result.units) units and its draw written to \(out), seed \"\(result.seed)\"")
      common.say("  \(result.options)")
    }
  }
}
