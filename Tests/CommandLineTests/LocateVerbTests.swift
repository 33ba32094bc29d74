import Foundation
import TestSupport
import Testing

@Suite struct LocateVerbTests {
  private struct Answer: Decodable {
    struct Share: Decodable {
      let code: String
      let share: Double
    }

    let cell: String
    let x, y, longitude, latitude: Double
    let counties: [Share]
  }

  /// Runs with no boundaries but those given, and with a cache of its own.
  private static func locate(_ arguments: [String], boundaries: String? = nil) throws -> BuiltBinary.Outcome {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var environment = ["HOTGRID_CACHE": folder.path, "HOTGRID_BOUNDARIES": ""]
    if let boundaries {
      let path = folder.appending(path: "counties.geojson")
      try Data(boundaries.utf8).write(to: path)
      environment["HOTGRID_BOUNDARIES"] = path.path
    }
    return try BuiltBinary.run(["locate"] + arguments, environment: environment)
  }

  private static func answer(_ arguments: [String], boundaries: String? = nil) throws -> Answer {
    let outcome = try locate(arguments + ["--json"], boundaries: boundaries)
    #expect(outcome.status == 0, "\(outcome.messages)")
    return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
  }

  @Test func `one place in four systems lies in one cell`() throws {
    // GCJ-02 and BD-09 of WGS 84 (116.42079, 39.90105) as published, to 1e-5 and 1e-4 degrees.
    let plain = try Self.answer(["--lon", "116.42079", "--lat", "39.90105"])
    #expect(plain.cell == "3000-1319-1447" && plain.counties.isEmpty)
    for (crs, x, y) in [
      ("cgcs2000", "116.42079", "39.90105"), ("gcj02", "116.42703", "39.90245"), ("bd09", "116.4335", "39.9085"),
    ] {
      let other = try Self.answer(["--lon", x, "--lat", y, "--crs", crs])
      #expect(other.cell == plain.cell && abs(other.x - plain.x) < 15 && abs(other.y - plain.y) < 15, "\(crs)")
    }
    let projected = try Self.answer([
      "--x", "39448688.856", "--y", "4418598.001", "--crs", "EPSG:4527", "--level", "500",
    ])
    #expect(abs(projected.longitude - 116.4) < 1e-7 && projected.cell == "500-7912-8687")
  }

  @Test func `western and southern positions are numbers, not options`() throws {
    let west = try Self.answer(["--lon", "-87.65", "--lat", "41.88", "--grid", "grids/conus.yml"])
    #expect(west.longitude == -87.65)
    #expect(try Self.answer(["--lon", "151.2", "--lat", "-33.9"]).latitude == -33.9)
  }

  @Test func `a cell inside one county is wholly its own`() throws {
    let square = """
      {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"110101","name":"东城区"},
      "geometry":{"type":"Polygon","coordinates":[[[116,39.5],[117,39.5],[117,40.2],[116,40.2],[116,39.5]]]}}]}
      """
    let found = try Self.answer(["--lon", "116.42079", "--lat", "39.90105"], boundaries: square)
    #expect(found.counties.map(\.code) == ["110101"] && abs(found.counties[0].share - 1) < 1e-12)
    #expect(try Self.answer(["--lon", "118", "--lat", "39.9"], boundaries: square).counties.isEmpty)
  }

  @Test(arguments: [
    (["--lon", "39.9", "--lat", "116.4"], Int32(1), "swapped"),
    (["--lon", "nan", "--lat", "39.9"], 1, "not a pair of numbers"),
    (["--lon", "116.4", "--lat", "39.9", "--level", "700"], 2, "3000, 500"),
    (["--lon", "116.4", "--lat", "39.9", "--crs", "EPSG:99999"], 2, "EPSG:99999"),
    (["--lon", "116.4", "--lat", "39.9", "--crs", "beijing54"], 2, "gcj02"),
    (["--lon", "116.4", "--lat", "39.9", "--grid", "grids/none.yml"], 2, "grids/none.yml"),
  ])
  func `what cannot be located is told with its remedy`(arguments: [String], status: Int32, words: String) throws {
    let outcome = try Self.locate(arguments)
    #expect(
      outcome.status == status && outcome.messages.contains(words) && outcome.output.isEmpty, "\(outcome.messages)")
    #expect(outcome.messages.contains("try:"))
  }
}
