internal import Glibc

/// How far probabilities can be believed: of those that were given 30 %, 30 % should have had a find.
public struct Reliability: Hashable, Sendable, Codable {
  /// Probabilities of one tenth of 0...1, by default.
  public struct Bin: Hashable, Sendable, Codable {
    /// Least probability of the bin.
    public let from: Double
    /// First probability above the bin; the last bin holds 1.
    public let to: Double
    /// Visits in the bin, unweighted.
    public let count: Int
    /// Weighted means within the bin.
    public let meanProbability: Double
    /// Weighted share with a find, 0...1.
    public let observedRate: Double

    enum CodingKeys: String, CodingKey {
      case from, to, count
      case meanProbability = "mean_probability"
      case observedRate = "observed_rate"
    }
  }

  /// Bins of equal width that hold anything, ascending.
  public let bins: [Bin]
  /// Expected calibration error: weighted mean over bins of |mean probability - observed rate|
  /// (Naeini, Cooper & Hauskrecht 2015).
  public let calibrationError: Double
  /// Weighted mean of (p - y)² (Brier 1950).
  public let brier: Double
  /// Weighted mean of -log p(y), natural logarithm, with p kept 1e-12 away from 0 and 1.
  public let logLoss: Double
  /// Probability that a find was given a higher probability than a visit without one, ties counted half (the area under
  /// the receiver operating characteristic); `nil` when one of the two is missing.
  public let areaUnderCurve: Double?

  enum CodingKeys: String, CodingKey {
    case bins, brier
    case calibrationError = "ece"
    case logLoss = "log_loss"
    case areaUnderCurve = "auc"
  }

  /// - Parameters:
  ///   - probabilities: 0...1. - outcomes: In parallel.
  ///   - weights: Not negative; `nil` for equal weights.
  /// - Returns: `nil` of nothing.
  public init?(probabilities: [Double], outcomes: [Bool], weights: [Double]? = nil, bins count: Int = 10) {
    precondition(probabilities.count == outcomes.count, "one outcome per probability")
    let weights = weights ?? [Double](repeating: 1, count: outcomes.count)
    let total = weights.reduce(0, +)
    guard total > 0, count > 0 else { return nil }
    var sums = [(weight: Double, p: Double, y: Double, count: Int)](repeating: (0, 0, 0, 0), count: count)
    var brier = 0.0
    var loss = 0.0
    for k in outcomes.indices {
      let p = probabilities[k]
      let y = outcomes[k] ? 1.0 : 0.0
      let bin = min(count - 1, max(0, Int(p * Double(count))))
      sums[bin].weight += weights[k]
      sums[bin].p += weights[k] * p
      sums[bin].y += weights[k] * y
      sums[bin].count += 1
      brier += weights[k] * (p - y) * (p - y)
      loss += weights[k] * Reliability.loss(p, outcomes[k])
    }
    bins = sums.enumerated().compactMap { place, sum in
      sum.weight > 0
        ? Bin(
          from: Double(place) / Double(count), to: Double(place + 1) / Double(count), count: sum.count,
          meanProbability: sum.p / sum.weight, observedRate: sum.y / sum.weight) : nil
    }
    calibrationError = sums.reduce(0) { $0 + abs($1.p - $1.y) } / total
    self.brier = brier / total
    logLoss = loss / total
    areaUnderCurve = Reliability.areaUnderCurve(probabilities, outcomes, weights: weights)
  }

  /// -log of the probability that was given to what happened.
  static func loss(_ p: Double, _ outcome: Bool) -> Double {
    let p = min(1 - 1e-12, max(1e-12, p))
    return outcome ? -log(p) : -log(1 - p)
  }

  /// Weighted, by ranks: O(n log n). - Returns: `nil` without finds or without visits that found nothing.
  public static func areaUnderCurve(_ scores: [Double], _ outcomes: [Bool], weights: [Double]) -> Double? {
    let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1 }
    var below = 0.0
    var area = 0.0
    var positives = 0.0
    var k = 0
    while k < order.count {
      var end = k
      var up = 0.0
      var down = 0.0
      while end < order.count, scores[order[end]] == scores[order[k]] {
        if outcomes[order[end]] { up += weights[order[end]] } else { down += weights[order[end]] }
        end += 1
      }
      area += up * (below + down / 2)
      below += down
      positives += up
      k = end
    }
    return positives > 0 && below > 0 ? area / (positives * below) : nil
  }
}
