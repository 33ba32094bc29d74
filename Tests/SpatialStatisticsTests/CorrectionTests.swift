import Grids
import Randomness
import Testing

@testable import SpatialStatistics

@Suite struct CorrectionTests {
  @Test func `Benjamini-Yekutieli divides the line by the harmonic sum`() {
    // m = 4: Σ1/i = 25/12. The largest p may be 0.05·12/25 = 0.024 at a rate of 5 %.
    let z: [Double?] = [3, -3, 3, -3]
    #expect(Significance.bins(z: z, p: [0.024, 0.02, 0.02, 0.02], correction: .benjaminiYekutieli) == [2, -2, 2, -2])
    #expect(
      Significance.bins(z: z, p: [Double?](repeating: 0.0241, count: 4), correction: .benjaminiYekutieli)
        == [1, -1, 1, -1])
    #expect(Significance.bins(z: z, p: [0.05, 0.2, 0.05.nextUp, 0.01], correction: .none) == [2, 0, 1, -3])
  }

  @Test(arguments: Significance.Correction.allCases)
  func `bins agree with the adjusted p of the textbook`(correction: Significance.Correction) {
    for seed in 0..<150 as Range<UInt64> {
      var stream = RandomStream(seed: seed, slot: 3, replicate: 2)
      let count = Int(stream.number(below: 300)) + 1
      let p = (0..<count).map { _ in
        let uniform = Double(stream.number(below: 10_000) + 1) / 10_000
        // Every third field lies close to the line, where counting takes longest.
        return seed % 3 == 0 ? uniform * 0.1 : uniform * uniform * uniform
      }
      let harmonic = correction == .benjaminiYekutieli ? (1...count).reduce(0) { $0 + 1 / Double($1) } : 1
      let order = p.indices.sorted { p[$0] < p[$1] }
      var adjusted = [Double](repeating: 1, count: count)
      var least = 1.0
      for rank in order.indices.reversed() {
        least = min(least, correction == .none ? 1 : p[order[rank]] * Double(count) * harmonic / Double(rank + 1))
        adjusted[order[rank]] = correction == .none ? p[order[rank]] : least
      }
      let bins = Significance.bins(z: p.map { _ in 1 }, p: p, correction: correction)
      for (bin, q) in zip(bins, adjusted) where [0.1, 0.05, 0.01].allSatisfy({ abs(q - $0) > 1e-9 }) {
        #expect(bin == (q <= 0.01 ? 3 : q <= 0.05 ? 2 : q <= 0.1 ? 1 : 0), "seed \(seed)")
      }
    }
  }

  @Test func `one-sided p of known deviates`() {
    #expect(abs(Significance.p(z: 1.6448536269514722, .greater) - 0.05) < 1e-15)
    #expect(abs(Significance.p(z: 1.6448536269514722, .less) - 0.95) < 1e-15)
    #expect(Significance.p(z: -40, .less) > 0 && Significance.p(z: 40, .greater) > 0)
    #expect(Significance.p(z: 40, .less) == 1)
  }

  @Test(arguments: ["inverse:9000", "inverse:9000:2", "inverse:4500.5:0.5"])
  func `inverse distances print as they are read`(text: String) { #expect(Neighbourhood(text)?.description == text) }

  @Test(arguments: ["inverse", "inverse:", "inverse:0", "inverse:3:0", "inverse:3:-1", "inverse:3:2:1", "inverse:3:x"])
  func `odd inverse distances are refused`(text: String) { #expect(Neighbourhood(text) == nil) }

  @Test func `weights fall with distance and are 1 beside the cell`() {
    let neighbourhood = Neighbourhood.inverseDistance(metres: 6000, power: 2)
    let offsets = neighbourhood.offsets(sizeMetres: 3000)
    #expect(offsets.count == 12)
    let weights = offsets.map { neighbourhood.weight(of: $0) }
    #expect(weights.max() == 1 && weights.count { $0 == 1 } == 4)
    #expect(weights.allSatisfy { abs($0 - 1) < 1e-15 || abs($0 - 0.5) < 1e-15 || abs($0 - 0.25) < 1e-15 })
  }

  @Test func `Geary and bivariate Moran say why there is none`() {
    let neighbours = LatticeNeighbours(cells: square(side: 3), neighbourhood: .queen)
    let flat = [Double](repeating: 0.1, count: 9)
    let slope = (0..<9).map(Double.init)
    #expect(LocalGeary(flat, neighbours).scores == LocalScores(count: 9, reason: .allEqual))
    #expect(LocalMoran(flat, neighbourValues: slope, neighbours).scores.reasons.allSatisfy { $0 == .allEqual })
    #expect(LocalMoran(slope, neighbourValues: flat, neighbours).scores.reasons.allSatisfy { $0 == .allEqual })
    #expect(
      LocalGeary([1, 2], LatticeNeighbours(cells: Array(square(side: 2).prefix(2)), neighbourhood: .queen))
        .scores.reasons == [.tooFewCells, .tooFewCells])
    // The middle of two kinds of values is equally far from all others.
    let even = LocalGeary([-1, 1, -1, 1, 0, 1, -1, 1, -1], neighbours)
    #expect(even.scores.reasons[4] == .othersAsFar || even.scores.reasons[4] == .everyoneIsNeighbour)
    #expect(GlobalStatistic(moran: flat, neighbours) == nil)
    #expect(GlobalStatistic(moran: [1, 2, 3], LatticeNeighbours(SpatialWeights(lists: [[], [], []]))) == nil)
  }

  @Test func `self-loops count for Gi* with their weight and for nothing else`() {
    let values: [Double] = [1, 5, 2, 8, 4]
    let plain = SpatialWeights(lists: [[1, 2], [0], [3], [4, 1], [0, 3]])
    let loops = SpatialWeights(
      starts: [0, 3, 4, 5, 7, 9], neighbours: [1, 0, 2, 0, 3, 4, 1, 0, 3], weights: [1, 2.5, 1, 1, 1, 1, 1, 1, 1])
    let (a, b) = (LatticeNeighbours(plain), LatticeNeighbours(loops))
    #expect(LocalG.g(values, a) == LocalG.g(values, b))
    #expect(b.counts == a.counts)
    let star = LocalG.star(values, b)
    #expect(star.z[0] != LocalG.star(values, a).z[0])
    #expect(abs((star.z[1] ?? 0) - (LocalG.star(values, a).z[1] ?? 9)) < 1e-12)
  }
}
