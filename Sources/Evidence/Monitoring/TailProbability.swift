internal import Glibc
internal import SpatialStatistics

/// Tails of distributions that the tests of this folder need.
enum TailProbability {
  /// P(X ≥ count) for a binomial variable: the sum of its terms, so that small tails keep their digits.
  static func binomialUpper(_ count: Int, of trials: Int, probability: Double) -> Double {
    guard count > 0 else { return 1 }
    guard count <= trials, probability > 0 else { return 0 }
    guard probability < 1 else { return 1 }
    let n = Double(trials)
    var sum = 0.0
    for k in count...trials {
      let k = Double(k)
      sum += exp(
        lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(probability) + (n - k) * log1p(-probability))
    }
    return min(1, sum)
  }

  /// P(X ≤ value) for a χ² variable, by Wilson and Hilferty (1931), doi:10.1073/pnas.17.12.684; good to about 1 % of z
  /// from 10 degrees of freedom on.
  static func chiSquareLower(_ value: Double, degreesOfFreedom: Double) -> Double {
    guard value > 0 else { return 0 }
    let spread = 2 / (9 * degreesOfFreedom)
    let z = (cbrt(value / degreesOfFreedom) - (1 - spread)) / spread.squareRoot()
    return Significance.p(z: z, .less)
  }
}

/// The median; reorders nothing of the caller's. - Returns: NaN of none.
func medianOf(_ values: some Sequence<Double>) -> Double {
  let sorted = values.filter { !$0.isNaN }.sorted()
  guard !sorted.isEmpty else { return .nan }
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
