import Foundation
import TestSupport
import Testing

@Suite struct FarCellsTests {
  /// A cell at the end of the numbers once made surfaces and refinements trap; it is a bad row like any other.
  @Test(arguments: [
    ["surface", "--cells", "far.csv", "--within", "box", "--variogram", "exponential:1:2:30000"],
    ["refine", "--cells", "far.csv", "--children", "fine.csv", "--level", "500"],
    ["detect", "gi-star", "--cells", "far.csv"],
    ["stability", "--cells", "fine.csv", "--level", "3000"],
  ])
  func `cells off the earth are rejected rows`(arguments: [String]) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try BuiltBinary.run(arguments + ["--out", "out.csv"], in: folder)
    #expect(outcome.status == 0 && outcome.messages.contains("cell is not a cell id"), "\(outcome.messages)")
  }

  @Test func `coarse cells that fine ones do not fill are refused`() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("cell,value,coverage\n1700-1270-1300,5,1\n".utf8).write(to: folder.appending(path: "odd.csv"))
    let outcome = try BuiltBinary.run(
      ["refine", "--cells", "odd.csv", "--children", "fine.csv", "--level", "500", "--out", "out.csv"], in: folder)
    #expect(outcome.status == 2 && outcome.messages.contains("1700 m, which cells of 500 m do not fill"))
  }

  private static func folder() throws -> URL {
    let folder = try TestFiles.temporaryFolder()
    let far = "3000-2147483647-2147483647,4,1\n3000--2147483648-0,4,1\n"
    try Data("cell,value,coverage\n3000-1270-1300,5,1\n3000-1271-1300,6,1\n3000-1271-1302,7,1\n\(far)".utf8).write(
      to: folder.appending(path: "far.csv"))
    try Data("cell,value,coverage\n500-7620-7800,5,1\n500-7621-7800,6,1\n500-2147483647-1,6,1\n".utf8).write(
      to: folder.appending(path: "fine.csv"))
    return folder
  }
}
