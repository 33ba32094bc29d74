import Foundation
import Ingest
import TestSupport
import Testing

/// What a plan says of months, of clusters of complaints and of the errors of a field, from hand-made synthetic files.
@Suite(
  .enabled(
    if: RegionSource.defaultBoundaries != nil, "the county boundaries were not derived (run tools/derive-boundaries)"))
struct PlanHistoryTests {
  private static let west = 114.3
  private static let south = 37.9
  private static let side = 20
  private static let step = 0.03

  /// A block of 3 x 3 pixels in the middle stands out; elsewhere values waver by a fixed pattern.
  private static func value(_ column: Int, _ row: Int, day: Int) -> Double {
    let isHot = (9...11).contains(column) && (9...11).contains(row)
    let waver = Double((column * 7 + row * 13 + day * 5) % 11) / 10 + Double(day) / 1000
    return isHot ? 160 + waver + (column == 10 && row == 10 ? 10 : 0) : 60 + waver
  }

  /// An ESRI ASCII grid of PM2.5, which GDAL reads; rows from north to south.
  private static func grid(day: Int) -> String {
    let rows = (0..<side).reversed().map { row in
      (0..<side).map { "\(value($0, row, day: day))" }.joined(separator: " ")
    }
    return """
      ncols \(side)
      nrows \(side)
      xllcorner \(west)
      yllcorner \(south)
      cellsize \(step)
      NODATA_value -9999
      \(rows.joined(separator: "\n"))

      """
  }

  /// Pixels of NO2 with the standard error `sigma`.
  private static func swath(sigma: Double) -> String {
    var lines = ["lon1,lat1,lon2,lat2,lon3,lat3,lon4,lat4,value,quality,sigma"]
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = (west + Double(column) * step, south + Double(row) * step)
        let corners = [(x, y), (x + step, y), (x + step, y + step), (x, y + step)].map { "\($0),\($1)" }
        lines.append(corners.joined(separator: ",") + ",\(value(column, row, day: 1)),1,\(sigma)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Sixty complaints spread over a month and a square, and nine from one place in the last three days.
  private static var complaints: String {
    var lines = ["complaint_id,time,lon,lat,category,text"]
    for k in 0..<60 {
      let day = 2 + k % 29
      lines.append(
        "S\(k),2017-10-\(day < 10 ? "0" : "")\(day)T09:00:00+08:00,\(west + Double(k * 37 % 60) / 100),"
          + "\(south + Double(k * 23 % 60) / 100),smell,synthetic")
    }
    for k in 0..<9 {
      lines.append(
        "B\(k),2017-10-\(29 + k % 3)T1\(k):00:00+08:00,\(114.51 + Double(k) / 2000),38.11,smoke,synthetic")
    }
    return lines.joined(separator: "\n")
  }

  private static func run(_ arguments: [String]) throws -> BuiltBinary.Outcome {
    let outcome = try BuiltBinary.run(arguments)
    #expect(outcome.status == 0, "\(arguments.joined(separator: " ")): \(outcome.messages)")
    return outcome
  }

  @Test func `months of one cell, a burst of complaints and a sure cluster become leads`() throws {
    let folder = try TestFiles.temporaryFolder()
    func write(_ text: String, _ name: String) throws -> String {
      let path = folder.appending(path: name).path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let workspace = folder.appending(path: "ws").path
    _ = try Self.run(["init", workspace, "--grid", "grids/2p26.yml"])
    // Sixteen days make half a month, in each of three months; the evidence day is the last of the third.
    let days = (8...10).flatMap { month in
      (1...16).map { "2017-\(month < 10 ? "0" : "")\(month)-\($0 < 10 ? "0" : "")\($0)" }
    }
    var rasters: [String] = []
    for (number, day) in (days + ["2017-10-31"]).enumerated() {
      rasters.append(try write(Self.grid(day: number), "synthetic-pm25-\(day).asc"))
    }
    _ = try Self.run(["ingest", "raster"] + rasters + ["--crs", "EPSG:4326", "--workspace", workspace, "--quiet"])
    let swath = try write(Self.swath(sigma: 0.5), "synthetic-no2-2017-10-31.csv")
    _ = try Self.run(["ingest", "swath", swath, "--workspace", workspace, "--quiet"])
    let complaints = try write(Self.complaints, "synthetic-complaints.csv")
    _ = try Self.run(["ingest", "complaints", complaints, "--workspace", workspace, "--quiet"])
    let plan = ["plan", "--date", "2017-11-01", "--targets", "5", "--seed", "s", "--json", "--workspace", workspace]
    let output = try Self.run(plan).output
    let summary = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    let leads = try #require(summary["leads"] as? [String: Int])
    // The one cell that was the highest of its city in August, September and October.
    #expect(leads["strike"] == 1, "\(leads)")
    #expect(leads["scan-cluster"] == 1, "\(leads)")
    let gaps = try #require(summary["gaps"] as? [String])
    #expect(gaps.contains { $0.contains("satellite: no error variances") }, "\(gaps)")
    #expect(!gaps.contains { $0.contains("swath-no2: no error variances") }, "\(gaps)")
    let cell = try Self.run(["cell", "3000-1275-1379", "--date", "2017-11-01", "--workspace", workspace]).output
    #expect(cell.contains("3 months running up to 2017-10"), "\(cell)")
    #expect(cell.contains("It is hot in 100 %"), "\(cell)")
    let burst = try Self.run(["cell", "3000-1272-1375", "--date", "2017-11-01", "--workspace", workspace]).output
    #expect(burst.contains("9 where 2.0 were expected"), "\(burst)")
    #expect(try Self.run(plan + ["--threads", "1"]).output == output)
  }
}
