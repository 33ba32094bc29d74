/// How a run ended, as the shell sees it. The numbers are part of the product contract.
public enum ExitStatus: Int32, Sendable {
  case done = 0
  /// The data, the disk or the workspace has a problem.
  case data = 1
  /// The command line, a policy file or a grid file is wrong.
  case usage = 2
  /// Done, but rows were rejected and `--strict` was given.
  case rejectedRows = 3
}

/// An error a user can act on: what is wrong, where, and what to do about it.
public protocol Diagnosable: Error, Sendable {
  /// What is wrong, with the offending value and its place. Lower case, no full stop.
  var problem: String { get }
  /// A command or an edit that helps. Imperative.
  var remedy: String { get }
  var exitStatus: ExitStatus { get }
}

/// The ordinary diagnosable error; a module with cases worth telling apart defines its own.
public struct Problem: Diagnosable, Equatable, CustomStringConvertible {
  /// What is wrong, behind its place where there is one. Lower case, no full stop.
  public let problem: String
  /// A command or an edit that helps. Imperative.
  public let remedy: String
  /// `data` unless the command line, a policy or a grid file is at fault.
  public let exitStatus: ExitStatus
  /// File and line; `nil` where the problem is not in an input.
  public let place: SourcePlace?

  /// - Parameters:
  ///   - problem: What is wrong, with the offending value.
  ///   - place: File and line, when there is one; it is put in front of `problem`.
  ///   - remedy: What the user can do.
  public init(_ problem: String, at place: SourcePlace? = nil, remedy: String, exitStatus: ExitStatus = .data) {
    self.problem = place.map { "\($0): \(problem)" } ?? problem
    self.remedy = remedy
    self.exitStatus = exitStatus
    self.place = place
  }

  public var description: String { "\(problem) (try: \(remedy))" }
}

/// A place in an input: the file as the user named it, and the line, feature or record counted from 1.
public struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
  /// As the user named it, not made absolute.
  public let file: String
  /// From 1; `nil` for the file as a whole.
  public let line: Int?

  public init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  public var description: String { line.map { "\(file):\($0)" } ?? file }
}
