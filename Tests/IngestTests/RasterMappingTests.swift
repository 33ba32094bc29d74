import Diagnostics
import Foundation
import GeoFormats
import Geometry
import Gridding
import Grids
import Ingest
import Quantities
import TestSupport
import Testing

/// Small synthetic rasters written for one test.
private struct Scratch: ~Copyable {
  let folder: URL
  init() throws { folder = try TestFiles.temporaryFolder() }
  deinit { try? FileManager.default.removeItem(at: folder) }

  func raster(
    _ name: String, columns: Int, rows: Int, _ coefficients: [Double], _ crs: String, values: [Double]
  ) throws -> String {
    let path = folder.appending(path: name).path
    try RasterWriter(
      columns: columns, rows: rows, placement: RasterPlacement(coefficients: coefficients), coordinateSystem: crs
    ).write([RasterBand(name: "synthetic", values: values)], to: path)
    return path
  }
}

@Suite struct RasterMappingTests {
  let grid: Grid
  init() throws { grid = try Grid(definition: .national2p26) }

  private func map(
    _ path: String, crs: CoordinateReference? = nil, variable: String? = nil, limits: PlaneBox? = nil,
    sizeMetres: Int32 = 3000, threads: Int = 2
  ) throws -> MappedField {
    try RasterMapping.cells(
      path: path, variable: variable, band: 1, reference: crs, grid: grid, sizeMetres: sizeMetres, limits: limits,
      threads: threads, progress: SilentProgress())
  }

  /// Area-weighted means by GEOS intersections: the slow twin. Corners are those of the raster, straight in the plane.
  private func twin(
    columns: Int, rows: Int, values: [Double], cells: [CellID], node: (Int, Int) -> PlanePoint
  ) throws -> [(value: Double, coverage: Double)] {
    let lattice = try grid.lattice(sizeMetres: 3000)
    let context = GeosContext()
    return try cells.map { cell in
      let box = lattice.box(of: cell)
      let square = try GeosGeometry(
        PlaneMultiPolygon(polygons: [
          PlanePolygon(exterior: [
            PlanePoint(x: box.minX, y: box.minY), PlanePoint(x: box.maxX, y: box.minY),
            PlanePoint(x: box.maxX, y: box.maxY), PlanePoint(x: box.minX, y: box.maxY),
          ])
        ]), in: context)
      var (sum, area) = (0.0, 0.0)
      for pixel in 0..<columns * rows where !values[pixel].isNaN {
        let (row, column) = (pixel / columns, pixel % columns)
        let shape = PlanePolygon(exterior: [
          node(column, row), node(column + 1, row), node(column + 1, row + 1), node(column, row + 1),
        ])
        guard let around = shape.box, around.intersects(box) else { continue }
        let common = try square.intersection(
          try GeosGeometry(PlaneMultiPolygon(polygons: [shape]), in: context)
        ).area()
        sum += common * values[pixel]
        area += common
      }
      return (sum / area, area / box.area)
    }
  }

  @Test func `a rotated UTM raster equals GEOS intersections to 1e-9 of a cell`() throws {
    let scratch = try Scratch()
    // 1.1 km cells turned by about 20 degrees near Handan, with a hole.
    let a = [280_000.0, 1034, 376, 4_060_000, 376, -1034]
    var values = (0..<12 * 9).map { 30 + Double($0 % 17) * 1.7 }
    values[40] = .nan
    let path = try scratch.raster("synthetic.tif", columns: 12, rows: 9, a, "EPSG:32650", values: values)
    let mapped = try map(path)
    #expect(mapped.tally.mapped == 107 && mapped.tally.withoutValue == 1 && mapped.tally.total == 108)
    let converter = try PositionConverter(from: .proj("EPSG:32650"))
    var nodes: [PlanePoint] = []
    for row in 0...9 {
      for column in 0...12 {
        let (c, r) = (Double(column), Double(row))
        let x = a[0] + c * a[1] + r * a[2]
        let y = a[3] + c * a[4] + r * a[5]
        nodes.append(grid.projection.forward(try converter.wgs84(x: x, y: y)))
      }
    }
    let expected = try twin(columns: 12, rows: 9, values: values, cells: mapped.field.cells) { nodes[$1 * 13 + $0] }
    for slot in mapped.field.cells.indices {
      #expect(abs(mapped.field.coverages[slot] - expected[slot].coverage) < 1e-9)
      #expect(abs(mapped.field.values[slot] - expected[slot].value) < 1e-6)
    }
    let alone = try map(path, threads: 1).field
    #expect(alone.cells == mapped.field.cells && alone.values == mapped.field.values)
  }

  @Test func `cells a raster does not touch are absent and half-covered ones keep their mean`() throws {
    let scratch = try Scratch()
    // 1.5 km cells in the grid's own projection: column 1 of 3 km cells is covered by half.
    let crs = grid.definition.crs
    let x = -3_000_000.0 + 3000 * 1270
    let y = 3000.0 * 1300
    let path = try scratch.raster(
      "synthetic.tif", columns: 3, rows: 2, [x, 1500, 0, y + 3000, 0, -1500], crs, values: [1, 2, 7, 3, 4, 9])
    let field = try map(path).field
    #expect(field.cells.map(\.column) == [1270, 1271] && field.cells.map(\.row) == [1300, 1300])
    for (found, expected) in zip(field.values + field.coverages, [2.5, 8, 1, 0.5]) {
      #expect(abs(found - expected) < 1e-9)
    }
  }

  /// Half-degree cells: their edges along parallels bend by 30 m and more. The total over all cells is the true area of the
  /// quadrangle on the ellipsoid, here from the authalic formula (Snyder 1987, equation 3-12), not from any polygon.
  @Test func `coarse cells follow their parallels`() throws {
    let scratch = try Scratch()
    let path = try scratch.raster(
      "synthetic.tif", columns: 2, rows: 1, [115, 0.5, 0, 38, 0, -0.5], "EPSG:4326", values: [5, 5])
    let mapped = try map(path)
    let area = mapped.sums.weights.reduce(0, +) * 9e6
    let e2 = (1 / 298.257_222_101) * (2 - 1 / 298.257_222_101)
    let e = e2.squareRoot()
    func q(_ latitude: Double) -> Double {
      let s = Foundation.sin(latitude * .pi / 180)
      return (1 - e2) * (s / (1 - e2 * s * s) + Foundation.atanh(e * s) / e)
    }
    let exact = 6_378_137.0 * 6_378_137 * (1 * .pi / 180) * (q(38) - q(37.5)) / 2
    #expect(abs(area - exact) < 3e-6 * exact, "\(area / exact - 1)")
    #expect(mapped.field.values.allSatisfy { abs($0 - 5) < 1e-12 })
  }

  @Test func `longitudes from 0 to 360 and limits change nothing but the reading`() throws {
    let scratch = try Scratch()
    let values = (0..<3600).map { 1 + Double($0 % 13) }
    // 0.1 degree cells; the window is cut to the limits before it is read.
    let path = try scratch.raster(
      "synthetic.tif", columns: 60, rows: 60, [112, 0.1, 0, 40, 0, -0.1], "EPSG:4326", values: values)
    let all = try map(path)
    let lattice = try grid.lattice(sizeMetres: 3000)
    let middle = all.field.cells[all.field.cells.count / 2]
    let box = lattice.box(of: middle)
    let part = try map(path, limits: box)
    let slot = try #require(part.field.cells.firstIndex(of: middle))
    let same = try #require(all.field.cells.firstIndex(of: middle))
    #expect(abs(part.field.values[slot] - all.field.values[same]) < 1e-12)
    #expect(part.tally.outside > 3000 && part.tally.total == 3600)
  }

  @Test(arguments: [
    // Degrees under a metre system, metres under a degree system, swapped axes.
    ([115.0, 0.01, 0, 38, 0, -0.01], "EPSG:32650", "look like degrees"),
    ([500_000.0, 1000, 0, 4_200_000, 0, -1000], "EPSG:4326", "look like metres"),
    ([34.0, 0.01, 0, 117, 0, -0.01], "EPSG:4326", "look swapped"),
  ])
  func `a raster that lies about its coordinates is named`(a: [Double], crs: String, says: String) throws {
    let scratch = try Scratch()
    let path = try scratch.raster("synthetic.tif", columns: 2, rows: 2, a, crs, values: [1, 2, 3, 4])
    let error = #expect(throws: Problem.self) { _ = try map(path) }
    #expect(error?.problem.contains(says) == true, "\(error?.problem ?? "")")
    #expect(error?.remedy.contains("--crs") == true)
  }

  @Test func `a raster far outside the area of its system is mapped with a warning`() throws {
    let scratch = try Scratch()
    // UTM 50N is made for 114..120°E; a false easting of zone 30 puts the file elsewhere.
    let path = try scratch.raster(
      "synthetic.tif", columns: 2, rows: 2, [2_500_000, 1000, 0, 4_200_000, 0, -1000], "EPSG:32650",
      values: [1, 2, 3, 4])
    let notes = try map(path).notes
    #expect(notes.contains { $0.contains("is made for 114.0..120.0°E") }, "\(notes)")
  }

  @Test func `a curvilinear grid equals its pixels with corners from the neighbours`() throws {
    let path = TestFiles.fixture("synthetic/synthetic-curvilinear.nc").path
    let mapped = try map(path, variable: "pm25")
    #expect(mapped.tally.mapped == 320 && mapped.notes.contains { $0.contains("curvilinear") })
    // The same file as a swath: another reader, another order of reading.
    var options = SwathMapping.Options()
    options.variable = "pm25"
    options.assumesRegular = true
    let swath = try SwathMapping.cells(
      path: path, options: options, grid: grid, sizeMetres: 3000, read: ReadOptions(now: .init(secondsSinceEpoch: 0)))
    #expect(swath.value.field.cells == mapped.field.cells)
    for (a, b) in zip(swath.value.field.values, mapped.field.values) { #expect(abs(a - b) < 1e-9) }
  }

  /// Synthetic full-disk grid in the geostationary projection of Himawari: the corners of the image look past the earth.
  @Test func `a geostationary grid loses only what looks past the earth`() throws {
    let scratch = try Scratch()
    let half = 5_500_000.0
    let crs = "+proj=geos +h=35785863 +lon_0=140.7 +sweep=y +ellps=WGS84 +units=m"
    let path = try scratch.raster(
      "synthetic.tif", columns: 220, rows: 220, [-half, half / 110, 0, half, 0, -half / 110], crs,
      values: (0..<220 * 220).map { Double($0 / 220) })
    let lattice = try grid.lattice(sizeMetres: 3000)
    let beijing = try #require(grid.cell(at: LonLat(longitude: 116.4, latitude: 39.9), sizeMetres: 3000))
    let mapped = try map(path, limits: lattice.box(of: beijing))
    let slot = try #require(mapped.field.cells.firstIndex(of: beijing))
    // pyproj 3.7.2, Proj(CRS)(116.4, 39.9): y = 3842.680 km, which lies in row 33 of 50 km rows from 5500 km down.
    #expect(abs(mapped.field.values[slot] - 33) < 1e-9, "\(mapped.field.values[slot])")
    #expect(abs(mapped.field.coverages[slot] - 1) < 1e-9)
    #expect(mapped.tally.total == 220 * 220)
  }

  static let hdf4 = TestFiles.sharedData("satellite/modis_hdf4/MOD09GA.A2008296.h14v17.006.2015181011753.hdf")

  @Test(.enabled(if: hdf4 != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `a real sinusoidal MODIS tile keeps its mass`() throws {
    let path = try #require(Self.hdf4).path
    let file = try RasterFile(path: path, variable: "sur_refl_b01_1")
    let values = try file.read(band: 1, rows: 0..<file.rows)
    let mapped = try map(path, variable: "sur_refl_b01_1")
    #expect(mapped.tally.mapped == 14_643 && mapped.tally.total == 2400 * 2400)
    // The sinusoidal projection keeps areas on the sphere; pixels are 463.3127 m wide: on the ellipsoid within 1 %.
    let mass = mapped.sums.weightedValues.reduce(0, +) * 9e6
    let expected = values.reduce(0) { $1.isNaN ? $0 : $0 + $1 } * 463.312_716_5 * 463.312_716_5
    #expect(abs(mass / expected - 1) < 0.01, "\(mass / expected)")
  }

  @Test func `a wide raster is read in windows that cover it once`() throws {
    let scratch = try Scratch()
    let path = scratch.folder.appending(path: "synthetic.vrt").path
    // 40,000 x 25,000 cells that exist only as a constant.
    try Data(
      """
      <VRTDataset rasterXSize="40000" rasterYSize="25000"><SRS>EPSG:4326</SRS>
      <GeoTransform>-180, 0.009, 0, 90, 0, -0.0072</GeoTransform>
      <VRTRasterBand dataType="Byte" band="1" blockXSize="512" blockYSize="512"><NoDataValue>0</NoDataValue>
      </VRTRasterBand></VRTDataset>
      """.utf8
    ).write(to: URL(filePath: path))
    let file = try RasterFile(path: path)
    let windows = try file.windows(band: 1)
    #expect(windows.reduce(0) { $0 + $1.count } == 1_000_000_000)
    #expect(windows.allSatisfy { $0.count <= 1 << 23 })
    let lattice = try grid.lattice(sizeMetres: 3000)
    let beijing = try #require(grid.cell(at: LonLat(longitude: 116.4, latitude: 39.9), sizeMetres: 3000))
    let mapped = try map(path, limits: lattice.box(of: beijing))
    #expect(mapped.tally.total == 1_000_000_000 && mapped.field.count == 0)
  }
}
