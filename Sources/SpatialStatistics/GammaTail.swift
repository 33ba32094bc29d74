internal import Glibc

/// The incomplete gamma function: tails of the Poisson distribution at fractional counts, and of the gamma distribution.
public enum GammaTail {
  /// P(a, x) = γ(a, x) / Γ(a), the regularised lower incomplete gamma function, 0...1.
  ///
  /// P(n, λ) is the chance that a Poisson variable of mean λ reaches n, and carries that tail on to fractional n. Series
  /// below x = a + 1, Lentz's continued fraction above: DLMF 8.11.4 and 8.9.2.
  ///
  /// - Precondition: `a > 0`, `x >= 0`.
  public static func lower(_ a: Double, _ x: Double) -> Double {
    precondition(a > 0 && x >= 0, "the incomplete gamma function needs a > 0 and x >= 0")
    guard x > 0 else { return 0 }
    guard x < a + 1 else { return 1 - upperFraction(a, x) }
    var term = 1 / a
    var sum = term
    var n = a
    while term > sum * 1e-17 {
      n += 1
      term *= x / n
      sum += term
      if n > a + 100_000 { break }
    }
    return min(1, sum * exp(a * log(x) - x - lgamma(a)))
  }

  /// 1 - P(a, x).
  public static func upper(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 1 }
    return x < a + 1 ? 1 - lower(a, x) : upperFraction(a, x)
  }

  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var h = d
    for k in 1...100_000 {
      let factor = -Double(k) * (Double(k) - a)
      b += 2
      d = factor * d + b
      if abs(d) < tiny { d = tiny }
      c = b + factor / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      let step = c * d
      h *= step
      if abs(step - 1) < 1e-16 { break }
    }
    return h * exp(a * log(x) - x - lgamma(a))
  }

  /// The value below which a gamma variable of this shape and rate lies with probability `p`.
  ///
  /// By bisection on P(shape, rate · value), to a relative 1e-10.
  ///
  /// - Precondition: `0 < p < 1`, `shape > 0`, `rate > 0`.
  public static func quantile(_ p: Double, shape: Double, rate: Double) -> Double {
    var low = 0.0
    var high = max(1, shape) * 2
    while lower(shape, high) < p { high *= 2 }
    for _ in 0..<200 where high - low > 1e-10 * high {
      let middle = (low + high) / 2
      if lower(shape, middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2 / rate
  }
}
