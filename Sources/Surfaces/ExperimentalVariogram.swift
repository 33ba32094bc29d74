internal import Glibc
internal import Randomness

/// Half the mean squared difference of readings by their distance, and by direction.
public struct ExperimentalVariogram: Sendable {
  /// Pairs of about one distance and direction.
  public struct Bin: Hashable, Sendable {
    /// Mean over the pairs, metres east and north; the direction is only known up to its sign.
    public var dx: Double
    /// Mean over the pairs, metres north.
    public var dy: Double
    /// Mean distance, metres.
    public var metres: Double
    /// Unit of the quantity squared.
    public var gamma: Double
    /// How many; a fit weighs the bin by it.
    public var pairs: Int
  }

  /// Directions that are told apart: north, north-east, east and south-east, each ± 22.5 degrees.
  public static let sectors = 4
  /// Readings beyond this many are thinned, by a hash of their position in the list.
  public static let mostReadings = 3000

  /// By sector, ascending in distance; bins with fewer than `fewestPairs` are left out.
  public let bins: [[Bin]]
  /// All directions together.
  public let overall: [Bin]
  /// Readings that took part.
  public let readings: Int

  /// - Parameters:
  ///   - lags: Classes of distance.
  ///   - longestMetres: Pairs further apart are left out; a third of the diagonal of the box around all readings when
  ///     `nil`, because few pairs stand behind longer distances.
  ///   - fewestPairs: Of a bin.
  ///
  /// Every pair's half squared difference is lowered by (σ_i² + σ_j²)/2, the part that the readings' own errors add, so
  /// that the variogram is that of the field (Chilès & Delfiner 2012, section 3.7). A bin never falls below 0.
  public init(_ observations: Observations, lags: Int = 15, longestMetres: Double? = nil, fewestPairs: Int = 20) {
    let slots = Self.thinned(observations.count)
    let xs = slots.map { observations.xs[$0] }
    let ys = slots.map { observations.ys[$0] }
    let values = slots.map { observations.values[$0] }
    let errors = slots.map { observations.errorVariances[$0] }
    let width = (xs.max() ?? 0) - (xs.min() ?? 0)
    let height = (ys.max() ?? 0) - (ys.min() ?? 0)
    let longest = longestMetres ?? (width * width + height * height).squareRoot() / 3
    var sums = [Sums](repeating: Sums(), count: lags * Self.sectors)
    let limit = longest * longest
    let scale = longest > 0 ? Double(lags) / longest : 0
    for i in xs.indices {
      for j in 0..<i {
        let dx = xs[i] - xs[j]
        let dy = ys[i] - ys[j]
        let square = dx * dx + dy * dy
        guard square <= limit, square > 0 else { continue }
        let distance = square.squareRoot()
        let lag = min(lags - 1, Int(distance * scale))
        let difference = values[i] - values[j]
        sums[Self.sector(dx, dy) * lags + lag].add(
          dx, dy, distance, difference * difference / 2 - (errors[i] + errors[j]) / 2)
      }
    }
    readings = slots.count
    bins = (0..<Self.sectors).map { sector in
      sums[sector * lags..<(sector + 1) * lags].compactMap { $0.bin(fewestPairs) }
    }
    overall = (0..<lags).compactMap { lag in
      (0..<Self.sectors).reduce(into: Sums()) { $0.add(sums[$1 * lags + lag]) }.bin(fewestPairs)
    }
  }

  /// Which readings take part when there are too many: those of the smallest hash, so that the choice has no pattern.
  private static func thinned(_ count: Int) -> [Int] {
    guard count > mostReadings else { return Array(0..<count) }
    func hash(_ k: Int) -> UInt64 { SplitMix64.mixed(UInt64(k) &* SplitMix64.increment) }
    return (0..<count).map { (hash($0), $0) }.sorted { $0 < $1 }.prefix(mostReadings).map(\.1).sorted()
  }

  /// 0 north, 1 north-east, 2 east, 3 south-east.
  private static func sector(_ dx: Double, _ dy: Double) -> Int {
    let azimuth = atan2(dx, dy) * 180 / .pi
    let turned = (azimuth + 360 + 22.5).truncatingRemainder(dividingBy: 180)
    return min(3, Int(turned / 45))
  }

  private struct Sums {
    var dx = 0.0
    var dy = 0.0
    var distance = 0.0
    var half = 0.0
    var pairs = 0

    mutating func add(_ dx: Double, _ dy: Double, _ distance: Double, _ half: Double) {
      // A pair has no direction of its own: all are turned to one side, so that the mean means something.
      let sign: Double = dx < 0 || (dx == 0 && dy < 0) ? -1 : 1
      self.dx += dx * sign
      self.dy += dy * sign
      self.distance += distance
      self.half += half
      pairs += 1
    }

    mutating func add(_ other: Sums) {
      dx += other.dx
      dy += other.dy
      distance += other.distance
      half += other.half
      pairs += other.pairs
    }

    func bin(_ fewest: Int) -> Bin? {
      guard pairs >= max(1, fewest) else { return nil }
      let n = Double(pairs)
      return Bin(dx: dx / n, dy: dy / n, metres: distance / n, gamma: max(0, half / n), pairs: pairs)
    }
  }
}
