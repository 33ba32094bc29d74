import Diagnostics
import Foundation
import Geometry
import Grids
import Ingest
import TestSupport
import Testing

@Suite struct GridFileTests {
  @Test func `the committed grid is the built-in one`() throws {
    let file = try GridFile.read(path: TestFiles.repository.appending(path: "grids/2p26.yml").path)
    #expect(file.grid.definition == .national2p26)
  }

  @Test(arguments: [
    ("name: x\ncolour: red", "unknown key colour"), ("name: x", "missing"), ("- 1", "g.yml"),
    (
      "name: x\ncrs: \"+proj=merc\"\norigin: {x: 0, y: 0}\nlevels_metres: [3000]\nregion: {name: r, codes: []}",
      "Albers"
    ),
    (
      "name: x\ncrs: \"+proj=aea +lat_1=25 +lat_2=47\"\norigin: {x: 0, y: 0}\nlevels_metres: [3000, 700]\n"
        + "region: {name: r, codes: []}", "does not divide"
    ),
  ])
  func `a wrong grid file is a usage error that names the fault`(text: String, fault: String) {
    let error = #expect(throws: Problem.self) { try GridFile.parse(text, file: "g.yml") }
    #expect(error?.exitStatus == .usage)
    #expect(error?.problem.contains(fault) == true, "\(error?.problem ?? "")")
  }
}

@Suite struct RealBoundaryTests {
  static let wgs84 = TestFiles.sharedData("boundaries/counties_2plus26_amap.geojson.gz")
  static let gcj02 = TestFiles.sharedData("boundaries/counties_2plus26_cnmaps_GCJ02.geojson.gz")

  @Test(.enabled(if: wgs84 != nil && gcj02 != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the forward GCJ-02 formula hits the raw file to 0_2 m`() throws {
    let plain = try BoundaryFile.read(path: "/vsigzip/" + #require(Self.wgs84).path, reference: .wgs84, places: nil)
    let raw = try BoundaryFile.read(path: "/vsigzip/" + #require(Self.gcj02).path, reference: .wgs84, places: nil)
    #expect(plain.count == 327 && plain.map(\.county.code) == raw.map(\.county.code))
    var offsets: [(east: Double, north: Double)] = []
    for (a, b) in zip(plain, raw) where a.polygons.count == 1 && b.polygons.count == 1 {
      for point in a.polygons[0][0].enumerated().filter({ $0.offset % 40 == 0 }).map(\.element) {
        let moved = ChinaDatum.gcj02(fromWGS84: point)
        let near = b.polygons[0][0].map {
          (east: ($0.longitude - moved.longitude) * 87_000, north: ($0.latitude - moved.latitude) * 111_000)
        }.min { hypot($0.east, $0.north) < hypot($1.east, $1.north) }
        // Some vertices were thinned out of one of the two files and have no partner.
        if let near, hypot(near.east, near.north) < 2 { offsets.append(near) }
      }
    }
    #expect(offsets.count > 1000)
    // The WGS 84 file is rounded to 1e-5 degrees, up to half a metre each way: single vertices scatter by that much,
    // and what the formula itself is off by shows in the mean.
    let count = Double(offsets.count)
    #expect(abs(offsets.reduce(0) { $0 + $1.east } / count) < 0.2)
    #expect(abs(offsets.reduce(0) { $0 + $1.north } / count) < 0.2)
    #expect(offsets.map { hypot($0.east, $0.north) }.sorted()[offsets.count / 2] < 0.5)
  }

  @Test(.enabled(if: wgs84 != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the 28 cities touch about 31,700 cells`() throws {
    let grid = try Grid(definition: .national2p26)
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = "/vsigzip/" + (try #require(Self.wgs84).path)
    let boundaries = try BoundaryFile.read(path: path, reference: .wgs84, places: nil)
    let built = RegionBuilder.build(
      name: "2p26", lattice: try grid.lattice(sizeMetres: 3000), projection: grid.projection, boundaries: boundaries)
    #expect(built.region.counties.count == 327)
    #expect(Set(built.region.counties.map(\.cityCode)).count == 28)
    #expect((31_500...31_900).contains(built.region.cells.count), "\(built.region.cells.count)")
    // About 274,400 km² by the project's own measurement.
    let area = built.region.shares.reduce(0, +) * 9
    #expect((272_000...277_000).contains(area), "\(area) km²")
  }

  @Test func `without boundaries the remedy is the set-up`() throws {
    let grid = try Grid(definition: .national2p26)
    let error = #expect(throws: Problem.self) {
      try RegionSource.region(grid: grid, sizeMetres: 3000, boundariesPath: "/nowhere/counties.geojson")
    }
    #expect(error?.problem.contains("/nowhere/counties.geojson") == true)
  }
}
