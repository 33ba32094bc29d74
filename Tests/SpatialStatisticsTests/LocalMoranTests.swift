import Foundation
import Grids
import Testing

@testable import SpatialStatistics

@Suite struct LocalMoranTests {
  @Test func `tracts of Columbus agree with spdep`() throws {
    let table = try columns("spatialstat/columbus_expected.csv")
    let crime = try #require(table["CRIME"])
    let moran = LocalMoran(crime, try columbusWeights())
    let i = try #require(table["localMoran"])
    let z = try #require(table["localMoran_z"])
    for slot in crime.indices {
      #expect(abs(try #require(moran.i[slot]) - i[slot]) < 1e-13, "tract \(slot + 1)")
      #expect(abs(try #require(moran.scores.z[slot]) - z[slot]) < 1e-13, "tract \(slot + 1)")
    }
  }

  @Test func `the mean of local I is Moran's I of Columbus`() throws {
    let crime = try #require(try columns("spatialstat/columbus_expected.csv")["CRIME"])
    let moran = LocalMoran(crime, try columbusWeights())
    let mean = moran.i.compactMap(\.self).reduce(0, +) / 49
    #expect(abs(mean - 0.5002) < 5e-5)
  }

  @Test func `a lone peak is high-low and its neighbours are low-high`() {
    var values = (0..<49).map { Double($0 % 3) }
    values[24] = 90
    let moran = LocalMoran(values, LatticeNeighbours(cells: square(side: 7), neighbourhood: .queen))
    #expect(moran.classes[24] == .highLow)
    #expect(moran.classes[17] == .lowHigh)
    #expect(moran.classes[0] == .lowLow)
  }

  @Test func `lattice and general weights agree`() throws {
    for seed in 0..<100 as Range<UInt64> {
      let lattice = RandomLattice(seed: seed)
      let fast = LocalMoran(lattice.values, LatticeNeighbours(cells: lattice.cells, neighbourhood: .queen))
      let slow = LocalMoran(lattice.values, Neighbourhood.queen.lists(of: lattice.cells))
      #expect(fast.scores.reasons == slow.scores.reasons)
      for slot in lattice.cells.indices {
        #expect((fast.i[slot] == nil) == (slow.i[slot] == nil))
        #expect(abs((fast.i[slot] ?? 0) - (slow.i[slot] ?? 0)) < 1e-11, "seed \(seed) slot \(slot)")
      }
    }
  }

  @Test func `a value at the mean has I = 0 and no z`() {
    let values: [Double] = [1, 2, 3, 2, 2, 2, 1, 2, 3]
    let moran = LocalMoran(values, LatticeNeighbours(cells: square(side: 3), neighbourhood: .rook))
    #expect(moran.i[4] == 0)
    #expect(moran.scores.reasons[4] == .valueIsMean)
  }

  @Test func `a constant field and an island have no I`() {
    let neighbours = LatticeNeighbours(cells: square(side: 3), neighbourhood: .queen)
    let flat = LocalMoran([Double](repeating: 0.1, count: 9), neighbours)
    #expect(flat.i.allSatisfy { $0 == nil })
    #expect(flat.classes.allSatisfy { $0 == nil })
    let cells = square(side: 2) + [CellID(sizeMetres: 3000, column: 9, row: 9)]
    let island = LocalMoran([1, 2, 3, 4, 5], LatticeNeighbours(cells: cells, neighbourhood: .queen))
    #expect(island.i[4] == nil)
    #expect(island.scores.reasons[4] == .noNeighbour)
  }
}
