import Foundation
import TestSupport
import Testing

@Suite struct SealedDrawCommandTests {
  private let folder: URL
  private let frame: String

  init() throws {
    folder = try TestFiles.temporaryFolder()
    let url = folder.appending(path: "frame.csv")
    let rows = (1...60).map { number in
      let lon = 114 + Double(number * 13 % 17) / 10
      let lat = 38 + Double(number % 11) / 10
      return "\"E-\(number), 厂\",\(Double(number) / 8),\(number % 4 == 0 ? "key" : "ordinary"),\(lon),\(lat)\n"
    }
    try Data(("id,score,class,lon,lat\n" + rows.joined()).utf8).write(to: url)
    frame = url.path
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func python(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", TestFiles.repository.appending(path: "tools/verify_draw.py").path] + arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private static let value = "8b1a9953c4611296a827abf8c47804d7e6c49c6bbdfa5e2ffe6c4ae2b8a5d5c1"

  private func seal(_ options: [String]) throws -> BuiltBinary.Outcome {
    try BuiltBinary.run(
      [
        "draw", "seal", "--frame", frame, "--beacon", "drand quicknet round 23661212", "--now",
        "2025-11-22T12:00:00+08:00", "--out", path("seal.json"), "--secret", path("secret.txt"), "--ledger",
        path("ledger.jsonl"),
      ] + options)
  }

  private func files() -> [String] { ["--frame", frame, "--seal", path("seal.json"), "--secret", path("secret.txt")] }

  private func open(_ more: [String] = []) throws -> BuiltBinary.Outcome {
    try BuiltBinary.run(
      ["draw", "open"] + files() + [
        "--beacon", Self.value, "--beacon-seen", "2025-11-23T06:00:00+08:00", "--out", path("drawn.csv"),
        "--opening", path("opening.json"), "--ledger", path("ledger.jsonl"),
      ] + more)
  }

  @Test func `a frame is sealed, opened, proved, revealed and checked by both programs`() throws {
    let sealed = try seal([
      "--size", "12", "--quota", "class:key,count=5", "--random", "4", "--reserve", "2", "--method", "lpm",
    ])
    #expect(sealed.status == 0, Comment(rawValue: sealed.messages))
    let root = sealed.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(root.count == 64)
    let opened = try open()
    #expect(opened.status == 0, Comment(rawValue: opened.messages))
    #expect(opened.messages.contains("class key: 5 of 15"))
    #expect(opened.messages.contains("Voronoi balance index"))
    let whole = try python([
      "seal", path("seal.json"), path("opening.json"), frame, path("secret.txt"), path("drawn.csv"),
    ])
    #expect(whole.status == 0, Comment(rawValue: whole.text))

    for id in ["E-1, 厂", "E-60, 厂"] {
      let prove = try BuiltBinary.run(
        ["draw", "prove"] + files() + ["--opening", path("opening.json"), "--id", id, "--out", path("proof.json")])
      #expect(prove.status == 0, Comment(rawValue: prove.messages))
      let check = try BuiltBinary.run([
        "draw", "check-proof", path("proof.json"), "--root", root, "--ledger", path("ledger.jsonl"),
      ])
      #expect(check.status == 0, Comment(rawValue: check.messages))
      #expect(check.output.hasPrefix("ok: \(id) was "))
      #expect(try python(["proof", path("proof.json"), root]).status == 0)
    }
    let again = try open()
    #expect(again.status == 1 && again.messages.contains("opened a second time"))
    let reveal = try BuiltBinary.run(
      ["draw", "reveal"] + files() + ["--ledger", path("ledger.jsonl"), "--now", "2025-11-25T06:00:00+08:00"])
    #expect(reveal.status == 0, Comment(rawValue: reveal.messages))
    let ledger = try BuiltBinary.run(["draw", "ledger", "verify", path("ledger.jsonl")])
    #expect(ledger.output.hasPrefix("ok: 3 lines, head "))
    #expect(try python(["ledger", path("ledger.jsonl")]).status == 0)

    let text = try String(contentsOfFile: path("ledger.jsonl"), encoding: .utf8)
    try Data(text.replacing("\"drawn\":\"", with: "\"drawn\":\"1").utf8).write(to: URL(filePath: path("touched.jsonl")))
    let touched = try BuiltBinary.run(["draw", "ledger", "verify", path("touched.jsonl")])
    #expect(touched.status == 1 && touched.messages.contains("touched.jsonl:2: the line was changed"))
    let touchedByPython = try python(["ledger", path("touched.jsonl")])
    #expect(touchedByPython.status == 1 && touchedByPython.text.contains("line 2 was changed"))
  }

  @Test func `a known beacon, a changed frame and a used secret are refused with a remedy`() throws {
    let known = try BuiltBinary.run([
      "draw", "seal", "--frame", frame, "--size", "5", "--beacon", "drand quicknet round 1000", "--out",
      path("seal.json"), "--secret", path("secret.txt"),
    ])
    #expect(known.status == 2 && known.messages.contains("could already be known"))
    #expect(!FileManager.default.fileExists(atPath: path("secret.txt")))
    #expect(try seal(["--size", "5"]).status == 0)
    let used = try seal(["--size", "5"])
    #expect(used.status == 2 && used.messages.contains("secret.txt exists"))
    let text = try String(contentsOfFile: frame, encoding: .utf8)
    try Data(text.replacing("E-7,", with: "E-7a,").utf8).write(to: URL(filePath: frame))
    let opened = try open()
    #expect(opened.status == 1 && opened.messages.contains("the frame is not the one that was sealed"))
    #expect(!FileManager.default.fileExists(atPath: path("drawn.csv")))
  }

  @Test func `draws by a plan verify, and a frame in degrees is placed alike by both programs`() throws {
    let plan = ["--size", "9", "--method", "lpm", "--quota", "class:key,min=20%", "--random", "2", "--cap", "0.9"]
    let draw = try BuiltBinary.run(["draw", "--frame", frame, "--seed", "骰子", "--out", path("d.csv")] + plan)
    #expect(draw.status == 0, Comment(rawValue: draw.messages))
    let verify = ["draw", "verify", "--frame", frame, "--drawn", path("d.csv"), "--seed", "骰子"]
    #expect(try BuiltBinary.run(verify + plan).output == "ok: \(try drawn("d.csv")) of 60 units, to the last bit\n")
    let twin = try python([frame, path("d.csv"), "骰子"] + plan)
    #expect(twin.status == 0, Comment(rawValue: twin.text))
    let other = try BuiltBinary.run(verify + ["--size", "9", "--method", "pivotal", "--random", "2"])
    #expect(other.status == 1)
    let impossible = try BuiltBinary.run([
      "draw", "--frame", frame, "--seed", "s", "--size", "5", "--quota", "class:key,min=16",
    ])
    #expect(impossible.status == 2 && impossible.messages.contains("class key cannot give 16 units"))
  }

  private func drawn(_ name: String) throws -> Int {
    try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n").count {
      $0.contains(",1,scored") || $0.contains(",1,random") || $0.contains(",1,both")
    }
  }

  @Test func `every published rule set draws its classes`() throws {
    let rules = TestFiles.repository.appending(path: "grids/rules")
    let names = try FileManager.default.contentsOfDirectory(atPath: rules.path).filter { $0.hasSuffix(".yml") }
    #expect(names.count >= 7)
    let classes = ["key", "special", "ordinary", "A", "B", "C"]
    for name in names.sorted() {
      let text = try String(contentsOf: rules.appending(path: name), encoding: .utf8)
      let used = classes.filter { text.contains("\"class:\($0),") }
      let rows = used.flatMap { group in (0..<40).map { "\(group)\($0),1,\(group)\n" } }
      try Data(("id,score,class\n" + rows.joined()).utf8).write(to: URL(filePath: path("rules.csv")))
      let draw = try BuiltBinary.run([
        "draw", "--frame", path("rules.csv"), "--policy", rules.appending(path: name).path, "--seed", "s", "--out",
        path("out.csv"),
      ])
      #expect(draw.status == 0, "\(name): \(draw.messages)")
      for group in used { #expect(draw.messages.contains("class \(group): "), "\(name) \(group)") }
    }
  }

  @Test func `overrides need reasons and leave the drawn file alone`() throws {
    _ = try BuiltBinary.run(["draw", "--frame", frame, "--size", "5", "--seed", "s", "--out", path("d.csv")])
    let before = try Data(contentsOf: URL(filePath: path("d.csv")))
    let rows = String(decoding: before, as: UTF8.self).split(separator: "\n")
    let out = try #require(rows.first { $0.hasSuffix(",0") }).prefix { $0 != "厂" } + "厂\""
    func override(_ text: String) throws -> BuiltBinary.Outcome {
      try Data(("id,action,reason,who\n" + text).utf8).write(to: URL(filePath: path("o.csv")))
      return try BuiltBinary.run([
        "draw", "override", "--drawn", path("d.csv"), "--overrides", path("o.csv"), "--out", path("v.csv"),
      ])
    }
    let bad = try override("\(out),add,,Li\n")
    #expect(bad.status == 1 && bad.messages.contains("o.csv:2: the override of"))
    let good = try override("\(out),add,smoke reported,Li\n")
    #expect(good.status == 0 && good.messages.contains("warning: the randomness is weakened: 1 of 6 visits (16.7 %)"))
    #expect(try Data(contentsOf: URL(filePath: path("d.csv"))) == before)
  }

  @Test func `simulated frequencies are printed for each arm`() throws {
    let run = try BuiltBinary.run([
      "draw", "simulate", "--frame", frame, "--size", "9", "--random", "3", "--draws", "400", "--out", path("f.csv"),
    ])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    #expect(run.output.hasPrefix("400 draws by pareto-sha256-1+random-1, 0 with another number"))
    #expect(run.output.split(separator: "\n").count == 4)
    #expect(try String(contentsOfFile: path("f.csv"), encoding: .utf8).split(separator: "\n").count == 61)
    let odd = try BuiltBinary.run(["draw", "simulate", "--frame", frame, "--size", "9", "--draws", "150"])
    #expect(odd.status == 2)
  }
}
