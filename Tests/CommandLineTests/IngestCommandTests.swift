import Foundation
import TestSupport
import Testing

/// A workspace over one square county, made by the built binary.
struct SmallWorkspace {
  let folder: URL
  var path: String { folder.appending(path: "ws").path }
  var database: String { "\(path)/hotgrid.sqlite" }

  init() throws {
    folder = try TestFiles.temporaryFolder()
    try write(
      "grid.yml",
      """
      name: small
      crs: "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
      origin: { x: -3000000, y: 0 }
      levels_metres: [3000, 500]
      region: { name: small, codes: ["130108"] }
      """)
    try write(
      "counties.geojson",
      """
      {"type": "FeatureCollection", "features": [{"type": "Feature",
       "properties": {"code": "130108", "name": "裕华区", "city_code": "130100", "city_name": "石家庄市"},
       "geometry": {"type": "Polygon", "coordinates":
        [[[114.4, 37.9], [114.6, 37.9], [114.6, 38.1], [114.4, 38.1], [114.4, 37.9]]]}}]}
      """)
    let made = try run(["init", path, "--grid", file("grid.yml"), "--boundaries", file("counties.geojson")])
    try #require(made.status == 0, "\(made.messages)")
  }

  func file(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  func run(_ arguments: [String]) throws -> BuiltBinary.Outcome {
    try BuiltBinary.run(
      arguments,
      environment: ["HOTGRID_WORKSPACE": path, "HOTGRID_CACHE": folder.appending(path: "cache").path])
  }

  func ingest(_ arguments: String...) throws -> BuiltBinary.Outcome {
    try run(["ingest"] + arguments + ["--now", "2018-01-01T00:00:00+08:00"])
  }
}

@Suite struct IngestCommandTests {
  private static let firms = """
    uscc,name,industry_code,lon,lat,crs
    91130200699229617X,甲厂,3011,114.506,38.001,gcj02
    911302006992296170,乙厂,3011,114.506,38.001,gcj02

    """

  @Test func `a file goes in once, with its rejects beside the workspace`() throws {
    let workspace = try SmallWorkspace()
    try workspace.write("firms.csv", Self.firms)
    let first = try workspace.ingest("enterprises", workspace.file("firms.csv"))
    #expect(first.status == 0 && first.messages.contains("2 rows, 1 kept"), "\(first.messages)")
    let rejects = try FileManager.default.contentsOfDirectory(atPath: "\(workspace.path)/rejects")
    let name = try #require(rejects.first)
    #expect(rejects.count == 1 && name.hasPrefix("firms.csv."))
    #expect(
      try String(contentsOfFile: "\(workspace.path)/rejects/\(name)", encoding: .utf8)
        == "line,reason,text\n3,credit code fails its check character,"
        + "\"911302006992296170,乙厂,3011,114.506,38.001,gcj02\"\n")
    let again = try workspace.ingest("enterprises", workspace.file("firms.csv"))
    #expect(again.status == 0 && again.messages.contains("nothing to do"))
    let status = try workspace.run(["status"])
    #expect(status.output.contains("1 enterprises") && status.output.contains("no plan yet"), "\(status.output)")
  }

  @Test func `strict keeps the good rows and ends with 3`() throws {
    let workspace = try SmallWorkspace()
    try workspace.write("firms.csv", Self.firms)
    let strict = try workspace.ingest("enterprises", workspace.file("firms.csv"), "--strict")
    #expect(strict.status == 3)
    #expect(try workspace.run(["status"]).output.contains("1 enterprises"))
  }

  @Test func `a manifest takes a folder in, registers first`() throws {
    let workspace = try SmallWorkspace()
    try workspace.write("manifest.csv", "kind,file,crs,note\npower,p.csv,,synthetic\nmeters,m.csv,gcj02,synthetic\n")
    try workspace.write("m.csv", "meter_id,uscc,tariff,lon,lat\nM1,,industrial,114.5,38\n")
    try workspace.write("p.csv", "meter_id,circuit,time,kwh\nM1,total,2017-11-21T00:15,3\n")
    let outcome = try workspace.ingest("manifest", workspace.file("manifest.csv"), "--json")
    #expect(outcome.status == 0, "\(outcome.messages)")
    let order = outcome.output.split(separator: "\n").filter { $0.contains("\"kind\"") }
    #expect(order.count == 2 && order[0].contains("meters") && order[1].contains("power"))
    let status = try workspace.run(["status", "--json"])
    #expect(status.output.contains("--crs gcj02") && status.output.contains("synthetic"))
    #expect(status.output.contains("\"load_curves\" : 1"))
  }

  @Test func `each way of going wrong says what, where and what to do`() throws {
    let workspace = try SmallWorkspace()
    try workspace.write("firms.csv", Self.firms)
    try workspace.write("empty.csv", "")
    let cases: [(arguments: [String], status: Int32, problem: String)] = [
      (["enterprises", workspace.file("none.csv")], 1, "cannot read"),
      (["enterprises", workspace.file("empty.csv")], 1, "is empty"),
      (["enterprises", workspace.path], 1, "is not a file"),
      (["power", workspace.file("firms.csv")], 1, "no column meter_id"),
      (["weather", workspace.file("firms.csv")], 2, "is not a kind"),
      (["enterprises", workspace.file("firms.csv"), "--crs", "mars"], 2, "mars"),
      (["enterprises", workspace.file("firms.csv"), "--encoding", "latin1"], 2, "latin1"),
      (
        ["enterprises", workspace.file("firms.csv"), "--workspace", workspace.folder.path], 2, "not a hotgrid workspace"
      ),
    ]
    for (arguments, status, problem) in cases {
      let outcome = try workspace.run(["ingest"] + arguments)
      #expect(outcome.status == status, "\(arguments): \(outcome.messages)")
      #expect(outcome.messages.contains(problem) && outcome.messages.contains("try: "), "\(outcome.messages)")
    }
    #expect(try workspace.run(["status"]).output.contains("files     0"))
  }

  @Test func `the user's own boundaries replace the county of what is stored`() throws {
    let workspace = try SmallWorkspace()
    try workspace.write("stations.csv", "station_id,name,kind,lon,lat\nA,东,micro,114.55,38.0\n")
    #expect(try workspace.ingest("stations", workspace.file("stations.csv"), "--crs", "wgs84").status == 0)
    // The county now ends west of the station.
    let west = try String(contentsOfFile: workspace.file("counties.geojson"), encoding: .utf8)
      .replacing("114.6", with: "114.45")
    try workspace.write("west.geojson", west)
    let outcome = try workspace.ingest("boundaries", workspace.file("west.geojson"))
    #expect(outcome.status == 0 && outcome.messages.contains("1 counties"), "\(outcome.messages)")
    #expect(try sqlite(workspace, "SELECT count(*) FROM station WHERE county IS NULL") == "1")
    #expect(try sqlite(workspace, "SELECT value FROM setting WHERE name = 'boundaries_path'").contains("west.geojson"))
  }

  @Test(
    .enabled(
      if: TestFiles.sharedData("aq_national/stations_cnemc_20190723.csv") != nil,
      Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the national list's mixed datums are reported per station and not converted`() throws {
    let workspace = try SmallWorkspace()
    let list = try #require(TestFiles.sharedData("aq_national/stations_cnemc_20190723.csv")).path
    let conflicts = try #require(
      TestFiles.sharedData("aq_national/station_coordinate_conflicts_2019_vs_2022.csv"))
    let rows = try String(contentsOf: conflicts, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    try workspace.write(
      "s2022.csv",
      "station_id,name,kind,lon,lat\n" + rows.map { "\($0[0]),\($0[1]),national,\($0[3]),\($0[4])\n" }.joined())
    let first = try workspace.ingest("stations", list, "--crs", "wgs84")
    #expect(first.status == 0 && first.messages.contains("1499 kept"), "\(first.messages)")
    let second = try workspace.ingest("stations", workspace.file("s2022.csv"), "--crs", "wgs84")
    #expect(second.status == 0 && second.messages.contains("nothing was converted"), "\(second.messages)")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: "\(workspace.path)/rejects").first {
        $0.hasSuffix(".positions.csv")
      })
    let report = try String(contentsOfFile: "\(workspace.path)/rejects/\(name)", encoding: .utf8)
    let found = report.split(separator: "\n").filter { $0.contains("other source looks like BD-09") }
      .map { $0.prefix { $0 != "," } }
    // The list of conflicts was made by others; it names 14 stations of 2019 as BD-09.
    #expect(found == rows.filter { $0.last == "2019 list is BD-09" }.map { $0[0] }.sorted())
    #expect(found.count == 14)
    #expect(
      try sqlite(
        workspace,
        "SELECT lon FROM station JOIN station_name ON number = station WHERE station_id = '1029A' ORDER BY file")
        == "114.4548")
  }

  @Test func `a killed ingest leaves the workspace as it was or with the whole file`() throws {
    let workspace = try SmallWorkspace()
    var text = "meter_id,circuit,time,kwh\n"
    for meter in 0..<400 {
      for step in 0..<96 {
        let time = "2017-11-21T\(step / 4 < 10 ? "0" : "")\(step / 4):\(["00", "15", "30", "45"][step % 4])"
        text += "M\(meter),total,\(time),\(meter * step % 977)\n"
      }
    }
    try workspace.write("p.csv", text)
    for milliseconds in [20, 120, 250, 400, 600, 900] {
      let process = Process()
      process.executableURL = BuiltBinary.url
      process.arguments = ["ingest", "power", workspace.file("p.csv"), "--quiet", "--workspace", workspace.path]
      try process.run()
      usleep(UInt32(milliseconds) * 1000)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(try sqlite(workspace, "PRAGMA integrity_check") == "ok")
      let files = try sqlite(workspace, "SELECT count(*) FROM input_file")
      let curves = try sqlite(workspace, "SELECT coalesce(sum(row_count), 0) FROM load_day")
      #expect((files == "0" && curves == "0") || (files == "1" && curves == "400"), "\(files) files, \(curves) curves")
    }
    let last = try workspace.ingest("power", workspace.file("p.csv"))
    #expect(last.status == 0, "\(last.messages)")
    #expect(try sqlite(workspace, "SELECT sum(row_count) FROM load_day") == "400")
  }

  /// The first value of a query, by a library that shares no code with ours.
  private func sqlite(_ workspace: SmallWorkspace, _ query: String) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let script = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"
    process.arguments = ["python3", "-c", script, workspace.database, query]
    process.standardOutput = pipe
    try process.run()
    process.waitUntilExit()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

@Suite struct InitCommandTests {
  @Test func `a workspace is made once and names its region`() throws {
    let workspace = try SmallWorkspace()
    let again = try workspace.run(["init", workspace.path])
    #expect(again.status == 2 && again.messages.contains("already holds"))
    let other = try workspace.run([
      "init", workspace.file("ws2"), "--grid", workspace.file("grid.yml"), "--boundaries",
      workspace.file("counties.geojson"), "--json",
    ])
    #expect(other.output.contains("\"counties\" : 1"), "\(other.messages)")
  }

  @Test func `a policy or grid that is not there is a usage error and leaves no folder`() throws {
    let workspace = try SmallWorkspace()
    for arguments in [["--grid", "nowhere.yml"], ["--policy", "nowhere.yml"]] {
      let outcome = try workspace.run(["init", workspace.file("ws3")] + arguments)
      #expect(outcome.status == 2 && outcome.messages.contains("nowhere.yml"))
    }
    #expect(!FileManager.default.fileExists(atPath: workspace.file("ws3")))
  }
}
