import Randomness
import Testing

@testable import SpatialStatistics

@Suite struct SignificanceTests {
  @Test func `thresholds and bins of the 5 x 5 case agree`() throws {
    let golden = try Golden.load()
    let z = LocalG.star(golden.star.x, LatticeNeighbours(cells: square(side: 5), neighbourhood: .queen)).z
    let p = Significance.p(z: z)
    #expect(Significance.bins(z: z, p: p).map(Int.init) == golden.bins)
    for (rate, expected) in golden.thresholds {
      let found = Significance.benjaminiHochbergThreshold(
        p.compactMap(\.self), falseDiscoveryRate: try #require(Double(rate)))
      #expect(abs(try #require(found) - expected) < 1e-14, "rate \(rate)")
    }
  }

  @Test func `a p exactly at its threshold passes, just above does not`() {
    // m = 4: the largest p may be 0.05 at a rate of 5 %.
    let z: [Double?] = [3, -3, 3, -3]
    #expect(Significance.bins(z: z, p: [0.05, 0.05, 0.05, 0.05]) == [2, -2, 2, -2])
    #expect(Significance.bins(z: z, p: [0.05, 0.05, 0.05, 0.05.nextUp]) == [1, -1, 1, -1])
  }

  @Test func `bins agree with adjusted p on random tests`() {
    for seed in 0..<200 as Range<UInt64> {
      var stream = RandomStream(seed: seed, slot: 1, replicate: 2)
      let count = Int(stream.number(below: 60)) + 1
      let p = (0..<count).map { _ in
        let uniform = Double(stream.number(below: 10_000)) / 10_000
        return uniform * uniform * uniform
      }
      // R's p.adjust(method = "BH"): cumulative minimum of p·m/rank from the largest down.
      let order = p.indices.sorted { p[$0] < p[$1] }
      var adjusted = [Double](repeating: 1, count: count)
      var least = 1.0
      for rank in order.indices.reversed() {
        least = min(least, p[order[rank]] * Double(count) / Double(rank + 1))
        adjusted[order[rank]] = least
      }
      let bins = Significance.bins(z: p.map { _ in 1 }, p: p)
      for (bin, q) in zip(bins, adjusted) where [0.1, 0.05, 0.01].allSatisfy({ abs(q - $0) > 1e-9 }) {
        #expect(bin == (q <= 0.01 ? 3 : q <= 0.05 ? 2 : q <= 0.1 ? 1 : 0), "seed \(seed)")
      }
    }
  }

  @Test func `a later p below its line carries the earlier ones with it`() {
    #expect(Significance.benjaminiHochbergThreshold([0.03, 0.04, 0.045], falseDiscoveryRate: 0.05) == 0.045)
    #expect(Significance.benjaminiHochbergThreshold([0.03, 0.04, 0.06], falseDiscoveryRate: 0.05) == nil)
  }

  @Test func `cells without a score are not counted among the tests`() {
    let z: [Double?] = [3, nil, nil, nil]
    #expect(Significance.bins(z: z, p: [0.008, nil, nil, nil]) == [3, 0, 0, 0])
    #expect(Significance.bins(z: [nil], p: [nil]) == [0])
    #expect(Significance.bins(z: [], p: []).isEmpty)
  }

  @Test func `p of known deviates`() {
    #expect(abs(Significance.twoSidedP(z: 1.959963984540054) - 0.05) < 1e-15)
    #expect(Significance.twoSidedP(z: 0) == 1)
    #expect(Significance.twoSidedP(z: -2) == Significance.twoSidedP(z: 2))
    #expect(Significance.twoSidedP(z: 100) > 0)
  }

  @Test func `the empirical null of shifted, stretched scores gives the scores back`() throws {
    let base = (0..<101).map { Double($0 - 50) / 20 }
    let null = try #require(EmpiricalNull(z: base.map { 3 + 2 * $0 } + [nil]))
    let plain = try #require(EmpiricalNull(z: base))
    #expect(abs(null.centre - 3) < 1e-12)
    #expect(abs(null.standardised(3 + 2 * 1.25) - plain.standardised(1.25)) < 1e-12)
    #expect(EmpiricalNull(z: [1, 1, 1, 5]) == nil)
    #expect(EmpiricalNull(z: [1, nil]) == nil)
  }

  @Test func `medians`() {
    #expect(median([]) == nil)
    #expect(median([5]) == 5)
    #expect(median([9, 1, 4]) == 4)
    #expect(median([1, 2, 4, 100]) == 3)
  }

  @Test(arguments: [
    "queens", "radius", "radius:", "radius:-3", "radius:0", "radius:nan", "ring:0", "disk:x", "queen:1", "",
  ])
  func `odd neighbourhoods are refused`(text: String) {
    #expect(Neighbourhood(text) == nil)
  }

  @Test(arguments: ["queen", "rook", "radius:7500", "radius:4242.7", "ring:2", "disk:3"])
  func `neighbourhoods print as they are read`(text: String) {
    #expect(Neighbourhood(text)?.description == text)
  }

  @Test func `numbers below a bound are even`() {
    var stream = RandomStream(seed: 1, slot: 2, replicate: 3)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[Int(stream.number(below: 6))] += 1 }
    // 5 standard deviations of a count with mean 10,000.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 5 * 92 })
  }
}
