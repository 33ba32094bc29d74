internal import Glibc

/// Whether a series rises or falls: Mann and Kendall's test with ties, and Sen's slope.
///
/// S = Σ_{i<j} sgn(x_j - x_i), Var S = [n(n-1)(2n+5) - Σ t(t-1)(2t+5)]/18 over groups of t equal values,
/// Z = (S - sgn S)/√Var (Kendall 1975; Mann 1945, doi:10.2307/1907187).
public struct MannKendall: Sendable, Hashable {
  /// Pairs that rise minus pairs that fall.
  public let s: Int
  /// Of S when nothing but chance orders the values; 0 when all are equal.
  public let variance: Double
  /// 0 when all values are equal.
  public let z: Double
  /// Two-sided, from the normal distribution; 1 when all values are equal.
  public let p: Double
  /// Kendall's τ_a: S by the number of pairs.
  public let tau: Double

  /// - Parameter values: In order of time, evenly or not; finite. Fewer than 2 say nothing: S is 0.
  public init(_ values: [Double]) {
    var s = 0
    for j in values.indices {
      for i in 0..<j { s += values[j] > values[i] ? 1 : values[j] < values[i] ? -1 : 0 }
    }
    let n = Double(values.count)
    var ties = 0.0
    let sorted = values.sorted()
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
      let t = Double(end - start)
      ties += t * (t - 1) * (2 * t + 5)
      start = end
    }
    self.s = s
    variance = values.count < 2 ? 0 : max(0, n * (n - 1) * (2 * n + 5) - ties) / 18
    z = variance > 0 ? Double(s - s.signum()) / variance.squareRoot() : 0
    p = variance > 0 ? Significance.twoSidedP(z: z) : 1
    tau = values.count < 2 ? 0 : Double(s) / (n * (n - 1) / 2)
  }
}

/// The median of the slopes between all pairs of a series, with an interval from the ranks of S.
///
/// Sen (1968), doi:10.1080/01621459.1968.10480934: with N pairs and C = z √Var S, the limits are the
/// (N - C)/2-th and (N + C)/2 + 1-th smallest slopes.
public struct SenSlope: Sendable, Hashable {
  /// Unit of the values per unit of time.
  public let slope: Double
  /// Limits of the two-sided interval; beyond the steepest pair they are that pair's slope.
  public let low: Double
  public let high: Double

  /// - Parameters:
  ///   - values: Finite.
  ///   - times: Strictly ascending, one per value.
  ///   - normalQuantile: Of the interval; 1.96 for 95 %.
  /// - Returns: `nil` for fewer than 2 values.
  public init?(_ values: [Double], times: [Double], normalQuantile: Double = 1.959_963_984_540_054) {
    precondition(values.count == times.count, "one time per value")
    guard values.count >= 2 else { return nil }
    var slopes: [Double] = []
    slopes.reserveCapacity(values.count * (values.count - 1) / 2)
    for j in values.indices {
      for i in 0..<j { slopes.append((values[j] - values[i]) / (times[j] - times[i])) }
    }
    slopes.sort()
    let count = slopes.count
    let middle = count / 2
    slope = count % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2
    let width = normalQuantile * MannKendall(values).variance.squareRoot()
    let first = Int(((Double(count) - width) / 2).rounded())
    let last = Int(((Double(count) + width) / 2 + 1).rounded())
    low = slopes[min(count - 1, max(0, first - 1))]
    high = slopes[min(count - 1, max(0, last - 1))]
  }
}
