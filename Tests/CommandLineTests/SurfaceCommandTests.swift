import Foundation
import TestSupport
import Testing

@Suite struct SurfaceCommandTests {
  private let folder: URL

  init() throws { folder = try TestFiles.temporaryFolder() }

  /// Made-up readings on every third cell of a tilted field with one raised cell.
  private func cells(_ every: Int32, name: String) throws -> String {
    var text = "cell,period,value,variance,count,coverage\n"
    for row in Int32(0)..<24 {
      for column in Int32(0)..<24 where (row * 24 + column) % every == 0 {
        let bump = row == 12 && column == 12 ? 40.0 : 0
        let value = 50 + Double(column) + 3 * Double((row * 7 + column * 5) % 11) + bump
        text += "3000-\(1200 + column)-\(1300 + row),2017-11-21,\(value),4,1,\n"
      }
    }
    let path = folder.appending(path: name).path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func rows(_ name: String) throws -> [[Substring]] {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test func `a surface covers its box, labels every cell, and detect repeats the label`() throws {
    let out = folder.appending(path: "surface.csv").path
    let run = try BuiltBinary.run([
      "surface", "--cells", try cells(3, name: "obs.csv"), "--within", "box", "--background", "ring:1-6", "--report",
      folder.appending(path: "loo.json").path, "--out", out,
    ])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let rows = try rows("surface.csv")
    #expect(rows[0].joined(separator: ",") == "cell,period,value,variance,count,coverage,kind,background")
    #expect(rows.count == 1 + 24 * 22 || rows.count == 1 + 24 * 24)
    #expect(rows.dropFirst().allSatisfy { ($0[6] == "interpolated") == ($0[5] == "0.0") })
    #expect(rows.contains { $0[6] == "observed" && !$0[7].isEmpty })
    let report = try String(contentsOf: folder.appending(path: "loo.json"), encoding: .utf8)
    #expect(report.contains("\"coverage90\"") && report.contains("\"leave_one_out_readings\" : 192"))
    let hot = try BuiltBinary.run(["detect", "gi-star", "--cells", out])
    #expect(hot.status == 0 && hot.output.contains(",interpolated\n"), Comment(rawValue: hot.messages))
    #expect(hot.messages.contains("interpolated from other cells"))
  }

  @Test func `the residual is the value, and wrong usage is said`() throws {
    let path = try cells(1, name: "all.csv")
    let run = try BuiltBinary.run([
      "surface", "--cells", path, "--within", "box", "--field", "residual", "--background", "ring:1-6", "--variogram",
      "exponential:1:100:20000", "--out", folder.appending(path: "residual.csv").path,
    ])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let bump = try #require(rows("residual.csv").first { $0[0] == "3000-1212-1312" })
    #expect(try #require(Double(bump[2])) > 20)
    let without = try BuiltBinary.run(["surface", "--cells", path, "--method", "fusion"])
    #expect(without.status == 2 && without.messages.contains("--satellite"))
    let wrong = try BuiltBinary.run(["surface", "--cells", path, "--variogram", "linear:1"])
    #expect(wrong.status == 2)
    let few = try BuiltBinary.run(["surface", "--cells", try cells(97, name: "few.csv"), "--within", "box"])
    #expect(few.status == 1 && few.messages.contains("fewer than 10 readings"))
  }

  @Test func `stability counts the grids on which a cell stays hot`() throws {
    var text = "station_id,time,lon,lat,pm25\n"
    for k in 0..<900 {
      let (row, column) = (k / 30, k % 30)
      let near = abs(row - 15) <= 3 && abs(column - 15) <= 3
      let value = 40 + Double(k * 7919 % 13) + (near ? 60 : 0)
      text += "s\(k),2017-11-21T08:00:00,\(114 + Double(column) * 0.03),\(38 + Double(row) * 0.025),\(value)\n"
    }
    let path = folder.appending(path: "synthetic-stations.csv").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let run = try BuiltBinary.run([
      "stability", "--readings", path, "--shifts", "4", "--out", folder.appending(path: "stability.csv").path,
    ])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    let rows = try rows("stability.csv")
    #expect(rows[0].joined(separator: ",") == "cell,period,value,bin,grids,tested,hot,share")
    #expect(rows.dropFirst().allSatisfy { $0[4] == "4" })
    #expect(rows.dropFirst().contains { $0[7] == "1.0" } && rows.dropFirst().contains { $0[7] == "0.0" })
    #expect(try BuiltBinary.run(["stability", "--shifts", "9"]).status == 2)
  }
}
