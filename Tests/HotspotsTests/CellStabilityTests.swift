import Geometry
import Grids
import Hotspots
import Quantities
import SpatialStatistics
import Testing

@Suite struct CellStabilityTests {
  private func row(_ column: Int32, _ bin: Int, z: Double? = 1) -> HotspotRow {
    HotspotRow(
      cell: CellID(sizeMetres: 3000, column: column, row: 0), period: nil, value: 5, neighbours: 8, z: z, p: nil,
      permutationP: nil, bin: bin, classification: "", reason: "")
  }

  /// Moved by 1 km east, cell 0 reaches from 1 to 4 km and holds the centre of base cell 0 (1.5 km), and so on; moved by
  /// 2 km it begins at 2 km, and cell -1 holds that centre.
  @Test func `shifted cells stand for the base cell whose centre they hold`() {
    let base = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
    var stability = CellStability(base: [row(0, 2), row(1, 0), row(2, 3)], lattice: base, minimumBin: 2)
    stability.add(
      [row(0, 2), row(1, 2), row(2, 0, z: nil)], lattice: Lattice(originX: 1000, originY: 0, sizeMetres: 3000))
    stability.add([row(-1, 0), row(0, 3)], lattice: Lattice(originX: 2000, originY: 0, sizeMetres: 3000))
    #expect(stability.grids == 3)
    #expect(stability.rows.map(\.tested) == [3, 3, 1] && stability.rows.map(\.hot) == [2, 2, 1])
    #expect(stability.rows.map { $0.share ?? -1 } == [2.0 / 3, 2.0 / 3, 1])
  }

  @Test func `cells of another size are found by the centre too`() {
    let base = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
    var stability = CellStability(base: [row(3, 0)], lattice: base, minimumBin: 1)
    let coarse = HotspotRow(
      cell: CellID(sizeMetres: 6000, column: 1, row: 0), period: nil, value: 5, neighbours: 8, z: 2, p: nil,
      permutationP: nil, bin: 1, classification: "hot", reason: "")
    stability.add([coarse], lattice: Lattice(originX: 0, originY: 0, sizeMetres: 6000))
    #expect(stability.rows.map(\.hot) == [1] && stability.rows.map(\.tested) == [2])
  }
}
