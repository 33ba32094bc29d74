import Diagnostics
import Foundation
import GeoFormats
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
}

@Suite struct VectorReadingTests {
  static let features = """
    {"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"code":"130101","n":7,"v":2.5,"none":null},"geometry":{"type":"Polygon",
    "coordinates":[[[0,0],[10,0],[10,10],[0,0]],[[6,2],[8,2],[8,4],[6,2]]]}},
    {"type":"Feature","properties":{"code":"b"},"geometry":{"type":"MultiPolygon",
    "coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}},
    {"type":"Feature","properties":{"code":"c"},"geometry":{"type":"Point","coordinates":[116.4,39.9]}},
    {"type":"Feature","properties":{"code":"d"},"geometry":null}
    ]}
    """

  private static func read(_ path: String) throws -> [VectorFeature] {
    let file = try VectorFile(path: path)
    var found: [VectorFeature] = []
    try file.forEachFeature { found.append($0) }
    return found
  }

  @Test func `fields keep their types and rings lose their closing point`() throws {
    let scratch = try Scratch()
    let found = try Self.read(try scratch.file("a.geojson", Self.features))
    #expect(found.map(\.number) == [1, 2, 3, 4])
    #expect(found[0].fields == ["code": .text("130101"), "n": .integer(7), "v": .real(2.5)])
    #expect(found[0].polygons.count == 1 && found[0].polygons[0].map(\.count) == [3, 3])
    #expect(found[1].polygons.count == 2 && found[1].point == nil)
    #expect(found[2].point?.x == 116.4 && found[2].point?.y == 39.9 && found[2].polygons.isEmpty)
    #expect(found[3].point == nil && found[3].polygons.isEmpty)
  }

  @Test func `a GeoJSON without a crs says WGS 84, one with a crs member says that`() throws {
    let scratch = try Scratch()
    #expect(try VectorFile(path: scratch.file("a.geojson", Self.features)).coordinateSystem() == "EPSG:4326")
    let declared = Self.features.replacing(
      "\"FeatureCollection\",",
      with: "\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4527\"}},",
      maxReplacements: 1)
    #expect(try VectorFile(path: scratch.file("b.geojson", declared)).coordinateSystem() == "EPSG:4527")
  }

  @Test(arguments: ["", "no features here", "{\"type\":\"FeatureCollection\",\"features\":[{"])
  func `what is no vector file is refused with its path and what GDAL says`(text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("c.geojson", text)
    let error = #expect(throws: Problem.self) { _ = try Self.read(path) }
    #expect(error?.problem.contains(path) == true || error?.place?.file == path, "\(error?.problem ?? "")")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func `a file that is not there is named`() {
    let error = #expect(throws: Problem.self) { _ = try VectorFile(path: "/nowhere/a.geojson") }
    #expect(error?.problem.contains("/nowhere/a.geojson") == true)
  }
}

@Suite struct RasterReadingTests {
  static let ascii = """
    ncols 3
    nrows 2
    xllcorner 100
    yllcorner 30
    cellsize 0.5
    NODATA_value -9999
    1 2 -9999
    4 5.5 6

    """

  @Test func `an ASCII grid is read from its north-west corner with nodata as NaN`() throws {
    let scratch = try Scratch()
    let file = try RasterFile(path: try scratch.file("a.asc", Self.ascii))
    #expect(file.columns == 3 && file.rows == 2 && file.bandCount == 1)
    let corner = file.placement.point(column: 0, row: 0)
    #expect(corner.x == 100 && corner.y == 31)
    let end = file.placement.point(column: 3, row: 2)
    #expect(end.x == 101.5 && end.y == 30)
    let values = try file.read(band: 1, rows: 0..<2)
    #expect(values[0] == 1 && values[1] == 2 && values[2].isNaN && Array(values[3...]) == [4, 5.5, 6])
    #expect(try file.read(band: 1, rows: 1..<2) == [4, 5.5, 6])
    #expect(try file.read(band: 1, rows: 1..<1).isEmpty)
  }

  @Test func `scale and offset act on values and not on nodata`() throws {
    let scratch = try Scratch()
    _ = try scratch.file("a.asc", Self.ascii)
    let virtual = try scratch.file(
      "a.vrt",
      """
      <VRTDataset rasterXSize="3" rasterYSize="2"><GeoTransform>100, 0.5, 0, 31, 0, -0.5</GeoTransform>
      <VRTRasterBand dataType="Float32" band="1"><NoDataValue>-9999</NoDataValue><Scale>0.1</Scale><Offset>200</Offset>
      <Metadata><MDI key="time">2017-11-22T05:00Z</MDI></Metadata>
      <SimpleSource><SourceFilename relativeToVRT="1">a.asc</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
      </VRTRasterBand></VRTDataset>
      """)
    let file = try RasterFile(path: virtual)
    let values = try file.read(band: 1, rows: 0..<2)
    #expect(abs(values[0] - 200.1) < 1e-12 && values[2].isNaN && abs(values[4] - 200.55) < 1e-12)
    #expect(try file.metadata(band: 1)["time"] == "2017-11-22T05:00Z")
    #expect(file.coordinateSystem() == nil)
  }

  @Test func `a raster that does not say where it lies is refused`() throws {
    let scratch = try Scratch()
    let virtual = try scratch.file(
      "b.vrt",
      "<VRTDataset rasterXSize=\"2\" rasterYSize=\"2\"><VRTRasterBand dataType=\"Byte\" band=\"1\"/></VRTDataset>")
    let error = #expect(throws: Problem.self) { _ = try RasterFile(path: virtual) }
    #expect(error?.problem.contains("geotransform") == true)
  }

  @Test func `a band that is not there is a usage error`() throws {
    let scratch = try Scratch()
    let file = try RasterFile(path: try scratch.file("a.asc", Self.ascii))
    do throws(Problem) {
      _ = try file.read(band: 2, rows: 0..<1)
      Issue.record("band 2 of 1 was read")
    } catch {
      #expect(error.exitStatus == .usage && error.remedy == "use 1...1")
    }
  }

  static let hdf4 = TestFiles.sharedData("satellite/modis_hdf4/MOD09GA.A2008296.h14v17.006.2015181011753.hdf")

  @Test(.enabled(if: hdf4 != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `a container of many variables asks for one by name`() throws {
    let path = try #require(Self.hdf4).path
    let error = #expect(throws: Problem.self) { _ = try RasterFile(path: path) }
    #expect(error?.exitStatus == .usage && error?.remedy.contains("sur_refl_b01_1") == true, "\(error?.remedy ?? "")")
    let file = try RasterFile(path: path, variable: "sur_refl_b01_1")
    #expect(file.columns == 2400 && file.rows == 2400)
    #expect(file.coordinateSystem()?.contains("Sinusoidal") == true)
    // The tile h14v17 begins at row 17 of 18 from the pole: y = (9 - 17) tiles of 1,111,950.5197 m.
    #expect(abs(file.placement.point(column: 0, row: 0).y + 8 * 1_111_950.519_7) < 0.01)
    // gdal_translate to XYZ: 14,643 pixels hold 6504, 6864, 8056 and so on; the file's scale of 10000 divides.
    let values = try file.read(band: 1, rows: 0..<file.rows).filter { !$0.isNaN }
    #expect(values.count == 14_643)
    for (value, expected) in zip(values, [0.6504, 0.6864, 0.8056]) { #expect(abs(value - expected) < 1e-12) }
    // The sensor's distance is packed with a factor to multiply by: from 705 km upwards.
    let range = try RasterFile(path: path, variable: "Range_1")
    let metres = try range.read(band: 1, rows: 0..<range.rows).filter { !$0.isNaN }
    #expect(!metres.isEmpty && metres.allSatisfy { (600_000...1_700_000).contains($0) })
  }
}

@Suite struct MultidimReadingTests {
  @Test(.enabled(if: ContainerTests.tempo != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `arrays come with shape, unit and no fill value`() throws {
    let file = try MultidimFile(path: try #require(ContainerTests.tempo).path)
    #expect(
      file.arrayNames() == [
        "/geolocation/latitude", "/geolocation/longitude", "/geolocation/time", "/mirror_step",
        "/product/vertical_column_stratosphere", "/xtrack",
      ])
    let latitude = try file.read("geolocation/latitude")
    let column = try file.read("/product/vertical_column_stratosphere")
    #expect(latitude.shape == [132, 2048] && column.shape == latitude.shape && latitude.unit == "degrees_north")
    #expect(column.unit == "molecules/cm^2")
    let known = column.values.filter { !$0.isNaN }
    #expect(!known.isEmpty && known.allSatisfy { (1e14...1e17).contains($0) })
    #expect(try file.read("xtrack").values == (0..<2048).map(Double.init))
    #expect(try file.read("geolocation/time").shape == [132])
  }

  @Test(.enabled(if: ContainerTests.tempo != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `an array that is not there is answered with those that are`() throws {
    let file = try MultidimFile(path: try #require(ContainerTests.tempo).path)
    do throws(Problem) {
      _ = try file.read("product/no2")
      Issue.record("an absent array was read")
    } catch {
      #expect(error.exitStatus == .usage && error.remedy.contains("/product/vertical_column_stratosphere"))
    }
  }

  @Test func `a text file is no container`() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.nc4", "time,value\n")
    let error = #expect(throws: Problem.self) { _ = try MultidimFile(path: path) }
    #expect(error?.problem.contains(path) == true)
  }
}
