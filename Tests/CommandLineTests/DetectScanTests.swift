import Foundation
import TestSupport
import Testing

@Suite struct DetectScanTests {
  @Test func `counts are scanned, and what are none is refused`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }
    var counts = "cell,period,value\n"
    var expected = "cell,value\n"
    for column in 0..<12 {
      for row in 0..<12 {
        expected += "3000-\(1200 + column)-\(1300 + row),2\n"
        for day in 1...4 where (column + 2 * row + day) % 3 == 0 || (column < 3 && row < 3 && day == 4) {
          counts += "3000-\(1200 + column)-\(1300 + row),2017-11-0\(day),\(column < 3 && row < 3 && day == 4 ? 4 : 1)\n"
        }
      }
    }
    try write(counts, "counts.csv")
    try write(expected, "expected.csv")
    let scan = [
      "detect", "scan", "--cells", "counts.csv", "--max-radius", "9000", "--replicates", "99", "--out", "c.csv",
    ]
    var files: [Data] = []
    for threads in ["1", "2"] {
      let outcome = try BuiltBinary.run(
        scan + ["--model", "poisson", "--expected", "expected.csv", "--members", "m.csv", "--threads", threads],
        in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      files.append(try Data(contentsOf: folder.appending(path: "c.csv")))
    }
    #expect(files[0] == files[1])
    let first = String(decoding: files[0], as: UTF8.self).split(separator: "\n")[1].split(separator: ",")
    #expect(first[4] == "2017-11-04" && first[5] == "2017-11-04" && Double(first[10]) == 0.01, "\(first)")
    #expect(try String(contentsOf: folder.appending(path: "m.csv"), encoding: .utf8).contains("3000-1201-1301,1,"))
    #expect(try BuiltBinary.run(scan + ["--model", "permutation"], in: folder).status == 0)
    #expect(try BuiltBinary.run(scan + ["--model", "normal"], in: folder).status == 0)
    #expect(try BuiltBinary.run(scan + ["--model", "poisson"], in: folder).messages.contains("needs expectations"))
    try write("cell,period,value\n3000-1200-1300,2017-11-01,-2\n3000-1201-1300,2017-11-02,1\n", "counts.csv")
    let negative = try BuiltBinary.run(scan + ["--model", "permutation"], in: folder)
    #expect(negative.status == 1 && negative.messages.contains("-2.0 of 3000-1200-1300 in 2017-11-01 is no count"))
    try write("cell,period,value\n3000-1-1,2017-11-01,2\n3000-1201-1300,2017-11-02,1\n", "counts.csv")
    let outside = try BuiltBinary.run(scan + ["--model", "poisson", "--expected", "expected.csv"], in: folder)
    #expect(outside.status == 1 && outside.messages.contains("no expectation"))
  }
}
