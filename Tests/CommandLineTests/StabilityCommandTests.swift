import Foundation
import TestSupport
import Testing

/// Runs `stability` and `detect --field residual` on data that the tests make up.
@Suite struct StabilityCommandTests {
  private let folder: URL

  init() throws { folder = try TestFiles.temporaryFolder() }

  private func write(_ text: String, _ name: String) throws -> String {
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func rows(_ text: String) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      rows[fields[0]] = fields
    }
    return rows
  }

  /// 120 x 120 cells of 500 m, so 20 x 20 of 3 km; a block of 5 x 5 cells of 3 km is raised by 60.
  private func fineCells() -> String {
    var text = "cell,value,variance,count,coverage\n"
    for row in 0..<120 {
      for column in 0..<120 {
        let block = (30..<60).contains(column) && (30..<60).contains(row) ? 60 : 0
        text += "500-\(7200 + column)-\(7800 + row),\(70 + (column * 7 + row * 5) % 9 + block),,1,1\n"
      }
    }
    return text
  }

  @Test func `the inside of a block is hot wherever the lines lie, and far from it nothing is`() throws {
    let path = try write(fineCells(), "fine.csv")
    let run = try BuiltBinary.run(["stability", "--cells", path, "--level", "3000", "--sizes", "2000"])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    #expect(run.output.hasPrefix("cell,period,value,bin,grids,tested,hot,share\n"))
    let found = rows(run.output)
    #expect(found.count == 400)
    for column in 1206...1208 {
      for row in 1306...1308 { #expect(found["3000-\(column)-\(row)"]?.suffix(4) == ["10", "10", "10", "1.0"]) }
    }
    #expect(found["3000-1218-1318"]?.suffix(2) == ["0", "0.0"])
    // Moved cells that reach beyond the data are tested by the part of them that has some.
    #expect(found["3000-1200-1300"]?[5] == "10")
    #expect(run.messages.contains("10 grids, 400 cells"))
  }

  @Test func `the same bytes for any number of threads, and the base grid is that of detect`() throws {
    let path = try write(fineCells(), "fine.csv")
    let arguments = ["stability", "--cells", path, "--shifts", "4", "--level", "3000"]
    let one = try BuiltBinary.run(arguments + ["--threads", "1"])
    let two = try BuiltBinary.run(arguments + ["--threads", "2"])
    #expect(one.status == 0 && one.output == two.output && one.output.count > 1000)
    var coarse = "cell,value\n"
    for (cell, fields) in rows(one.output).sorted(by: { $0.key < $1.key }) { coarse += "\(cell),\(fields[2])\n" }
    let detect = try BuiltBinary.run(["detect", "gi-star", "--cells", try write(coarse, "coarse.csv")])
    let hot = rows(detect.output)
    #expect(hot.count == 400)
    for (cell, fields) in rows(one.output) { #expect(fields[3] == hot[cell]?[7], "\(cell)") }
  }

  @Test func `readings are gridded again, and bad rows are said once`() throws {
    var text = "station_id,time,pm25,lon,lat\n"
    for column in 0..<30 {
      for row in 0..<30 {
        let hot = (10..<18).contains(column) && (10..<18).contains(row) ? 80 : 0
        text += "s\(column)-\(row),2017-11-21T08:10,\(60 + (column * 7 + row * 5) % 9 + hot),"
        text += "\(115 + 0.02 * Double(column)),\(38 + 0.016 * Double(row))\n"
      }
    }
    let run = try BuiltBinary.run([
      "stability", "--readings", try write(text + "bad,2017-11-21T08:10,50,115,north\n", "r.csv"), "--period", "hour",
    ])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let found = rows(run.output)
    #expect(found.values.contains { $0.last == "1.0" } && found.values.contains { $0.last == "0.0" })
    #expect(found.values.allSatisfy { $0[1] == "2017-11-21T08" && $0[4] == "9" })
    #expect(run.messages.components(separatedBy: "row not used").count == 2, Comment(rawValue: run.messages))
  }

  @Test(arguments: [
    (["--shifts", "7"], "4, 9, 16 or 25"), (["--min-bin", "0"], "--min-bin"), (["--sizes", "big"], "--sizes"),
    (["--shifts", "16"], "750"), (["--sizes", "2200"], "2200"), (["--level", "500", "--shifts", "1"], "finer cells"),
    (["--raster", "x.tif"], "one of"),
  ])
  func `what cannot be done is said as wrong usage`(option: [String], words: String) throws {
    let path = try write("cell,value\n500-7200-7800,5\n500-7201-7800,6\n", "few.csv")
    let run = try BuiltBinary.run(["stability", "--cells", path] + option)
    #expect(run.status == 2, Comment(rawValue: run.messages))
    #expect(run.messages.contains(words), Comment(rawValue: run.messages))
    #expect(run.output.isEmpty)
  }

  /// A ramp of 4 per cell from west to east and a bump of 30 on 3 x 3 cells in its low part: as values the high east is the
  /// cluster, as residual the bump. The ring is small, because at the edges of the data it is one-sided.
  @Test(arguments: ["gi-star", "moran"])
  func `on a slope the residual finds the bump and the value finds the slope`(verb: String) throws {
    var text = "cell,period,value,variance,count,coverage\n"
    for row in 0..<40 {
      for column in 0..<40 {
        let bump = (9...11).contains(column) && (19...21).contains(row) ? 30 : 0
        text +=
          "3000-\(1200 + column)-\(1300 + row),2017-11-21,\(40 + column * 4 + (column * 7 + row * 5) % 5 + bump),,9,1\n"
      }
    }
    let path = try write(text, "slope.csv")
    let value = try BuiltBinary.run(["detect", verb, "--cells", path])
    let residual = try BuiltBinary.run([
      "detect", verb, "--cells", path, "--field", "residual", "--background", "ring:2-6",
    ])
    #expect(value.status == 0 && residual.status == 0, Comment(rawValue: residual.messages))
    func isHot(_ output: String, _ cell: String) -> Bool {
      let classification = rows(output)[cell]?[8]
      return classification == "hot" || classification == "HH"
    }
    #expect(!isHot(value.output, "3000-1210-1320") && isHot(value.output, "3000-1237-1320"))
    #expect(isHot(residual.output, "3000-1210-1320") && !isHot(residual.output, "3000-1220-1310"))
    let wrong = try BuiltBinary.run(["detect", verb, "--cells", path, "--background", "ring:5"])
    #expect(wrong.status == 2 && wrong.messages.contains("--field residual"))
  }
}
