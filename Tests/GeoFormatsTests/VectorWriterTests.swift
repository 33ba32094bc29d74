import Diagnostics
import Foundation
import GeoFormats
import TestSupport
import Testing

@Suite struct VectorWriterTests {
  static let albers =
    "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
  static let fields = [VectorField("name", .text), VectorField("count", .integer), VectorField("value", .real)]
  /// Clockwise on purpose.
  static let square = [
    FilePoint(x: 114, y: 38), FilePoint(x: 114, y: 39), FilePoint(x: 115, y: 39), FilePoint(x: 115, y: 38),
  ]

  private func write(
    _ format: VectorFormat, to url: URL, crs: String = "EPSG:4326", geometry: VectorLayer.Geometry = .polygon,
    bom: Bool = false
  ) throws {
    var writer = try VectorWriter(
      path: url.path, format: format,
      layer: VectorLayer(name: "cells", fields: Self.fields, geometry: geometry, coordinateSystem: crs),
      hasByteOrderMark: bom)
    let shape: VectorShape = geometry == .point ? .point(Self.square[0]) : .polygon([Self.square])
    try writer.write(shape, [.text("滦州市 \"A&B\" <钢铁>, 厂"), .integer(3_000_000_000), .real(0.1)])
    try writer.write(shape, [nil, nil, nil])
    try writer.commit()
  }

  private func features(_ url: URL) throws -> [VectorFeature] {
    var features: [VectorFeature] = []
    try VectorFile(path: url.path).forEachFeature { features.append($0) }
    return features
  }

  @Test(arguments: [VectorFormat.geoPackage, .geoJSON, .flatGeobuf, .shapefile, .kml])
  func `Chinese text, numbers and nulls come back from every format`(format: VectorFormat) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.\(format.rawValue)")
    try write(format, to: url)
    // FlatGeobuf orders features by place.
    let read = try features(url).sorted { $0.fields.count > $1.fields.count }
    try #require(read.count == 2)
    // KML has its own place for a name.
    #expect((read[0].fields["name"] ?? read[0].fields["Name"]) == .text("滦州市 \"A&B\" <钢铁>, 厂"))
    #expect(read[0].fields["count"]?.text == "3000000000")
    #expect(read[0].fields["value"] == .real(0.1))
    #expect(read[1].fields["value"] == nil)
    #expect(Set(read[0].polygons[0][0]) == Set(Self.square))
  }

  @Test(arguments: VectorFormat.allCases)
  func `the same features give the same bytes`(format: VectorFormat) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (first, second) = (folder.appending(path: "one"), folder.appending(path: "two"))
    for folder in [first, second] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(format, to: folder.appending(path: "cells.\(format.rawValue)"))
      // Times in files have whole seconds.
      if folder == first { Thread.sleep(forTimeInterval: 1.1) }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: first.path).sorted()
    #expect(names.count == (format == .shapefile ? 5 : 1), "no temporary file stays behind")
    for name in names {
      #expect(try Data(contentsOf: first.appending(path: name)) == Data(contentsOf: second.appending(path: name)))
    }
  }

  @Test func `rings of GeoJSON turn counter-clockwise and coordinates have no system`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.geojson")
    try write(.geoJSON, to: url)
    let object = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    #expect(object["crs"] == nil)
    let feature = try #require((object["features"] as? [[String: Any]])?.first)
    let geometry = try #require(feature["geometry"] as? [String: Any])
    let ring = try #require((geometry["coordinates"] as? [[[Double]]])?.first)
    #expect(ring.first == ring.last)
    let doubleArea = zip(ring, ring.dropFirst()).reduce(0) { $0 + $1.0[0] * $1.1[1] - $1.1[0] * $1.0[1] }
    #expect(doubleArea > 0)
  }

  @Test func `a shapefile says its encoding and its system`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(.shapefile, to: folder.appending(path: "cells.shp"), crs: Self.albers)
    #expect(try String(contentsOf: folder.appending(path: "cells.cpg"), encoding: .utf8) == "UTF-8")
    #expect(try String(contentsOf: folder.appending(path: "cells.prj"), encoding: .utf8).contains("Albers"))
  }

  @Test(arguments: [VectorFormat.geoPackage, .flatGeobuf])
  func `the Albers system survives with its parallels`(format: VectorFormat) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.\(format.rawValue)")
    try write(format, to: url, crs: Self.albers)
    let system = try #require(try VectorFile(path: url.path).coordinateSystem())
    #expect(system.contains("Albers") && system.contains("\"standard_parallel_2\",47"))
  }

  @Test func `CSV begins with a byte order mark only when asked`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.csv")
    try write(.csv, to: url, geometry: .none, bom: true)
    let marked = try Data(contentsOf: url)
    #expect(Array(marked.prefix(3)) == [0xEF, 0xBB, 0xBF])
    try write(.csv, to: url, geometry: .none)
    let plain = try String(contentsOf: url, encoding: .utf8)
    #expect(Data(plain.utf8) == marked.dropFirst(3))
    #expect(plain.hasPrefix("name,count,value\n\"滦州市 \"\"A&B\"\" <钢铁>, 厂\",3000000000,0.1\n"))
  }

  @Test(arguments: [VectorFormat.shapefile, .csv, .geoPackage])
  func `folders and files may have Chinese names`(format: VectorFormat) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let inner = folder.appending(path: "石家庄市")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try write(format, to: inner.appending(path: "裕华区.\(format.rawValue)"))
    let names = try FileManager.default.contentsOfDirectory(atPath: inner.path)
    #expect(names.contains("裕华区.\(format.rawValue)") && names.count == (format == .shapefile ? 5 : 1))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["石家庄市"])
  }

  @Test func `what is not committed leaves nothing, and an old file stays`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.gpkg")
    try Data("old".utf8).write(to: url)
    do {
      var writer = try VectorWriter(
        path: url.path, format: .geoPackage, layer: VectorLayer(name: "cells", fields: Self.fields, geometry: .point))
      try writer.write(.point(Self.square[0]), [.text("x"), nil, nil])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["cells.gpkg"])
    #expect(try Data(contentsOf: url) == Data("old".utf8))
  }

  @Test func `a folder that is not there and a system nobody knows are told with a remedy`() throws {
    let missing = URL(filePath: "/no-such-folder/cells.gpkg")
    let problem = #expect(throws: Problem.self) { try write(.geoPackage, to: missing) }
    #expect(problem?.problem.contains("No such file or directory") == true)
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let unknown = #expect(throws: Problem.self) {
      try write(.geoPackage, to: folder.appending(path: "a.gpkg"), crs: "EPSG:999999")
    }
    #expect(unknown?.exitStatus == .usage && unknown?.problem.contains("EPSG:999999") == true)
    #expect(throws: Problem.self) { try write(.geoJSON, to: folder.appending(path: "a.geojson"), crs: Self.albers) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}

@Suite struct RasterWriterTests {
  @Test func `a GeoTIFF comes back with place, names, units and no data`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["a.tif", "b.tif"].map { folder.appending(path: $0).path }
    let writer = RasterWriter(
      columns: 3, rows: 2, placement: RasterPlacement(west: 822_000, north: 3_918_000, cellSize: 3000),
      coordinateSystem: VectorWriterTests.albers, metadata: [("period", "2017-11-21"), ("data", "synthetic")])
    let bands = [
      RasterBand(name: "value", unit: "µg/m³", values: [1.5, .nan, 3, 4, 5, 6]),
      RasterBand(name: "z", values: [0, -1.25, .nan, 2, 0.1, 1e-9]),
    ]
    for path in paths { try writer.write(bands, to: path) }
    #expect(try Data(contentsOf: URL(filePath: paths[0])) == Data(contentsOf: URL(filePath: paths[1])))
    let file = try RasterFile(path: paths[0])
    #expect(file.columns == 3 && file.rows == 2 && file.bandCount == 2)
    #expect(file.placement.coefficients == [822_000, 3000, 0, 3_918_000, 0, -3000])
    #expect(try file.metadata(band: 1)["period"] == "2017-11-21")
    #expect(file.coordinateSystem()?.contains("Albers") == true)
    let values = try file.read(band: 2, rows: 0..<2)
    #expect(values[2].isNaN && values[1] == -1.25 && values[5] == 1e-9)
    #expect(try file.read(band: 1, rows: 0..<1)[1].isNaN)
  }

  @Test func `a folder in the way is refused and stays`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = RasterWriter(
      columns: 1, rows: 1, placement: RasterPlacement(west: 0, north: 1, cellSize: 1), coordinateSystem: "EPSG:4326")
    #expect(throws: Problem.self) {
      try writer.write([RasterBand(name: "value", values: [1])], to: folder.path)
    }
    #expect(FileManager.default.fileExists(atPath: folder.path))
  }
}
