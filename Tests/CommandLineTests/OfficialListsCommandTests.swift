import Foundation
import TestSupport
import Testing

@Suite struct OfficialListsCommandTests {
  private static func write(_ text: String, _ name: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  private static func read(_ name: String, in folder: URL) throws -> [Substring] {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
  }

  @Test func `a year of months becomes hotspot cells, and lists become strikes`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var months = "cell,period,value\n"
    var cities = "cell,city_code,city\n"
    for k in 0..<20 {
      cities += "3000-\(1200 + k)-1300,\(k < 12 ? "130100,甲市" : "130200,乙市")\n"
      // The last cell lacks a month.
      for month in 1...12 where k < 19 || month > 1 {
        months += "3000-\(1200 + k)-1300,2017-\(month < 10 ? "0" : "")\(month),\(40 + k % 10)\n"
      }
    }
    try Self.write(months, "months.csv", in: folder)
    try Self.write(cities, "cities.csv", in: folder)
    let annual = ["detect", "annual", "--cells", "months.csv", "--city-of", "cities.csv", "--out", "hot.csv"]
    let outcome = try BuiltBinary.run(annual + ["--top", "3"], in: folder)
    #expect(outcome.status == 0 && outcome.messages.contains("1 with fewer than 12 periods"), "\(outcome.messages)")
    let rows = try Self.read("hot.csv", in: folder)
    #expect(rows[1].hasPrefix("130100,甲市,1,3000-1209-1300,49.0,12,0,2017-01,2017-12,12"))
    // 48 is there twice: ranks 2 and 2, both marked.
    #expect(
      rows.count == 4 && rows[2].contains(",2,3000-1208-1300,48.0,12,1,") && rows[3].contains(",2,3000-1218-1300,"))
    for wrong in [["--top", "0"], ["--share", "1.5"], ["--top", "3", "--share", "0.1"], []] {
      #expect(try BuiltBinary.run(annual + wrong, in: folder).status == 2)
    }
    let lists = (10...12).map { month in
      "city_code,city,list,rank,cell,month\n130100,甲市,highest mean,1,3000-1209-1300,2017-\(month)\n"
        + "130100,甲市,worst year-on-year,1,3000-1209-1300,2017-\(month)\n130100,甲市,worst month-on-month,,,2017-\(month)\nx,y,z,1,wrong,2017-12\n"
    }
    var arguments = ["detect", "strikes", "--out", "strikes.csv"]
    for (k, list) in lists.enumerated() {
      try Self.write(list, "l\(k).csv", in: folder)
      arguments += ["--lists", "l\(k).csv"]
    }
    let strikes = try BuiltBinary.run(arguments, in: folder)
    #expect(strikes.status == 0 && strikes.messages.contains("cell is not a cell id"), "\(strikes.messages)")
    #expect(
      try Self.read("strikes.csv", in: folder)[1]
        == "130100,甲市,3000-1209-1300,2017-12,3,3,3,2017-12,1,2017-10 2017-11 2017-12")
  }

  @Test func `an alarm that comes back, and a single bump that Gi* misses`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var text = "cell,period,value\n"
    for day in 1...5 {
      for row in 0..<30 {
        for column in 0..<30 {
          // A smooth hill of 20; one raised cell in a valley on four days, another on one.
          var value =
            60 + 20 * sin(Double(column) / 5) * sin(Double(row) / 5) + Double((column * 3 + row * 5 + day) % 7) / 7
          if column == 24, row == 8, day != 2 { value += 30 }
          if column == 8, row == 24, day == 5 { value += 30 }
          text += "3000-\(1200 + column)-\(1300 + row),2017-11-0\(day),\(value)\n"
        }
      }
    }
    try Self.write(text, "days.csv", in: folder)
    let outcome = try BuiltBinary.run(
      ["detect", "alarm", "--cells", "days.csv", "--persistence", "3/5", "--only-alarms", "--out", "alarms.csv"],
      in: folder)
    #expect(outcome.status == 0 && outcome.messages.contains("at least 3 of the cell's last 5"), "\(outcome.messages)")
    let rows = try Self.read("alarms.csv", in: folder)
    #expect(rows[0].hasSuffix(",alarm_periods,periods_seen") && rows.count == 3)
    #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("3000-1224-1308,") } && rows[2].hasSuffix(",4,5"))
    let hot = try BuiltBinary.run(
      ["detect", "gi-star", "--cells", "days.csv", "--null", "empirical", "--out", "hot.csv"], in: folder)
    #expect(hot.status == 0)
    let header = try Self.read("hot.csv", in: folder)[0].split(separator: ",")
    let bin = try #require(header.firstIndex(of: "bin"))
    let own = try Self.read("hot.csv", in: folder).filter { $0.hasPrefix("3000-1224-1308,2017-11-05") }
    #expect(
      own.allSatisfy { (Int($0.split(separator: ",", omittingEmptySubsequences: false)[bin]) ?? 9) < 1 }
        && own.count == 1)
  }

  @Test func `maps are compared`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func map(_ hot: Int) -> String {
      "cell,period,value,bin\n"
        + (0..<40).map { "3000-\(1200 + $0)-1300,2017-11,5,\($0 == hot ? 3 : 0)\n" }.joined()
    }
    try Self.write(map(5), "a.csv", in: folder)
    try Self.write(map(7), "b.csv", in: folder)
    let outcome = try BuiltBinary.run(["compare", "a.csv", "b.csv", "--json", "--changes", "c.csv"], in: folder)
    #expect(outcome.status == 0, "\(outcome.messages)")
    #expect(outcome.output.contains("\"moved\"") && outcome.output.contains("fuzzy"))
    #expect(try Self.read("c.csv", in: folder)[1] == "moved,1,1,6000.0,3000-1205-1300,3000-1207-1300")
    try Self.write(map(5) + "3000-1200-1300,2017-12,5,0\n", "two.csv", in: folder)
    let two = try BuiltBinary.run(["compare", "two.csv", "b.csv"], in: folder)
    #expect(two.status == 2 && two.messages.contains("--first-period"))
    try Self.write("cell,value,bin\n500-1-1,5,0\n", "fine.csv", in: folder)
    #expect(try BuiltBinary.run(["compare", "fine.csv", "b.csv"], in: folder).status == 1)
  }
}
