internal import ArgumentParser
internal import Diagnostics
internal import Foundation

/// Flags that every verb understands.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Print machine-readable JSON on standard output.")
  var json = false

  @Flag(help: "Print no progress and no messages other than errors.")
  var quiet = false

  @Option(help: ArgumentHelp("Worker threads; results do not depend on it.", valueName: "n"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads) is not between 1 and 1024; leave it out to use every core")
    }
  }

  /// A bar on a terminal, a line every few seconds elsewhere, nothing with `--quiet`.
  var progress: any ProgressSink { quiet ? SilentProgress() : ConsoleProgress() }

  /// Prints a message for people on standard error, unless `--quiet`.
  func say(_ message: String) {
    if !quiet { printToStandardError(message) }
  }
}

/// Flags of the verbs that work in a workspace.
struct WorkspaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The workspace folder; HOTGRID_WORKSPACE or the current folder when left out.", valueName: "dir"))
  var workspace: String = ProcessInfo.processInfo.environment["HOTGRID_WORKSPACE"] ?? "."
}

/// Flags of the file verbs that need a grid.
struct GridOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Grid file; the built-in national 2+26 grid when left out.", valueName: "file.yml"))
  var grid: String?
}

func printToStandardError(_ message: String) {
  FileHandle.standardError.write(Data((message + "\n").utf8))
}

/// Runs a verb and turns what goes wrong into two lines on standard error and the contract's exit status.
func reporting(_ work: () throws -> Void) throws {
  do {
    try work()
  } catch let error as any Diagnosable {
    printToStandardError("error: \(error.problem)\n  try: \(error.remedy)")
    throw ExitCode(error.exitStatus.rawValue)
  }
}
