public import Foundation

/// Runs the `hotgrid` that was built beside these tests, as a user would.
public enum BuiltBinary {
  public struct Outcome: Sendable {
    public let status: Int32
    public let output: String
    public let messages: String
  }

  /// The executable in the folder of the running test bundle.
  public static let url: URL = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "hotgrid")
  }()

  /// - Parameters:
  ///   - arguments: What a user types after `hotgrid`.
  ///   - folder: The working folder; the repository when left out.
  ///   - environment: Added to the current environment.
  ///   - input: What standard input gives; nothing when left out.
  public static func run(
    _ arguments: [String], in folder: URL = TestFiles.repository, environment: [String: String] = [:],
    input: Data? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files instead of pipes: a verb that prints more than a pipe holds must not wait for us.
    let scratch = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: scratch) }
    let paths = ["in", "out", "err"].map { scratch.appending(path: $0) }
    for path in paths { try (path == paths[0] ? input ?? Data() : Data()).write(to: path) }
    process.standardInput = try FileHandle(forReadingFrom: paths[0])
    process.standardOutput = try FileHandle(forWritingTo: paths[1])
    process.standardError = try FileHandle(forWritingTo: paths[2])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: paths[1]), as: UTF8.self),
      messages: String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self))
  }
}
