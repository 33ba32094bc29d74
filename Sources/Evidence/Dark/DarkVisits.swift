internal import Glibc
public import Grids

/// What a visit to a cell, or to a meter in it, found of unregistered sources.
public struct DarkVisit: Hashable, Sendable {
  /// Of the visit.
  public let cell: CellID
  /// Whether a source was found that no register and no list knew.
  public let isFind: Bool
  /// Chance with which the draw took the cell, above 0; `nil` for a visit that was not drawn, which calibrates and is not weighted.
  public let probability: Double?

  /// One visit. - Precondition: a probability above 0 and at most 1.
  public init(cell: CellID, isFind: Bool, probability: Double? = nil) {
    precondition(probability.map { $0 > 0 && $0 <= 1 } ?? true, "0 < π ≤ 1")
    self.cell = cell
    self.isFind = isFind
    self.probability = probability
  }
}

/// How often a visit finds a source that is there.
public struct VisitSensitivity: Hashable, Sendable {
  /// Share of visits to a source that find it, 0...1.
  public let value: Double
  /// Ends of the 97.5 % interval; the value itself where it is assumed.
  public let lower: Double
  /// Upper end of the same interval.
  public let upper: Double
  /// Whether it is a rule's number and not counted.
  public let isAssumed: Bool

  /// A number that nobody counted.
  public init(assumed value: Double) {
    self.value = value
    lower = value
    upper = value
    isAssumed = true
  }

  /// From cells that two teams visited without knowing of each other: q = both/(both + one) = p/(2 - p), its interval by
  /// Clopper & Pearson (1934), carried over to p.
  ///
  /// - Returns: `nil` with fewer than five pairs with a find, or none where both found something.
  public init?(both: Int, one: Int) {
    guard both + one >= 5, both > 0 else { return nil }
    func p(_ q: Double) -> Double { 2 * q / (1 + q) }
    let n = both + one
    value = p(Double(both) / Double(n))
    lower = max(0.01, p(Self.end(both, n, tail: 0.0125, isLower: true)))
    upper = p(Self.end(both, n, tail: 0.0125, isLower: false))
    isAssumed = false
  }

  /// The share at which so many or more (fewer) of n have the chance `tail`, by bisection on the binomial sum.
  private static func end(_ count: Int, _ n: Int, tail: Double, isLower: Bool) -> Double {
    if isLower, count == 0 { return 0 }
    if !isLower, count == n { return 1 }
    func below(_ p: Double, _ k: Int) -> Double {
      var sum = 0.0
      for i in 0...k {
        let (hits, misses) = (Double(i), Double(n - i))
        let ways = lgamma(Double(n + 1)) - lgamma(hits + 1) - lgamma(misses + 1)
        sum += exp(ways + hits * log(p) + misses * log1p(-p))
      }
      return sum
    }
    var (low, high) = (1e-9, 1 - 1e-9)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let isBeyond = isLower ? 1 - below(middle, count - 1) < tail : below(middle, count) > tail
      if isBeyond { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// Chances of cells after visits: the model's, put right by what the visits found.
///
/// A visited cell with signs finds something with chance s/(1 + exp(-(a + b · logit posterior))). a and b are those of the largest
/// likelihood times normal priors (a about 0 with deviation 1, b about 1 with 0.3), on a grid of 0.05: few visits change little.
public struct DarkCalibration: Hashable, Sendable {
  /// Added to the logarithm of the odds.
  public let shift: Double
  /// Multiplies it first.
  public let slope: Double
  /// Visits to cells with signs, and those of them with a find.
  public let visits: Int
  /// Of these visits, those with a find.
  public let finds: Int

  /// - Parameters:
  ///   - visited: Posterior of each visited cell with signs, and whether something was found.
  ///   - sensitivity: How often a visit finds a source that is there.
  public init(_ visited: [(posterior: Double, isFind: Bool)], sensitivity: Double) {
    visits = visited.count
    finds = visited.count { $0.isFind }
    guard !visited.isEmpty else {
      (shift, slope) = (0, 1)
      return
    }
    // Equal posteriors are one term.
    var groups: [Double: (finds: Double, others: Double)] = [:]
    for visit in visited {
      let key = (Self.logit(visit.posterior) * 20).rounded() / 20
      if visit.isFind { groups[key, default: (0, 0)].finds += 1 } else { groups[key, default: (0, 0)].others += 1 }
    }
    let terms = groups.sorted { $0.key < $1.key }
    var best = (value: -Double.infinity, shift: 0.0, slope: 1.0)
    for a in -80...80 {
      for b in 6...30 {
        let (shift, slope) = (Double(a) / 20, Double(b) / 20)
        var sum = -shift * shift / 2 - (slope - 1) * (slope - 1) / 0.18
        for (key, count) in terms {
          let chance = sensitivity / (1 + exp(-(shift + slope * key)))
          sum += count.finds * log(max(1e-12, chance)) + count.others * log(max(1e-12, 1 - chance))
        }
        if sum > best.value { best = (sum, shift, slope) }
      }
    }
    (shift, slope) = (best.shift, best.slope)
  }

  private static func logit(_ p: Double) -> Double {
    let kept = min(1 - 1e-6, max(1e-6, p))
    return log(kept / (1 - kept))
  }

  /// A posterior after calibration, 0...1.
  public func calibrated(_ posterior: Double) -> Double {
    1 / (1 + exp(-(shift + slope * Self.logit(posterior))))
  }

  /// The chance that is left after visits to the cell that found nothing.
  public static func refuted(_ chance: Double, visits: Int, sensitivity: Double) -> Double {
    let missed = pow(1 - sensitivity, Double(visits))
    return chance * missed / (chance * missed + 1 - chance)
  }
}

/// The chance of each number of sources among cells that are one with given chances: a Poisson binomial distribution.
///
/// - Returns: Chances of 0, 1, … up to the number of cells, by convolution.
func numberDistribution(_ chances: [Double]) -> [Double] {
  var result = [1.0]
  for chance in chances where chance > 0 {
    var next = [Double](repeating: 0, count: result.count + 1)
    for (number, value) in result.enumerated() {
      next[number] += value * (1 - chance)
      next[number + 1] += value * chance
    }
    // Tails too small to matter are cut, or thousands of cells would cost their square.
    while next.count > 1, next[next.count - 1] < 1e-15 { next.removeLast() }
    result = next
  }
  return result
}

/// The smallest number whose distribution function reaches `share`.
func quantile(ofNumbers distribution: [Double], _ share: Double) -> Int {
  var sum = 0.0
  for (number, value) in distribution.enumerated() {
    sum += value
    if sum >= share { return number }
  }
  return max(0, distribution.count - 1)
}
