import Foundation
import TestSupport
import Testing

/// `hotgrid power flags` on the built binary, with a small synthetic set of files.
@Suite struct PowerFlagsVerbTests {
  static let obeys = "91350100M000100Y43"
  static let ignores = "91130200699229617X"

  /// 40 days of hourly load of three meters, with an order from the 30th to the 36th day.
  private func files(in folder: URL) throws {
    var power = "meter_id,circuit,time,kwh\n"
    for day in 0..<40 {
      let date = day < 31 ? "2017-10-\(day < 9 ? "0" : "")\(day + 1)" : "2017-11-0\(day - 30)"
      for hour in 0..<24 {
        let time = "\(date)T\(hour < 10 ? "0" : "")\(hour):00"
        let on = (7..<20).contains(hour)
        let wobble = Double((day * 7 + hour * 3) % 11) / 10
        let stopped = (29..<36).contains(day)
        power += "A,total,\(time),\(on && !stopped ? 400 + wobble * 40 : 5 + wobble)\n"
        power += "B,total,\(time),\(on ? 300 + wobble * 30 : 4 + wobble)\n"
        power += "H,total,\(time),\(0.3 + wobble * 0.2)\n"
        if hour == 3 && day == 2 { power += "X,total,\(time),1\nA,total,\(time),many\n" }
      }
    }
    try power.write(to: folder.appending(path: "power.csv"), atomically: true, encoding: .utf8)
    try "meter_id,uscc,tariff\nA,\(Self.obeys),industrial\nB,\(Self.ignores),industrial\nH,,residential\n"
      .write(to: folder.appending(path: "meters.csv"), atomically: true, encoding: .utf8)
    try """
    order_id,kind,start,end,scope,limit_percent
    O-1,orange,2017-10-30T00:00,2017-11-06T00:00,county:130108,100

    """.write(to: folder.appending(path: "orders.csv"), atomically: true, encoding: .utf8)
    try """
    uscc,name,industry_code,lon,lat,county_code
    \(Self.obeys),first,2110,114.5,38.0,130108
    \(Self.ignores),second,2110,114.5,38.0,130108

    """.write(to: folder.appending(path: "enterprises.csv"), atomically: true, encoding: .utf8)
  }

  private let arguments = [
    "power", "flags", "--power", "power.csv", "--meters", "meters.csv", "--orders", "orders.csv",
  ]

  @Test func `only the firm that ignored its order is named`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try files(in: folder)
    let run = try BuiltBinary.run(
      arguments + ["--enterprises", "enterprises.csv", "--abstentions", "silent.csv", "--rejects", "bad.csv"],
      in: folder)
    #expect(run.status == 0, "\(run.messages)")
    let rows = run.output.split(separator: "\n")
    #expect(rows.count == 2)
    #expect(rows[0].hasPrefix("meter_id,uscc,rule,circuit,first,last,evidence_days,evidence_hours,observed_kwh"))
    #expect(rows.last?.hasPrefix("B,\(Self.ignores),stop-order,total,2017-10-31T00:00,2017-11-05T23:45,6,") == true)
    #expect(run.messages.contains("1  stop-order") && run.messages.contains("such as X, are not in the meters file"))
    #expect(!run.output.lowercased().contains("violat"))
    let bad = try String(contentsOf: folder.appending(path: "bad.csv"), encoding: .utf8)
    #expect(bad.contains("power.csv: ") && bad.split(separator: "\n").count == 2)
    #expect(try String(contentsOf: folder.appending(path: "silent.csv"), encoding: .utf8).hasPrefix("meter_id,reason"))
    let strict = try BuiltBinary.run(arguments + ["--enterprises", "enterprises.csv", "--strict"], in: folder)
    #expect(strict.status == 3 && strict.output == run.output)
    let oneThread = try BuiltBinary.run(arguments + ["--enterprises", "enterprises.csv", "--threads", "1"], in: folder)
    #expect(oneThread.output == run.output)
  }

  @Test func `without a register an order by county binds nobody, and that is said`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try files(in: folder)
    let run = try BuiltBinary.run(arguments + ["--out", "flags.csv", "--json"], in: folder)
    #expect(run.status == 0)
    #expect(run.messages.contains("orders by county or industry bind nobody"))
    #expect(run.output.contains("\"stop-order\" : 0"))
    #expect(
      try String(contentsOf: folder.appending(path: "flags.csv"), encoding: .utf8).split(separator: "\n").count == 1)
  }

  @Test func `mistakes are told with their remedy`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try files(in: folder)
    let dates = try BuiltBinary.run(arguments + ["--from", "2019-01-01"], in: folder)
    #expect(dates.status == 2 && dates.messages.contains("holds 2017-10-01 to 2017-11-09"))
    try "power: { stop_shar: 1 }\n".write(
      to: folder.appending(path: "p.yml"), atomically: true, encoding: .utf8)
    let policy = try BuiltBinary.run(arguments + ["--policy", "p.yml"], in: folder)
    #expect(policy.status == 2 && policy.messages.contains("unknown key power.stop_shar"))
    let missing = try BuiltBinary.run(arguments.map { $0 == "meters.csv" ? "none.csv" : $0 }, in: folder)
    #expect(missing.status == 1 && missing.messages.contains("none.csv"))
    let label = try BuiltBinary.run(arguments + ["--label", "middle"], in: folder)
    #expect(label.status == 2)
  }
}
