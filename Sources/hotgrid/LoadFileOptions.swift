internal import ArgumentParser
internal import Diagnostics
internal import Enterprises
internal import Ingest
internal import Ranking

/// How a power file is read and by which thresholds it is judged: shared by the verbs that read load curves.
struct LoadFileOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Policy file with the thresholds; built in when left out.", valueName: "file.yml"))
  var policy: String?
  @Option(help: "What the times of the power file stand for: begin, end or end-same-date.")
  var label: String = PowerLabel.begin.rawValue
  @Option(help: ArgumentHelp("utf-8 or gb18030; detected when left out.", valueName: "name")) var encoding: String?

  func powerLabel() throws -> PowerLabel {
    try word(label, PowerLabel.init(rawValue:), PowerLabel.allCases.map(\.rawValue), "--label")
  }

  /// - Returns: `nil` for the built-in one.
  func chosenPolicy() throws -> Policy? { try policy.map { try PolicyFile.read(path: $0).policy } }

  func readOptions(_ common: CommonOptions) -> ReadOptions {
    ReadOptions(encoding: encoding, now: currentInstant(), threads: common.threads, progress: common.progress)
  }
}

/// What becomes of rows that cannot be used, for verbs that go on without them.
struct RejectOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where rows that cannot be used go.", valueName: "file.csv")) var rejects: String?
  @Flag(help: "End with status 3 when rows were rejected; the output is written all the same.") var strict = false

  func tell(_ notes: [String], _ rejected: Int, _ counts: [(reason: String, count: Int)], _ common: CommonOptions) {
    for note in notes { common.say("note: \(note)") }
    guard rejected > 0 else { return }
    common.say("\(rejected) rows rejected\(rejects.map { ", see \($0)" } ?? " (--rejects FILE keeps them)")")
    for (reason, count) in counts.prefix(8) { common.say("    \(count)  \(reason)") }
  }

  /// Ends with status 3 where that was asked for.
  func end(_ rejected: Int) throws {
    if strict && rejected > 0 { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
  }
}
