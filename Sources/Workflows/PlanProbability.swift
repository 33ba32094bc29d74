internal import Evidence
internal import Grids
internal import Hotspots
internal import Quantities
internal import Ranking
internal import Surfaces

extension PlanFields {
  /// In which share of the fields that could be true each hot cell is hot, for a field that knows its errors.
  ///
  /// Without error variances nothing can be said, and that is noted once a field with hot cells.
  mutating func hotProbabilities(
    _ name: String, _ field: CellField, hotspots: [HotspotRow], period: Period, options: HotspotOptions, isDense: Bool
  ) throws -> [CellID: HotProbability] {
    let rules = policy.detection.probability
    let bin = policy.detection.hotspots.minimumBin
    let hot = hotspots.indices.filter { hotspots[$0].bin >= bin }
    guard rules.simulations > 0, !hot.isEmpty else { return [:] }
    guard field.variances.contains(where: { $0.isFinite && $0 > 0 }) else {
      gaps.append("\(name): no error variances, so that P(hot) of its \(hot.count) hot cells is not known")
      return [:]
    }
    guard let errors = ErrorSimulation(field, rangeMetres: rules.errorRangeMetres) else { return [:] }
    let rule = isDense ? background?.rule : nil
    let upwind = isDense ? try background?.upwind(of: field.cells, period: period) : nil
    let test = HotTest(
      options: options, rule: rule, upwind: upwind, minimumBin: bin, estimate: field, threads: threads)
    let counts = test.counts(of: field, simulations: rules.simulations, threads: threads) {
      errors.pair(seed: rules.seed, number: $0)
    }
    var probabilities: [CellID: HotProbability] = [:]
    var slot = 0
    for row in hot.map({ hotspots[$0] }) {
      while field.cells[slot] != row.cell { slot += 1 }
      probabilities[row.cell] = HotProbability(hot: Int(counts[slot]), of: rules.simulations)
    }
    return probabilities
  }
}

extension HotProbability {
  /// A share of simulations with its standard error, one success and one failure added so that the error is never 0
  /// (Agresti & Coull 1998, doi:10.1080/00031305.1998.10480550).
  init(hot: Int, of simulations: Int) {
    let n = Double(simulations)
    let p = (Double(hot) + 2) / (n + 4)
    self.init(share: Double(hot) / n, standardError: (p * (1 - p) / (n + 4)).squareRoot(), simulations: simulations)
  }
}
