import Diagnostics
import Geometry
import Grids
import Testing

@Suite struct CellTests {
  @Test(arguments: ["3000-1274-1305", "500--2-5", "3000-0--7"])
  func `an id reads back as itself`(text: String) throws {
    #expect(try #require(CellID(text)).description == text)
  }

  @Test(arguments: [
    "", "3000-1274", "3000-1274-1305-1", "a-1-2", "3000-1.5-2", "-3000-1-2", "3000-99999999999-1", "--",
  ])
  func `what is no id is refused`(text: String) { #expect(CellID(text) == nil) }

  @Test func `children west of the origin keep their parent`() {
    let parent = CellID(sizeMetres: 3000, column: -1, row: 2)
    let children = parent.children(sizeMetres: 500)
    #expect(children.count == 36 && Set(children).count == 36)
    #expect(children.allSatisfy { $0.parent(sizeMetres: 3000) == parent })
  }

  @Test func `a cell owns its west and south edges only`() {
    let lattice = Lattice(originX: -3_000_000, originY: 0, sizeMetres: 3000)
    let cell = CellID(sizeMetres: 3000, column: 5, row: 7)
    let box = lattice.box(of: cell)
    #expect(lattice.cell(at: PlanePoint(x: box.minX, y: box.minY)) == cell)
    #expect(lattice.cell(at: PlanePoint(x: box.maxX, y: box.minY))?.column == 6)
    #expect(lattice.cell(at: PlanePoint(x: box.minX, y: box.maxY))?.row == 8)
    #expect(lattice.cell(at: PlanePoint(x: .nan, y: 0)) == nil)
  }

  @Test func `rings make up the disk`() {
    let cell = CellID(sizeMetres: 3000, column: 0, row: 0)
    #expect(cell.ring(2).count == 16 && cell.disk(2).count == 25 && cell.ring(0) == [cell])
    #expect(((0...3).flatMap { cell.ring(Int32($0)) }).sorted() == cell.disk(3))
  }
}

@Suite struct LatticeCoverageTests {
  static let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 10)

  /// A star with a hole, wandering over lattice lines and vertices.
  static func shape(seed: UInt64) -> PlaneMultiPolygon {
    var state = seed
    func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    let corners = (0..<24).map { k in
      let angle = Double(k) / 24 * 2 * Double.pi
      let radius = 25 + 20 * unit()
      // Every third corner sits on a lattice line, where rounding would hurt first.
      let x = 60 + radius * cosine(angle)
      return PlanePoint(x: k % 3 == 0 ? (x / 10).rounded() * 10 : x, y: 55 + radius * cosine(angle - .pi / 2))
    }
    let hole = [PlanePoint(x: 55, y: 50), PlanePoint(x: 66, y: 52), PlanePoint(x: 61, y: 63)]
    return PlaneMultiPolygon(polygons: [
      PlanePolygon(exterior: seed % 2 == 0 ? corners : corners.reversed(), holes: [hole])
    ])
  }

  static func cosine(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    let y = x.truncatingRemainder(dividingBy: 2 * .pi)
    for n in 1..<30 {
      term *= -y * y / Double((2 * n - 1) * (2 * n))
      sum += term
    }
    return sum
  }

  @Test(arguments: 1...40)
  func `areas per cell equal a GEOS intersection`(seed: Int) throws {
    let shape = Self.shape(seed: UInt64(seed))
    let coverage = LatticeCoverage(of: shape, on: Self.lattice)
    let context = GeosContext()
    let whole = try GeosGeometry(shape, in: context)
    for row in 0..<coverage.rows {
      for column in 0..<coverage.columns {
        let box = Self.lattice.box(
          of: CellID(
            sizeMetres: 10, column: coverage.firstColumn + Int32(column), row: coverage.firstRow + Int32(row)))
        let square = PlanePolygon(exterior: [
          PlanePoint(x: box.minX, y: box.minY), PlanePoint(x: box.maxX, y: box.minY),
          PlanePoint(x: box.maxX, y: box.maxY), PlanePoint(x: box.minX, y: box.maxY),
        ])
        let cut = try whole.intersection(try GeosGeometry(PlaneMultiPolygon(polygons: [square]), in: context))
        #expect(abs(coverage.shares[row * coverage.columns + column] - (try cut.area()) / 100) < 1e-9)
      }
    }
    #expect(abs(coverage.shares.reduce(0, +) * 100 - shape.area) < 1e-9 * shape.area)
  }
}

@Suite struct RegionBuilderTests {
  static let grid = Result { try Grid(definition: .national2p26) }

  static func county(_ code: String, _ rings: [[(Double, Double)]]) -> CountyBoundary {
    CountyBoundary(
      county: County(code: code, name: "县\(code)", cityCode: "130100", cityName: "市", provinceName: "省"),
      polygons: [rings.map { $0.map { LonLat(longitude: $0.0, latitude: $0.1) } }])
  }

  static let boundaries = [
    county("130102", [[(114.5, 38), (114.9, 38), (114.9, 38.3), (114.5, 38.3)]]),
    county("130101", [[(114.1, 38), (114.5, 38), (114.5, 38.3), (114.1, 38.3)]]),
  ]

  @Test func `shares of neighbours add up and the larger is at home`() throws {
    let grid = try Self.grid.get()
    let lattice = try grid.lattice(sizeMetres: 3000)
    let (region, repairs) = RegionBuilder.build(
      name: "t", lattice: lattice, projection: grid.projection, boundaries: Self.boundaries)
    #expect(repairs.isEmpty)
    #expect(region.counties.map(\.code) == ["130101", "130102"])
    var areas = [0.0, 0.0]
    for slot in region.cells.indices {
      let range = Int(region.shareStarts[slot])..<Int(region.shareStarts[slot + 1])
      #expect(range.reduce(0) { $0 + region.shares[$1] } <= 1 + 1e-9)
      #expect(region.shares[range.lowerBound] == range.map { region.shares[$0] }.max())
      for k in range { areas[Int(region.shareCounties[k])] += region.shares[k] * 9e6 }
    }
    for (code, area) in zip(region.counties.map(\.code), areas) {
      let boundary = try #require(Self.boundaries.first { $0.county.code == code })
      let exact = PlanePolygon(exterior: boundary.polygons[0][0].map(grid.projection.forward)).area
      #expect(abs(area - exact) < 1e-9 * exact)
    }
    #expect(region.slot(of: region.cells[17]) == 17)
  }

  @Test func `a bow-tie is repaired and reported`() throws {
    let grid = try Self.grid.get()
    let tie = Self.county("130109", [[(114.1, 38), (114.5, 38.3), (114.5, 38), (114.1, 38.3)]])
    let (region, repairs) = RegionBuilder.build(
      name: "t", lattice: try grid.lattice(sizeMetres: 3000), projection: grid.projection, boundaries: [tie])
    #expect(repairs.count == 1 && repairs[0].reason.contains("Self-intersection"))
    #expect(repairs[0].areaAfter > 4e8 && !region.cells.isEmpty)
  }

  @Test func `bytes read back to the same region, and damage is noticed`() throws {
    let grid = try Self.grid.get()
    let (region, _) = RegionBuilder.build(
      name: "t", lattice: try grid.lattice(sizeMetres: 3000), projection: grid.projection, boundaries: Self.boundaries)
    var bytes = region.encoded()
    #expect(Region(decoding: bytes) == region)
    #expect(bytes == region.encoded())
    bytes[bytes.count / 2] ^= 1
    #expect(Region(decoding: bytes) == nil)
    #expect(Region(decoding: Array(bytes.prefix(40))) == nil && Region(decoding: []) == nil)
  }
}

@Suite struct CellNameTests {
  @Test(arguments: [
    ("3000-1274-1305", 1274, 1305), ("3000-0-0", 0, 0), ("3000--2-5", -2, 5), ("3000-2--5", 2, -5),
    ("3000--2--5", -2, -5), ("3000-01-2", 1, 2), ("3000-13358-0", 13358, 0), ("3000-0--13358", 0, -13358),
  ])
  func `a name says size, column and row`(text: String, column: Int32, row: Int32) {
    #expect(CellID(text) == CellID(sizeMetres: 3000, column: column, row: row))
  }

  @Test(arguments: [
    "", "3000", "3000-1", "3000-1-2-3", "-3000-1-2", "0-1-2", "3000-1-", "3000--1", "3000-1-99999999999", "3000-1- 2",
    "3000-１-2", "3000-1---2", "a-1-2", "3000-1-2147483648",
    // Farther from the origin than once round the earth: 13,359 x 3 km.
    "3000-1-13359", "3000--13359-1", "3000-2147483647-2147483647", "2147483647-1-1",
  ])
  func `other text is no name`(text: String) { #expect(CellID(text) == nil) }
}
