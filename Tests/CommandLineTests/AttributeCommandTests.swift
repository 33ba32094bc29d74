import Foundation
import TestSupport
import Testing

@Suite struct AttributeCommandTests {
  static let firm = "91110000100000008J"
  static let other = "91110000100000016D"

  /// Monitors every 3 km or so around a source, four days of turning wind; all made up.
  private func write(to folder: URL, wind: Bool = true) throws {
    var stations = "station_id,name,kind,lon,lat\n"
    var readings = "station_id,time,pm25\n"
    var winds = "time,lon,lat,u,v\n"
    let times = (0..<96).map { hour in
      "2017-11-0\(1 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
    }
    for hour in 0..<96 {
      let angle = Double(hour) * 0.21
      // A file without the evidence's hours is one without wind.
      let day = wind ? times[hour] : times[hour].replacingOccurrences(of: "2017-11", with: "2017-01")
      winds += "\(day),114.5,38.0,\(2.5 * cos(angle)),\(2.5 * sin(angle))\n"
    }
    for number in 0..<121 {
      let (column, row) = (Double(number % 11) - 5, Double(number / 11) - 5)
      stations += "S\(number),s,national,\(114.5 + 0.034 * column),\(38.0 + 0.027 * row)\n"
      for hour in 0..<96 {
        let (e, n) = (cos(Double(hour) * 0.21), sin(Double(hour) * 0.21))
        let (along, across) = (3000 * (column * e + row * n), 3000 * (row * e - column * n))
        var value = 50 + 10 * sin(Double(hour) / 9) + 2 * sin(Double(number * 7 + hour * 13))
        if column == 0, row == 0 {
          value += 25
        } else if along > 0 {
          value += 15 * exp(-across * across / 4e6 - along / 8000)
        }
        readings += "S\(number),\(times[hour]),\(value)\n"
      }
    }
    let cell = try BuiltBinary.run(["locate", "--lon", "114.5", "--lat", "38.0"]).output
    let id = try #require(cell.firstMatch(of: /3000-\d+-\d+/)).output
    try Data(stations.utf8).write(to: folder.appending(path: "s.csv"))
    try Data(readings.utf8).write(to: folder.appending(path: "r.csv"))
    try Data(winds.utf8).write(to: folder.appending(path: "w.csv"))
    try Data("cell,period,value,class\n\(id),2017-11-04,80,alarm\n".utf8).write(to: folder.appending(path: "hot.csv"))
    try Data(
      """
      uscc,name,industry_code,lon,lat
      \(Self.firm),合成甲 (synthetic),3011,114.5,38.0
      \(Self.other),合成乙 (synthetic),3011,114.6,38.05

      """.utf8
    ).write(to: folder.appending(path: "e.csv"))
  }

  private static let attribute = [
    "attribute", "--readings", "r.csv", "--stations", "s.csv", "--wind", "w.csv", "--enterprises", "e.csv", "--hot",
    "hot.csv", "--out", "p.csv", "--days", "4",
  ]

  @Test func `the firm in the source's cell comes first, with the same bytes on any number of threads`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(to: folder)
    var files: [Data] = []
    for threads in ["1", "2"] {
      let outcome = try BuiltBinary.run(Self.attribute + ["--ensemble", "2", "--threads", threads], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      files.append(try Data(contentsOf: folder.appending(path: "p.csv")))
    }
    #expect(files[0] == files[1])
    let lines = String(decoding: files[0], as: UTF8.self).split(separator: "\n")
    #expect(lines[0].hasPrefix("anomaly,cells,period,rank,source,uscc,name"))
    let first = lines[1].split(separator: ",", omittingEmptySubsequences: false)
    #expect(first[3] == "1" && first[4] == "firm" && first[5] == Self.firm, "\(lines[1])")
    #expect(first[2] == "2017-11-04" && first[22] == "attribution-1")
  }

  @Test func `without wind there is a row with the reason and no share`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(to: folder, wind: false)
    let outcome = try BuiltBinary.run(Self.attribute, in: folder)
    #expect(outcome.status == 0 && outcome.messages.contains("no-wind: 1"), "\(outcome.messages)")
    let lines = try String(contentsOf: folder.appending(path: "p.csv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2 && lines[1].contains(",no-wind,"))
    let polar = try BuiltBinary.run(
      ["polar", "--readings", "r.csv", "--stations", "s.csv", "--wind", "w.csv", "--station", "S60"], in: folder)
    #expect(polar.status == 0 && polar.messages.contains("0 hours with wind, 96 without"))
  }

  @Test func `the polar table counts every hour with wind and the plot is drawn`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(to: folder)
    let outcome = try BuiltBinary.run(
      [
        "polar", "--readings", "r.csv", "--stations", "s.csv", "--wind", "w.csv", "--station", "S60", "--svg",
        "rose.svg",
      ], in: folder)
    #expect(outcome.status == 0, "\(outcome.messages)")
    let rows = outcome.output.split(separator: "\n").dropFirst()
    #expect(rows.count == 16 * 6 + 1)
    let hours = rows.reduce(0) { $0 + (Int($1.split(separator: ",", omittingEmptySubsequences: false)[4]) ?? -1000) }
    #expect(hours == 96)
    #expect(try String(contentsOf: folder.appending(path: "rose.svg"), encoding: .utf8).hasPrefix("<svg"))
  }

  @Test func `wrong usage is told apart from wrong data`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(to: folder)
    #expect(try BuiltBinary.run(Self.attribute + ["--power", "x.csv"], in: folder).status == 2)
    let polar = ["polar", "--readings", "r.csv", "--stations", "s.csv", "--wind", "w.csv"]
    #expect(try BuiltBinary.run(polar, in: folder).status == 2)
    #expect(try BuiltBinary.run(polar + ["--station", "nobody"], in: folder).status == 1)
    try Data("cell,period,value\n3000-1270-1400,2017-11-04,80\n".utf8).write(to: folder.appending(path: "hot.csv"))
    let outcome = try BuiltBinary.run(Self.attribute, in: folder)
    #expect(outcome.status == 1 && outcome.messages.contains("no row of class alarm"))
  }

  @Test func `the evaluation says synthetic and its tables add up`() throws {
    let outcome = try BuiltBinary.run([
      "evaluate", "attribution", "--seeds", "1", "--anomalies", "1", "--micro", "0", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.messages)")
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    let abstained = report.abstentions.values.reduce(0, +)
    // Two days, of which one may have no alarm.
    #expect(report.synthetic && (1...2).contains(report.anomalies + report.without_source + abstained))
    #expect(report.top1 <= report.top3 && report.top3 <= report.top5 && report.top5 <= report.anomalies)
    #expect(report.main.count == report.anomalies)
    #expect(try BuiltBinary.run(["evaluate", "attribution", "--seeds", "0"]).status == 2)
  }

  private struct Report: Decodable {
    struct Reliability: Decodable { let count: Int }
    let synthetic: Bool
    let anomalies, without_source, top1, top3, top5: Int
    let abstentions: [String: Int]
    let main: Reliability
  }
}
