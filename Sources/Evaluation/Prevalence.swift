internal import Glibc

/// One unit that was drawn and visited.
public struct SampledUnit: Hashable, Sendable {
  /// Of its inclusion, 0 < π ≤ 1.
  public var probability: Double
  /// What was found: 1 or 0, or a severity.
  public var value: Double
  /// Which draw it is from; draws are independent of each other.
  public var draw: Int

  public init(probability: Double, value: Double, draw: Int = 0) {
    self.probability = probability
    self.value = value
    self.draw = draw
  }
}

/// How common problems are among all targets of the frame, visited or not, from the probabilities of the draw.
public struct Prevalence: Hashable, Sendable, Codable {
  /// Σ y/π over the frame's size; unbiased (Horvitz & Thompson 1952, doi:10.1080/01621459.1952.10483446).
  public let horvitzThompson: Estimate
  /// Σ y/π over Σ 1/π: a little biased, mostly less variable (Hájek 1971).
  public let hajek: Estimate
  /// The plain rate among visits, which a targeted draw makes too high: for comparison only.
  public let amongVisits: Double
  /// Units drawn and visited.
  public let visits: Int
  /// Units of all frames, counted once per draw: what the estimates are about.
  public let frameUnits: Int

  enum CodingKeys: String, CodingKey {
    case hajek, visits
    case horvitzThompson = "horvitz_thompson"
    case amongVisits = "among_visits"
    case frameUnits = "frame_units"
  }

  /// Estimates from draws of fixed size.
  ///
  /// The variance is Hájek's approximation for designs of high entropy such as the Pareto draw (Hájek 1964,
  /// doi:10.1214/aoms/1177700375, as in Berger & Tillé 2009): per draw of n units, with c = n/(n-1) (1-π),
  /// V = Σ c (y/π - B)², B = Σ c y/π / Σ c; for the ratio the residuals y - R take the place of y. Units with π = 1 add
  /// none. Variances of independent draws add up.
  ///
  /// Intervals are those of Fay & Feuer (1997) for sums of weighted counts (``Estimate``): few finds with unequal weights
  /// make the estimate skewed, and a find that was not drawn is missing from the estimate and from its variance alike.
  /// They took the largest weight for that of an unseen find; we take the middle between the mean weight of a drawn unit
  /// (Tiwari, Clegg & Zou 2006, doi:10.1177/0962280206070621), Σ1/π / n, and that of a unit of the frame, Σ1/π² / Σ1/π,
  /// and of its variance likewise with (1-π)/π². Of other means than shares an unseen find is as grave as those
  /// seen, and without any there is no interval.
  ///
  /// - Parameters:
  ///   - units: Every unit drawn and visited.
  ///   - frameUnits: Units in all frames that were drawn from, counted once per draw.
  ///   - isShare: Whether values are 0 or 1, so that intervals stay within 0...1.
  /// - Returns: `nil` of no units.
  public init?(_ units: [SampledUnit], frameUnits: Int, isShare: Bool = true) {
    guard !units.isEmpty, frameUnits > 0 else { return nil }
    precondition(units.allSatisfy { $0.probability > 0 && $0.probability <= 1 }, "0 < π ≤ 1")
    let total = units.reduce(0) { $0 + $1.value / $1.probability }
    let size = units.reduce(0) { $0 + 1 / $1.probability }
    let ratio = total / size
    let n = Double(frameUnits)
    let unseen = Prevalence.unseenFind(units, isShare: isShare)
    func estimate(_ value: Double, _ variance: Double?, frame: Double) -> Estimate {
      .gamma(
        value, variance: variance.map { $0 / (frame * frame) },
        unseen: unseen.map { .init(mean: $0.mean / frame, variance: $0.variance / (frame * frame)) }, isShare: isShare)
    }
    guard !units.allSatisfy({ $0.probability == 1 }) else {
      // Everybody of these draws was visited: there is nothing to be uncertain of.
      horvitzThompson = .normal(total / n, variance: 0)
      hajek = .normal(ratio, variance: 0)
      amongVisits = ratio
      visits = units.count
      self.frameUnits = frameUnits
      return
    }
    horvitzThompson = estimate(total / n, Prevalence.variance(units) { $0.value }, frame: n)
    hajek = estimate(ratio, Prevalence.variance(units) { $0.value - ratio }, frame: size)
    amongVisits = units.reduce(0) { $0 + $1.value } / Double(units.count)
    visits = units.count
    self.frameUnits = frameUnits
  }

  /// What one find more would add to the total; `nil` where nobody knows how grave it would be.
  private static func unseenFind(_ units: [SampledUnit], isShare: Bool) -> Estimate.UnseenFind? {
    let n = Double(units.count)
    let size = units.reduce(0) { $0 + 1 / $1.probability }
    let squares = units.reduce(0) { $0 + 1 / ($1.probability * $1.probability) }
    func open(_ power: Double) -> Double {
      units.reduce(0) { $0 + (1 - $1.probability) / pow($1.probability, power) }
    }
    let mean = (size / n + squares / size) / 2
    let variance = (open(2) / n + open(3) / size) / 2
    guard !isShare else { return .init(mean: mean, variance: variance) }
    let finds = units.filter { $0.value > 0 }
    guard !finds.isEmpty else { return nil }
    let grave = finds.reduce(0) { $0 + $1.value } / Double(finds.count)
    let square = finds.reduce(0) { $0 + $1.value * $1.value } / Double(finds.count)
    return .init(mean: mean * grave, variance: variance * square)
  }

  /// Of the total; `nil` when a draw has one unit that was not certain.
  static func variance(_ units: [SampledUnit], _ value: (SampledUnit) -> Double) -> Double? {
    var variance = 0.0
    let draws = Dictionary(grouping: units, by: \.draw)
    for draw in draws.keys.sorted() {
      let own = (draws[draw] ?? []).filter { $0.probability < 1 }
      if own.isEmpty { continue }
      guard own.count > 1 else { return nil }
      let scale = Double(own.count) / Double(own.count - 1)
      var top = 0.0
      var bottom = 0.0
      for unit in own {
        top += (1 - unit.probability) * value(unit) / unit.probability
        bottom += 1 - unit.probability
      }
      let centre = top / bottom
      for unit in own {
        let residual = value(unit) / unit.probability - centre
        variance += scale * (1 - unit.probability) * residual * residual
      }
    }
    return variance
  }
}

/// How often a visit finds a problem that is there, from targets that two teams visited without knowing of each other.
///
/// Both visits are taken to find a problem with the same probability p and independently. Then, among targets where at
/// least one found something, both did with probability q = p / (2 - p): the two-occasion capture-recapture model with
/// equal catchability.
public struct DetectionProbability: Hashable, Sendable, Codable {
  /// p, 0...1: the chance that one visit finds a problem that is there.
  public let estimate: Estimate
  /// Targets where both, and where only one visit found something.
  public let both: Int
  /// Targets where one visit found something and the other did not.
  public let one: Int

  /// - Returns: `nil` when no target had a find on both visits: then p cannot be told from 0.
  public init?(both: Int, one: Int) {
    guard both > 0 else { return nil }
    let m = Double(both + one)
    let q = Double(both) / m
    let p = 2 * q / (1 + q)
    let slope = 2 / ((1 + q) * (1 + q))
    estimate = .normal(p, variance: slope * slope * q * (1 - q) / m, within: 0...1)
    self.both = both
    self.one = one
  }

  /// A prevalence of what was found, as a prevalence of what is there: divided by p, at most 1, errors by the delta
  /// method. The interval keeps the skew of the prevalence's own: each side is the root of the squares of that side and of
  /// what p may be off (the MOVER idea of Zou & Donner 2008, doi:10.1002/sim.3095).
  public func corrected(_ prevalence: Estimate) -> Estimate {
    let p = estimate.value
    let value = prevalence.value / p
    var variance: Double?
    if let own = prevalence.standardError, let other = estimate.standardError {
      variance = own * own / (p * p) + value * value * other * other / (p * p)
    }
    guard let variance, let lower = prevalence.lower, let upper = prevalence.upper else {
      return .normal(min(1, value), variance: variance, within: 0...1)
    }
    let shift = value * (estimate.standardError ?? 0) / p * Estimate.normalQuantile
    func side(_ end: Double) -> Double {
      let own = (end - prevalence.value) / p
      return (own * own + shift * shift).squareRoot()
    }
    return Estimate(
      min(1, value), standardError: variance.squareRoot(), lower: min(1, max(0, value - side(lower))),
      upper: min(1, value + side(upper)))
  }
}
