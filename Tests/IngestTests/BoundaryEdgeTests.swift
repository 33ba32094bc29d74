import Diagnostics
import Foundation
import Geometry
import Grids
import Ingest
import TestSupport
import Testing

/// A folder with small files written for one test, removed when it goes away.
private final class Scratch {
  let folder: URL

  init() throws { folder = try TestFiles.temporaryFolder() }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String, _ text: String) throws -> String {
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  func names(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)) ?? []).sorted()
  }
}

private func collection(_ features: [(fields: String, ring: String)]) -> String {
  let parts = features.map {
    "{\"type\":\"Feature\",\"properties\":{\($0.fields)},"
      + "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[\($0.ring)]]}}"
  }
  return "{\"type\":\"FeatureCollection\",\"features\":[\(parts.joined(separator: ","))]}"
}

@Suite struct BoundaryFileTests {
  static let ring = "[114.1,38],[114.5,38],[114.5,38.3],[114.1,38.3],[114.1,38]"

  @Test(arguments: [
    "\"code\":\"130101\"", "\"adcode\":130101", "\"district_adcode\":\"130101\"", "\"CODE\":\"130101\"",
  ])
  func `a code is found under the names files use`(fields: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection([(fields, Self.ring)]))
    let found = try BoundaryFile.read(path: path, reference: nil, places: nil)
    #expect(found.map(\.county.code) == ["130101"] && found[0].county.cityCode == "130100")
    #expect(found[0].polygons[0][0].count == 4)
  }

  @Test func `a district of a municipality belongs to the municipality`() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection([("\"code\":\"120118\"", Self.ring)]))
    #expect(try BoundaryFile.read(path: path, reference: nil, places: nil)[0].county.cityCode == "120000")
  }

  @Test func `the user's word for the datum beats the file's`() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection([("\"code\":\"130101\"", Self.ring)]))
    let said = try BoundaryFile.read(path: path, reference: .gcj02, places: nil)[0].polygons[0][0][0]
    let back = ChinaDatum.gcj02(fromWGS84: said)
    #expect(abs(back.longitude - 114.1) < 1e-9 && abs(back.latitude - 38) < 1e-9)
    #expect(abs(said.longitude - 114.1) > 0.003)
  }

  @Test func `a file in Gauss-Krüger metres says so itself`() throws {
    let scratch = try Scratch()
    // EPSG:4527 of (116.4, 39.9) by pyproj 3.7.2, and 10 km around it.
    let ring =
      "[39448688.856,4418598.001],[39458688.856,4418598.001],[39458688.856,4428598.001],[39448688.856,4418598.001]"
    let text = collection([("\"code\":\"110101\"", ring)]).replacing(
      "\"FeatureCollection\",",
      with:
        "\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::4527\"}},",
      maxReplacements: 1)
    let first = try BoundaryFile.read(path: try scratch.file("a.geojson", text), reference: nil, places: nil)[0]
      .polygons[0][0][0]
    #expect(abs(first.longitude - 116.4) < 1e-7 && abs(first.latitude - 39.9) < 1e-7)
  }

  @Test(arguments: [
    ([("\"id\":1", ring)], "no six-digit county code"), ([("\"code\":\"1301\"", ring)], "no six-digit county code"),
    ([("\"code\":\"130101\"", ring), ("\"code\":\"130101\"", ring)], "features 1 and 2"),
    ([("\"code\":\"130101\"", "[38,114.1],[38,114.5],[38.3,114.5],[38,114.1]")], "swapped"), ([], "no counties"),
  ])
  func `what cannot be used is told with the feature`(features: [(String, String)], fault: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection(features.map { (fields: $0.0, ring: $0.1) }))
    let error = #expect(throws: Problem.self) { try BoundaryFile.read(path: path, reference: nil, places: nil) }
    #expect(error?.problem.contains(fault) == true && error?.problem.contains(path) == true, "\(error?.problem ?? "")")
  }
}

@Suite struct RegionCacheTests {
  @Test func `a region is built once, kept, and built anew when its file or level changes or the copy is damaged`()
    throws
  {
    let scratch = try Scratch()
    let grid = try Grid(definition: .national2p26)
    let folder = scratch.folder.appending(path: "cache").path
    func region(_ path: String, _ size: Int32) throws -> RegionSource.Outcome {
      try RegionSource.region(grid: grid, sizeMetres: size, boundariesPath: path, cacheFolder: folder)
    }
    let path = try scratch.file("a.geojson", collection([("\"code\":\"130102\"", BoundaryFileTests.ring)]))
    let built = try region(path, 3000)
    let kept = try region(path, 3000)
    #expect(!built.isFromCache && kept.isFromCache && built.region == kept.region)
    #expect(built.boundaryHash == kept.boundaryHash && built.boundaryHash.count == 64)
    #expect(!(try region(path, 500)).isFromCache)
    _ = try scratch.file("a.geojson", collection([("\"code\":\"130104\"", BoundaryFileTests.ring)]))
    let other = try region(path, 3000)
    #expect(!other.isFromCache && other.region.counties.map(\.code) == ["130104"])
    let files = scratch.names("cache").filter { $0.hasSuffix(".region") }
    #expect(files.count == 3)
    for name in files {
      try Data("HGREGION and nothing else".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    let again = try region(path, 3000)
    #expect(!again.isFromCache && again.region == other.region)
    #expect(try region(path, 3000).isFromCache)
  }

  @Test func `a kept region still tells what was repaired, and is not used without that`() throws {
    let scratch = try Scratch()
    let bowTie = "[114.1,38],[114.5,38.3],[114.5,38],[114.1,38.3],[114.1,38]"
    let path = try scratch.file("a.geojson", collection([("\"code\":\"130102\"", bowTie)]))
    func region() throws -> RegionSource.Outcome {
      try RegionSource.region(
        grid: try Grid(definition: .national2p26), sizeMetres: 3000, boundariesPath: path,
        cacheFolder: scratch.folder.appending(path: "cache").path)
    }
    let built = try region()
    let kept = try region()
    #expect(built.repairs.count == 1 && built.repairs[0].reason.contains("Self-intersection"))
    #expect(kept.isFromCache && kept.repairs == built.repairs)
    for name in scratch.names("cache") where name.hasSuffix(".json") {
      try FileManager.default.removeItem(at: scratch.folder.appending(path: "cache/\(name)"))
    }
    let again = try region()
    #expect(!again.isFromCache && again.repairs == built.repairs)
  }

  @Test func `names from the places table are not kept for a run with other names`() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection([("\"code\":\"130102\"", BoundaryFileTests.ring)]))
    func name(_ places: PlaceDirectory?) throws -> String {
      try RegionSource.region(
        grid: try Grid(definition: .national2p26), sizeMetres: 3000, boundariesPath: path, places: places,
        cacheFolder: scratch.folder.appending(path: "cache").path
      ).region.counties[0].name
    }
    #expect(try name(nil) == "130102")
    #expect(try name(PlacesFileTests.directory.get()) == "长安区")
  }

  @Test func `a cache that cannot be written costs nothing but time`() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection([("\"code\":\"130102\"", BoundaryFileTests.ring)]))
    let outcome = try RegionSource.region(
      grid: try Grid(definition: .national2p26), sizeMetres: 3000, boundariesPath: path, cacheFolder: "/proc/nowhere")
    #expect(!outcome.region.cells.isEmpty && !outcome.isFromCache)
  }

  @Test func `counties of other cities make no region`() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.geojson", collection([("\"code\":\"440106\"", BoundaryFileTests.ring)]))
    let error = #expect(throws: Problem.self) {
      try RegionSource.region(
        grid: try Grid(definition: .national2p26), sizeMetres: 3000, boundariesPath: path,
        cacheFolder: scratch.folder.path)
    }
    #expect(error?.problem.contains("none of the counties of 2p26") == true)
  }
}

@Suite struct RealRegionTests {
  @Test(.enabled(if: RealBoundaryTests.wgs84 != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `every county keeps its area and no cell is shared out twice`() throws {
    let grid = try Grid(definition: .national2p26)
    let path = "/vsigzip/" + (try #require(RealBoundaryTests.wgs84).path)
    let boundaries = try BoundaryFile.read(path: path, reference: .wgs84, places: nil)
    let (region, repairs) = RegionBuilder.build(
      name: "2p26", lattice: try grid.lattice(sizeMetres: 3000), projection: grid.projection, boundaries: boundaries)
    var areas = [Double](repeating: 0, count: region.counties.count)
    var fullest = 0.0
    for slot in region.cells.indices {
      var sum = 0.0
      for k in Int(region.shareStarts[slot])..<Int(region.shareStarts[slot + 1]) {
        sum += region.shares[k]
        areas[Int(region.shareCounties[k])] += region.shares[k] * 9e6
      }
      fullest = max(fullest, sum)
    }
    #expect(fullest <= 1 + 1e-9)
    var worst = 0.0
    let repaired = Dictionary(uniqueKeysWithValues: repairs.map { ($0.county.code, $0.areaAfter) })
    for (k, boundary) in boundaries.enumerated() {
      #expect(boundary.county.code == region.counties[k].code)
      let drawn = PlaneMultiPolygon(
        polygons: boundary.polygons.map { rings in
          let plane = rings.map { $0.map(grid.projection.forward) }
          return PlanePolygon(exterior: plane[0], holes: Array(plane.dropFirst()))
        }
      ).area
      let exact = repaired[boundary.county.code] ?? drawn
      worst = max(worst, abs(areas[k] / exact - 1))
    }
    #expect(worst < 1e-9)
  }
}
