import Foundation
import TestSupport
import Testing

/// Runs `detect` on cells that the test makes up.
@Suite struct DetectCommandTests {
  private let folder: URL

  init() throws { folder = try TestFiles.temporaryFolder() }

  private func write(_ text: String, _ name: String) throws -> String {
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func read(_ name: String) throws -> [[String]] {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// A 12 x 12 field of one day with a cluster of 9 cells and one lone peak.
  private func cells(period: String = "2017-11-21") -> String {
    var text = "cell,period,value,variance,count,coverage\n"
    for row in 0..<12 {
      for column in 0..<12 {
        let cluster = (2...4).contains(column) && (2...4).contains(row) ? 60 : 0
        let peak = column == 9 && row == 9 ? 80 : 0
        text +=
          "3000-\(1200 + column)-\(1300 + row),\(period),\(70 + (column * 7 + row * 5) % 9 + cluster + peak),,24,\n"
      }
    }
    return text
  }

  @Test func `gi-star finds the cluster and writes the contract's columns`() throws {
    let path = try write(cells(), "cells.csv")
    let run = try BuiltBinary.run([
      "detect", "gi-star", "--cells", path, "--permutations", "199", "--seed", "7", "--out",
      folder.appending(path: "hot.csv").path, "--json",
    ])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let rows = try read("hot.csv")
    #expect(rows[0].joined(separator: ",") == "cell,period,value,neighbours,z,p,p_perm,bin,class,reason,support")
    #expect(rows.count == 145)
    let centre = try #require(rows.first { $0[0] == "3000-1203-1303" })
    #expect(centre[1] == "2017-11-21")
    #expect(centre[3] == "8")
    #expect(centre[7] == "3" && centre[8] == "hot" && centre[9].isEmpty)
    #expect((Double(centre[6]) ?? 1) == 0.01)
    #expect(run.output.contains("\"rows\":144"))
    #expect(!run.output.contains("seconds"))
  }

  @Test func `the same seed gives the same bytes for any number of threads`() throws {
    let path = try write(cells(), "cells.csv")
    let arguments = ["detect", "gi-star", "--cells", path, "--permutations", "99", "--seed", "3"]
    let one = try BuiltBinary.run(arguments + ["--threads", "1"])
    let two = try BuiltBinary.run(arguments + ["--threads", "2"])
    #expect(one.status == 0 && !one.output.isEmpty)
    #expect(one.output == two.output)
  }

  @Test func `every period is tested by itself`() throws {
    let other = cells(period: "2017-11-20").split(separator: "\n").dropFirst().joined(separator: "\n")
    let both = try BuiltBinary.run(["detect", "gi-star", "--cells", try write(cells() + other + "\n", "two.csv")])
    let alone = try BuiltBinary.run(["detect", "gi-star", "--cells", try write(cells(), "one.csv")])
    let lines = both.output.split(separator: "\n")
    #expect(lines.count == 289)
    #expect(lines[1].contains("2017-11-20"))
    #expect(lines.suffix(144) == alone.output.split(separator: "\n").suffix(144))
  }

  @Test func `moran names the lone peak high-low`() throws {
    let run = try BuiltBinary.run(["detect", "moran", "--cells", try write(cells(), "cells.csv")])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    #expect(run.output.hasPrefix("cell,period,value,neighbours,z,p,p_perm,bin,class,reason,support,moran_i\n"))
    let centre = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("3000-1203-1303,") })
    #expect(centre.contains(",3,HH,"))
  }

  @Test func `alarm finds the lone peak, not the inside of the cluster, and says its rule`() throws {
    let path = try write(cells(), "cells.csv")
    let run = try BuiltBinary.run(["detect", "alarm", "--cells", path, "--only-alarms", "--floor", "6"])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let rows = run.output.split(separator: "\n").dropFirst()
    // A corner of the cluster has 5 of its 8 neighbours outside and stands out too; its inside does not.
    let corners = ["3000-1202-1302", "3000-1204-1302", "3000-1202-1304", "3000-1204-1304"]
    #expect(rows.map { String($0.prefix { $0 != "," }) } == corners + ["3000-1209-1309"])
    #expect(rows.allSatisfy { $0.contains(",alarm,") })
    #expect(run.messages.contains("value >= 1.2 x median of ring 1"))
    #expect(run.messages.contains("floor 6 µg/m³"))
    let wrong = try BuiltBinary.run(["detect", "alarm", "--cells", path, "--min-ring-share", "2"])
    #expect(wrong.status == 2)
    #expect(wrong.messages.contains("minimum_ring_share 2.0"))
  }

  @Test func `lists rank each city and count what they leave out`() throws {
    var text = "cell,period,value,variance,count,coverage\n"
    for (month, days, scale) in [("2017-11", 30, 1.0), ("2017-10", 31, 0.9), ("2016-11", 26, 1.2)] {
      for day in 1...days {
        for column in 0..<3 {
          text += "3000-\(column)-5,\(month)-\(day < 10 ? "0" : "")\(day),\(Double(column + 1) * 10 * scale),,24,\n"
        }
      }
    }
    let cities = try write(
      "cell,city_code,city\n3000-0-5,130100,石家庄市\n3000-1-5,130100,石家庄市\n3000-2-5,120000,天津市\n", "cities.csv")
    let arguments = [
      "detect", "lists", "--month", "2017-11", "--cells", try write(text, "days.csv"), "--city-of", cities,
    ]
    let run = try BuiltBinary.run(arguments)
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let lines = run.output.split(separator: "\n")
    #expect(lines[1].hasPrefix("120000,天津市,highest mean,1,3000-2-5,2017-11,30.0,30,,,,,0,0,"))
    #expect(lines[2].hasPrefix("120000,天津市,worst month-on-month,1,3000-2-5,2017-11,30.0,30,2017-10,27.0,31,11.1"))
    #expect(
      run.output.contains("石家庄市,worst year-on-year,,,2017-11,,,,,,,,,2 cells not ranked: fewer than 27 days in 2016-11")
    )
    let any = try BuiltBinary.run(arguments + ["--validity", "any"])
    #expect(any.output.contains("worst year-on-year,1,"))
    #expect(
      any.output.split(separator: "\n").first { $0.contains("worst month-on-month,1,3000-0-5") }?.contains(",1,0,")
        == true)
  }

  @Test func `cells come from standard input as they come from a file`() throws {
    let file = try BuiltBinary.run(["detect", "gi-star", "--cells", try write(cells(), "cells.csv")])
    let input = try BuiltBinary.run(["detect", "gi-star", "--cells", "-"], input: Data(cells().utf8))
    #expect(input.status == 0, Comment(rawValue: input.messages))
    #expect(input.output == file.output && input.output.count > 1000)
  }

  @Test func `what is wrong with the input is said with a remedy`() throws {
    let missing = try BuiltBinary.run(["detect", "gi-star", "--cells", folder.appending(path: "none.csv").path])
    #expect(missing.status == 1 && missing.messages.contains("try:"))
    let header = try BuiltBinary.run(["detect", "gi-star", "--cells", try write("a,b\n1,2\n", "wrong.csv")])
    #expect(header.status == 1 && header.messages.contains("no column cell, value"))
    let empty = try BuiltBinary.run(["detect", "gi-star", "--cells", try write("cell,value\n", "empty.csv")])
    #expect(empty.status == 1 && empty.messages.contains("no cell has a value"))
    let option = try BuiltBinary.run(["detect", "gi-star", "--cells", "x.csv", "--neighbourhood", "radius:-1"])
    #expect(option.status != 0)
    #expect(option.messages.contains("radius:METRES"))
    let rows = try BuiltBinary.run([
      "detect", "gi-star", "--cells", try write(cells() + "oops,2017-11-21,5,,,\n", "bad.csv"),
    ])
    #expect(rows.status == 0)
    #expect(rows.messages.contains("1 row not used, first at line 146: cell is not a cell id"))
  }
}
