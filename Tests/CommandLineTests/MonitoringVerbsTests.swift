import Foundation
import TestSupport
import Testing

@Suite struct MonitoringVerbsTests {
  private let folder: URL
  /// Check character by hand: GB 32100-2015, 4.7.
  private let valid = "91130108MA0000011N"

  init() throws { folder = try TestFiles.temporaryFolder() }

  private func write(_ text: String, _ name: String) throws -> String {
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  /// A number in 0..<1 that depends on two counts; enough to make values differ.
  private func wobble(_ a: Int, _ b: Int) -> Double {
    var x = UInt64(truncatingIfNeeded: a &* 7919 &+ b &* 104_729) &* 0x9E37_79B9_7F4A_7C15
    x ^= x >> 31
    x = x &* 0xBF58_476D_1CE4_E5B9
    return Double(x >> 40) / 16_777_216
  }

  @Test func `monitor flags names a held value with its lines and says why the rest kept silent`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var text = "uscc,outlet,time,so2,nox,pm,o2,flow\n"
    for hour in 0..<480 {
      let day = 1 + hour / 24
      let held = (200..<230).contains(hour) ? 200 : hour
      let values = [
        60 + 30 * wobble(held, 1), 100 + 40 * wobble(hour, 2), 10 + 5 * wobble(hour, 3), 9 + wobble(hour, 4),
      ]
      text += "\(valid),DA001,2017-11-\(day < 10 ? "0" : "")\(day)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
      for value in values { text += ",\((value * 100).rounded() / 100)" }
      text += ",\(50_000 + Int(2000 * wobble(hour, 5)))\n"
    }
    let cems = try write(text + "bad,DA001,2017-11-21 00:00,1,2,3,4,5\n", "cems.csv")
    let register = try write("uscc,name,industry_code,lon,lat\n\(valid),Works,4430,114.5,38.0\n", "enterprises.csv")
    let silence = folder.appending(path: "silent.csv").path
    let run = try BuiltBinary.run([
      "monitor", "flags", "--cems", cems, "--enterprises", register, "--abstentions", silence, "--strict",
    ])
    #expect(run.status == 3, "\(run.messages)")
    let rows = run.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 2 && rows[1][0] == valid && rows[1][2] == "flat-line" && rows[1][3] == "so2")
    #expect(rows[1][11].hasPrefix("202 ") && rows[1][11].hasSuffix(" 231"))
    #expect(run.messages.contains("no-production-circuit") && run.messages.contains("1 rows rejected"))
    #expect(
      try String(contentsOfFile: silence, encoding: .utf8).contains("DA001,zero-at-full-power,,no-production-circuit"))
    let usage = try BuiltBinary.run(["monitor", "flags", "--cems", cems, "--enterprises", register, "--power", cems])
    #expect(usage.status == 2 && usage.messages.contains("--meters"))
  }

  @Test func `stations that were scored can be drawn from by the verifiable draw`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var stations = "station_id,name,kind,lon,lat\n"
    var readings = "station_id,time,pm25\n"
    for station in 0..<9 {
      stations +=
        "S\(station),S\(station),national,\(114.5 + 0.02 * Double(station % 3)),\(38.0 + 0.02 * Double(station / 3))\n"
      for hour in 0..<720 {
        let regional = 60 + 30 * wobble(hour / 6, 7)
        let fallen = station == 4 && hour >= 408 ? 0.7 : 1.0
        let day = 1 + hour / 24
        readings += "S\(station),2017-11-\(day < 10 ? "0" : "")\(day)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00,"
        readings += "\((regional * fallen * (0.95 + 0.1 * wobble(hour, station)) * 10).rounded() / 10)\n"
      }
    }
    let frame = folder.appending(path: "frame.csv").path
    let made = try BuiltBinary.run([
      "monitor", "stations", "--readings", try write(readings, "readings.csv"), "--stations",
      try write(stations, "stations.csv"), "--days", "13", "--out", frame,
    ])
    #expect(made.status == 0, "\(made.messages)")
    #expect(made.messages.contains("9 stations, 1 leads"))
    let rows = try String(contentsOfFile: frame, encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 10 && rows[0].hasPrefix("id,score,stratum,min_probability,"))
    #expect(rows[5].hasPrefix("S4,5.0,"))
    let drawn = try BuiltBinary.run(["draw", "--frame", frame, "--size", "3", "--seed", "2017-12-01 7 7 7"])
    #expect(drawn.status == 0 && drawn.output.split(separator: "\n").count { $0.hasSuffix(",1") } == 3)
  }

  @Test func `official cells take our values and give theirs back`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let list = try write("NO,lon,lat\nK1,114.5,38.0\nK2,114.6,38.0\n,114.7,38.0\n", "list.csv")
    let shares = try BuiltBinary.run(["official", "--cells-file", list, "--id-column", "NO"])
    #expect(shares.status == 0 && shares.messages.contains("the cell has no id"), "\(shares.messages)")
    let rows = shares.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let ofK1 = rows.filter { $0[0] == "K1" }
    #expect(abs(ofK1.compactMap { Double($0[2]) }.reduce(0, +) - 1) < 1e-9 && ofK1.count >= 2)
    let cells = ofK1.map { "\($0[1]),2017-11,50" }.joined(separator: "\n")
    let values = try write("cell,period,value\n\(cells)\n", "cells.csv")
    let theirs = try BuiltBinary.run(["official", "--cells-file", list, "--id-column", "NO", "--values", values])
    let first = try #require(
      theirs.output.split(separator: "\n").dropFirst().first?.split(separator: ",", omittingEmptySubsequences: false))
    #expect(first[0] == "K1" && first[1] == "2017-11" && abs((Double(first[2]) ?? 0) - 50) < 1e-9)
    #expect(abs((Double(first[5]) ?? 0) - 1) < 1e-9)
    let back = try write("official_id,period,value\nK1,2017-11,50\nK9,2017-11,1\n", "theirs.csv")
    let ours = try BuiltBinary.run(["official", "--cells-file", list, "--id-column", "NO", "--official-values", back])
    #expect(
      ours.status == 0 && ours.output.hasPrefix("cell,period,value,") && ours.messages.contains("1 rows name cells"))
    #expect(ours.output.split(separator: "\n").count == ofK1.count + 1)
    let wrong = try BuiltBinary.run(["official", "--cells-file", list, "--id-column", "nothing"])
    #expect(wrong.status == 1 && wrong.messages.contains("no column nothing"))
  }

  @Test func `detect dust counts who keeps the limit, and detect coal says what it lacks`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let dust = try write(
      "station_id,month,dustfall_t_km2,days,county_code\nA,2017-06,8,30,130102\nB,2017-06,20,30,130202\nC,2017-06,9.3,31,130302\n",
      "dust.csv")
    let run = try BuiltBinary.run(["detect", "dust", "--dust", dust, "--limit", "9"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output.contains("station,A,A,2017-06,1,8.0,1.2,9.0,0,"))
    #expect(run.messages.contains("2017-06: 2 of 3 cities at most 9.0 t/(km2 30 d), 66.7 %"))
    #expect(run.messages.contains("1 leads"))
    let stations = try write("station_id,name,kind,lon,lat\nS,S,national,114.5,38\n", "stations.csv")
    let readings = try write("station_id,time,so2,pm25\nS,2017-11-20T08:00,20,50\n", "readings.csv")
    let coal = try BuiltBinary.run(["detect", "coal", "--readings", readings, "--stations", stations])
    #expect(coal.status == 0 && coal.messages.contains("no cell has 10 days"), "\(coal.messages)")
    let without = try write("station_id,time,pm25\nS,2017-11-20T08:00,50\n", "pm.csv")
    let refused = try BuiltBinary.run(["detect", "coal", "--readings", without, "--stations", stations])
    #expect(refused.status == 1 && refused.messages.contains("has no SO2"))
  }
}
