internal import Geometry

/// How well readings are foretold by the others: each is left out in turn.
public struct LeaveOneOut: Hashable, Sendable {
  /// Readings that could be foretold.
  public let count: Int
  /// Mean of estimate minus reading, unit of the quantity.
  public let meanError: Double
  /// Root mean square of the same.
  public let rootMeanSquare: Double
  /// Mean of error² over its variance: 1 where the variances are right, above where they are too small.
  public let meanSquaredRatio: Double
  /// Share of readings inside their 90 % interval, ± 1.645 standard deviations.
  public let coverage90: Double
  /// Share of the readings' variance that the others explain: 1 - (RMS / standard deviation)²; NaN for equal readings.
  public let explained: Double

  /// Each reading foretold from its own neighbourhood without it.
  ///
  /// The variance of an error is the kriging variance plus the error variance of the reading it is held against.
  public init(_ kriging: Kriging, threads: Int = 1) {
    let all = kriging.observations
    let places = zip(all.xs, all.ys).map { PlanePoint(x: $0, y: $1) }
    let estimates = kriging.estimates(at: places, drifts: all.drifts, threads: threads) { $0 != $1 }
    self.init(values: all.values, errorVariances: all.errorVariances, estimates: estimates)
  }

  /// - Precondition: equal lengths.
  init(values: [Double], errorVariances: [Double], estimates: [Kriging.Estimate?]) {
    precondition(values.count == estimates.count && values.count == errorVariances.count, "one estimate per reading")
    var (n, sum, squares, ratios, inside) = (0, 0.0, 0.0, 0.0, 0)
    for (k, estimate) in estimates.enumerated() {
      guard let estimate else { continue }
      let error = estimate.value - values[k]
      let variance = estimate.variance + errorVariances[k]
      n += 1
      sum += error
      squares += error * error
      ratios += variance > 0 ? error * error / variance : 0
      // The 95th percentile of the standard normal distribution.
      if error * error <= 1.644_853_6 * 1.644_853_6 * variance { inside += 1 }
    }
    let total = Double(max(1, n))
    count = n
    meanError = sum / total
    rootMeanSquare = (squares / total).squareRoot()
    meanSquaredRatio = ratios / total
    coverage90 = Double(inside) / total
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
    explained = spread > 0 ? 1 - squares / total / spread : .nan
  }
}
