import Foundation
import TestSupport
import Testing

/// Made-up targets and people; see `docs/methods/routes.md` and `double-random.md`.
@Suite struct RoutesAndInspectorsTests {
  private let folder: URL

  init() throws {
    folder = try TestFiles.temporaryFolder()
    let cities = [("石家庄市", "130102"), ("邢台市", "130502"), ("邯郸市", "130402")]
    var targets = "target_id,kind,lon,lat,city,county_code,industry_code,earliest,latest\n"
    for k in 0..<18 {
      let (city, county) = cities[k % 3]
      targets += "C-\(k),cell,\(114.3 + Double(k * 7 % 18) / 40),\(37.8 + Double(k * 5 % 18) / 60),\(city),\(county),"
      targets += "\(k % 2 == 0 ? "3110" : "2614"),\(k == 4 ? "09:00" : ""),\(k == 4 ? "11:00" : "")\n"
    }
    try write("targets.csv", targets)
    try write(
      "teams.csv", "team,base_lon,base_lat,start,end,max_targets\nA,114.5,38.0,08:30,18:00,6\nB,114.6,37.9,,,\n")
    var people = "inspector_id,home_city,certified_from,certified_until,specialities,conflicts,max_per_day\n"
    for k in 0..<14 {
      people += "I-\(k),130\(600 + k % 2 * 100),2016-01-01,2018-12-31,\(k % 3 == 0 ? "steel" : ""),,8\n"
    }
    try write("inspectors.csv", people)
    try write("specialities.csv", "industry_prefix,speciality\n31,steel\n")
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }
  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }
  private func read(_ name: String) throws -> [[Substring]] {
    try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  private func routes(days: String, threads: String = "2", out: String = "routes.csv") throws -> BuiltBinary.Outcome {
    try BuiltBinary.run([
      "routes", "--targets", path("targets.csv"), "--teams", path("teams.csv"), "--date", "2017-11-22", "--days", days,
      "--iterations", "400", "--threads", threads, "--out", path(out), "--lines", path("\(out).geojson"),
    ])
  }

  private func assign(_ inspectors: String, _ more: [String], verb: [String] = ["assign"]) throws -> BuiltBinary.Outcome
  {
    try BuiltBinary.run(
      verb + [
        "--routes", path("routes.csv"), "--inspectors", path(inspectors), "--specialities", path("specialities.csv"),
        "--seed", "2017-11-22 骰子 4",
      ] + more)
  }

  @Test func `routes hold every target once and add up to the kilometres of the summary`() throws {
    let run = try routes(days: "3")
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let rows = try read("routes.csv").dropFirst()
    #expect(rows.map { String($0[3]) }.filter { !$0.isEmpty }.sorted() == (0..<18).map { "C-\($0)" }.sorted())
    let kilometres = rows.compactMap { Double($0[6]) }.reduce(0, +)
    let said = try #require(run.messages.firstMatch(of: /team-days, ([0-9.]+) km/)).1
    #expect(abs(kilometres - (Double(said) ?? 0)) < 0.05)
    let window = try #require(rows.first { $0[3] == "C-4" })
    #expect(window[4] <= "2017-11-22T11:00" || window[4] >= "2017-11-23T08:00")
    #expect(try String(contentsOfFile: path("routes.csv.geojson"), encoding: .utf8).contains("LineString"))
    #expect(try routes(days: "3", threads: "1", out: "again.csv").status == 0)
    #expect(
      try Data(contentsOf: folder.appending(path: "again.csv"))
        == Data(contentsOf: folder.appending(path: "routes.csv")))
  }

  @Test func `targets on no route are rows with a reason, and the verb exits 1`() throws {
    let run = try routes(days: "1")
    #expect(run.status == 1)
    #expect(run.messages.contains("of 18 targets are on no route; at least"))
    let rows = try read("routes.csv").dropFirst()
    let left = rows.filter { $0[0].isEmpty }
    #expect(!left.isEmpty && left.allSatisfy { $0[11] == "no room beside the other targets" })
    #expect(Set(rows.map { $0[3] }.filter { !$0.isEmpty }).count == 18)
    let strict = try assign("inspectors.csv", ["--strict", "--out", path("no.csv")])
    #expect(strict.status == 1 && strict.messages.contains("are on no route and get nobody"))
  }

  @Test func `an assignment verifies, by the product and by the Python program, and a changed one does not`() throws {
    #expect(try routes(days: "3").status == 0)
    let run = try assign("inspectors.csv", ["--out", path("assignment.csv")])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let check = try assign("inspectors.csv", ["--assignment", path("assignment.csv")], verb: ["assign", "verify"])
    #expect(check.status == 0 && check.output.hasPrefix("ok: "), Comment(rawValue: check.messages))
    func python(_ assignment: String) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = [
        "python3", TestFiles.repository.appending(path: "tools/verify_assignment.py").path, path("routes.csv"),
        path("inspectors.csv"), path(assignment), "2017-11-22 骰子 4", "--specialities", path("specialities.csv"),
      ]
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try python("assignment.csv") == 0)
    // The same people in exchanged places: every rule is kept, only the lot is not.
    let text = try String(contentsOfFile: path("assignment.csv"), encoding: .utf8)
    let first = try #require(try read("assignment.csv").dropFirst().first)
    let free = try #require((0..<14).map { "I-\($0)" }.first { !text.contains(",\($0),") })
    try write("changed.csv", text.replacing(",\(first[4]),", with: ",\(free),", maxReplacements: 1))
    #expect(try python("changed.csv") == 1)
    let bad = try assign("inspectors.csv", ["--assignment", path("changed.csv")], verb: ["assign", "verify"])
    #expect(bad.status == 1 && bad.messages.contains("does not verify"))
  }

  @Test func `too few inspectors are a proof and no file`() throws {
    #expect(try routes(days: "3").status == 0)
    try write(
      "few.csv", try read("inspectors.csv").prefix(3).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n")
    let run = try assign("few.csv", ["--out", path("none.csv")])
    #expect(run.status == 1)
    #expect(run.messages.contains("no assignment exists"))
    #expect(run.messages.contains("I-0"))
    #expect(!FileManager.default.fileExists(atPath: path("none.csv")))
  }

  @Test func `a visit without approval is marked, and refused under strict`() throws {
    #expect(try routes(days: "3").status == 0)
    try write("approvals.csv", "target_id,approved_by,approved_at,basis\nC-0,head,2017-11-21T17:00,plan 7\n")
    let marked = try assign("inspectors.csv", ["--approvals", path("approvals.csv"), "--out", path("marked.csv")])
    #expect(marked.status == 0 && marked.messages.contains("17 targets have no approval"))
    #expect(
      try read("marked.csv").dropFirst().allSatisfy { $0[7].hasPrefix("not approved: ") && !$0[7].contains("C-0;") })
    let strict = try assign(
      "inspectors.csv", ["--approvals", path("approvals.csv"), "--strict", "--out", path("strict.csv")])
    #expect(strict.status == 1)
    #expect(!FileManager.default.fileExists(atPath: path("strict.csv")))
  }

  @Test func `a firm over its cap is refused, frozen lists are secret and a changed one is not opened`() throws {
    let firm = "91110000100006021A"
    try write(
      "visits.csv", "target_id,uscc,time\nE-\(firm),\(firm),2017-03-01T10:00\nE-\(firm),\(firm),2017-06-01T10:00\n")
    try write(
      "tasks.csv", "target_id,date,origin,uscc,leads\nE-\(firm),2017-11-22,random,\(firm),\nC-1,2017-11-22,lead,,L1\n")
    let capped = try BuiltBinary.run([
      "visits", "capped", "--visits", path("visits.csv"), "--cap", "2", "--date", "2017-11-22",
    ])
    #expect(
      capped.status == 0 && capped.output.contains("\(firm),2,yearly cap of 2 visits"),
      Comment(rawValue: capped.messages))
    let review = try BuiltBinary.run([
      "visits", "review", "--tasks", path("tasks.csv"), "--visits", path("visits.csv"), "--cap", "2", "--out",
      path("admitted.csv"),
    ])
    #expect(review.status == 0 && review.messages.contains("1 refused: yearly cap"), Comment(rawValue: review.messages))

    let list = ["--list", path("list.csv"), "--log", path("log.csv")]
    let freeze = try BuiltBinary.run(
      ["visits", "freeze", "--tasks", path("admitted.csv"), "--by", "officer", "--at", "2017-11-21T18:00"] + list)
    #expect(freeze.status == 0, Comment(rawValue: freeze.messages))
    let mode = try FileManager.default.attributesOfItem(atPath: path("list.csv"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let early = try BuiltBinary.run(["visits", "reveal", "--by", "team-3", "--at", "2017-11-21T20:00"] + list)
    #expect(early.status == 1 && early.messages.contains("secret before 2017-11-22"))
    let open = try BuiltBinary.run(["visits", "reveal", "--by", "team-3", "--at", "2017-11-22T07:00"] + list)
    #expect(
      open.status == 0 && open.output == "target_id,origin,day\nC-1,lead,2017-11-22\n", Comment(rawValue: open.messages)
    )
    let events = try read("log.csv").dropFirst().map { String($0[3]) }
    #expect(events == ["frozen", "refused", "revealed"])
    let whole = try String(contentsOfFile: path("list.csv"), encoding: .utf8)
    try write("list.csv", whole.replacing("C-1", with: "C-2"))
    let changed = try BuiltBinary.run(["visits", "reveal", "--by", "team-3", "--at", "2017-11-22T08:00"] + list)
    #expect(changed.status == 1 && changed.messages.contains("frozen list differs"))
    try write(
      "log.csv", try String(contentsOfFile: path("log.csv"), encoding: .utf8).replacing("team-3", with: "team-4"))
    let log = try BuiltBinary.run(["visits", "log", "--log", path("log.csv")])
    #expect(log.status == 1 && log.messages.contains("does not follow"))
  }
}
