import Foundation
import TestSupport
import Testing

@Suite struct DrawCommandTests {
  private let folder: URL
  private let frame: String

  init() throws {
    folder = try TestFiles.temporaryFolder()
    let url = folder.appending(path: "frame.csv")
    let rows = (1...40).map { "\"target, \($0)\",\(Double($0) / 8),s\($0 % 2),\($0 == 1 ? "0.2" : "")\n" }
    try Data(("id,score,stratum,min_probability\n" + rows.joined()).utf8).write(to: url)
    frame = url.path
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  @Test func `a draw verifies, by the product and by the Python program`() throws {
    let draw = try BuiltBinary.run([
      "draw", "--frame", frame, "--size", "7", "--seed", "2017-11-22, 骰子 3 1 4", "--floor", "0.02", "--out",
      path("drawn.csv"), "--json",
    ])
    #expect(draw.status == 0, Comment(rawValue: draw.messages))
    #expect(draw.output.contains("\"size\":7"))
    #expect(draw.output.contains("\"version\":\"pareto-sha256-1\""))
    let rows = try String(contentsOfFile: path("drawn.csv"), encoding: .utf8).split(separator: "\n")
    #expect(rows[0] == "id,inclusion_probability,ticket,drawn")
    #expect(rows.count == 41)
    #expect(rows.count { $0.hasSuffix(",1") } == 7)

    let verify = ["draw", "verify", "--frame", frame, "--drawn", path("drawn.csv"), "--floor", "0.02"]
    let good = try BuiltBinary.run(verify + ["--seed", "2017-11-22, 骰子 3 1 4"])
    #expect(good.status == 0, Comment(rawValue: good.messages))
    #expect(good.output == "ok: 7 of 40 units, to the last bit\n")
    #expect(try BuiltBinary.run(verify).output.contains("tickets not checked"))
    let bad = try BuiltBinary.run(verify + ["--seed", "2017-11-22"])
    #expect(bad.status == 1)
    #expect(bad.messages.contains("the ticket of \"target, 1\""))

    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/env")
    python.arguments = [
      "python3", TestFiles.repository.appending(path: "tools/verify_draw.py").path, frame, path("drawn.csv"),
      "2017-11-22, 骰子 3 1 4", "0.02",
    ]
    python.standardOutput = FileHandle.nullDevice
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
  }

  @Test func `a changed line is named`() throws {
    _ = try BuiltBinary.run(["draw", "--frame", frame, "--size", "7", "--seed", "s", "--out", path("drawn.csv")])
    let text = try String(contentsOfFile: path("drawn.csv"), encoding: .utf8)
    var lines = text.split(separator: "\n").map(String.init)
    let drawn = try #require(lines.firstIndex { $0.hasSuffix(",1") })
    let other = try #require(lines.indices.first { lines[$0].hasSuffix(",0") })
    lines[drawn] = lines[drawn].dropLast() + "0"
    lines[other] = lines[other].dropLast() + "1"
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "forged.csv"))
    let run = try BuiltBinary.run([
      "draw", "verify", "--frame", frame, "--drawn", path("forged.csv"), "--seed", "s",
    ])
    #expect(run.status == 1)
    #expect(run.messages.contains("have been drawn"))
    #expect(run.messages.contains("try:"))
  }

  @Test func `what cannot be drawn is explained, and nothing is written`() throws {
    let many = try BuiltBinary.run(["draw", "--frame", frame, "--size", "41", "--seed", "s", "--out", path("no.csv")])
    #expect(many.status == 2)
    #expect(many.messages.contains("cannot draw 41 of 40 units"))
    #expect(!FileManager.default.fileExists(atPath: path("no.csv")))
    let url = folder.appending(path: "bad.csv")
    try Data("id,score\na,1\nb,lots\n".utf8).write(to: url)
    let bad = try BuiltBinary.run(["draw", "--frame", url.path, "--size", "1", "--seed", "s"])
    #expect(bad.status == 1)
    #expect(bad.messages.contains("bad.csv:3: score is not a number"))
    try Data("id,score\na,1\na,2\n".utf8).write(to: url)
    let twice = try BuiltBinary.run(["draw", "--frame", url.path, "--size", "1", "--seed", "s"])
    #expect(twice.status == 1 && twice.messages.contains("id \"a\" is in the frame more than once"))
  }
}
