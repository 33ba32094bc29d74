import Foundation
import FoundationXML
import TestSupport
import Testing

/// What tables and maps say of themselves.
@Suite struct MapStatementTests {
  private let folder: URL

  init() throws { folder = try TestFiles.temporaryFolder() }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  /// 8 x 8 cells with a raised corner, one cell apart from all others and two in which nothing was observed.
  private func cells(_ name: String, days: Int = 1) throws -> String {
    var text = "cell,period,value,variance,count,coverage\n"
    for day in 1...days {
      for row in 0..<8 {
        for column in 0..<8 {
          let value = 50 + (column * 7 + row * 5) % 9 + (column < 3 && row < 3 ? 40 : 0)
          let coverage = column == 7 && row < 2 ? "0" : "0.5"
          text += "3000-\(1200 + column)-\(1300 + row),2017-11-0\(day),\(value),4,1,\(coverage)\n"
        }
      }
      text += "3000-1230-1330,2017-11-0\(day),55,4,1,1\n"
    }
    try Data(text.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  private func statement(_ file: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: "\(file).meta.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func run(_ arguments: [String]) throws -> BuiltBinary.Outcome {
    let run = try BuiltBinary.run(
      arguments, environment: ["HOTGRID_CACHE": folder.path, "HOTGRID_BOUNDARIES": ""])
    #expect(run.status == 0, Comment(rawValue: run.messages))
    return run
  }

  @Test func `a hot file has its statement beside it, the same as in the summary, and maps carry it on`() throws {
    let source = try cells("cells.csv")
    let found = try run([
      "detect", "gi-star", "--cells", source, "--permutations", "99", "--seed", "7", "--out", path("hot.csv"), "--json",
    ])
    let own = try statement("hot.csv")
    #expect(own["cells_written"] as? Int == 65 && own["cells_tested"] as? Int == 64)
    #expect(own["cells_interpolated_only"] as? Int == 2)
    #expect(own["cells_not_tested"] as? [String: Int] == ["no neighbour has a value": 1])
    #expect(own["seed"] as? String == "7" && own["verb"] as? String == "detect gi-star")
    #expect(
      own["version"] as? String == (try run(["--version"])).output.trimmingCharacters(in: .whitespacesAndNewlines))
    let settings = try #require(own["settings"] as? [String: String])
    #expect(settings["neighbourhood"] == "queen" && settings["draws"] == "shared by all cells")
    let inputs = try #require(own["inputs"] as? [[String: String]])
    #expect(inputs.first?["file"] == "cells.csv" && inputs.first?["sha256"]?.count == 64)
    let summary = try #require(JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
    #expect(NSDictionary(dictionary: summary["statement"] as? [String: Any] ?? [:]) == NSDictionary(dictionary: own))

    for format in ["gpkg", "geojson", "kml", "tif"] {
      let export = try run([
        "export", "--cells", path("hot.csv"), "--format", format, "--out", path("hot.\(format)"), "--json",
      ])
      let told = try statement("hot.\(format)")
      #expect(told["method"] as? String == "Getis and Ord's Gi*" && told["seed"] as? String == "7")
      #expect(told["cells_tested"] as? Int == 64 && told["cells_interpolated_only"] as? Int == 2)
      #expect(export.output.contains("\"statement\":{"))
      let bytes = try Data(contentsOf: folder.appending(path: "hot.\(format)"))
      #expect(bytes.range(of: Data("Getis and Ord".utf8)) != nil, "\(format)")
      if format != "tif" {
        #expect(bytes.range(of: Data("64 of 65 cells tested, 2 interpolated only".utf8)) != nil, "\(format)")
      }
    }
  }

  @Test func `a file whose statement is lost, broken or of another file is exported without a method`() throws {
    _ = try run(["detect", "gi-star", "--cells", try cells("cells.csv"), "--out", path("hot.csv")])
    let meta = folder.appending(path: "hot.csv.meta.json")
    try Data("{\"program\": 1}".utf8).write(to: meta)
    let broken = try run(["export", "--cells", path("hot.csv"), "--format", "geojson", "--out", path("a.geojson")])
    #expect(broken.messages.contains("no statement of hotgrid"))
    #expect(
      (try statement("a.geojson"))["method"] as? String
        == "values as they are in the file, by a method not stated there")
    try FileManager.default.removeItem(at: meta)
    _ = try run(["export", "--cells", path("hot.csv"), "--format", "geojson", "--out", path("b.geojson")])
    #expect((try statement("b.geojson"))["cells_tested"] as? Int == 64)
    _ = try run(["detect", "gi-star", "--cells", try cells("more.csv", days: 2), "--out", path("two.csv")])
    try FileManager.default.moveItem(at: folder.appending(path: "hot.csv"), to: folder.appending(path: "old.csv"))
    _ = try run(["detect", "gi-star", "--cells", path("cells.csv"), "--out", path("hot.csv")])
    try FileManager.default.removeItem(at: folder.appending(path: "hot.csv"))
    try FileManager.default.moveItem(at: folder.appending(path: "two.csv"), to: folder.appending(path: "hot.csv"))
    let other = try run(["export", "--cells", path("hot.csv"), "--format", "geojson", "--out", path("c.geojson")])
    #expect(other.messages.contains("tells of 65 cells and there are 130: not used"))
  }

  @Test func `alarms, histories, lists and probabilities are stated too`() throws {
    let series = try cells("days.csv", days: 9)
    _ = try run(["detect", "alarm", "--cells", series, "--only-alarms", "--out", path("alarm.csv")])
    let alarm = try statement("alarm.csv")
    #expect(alarm["cells_written"] as? Int == 9 * 65 && alarm["periods"] as? Int == 9 && alarm["seed"] == nil)
    #expect((alarm["settings"] as? [String: String])?["rule"]?.contains("robust z") == true)
    _ = try run(["detect", "emerging", "--cells", series, "--out", path("classes.csv")])
    let classes = try statement("classes.csv")
    #expect(classes["cells_written"] as? Int == 65 && classes["cells_interpolated_only"] as? Int == 2)
    let cities = "cell,city_code,city\n3000-1200-1300,130100,石家庄市\n3000-1201-1300,130100,石家庄市\n"
    try Data(cities.utf8).write(to: folder.appending(path: "cities.csv"))
    _ = try run([
      "detect", "lists", "--month", "2017-11", "--cells", series, "--city-of", path("cities.csv"), "--validity", "any",
      "--out", path("lists.csv"),
    ])
    let lists = try statement("lists.csv")
    #expect(lists["cells_tested"] as? Int == 2)
    #expect(lists["cells_not_tested"] as? [String: Int] == ["outside every city": 63])
    _ = try run([
      "detect", "probability", "--from", "field", "--cells", try cells("one.csv"), "--simulations", "20", "--seed", "3",
      "--out", path("p.csv"),
    ])
    let probability = try statement("p.csv")
    #expect(probability["seed"] as? String == "3" && probability["cells_tested"] as? Int == 64)
  }

  @Test func `the legend tells every class by sign and strokes, and says what the file says of itself`() throws {
    _ = try run(["detect", "gi-star", "--cells", try cells("cells.csv"), "--out", path("hot.csv")])
    let svg = try run(["legend", "--of", path("hot.csv")]).output
    for sign in ["H1", "H2", "H3", "C1", "C2", "C3"] { #expect(svg.contains(">\(sign)</text>")) }
    #expect(svg.contains("64 of 65 cells tested") && svg.contains("interpolated only"))
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    _ = try run(["legend", "--out", path("legend.html")])
    #expect(try String(contentsOf: folder.appending(path: "legend.html"), encoding: .utf8).contains("<table>"))
    let without = try BuiltBinary.run(["legend", "--of", path("cells.csv")])
    #expect(without.status == 1 && without.messages.contains("leave out --of"))
  }
}
