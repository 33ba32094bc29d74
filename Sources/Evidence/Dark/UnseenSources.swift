internal import Glibc
public import Grids
internal import SpatialStatistics

/// How many cells of an area have an unregistered source, seen or not.
public struct UnseenEstimate: Sendable, Equatable {
  /// Which kind of area.
  public enum Level: String, Sendable {
    case county, city, region
  }

  /// Decides whose ratio a thin area takes: its city's, else the region's.
  public let level: Level
  /// GB/T 2260; empty for the region.
  public let code: String
  /// In Chinese; of the region its short name.
  public let name: String
  /// Suspected or confirmed sources, as a sum of their chances.
  public let observed: Double
  /// A lower bound with 95 % confidence, no estimate: what the chances of the area's cells leave with 95 %, and above it what
  /// Chao's bound adds where the lists overlap enough.
  public let atLeast: Double
  /// All sources in the cells that were drawn from, with the 95 % interval of the draw; `nil` without drawn visits.
  public let total: Double?
  /// Lower end of the interval; `nil` without a total.
  public let lower: Double?
  /// Upper end of the 95 % interval by the draw; `nil` when none is claimed.
  public let upper: Double?
  /// How the numbers came about, or why there are none.
  public let basis: String
}

/// Estimates sources by area: a lower bound from lists, and an interval from visits that were drawn.
///
/// Lists alone set no upper bound: a source on no list leaves no trace in them. Only visits to cells without signs, drawn with
/// known chances, say how many such sources there are.
public struct UnseenSources: Sendable {
  /// Units an area must have for Chao's bound.
  public var minimumObserved = 8.0
  /// Of them on two lists.
  public var minimumOverlap = 3.0

  /// The defaults.
  public init() {}

  /// A cell that may hold a source.
  public struct Unit: Sendable {
    /// Lists it stands on, as bits of ``DarkSign``; 0 for a find without a sign.
    public let history: Int
    /// Position in the region's counties.
    public let county: Int
    /// That it is a source, after visits: 1 where one was found.
    public let chance: Double

    /// One cell.
    public init(history: Int, county: Int, chance: Double) {
      self.history = history
      self.county = county
      self.chance = chance
    }
  }

  /// Visits of draws with known chances.
  public struct Design: Sendable {
    /// County, chance of being drawn, find or none, and whether the cell had a sign.
    public var visits: [(county: Int, probability: Double, isFind: Bool, hasSign: Bool)] = []
    /// Cells without a sign that could be drawn, per county of the region.
    public var unsignedCells: [Int]
    /// How often a visit finds a source that is there.
    public var sensitivity: VisitSensitivity

    /// No visits yet.
    public init(unsignedCells: [Int], sensitivity: VisitSensitivity) {
      self.unsignedCells = unsignedCells
      self.sensitivity = sensitivity
    }
  }

  /// - Parameters:
  ///   - units: Cells with signs or finds.
  ///   - design: `nil` without drawn visits: then there are lower bounds only.
  /// - Returns: Counties with units or with cells that could be drawn, by code; then their cities; then the region. A county of
  ///   which no cell could be drawn has no interval.
  public func estimates(_ units: [Unit], region: Region, design: Design? = nil) -> [UnseenEstimate] {
    let byCounty = Dictionary(grouping: units, by: \.county)
    let small = design.map { SmallAreas(units: byCounty, region: region, design: $0) }
    let shown = Set(byCounty.keys).union(small?.drawn ?? [])
      .sorted { region.counties[$0].code < region.counties[$1].code }
    var rows = shown.map { county -> UnseenEstimate in
      let place = region.counties[county]
      let interval = small?.interval(county)
      return row(
        .county, place.code, place.name, byCounty[county] ?? [], interval,
        words: "draws of the region, shared by gamma-Poisson")
    }
    let codes = Set(shown.map { region.counties[$0].cityCode }).sorted()
    for code in codes {
      let own = Set(region.counties.indices.filter { region.counties[$0].cityCode == code })
      let name = region.counties.first { $0.cityCode == code }?.cityName ?? code
      let interval = small?.interval(own)
      rows.append(
        row(
          .city, code, name, own.sorted().flatMap { byCounty[$0] ?? [] }, interval,
          words: "draws of the region, shared by gamma-Poisson"))
    }
    rows.append(row(.region, "", region.name, units, design?.total, words: "Horvitz-Thompson, gamma interval"))
    return rows
  }

  private func row(
    _ level: UnseenEstimate.Level, _ code: String, _ name: String, _ units: [Unit],
    _ interval: (total: Double, lower: Double, upper: Double)?, words: String
  ) -> UnseenEstimate {
    let lists = DarkSign.allCases.count
    let observed = units.reduce(0) { $0 + $1.chance }
    let sure = Double(quantile(ofNumbers: numberDistribution(units.map(\.chance)), 0.05))
    var counts = [Double](repeating: 0, count: 1 << lists)
    for unit in units where unit.history != 0 { counts[unit.history] += unit.chance }
    let recapture = CaptureRecapture(lists: lists, counts: counts)
    var (atLeast, basis) = (sure, "at least: chances of its cells")
    if recapture.observed >= minimumObserved, recapture.overlap >= minimumOverlap {
      atLeast += recapture.chaoLowerEnd - recapture.observed
      basis = "at least: chances and Chao's bound"
    }
    if interval != nil { basis += "; total: \(words)" }
    return UnseenEstimate(
      level: level, code: code, name: name, observed: observed, atLeast: atLeast, total: interval?.total,
      lower: interval?.lower, upper: interval?.upper, basis: basis)
  }
}

extension UnseenSources.Design {
  /// Σ 1/π over finds and its 95 % interval, divided by what a visit finds.
  ///
  /// The interval is that of Fay & Feuer (1997, Statistics in Medicine 16, 791-801) for weighted sums of Poisson counts, which
  /// holds with few finds and with none; draws without replacement vary less. Where the sensitivity was counted, both
  /// intervals are taken at 97.5 % so that together they hold with 95 % (Bonferroni).
  public var total: (total: Double, lower: Double, upper: Double)? {
    guard !visits.isEmpty else { return nil }
    let tail = sensitivity.isAssumed ? 0.025 : 0.0125
    let ends = Self.weightedCount(
      visits.filter(\.isFind).map { 1 / $0.probability }, largest: visits.map { 1 / $0.probability }.max() ?? 1,
      tail: tail)
    let finds = Double(visits.count { $0.isFind })
    return (
      total: ends.sum / sensitivity.value, lower: max(finds, ends.lower / sensitivity.upper),
      upper: max(finds, ends.upper / sensitivity.lower)
    )
  }

  /// A sum of weights of Poisson events with the ends of its interval, each missed with the chance `tail`.
  static func weightedCount(
    _ weights: [Double], largest: Double, tail: Double
  ) -> (sum: Double, lower: Double, upper: Double) {
    let sum = weights.reduce(0, +)
    let squares = weights.reduce(0) { $0 + $1 * $1 }
    let lower = sum > 0 ? GammaTail.quantile(tail, shape: sum * sum / squares, rate: sum / squares) : 0
    let (more, moreSquares) = (sum + largest, squares + largest * largest)
    let upper = GammaTail.quantile(1 - tail, shape: more * more / moreSquares, rate: more / moreSquares)
    return (sum, lower, upper)
  }
}

/// Sources per county where draws are thin: cells with signs by their chances, cells without by the region's draws.
///
/// The number in cells without signs is taken as Poisson with a gamma mean: the region's estimate from its drawn visits, shared among
/// counties by their cells and, shrunk, by how many sources their signs show (Clayton & Kaldor 1987, doi:10.2307/2532003). Its shape
/// carries both how few finds the region's estimate rests on and how much counties differ.
struct SmallAreas {
  private let chances: [Int: [Double]]
  private let means: [Double]
  private let shapes: [Double]
  private let finds: Double
  /// Counties of which cells could be drawn.
  let drawn: Set<Int>

  init(units: [Int: [UnseenSources.Unit]], region: Region, design: UnseenSources.Design) {
    let chances = units.mapValues { $0.map(\.chance) }
    self.chances = chances
    drawn = Set(design.unsignedCells.indices.filter { design.unsignedCells[$0] > 0 })
      .union(design.visits.map(\.county))
    let hidden = design.visits.filter { !$0.hasSign }
    let weights = hidden.filter(\.isFind).map { 1 / $0.probability }
    let largest = hidden.map { 1 / $0.probability }.max() ?? 0
    finds = Double(weights.count)
    // Half an imagined find of the largest weight, as Jeffreys would have it; found ones are counted with the units.
    let mean = max(0, (weights.reduce(0, +) + largest / 2) / design.sensitivity.value - finds)
    let cells = design.unsignedCells.map(Double.init)
    let all = max(1, cells.reduce(0, +))
    let seen = region.counties.indices.map { chances[$0]?.reduce(0, +) ?? 0 }
    let whole = seen.reduce(0, +)
    let expected = cells.map { whole * $0 / all }
    // Moments of a gamma-Poisson: Var = E + E²/k.
    var (top, bottom) = (0.0, 0.0)
    for (s, e) in zip(seen, expected) {
      top += e * e
      bottom += (s - e) * (s - e) - e
    }
    let k = bottom > 0 ? min(20, max(0.3, top / bottom)) : 20
    let raw = cells.indices.map { cells[$0] / all * (seen[$0] + k) / (expected[$0] + k) }
    let sum = max(1e-300, raw.reduce(0, +))
    means = raw.map { mean * $0 / sum }
    let ofRegion = finds + 0.5
    shapes = seen.map { 1 / (1 / ofRegion + 1 / (k + $0)) }
  }

  func interval(_ county: Int) -> (total: Double, lower: Double, upper: Double)? { interval([county]) }

  /// - Returns: `nil` where no cell of the counties could be drawn.
  func interval(_ counties: Set<Int>) -> (total: Double, lower: Double, upper: Double)? {
    guard !drawn.isDisjoint(with: counties) else { return nil }
    let own = counties.sorted().flatMap { chances[$0] ?? [] }
    let mean = counties.reduce(0) { $0 + means[$1] }
    // Counties of a city differ by themselves; what the region's estimate lacks they share.
    let spread = counties.reduce(0) { $0 + means[$1] * means[$1] / shapes[$1] }
    let common = mean * mean / (finds + 0.5)
    let variance = max(spread, common)
    let shape = variance > 0 ? mean * mean / variance : 1
    let signed = numberDistribution(own)
    let hidden = Self.negativeBinomial(mean: mean, shape: shape)
    var both = [Double](repeating: 0, count: signed.count + hidden.count - 1)
    for (a, p) in signed.enumerated() where p > 0 {
      for (b, q) in hidden.enumerated() { both[a + b] += p * q }
    }
    let total = own.reduce(0, +) + mean
    return (
      total: total, lower: Double(quantile(ofNumbers: both, 0.025)), upper: Double(quantile(ofNumbers: both, 0.975))
    )
  }

  /// Chances of 0, 1, … until 99.99 % are reached.
  static func negativeBinomial(mean: Double, shape: Double) -> [Double] {
    guard mean > 0 else { return [1] }
    var term = exp(shape * log(shape / (shape + mean)))
    var result = [term]
    var sum = term
    while sum < 0.9999, result.count < 5000 {
      let k = Double(result.count)
      term *= (shape + k - 1) / k * mean / (shape + mean)
      result.append(term)
      sum += term
    }
    return result
  }
}
