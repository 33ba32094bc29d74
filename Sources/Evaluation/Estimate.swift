internal import SpatialStatistics

/// A number with what is known of its error.
public struct Estimate: Hashable, Sendable, Codable {
  /// In the unit of what is estimated.
  public let value: Double
  /// `nil` where none could be computed.
  public let standardError: Double?
  /// Ends of the interval; `nil` where there were too few blocks or units to give one.
  public let lower: Double?
  /// Upper end, `nil` together with `lower`.
  public let upper: Double?

  public init(_ value: Double, standardError: Double? = nil, lower: Double? = nil, upper: Double? = nil) {
    self.value = value
    self.standardError = standardError
    self.lower = lower
    self.upper = upper
  }

  enum CodingKeys: String, CodingKey {
    case value, lower, upper
    case standardError = "standard_error"
  }

  /// The normal 95 % interval of a variance, cut to a range; no interval where the variance is not known.
  static func normal(_ value: Double, variance: Double?, within range: ClosedRange<Double>? = nil) -> Estimate {
    guard let variance, variance >= 0 else { return Estimate(value) }
    let error = variance.squareRoot()
    var lower = value - normalQuantile * error
    var upper = value + normalQuantile * error
    if let range {
      lower = min(max(lower, range.lowerBound), range.upperBound)
      upper = min(max(upper, range.lowerBound), range.upperBound)
    }
    return Estimate(value, standardError: error, lower: lower, upper: upper)
  }

  /// Wilson's score interval of a share at 95 % (Wilson 1927, doi:10.1080/01621459.1927.10502953); `nil` of nothing.
  public static func wilson(_ count: Int, of total: Int) -> Estimate? {
    guard total > 0 else { return nil }
    let n = Double(total)
    let share = Double(count) / n
    let ends = wilsonEnds(share, n)
    return Estimate(
      share, standardError: (share * (1 - share) / n).squareRoot(), lower: ends.lower, upper: ends.upper)
  }

  /// What one more find, somewhere among the units that were not drawn, would add to an estimate.
  struct UnseenFind {
    /// Its expected share of the estimate.
    let mean: Double
    /// The variance it would add.
    let variance: Double
  }

  /// The 95 % interval of a sum of weighted finds: Fay & Feuer (1997),
  /// doi:10.1002/(SICI)1097-0258(19970415)16:7<791::AID-SIM500>3.0.CO;2-#.
  ///
  /// The ends are quantiles of gamma distributions, whose skew is that of few finds with unequal weights: the lower of
  /// one with the estimate's mean and variance, the upper of one that has an unseen find more. Equal weights give the exact
  /// interval of a Poisson count.
  ///
  /// - Parameters:
  ///   - variance: Of the value; no interval without it.
  ///   - unseen: `nil` where nothing is known of an unseen find: no interval then.
  ///   - isShare: Whether the value is a share, which is taken from its nearer end: of 0.9 the missing 0.1 are the finds.
  static func gamma(_ value: Double, variance: Double?, unseen: UnseenFind?, isShare: Bool) -> Estimate {
    guard let variance, variance >= 0, value >= 0 else { return Estimate(value) }
    let error = variance.squareRoot()
    guard let unseen else { return Estimate(value, standardError: error) }
    let isTurned = isShare && value > 0.5
    let centre = isTurned ? max(0, 1 - value) : value
    let low = quantile(1 - upperTail, mean: centre, variance: variance)
    let high = quantile(upperTail, mean: centre + unseen.mean, variance: variance + unseen.variance)
    let ends = isTurned ? (1 - high, 1 - low) : (low, high)
    return Estimate(
      value, standardError: error, lower: max(0, ends.0), upper: isShare ? min(1, ends.1) : ends.1)
  }

  /// Of the gamma distribution with a mean and a variance; the mean itself where nothing varies.
  private static func quantile(_ p: Double, mean: Double, variance: Double) -> Double {
    guard mean > 0, variance > 0 else { return mean }
    let shape = mean * mean / variance
    // The incomplete gamma function is slow at large shapes, where the distribution is normal to four digits.
    guard shape < 1e6 else { return mean + (p < 0.5 ? -normalQuantile : normalQuantile) * variance.squareRoot() }
    return GammaTail.quantile(p, shape: shape, rate: mean / variance)
  }

  private static func wilsonEnds(_ share: Double, _ n: Double) -> (lower: Double, upper: Double) {
    let z2 = normalQuantile * normalQuantile
    let centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    let half = normalQuantile / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)).squareRoot()
    return (max(0, centre - half), min(1, centre + half))
  }

  /// Of all intervals: 95 % lie between the ends.
  static let upperTail = 0.975
  /// Of the normal distribution at 0.975.
  static let normalQuantile = 1.959963984540054
}
