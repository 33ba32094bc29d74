internal import ArgumentParser

@main
struct Hotgrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hotgrid",
    abstract: "From readings to tomorrow's inspection targets: leads with evidence, never verdicts.",
    version: "0.1.0",
    // One verb a line, in the order of the data.
    subcommands: [
      LocateCommand.self,
      MapCommand.self,
      PowerCommand.self,
      BoundariesCommand.self,
      InitCommand.self,
      IngestCommand.self,
      StatusCommand.self,
      DetectCommand.self,
      DrawCommand.self,
    ]
  )
}
