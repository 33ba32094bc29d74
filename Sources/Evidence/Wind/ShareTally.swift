/// Counts what each source explains, draw by draw.
struct ShareTally {
  private let sources: [SourceSlot]
  /// Position in `sources`, per column.
  private let sourceOfColumn: [Int]
  private let background: Int
  private var contributions: [Double] = []
  private var draws = 0
  private var excessSum = 0.0
  private var sums: [Double]
  private var halves: [Int]
  private var mains: [Int]
  /// 0, then hundredths, per source: 101 counts.
  private var histogram: [Int32]
  private var parts: [Double]

  /// µg/m³ below which an anomaly has no excess that could be shared out.
  static let leastExcess = 0.2

  init(_ design: PlumeDesign) {
    var positions: [SourceSlot: Int] = [:]
    var sources: [SourceSlot] = []
    sourceOfColumn = design.columns.map { column in
      if let known = positions[column.source] { return known }
      positions[column.source] = sources.count
      sources.append(column.source)
      return sources.count - 1
    }
    background = sources.count
    sources.append(.background)
    self.sources = sources
    sums = [Double](repeating: 0, count: sources.count)
    parts = sums
    halves = [Int](repeating: 0, count: sources.count)
    mains = halves
    histogram = [Int32](repeating: 0, count: sources.count * 101)
  }

  /// Begins a run. - Parameter contributions: What a unit of each column adds to the anomaly, µg/m³.
  mutating func begin(_ contributions: [Double]) { self.contributions = contributions }

  mutating func add(_ coefficients: [Double]) {
    for source in parts.indices { parts[source] = 0 }
    var total = 0.0
    for column in coefficients.indices where coefficients[column] > 0 {
      let part = coefficients[column] * contributions[column]
      parts[sourceOfColumn[column]] += part
      total += part
    }
    excessSum += total
    draws += 1
    if total < Self.leastExcess {
      // Nothing stands out: the background is all there is.
      for source in parts.indices { parts[source] = 0 }
      parts[background] = 1
      total = 1
    }
    var main = background
    for source in parts.indices where parts[source] > 0 {
      let share = parts[source] / total
      sums[source] += share
      if share >= 0.5 { halves[source] += 1 }
      histogram[source * 101 + min(100, Int(share * 100))] += 1
      if parts[source] > parts[main] { main = source }
    }
    mains[main] += 1
  }

  /// Mean excess that sources explain, µg/m³; `nil` before the first draw.
  var excess: Double? { draws > 0 ? excessSum / Double(draws) : nil }

  func shares(_ calibration: AttributionCalibration) -> [SourceShare] {
    let n = Double(max(1, draws))
    let found = sources.indices.filter { sums[$0] > 0 }.map { source in
      let half = Double(halves[source]) / n
      let main = Double(mains[source]) / n
      return (
        source,
        SourceShare(
          source: sources[source], share: sums[source] / n, lowest: quantile(source, 0.05),
          highest: quantile(source, 0.95), halfProbability: calibration.half(half), rawHalfProbability: half,
          mainProbability: calibration.main(main), rawMainProbability: main)
      )
    }
    return found.sorted {
      ($1.1.rawMainProbability, $1.1.share, $0.0) < ($0.1.rawMainProbability, $0.1.share, $1.0)
    }.map(\.1)
  }

  /// A quantile of a source's shares, to a hundredth; draws in which it is nought count as 0.
  private func quantile(_ source: Int, _ p: Double) -> Double {
    let counts = histogram[source * 101..<(source + 1) * 101]
    let zeros = draws - counts.reduce(0) { $0 + Int($1) }
    let wanted = p * Double(draws)
    var seen = Double(zeros)
    if seen >= wanted { return 0 }
    for (bin, count) in counts.enumerated() {
      seen += Double(count)
      if seen >= wanted { return min(1, (Double(bin) + 0.5) / 100) }
    }
    return 1
  }
}
