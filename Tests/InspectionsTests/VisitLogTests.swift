import Digests
import Inspections
import Quantities
import Testing

@Suite struct VisitLogTests {
  static let day = LocalDay(ordinal: 17_492)  // 2017-11-22

  static func list(_ ids: [String] = ["E-2", "E-1"]) -> FrozenList {
    FrozenList(day: day, targets: ids.map { FrozenList.Target(id: $0, origin: .random) }, salt: "salt")
  }

  static func time(days: Int, hour: Int) -> Instant { LocalHour(day: day.advanced(by: days), hourOfDay: hour).start }

  static func frozen() throws -> VisitLog {
    var log = VisitLog()
    try log.freeze(list(), by: "officer", at: time(days: -1, hour: 18))
    return log
  }

  @Test func `the hash of a list is that of its text, whatever the order`() {
    // printf 'hotgrid-frozen-1\nsalt\n2017-11-22\nrandom,E-1\nrandom,E-2\n' | sha256sum
    #expect(Self.list().hash.hex == "47fd27c1716d8f0104bba550fcf828b88098ea02e51ba222cd490a435f0823a2")
    #expect(Self.list(["E-1", "E-2"]).hash == Self.list().hash)
    #expect(Self.list(["E-1", "E-3"]).hash != Self.list().hash)
  }

  @Test func `a list is secret before its day unless a reason is logged`() throws {
    var log = try Self.frozen()
    #expect(throws: VisitLogProblem.tooEarly(Self.day)) {
      try log.reveal(Self.list(), by: "team-3", at: Self.time(days: -1, hour: 20))
    }
    #expect(log.entries.count == 1)
    try log.reveal(Self.list(), by: "team-3", at: Self.time(days: -1, hour: 20), reason: "long drive")
    try log.reveal(Self.list(), by: "team-4", at: Self.time(days: 0, hour: 0))
    #expect(log.entries.map(\.event) == [.frozen, .revealed, .revealed])
    #expect(log.entries[1].detail == "long drive")
  }

  @Test func `a changed list is refused and a second freeze too`() throws {
    var log = try Self.frozen()
    let other = Self.list(["E-1"])
    #expect(throws: VisitLogProblem.listDiffers(frozen: Self.list().hash, found: other.hash)) {
      try log.reveal(other, by: "x", at: Self.time(days: 0, hour: 9))
    }
    #expect(throws: VisitLogProblem.frozenTwice) { try log.freeze(other, by: "x", at: Self.time(days: 0, hour: 9)) }
    try log.close(Self.list(), by: "x", at: Self.time(days: 1, hour: 9))
    #expect(throws: VisitLogProblem.alreadyClosed) {
      try log.reveal(Self.list(), by: "x", at: Self.time(days: 1, hour: 9))
    }
  }

  @Test func `nobody, a line break and an earlier time are refused`() throws {
    var log = try Self.frozen()
    #expect(throws: VisitLogProblem.emptyActor) { try log.reveal(Self.list(), by: "", at: Self.time(days: 0, hour: 9)) }
    #expect(throws: VisitLogProblem.lineBreak("a\nb")) {
      try log.reveal(Self.list(), by: "a\nb", at: Self.time(days: 0, hour: 9))
    }
    #expect(throws: VisitLogProblem.timeRunsBack(sequence: 1)) {
      try log.refuse(Self.list().hash, detail: "", by: "x", at: Self.time(days: -2, hour: 9))
    }
  }

  @Test(arguments: 0..<3)
  func `a log with an entry changed, lost or moved is broken`(number: Int) throws {
    var log = try Self.frozen()
    for hour in 8..<10 { try log.reveal(Self.list(), by: "team-\(hour)", at: Self.time(days: 0, hour: hour)) }
    #expect(throws: Never.self) { _ = try VisitLog(log.entries) }
    var entries = log.entries
    let entry = entries[number]
    entries[number] = VisitLogEntry(
      sequence: entry.sequence, time: entry.time, actor: "someone else", event: entry.event, list: entry.list,
      detail: entry.detail, previous: entry.previous, hash: entry.hash)
    #expect(throws: VisitLogProblem.broken(sequence: number + 1)) { _ = try VisitLog(entries) }
    if number < 2 {
      var shorter = log.entries
      shorter.remove(at: number)
      #expect(throws: VisitLogProblem.self) { _ = try VisitLog(shorter) }
      var moved = log.entries
      moved.swapAt(number, number + 1)
      #expect(throws: VisitLogProblem.self) { _ = try VisitLog(moved) }
    }
  }

  @Test func `an approval in the log names its basis`() throws {
    var log = try Self.frozen()
    let approval = Approval(
      targetID: "E-1", approvedBy: "head", approvedAt: Self.time(days: -1, hour: 17), basis: "plan 7")
    try log.approve(approval, list: Self.list().hash, at: Self.time(days: -1, hour: 19))
    #expect(log.entries.last?.actor == "head")
    #expect(log.entries.last?.detail == "E-1: plan 7, signed 2017-11-21T17:00:00+08:00")
  }
}
