internal import Glibc

/// How many units no list has seen, from how often lists see the same units.
///
/// A history is a set of lists as bits: bit k is list k. Counts may be fractions, where units are only probably what
/// they are taken for. Everything rests on units being told apart rightly and on nobody leaving or arriving.
public struct CaptureRecapture: Sendable {
  /// A number of units with its 95 % interval.
  public struct Estimate: Sendable, Equatable {
    /// Units seen by a list at least.
    public let observed: Double
    /// All units, seen or not.
    public let total: Double
    /// `nil` above when the data set no bound.
    public let lower: Double
    /// `nil` where the data set no bound.
    public let upper: Double?
    /// Such as `chapman` or `log-linear, pairs 0-1`.
    public let method: String

    public init(observed: Double, total: Double, lower: Double, upper: Double?, method: String) {
      self.observed = observed
      self.total = total
      self.lower = lower
      self.upper = upper
      self.method = method
    }
  }

  /// Why nothing can be said.
  public enum Silence: String, Sendable, Equatable {
    case oneList = "only one list has anything"
    case tooFew = "too few units"
    case noOverlap = "too few units stand on two lists"
  }

  /// How many lists, 2 to 5.
  public let lists: Int
  /// By history, 2^lists entries; entry 0 is not known and not read.
  public let counts: [Double]

  /// - Precondition: 2 to 5 lists; one count from 0 per history.
  public init(lists: Int, counts: [Double]) {
    precondition((2...5).contains(lists) && counts.count == 1 << lists, "one count per history of 2 to 5 lists")
    precondition(counts.allSatisfy { $0 >= 0 }, "counts from 0")
    self.lists = lists
    self.counts = counts
  }

  /// Units on a list at least.
  public var observed: Double { counts.dropFirst().reduce(0, +) }

  /// Units on two lists at least.
  public var overlap: Double { counts.indices.reduce(0) { $0 + ($1.nonzeroBitCount >= 2 ? counts[$1] : 0) } }

  /// The estimate that the data carry: Chapman's for two lists, log-linear with dependence for more.
  ///
  /// - Parameters:
  ///   - minimumObserved: Units below which nothing is said.
  ///   - minimumOverlap: Units on two lists below which nothing is said.
  public func estimate(minimumObserved: Double = 8, minimumOverlap: Double = 3) -> Result<Estimate, Silence> {
    let used = (0..<lists).filter { k in counts.indices.contains { $0 >> k & 1 == 1 && counts[$0] > 0 } }
    guard used.count >= 2 else { return .failure(observed < minimumObserved ? .tooFew : .oneList) }
    guard observed >= minimumObserved else { return .failure(.tooFew) }
    guard overlap >= minimumOverlap else { return .failure(.noOverlap) }
    if used.count < lists {
      return kept(used).estimate(minimumObserved: minimumObserved, minimumOverlap: minimumOverlap)
    }
    return .success(lists == 2 ? chapman : logLinear)
  }

  /// The same counts without the lists that are left out.
  func kept(_ used: [Int]) -> CaptureRecapture {
    var new = [Double](repeating: 0, count: 1 << used.count)
    for history in counts.indices.dropFirst() {
      var key = 0
      for (place, list) in used.enumerated() where history >> list & 1 == 1 { key |= 1 << place }
      if key > 0 { new[key] += counts[history] }
    }
    return CaptureRecapture(lists: used.count, counts: new)
  }

  // MARK: Two lists

  /// Chapman's estimate for two independent lists, with the log-normal interval of the unseen part.
  ///
  /// N = (n₁+1)(n₂+1)/(m+1) - 1, Var = (n₁+1)(n₂+1)(n₁-m)(n₂-m)/((m+1)²(m+2)) (Seber 1970); interval after Chao (1987,
  /// doi:10.2307/2531532), which never falls below what was seen.
  /// - Precondition: two lists.
  public var chapman: Estimate {
    precondition(lists == 2, "Chapman's estimate is for two lists")
    let (n1, n2, m) = (counts[1] + counts[3], counts[2] + counts[3], counts[3])
    let total = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    let variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) * (m + 1) * (m + 2))
    let (lower, upper) = Self.logNormal(observed: observed, total: total, variance: variance)
    return Estimate(observed: observed, total: max(total, observed), lower: lower, upper: upper, method: "chapman")
  }

  /// Standard error of ``chapman``.
  public var chapmanStandardError: Double {
    let (n1, n2, m) = (counts[1] + counts[3], counts[2] + counts[3], counts[3])
    return ((n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) * (m + 1) * (m + 2))).squareRoot()
  }

  private static func logNormal(observed: Double, total: Double, variance: Double) -> (Double, Double) {
    let unseen = total - observed
    guard unseen > 1e-9, variance > 0 else { return (observed, max(observed, total)) }
    let factor = exp(1.959_963_984_540_054 * log(1 + variance / (unseen * unseen)).squareRoot())
    return (observed + unseen / factor, observed + unseen * factor)
  }

  // MARK: Any number of lists

  /// Chao's lower bound, which holds when units differ in how easily they are seen: S + (t-1)/t · f₁(f₁-1)/(2(f₂+1)).
  ///
  /// Chao (1987), bias-corrected; f₁ and f₂ are units on exactly one and two of t lists.
  public var chaoLowerBound: Double {
    var (once, twice) = (0.0, 0.0)
    for history in counts.indices.dropFirst() {
      if history.nonzeroBitCount == 1 { once += counts[history] }
      if history.nonzeroBitCount == 2 { twice += counts[history] }
    }
    return observed + Double(lists - 1) / Double(lists) * max(0, once * (once - 1)) / (2 * (twice + 1))
  }

  /// What all units number at least, with 95 % confidence: the lower end of the one-sided log-normal interval about
  /// ``chaoLowerBound`` (Chao 1987, doi:10.2307/2531532).
  ///
  /// With A = (t-1)/t and r = f₁/f₂ the variance is f₂(A r²/2 + A² r³ + A² r⁴/4), and A f₁(f₁-1)/2 + A² f₁(2f₁-1)²/4 - A² f₁⁴/(4 N)
  /// without units on two lists (Chao & Chiu 2016). Lists that agree more than chance and units that differ in how
  /// easily they are seen make the bound lower, never false; lists that avoid each other make it too high.
  public var chaoLowerEnd: Double {
    var (once, twice) = (0.0, 0.0)
    for history in counts.indices.dropFirst() {
      if history.nonzeroBitCount == 1 { once += counts[history] }
      if history.nonzeroBitCount == 2 { twice += counts[history] }
    }
    let unseen = chaoLowerBound - observed
    guard unseen > 1e-9 else { return observed }
    let a = Double(lists - 1) / Double(lists)
    let variance: Double
    if twice > 0 {
      let r = once / twice
      variance = twice * (a * r * r / 2 + a * a * r * r * r + a * a * r * r * r * r / 4)
    } else {
      variance =
        a * once * (once - 1) / 2 + a * a * once * (2 * once - 1) * (2 * once - 1) / 4
        - a * a * once * once * once * once / (4 * chaoLowerBound)
    }
    guard variance > 0 else { return observed }
    // 1.645: the bound is one-sided.
    return observed + unseen / exp(1.644_853_626_951_472 * log(1 + variance / (unseen * unseen)).squareRoot())
  }

  /// A log-linear model with some pairs of lists dependent (Fienberg 1972, doi:10.1093/biomet/59.3.591).
  public struct Model: Sendable, Equatable {
    /// Pairs of lists with an interaction.
    public let pairs: [[Int]]
    /// Estimated units, seen or not.
    public let total: Double
    /// Akaike's criterion; the least is the best model.
    public let aic: Double
    /// Poisson deviance over the observed histories.
    public let deviance: Double
  }

  /// Every model with main effects and some two-list interactions that the data can carry, best AIC first.
  ///
  /// Five lists have 1,024 sets of pairs; of them only those with at most two pairs are tried. A pair whose lists share
  /// nobody has no finite interaction and is left out.
  public var models: [Model] {
    var all: [[Int]] = []
    for a in 0..<lists { for b in a + 1..<lists where shared(a, b) > 0 { all.append([a, b]) } }
    var found: [Model] = []
    for set in 0..<(1 << all.count) where lists < 5 || set.nonzeroBitCount <= 2 {
      let pairs = all.indices.filter { set >> $0 & 1 == 1 }.map { all[$0] }
      guard 1 + lists + pairs.count <= counts.count - 1, let fit = fit(pairs: pairs, unseen: nil) else { continue }
      var deviance = 0.0
      for history in counts.indices.dropFirst() {
        let (n, mean) = (counts[history], fit.means[history])
        deviance += 2 * ((n > 0 ? n * log(n / mean) : 0) - (n - mean))
      }
      // Constants of the likelihood are left out: they are the same for every model.
      found.append(
        Model(
          pairs: pairs, total: observed + fit.means[0], aic: deviance + 2 * Double(1 + lists + pairs.count),
          deviance: deviance))
    }
    return found.sorted { ($0.aic, $0.pairs.count) < ($1.aic, $1.pairs.count) }
  }

  private func shared(_ a: Int, _ b: Int) -> Double {
    counts.indices.reduce(0) { $0 + ($1 >> a & 1 == 1 && $1 >> b & 1 == 1 ? counts[$1] : 0) }
  }

  /// The best log-linear model; its interval is the union of the profile-likelihood intervals of every model whose AIC
  /// is within two of the best, so that the choice of the model counts too.
  public var logLinear: Estimate {
    let models = models
    guard let best = models.first else {
      return Estimate(observed: observed, total: observed, lower: observed, upper: nil, method: "log-linear")
    }
    var (lower, upper): (Double, Double?) = (.infinity, 0)
    for model in models where model.aic <= best.aic + 2 {
      let interval = profileInterval(pairs: model.pairs, total: model.total)
      lower = min(lower, interval.lower)
      upper = upper.flatMap { known in interval.upper.map { max(known, $0) } }
    }
    let words = best.pairs.map { "\($0[0])-\($0[1])" }.joined(separator: " ")
    return Estimate(
      observed: observed, total: best.total, lower: min(lower, best.total), upper: upper.map { max($0, best.total) },
      method: words.isEmpty ? "log-linear, independent" : "log-linear, pairs \(words)")
  }

  /// 95 % interval of the total by the profile of the multinomial likelihood (Cormack 1992, doi:10.2307/2532311).
  ///
  /// - Returns: No upper end where the profile does not fall by 1.92 below a hundred times what was seen.
  public func profileInterval(pairs: [[Int]], total: Double) -> (lower: Double, upper: Double?) {
    func profile(_ unseen: Double) -> Double? {
      guard let fit = fit(pairs: pairs, unseen: unseen) else { return nil }
      let n = observed + unseen
      var sum = lgamma(n + 1) - lgamma(unseen + 1)
      for history in counts.indices {
        let count = history == 0 ? unseen : counts[history]
        if count > 0 { sum += count * log(fit.means[history] / n) }
      }
      return sum
    }
    let middle = max(0, total - observed)
    // The profile peaks near the estimate, not on it: half a unit of Stirling.
    var (peak, place) = (-Double.infinity, middle)
    for step in -8...8 {
      let unseen = max(0, middle * (1 + 0.02 * Double(step)) + 0.1 * Double(step))
      if let value = profile(unseen), value > peak { (peak, place) = (value, unseen) }
    }
    let wanted = peak - 1.920_729_410_347_062
    var low = 0.0
    if let atZero = profile(1e-9), atZero < wanted {
      var high = place
      for _ in 0..<60 where high - low > 1e-4 * (1 + high) {
        let half = (low + high) / 2
        if profile(half) ?? -.infinity < wanted { low = half } else { high = half }
      }
    }
    var (inside, outside) = (place, max(1, 2 * place))
    while let value = profile(outside), value >= wanted {
      inside = outside
      outside *= 2
      if outside > 100 * max(1, observed) { return (observed + low, nil) }
    }
    for _ in 0..<60 where outside - inside > 1e-4 * (1 + outside) {
      let half = (inside + outside) / 2
      if profile(half) ?? -.infinity >= wanted { inside = half } else { outside = half }
    }
    return (observed + low, observed + outside)
  }

  /// Fits a Poisson log-linear model by iteratively reweighted least squares.
  ///
  /// - Parameter unseen: Count of history 0; `nil` leaves that history out of the data.
  /// - Returns: Expected counts by history; `nil` when the fit does not settle.
  private func fit(pairs: [[Int]], unseen: Double?) -> (means: [Double], size: Int)? {
    let size = 1 + lists + pairs.count
    let rows = counts.indices.map { history -> [Double] in
      [1] + (0..<lists).map { Double(history >> $0 & 1) }
        + pairs.map { Double(history >> $0[0] & 1 & (history >> $0[1])) }
    }
    let data = counts.indices.filter { $0 > 0 || unseen != nil }
    let values = counts.indices.map { $0 == 0 ? unseen ?? 0 : counts[$0] }
    var eta = values.map { log($0 + 0.5) }
    var means = eta.map(exp)
    var last = Double.infinity
    for _ in 0..<100 {
      var normal = [[Double]](repeating: [Double](repeating: 0, count: size + 1), count: size)
      for history in data {
        let weight = means[history]
        let working = eta[history] + (values[history] - weight) / weight
        for i in 0..<size where rows[history][i] != 0 {
          for j in 0..<size { normal[i][j] += weight * rows[history][j] }
          normal[i][size] += weight * working
        }
      }
      guard let beta = Self.solved(normal) else { return nil }
      for history in counts.indices {
        var sum = 0.0
        for i in 0..<size { sum += rows[history][i] * beta[i] }
        // An empty margin sends its effect to minus infinity: it is held where exp is small but not zero.
        eta[history] = min(30, max(-30, sum))
        means[history] = exp(eta[history])
      }
      var deviance = 0.0
      for history in data {
        let n = values[history]
        deviance += 2 * ((n > 0 ? n * log(n / means[history]) : 0) - (n - means[history]))
      }
      if abs(deviance - last) < 1e-10 * (1 + abs(deviance)) { return (means, size) }
      last = deviance
    }
    return nil
  }

  /// Gauss-Jordan elimination with pivots. - Returns: `nil` for a singular system.
  private static func solved(_ system: [[Double]]) -> [Double]? {
    var a = system
    let n = a.count
    for column in 0..<n {
      guard let pivot = (column..<n).max(by: { abs(a[$0][column]) < abs(a[$1][column]) }),
        abs(a[pivot][column]) > 1e-12
      else { return nil }
      a.swapAt(column, pivot)
      let scale = a[column][column]
      for k in column...n { a[column][k] /= scale }
      for row in 0..<n where row != column && a[row][column] != 0 {
        let factor = a[row][column]
        for k in column...n { a[row][k] -= factor * a[column][k] }
      }
    }
    return a.map { $0[n] }
  }
}

extension CaptureRecapture.Silence: Error {}
