/// Values minus their mean, with the population variance: what every statistic of this room starts from.
struct CentredValues {
  let values: [Double]
  /// Mean of `values`: 0 but for rounding.
  let mean: Double
  /// Σ(x - x̄)²/n of the scaled values.
  let variance: Double

  /// - Returns: `nil` when all values are equal, compared exactly, or so nearly equal that their variance is 0.
  ///
  /// Very large or very small values are first scaled by a power of two, which no statistic here can notice, so that
  /// squares neither overflow nor vanish.
  init?(_ raw: [Double]) {
    guard let first = raw.first, raw.contains(where: { $0 != first }) else { return nil }
    let largest = raw.reduce(0) { max($0, abs($1)) }
    var scaled = raw
    if largest > 1e100 || largest < 1e-100 {
      let half = -largest.exponent / 2
      let factor = Double(sign: .plus, exponent: half, significand: 1)
      scaled = raw.map { $0 * factor * factor }
    }
    let centre = compensatedSum(scaled) / Double(raw.count)
    let values = scaled.map { $0 - centre }
    let mean = compensatedSum(values) / Double(raw.count)
    let variance = compensatedSum(values.map { ($0 - mean) * ($0 - mean) }) / Double(raw.count)
    guard variance > 0 else { return nil }
    self.values = values
    self.mean = mean
    self.variance = variance
  }
}

/// Neumaier's compensated sum, in array order.
func compensatedSum(_ values: [Double]) -> Double {
  var sum = 0.0
  var correction = 0.0
  for value in values {
    let next = sum + value
    correction += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }
  return sum + correction
}
