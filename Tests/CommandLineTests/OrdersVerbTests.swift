import Foundation
import TestSupport
import Testing

/// `hotgrid orders`, `power baselines` and `power quick` on the built binary, with small synthetic files.
@Suite struct OrdersVerbTests {
  static let first = "91350100M000100Y43"
  static let second = "91130200699229617X"

  /// Two firms under one order by county; the second works through it. A third order ends before it starts.
  private func files() throws -> URL {
    let folder = try TestFiles.temporaryFolder()
    var power = "meter_id,circuit,time,kwh\n"
    for day in 0..<36 {
      let date = day < 31 ? "2017-10-\(day < 9 ? "0" : "")\(day + 1)" : "2017-11-0\(day - 30)"
      for hour in 0..<24 {
        let time = "\(date)T\(hour < 10 ? "0" : "")\(hour):00"
        let on = (7..<20).contains(hour)
        let wobble = Double((day * 7 + hour * 3) % 11) / 10
        power += "A,total,\(time),\(on && day < 29 ? 400 + wobble * 40 : 5 + wobble)\n"
        power += "B,total,\(time),\(on ? 300 + wobble * 30 : 4 + wobble)\n"
      }
    }
    func write(_ name: String, _ text: String) throws {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    try write("power.csv", power)
    try write("meters.csv", "meter_id,uscc,tariff\nA,\(Self.first),industrial\nB,\(Self.second),industrial\n")
    try write(
      "orders.csv",
      """
      order_id,kind,start,end,scope,limit_percent,grades
      O-1,orange,2017-10-29T00:00,2017-11-02T00:00,county:130108,50,
      O-1,orange,2017-10-30T00:00,2017-11-06T00:00,county:130108,100,
      O-2,yellow,2017-11-03T00:00,2017-11-08T00:00,industry:21,30,B;C
      O-3,red,2017-11-08T00:00,2017-11-03T00:00,county:130108,100,

      """)
    try write(
      "enterprises.csv",
      "uscc,name,industry_code,lon,lat,county_code,grade\n\(Self.first),first,2110,114.5,38.0,130108,C\n"
        + "\(Self.second),second,2110,114.5,38.0,130108,D\n")
    return folder
  }

  @Test func `who is bound when follows amendments, overlaps and grades`() throws {
    let folder = try files()
    defer { try? FileManager.default.removeItem(at: folder) }
    let bound = ["orders", "bound", "--orders", "orders.csv", "--enterprises", "enterprises.csv"]
    let all = try BuiltBinary.run(bound, in: folder)
    #expect(all.status == 0, "\(all.messages)")
    let rows = all.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.map { $0[0] } == [Self.first[...], Self.first[...], Self.second[...]])
    #expect(rows.map { $0[7] } == ["O-1", "O-2", "O-1"] && rows.map { $0[10] } == ["O-2", "", ""])
    #expect(rows[1][5].hasPrefix("2017-11-06T00:00") && rows[1][6].hasPrefix("2017-11-08T00:00"))
    #expect(all.messages.contains("order ends before it starts") && all.messages.contains("replaced by later rows"))
    let at = try BuiltBinary.run(bound + ["--at", "2017-11-07T08:00"], in: folder)
    #expect(at.output.split(separator: "\n").count == 2 && at.output.contains("O-2"))
    let strict = try BuiltBinary.run(bound + ["--uscc", Self.second, "--strict"], in: folder)
    #expect(strict.status == 3 && strict.output.split(separator: "\n").count == 2)
    #expect(try BuiltBinary.run(bound + ["--at", "soon"], in: folder).status == 2)
    #expect(try BuiltBinary.run(bound + ["--uscc", "911"], in: folder).status == 2)
  }

  @Test func `compliance by firm and by county say the same`() throws {
    let folder = try files()
    defer { try? FileManager.default.removeItem(at: folder) }
    let arguments = [
      "orders", "compliance", "--orders", "orders.csv", "--enterprises", "enterprises.csv", "--power", "power.csv",
      "--meters", "meters.csv",
    ]
    let firms = try BuiltBinary.run(arguments, in: folder)
    #expect(firms.status == 0, "\(firms.messages)")
    #expect(firms.output.contains(",kept,") && firms.output.contains(",exceeded,"))
    let county = try BuiltBinary.run(arguments + ["--by", "county"], in: folder)
    let row = county.output.split(separator: "\n").dropFirst().first?.split(separator: ",")
    #expect(row?.prefix(7) == ["130108", "orange", "2", "1", "1", "0", "0"])
    #expect(try BuiltBinary.run(arguments + ["--by", "street"], in: folder).status == 2)
    #expect(try BuiltBinary.run(arguments + ["--from", "2019-01-01"], in: folder).status == 2)
  }

  @Test func `the quick screen names the firm that works through its order`() throws {
    let folder = try files()
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try BuiltBinary.run(
      [
        "power", "baselines", "--power", "power.csv", "--meters", "meters.csv", "--orders", "orders.csv",
        "--enterprises", "enterprises.csv", "--day", "2017-11-02", "--out", "baselines.csv",
      ], in: folder)
    #expect(made.status == 0 && made.messages.contains("2 meters, 2 of them under an order"), "\(made.messages)")
    let lines = try String(contentsOf: folder.appending(path: "power.csv"), encoding: .utf8).split(separator: "\n")
    let today = lines.filter { $0.contains("2017-11-02") || $0.hasPrefix("meter_id") }.joined(separator: "\n")
    try today.write(to: folder.appending(path: "today.csv"), atomically: true, encoding: .utf8)
    let quick = try BuiltBinary.run(
      ["power", "quick", "--power", "today.csv", "--baselines", "baselines.csv"], in: folder)
    #expect(quick.status == 0, "\(quick.messages)")
    let rows = quick.output.split(separator: "\n")
    #expect(rows.count == 2 && rows[1].hasPrefix("B,2017-11-02,over-order,"))
  }
}
