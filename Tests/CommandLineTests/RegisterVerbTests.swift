import Foundation
import Ingest
import TestSupport
import Testing

/// `register`, `complaints` and `dark` on the built binary, with small synthetic files over the real counties.
@Suite(
  .serialized,
  .enabled(
    if: RegionSource.defaultBoundaries != nil, "the county boundaries were not derived (run tools/derive-boundaries)"))
struct RegisterVerbTests {
  static let steel = "91130200699229617X"
  static let other = "91350100M000100Y43"

  private func write(_ text: String, _ name: String, in folder: URL) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }

  private func files(in folder: URL) throws {
    try write(
      """
      uscc,name,industry_code,lon,lat,county_code,permit,grade,status,geocoded
      \(Self.steel),河北省石家庄市永兴铸造有限公司,3391,114.50012,38.04031,130108,\(Self.steel)001P,B,存续,0
      \(Self.other),永兴铸造有限责任公司,3391,114.50213,38.04107,130108,\(Self.steel)001P,B,存续,1
      \(Self.steel),永兴铸造,3391,114.50012,38.04031,130108,,B,存续,0
      911302006992296178,某厂,3110,114.5,38.0,,,,,
      91110000802100433B,无处厂,3110,,,130108,,C,存续,

      """, "enterprises.csv", in: folder)
    try write(
      "meter_id,uscc,tariff,lon,lat\nM1,\(Self.steel),industrial,114.51912,38.04031\nM2,,residential,114.50213,38.04107\n",
      "meters.csv", in: folder)
  }

  @Test func `a register with doubts is told each of them, and nothing is merged`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try files(in: folder)
    let run = try BuiltBinary.run(
      [
        "register", "check", "--enterprises", "enterprises.csv", "--meters", "meters.csv", "--out", "findings.csv",
        "--rejects", "bad.csv",
      ], in: folder)
    #expect(run.status == 0, "\(run.messages)")
    let rows = try String(contentsOf: folder.appending(path: "findings.csv"), encoding: .utf8).split(separator: "\n")
    let kinds = rows.dropFirst().map { String($0.prefix { $0 != "," }) }
    for kind in [
      "near-duplicate", "permit-of-another", "permit-twice", "refused-code", "no-position", "meter-far-from-firm",
    ] {
      #expect(kinds.contains(kind), "\(kind)")
    }
    #expect(rows.contains { $0.contains("same-code") } && rows.contains { $0.contains("same-name") })
    // The refused row is one character from the first firm.
    #expect(rows.contains { $0.hasPrefix("refused-code") && $0.contains(Self.steel) })
    #expect(!rows.joined().lowercased().contains("violat"))
    let strict = try BuiltBinary.run(
      ["register", "check", "--enterprises", "enterprises.csv", "--out", "f.csv", "--strict"], in: folder)
    #expect(strict.status == 3)
  }

  @Test func `firms near a cell have distance, true bearing and a chance`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try files(in: folder)
    let place = try BuiltBinary.run(["locate", "--lon", "114.50012", "--lat", "38.04031"]).output
    let cell = try #require(place.split(separator: "\n").first?.split(separator: " ").last)
    let run = try BuiltBinary.run(
      ["register", "near", "--enterprises", "enterprises.csv", "--cell", String(cell)], in: folder)
    #expect(run.status == 0, "\(run.messages)")
    let rows = run.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 3 && rows[0][4] == "distance_m" && rows[1][4] == "0.0")
    let chances = rows.dropFirst().compactMap { Double($0[6]) }
    #expect(chances.count == 2 && chances.allSatisfy { (0.0...1).contains($0) } && chances.max() ?? 0 > 0.5)
    #expect(run.messages.contains("1 firms have no position"))
    let wrong = try BuiltBinary.run(["register", "near", "--enterprises", "enterprises.csv"], in: folder)
    #expect(wrong.status == 2)
  }

  @Test func `complaints and flags that meet make a suspect, and estimates say when they cannot tell`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try files(in: folder)
    var complaints = "complaint_id,time,lon,lat,category,text,place\n"
    for k in 0..<6 {
      complaints += "C\(k),2017-11-1\(k)T08:00,114.502\(k)1,38.041\(k)7,大气-烟粉尘;噪声,synthetic,\n"
    }
    complaints += "V1,2017-11-12T08:00,,,大气,synthetic,河北省石家庄市裕华区\nN1,2017-11-12T08:00,114.5,38.0,噪声,synthetic,\n"
    try write(complaints, "complaints.csv", in: folder)
    try write("meter_id,rule,strength\nM2,unregistered-load,0.9\nM1,stop-order,0.5\n", "flags.csv", in: folder)
    let ranked = try BuiltBinary.run(
      ["complaints", "rank", "--complaints", "complaints.csv", "--out", "c.csv"], in: folder)
    #expect(ranked.status == 0 && ranked.messages.contains("7 complaints about air"), "\(ranked.messages)")
    #expect(ranked.messages.contains("1 with a county"))
    let run = try BuiltBinary.run(
      [
        "dark", "--flags", "flags.csv", "--meters", "meters.csv", "--complaints", "complaints.csv", "--out",
        "suspects.csv",
        "--estimates", "unseen.csv",
      ], in: folder)
    #expect(run.status == 0 && run.messages.contains("1 suspects"), "\(run.messages)")
    let rows = try String(contentsOf: folder.appending(path: "suspects.csv"), encoding: .utf8).split(separator: "\n")
    #expect(rows.count >= 2 && rows[1].contains("suspect") && rows[1].contains("load+complaints"))
    let unseen = try String(contentsOf: folder.appending(path: "unseen.csv"), encoding: .utf8)
    #expect(unseen.hasPrefix("level,code,name,observed,at_least,total,lower,upper,basis\n"))
    #expect(unseen.contains("\nregion,,") && unseen.contains("at least: chances of its cells"))
    // A visit that found something confirms the cell; with the draw there is an interval too.
    try write("target_id,uscc,time,inspector_ids,problems\nM-M2,,2017-12-01T09:00,a,1\n", "outcomes.csv", in: folder)
    try write("id,inclusion_probability,drawn\nM-M2,0.5,1\n", "drawn.csv", in: folder)
    let visited = try BuiltBinary.run(
      [
        "dark", "--flags", "flags.csv", "--meters", "meters.csv", "--complaints", "complaints.csv", "--out",
        "visited.csv", "--estimates", "drawn-unseen.csv", "--confirmed", "outcomes.csv", "--drawn", "drawn.csv",
      ], in: folder)
    #expect(visited.status == 0 && visited.messages.contains("1 cells confirmed"), "\(visited.messages)")
    let confirmed = try String(contentsOf: folder.appending(path: "visited.csv"), encoding: .utf8)
    #expect(confirmed.contains(",confirmed,") && confirmed.contains(",found,"))
    let interval = try String(contentsOf: folder.appending(path: "drawn-unseen.csv"), encoding: .utf8)
    #expect(interval.contains("Horvitz-Thompson"))
    #expect(
      try BuiltBinary.run(
        ["dark", "--flags", "flags.csv", "--meters", "meters.csv", "--drawn", "drawn.csv"], in: folder
      )
      .status == 2)
    #expect(try BuiltBinary.run(["dark", "--out", "s.csv"], in: folder).status == 2)
    #expect(try BuiltBinary.run(["dark", "--flags", "flags.csv", "--out", "s.csv"], in: folder).status == 2)
  }
}
