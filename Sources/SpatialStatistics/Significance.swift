internal import Glibc
internal import Threads

/// From standard deviates to p, and from many p to a decision that allows for their number.
public enum Significance {
  /// Two-sided p of a standard normal deviate, 2Φ(-|z|). Never 0: underflow stops at the smallest positive number.
  public static func twoSidedP(z: Double) -> Double {
    max(erfc(abs(z) / 2.0.squareRoot()), .leastNonzeroMagnitude)
  }

  /// The z whose upper tail holds a share of the standard normal distribution.
  ///
  /// - Parameter upperTail: Above 0 and below 1; found by halving to the last bit.
  static func normalQuantile(upperTail: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if p(z: middle, .greater) > upperTail { low = middle } else { high = middle }
    }
  }

  /// p of a standard normal deviate: 2Φ(-|z|), Φ(-z) or Φ(z). Never 0.
  public static func p(z: Double, _ alternative: Alternative) -> Double {
    switch alternative {
    case .twoSided: twoSidedP(z: z)
    case .greater: max(0.5 * erfc(z / 2.0.squareRoot()), .leastNonzeroMagnitude)
    case .less: max(0.5 * erfc(-z / 2.0.squareRoot()), .leastNonzeroMagnitude)
    }
  }

  /// p of every z.
  public static func p(
    z: OptionalColumn, _ alternative: Alternative = .twoSided, threads: Int = 1
  ) -> OptionalColumn {
    OptionalColumn(
      numbers: filledByBlocks(z.count, threads: threads) { out, block in
        for slot in block { out[slot] = z.numbers[slot].isNaN ? .nan : p(z: z.numbers[slot], alternative) }
      })
  }

  /// How many tests at once are allowed for.
  public enum Correction: String, Hashable, Sendable, Codable, CaseIterable {
    /// Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x: the largest p(k) with p(k) ≤ αk/m.
    case benjaminiHochberg = "bh"
    /// Benjamini & Yekutieli (2001), doi:10.1214/aos/1013699998: αk/(m·Σ1/i), valid for tests that depend on each
    /// other in any way.
    case benjaminiYekutieli = "by"
    /// p ≤ α, for those who correct by themselves.
    case none

    /// Largest p allowed at rank `k` of `m` tests.
    fileprivate func line(_ rate: Double, tests: Int) -> (Int) -> Double {
      let m = Double(tests)
      switch self {
      case .benjaminiHochberg: return { rate * Double($0) / m }
      case .benjaminiYekutieli:
        let harmonic = (1...max(1, tests)).reversed().reduce(0) { $0 + 1 / Double($1) }
        return { rate * Double($0) / (m * harmonic) }
      case .none: return { _ in rate }
      }
    }
  }

  /// - Parameter p: Of the tested cells only: m is their number.
  /// - Returns: `nil` when no test passes.
  public static func benjaminiHochbergThreshold(_ p: [Double], falseDiscoveryRate: Double) -> Double? {
    var all = [p]
    let line = Correction.benjaminiHochberg.line(falseDiscoveryRate, tests: p.count)
    return threshold(&all, tests: p.count, line: line, threads: 1)
  }

  /// -3...3: the sign of z, and 1, 2 or 3 for the strictest rate of 10, 5 and 1 % that a cell passes.
  ///
  /// A cell without z or p is not tested and gets 0.
  public static func bins(
    z: OptionalColumn, p: OptionalColumn, correction: Correction = .benjaminiHochberg, threads: Int = 1
  ) -> [Int8] {
    precondition(z.count == p.count, "one p per z")
    let blocks = (z.count + slotsPerBlock - 1) / slotsPerBlock
    // No p above the largest rate can pass; the ranks of the smaller ones are the same without them.
    let found = mapConcurrently(blocks, threads: threads) { block in
      let slots = block * slotsPerBlock..<min(z.count, (block + 1) * slotsPerBlock)
      return z.numbers.withUnsafeBufferPointer { z in
        p.numbers.withUnsafeBufferPointer { p in
          var tests = 0
          let small = [Double](unsafeUninitializedCapacity: slots.count) { small, count in
            for slot in slots {
              // A NaN equals nothing, itself included, and passes no comparison.
              let isTested = z[slot] == z[slot] && p[slot] == p[slot]
              tests += isTested ? 1 : 0
              small[count] = p[slot]
              count += isTested && p[slot] <= 0.1 ? 1 : 0
            }
          }
          return (tests: tests, small: small)
        }
      }
    }
    let tests = found.reduce(0) { $0 + $1.tests }
    var limits: [Double] = []
    var small = found.map(\.small)
    for rate in [0.1, 0.05, 0.01] {
      // Whatever passes a stricter rate passes a milder one.
      limits.append(
        threshold(&small, tests: tests, line: correction.line(rate, tests: tests), threads: threads) ?? -1)
    }
    let (one, two, three) = (limits[0], limits[1], limits[2])
    return filledByBlocks(z.count, threads: threads) { out, block in
      z.numbers.withUnsafeBufferPointer { z in
        p.numbers.withUnsafeBufferPointer { p in
          for slot in block {
            let level: Int8 = (p[slot] <= one ? 1 : 0) + (p[slot] <= two ? 1 : 0) + (p[slot] <= three ? 1 : 0)
            out[slot] = z[slot] > 0 ? level : z[slot] < 0 ? -level : 0
          }
        }
      }
    }
  }

  /// The same from optionals.
  public static func bins(z: [Double?], p: [Double?], correction: Correction = .benjaminiHochberg) -> [Int] {
    bins(z: OptionalColumn(z), p: OptionalColumn(p), correction: correction).map(Int.init)
  }

  /// The largest p that passes, found without sorting.
  ///
  /// Let K be the largest rank with p(K) ≤ line(K). Counting the p at or below line(k) for some k ≥ K gives at least K
  /// again, because the line does not fall; and a k that gives itself has p(k) ≤ line(k). So counting from k = m
  /// downwards ends at K. Each count is over the p that passed the last one. Where p follow the line closely that takes
  /// many counts; the last few p are then sorted.
  ///
  /// - Parameter p: At least all p that may pass, in any order; afterwards those that pass, and perhaps more.
  private static func threshold(
    _ p: inout [[Double]], tests: Int, line: (Int) -> Double, threads: Int
  ) -> Double? {
    var rank = tests
    for _ in 0..<12 {
      let limit = line(rank)
      let all = p
      p = []
      p = mapConcurrently(all.count, threads: threads) { part in
        all[part].withUnsafeBufferPointer { all in
          [Double](unsafeUninitializedCapacity: all.count) { kept, count in
            for p in all {
              kept[count] = p
              count += p <= limit ? 1 : 0
            }
          }
        }
      }
      let left = p.reduce(0) { $0 + $1.count }
      if left == rank || line(left) == limit { return p.compactMap { $0.max() }.max() }
      rank = left
    }
    let sorted = p.flatMap { $0 }.sorted()
    return sorted.indices.last { sorted[$0] <= line($0 + 1) }.map { sorted[$0] }
  }
}
