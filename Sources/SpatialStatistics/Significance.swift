internal import Glibc
internal import Threads

/// From standard deviates to p, and from many p to a decision that allows for their number.
public enum Significance {
  /// Two-sided p of a standard normal deviate, 2Φ(-|z|). Never 0: underflow stops at the smallest positive number.
  public static func twoSidedP(z: Double) -> Double { p(z: z, .twoSided) }

  /// The z whose upper tail holds a share of the standard normal distribution.
  ///
  /// - Parameter upperTail: Above 0 and below 1; found by halving to the last bit.
  static func normalQuantile(upperTail: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if 0.5 * erfc(middle / 2.0.squareRoot()) > upperTail { low = middle } else { high = middle }
    }
  }

  /// p of a standard normal deviate: 2Φ(-|z|), Φ(-z) or Φ(z). Never 0.
  public static func p(z: Double, _ alternative: Alternative) -> Double {
    NormalTail.shared.withTable { $0.p(z, alternative) }
  }

  /// p of every z: the same bits as one by one.
  public static func p(
    z: OptionalColumn, _ alternative: Alternative = .twoSided, threads: Int = 1
  ) -> OptionalColumn {
    OptionalColumn(
      numbers: filledByBlocks(z.count, threads: threads) { out, block in
        z.numbers.withUnsafeBufferPointer { z in
          NormalTail.shared.withTable { table in
            switch alternative {
            case .twoSided: for slot in block { out[slot] = table.p(z[slot], .twoSided) }
            case .greater: for slot in block { out[slot] = table.p(z[slot], .greater) }
            case .less: for slot in block { out[slot] = table.p(z[slot], .less) }
            }
          }
        }
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
    let line = Correction.benjaminiHochberg.line(falseDiscoveryRate, tests: p.count)
    let sorted = p.sorted()
    return sorted.indices.last { sorted[$0] <= line($0 + 1) }.map { sorted[$0] }
  }

  /// -3...3: the sign of z, and 1, 2 or 3 for the strictest rate of 10, 5 and 1 % that a cell passes.
  ///
  /// A cell without z or p is not tested and gets 0.
  public static func bins(
    z: OptionalColumn, p: OptionalColumn, correction: Correction = .benjaminiHochberg, threads: Int = 1
  ) -> [Int8] {
    precondition(z.count == p.count, "one p per z")
    let ladder = SmallP(z: z.numbers, p: p.numbers, threads: threads)
    // Whatever passes a stricter rate passes a milder one.
    let limits = ladder.thresholds(
      [0.1, 0.05, 0.01].map { correction.line($0, tests: ladder.tests) }, threads: threads
    ).map { $0 ?? -1 }
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
}
