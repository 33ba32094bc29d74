internal import ArgumentParser
internal import Export
internal import Foundation
internal import GeoFormats

/// Parses, runs and ends with the exit statuses of the contract: the parser's own 64 for usage becomes 2.
@main
enum Program {
  static func main() {
    guard CommandLine.arguments.dropFirst().first != ReaderService.argument else {
      Foundation.exit(ReaderService.run())
    }
    ReaderProcess.settings = .init(executable: "/proc/self/exe")
    if let seconds = ProcessInfo.processInfo.environment["HOTGRID_READ_SECONDS"].flatMap(Double.init), seconds > 0 {
      ReaderProcess.settings.secondsToWait = seconds
    }
    do {
      var command = try Hotgrid.parseAsRoot()
      try command.run()
    } catch {
      let code = Hotgrid.exitCode(for: error)
      guard code == .validationFailure else { Hotgrid.exit(withError: error) }
      printToStandardError(Hotgrid.fullMessage(for: error))
      Foundation.exit(2)
    }
  }
}

struct Hotgrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hotgrid",
    abstract: "From readings to tomorrow's inspection targets: leads with evidence, never verdicts.",
    version: ProgramVersion.text,
    // One verb a line, in the order of the data.
    subcommands: [
      LocateCommand.self,
      MapCommand.self,
      SurfaceCommand.self,
      StabilityCommand.self,
      RefineCommand.self,
      OfficialCommand.self,
      AverageCommand.self,
      CalibrateCommand.self,
      RegisterCommand.self,
      PowerCommand.self,
      OrdersCommand.self,
      MonitorCommand.self,
      ComplaintsCommand.self,
      DarkCommand.self,
      AttributeCommand.self,
      PolarCommand.self,
      PlanCommand.self,
      OpenCommand.self, DispatchCommand.self,
      TargetsCommand.self,
      CountyCommand.self,
      CellCommand.self,
      EnterpriseCommand.self,
      WhyCommand.self,
      BoundariesCommand.self,
      InitCommand.self,
      IngestCommand.self,
      StatusCommand.self,
      SimulateCommand.self,
      EvaluateCommand.self,
      DetectCommand.self,
      CompareCommand.self,
      DrawCommand.self,
      RoutesCommand.self,
      AssignCommand.self,
      VisitsCommand.self,
      ExportCommand.self,
      LegendCommand.self,
    ]
  )
}
