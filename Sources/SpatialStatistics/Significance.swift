internal import Glibc

/// From standard deviates to p, and from many p to a decision that allows for their number.
public enum Significance {
  /// Two-sided p of a standard normal deviate, 2Φ(-|z|). Never 0: underflow stops at the smallest positive number.
  public static func twoSidedP(z: Double) -> Double {
    max(erfc(abs(z) / 2.0.squareRoot()), .leastNonzeroMagnitude)
  }

  /// Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x: the largest p(k) with p(k) ≤ αk/m.
  ///
  /// - Parameter p: Of the tested cells only: m is their number.
  /// - Returns: `nil` when no test passes.
  public static func benjaminiHochbergThreshold(_ p: [Double], falseDiscoveryRate: Double) -> Double? {
    threshold(sorted: p.sorted(), tests: p.count, falseDiscoveryRate: falseDiscoveryRate)
  }

  /// -3...3: the sign of z, and 1, 2 or 3 for the strictest false discovery rate of 10, 5 and 1 % that a cell passes.
  ///
  /// A cell without z or p is not tested and gets 0.
  public static func bins(z: [Double?], p: [Double?]) -> [Int] {
    precondition(z.count == p.count, "one p per z")
    var tests = 0
    // No p above the largest rate can pass, so only the smaller ones are sorted; their ranks are the same.
    var small: [Double] = []
    for (z, p) in zip(z, p) {
      guard z != nil, let p else { continue }
      tests += 1
      if p <= 0.1 { small.append(p) }
    }
    small.sort()
    let thresholds = [0.1, 0.05, 0.01].map { threshold(sorted: small, tests: tests, falseDiscoveryRate: $0) }
    return zip(z, p).map { z, p in
      guard let z, let p, z != 0 else { return 0 }
      let level = thresholds.lastIndex { threshold in threshold.map { p <= $0 } ?? false }.map { $0 + 1 } ?? 0
      return z > 0 ? level : -level
    }
  }

  /// - Parameter sorted: The smallest p of all tests, ascending.
  private static func threshold(sorted: [Double], tests: Int, falseDiscoveryRate: Double) -> Double? {
    let m = Double(tests)
    let last = sorted.indices.last { sorted[$0] <= falseDiscoveryRate * Double($0 + 1) / m }
    return last.map { sorted[$0] }
  }
}
