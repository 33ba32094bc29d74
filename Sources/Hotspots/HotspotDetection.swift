public import Grids
public import Quantities
public import SpatialStatistics

/// What local Moran's I says of one cell in one period.
public struct MoranRow: Hashable, Sendable {
  /// z, p and permutation p are those of I; bin is positive in clusters and negative for outliers; the classification
  /// is `HH`, `LL`, `HL` or `LH`, empty where the bin is 0.
  public let row: HotspotRow
  /// Local Moran's I; `nil` with the row's reason.
  public let i: Double?

  public init(row: HotspotRow, i: Double?) {
    self.row = row
    self.i = i
  }
}

/// Clusters and outliers of one field.
public enum HotspotDetection {
  /// Gi* of every cell of a field, in the field's order.
  ///
  /// With the empirical null `z` stays Gi* and `p` is that of z' = (z - median)/(1.4826 MAD).
  public static func giStar(field: CellField, period: Period?, options: HotspotOptions) -> [HotspotRow] {
    Array(detect(.giStar, field: field, period: period, options: options))
  }

  /// Local Moran's I of every cell of a field, in the field's order.
  public static func moran(field: CellField, period: Period?, options: HotspotOptions) -> [MoranRow] {
    let detected = detect(.moran, field: field, period: period, options: options)
    return detected.indices.map { MoranRow(row: detected[$0], i: detected.statistic?[$0]) }
  }

  /// A local statistic of every cell of a field, in the field's order.
  ///
  /// - Parameters:
  ///   - other: What the neighbours' values are for bivariate Moran's I, in the field's order.
  ///   - lists: Who is whose neighbour, in place of the options' neighbourhood.
  ///   - threads: The result does not depend on it.
  public static func detect(
    _ statistic: LocalStatistic, field: CellField, period: Period?, options: HotspotOptions,
    other: [Double]? = nil, lists: CellWeights? = nil, threads: Int = 1
  ) -> DetectedCells {
    let neighbours =
      lists.map { LatticeNeighbours($0.weights(for: field.cells)) }
      ?? LatticeNeighbours(cells: field.cells, neighbourhood: options.neighbourhood, threads: threads)
    return detect(
      statistic, field: field, neighbours: neighbours, period: period, options: options, other: other, threads: threads)
  }

  /// The same with neighbours made before, for many fields on the same cells.
  ///
  /// - Parameter neighbours: Of the field's cells, in their order.
  public static func detect(
    _ statistic: LocalStatistic, field: CellField, neighbours: LatticeNeighbours, period: Period?,
    options: HotspotOptions, other: [Double]? = nil, threads: Int = 1
  ) -> DetectedCells {
    precondition(neighbours.count == field.count, "one row of neighbours per cell")
    return Detection(field: field, period: period, neighbours: neighbours, options: options, threads: threads)
      .run(statistic, other: other)
  }
}

/// Which local statistic is asked for.
public enum LocalStatistic: String, Sendable, CaseIterable {
  /// Getis and Ord's Gi*, the cell itself included.
  case giStar
  /// Getis and Ord's Gi, the cell itself left out.
  case gi
  /// Local Moran's I.
  case moran
  /// Local Moran's I of a cell's value and its neighbours' other value.
  case bivariateMoran
  /// Local Geary's c. Bins are positive where a cell is like its neighbours (c is small), negative where it is not.
  case geary
}

/// One field on its way from values to bins.
private struct Detection {
  let field: CellField
  let period: Period?
  let neighbours: LatticeNeighbours
  let options: HotspotOptions
  let threads: Int

  func run(_ statistic: LocalStatistic, other: [Double]?) -> DetectedCells {
    let hotOrCold = { @Sendable (_: Int, bin: Int8) in bin > 0 ? "hot" : "cold" }
    switch statistic {
    case .giStar:
      return judged(LocalG.star(field.values, neighbours, threads: threads), sumCounts(field.values), name: hotOrCold)
    case .gi:
      return judged(LocalG.g(field.values, neighbours, threads: threads), sumCounts(field.values), name: hotOrCold)
    case .moran:
      let moran = LocalMoran(field.values, neighbours, threads: threads)
      return judged(
        moran.scores, sumCounts(field.values).map(moran.counts), statistic: moran.i,
        global: GlobalStatistic(moran: field.values, neighbours, threads: threads)
      ) { slot, _ in moran.classes[slot]?.rawValue ?? "" }
    case .bivariateMoran:
      let other = other ?? field.values
      let moran = LocalMoran(field.values, neighbourValues: other, neighbours, threads: threads)
      return judged(
        moran.scores, sumCounts(other).map(moran.counts), statistic: moran.i,
        global: GlobalStatistic(moran: field.values, neighbourValues: other, neighbours, threads: threads)
      ) { slot, _ in moran.classes[slot]?.rawValue ?? "" }
    case .geary:
      let geary = LocalGeary(field.values, neighbours, threads: threads)
      let counts = permutation?.gearyCounts(
        field.values, neighbours, isIndependent: options.independentPermutations, threads: threads)
      return judged(
        geary.scores, counts, statistic: geary.c, isNegativeAlike: true,
        global: GlobalStatistic(geary: field.values, neighbours, threads: threads)
      ) { slot, bin in bin < 0 ? "different" : geary.classes[slot]?.rawValue ?? "" }
    }
  }

  /// `nil` when no permutations are asked for.
  private var permutation: ConditionalPermutation? {
    options.permutations > 0 ? ConditionalPermutation(replicates: options.permutations, seed: options.seed) : nil
  }

  /// How often chance gave the neighbours at least, and at most, their sum; `nil` when no permutations are asked for.
  private func sumCounts(_ values: [Double]) -> PermutationCounts? {
    guard let permutation else { return nil }
    return options.independentPermutations
      ? permutation.independent(values, neighbours, threads: threads)
      : permutation.counts(values, neighbours, threads: threads)
  }

  private func judged(
    _ scores: LocalScores, _ counts: PermutationCounts?, statistic: OptionalColumn? = nil,
    isNegativeAlike: Bool = false, global: GlobalStatistic? = nil, name: @escaping @Sendable (Int, Int8) -> String
  ) -> DetectedCells {
    // With an empirical null the sign that counts is the side of the bulk on which a cell lies.
    var signs = scores.z
    var reason = ""
    var p = OptionalColumn(absent: field.count)
    switch options.null {
    case .theoretical: p = Significance.p(z: signs, options.alternative, threads: threads)
    case .empirical:
      if let null = EmpiricalNull(z: scores.z) {
        signs = null.standardised(scores.z)
        p = Significance.p(z: signs, options.alternative, threads: threads)
      } else {
        reason = "the z of this field have no spread for an empirical null"
      }
    case .autocorrelated:
      // z stays Gi*; p and the side are those of O.
      signs = LocalO.scores(field.values, cells: field.cells, neighbourhood: options.neighbourhood).z
        .present(where: scores.z)
      p = Significance.p(z: signs, options.alternative, threads: threads)
    }
    // A cell below the field's mean is not hot, however little it lies below, and one above it is not cold.
    let agreed = { (p: OptionalColumn) in
      options.null == .empirical ? p.asChance(whereSignOf: scores.z, differsFrom: signs) : p
    }
    let permuted = counts?.p(options.alternative).present(where: scores.z)
    let bins = Significance.bins(
      z: isNegativeAlike ? signs.negated : signs, p: agreed((options.binBy == .permutation ? permuted : nil) ?? p),
      correction: options.correction, threads: threads)
    return DetectedCells(
      field: field, period: period, neighbourCounts: neighbours.counts, scores: scores, p: p, permutationP: permuted,
      bins: bins, statistic: statistic, global: global, name: name, reasonWithoutP: reason)
  }
}
