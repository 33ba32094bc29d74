/// Whether probabilities happen as often as they say.
public struct Reliability: Hashable, Sendable, Codable {
  /// One bin of predictions.
  public struct Bin: Hashable, Sendable, Codable {
    /// 0...1; the last bin includes 1.
    public let lowest: Double
    /// Upper edge, 0...1; the next bin begins there.
    public let highest: Double
    /// Predictions in the bin.
    public let count: Int
    /// `nil` in an empty bin, as is `observedShare`.
    public let meanProbability: Double?
    /// Share of them that happened, 0...1; `nil` in an empty bin.
    public let observedShare: Double?

    enum CodingKeys: String, CodingKey {
      case lowest, highest, count
      case meanProbability = "mean_probability"
      case observedShare = "observed_share"
    }
  }

  /// Of equal width, ascending, the empty ones among them.
  public let bins: [Bin]
  /// Predictions in all bins.
  public let count: Int
  /// Mean of (p - y)² (Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2); NaN without predictions.
  public let brier: Double
  /// Mean over predictions of |mean p - observed share| of their bin: the expected calibration error; NaN without
  /// predictions.
  public let calibrationError: Double

  enum CodingKeys: String, CodingKey {
    case bins, count, brier
    case calibrationError = "calibration_error"
  }

  /// - Parameter bins: Of equal width.
  public init(_ predictions: [(p: Double, happened: Bool)], bins: Int = 10) {
    var counts = [Int](repeating: 0, count: bins)
    var sums = [Double](repeating: 0, count: bins)
    var hits = counts
    var square = 0.0
    for prediction in predictions {
      let bin = min(bins - 1, max(0, Int(prediction.p * Double(bins))))
      counts[bin] += 1
      sums[bin] += prediction.p
      if prediction.happened { hits[bin] += 1 }
      let error = prediction.p - (prediction.happened ? 1 : 0)
      square += error * error
    }
    count = predictions.count
    let n = Double(predictions.count)
    brier = square / n
    calibrationError =
      predictions.isEmpty ? .nan : counts.indices.reduce(0) { $0 + abs(sums[$1] - Double(hits[$1])) } / n
    self.bins = counts.indices.map { bin in
      let own = Double(counts[bin])
      return Bin(
        lowest: Double(bin) / Double(bins), highest: Double(bin + 1) / Double(bins), count: counts[bin],
        meanProbability: counts[bin] > 0 ? sums[bin] / own : nil,
        observedShare: counts[bin] > 0 ? Double(hits[bin]) / own : nil)
    }
  }
}
