internal import Glibc

/// Straightens probabilities: logit p' = a + b · logit p (Platt 1999, with both numbers fitted on training seeds).
public struct AttributionCalibration: Hashable, Sendable {
  /// Of "explains at least half".
  public var halfOffset: Double
  /// b of "explains at least half": below 1 makes sure probabilities less sure.
  public var halfSlope: Double
  /// Of "is the main source".
  public var mainOffset: Double
  /// b of "is the main source".
  public var mainSlope: Double

  public init(halfOffset: Double, halfSlope: Double, mainOffset: Double, mainSlope: Double) {
    self.halfOffset = halfOffset
    self.halfSlope = halfSlope
    self.mainOffset = mainOffset
    self.mainSlope = mainSlope
  }

  /// Leaves probabilities as they are.
  public static let none = AttributionCalibration(halfOffset: 0, halfSlope: 1, mainOffset: 0, mainSlope: 1)

  /// Fitted on the seeds ``trainingSeeds`` of `evaluate attribution`; never on those it reports.
  public static let standard = AttributionCalibration(
    halfOffset: 0.0683, halfSlope: 1.0806, mainOffset: -0.0010, mainSlope: 1.1998)

  /// Seeds of the synthetic campaigns that the constants were fitted on.
  public static let trainingSeeds: [UInt64] = [101, 102, 103, 104]

  func half(_ p: Double) -> Double { Self.straightened(p, halfOffset, halfSlope) }
  func main(_ p: Double) -> Double { Self.straightened(p, mainOffset, mainSlope) }

  /// Probabilities closer to 0 and 1 than the sampler can tell are taken as that close.
  static let margin = 0.0005

  private static func straightened(_ p: Double, _ offset: Double, _ slope: Double) -> Double {
    guard p > 0 else { return 0 }
    let inner = min(1 - margin, max(margin, p))
    return 1 / (1 + exp(-(offset + slope * log(inner / (1 - inner)))))
  }

  /// Maximum likelihood of offset and slope by Newton's method.
  ///
  /// - Returns: `nil` without both outcomes.
  public static func fit(_ pairs: [(p: Double, happened: Bool)]) -> (offset: Double, slope: Double)? {
    guard pairs.contains(where: \.happened), pairs.contains(where: { !$0.happened }) else { return nil }
    let xs = pairs.map { pair in
      let inner = min(1 - margin, max(margin, pair.p))
      return log(inner / (1 - inner))
    }
    var (offset, slope) = (0.0, 1.0)
    for _ in 0..<50 {
      // A weak prior about (0, 1) keeps a perfect separation finite.
      var (g0, g1, h00, h01, h11) = (-0.01 * offset, -0.01 * (slope - 1), 0.01, 0.0, 0.01)
      for (x, pair) in zip(xs, pairs) {
        let p = 1 / (1 + exp(-(offset + slope * x)))
        let error = (pair.happened ? 1 : 0) - p
        let weight = max(1e-9, p * (1 - p))
        g0 += error
        g1 += error * x
        h00 += weight
        h01 += weight * x
        h11 += weight * x * x
      }
      let determinant = h00 * h11 - h01 * h01
      guard determinant > 0 else { break }
      let step = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
      offset += max(-2, min(2, step.0))
      slope += max(-2, min(2, step.1))
      if abs(step.0) + abs(step.1) < 1e-9 { break }
    }
    return (offset, slope)
  }
}
