import Foundation
import TestSupport
import Testing

@Suite struct DetectNullTests {
  /// A smooth hill, where theory calls much of the map hot or cold.
  private static func hill(at folder: URL) throws {
    var text = "cell,period,value,variance\n"
    for row in 0..<40 {
      for column in 0..<40 {
        let value = 50 + 10 * sin(Double(column) / 6) * cos(Double(row) / 7) + Double((column * 7 + row * 13) % 5) / 10
        text += "3000-\(1200 + column)-\(1200 + row),2017-11-21,\(value),4\n"
      }
    }
    try Data(text.utf8).write(to: folder.appending(path: "hill.csv"))
  }

  private static func hot(_ path: URL, column: String = "bin") throws -> Int {
    let rows = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let position = try #require(rows[0].firstIndex { $0 == column })
    return rows.dropFirst().count { (Double($0[position]) ?? 0) >= 2 }
  }

  @Test func `nulls that know autocorrelation call less of a smooth field hot`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.hill(at: folder)
    var counts: [String: Int] = [:]
    for null in ["theoretical", "empirical", "autocorrelated"] {
      let outcome = try BuiltBinary.run(
        ["detect", "gi-star", "--cells", "hill.csv", "--null", null, "--out", "\(null).csv"], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      counts[null] = try Self.hot(folder.appending(path: "\(null).csv"))
    }
    #expect(try #require(counts["theoretical"]) > 300)
    #expect(try #require(counts["empirical"]) < 50 && #require(counts["autocorrelated"]) < 50, "\(counts)")
    let moran = try BuiltBinary.run(["detect", "moran", "--cells", "hill.csv", "--null", "autocorrelated"], in: folder)
    #expect(moran.status == 2 && moran.messages.contains("gi-star"))
  }

  @Test func `probabilities are the same for any number of threads, and 1 where nothing is unsure`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.hill(at: folder)
    var files: [Data] = []
    for threads in ["1", "2"] {
      let outcome = try BuiltBinary.run(
        [
          "detect", "probability", "--from", "field", "--error-range", "9000", "--cells", "hill.csv", "--simulations",
          "20",
          "--threads", threads, "--out", "p.csv",
        ], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      files.append(try Data(contentsOf: folder.appending(path: "p.csv")))
    }
    #expect(files[0] == files[1])
    // Errors of 2 on a hill of 10 leave its top hot in every simulation.
    #expect(String(decoding: files[0], as: UTF8.self).contains(",1.0,"))
    let none = try BuiltBinary.run(
      ["detect", "probability", "--from", "field", "--cells", "-"], in: folder,
      input: Data("cell,value\n3000-1-1,5\n3000-1-2,6\n".utf8))
    #expect(none.status == 1 && none.messages.contains("no cell has a variance"))
  }

  @Test func `readings far apart are simulated with the variogram that is named`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var text = "cell,period,value,variance\n"
    for k in 0..<30 { text += "3000-\(1200 + k * 7 % 40)-\(1200 + k * 11 % 40),2017-11-21,\(40 + k),1\n" }
    try Data(text.utf8).write(to: folder.appending(path: "stations.csv"))
    let outcome = try BuiltBinary.run(
      [
        "detect", "probability", "--from", "readings", "--cells", "stations.csv", "--within", "box", "--variogram",
        "exponential:4:80:30000", "--simulations", "10", "--out", "p.csv",
      ], in: folder)
    #expect(outcome.status == 0, "\(outcome.messages)")
    let lines = try String(contentsOf: folder.appending(path: "p.csv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 1000 && lines[0] == "cell,period,value,variance,p_hot,standard_error,bin,class,support")
  }

  @Test func `one period is no history`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.hill(at: folder)
    let outcome = try BuiltBinary.run(["detect", "emerging", "--cells", "hill.csv"], in: folder)
    #expect(outcome.status == 1 && outcome.messages.contains("fewer than 2 periods"))
    let twice = try BuiltBinary.run(["detect", "emerging", "--cells", "hill.csv", "--cells", "hill.csv"], in: folder)
    #expect(twice.status == 1 && twice.messages.contains("2017-11-21 is there twice"))
  }
}
