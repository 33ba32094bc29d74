internal import Diagnostics
internal import Digests
internal import Export
internal import Foundation
internal import Ingest
internal import Inspections
public import Quantities

/// Who does something with a list, and when.
public struct ListAct: Sendable {
  /// The frozen list, which names targets: only its owner may read it.
  public var listPath: String
  /// What was done with lists, entry by entry in a chain of hashes; made when it is not there.
  public var logPath: String
  /// Post or pseudonym of who acts, kept in the log; never a name.
  public var actor: String
  /// When it is done; no earlier than the log's last entry.
  public var time: Instant

  public init(listPath: String, logPath: String, actor: String, time: Instant) {
    self.listPath = listPath
    self.logPath = logPath
    self.actor = actor
    self.time = time
  }
}

/// `visits freeze`: closes the targets of a day. The list goes to a file that only its owner may read, its hash to the log.
///
/// - Parameter salt: `nil` takes 128 random bits.
/// - Returns: The list's hash, to be shown to anyone.
public func freezeList(_ act: ListAct, tasksPath: String, salt: String?) throws -> String {
  let tasks = try TasksFile.read(path: tasksPath, options: fileVerbOptions)
  try requireNone(tasks.rejects, of: tasksPath, for: .list)
  let days = Set(tasks.value.map(\.day)).sorted()
  guard let day = days.first, days.count == 1 else {
    throw Problem(
      days.isEmpty ? "\(tasksPath) has no admitted tasks" : "\(tasksPath) has tasks of \(days.count) days",
      remedy: "freeze one day's tasks at a time")
  }
  let list = FrozenList(
    day: day, targets: tasks.value.map { FrozenList.Target(id: $0.targetID, origin: $0.origin) },
    salt: salt ?? randomSalt())
  var log = try readLog(act.logPath)
  try log.freeze(list, by: act.actor, at: act.time)
  // The log last: a list without an entry can be frozen again, an entry without its list could never be opened.
  try writeList(list, act.listPath)
  try writeLog(log, act.logPath)
  return list.hash.hex
}

/// Writes a list with its salt to a file that only its owner may read.
func writeList(_ list: FrozenList, _ path: String) throws(Problem) {
  var file = try OutputFile(path: path, isSecret: true)
  try file.write(FrozenListFile.columnNames.joined(separator: ",") + "\n")
  for target in list.targets {
    var line = CSVLine()
    line.add(target.id)
    line.add(target.origin.rawValue)
    line.add(list.day.description)
    line.add(list.salt)
    try file.write(line.end())
  }
  try file.commit()
}

/// `visits reveal`: notes who reads the list and writes it out. A refused look is noted too.
///
/// - Parameter reason: Needed before the day of the visits.
/// - Returns: Targets revealed.
public func revealList(_ act: ListAct, reason: String, out: String) throws -> Int {
  let (list, before) = try openList(act)
  var log = before
  try noting(act, list, &log) { log throws(VisitLogProblem) in
    try log.reveal(list, by: act.actor, at: act.time, reason: reason)
  }
  try writeLog(log, act.logPath)
  var file = try OutputFile(path: out, isSecret: true)
  try file.write("target_id,origin,day\n")
  for target in list.targets {
    var line = CSVLine()
    line.add(target.id)
    line.add(target.origin.rawValue)
    line.add(list.day.description)
    try file.write(line.end())
  }
  try file.commit()
  return list.targets.count
}

/// `visits close`: ends the secrecy of a list after its day has begun.
public func closeList(_ act: ListAct) throws {
  let (list, before) = try openList(act)
  var log = before
  try noting(act, list, &log) { log throws(VisitLogProblem) in try log.close(list, by: act.actor, at: act.time) }
  try writeLog(log, act.logPath)
}

/// `visits log`: checks a log, and a list against it. - Returns: Entries and the last hash.
public func checkLog(path: String, listPath: String?) throws -> (entries: Int, lastHash: String) {
  guard FileManager.default.fileExists(atPath: path) else {
    throw Problem("there is no log at \(path)", remedy: "name the log that visits freeze wrote")
  }
  let log = try readLog(path)
  if let listPath {
    let list = try FrozenListFile.read(path: listPath, options: fileVerbOptions)
    guard let frozen = log.frozenList else { throw VisitLogProblem.notFrozen }
    guard frozen == list.hash else { throw VisitLogProblem.listDiffers(frozen: frozen, found: list.hash) }
  }
  return (log.entries.count, log.head)
}

private func openList(_ act: ListAct) throws -> (list: FrozenList, log: VisitLog) {
  (try FrozenListFile.read(path: act.listPath, options: fileVerbOptions), try readLog(act.logPath))
}

/// Does something with a log; what is refused leaves an entry of its own before the error goes on.
private func noting(
  _ act: ListAct, _ list: FrozenList, _ log: inout VisitLog,
  _ body: (inout VisitLog) throws(VisitLogProblem) -> Void
) throws {
  do throws(VisitLogProblem) {
    try body(&log)
  } catch {
    switch error {
    case .listDiffers, .tooEarly:
      try log.refuse(list.hash, detail: error.problem, by: act.actor, at: act.time)
      try writeLog(log, act.logPath)
    default: break
    }
    throw error
  }
}

private func readLog(_ path: String) throws -> VisitLog {
  guard FileManager.default.fileExists(atPath: path) else { return VisitLog() }
  return try VisitLogFile.read(path: path, options: fileVerbOptions)
}

/// 128 random bits, as text.
func randomSalt() -> String {
  var random = SystemRandomNumberGenerator()
  return (0..<2).map { _ in String(random.next(), radix: 16) }.joined(separator: "-")
}

/// - Parameter isSecret: Only its owner may read the file: entries about single checks name targets.
func writeLog(_ log: VisitLog, _ path: String, isSecret: Bool = false) throws(Problem) {
  var file = try OutputFile(path: path, isSecret: isSecret)
  try file.write(VisitLogFile.columnNames.joined(separator: ",") + "\n")
  for entry in log.entries {
    var line = CSVLine()
    line.add(entry.sequence)
    line.add(entry.time.iso8601)
    line.add(entry.actor)
    line.add(entry.event.rawValue)
    line.add(entry.list.hex)
    line.add(entry.detail)
    line.add(entry.previous)
    line.add(entry.hash.hex)
    try file.write(line.end())
  }
  try file.commit()
}
