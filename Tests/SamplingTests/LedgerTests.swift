import Diagnostics
import Digests
import Foundation
import Quantities
import Testing

@testable import Sampling

@Suite struct LedgerTests {
  private func time(_ seconds: Int64) -> Instant { Instant(secondsSinceEpoch: 1_763_784_000 + seconds) }

  private func parsed(_ lines: [String]) throws -> DrawLedger {
    DrawLedger(
      try lines.map { line in
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        return DrawLedger.Line(text: line, members: object.mapValues { "\($0)" })
      })
  }

  private func ledger(_ entries: [LedgerEntry]) throws -> [String] {
    var lines: [String] = []
    for entry in entries { lines.append(try parsed(lines).line(appending: entry)) }
    return lines
  }

  private func due(_ seconds: Int64) -> (name: String, value: String) { ("beacon-due", timeText(time(seconds))) }

  private var entries: [LedgerEntry] {
    [
      LedgerEntry(kind: .seal, at: time(0), root: "aa", facts: [due(60), ("note", "quote \" and \n line \\")]),
      LedgerEntry(kind: .open, at: time(60), root: "aa", facts: [("seed", "裕华")]),
      LedgerEntry(kind: .override, at: time(70), root: "aa", facts: []),
      LedgerEntry(kind: .seal, at: time(80), root: "bb", facts: [due(100)]),
      LedgerEntry(kind: .reveal, at: time(90), root: "aa", facts: []),
    ]
  }

  private func problem(_ lines: [String]) throws -> String? {
    let ledger = try parsed(lines)
    do { try ledger.verify(file: "l.jsonl") } catch { return error.problem }
    return nil
  }

  @Test func `an honest ledger holds`() throws {
    let lines = try ledger(entries)
    #expect(try problem(lines) == nil)
    #expect(try parsed([]).head == HashChain.beginning)
  }

  @Test func `every changed, lost, added or moved line is named`() throws {
    let lines = try ledger(entries)
    for place in lines.indices {
      var changed = lines
      changed[place] = changed[place].replacing("+08:00", with: "+08:01")
      #expect(try problem(changed)?.hasPrefix("l.jsonl:\(place + 1): the line was changed") == true)
      guard place < lines.count - 1 else { continue }
      var lost = lines
      lost.remove(at: place)
      #expect(try problem(lost)?.hasPrefix("l.jsonl:\(place + 1):") == true)
      var moved = lines
      moved.swapAt(place, place + 1)
      #expect(try problem(moved)?.hasPrefix("l.jsonl:\(place + 1):") == true)
      var doubled = lines
      doubled.insert(lines[place], at: place)
      #expect(try problem(doubled)?.hasPrefix("l.jsonl:\(place + 2):") == true)
    }
  }

  @Test func `a line forged with a right hash of its own breaks the next one`() throws {
    var lines = try ledger(entries)
    let before = try parsed(Array(lines.prefix(1)))
    lines[1] = before.line(appending: LedgerEntry(kind: .open, at: time(61), root: "aa", facts: []))
    #expect(try problem(lines)?.hasPrefix("l.jsonl:3: the line does not follow") == true)
  }

  @Test func `events out of order are refused`() throws {
    let cases: [([LedgerEntry], String)] = [
      ([LedgerEntry(kind: .open, at: time(0), root: "aa", facts: [])], "1: a seal was opened that"),
      ([LedgerEntry(kind: .seal, at: time(0), root: "aa", facts: [due(0)])], "1: the beacon was due before"),
      (
        [entries[0], entries[1], LedgerEntry(kind: .open, at: time(90), root: "aa", facts: [])],
        "3: the seal was opened a second"
      ),
      ([entries[0], LedgerEntry(kind: .reveal, at: time(90), root: "aa", facts: [])], "2: the draw it is about"),
      ([entries[0], LedgerEntry(kind: .open, at: time(-1), root: "aa", facts: [])], "2: the line is earlier"),
      (
        [entries[0], LedgerEntry(kind: .seal, at: time(1), root: "aa", facts: [due(9)])],
        "2: the frame was sealed before"
      ),
    ]
    for (entries, message) in cases {
      #expect(try problem(ledger(entries))?.hasPrefix("l.jsonl:\(message)") == true, "\(message)")
    }
  }
}

@Suite struct OverrideTests {
  private let drawn = [("a", true), ("b", false), ("c", true), ("d", false)].map { (id: $0.0, isDrawn: $0.1) }

  private func visits(_ rows: [(String, DrawOverride.Action, String, String)]) throws -> OverriddenVisits {
    try OverriddenVisits(
      drawn: drawn, overrides: rows.map { DrawOverride(id: $0.0, action: $0.1, reason: $0.2, who: $0.3) }, file: "o.csv"
    )
  }

  @Test func `overrides stand apart and say what they weaken`() throws {
    let result = try visits([("b", .add, "fire seen", "Li"), ("c", .drop, "flooded", "Li")])
    #expect(result.visits.map { "\($0.id) \($0.origin.rawValue)" } == ["a drawn", "b added", "c dropped"])
    let warning = try #require(result.warning)
    #expect(warning.contains("1 of 2 visits (50.0 %) are not by lot"))
    #expect(warning.contains("1 of 2 drawn units (50.0 %) were taken out"))
    #expect(try visits([]).warning == nil)
  }

  @Test func `overrides without reason, answerable person, unit or effect are refused by line`() throws {
    let cases: [([(String, DrawOverride.Action, String, String)], String)] = [
      ([("b", .add, " ", "Li")], "o.csv:2: the override of \"b\" has no reason"),
      ([("b", .add, "x", "")], "o.csv:2: nobody answers"),
      ([("b", .add, "x", "Li"), ("e", .add, "x", "Li")], "o.csv:3: \"e\" is not in the drawn file"),
      ([("b", .add, "x", "Li"), ("b", .add, "x", "Li")], "o.csv:3: \"b\" is overridden twice"),
      ([("a", .add, "x", "Li")], "o.csv:2: \"a\" is drawn already"),
      ([("b", .drop, "x", "Li")], "o.csv:2: \"b\" is not drawn"),
    ]
    for (rows, message) in cases {
      let problem = #expect(throws: Problem.self) { try visits(rows) }
      #expect(problem?.problem.hasPrefix(message) == true, "\(message)")
    }
  }
}
