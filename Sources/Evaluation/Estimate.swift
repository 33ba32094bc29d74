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

  /// Wilson's interval with the sample size that would give the variance; `effectiveSize` where the variance is 0.
  static func share(_ value: Double, variance: Double?, effectiveSize: Double) -> Estimate {
    guard let variance, value >= 0, value < 1 || variance == 0 else {
      return normal(value, variance: variance, within: 0...1)
    }
    let kept = min(1, value)
    let size = variance > 0 ? kept * (1 - kept) / variance : effectiveSize
    let ends = wilsonEnds(kept, size)
    return Estimate(value, standardError: variance.squareRoot(), lower: ends.lower, upper: ends.upper)
  }

  private static func wilsonEnds(_ share: Double, _ n: Double) -> (lower: Double, upper: Double) {
    let z2 = normalQuantile * normalQuantile
    let centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    let half = normalQuantile / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)).squareRoot()
    return (max(0, centre - half), min(1, centre + half))
  }

  /// Of the normal distribution at 0.975.
  static let normalQuantile = 1.959963984540054
}
