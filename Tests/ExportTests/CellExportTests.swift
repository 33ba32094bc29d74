import Diagnostics
import Export
import Foundation
import FoundationXML
import GeoFormats
import Geometry
import Grids
import Quantities
import TestSupport
import Testing

@Suite struct CellExportTests {
  let grid: Grid
  let folder: URL

  init() throws {
    grid = try Grid(definition: .national2p26)
    folder = try TestFiles.temporaryFolder()
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private var rows: [ExportCell] {
    (0..<4).map { (k: Int32) -> ExportCell in
      let cell = CellID(sizeMetres: 3000, column: 1274 + k % 2, row: 1305 + k / 2)
      var row = ExportCell(cell: cell, period: .day(LocalDay(ordinal: 17_491)), value: 80.5 + Double(k))
      row.neighbours = 3
      row.p = 0.01
      row.z = k == 3 ? nil : 2.5
      row.bin = k == 3 ? 0 : Int(k)
      row.classification = k == 0 ? "" : "hot"
      row.reason = k == 3 ? "too few neighbours" : ""
      row.county = "裕华区"
      row.city = "石家庄市"
      return row
    }
  }

  private func features(_ path: String) throws -> [VectorFeature] {
    var features: [VectorFeature] = []
    try VectorFile(path: path).forEachFeature { features.append($0) }
    return features
  }

  @Test(arguments: VectorFormat.allCases.filter { $0 != .csv })
  func `every cell comes back in its place with its values`(format: VectorFormat) throws {
    let path = path("cells.\(format.rawValue)")
    try CellExport.write(rows.reversed(), grid: grid, to: path, format: format)
    let read = try features(path).sorted { ($0.fields["cell"]?.text ?? "") < ($1.fields["cell"]?.text ?? "") }
    try #require(read.count == 4)
    for feature in read {
      let cell = try #require(CellID(feature.fields["cell"]?.text ?? ""))
      let corners = try #require(feature.polygons.first?.first)
      #expect(corners.count == 4)
      let x = corners.reduce(0) { $0 + $1.x } / 4
      let y = corners.reduce(0) { $0 + $1.y } / 4
      let isDegrees = format.isAlwaysWGS84
      let centre = isDegrees ? grid.projection.forward(LonLat(longitude: x, latitude: y)) : PlanePoint(x: x, y: y)
      let wanted = try grid.lattice(sizeMetres: 3000).centre(of: cell)
      // Seven decimals of a degree, and the bend of a parallel over 3 km.
      #expect(abs(centre.x - wanted.x) < 0.5 && abs(centre.y - wanted.y) < 0.5)
      #expect(feature.fields["county"] == .text("裕华区"))
      // GDAL guesses a date in GeoJSON and prints it with slashes.
      let period = feature.fields["period"]?.text.split(whereSeparator: { "-/".contains($0) }).joined(separator: "-")
      #expect(period == "2017-11-21")
    }
    #expect(read[1].fields["value"] == .real(82.5) && read[1].fields["bin"]?.text == "2")
    #expect(read[3].fields["z"] == nil && read[3].fields["reason"] == .text("too few neighbours"))
  }

  @Test func `CSV holds the centre of each cell`() throws {
    try CellExport.write(rows, grid: grid, to: path("cells.csv"), format: .csv)
    let lines = try String(contentsOfFile: path("cells.csv"), encoding: .utf8).split(separator: "\n")
    #expect(lines[0] == "cell,period,value,neighbours,z,p,p_perm,bin,class,reason,support,county,city,lon,lat")
    let fields = lines[1].split(separator: ",", omittingEmptySubsequences: false)
    let position = LonLat(longitude: try #require(Double(fields[13])), latitude: try #require(Double(fields[14])))
    #expect(grid.cell(at: position, sizeMetres: 3000)?.description == String(fields[0]))
  }

  @Test func `a GeoPackage opens coloured in QGIS`() throws {
    try CellExport.write(rows, grid: grid, to: path("hot.gpkg"), format: .geoPackage)
    // The style table is the second layer; read it as SQLite would show it.
    let style = try #require(try StyleRow.read(path("hot.gpkg")))
    #expect(style.layer == "cells" && style.geometry == "geom" && style.isDefault)
    let document = try XMLDocument(xmlString: style.qml.split(separator: "\n").dropFirst().joined())
    let categories = try document.nodes(forXPath: "//category")
    #expect(categories.count == 7)
    #expect(try document.nodes(forXPath: "//renderer-v2/@attr").first?.stringValue == "bin")
    #expect(try document.nodes(forXPath: "//category[@value='3']/@label").first?.stringValue?.contains("热点") == true)
  }

  @Test func `GeoJSON and KML refuse another system`() throws {
    for format in [VectorFormat.geoJSON, .kml] {
      let problem = #expect(throws: Problem.self) {
        try CellExport.write(rows, grid: grid, to: path("x"), format: format, reference: .grid)
      }
      #expect(problem?.exitStatus == .usage)
    }
  }

  @Test func `a shapefile may be in degrees of CGCS2000`() throws {
    try CellExport.write(rows, grid: grid, to: path("cells.shp"), format: .shapefile, reference: .cgcs2000)
    #expect(try String(contentsOfFile: path("cells.prj"), encoding: .utf8).contains("China_2000"))
    let corner = try #require(try features(path("cells.shp")).first?.polygons.first?.first?.first)
    #expect((100...120).contains(corner.x) && (30...45).contains(corner.y))
  }

  @Test func `a GeoTIFF has its north row first and knows what is absent`() throws {
    var rows = rows
    rows.remove(at: 1)
    try CellExport.writeRaster(rows, grid: grid, to: path("cells.tif"), unit: "µg/m³")
    let file = try RasterFile(path: path("cells.tif"))
    #expect(file.columns == 2 && file.rows == 2 && file.bandCount == 3)
    let values = try file.read(band: 1, rows: 0..<2)
    #expect(values[0] == 82.5 && values[1] == 83.5 && values[2] == 80.5 && values[3].isNaN)
    #expect(try file.read(band: 2, rows: 0..<1)[1].isNaN)
    let corner = file.placement.point(column: 0, row: 2)
    let box = try grid.lattice(sizeMetres: 3000).box(of: rows[0].cell)
    #expect(corner.x == box.minX && corner.y == box.minY)
  }

  @Test func `a GeoTIFF of two periods is refused with the option that helps`() throws {
    var rows = rows
    rows[0].period = .day(LocalDay(ordinal: 17_490))
    let problem = #expect(throws: Problem.self) {
      try CellExport.writeRaster(rows, grid: grid, to: path("cells.tif"))
    }
    #expect(problem?.remedy.contains("--period 2017-11-21") == true)
  }

  @Test func `targets and firms keep their Chinese names and places`() throws {
    let target = ExportTarget(
      id: "E-91130100601702XXXX", kind: "enterprise", name: "合成“钢铁”有限公司 & 分厂", countyCode: "130108",
      county: "裕华区", city: "石家庄市", cell: CellID(sizeMetres: 3000, column: 1274, row: 1305),
      position: LonLat(longitude: 114.53, latitude: 38.02), score: 12.5, parts: "hotspot=5;base=1", leads: "hotspot",
      statement: "cell is hot", inclusionProbability: 0.25, ticket: "00ff", isDrawn: true, team: "", isSynthetic: true)
    for format in [VectorFormat.geoJSON, .shapefile, .geoPackage] {
      let path = path("targets.\(format.rawValue)")
      try TargetsFile.write([target], date: "2017-11-22", grid: grid, to: path, format: format)
      let read = try #require(try features(path).first)
      #expect(read.fields["name"] == .text("合成“钢铁”有限公司 & 分厂") && read.fields["drawn"]?.text == "1")
      #expect(read.fields[format == .shapefile ? "incl_prob" : "inclusion_probability"] == .real(0.25))
    }
    let firm = ExportEnterprise(
      creditCode: "91", name: "厂", industryCode: "C3110", countyCode: "130108", grade: "", status: "", position: nil)
    #expect(try PlaceExport.write([firm], grid: grid, to: path("e.gpkg"), format: .geoPackage) == 1)
    try PlaceExport.write([firm], grid: grid, to: path("e.csv"), format: .csv)
    #expect(try String(contentsOfFile: path("e.csv"), encoding: .utf8).contains("\n91,厂,C3110,130108,,,,\n"))
  }

  @Test func `every shapefile name has at most ten bytes and none twice`() {
    for names in [CellExport.fieldNames, TargetsFile.fieldNames] {
      #expect(names.allSatisfy { $0.shapefile.utf8.count <= 10 })
      #expect(Set(names.map(\.shapefile)).count == names.count)
    }
  }
}

/// The style of a GeoPackage, found in its SQLite file through the `layer_styles` layer.
struct StyleRow {
  let layer: String
  let geometry: String
  let qml: String
  let isDefault: Bool

  static func read(_ path: String) throws -> StyleRow? {
    var row: StyleRow?
    try VectorFile(path: path, layer: "layer_styles").forEachFeature { feature in
      row = StyleRow(
        layer: feature.fields["f_table_name"]?.text ?? "", geometry: feature.fields["f_geometry_column"]?.text ?? "",
        qml: feature.fields["styleQML"]?.text ?? "", isDefault: feature.fields["useAsDefault"]?.text == "1")
    }
    return row
  }
}
