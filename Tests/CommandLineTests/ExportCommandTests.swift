import Foundation
import TestSupport
import Testing

/// Runs `export` on a small hot file.
@Suite struct ExportCommandTests {
  private let folder: URL
  private let hot: String

  init() throws {
    folder = try TestFiles.temporaryFolder()
    let url = folder.appending(path: "hot.csv")
    let text = """
      cell,period,value,neighbours,z,p,p_perm,bin,class,reason
      3000-1274-1305,2017-11-21,120.5,8,3.9,0.0001,,3,hot,
      3000-1275-1305,2017-11-21,70,8,-0.2,0.84,,0,,
      3000-1276-1305,2017-11-21,71,0,,,,0,,no neighbour
      3000-1276-1305,2017-11-21,72,0,,,,0,,no neighbour
      not-a-cell,2017-11-21,72,0,,,,0,,

      """
    try Data(text.utf8).write(to: url)
    hot = url.path
  }

  private func export(_ arguments: [String]) throws -> BuiltBinary.Outcome {
    // No boundaries, so that the outcome is the same on every machine.
    try BuiltBinary.run(
      ["export", "--cells", hot] + arguments, environment: ["HOTGRID_CACHE": folder.path, "HOTGRID_BOUNDARIES": ""])
  }

  @Test(arguments: ["gpkg", "geojson", "fgb", "shp", "csv", "kml", "tif"])
  func `every format is written and counted`(format: String) throws {
    let out = folder.appending(path: "hot.\(format)").path
    let run = try export(["--format", format, "--out", out, "--json"])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    #expect(run.output.contains("\"rows\":3,\"rejected\":2"))
    #expect(try Data(contentsOf: URL(filePath: out)).count > 100)
    #expect(run.messages.contains("cell occurs twice in the period"))
  }

  @Test func `GeoJSON goes to standard output with the cells' own numbers`() throws {
    let run = try export(["--format", "geojson", "--quiet"])
    #expect(run.status == 0 && run.messages.isEmpty, Comment(rawValue: run.messages))
    let object = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let features = try #require(object["features"] as? [[String: Any]])
    #expect(features.count == 3)
    let first = try #require(features[0]["properties"] as? [String: Any])
    #expect(first["cell"] as? String == "3000-1274-1305" && first["z"] as? Double == 3.9 && first["bin"] as? Int == 3)
    #expect(features[2]["properties"].flatMap { ($0 as? [String: Any])?["z"] } is NSNull)
  }

  @Test func `wrong usage is told with exit status 2`() throws {
    for arguments in [
      ["--format", "xls"], ["--format", "kml", "--crs", "grid"], ["--format", "shp"], ["--format", "tif", "--bom"],
    ] {
      let run = try export(arguments)
      #expect(run.status == 2, Comment(rawValue: "\(arguments): \(run.messages)"))
      #expect(run.messages.contains("try:"))
    }
    #expect(try export(["--format", "csv", "--strict"]).status == 3)
    let table = try export(["--format", "csv"])
    #expect(table.status == 0 && table.output.hasPrefix("cell,period,value,"))
    let other = folder.appending(path: "table.txt").path
    #expect(try export(["--format", "csv", "--out", other]).status == 0)
    #expect(try String(contentsOfFile: other, encoding: .utf8) == table.output)
    #expect(try export(["--format", "csv", "--period", "2017-11-22"]).status == 1)
  }
}
