import Geometry
import Gridding
import Grids
import Testing

@Suite struct OfficialSharesTests {
  private let grid: Grid
  private let lattice: Lattice

  init() throws {
    grid = try Grid(definition: .national2p26)
    lattice = try grid.lattice(sizeMetres: 3000)
  }

  /// A square of the plane as an official cell.
  private func square(_ id: String, _ x: Double, _ y: Double, _ side: Double) -> OfficialCell {
    let corners = [(0.0, 0.0), (1, 0), (1, 1), (0, 1)].map {
      grid.projection.inverse(PlanePoint(x: x + $0.0 * side, y: y + $0.1 * side))
    }
    return OfficialCell(id: id, polygons: [[corners]], line: 1)
  }

  private let corner = PlanePoint(x: 822_000, y: 3_915_000)  // of cell 3000-1274-1305

  @Test func `a square moved by a third of a cell has the shares of geometry`() {
    let shares = OfficialShares(
      [square("Z", corner.x + 1000, corner.y + 1500, 3000)], lattice: lattice, projection: grid.projection)
    #expect(
      shares.ids == ["Z"]
        && shares.cells.map(\.description) == [
          "3000-1274-1305", "3000-1275-1305", "3000-1274-1306", "3000-1275-1306",
        ])
    for (share, wanted) in zip(shares.sharesOfOfficial, [1.0 / 3, 1.0 / 6, 1.0 / 3, 1.0 / 6]) {
      #expect(abs(share - wanted) < 1e-9)
    }
    #expect(abs(shares.areas[0] - 9e6) < 0.1 && shares.overlaps.isEmpty && shares.repairs.isEmpty)
  }

  @Test func `shares agree with GEOS for a slanted cell of another grid`() throws {
    let points = [(0.3, 0.2), (1.2, 0.45), (1.0, 1.4), (0.05, 1.1)].map {
      PlanePoint(x: corner.x + $0.0 * 3000, y: corner.y + $0.1 * 3000)
    }
    let official = OfficialCell(id: "S", polygons: [[points.map(grid.projection.inverse)]], line: 1)
    let shares = OfficialShares([official], lattice: lattice, projection: grid.projection)
    let context = GeosContext()
    let shape = try GeosGeometry(PlaneMultiPolygon(polygons: [PlanePolygon(exterior: points)]), in: context)
    #expect(shares.cells.count >= 3)
    for (cell, share) in zip(shares.cells, shares.sharesOfCell) {
      let box = lattice.box(of: cell)
      let ring = [(box.minX, box.minY), (box.maxX, box.minY), (box.maxX, box.maxY), (box.minX, box.maxY)].map {
        PlanePoint(x: $0.0, y: $0.1)
      }
      let square = try GeosGeometry(PlaneMultiPolygon(polygons: [PlanePolygon(exterior: ring)]), in: context)
      let common = try shape.intersection(square)
      #expect(abs(try common.area() / 9e6 - share) < 1e-8)
    }
    #expect(abs(shares.sharesOfOfficial.reduce(0, +) - 1) < 1e-12)
  }

  @Test func `values go over by area, with the part that is known as coverage, and mass is kept both ways`() throws {
    let shares = OfficialShares(
      [square("A", corner.x + 1000, corner.y, 3000), square("B", corner.x + 90_000, corner.y, 3000)],
      lattice: lattice, projection: grid.projection)
    let cells = ["3000-1274-1305", "3000-1275-1305"].compactMap { CellID($0) }
    let field = CellField(
      cells: cells, values: [30, 60], variances: [9, 36], counts: [1, 1], coverages: [.nan, .nan])
    let values = shares.onOfficials(field)
    // Two thirds of A lie in the first cell, one in the second; nothing is known of B.
    #expect(values.count == 1 && shares.ids[values[0].official] == "A")
    #expect(abs(values[0].value - 40) < 1e-6 && abs(values[0].coverage - 1) < 1e-9 && values[0].cells == 2)
    #expect(abs(values[0].variance - (4.0 / 9 * 9 + 1.0 / 9 * 36)) < 1e-6)
    let half = CellField(cells: [cells[0]], values: [30], variances: [9], counts: [1], coverages: [.nan])
    #expect(abs((shares.onOfficials(half).first?.coverage ?? 0) - 2.0 / 3) < 1e-9)
    let back = shares.onCells([40, .nan])
    #expect(back.cells == cells && back.values == [40, 40])
    let mass = zip(back.values, back.coverages).reduce(0) { $0 + $1.0 * $1.1 * 9e6 }
    #expect(abs(mass / (40 * shares.areas[0]) - 1) < 1e-9)
  }

  @Test func `official cells that overlap are told, and a bow-tie is repaired`() {
    let pair = OfficialShares(
      [square("A", corner.x, corner.y, 3000), square("B", corner.x + 1500, corner.y, 3000)], lattice: lattice,
      projection: grid.projection)
    #expect(pair.overlaps.map(\.description) == ["3000-1274-1305"])
    let tie = [(0.0, 0.0), (1, 1), (1, 0), (0, 1)].map {
      grid.projection.inverse(PlanePoint(x: corner.x + $0.0 * 2000, y: corner.y + $0.1 * 2000))
    }
    let bent = OfficialShares(
      [OfficialCell(id: "T", polygons: [[tie]], line: 1)], lattice: lattice, projection: grid.projection)
    #expect(bent.repairs.count == 1 && abs(bent.areas[0] - 2e6) < 1)
  }
}
