import Digests
import Foundation
import TestSupport
import Testing

@testable import Sampling

private func field(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }

private func frameText(_ units: [FrameUnit]) -> String {
  units.reduce("id,score,stratum,min_probability\n") {
    $0 + "\(field($1.id)),\($1.score),\($1.stratum),\($1.minimumProbability)\n"
  }
}

private func drawnText(_ units: [DrawnUnit]) -> String {
  units.reduce("id,inclusion_probability,ticket,drawn\n") {
    $0 + "\(field($1.id)),\($1.inclusionProbability),\($1.ticket.hex),\($1.isDrawn ? 1 : 0)\n"
  }
}

@Suite struct DrawVerificationTests {
  private let frame: Frame
  private let drawn: [DrawnUnit]

  init() throws {
    frame = try Frame((1...20).map { FrameUnit(id: "T\($0)", score: Double($0)) })
    drawn = try frame.draw(size: 5, seed: "2017-11-22", floor: 0.05)
  }

  private func difference(_ rows: [DrawnUnit]) throws -> DrawVerification.Difference? {
    try DrawVerification.firstDifference(frame: frame, drawn: rows, seed: "2017-11-22", floor: 0.05)
  }

  @Test func `an honest draw has no difference, in any order`() throws {
    #expect(try difference(drawn) == nil)
    #expect(try difference(drawn.reversed()) == nil)
  }

  @Test func `swapping one drawn unit for another is found`() throws {
    var rows = drawn
    let outIndex = rows.firstIndex(where: \.isDrawn)
    let intoIndex = rows.firstIndex { !$0.isDrawn }
    let out = try #require(outIndex)
    let into = try #require(intoIndex)
    for slot in [out, into] {
      rows[slot] = DrawnUnit(
        id: rows[slot].id, inclusionProbability: rows[slot].inclusionProbability, ticket: rows[slot].ticket,
        isDrawn: !rows[slot].isDrawn)
    }
    let first = min(out, into)
    #expect(try difference(rows) == .outcome(id: drawn[first].id, expected: drawn[first].isDrawn))
  }

  @Test func `without a seed the tickets are believed and the rest is checked`() throws {
    #expect(try DrawVerification.firstDifference(frame: frame, drawn: drawn, seed: nil, floor: 0.05) == nil)
    let forged = drawn.map {
      DrawnUnit(
        id: $0.id, inclusionProbability: $0.inclusionProbability, ticket: SHA256Digest(ofUTF8: $0.id + "!"),
        isDrawn: $0.isDrawn)
    }
    #expect(try DrawVerification.firstDifference(frame: frame, drawn: forged, seed: nil, floor: 0.05) != nil)
  }

  @Test func `a missing, an added and a repeated row are found`() throws {
    #expect(try difference(Array(drawn.dropFirst())) == .missing(id: "T1"))
    #expect(try difference(drawn.dropLast()) == .missing(id: "T9"))
    let extra = DrawnUnit(id: "T10a", inclusionProbability: 0.1, ticket: drawn[0].ticket, isDrawn: false)
    #expect(try difference(drawn + [extra]) == .notInFrame(id: "T10a"))
    #expect(try difference(drawn + [drawn[3]]) == .repeated(id: drawn[3].id))
  }

  @Test func `another seed, another floor and a touched probability are found`() throws {
    guard case .ticket(id: "T1", _, _) = try DrawVerification.firstDifference(frame: frame, drawn: drawn, seed: "x")
    else { return #expect(Bool(false), "the ticket is compared first") }
    guard
      case .probability = try DrawVerification.firstDifference(frame: frame, drawn: drawn, seed: "2017-11-22", floor: 0)
    else { return #expect(Bool(false), "the floor changes probabilities") }
    var rows = drawn
    rows[4] = DrawnUnit(
      id: rows[4].id, inclusionProbability: rows[4].inclusionProbability.nextUp, ticket: rows[4].ticket,
      isDrawn: rows[4].isDrawn)
    guard case .probability(let id, _, _) = try difference(rows) else {
      return #expect(Bool(false), "one unit in the last place is seen")
    }
    #expect(id == rows[4].id)
  }

  static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

  /// Runs `verify_draw.main` on every case of a folder in one interpreter.
  private func runPython(_ folder: URL, cases: [(seed: String, floor: Double)]) throws -> (status: Int32, text: String)
  {
    let list = cases.enumerated().map { "\($0.offset)\t\($0.element.seed)\t\($0.element.floor)\n" }.joined()
    try Data(list.utf8).write(to: folder.appending(path: "cases.txt"))
    return try PythonVerifier.run(
      """
      import verify_draw
      for line in open("cases.txt", encoding="utf-8"):
          number, seed, floor = line.rstrip("\\n").split("\\t")
          verify_draw.main(f"frame{number}.csv", f"drawn{number}.csv", seed, floor)
      """, in: folder)
  }

  @Test(.enabled(if: hasPython, "python3 is not installed"))
  func `the Python verifier agrees on 100 random frames, to the last bit`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var cases: [(seed: String, floor: Double)] = []
    var number: UInt64 = 4000
    while cases.count < 100 {
      number += 1
      let random = RandomFrame(seed: number)
      let seed = "种子 \(number)"
      guard let drawn = try? Frame(random.units).draw(size: random.size, seed: seed, floor: random.floor) else {
        continue
      }
      try Data(frameText(random.units).utf8).write(to: folder.appending(path: "frame\(cases.count).csv"))
      try Data(drawnText(drawn).utf8).write(to: folder.appending(path: "drawn\(cases.count).csv"))
      cases.append((seed, random.floor))
    }
    let (status, text) = try runPython(folder, cases: cases)
    #expect(status == 0, Comment(rawValue: text))
    #expect(text.split(separator: "\n").count == 100)
  }

  @Test(.enabled(if: hasPython, "python3 is not installed"))
  func `the Python verifier finds a touched probability`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var rows = drawn
    rows[4] = DrawnUnit(
      id: rows[4].id, inclusionProbability: rows[4].inclusionProbability.nextUp, ticket: rows[4].ticket,
      isDrawn: rows[4].isDrawn)
    try Data(frameText(frame.units).utf8).write(to: folder.appending(path: "frame0.csv"))
    try Data(drawnText(rows).utf8).write(to: folder.appending(path: "drawn0.csv"))
    let (status, text) = try runPython(folder, cases: [("2017-11-22", 0.05)])
    #expect(status == 1)
    #expect(text.contains("differs at \(rows[4].id)"))
  }
}
