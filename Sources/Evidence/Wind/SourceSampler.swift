internal import Glibc
internal import Randomness
internal import SpatialStatistics

/// A linear model with non-negative coefficients, most of them exactly nought: y = X q + error, seen only through
/// XᵀWX and XᵀWy.
///
/// Each coefficient has the prior (1 - π) · [q = 0] + π · exponential. Gibbs sampling integrates a coefficient out before
/// it decides whether it is there (George & McCulloch 1997, Statistica Sinica 7, 339-373; exponential prior as in
/// Schmidt, Winther & Hansen 2009, doi:10.1007/978-3-642-00599-2_68). A second kind of step hands what one column
/// explains to another that looks alike; without it the sampler would stay with whichever firm of a street came first.
struct SourceSampler: Sendable {
  /// Columns.
  let count: Int
  /// XᵀWX, row by row.
  let products: [Double]
  /// XᵀWy.
  let moments: [Double]
  /// log(π / (1 - π)).
  let logOdds: [Double]
  /// One over the mean of the exponential.
  let rates: [Double]
  /// Columns that look alike, per column.
  private let alike: [[Int32]]

  init(products: [Double], moments: [Double], priors: [Double], means: [Double]) {
    count = moments.count
    self.products = products
    self.moments = moments
    logOdds = priors.map { log($0 / (1 - $0)) }
    rates = means.map { 1 / $0 }
    var alike = [[Int32]](repeating: [], count: moments.count)
    for a in moments.indices {
      for b in moments.indices where a != b {
        let size = products[a * moments.count + a] * products[b * moments.count + b]
        if size > 0, products[a * moments.count + b] > 0.4 * size.squareRoot() { alike[a].append(Int32(b)) }
      }
    }
    self.alike = alike
  }

  /// log of ∫ λ exp(-λq - Gq²/2 + gq) dq over q > 0: how much better the column is on than off.
  private func logGain(_ column: Int, _ gradient: Double) -> (gain: Double, mean: Double, deviation: Double) {
    let precision = products[column * count + column]
    guard precision > 1e-12 else { return (-.infinity, 0, 0) }
    let deviation = 1 / precision.squareRoot()
    let mean = (gradient - rates[column]) / precision
    let z = mean / deviation
    let gain =
      log(rates[column] * deviation * (2 * Double.pi).squareRoot()) + Self.logScaledNormal(z)
    return (gain, mean, deviation)
  }

  /// log(exp(z²/2) Φ(z)).
  static func logScaledNormal(_ z: Double) -> Double {
    // Mills's ratio by its continued expansion where erfc would run out of digits.
    if z < -20 { return -log(-z * (2 * Double.pi).squareRoot()) + log1p(-1 / (z * z) + 3 / (z * z * z * z)) }
    return z * z / 2 + log(0.5 * erfc(-z / 2.0.squareRoot()))
  }

  /// Draws all coefficients `sweeps` times and hands each sweep after the first fifth to `each`.
  func run(sweeps: Int, seed: UInt64, slot: Int, replicate: Int, each: ([Double]) -> Void) {
    var chain = Chain(sampler: self, stream: RandomStream(seed: seed, slot: slot, replicate: replicate))
    for sweep in 0..<sweeps {
      for column in 0..<count { chain.draw(column) }
      chain.swapAll()
      if sweep >= sweeps / 5 { each(chain.q) }
    }
  }

  private struct Chain {
    let sampler: SourceSampler
    var stream: RandomStream
    var q: [Double]
    /// XᵀWy - XᵀWX q, kept up to date.
    private var gradient: [Double]
    private var active: [Int] = []

    init(sampler: SourceSampler, stream: RandomStream) {
      self.sampler = sampler
      self.stream = stream
      q = [Double](repeating: 0, count: sampler.count)
      gradient = sampler.moments
    }

    mutating func draw(_ column: Int) {
      let own = gradient[column] + sampler.products[column * sampler.count + column] * q[column]
      let (gain, mean, deviation) = sampler.logGain(column, own)
      let odds = sampler.logOdds[column] + gain
      guard odds > -14, stream.unit() < 1 / (1 + exp(-odds)) else { return set(column, 0) }
      set(column, positiveNormal(mean, deviation, &stream))
    }

    /// As many attempts as columns are on, each at one of them by lot: a swap leaves their number as it is, so that the
    /// way there and the way back are tried equally often.
    mutating func swapAll() {
      active.removeAll(keepingCapacity: true)
      for column in 0..<sampler.count where q[column] > 0 { active.append(column) }
      for _ in 0..<active.count {
        let number = Int(stream.number(below: UInt64(active.count)))
        active[number] = swap(active[number])
      }
    }

    /// Hands the part of `column` to one that looks alike and is off, or leaves it, by their posterior odds.
    ///
    /// - Returns: The column that is on afterwards.
    private mutating func swap(_ column: Int) -> Int {
      let list = sampler.alike[column]
      guard !list.isEmpty else { return column }
      let other = Int(list[Int(stream.number(below: UInt64(list.count)))])
      guard q[other] == 0 else { return column }
      let count = sampler.count
      let mine = sampler.logGain(column, gradient[column] + sampler.products[column * count + column] * q[column])
      let theirs = sampler.logGain(other, gradient[other] + sampler.products[column * count + other] * q[column])
      // The way back is drawn from the other's list, which may be longer.
      let proposal = log(Double(list.count) / Double(sampler.alike[other].count))
      let odds = sampler.logOdds[other] + theirs.gain - sampler.logOdds[column] - mine.gain + proposal
      guard stream.unit() < exp(min(0, odds)) else { return column }
      set(column, 0)
      set(other, positiveNormal(theirs.mean, theirs.deviation, &stream))
      return other
    }

    private mutating func set(_ column: Int, _ value: Double) {
      let change = value - q[column]
      guard change != 0 else { return }
      q[column] = value
      let start = column * sampler.count
      sampler.products.withUnsafeBufferPointer { products in
        gradient.withUnsafeMutableBufferPointer { gradient in
          for other in 0..<gradient.count { gradient[other] -= change * products[start + other] }
        }
      }
    }
  }

  /// The mode under the exponential prior with every column allowed: where errors are first judged.
  func mode(passes: Int) -> [Double] {
    var q = [Double](repeating: 0, count: count)
    var gradient = moments
    for _ in 0..<passes {
      for column in 0..<count {
        let precision = products[column * count + column]
        guard precision > 1e-12 else { continue }
        let value = max(0, (gradient[column] + precision * q[column] - rates[column]) / precision)
        let change = value - q[column]
        guard change != 0 else { continue }
        q[column] = value
        for other in 0..<count { gradient[other] -= change * products[column * count + other] }
      }
    }
    return q
  }
}

/// A normal number given that it is positive. Robert (1995), doi:10.1007/BF00143942, for the tail.
func positiveNormal(_ mean: Double, _ deviation: Double, _ stream: inout RandomStream) -> Double {
  let lowest = -mean / deviation
  if lowest < 0.5 {
    while true {
      let z = stream.normals().0
      if z > lowest { return mean + deviation * z }
    }
  }
  let rate = (lowest + (lowest * lowest + 4).squareRoot()) / 2
  while true {
    let z = lowest - log(1 - stream.unit()) / rate
    if stream.unit() <= exp(-(z - rate) * (z - rate) / 2) { return mean + deviation * z }
  }
}
