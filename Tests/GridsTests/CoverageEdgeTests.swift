import Geometry
import Grids
import Testing

@Suite struct CoverageEdgeTests {
  static let lattice = Lattice(originX: -100, originY: -50, sizeMetres: 10)

  static func box(_ minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double) -> [PlanePoint] {
    [
      PlanePoint(x: minX, y: minY), PlanePoint(x: maxX, y: minY), PlanePoint(x: maxX, y: maxY),
      PlanePoint(x: minX, y: maxY),
    ]
  }

  static func shares(_ polygons: [PlanePolygon]) -> [CellID: Double] {
    let coverage = LatticeCoverage(of: PlaneMultiPolygon(polygons: polygons), on: lattice)
    var shares: [CellID: Double] = [:]
    for row in 0..<coverage.rows {
      for column in 0..<coverage.columns where abs(coverage.shares[row * coverage.columns + column]) > 1e-12 {
        let cell = CellID(
          sizeMetres: 10, column: coverage.firstColumn + Int32(column), row: coverage.firstRow + Int32(row))
        shares[cell] = coverage.shares[row * coverage.columns + column]
      }
    }
    return shares
  }

  @Test func `nothing covers nothing`() {
    #expect(Self.shares([]).isEmpty)
    #expect(Self.shares([PlanePolygon(exterior: [])]).isEmpty)
    #expect(Self.shares([PlanePolygon(exterior: [PlanePoint(x: 3, y: 3)])]).isEmpty)
    #expect(Self.shares([PlanePolygon(exterior: [PlanePoint(x: 3, y: 3), PlanePoint(x: 33, y: 3)])]).isEmpty)
  }

  @Test func `a shape that is one cell covers that cell wholly and no other`() {
    let shares = Self.shares([PlanePolygon(exterior: Self.box(-120, -70, -110, -60))])
    #expect(shares == [CellID(sizeMetres: 10, column: -2, row: -2): 1])
  }

  @Test func `a speck inside a cell has its own area`() {
    let shares = Self.shares([PlanePolygon(exterior: Self.box(1, 2, 1.5, 2.25))])
    #expect(shares.count == 1)
    #expect(abs((shares[CellID(sizeMetres: 10, column: 10, row: 5)] ?? 0) - 0.00125) < 1e-14)
  }

  @Test func `a hole that is one cell empties it, an island in it fills it again`() {
    let outer = PlanePolygon(exterior: Self.box(0, 0, 50, 50), holes: [Self.box(10, 10, 40, 40).reversed()])
    let island = PlanePolygon(exterior: Self.box(20, 20, 30, 30).reversed())
    let shares = Self.shares([outer, island])
    #expect(shares.count == 25 - 9 + 1)
    #expect(shares.values.allSatisfy { abs($0 - 1) < 1e-12 })
    #expect(shares[CellID(sizeMetres: 10, column: 11, row: 6)] == nil)
    #expect(shares[CellID(sizeMetres: 10, column: 12, row: 7)] != nil)
  }

  @Test func `a diagonal halves the cells it runs through`() {
    let triangle = PlanePolygon(exterior: [PlanePoint(x: 0, y: 0), PlanePoint(x: 30, y: 0), PlanePoint(x: 0, y: 30)])
    let shares = Self.shares([triangle])
    #expect(shares.count == 6)
    for k in 0..<3 {
      let cell = CellID(sizeMetres: 10, column: Int32(10 + k), row: Int32(7 - k))
      #expect(abs((shares[cell] ?? 0) - 0.5) < 1e-12)
    }
  }

  @Test func `where a ring starts and which way it turns does not matter`() {
    let ring = [
      PlanePoint(x: -3.5, y: 2.25), PlanePoint(x: 41, y: -7), PlanePoint(x: 33, y: 28), PlanePoint(x: 9, y: 44.5),
    ]
    let expected = Self.shares([PlanePolygon(exterior: ring)])
    for start in 1..<4 {
      let turned = Array(ring[start...] + ring[..<start])
      for other in [turned, turned.reversed()] {
        let shares = Self.shares([PlanePolygon(exterior: other)])
        #expect(shares.keys.sorted() == expected.keys.sorted())
        #expect(shares.allSatisfy { abs($0.value - (expected[$0.key] ?? 0)) < 1e-12 })
      }
    }
  }

  @Test func `what is too far away to have cells covers none`() {
    #expect(Self.shares([PlanePolygon(exterior: Self.box(1e12, 0, 1e12 + 5, 5))]).isEmpty)
  }
}

@Suite struct RegionEdgeTests {
  static let grid = RegionBuilderTests.grid

  static func build(_ boundaries: [CountyBoundary], sizeMetres: Int32 = 3000) throws -> Region {
    let grid = try grid.get()
    return RegionBuilder.build(
      name: "t", lattice: try grid.lattice(sizeMetres: sizeMetres), projection: grid.projection, boundaries: boundaries
    ).region
  }

  @Test func `no counties make a region of no cells, which is kept and read like any other`() throws {
    let region = try Self.build([])
    #expect(region.cells.isEmpty && region.shareStarts == [0])
    #expect(Region(decoding: region.encoded()) == region)
    #expect(region.slot(of: CellID(sizeMetres: 3000, column: 0, row: 0)) == nil)
  }

  @Test func `the order of the boundaries does not matter`() throws {
    let boundaries = RegionBuilderTests.boundaries
    #expect(try Self.build(boundaries).encoded() == Self.build(boundaries.reversed()).encoded())
  }

  @Test func `36 cells of 500 m make up the share of their 3 km cell`() throws {
    let coarse = try Self.build(RegionBuilderTests.boundaries)
    let fine = try Self.build(RegionBuilderTests.boundaries, sizeMetres: 500)
    var sums = [Double](repeating: 0, count: coarse.cells.count * 2)
    for slot in fine.cells.indices {
      let parent = try #require(coarse.slot(of: fine.cells[slot].parent(sizeMetres: 3000)))
      for k in Int(fine.shareStarts[slot])..<Int(fine.shareStarts[slot + 1]) {
        sums[parent * 2 + Int(fine.shareCounties[k])] += fine.shares[k] / 36
      }
    }
    for slot in coarse.cells.indices {
      for k in Int(coarse.shareStarts[slot])..<Int(coarse.shareStarts[slot + 1]) {
        #expect(abs(sums[slot * 2 + Int(coarse.shareCounties[k])] - coarse.shares[k]) < 1e-9)
      }
    }
  }

  @Test func `a tie is at home with the smaller code`() throws {
    // One boundary under two codes: the shares are equal to the last bit.
    let ring = RegionBuilderTests.boundaries[0].polygons
    let twins = ["130202", "130201"].map { code in
      CountyBoundary(county: RegionBuilderTests.county(code, []).county, polygons: ring)
    }
    let region = try Self.build(twins)
    #expect(region.cells.count > 100)
    for slot in region.cells.indices {
      let first = Int(region.shareStarts[slot])
      #expect(region.shares[first] == region.shares[first + 1])
      #expect(region.counties[region.homeCounty(slot: slot)].code == "130201")
    }
  }

  @Test func `a ring of two points is told and covers nothing`() throws {
    let grid = try Self.grid.get()
    let line = RegionBuilderTests.county("130109", [[(114.1, 38), (114.5, 38.3)]])
    let (region, repairs) = RegionBuilder.build(
      name: "t", lattice: try grid.lattice(sizeMetres: 3000), projection: grid.projection, boundaries: [line])
    #expect(region.cells.isEmpty)
    #expect(repairs.count == 1 && repairs[0].county.code == "130109")
  }

  @Test func `no cut and no flipped byte of a kept region is taken for a region`() throws {
    let bytes = try Self.build([RegionBuilderTests.county("130109", [[(114.1, 38), (114.2, 38), (114.1, 38.1)]])])
      .encoded()
    for length in 0..<bytes.count { #expect(Region(decoding: Array(bytes.prefix(length))) == nil) }
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 0x10
      #expect(Region(decoding: damaged) == nil, "byte \(position)")
    }
  }
}
