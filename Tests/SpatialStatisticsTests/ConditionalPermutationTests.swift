import Grids
import Testing

@testable import SpatialStatistics

@Suite struct ConditionalPermutationTests {
  /// #≥ and #≤ over every possible sample: what R → ∞ would count.
  private func exactShares(_ values: [Double], slot: Int, near: [Int32]) -> (atLeast: Double, atMost: Double) {
    let others = values.indices.filter { $0 != slot }
    let observed = near.reduce(0) { $0 + values[Int($1)] }
    var total = 0.0
    var atLeast = 0.0
    var atMost = 0.0
    func choose(_ from: Int, _ left: Int, _ sum: Double) {
      if left == 0 {
        total += 1
        if sum >= observed - 1e-9 { atLeast += 1 }
        if sum <= observed + 1e-9 { atMost += 1 }
        return
      }
      guard others.count - from >= left else { return }
      choose(from + 1, left - 1, sum + values[others[from]])
      choose(from + 1, left, sum)
    }
    choose(0, near.count, 0)
    return (atLeast / total, atMost / total)
  }

  @Test func `both methods agree with all possible arrangements`() throws {
    let cells = square(side: 4)
    let values: [Double] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]
    let neighbours = LatticeNeighbours(cells: cells, neighbourhood: .queen)
    let lists = Neighbourhood.queen.lists(of: cells)
    let replicates = 4000
    let permutation = ConditionalPermutation(replicates: replicates, seed: 7)
    let shared = permutation.counts(values, neighbours)
    let independent = permutation.independent(values, neighbours)
    for slot in cells.indices {
      let exact = exactShares(values, slot: slot, near: lists.range(slot).map { lists.neighbours[$0] })
      for counts in [try #require(shared[slot]), try #require(independent[slot])] {
        // 5 standard errors of a share of 4,000 draws.
        #expect(abs(Double(counts.atLeast) / Double(replicates) - exact.atLeast) < 5 * 0.5 / 63.2)
        #expect(abs(Double(counts.atMost) / Double(replicates) - exact.atMost) < 5 * 0.5 / 63.2)
      }
    }
  }

  @Test func `shared and plain samples differ by Monte Carlo noise only`() throws {
    var differences: [Double] = []
    for seed in 0..<40 as Range<UInt64> {
      let lattice = RandomLattice(seed: 700 + seed)
      let neighbours = LatticeNeighbours(cells: lattice.cells, neighbourhood: .queen)
      let permutation = ConditionalPermutation(replicates: 499, seed: seed)
      let shared = permutation.counts(lattice.values, neighbours)
      let plain = permutation.independent(lattice.values, neighbours)
      for slot in lattice.cells.indices {
        #expect((shared[slot] == nil) == (plain[slot] == nil))
        guard let a = shared[slot], let b = plain[slot] else { continue }
        differences.append(Double(a.atLeast - b.atLeast) / 499)
      }
    }
    let mean = differences.reduce(0, +) / Double(differences.count)
    let rms = (differences.reduce(0) { $0 + $1 * $1 } / Double(differences.count)).squareRoot()
    #expect(differences.count > 500)
    #expect(abs(mean) < 0.01)
    // Two independent shares of 499 draws differ by at most √(2·¼/499) = 0.032 in the root mean square.
    #expect(rms < 0.033)
    #expect(rms > 0.005)
  }

  @Test func `the same seed gives the same p, another seed another`() {
    let lattice = RandomLattice(seed: 3)
    let neighbours = LatticeNeighbours(cells: lattice.cells, neighbourhood: .queen)
    let one = ConditionalPermutation(replicates: 199, seed: 1).twoSidedP(lattice.values, neighbours)
    #expect(one == ConditionalPermutation(replicates: 199, seed: 1).twoSidedP(lattice.values, neighbours))
    #expect(one != ConditionalPermutation(replicates: 199, seed: 2).twoSidedP(lattice.values, neighbours))
  }

  @Test func `p is never 0 nor above 1`() throws {
    var values = (0..<400).map { Double($0 % 7) }
    for slot in [189, 190, 191, 209, 210, 211, 229, 230, 231] { values[slot] = 1000 }
    let neighbours = LatticeNeighbours(cells: square(side: 20), neighbourhood: .queen)
    let p = ConditionalPermutation(replicates: 99, seed: 5).twoSidedP(values, neighbours)
    #expect(p.compactMap(\.self).allSatisfy { $0 > 0 && $0 <= 1 })
    #expect(p[210] == 2.0 / 100)
  }

  @Test func `decimal values tie as they do on paper`() throws {
    // 0.1 + 0.2 and 0.3 + 0.0 are the same sum but not the same floating-point number.
    let values = [0.1, 0.2, 0.3, 0.0, 0.1, 0.2, 0.3, 0.0, 0.3]
    let neighbours = LatticeNeighbours(cells: square(side: 3), neighbourhood: .rook)
    let lists = Neighbourhood.rook.lists(of: square(side: 3))
    let counts = ConditionalPermutation(replicates: 20_000, seed: 11).counts(values, neighbours)
    for slot in values.indices {
      let exact = exactShares(values, slot: slot, near: lists.range(slot).map { lists.neighbours[$0] })
      #expect(abs(Double(try #require(counts[slot]).atLeast) / 20_000 - exact.atLeast) < 0.018, "slot \(slot)")
    }
  }

  @Test func `where every other cell is a neighbour p is 1`() {
    let neighbours = LatticeNeighbours(cells: square(side: 2), neighbourhood: .queen)
    let p = ConditionalPermutation(replicates: 99, seed: 5).twoSidedP([1, 2, 4, 8], neighbours)
    #expect(p == [1, 1, 1, 1])
  }

  @Test func `constant fields, islands and empty lists have no p`() {
    let permutation = ConditionalPermutation(replicates: 9, seed: 1)
    let cells = square(side: 2) + [CellID(sizeMetres: 3000, column: 50, row: 50)]
    let neighbours = LatticeNeighbours(cells: cells, neighbourhood: .queen)
    #expect(permutation.twoSidedP([2, 2, 2, 2, 2], neighbours).allSatisfy { $0 == nil })
    #expect(permutation.twoSidedP([1, 2, 3, 4, 5], neighbours)[4] == nil)
    #expect(permutation.twoSidedP([], LatticeNeighbours(cells: [], neighbourhood: .queen)).isEmpty)
  }
}
