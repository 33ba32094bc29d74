import Randomness
import Foundation
import Testing

@testable import SpatialStatistics

@Suite struct NormalTailTests {
  @Test func `p agrees with the C library's erfc to 1e-13 of itself wherever a double can hold it`() {
    var worst = 0.0
    var worstAt = 0.0
    NormalTail.shared.withTable { table in
      // About 400,000 deviates at uneven steps: the series, their seams, erfc beyond them, down to the smallest numbers.
      var z = 0.0
      while z < 37.5 {
        let expected = erfc(z / 2.0.squareRoot())
        let error = abs(table.twoSided(z) - expected) / expected
        if error > worst { (worst, worstAt) = (error, z) }
        z += 0.000_093_7
      }
    }
    #expect(worst < 1e-13, "at z = \(worstAt)")
  }

  @Test(arguments: [
    // 2Φ(-z) to 20 digits, by mpmath with 50 digits: erfc(z / sqrt(2)).
    (0.0, 1.0), (0.0078125, 0.9937665902783148391), (0.5, 0.61707507745197379272), (1, 0.31731050786291410283),
    (2, 0.045500263896358414401), (3, 0.0026997960632601890533), (4.5, 6.7953462494601208034e-6),
    (6, 1.9731752900753962814e-9), (7.9921875, 1.3256521456850342035e-15), (8.25, 1.5839452629284954682e-16),
    (20, 5.5072482372124673902e-89), (37, 1.1451142445049153645e-299),
  ])
  func `p of deviates known to many digits`(z: Double, expected: Double) {
    // z / √2 is rounded before erfc sees it, which moves p by up to z² · 2⁻⁵³ of itself.
    let tolerance = (1e-14 + z * z * 0x1p-53) * expected
    for sign in [1.0, -1] {
      #expect(abs(Significance.twoSidedP(z: sign * z) - expected) <= tolerance)
      let upper = Significance.p(z: sign * z, .greater)
      let lower = Significance.p(z: sign * z, .less)
      #expect(abs((sign > 0 ? upper : lower) - expected / 2) <= tolerance / 2)
      #expect(abs(upper + lower - 1) < 1e-15)
    }
  }

  @Test func `p hardly ever rises with the distance, and never by more than rounding`() {
    var last = 1.0
    for k in 0..<200_000 {
      let p = Significance.twoSidedP(z: Double(k) * 5.1e-5)
      #expect(p <= last * (1 + 1e-14))
      last = p
    }
  }

  @Test func `a p is never 0 and a missing z has none`() {
    for z in [38.5, 40, 1e10, 1e300, .infinity, -.infinity] {
      #expect(Significance.twoSidedP(z: z) == .leastNonzeroMagnitude || z == 38.5)
      #expect(Significance.twoSidedP(z: z) > 0)
      #expect(Significance.p(z: abs(z), .greater) > 0 && Significance.p(z: abs(z), .less) == 1)
    }
    for alternative in [Alternative.twoSided, .greater, .less] {
      #expect(Significance.p(z: .nan, alternative).isNaN)
      let column: OptionalColumn = [1.5, nil, -9, 0]
      let p = Significance.p(z: column, alternative, threads: 2)
      #expect(p[1] == nil)
      for slot in [0, 2, 3] { #expect(p[slot] == column[slot].map { Significance.p(z: $0, alternative) }) }
    }
  }
}

@Suite struct SmallPTests {
  /// The rule as it is written: the largest p(k) that is at most its line, by sorting all.
  private func bySorting(_ p: [Double], _ line: (Int) -> Double) -> Double? {
    let sorted = p.sorted()
    return sorted.indices.last { sorted[$0] <= line($0 + 1) }.map { sorted[$0] }
  }

  private func fields(_ seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, slot: 5, replicate: 1)
    let count = Int(stream.number(below: 40_000)) + 1
    return (0..<count).map { rank in
      let uniform = stream.unit()
      switch seed % 8 {
      case 0: return uniform
      case 1: return uniform * uniform * uniform
      // Permutation p: many ties.
      case 2: return Double(1 + stream.number(below: 500)) / 500
      // A lump of tiny p and nothing else near a line.
      case 3: return uniform < 0.3 ? uniform * 1e-9 : 0.2 + uniform / 2
      // Along a line, just above or below it.
      case 4: return 0.05 * Double(rank + 1) / Double(count) * (uniform < 0.5 ? 1 + 1e-9 : 1 - 1e-9)
      case 5: return 0.1 * Double(rank + 1) / Double(count)
      case 6: return uniform < 0.01 ? uniform * 1e-3 : uniform
      default: return 0.01
      }
    }
  }

  @Test func `the p that passes is that of sorting, whatever the p look like`() {
    for seed in 0..<64 as Range<UInt64> {
      let p = fields(seed)
      let m = Double(p.count)
      let lines: [(Int) -> Double] = [
        { 0.1 * Double($0) / m }, { 0.05 * Double($0) / m }, { 0.01 * Double($0) / m }, { _ in 0.05 },
        { 0.05 * Double($0) / (m * 10.5) },
      ]
      for threads in [1, 2] {
        let ladder = SmallP(z: p.map { _ in 1 }, p: p, threads: threads)
        #expect(ladder.tests == p.count)
        #expect(ladder.thresholds(lines, threads: threads) == lines.map { bySorting(p, $0) }, "seed \(seed)")
      }
    }
  }

  @Test func `slots without z or p are no tests, and none at all have no threshold`() {
    let ladder = SmallP(z: [1, .nan, 1, 1], p: [0.05, 0.001, .nan, 0.1], threads: 1)
    #expect(ladder.tests == 2)
    #expect(ladder.thresholds([{ 0.1 * Double($0) / 2 }, { 0.05 * Double($0) / 2 }], threads: 1) == [0.1, nil])
    let none = SmallP(z: [], p: [], threads: 2)
    #expect(none.tests == 0 && none.thresholds([{ _ in 0.1 }], threads: 2) == [nil])
  }
}
