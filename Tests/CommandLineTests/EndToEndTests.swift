import Foundation
import Ingest
import TestSupport
import Testing

/// The whole chain on the built binary, from a small synthetic campaign over the real counties to drawn targets.
@Suite(
  .serialized,
  .enabled(
    if: RegionSource.defaultBoundaries != nil, "the county boundaries were not derived (run tools/derive-boundaries)"))
struct EndToEndTests {
  static let home = Result { try TestFiles.temporaryFolder() }

  static func run(_ arguments: [String], expecting status: Int32 = 0) throws -> BuiltBinary.Outcome {
    let outcome = try BuiltBinary.run(arguments)
    #expect(outcome.status == status, "\(arguments.joined(separator: " ")): \(outcome.messages)")
    return outcome
  }

  /// A campaign, its workspace and the plan of its last day but one.
  static let workspace = Result { () throws -> String in
    let folder = try home.get()
    let campaign = folder.appending(path: "campaign").path
    let workspace = folder.appending(path: "ws").path
    _ = try run([
      "simulate", "--out", campaign, "--seed", "3", "--days", "20", "--stations", "120", "--micro", "60", "--firms",
      "150", "--metered", "24", "--unregistered", "6", "--residential", "8", "--quiet",
    ])
    // Fewer days in the cube and fewer replicates: unoptimised code takes most of a plan's time for them.
    let policy = folder.appending(path: "policy.yml")
    try "detection: { emerging_days: 10, scan: { complaint_replicates: 99 } }\n".write(
      to: policy, atomically: true, encoding: .utf8)
    _ = try run(["init", workspace, "--grid", "grids/2p26.yml", "--policy", policy.path])
    _ = try run(["ingest", "manifest", "\(campaign)/manifest.csv", "--workspace", workspace, "--strict"])
    _ = try run(["plan", "--date", "2017-11-20", "--targets", "40", "--seed", "t", "--workspace", workspace])
    return workspace
  }

  @Test func `a plan is the same again, and on one thread`() throws {
    let workspace = try Self.workspace.get()
    let arguments = ["plan", "--date", "2017-11-20", "--targets", "40", "--json", "--workspace", workspace]
    let first = try Self.run(arguments).output
    let targets = try Self.run(["targets", "--format", "csv", "--workspace", workspace]).output
    #expect(try Self.run(arguments + ["--threads", "1"]).output == first)
    #expect(try Self.run(["targets", "--format", "csv", "--workspace", workspace]).output == targets)
    #expect(first.contains("\"synthetic\":true") && first.contains("\"seed\":\"t\""))
    #expect(targets.split(separator: "\n").count == 41)
  }

  @Test func `ingesting again changes nothing`() throws {
    let workspace = try Self.workspace.get()
    let campaign = try Self.home.get().appending(path: "campaign").path
    let before = try Self.run(["status", "--json", "--workspace", workspace]).output
    _ = try Self.run(["ingest", "manifest", "\(campaign)/manifest.csv", "--workspace", workspace])
    #expect(try Self.run(["status", "--json", "--workspace", workspace]).output == before)
  }

  @Test func `anybody can verify the draw, and sees a forged one`() throws {
    let workspace = try Self.workspace.get()
    let folder = try Self.home.get().appending(path: "draw").path
    _ = try Self.run(["draw", "export", "--out", folder, "--workspace", workspace])
    let verify = ["draw", "verify", "--frame", "\(folder)/frame.csv", "--drawn", "\(folder)/drawn.csv", "--seed", "t"]
    _ = try Self.run(verify)
    let drawn = try String(contentsOfFile: "\(folder)/drawn.csv", encoding: .utf8)
    var lines = drawn.split(separator: "\n").map(String.init)
    let chosen = try #require(lines.firstIndex { $0.hasSuffix(",1") })
    let spared = try #require(lines.firstIndex { $0.hasSuffix(",0") })
    lines[chosen] = lines[chosen].dropLast() + "0"
    lines[spared] = lines[spared].dropLast() + "1"
    try lines.joined(separator: "\n").write(toFile: "\(folder)/drawn.csv", atomically: true, encoding: .utf8)
    let forged = try Self.run(verify, expecting: 1)
    #expect(forged.messages.contains("does not verify"))
  }

  private static let beacon = ["--beacon", "dice (synthetic)", "--beacon-time", "2099-01-01T00:00:00+08:00"]

  @Test func `a sealed plan has no targets until its beacon is known, and then anybody can check them`() throws {
    let workspace = try Self.workspace.get()
    let plan = ["plan", "--date", "2017-11-19", "--targets", "30", "--json", "--workspace", workspace]
    let sealed = try Self.run(plan + Self.beacon).output
    let root = try #require(sealed.firstMatch(of: /"seal_root":"([0-9a-f]{64})"/)?.1)
    #expect(sealed.contains("\"targets\":0") && sealed.contains("\"seed\":\"\""))
    #expect(
      try Self.run(["targets", "--date", "2017-11-19", "--json", "--workspace", workspace]).output.contains("[]"))
    #expect(try Self.run(plan + ["--seed", "mine"], expecting: 1).messages.contains("void the seal"))
    let open = ["open", "--date", "2017-11-19", "--beacon-value", "3141592653", "--json", "--workspace", workspace]
    let early = try Self.run(open + ["--beacon-seen", "2098-12-31T23:59:59+08:00"], expecting: 1)
    #expect(early.messages.contains("before"))
    let opened = try Self.run(open + ["--beacon-seen", "2099-01-01T00:00:05+08:00"]).output
    #expect(opened.contains("\"targets\":30"))
    let twice = try Self.run(open + ["--beacon-seen", "2099-01-01T00:00:06+08:00"], expecting: 1)
    #expect(twice.messages.contains("opened before"))
    let again = try Self.run(plan + Self.beacon, expecting: 1)
    #expect(again.messages.contains("a choice between two"))
    #expect(try Self.run(plan + ["--seed", "mine"], expecting: 1).messages.contains("a choice between two"))
    let folder = try Self.home.get().appending(path: "sealed").path
    _ = try Self.run(["draw", "export", "--date", "2017-11-19", "--out", folder, "--secret", "--workspace", workspace])
    let proof = "\(folder)/proof.json"
    let frame = try String(contentsOfFile: "\(folder)/frame.csv", encoding: .utf8)
    let id = try #require(frame.split(separator: "\n").dropFirst().first?.split(separator: ",").first)
    _ = try Self.run([
      "draw", "prove", "--frame", "\(folder)/frame.csv", "--seal", "\(folder)/seal.json", "--secret",
      "\(folder)/secret.txt", "--opening", "\(folder)/opening.json", "--id", String(id), "--out", proof,
    ])
    _ = try Self.run(["draw", "check-proof", proof, "--root", String(root)])
    let forged = try Self.run(
      ["draw", "check-proof", proof, "--root", String(repeating: "0", count: 64)], expecting: 1)
    #expect(forged.messages.contains("root"))
  }

  @Test func `drawn targets and a cited lead go out on routes with inspectors by lot, once, in a frozen list`() throws {
    let workspace = try Self.workspace.get()
    let folder = try Self.home.get().appending(path: "dispatch")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(_ lines: [String], _ name: String) throws -> String {
      let path = folder.appending(path: name).path
      try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let (date, plan) = ("2017-11-17", ["plan", "--date", "2017-11-17", "--targets", "12", "--workspace", workspace])
    _ = try Self.run(plan + ["--seed", "d", "--quiet"])
    let csv = try Self.run(["targets", "--date", date, "--format", "csv", "--workspace", workspace]).output
    let rows = csv.split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let ids = rows.compactMap { $0.first.map(String.init) }
    #expect(ids.count == 12)
    _ = try Self.run(["draw", "export", "--date", date, "--out", folder.path + "/draw", "--workspace", workspace])
    let frame = try String(contentsOfFile: folder.path + "/draw/frame.csv", encoding: .utf8)
    let spare = frame.split(separator: "\n").dropFirst().compactMap { $0.split(separator: ",").first.map(String.init) }
      .filter { $0.hasPrefix("E-") && !ids.contains($0) }
    // A team beside every target, so that routes exist wherever the draw fell.
    let teams = try write(
      ["team,base_lon,base_lat"]
        + rows.enumerated().map {
          "T\($0.offset),\($0.element[$0.element.count - 2]),\($0.element[$0.element.count - 1])"
        }
        + ["T90,114.5,38.0", "T91,117.2,39.1", "T92,113.6,34.8", "T93,117.0,36.6", "T94,112.5,37.9", "T95,115.0,35.7"],
      "teams.csv")
    let inspectors = try write(
      ["inspector_id,home_city,certified_from,certified_until,max_per_day"]
        + (0..<60).map { "P\($0),西安市,2017-01-01,2018-12-31,12" }, "inspectors.csv")
    let approvals = try write(
      ["target_id,approved_by,approved_at,basis"]
        + (ids.dropFirst() + spare.prefix(2)).map { "\($0),post 7,2017-11-16T17:00:00+08:00,winter plan" },
      "approvals.csv")
    let tasks = try write(
      [
        "target_id,date,origin,leads,campaign", "\(spare[0]),\(date),lead,12369-0815,",
        "\(spare[1]),\(date),lead,,",
      ], "tasks.csv")
    let out = folder.path + "/day"
    let dispatch = [
      "dispatch", "--date", date, "--teams", teams, "--inspectors", inspectors, "--approvals", approvals, "--tasks",
      tasks,
      "--by", "duty officer", "--at", "2017-11-16T20:00", "--iterations", "2000", "--json", "--workspace", workspace,
    ]
    let strict = try Self.run(dispatch + ["--out", out, "--strict"], expecting: 1)
    #expect(strict.messages.contains("targets stay away") && !FileManager.default.fileExists(atPath: out))
    let text = try Self.run(dispatch + ["--out", out]).output
    let summary = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let kept = try #require(summary["kept"] as? [String: Int])
    #expect(summary["tasks"] as? Int == 14)
    #expect(kept["not approved"] == 1 && kept["no lead cited"] == 1, "\(kept)")
    let origins = try #require(summary["origins"] as? [String: Int])
    let told = Array(origins.values) + Array(kept.values)
    #expect(told.reduce(0, +) == 14, "\(origins) \(kept)")
    let table = try String(contentsOfFile: out + "/tasks.csv", encoding: .utf8).split(separator: "\n")
    #expect(table.count == 15)
    let unapproved = try #require(table.first { $0.hasPrefix("\(ids[0]),") })
    #expect(unapproved.contains(",0,no approval"))
    let mode = try FileManager.default.attributesOfItem(atPath: out)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    // Who drew what can be drawn again, and the list is the frozen one.
    _ = try Self.run([
      "assign", "verify", "--assignment", out + "/assignment.csv", "--routes", out + "/routes.csv", "--inspectors",
      inspectors,
      "--seed",
      "d inspectors",
    ])
    _ = try Self.run(["visits", "log", "--log", out + "/log.csv", "--list", out + "/list.csv"])
    // The sheets follow the routes.
    let team = try #require(table.first { $0.contains(",1,,T") }?.firstMatch(of: /,1,,(T[0-9]+),/)?.1)
    let listed = try Self.run(
      ["targets", "--date", date, "--team", String(team), "--format", "csv", "--workspace", workspace]
    ).output.split(separator: "\n").dropFirst()
    #expect(!listed.isEmpty && listed.allSatisfy { $0.contains(",\(team),") })
    // Once a day, and no other plan after it.
    #expect(try Self.run(dispatch + ["--out", out + "2"], expecting: 1).messages.contains("were dispatched"))
    #expect(try Self.run(plan, expecting: 1).messages.contains("list is frozen"))
    let sealed = try Self.run(
      [
        "dispatch", "--date", "2017-11-10", "--teams", teams, "--inspectors", inspectors, "--by", "d", "--out",
        out + "3",
        "--workspace", workspace,
      ], expecting: 1)
    #expect(sealed.messages.contains("no plan of 2017-11-10"))
  }

  @Test func `outcomes change tomorrow's scores, and no inspector does`() throws {
    let workspace = try Self.workspace.get()
    let folder = try Self.home.get()
    func plan() throws {
      _ = try Self.run([
        "plan", "--date", "2017-11-18", "--targets", "20", "--seed", "o", "--workspace", workspace, "--quiet",
      ])
    }
    func parts(_ id: String) throws -> String {
      let why = try Self.run(["why", id, "--date", "2017-11-18", "--workspace", workspace]).output
      return why.range(of: "\nleads").map { String(why[..<$0.lowerBound]) } ?? why
    }
    try plan()
    let drawn = try Self.run(["targets", "--date", "2017-11-18", "--json", "--workspace", workspace]).output
    let targets = try #require(try JSONSerialization.jsonObject(with: Data(drawn.utf8)) as? [[String: Any]])
    let id = try #require(targets.first?["id"] as? String)
    #expect(try !parts(id).contains("open-cases"))
    var scores: [String] = []
    for (number, inspectors) in ["A;B", "C;D"].enumerated() {
      let file = folder.appending(path: "outcomes-\(number).csv").path
      let rows = [
        "target_id,uscc,time,inspector_ids,problems,severity,notes",
        "\(id),,2017-11-15T10:00:00+08:00,\(inspectors),treatment-not-running,,synthetic", "broken,,someday,A,0,0,",
      ]
      try rows.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
      let ingested = try Self.run(["ingest", "outcomes", file, "--workspace", workspace])
      #expect(ingested.messages.contains("time is not a time"))
      try plan()
      scores.append(try parts(id))
    }
    #expect(scores[0].contains("open-cases") && scores[0] == scores[1])
  }

  @Test func `no evidence is of the day of the visits or later, though the workspace has it`() throws {
    let workspace = try Self.workspace.get()
    // Five days before the end of the campaign: readings, loads and complaints of the day itself are there.
    _ = try Self.run(["plan", "--date", "2017-11-16", "--targets", "60", "--seed", "e", "--workspace", workspace])
    let text = try Self.run(["targets", "--date", "2017-11-16", "--json", "--workspace", workspace]).output
    let targets = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    let leads = targets.flatMap { $0["leads"] as? [[String: Any]] ?? [] }
    let last = leads.compactMap { ($0["last_day"] ?? $0["lastDay"]) as? String }
    #expect(leads.count > 20 && last.count == leads.count)
    #expect(last.allSatisfy { $0 < "2017-11-16" }, "\(Set(last).sorted().suffix(3))")
  }

  @Test func `a county answers by code, name and pinyin alike`() throws {
    let workspace = try Self.workspace.get()
    let answers = try ["130108", "裕华区", "yuhuaqu"].map {
      try Self.run(["county", $0, "--json", "--workspace", workspace]).output
    }
    #expect(answers[0].contains("\"code\":\"130108\"") && answers[0] == answers[1] && answers[1] == answers[2])
    let unknown = try Self.run(["county", "无此县", "--workspace", workspace], expecting: 2)
    #expect(unknown.messages.contains("无此县") && unknown.messages.contains("try:"))
  }

  @Test func `cell, enterprise and why lead back to files and lines`() throws {
    let workspace = try Self.workspace.get()
    let drawn = try Self.run(["targets", "--json", "--workspace", workspace]).output
    let targets = try #require(try JSONSerialization.jsonObject(with: Data(drawn.utf8)) as? [[String: Any]])
    #expect(targets.count == 40)
    let led = try #require(targets.first { ($0["leads"] as? [Any])?.isEmpty == false })
    let id = try #require(led["id"] as? String)
    let why = try Self.run(["why", id, "--workspace", workspace]).output
    #expect(why.contains("sha256") && why.contains("ticket") && why.contains("synthetic-"))
    #expect(!why.lowercased().contains("violation"))
    let cell = try #require(led["cell"] as? String)
    #expect(try Self.run(["cell", cell, "--workspace", workspace]).output.contains(cell))
    let register = try String(
      contentsOfFile: try Self.home.get().appending(path: "campaign/synthetic-enterprises.csv").path, encoding: .utf8)
    let firm = try #require(register.split(separator: "\n").dropFirst().first?.split(separator: ",").first)
    let answer = try Self.run(["enterprise", String(firm), "--workspace", workspace]).output
    #expect(answer.contains("合成企业"))
  }

  @Test func `sheets and maps are written whole`() throws {
    let workspace = try Self.workspace.get()
    let folder = try Self.home.get()
    let sheets = folder.appending(path: "sheets").path
    _ = try Self.run(["targets", "--format", "html", "--out", sheets, "--workspace", workspace])
    let pages = try FileManager.default.contentsOfDirectory(atPath: sheets)
    #expect(pages.count == 41 && pages.contains("index.html"))
    for page in pages {
      let text = try String(contentsOfFile: "\(sheets)/\(page)", encoding: .utf8)
      #expect(text.contains("SYNTHETIC") && text.lowercased().contains("verdict"))
      #expect(!text.lowercased().contains("violation"))
    }
    for (what, format) in [("hotspots", "gpkg"), ("cells", "tif"), ("targets", "geojson"), ("enterprises", "fgb")] {
      let out = folder.appending(path: "\(what).\(format)").path
      _ = try Self.run(["export", "--what", what, "--format", format, "--out", out, "--workspace", workspace])
      #expect(FileManager.default.fileExists(atPath: out))
    }
  }

  @Test func `a simulation gives the same bytes on any number of threads`() throws {
    let folder = try Self.home.get()
    let contents = try ["1", "2"].map { threads in
      let out = folder.appending(path: "same-\(threads)").path
      _ = try Self.run([
        "simulate", "--out", out, "--seed", "9", "--days", "2", "--stations", "20", "--micro", "10", "--firms", "40",
        "--metered", "5", "--unregistered", "2", "--residential", "2", "--quiet", "--threads", threads,
      ])
      let files = try #require(FileManager.default.subpaths(atPath: out)).sorted()
      return try files.filter { $0.contains(".") }.map {
        "\($0) \(try Data(contentsOf: URL(filePath: "\(out)/\($0)")).hashValue)"
      }
    }
    #expect(contents[0] == contents[1] && contents[0].count > 15)
  }

  @Test(arguments: [
    (["plan", "--date", "2017-13-01"], "not a date"), (["plan", "--date", "2017-11-20", "--targets", "0"], "below 1"),
    (["frobnicate"], "frobnicate"), (["cell", "nowhere"], "not a cell id"),
    (["locate", "--lon", "116", "--lat", "39", "--crs", "mars"], "unknown coordinate system"),
  ])
  func `wrong usage ends with 2 and says what is wrong`(arguments: [String], fault: String) throws {
    let outcome = try Self.run(arguments, expecting: 2)
    #expect(outcome.messages.contains(fault), "\(outcome.messages)")
  }

  @Test func `wrong files are refused with a remedy, and leave the workspace as it was`() throws {
    let workspace = try Self.workspace.get()
    let folder = try Self.home.get()
    let before = try Self.run(["status", "--json", "--workspace", workspace]).output
    let cases: [(kind: String, name: String, content: Data)] = [
      ("readings", "empty.csv", Data()), ("readings", "header.csv", Data("station_id,time\n".utf8)),
      ("stations", "binary.csv", Data([0x89, 0x48, 0x44, 0x46, 0, 0, 0, 0, 10])),
      ("readings", "cut.csv.gz", Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x2B, 0x2E])),
      ("raster", "not.tif", Data("no raster".utf8)),
    ]
    for (kind, name, content) in cases {
      let path = folder.appending(path: name).path
      try content.write(to: URL(filePath: path))
      let outcome = try Self.run(["ingest", kind, path, "--workspace", workspace], expecting: 1)
      #expect(outcome.messages.contains(name) && outcome.messages.contains("try:"), "\(outcome.messages)")
    }
    #expect(try Self.run(["status", "--json", "--workspace", workspace]).output == before)
  }
}
