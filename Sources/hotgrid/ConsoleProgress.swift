internal import Diagnostics
internal import Foundation
internal import Synchronization

/// Progress on standard error: a bar with rate and time left on a terminal, a plain line every five seconds elsewhere.
final class ConsoleProgress: ProgressSink {
  private struct State {
    var task = ""
    var start = ContinuousClock.now
    var lastPrinted: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1

  func report(task: String, completed: Int, total: Int?, unit: String) {
    let line: String? = state.withLock { state in
      let now = ContinuousClock.now
      if state.task != task { state = State(task: task, start: now, lastPrinted: nil) }
      let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
      if let last = state.lastPrinted ?? (isTerminal ? nil : state.start), now - last < pause { return nil }
      state.lastPrinted = now
      return describe(task: task, completed: completed, total: total, unit: unit, elapsed: now - state.start)
    }
    guard let line else { return }
    FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n").utf8))
  }

  func finish(task: String) {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  private func describe(task: String, completed: Int, total: Int?, unit: String, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = seconds > 0 ? Double(completed) / seconds : 0
    let speed = "\(scaled(rate))\(unit)/s"
    guard let total, total > 0 else { return "\(task)  \(scaled(Double(completed)))\(unit)  \(speed)" }
    let share = min(1, Double(completed) / Double(total))
    let filled = Int(share * 24)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
    let left = rate > 0 ? Int((Double(total - completed) / rate).rounded()) : 0
    return "\(task)  [\(bar)] \(Int(share * 100)) %  \(speed)  \(left) s left"
  }

  private func scaled(_ number: Double) -> String {
    switch number {
    case 1e9...: "\((number / 1e8).rounded() / 10) G"
    case 1e6...: "\((number / 1e5).rounded() / 10) M"
    case 1e3...: "\((number / 1e2).rounded() / 10) k"
    default: "\(Int(number)) "
    }
  }
}
