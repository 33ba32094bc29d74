/// Where long work says how far it is. Implementations draw a bar, print lines or stay silent.
public protocol ProgressSink: Sendable {
  /// - Parameters:
  ///   - task: What is being done, such as the file's name.
  ///   - completed: Units done so far.
  ///   - total: Units in all, or `nil` when unknown.
  ///   - unit: Name of the unit, such as "B" or "cells".
  func report(task: String, completed: Int, total: Int?, unit: String)
  /// The task is over; a bar is removed or its last line printed.
  func finish(task: String)
}

/// Says nothing: for `--quiet`, tests and pure callers.
public struct SilentProgress: ProgressSink {
  public init() {}
  /// Passes over the message.
  public func report(task: String, completed: Int, total: Int?, unit: String) {}
  /// Passes over the message.
  public func finish(task: String) {}
}
