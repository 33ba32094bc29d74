internal import ArgumentParser
internal import Store
internal import Workflows

struct DrawExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the frame and the outcome of a plan's draw, so that anybody can check it.",
    discussion: """
      Writes frame.csv and drawn.csv into a folder. The list of targets is secret until the visits: so are these files.

      Example: hotgrid draw export --date 2017-11-22 --out draw --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Option(help: "Date of the plan; the latest when left out.") var date: String?
  @Option(help: "Folder to write.") var out: String

  func run() throws {
    try reporting {
      let result = try exportDraw(
        date: try optionalDayOption(date, "--date"), to: out,
        in: try Workspace.open(at: workspaceOptions.workspace))
      common.say("frame of \(result.units) units and its draw written to \(out), seed \"\(result.seed)\"")
    }
  }
}
