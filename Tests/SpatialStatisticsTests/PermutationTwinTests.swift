import Grids
import Randomness
import Testing

@testable import SpatialStatistics

/// Shared sequences against the plain method: equal in law for every cell, the same bytes for any number of threads.
@Suite struct PermutationTwinTests {
  private static let fields: [(String, LatticeNeighbours)] = {
    let lattice = RandomLattice(seed: 4)
    return ["queen", "rook", "inverse:1200:2"].compactMap { name in
      Neighbourhood(name).map { (name, LatticeNeighbours(cells: lattice.cells, neighbourhood: $0)) }
    }
  }()

  /// Counts of one slot over many seeds: a sample from the law of #≥.
  private func sample(
    _ count: Int, _ draw: (ConditionalPermutation) -> PermutationCounts
  ) -> [PermutationCounts] {
    (0..<UInt64(count)).map { draw(ConditionalPermutation(replicates: 19, seed: 1000 + $0)) }
  }

  /// Cells so few that a cell is often dealt to itself: what must be mended is a large share of the samples.
  @Test(arguments: ["queen", "rook", "inverse:1200:2"], [false, true])
  func `the law of the counts is that of the plain method, cell by cell`(name: String, isGeary: Bool) throws {
    let cells = Array(RandomLattice(seed: 4).cells.prefix(14))
    let values = Array(RandomLattice(seed: 4).values.prefix(14))
    let neighbours = LatticeNeighbours(cells: cells, neighbourhood: try #require(Neighbourhood(name)))
    let seeds = 1500
    let shared = sample(seeds) {
      isGeary ? $0.gearyCounts(values, neighbours) : $0.counts(values, neighbours)
    }
    let plain = sample(seeds) {
      isGeary ? $0.gearyCounts(values, neighbours, isIndependent: true) : $0.independent(values, neighbours)
    }
    var tested = 0
    for slot in cells.indices where neighbours.counts[slot] > 0 {
      // Two-sample Kolmogorov-Smirnov distance of #≥, whose 0.0001 level for 2 x 1,500 draws is 0.081.
      var cumulative = [0, 0]
      var distance = 0
      for count in 0...19 {
        cumulative[0] += shared.count { $0[slot]?.atLeast == count }
        cumulative[1] += plain.count { $0[slot]?.atLeast == count }
        distance = max(distance, abs(cumulative[0] - cumulative[1]))
      }
      #expect(cumulative == [seeds, seeds])
      #expect(Double(distance) / Double(seeds) < 0.081, "\(name) slot \(slot)")
      tested += 1
    }
    #expect(tested >= 8)
  }

  @Test func `p at a threshold is as frequent as it should be where values are exchangeable`() {
    // Under the null P(p ≤ (j + 1)/(R + 1)) = (j + 1)/(R + 1) for the one-sided p of a cell; here over 900 cells.
    let cells = square(side: 30)
    let neighbours = LatticeNeighbours(cells: cells, neighbourhood: .queen)
    var small = 0
    var tested = 0
    for field in 0..<20 as Range<UInt64> {
      var stream = RandomStream(seed: field, slot: 7, replicate: 7)
      let values = cells.map { _ in Double(stream.number(below: 1 << 40)) }
      let p = ConditionalPermutation(replicates: 99, seed: field + 50).counts(values, neighbours).p(.greater)
      small += p.count { ($0 ?? 1) <= 0.05 }
      tested += p.count
    }
    // 18,000 dependent tests; 900 expected; five standard errors of the 2,000 that do not overlap are 2.4 %.
    #expect(tested == 18_000)
    #expect(abs(Double(small) / Double(tested) - 0.05) < 0.024)
  }

  @Test(arguments: ["queen", "disk:3", "rook", "radius:1600", "inverse:1600"])
  func `threads change no bit`(name: String) throws {
    var stream = RandomStream(seed: 1, slot: 1, replicate: 1)
    // More than one block of slots, with holes.
    let cells = square(side: 150, sizeMetres: 500).filter { _ in stream.number(below: 10) > 0 }
    let values = cells.map { _ in Double(stream.number(below: 1000)) / 10 }
    let neighbourhood = try #require(Neighbourhood(name))
    let one = LatticeNeighbours(cells: cells, neighbourhood: neighbourhood, threads: 1)
    let three = LatticeNeighbours(cells: cells, neighbourhood: neighbourhood, threads: 3)
    #expect(one.counts == three.counts)
    #expect(LocalG.star(values, one) == LocalG.star(values, three, threads: 3))
    #expect(LocalG.g(values, one) == LocalG.g(values, three, threads: 3))
    #expect(LocalGeary(values, one) == LocalGeary(values, three, threads: 3))
    let z = LocalG.star(values, one).z
    #expect(
      Significance.bins(z: z, p: Significance.p(z: z))
        == Significance.bins(
          z: z, p: Significance.p(z: z, threads: 3), threads: 3))
    let permutation = ConditionalPermutation(replicates: 599, seed: 4)
    #expect(permutation.counts(values, one) == permutation.counts(values, three, threads: 3))
    #expect(permutation.gearyCounts(values, one) == permutation.gearyCounts(values, three, threads: 3))
    let few = ConditionalPermutation(replicates: 3, seed: 4)
    #expect(few.independent(values, one) == few.independent(values, three, threads: 3))
  }

  @Test func `one-sided p add up to one and a little, and the two-sided one is twice the smaller`() {
    let lattice = RandomLattice(seed: 11)
    let neighbours = LatticeNeighbours(cells: lattice.cells, neighbourhood: .queen)
    let counts = ConditionalPermutation(replicates: 199, seed: 2).counts(lattice.values, neighbours)
    for slot in lattice.cells.indices {
      guard let own = counts[slot] else { continue }
      let (greater, less) = (own.p(.greater, replicates: 199), own.p(.less, replicates: 199))
      #expect(greater + less >= 1 + 1.0 / 200 - 1e-12)
      #expect(own.p(.twoSided, replicates: 199) == min(1, 2 * min(greater, less)))
      #expect(greater > 0 && less > 0)
    }
  }

  @Test func `samples of equal weights count as the sorted tables do`() {
    // The same cells by lists whose weights are all 2 go the way of other weights and must count the same.
    for seed in 30..<40 as Range<UInt64> {
      let lattice = RandomLattice(seed: seed)
      let lists = Neighbourhood.queen.lists(of: lattice.cells)
      let doubled = SpatialWeights(
        starts: lists.starts, neighbours: lists.neighbours, weights: lists.weights.map { $0 * 2 })
      let permutation = ConditionalPermutation(replicates: 99, seed: seed)
      #expect(
        permutation.counts(lattice.values, LatticeNeighbours(lists))
          == permutation.counts(lattice.values, LatticeNeighbours(doubled)))
    }
  }
}
