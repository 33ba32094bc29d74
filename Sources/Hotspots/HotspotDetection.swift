public import Grids
public import Quantities
internal import SpatialStatistics

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
    let neighbours = LatticeNeighbours(cells: field.cells, neighbourhood: options.neighbourhood)
    let judged = judge(LocalG.star(field.values, neighbours), field, neighbours, options)
    return field.cells.indices.map { slot in
      judged.row(slot, field, period, neighbours) { $0 > 0 ? "hot" : "cold" }
    }
  }

  /// Local Moran's I of every cell of a field, in the field's order.
  public static func moran(field: CellField, period: Period?, options: HotspotOptions) -> [MoranRow] {
    let neighbours = LatticeNeighbours(cells: field.cells, neighbourhood: options.neighbourhood)
    let moran = LocalMoran(field.values, neighbours)
    let judged = judge(moran.scores, field, neighbours, options)
    return field.cells.indices.map { slot in
      let row = judged.row(slot, field, period, neighbours) { _ in moran.classes[slot]?.rawValue ?? "" }
      return MoranRow(row: row, i: moran.i[slot])
    }
  }

  private static func judge(
    _ scores: LocalScores, _ field: CellField, _ neighbours: LatticeNeighbours, _ options: HotspotOptions
  ) -> Judged {
    var p: [Double?]
    var nullMissing = false
    switch options.null {
    case .theoretical: p = scores.z.map { $0.map(Significance.twoSidedP) }
    case .empirical:
      let null = EmpiricalNull(z: scores.z)
      nullMissing = null == nil
      p = scores.z.map { z in
        guard let z, let null else { return nil }
        return Significance.twoSidedP(z: null.standardised(z))
      }
    }
    var permuted = [Double?](repeating: nil, count: field.count)
    if options.permutations > 0 {
      let permutation = ConditionalPermutation(replicates: options.permutations, seed: options.seed)
      permuted =
        options.independentPermutations
        ? permutation.independent(field.values, neighbours)
          .map { $0?.twoSidedP(replicates: options.permutations) }
        : permutation.twoSidedP(field.values, neighbours)
      permuted = zip(permuted, scores.z).map { $1 == nil ? nil : $0 }
    }
    // With an empirical null the sign that counts is the side of the bulk on which a cell lies.
    let sided = options.null == .empirical ? EmpiricalNull(z: scores.z) : nil
    let signs = scores.z.map { z in z.map { sided?.standardised($0) ?? $0 } }
    let bins = Significance.bins(z: signs, p: options.binBy == .permutation ? permuted : p)
    return Judged(scores: scores, p: p, permuted: permuted, bins: bins, nullMissing: nullMissing)
  }

  private struct Judged {
    let scores: LocalScores
    let p: [Double?]
    let permuted: [Double?]
    let bins: [Int]
    let nullMissing: Bool

    func row(
      _ slot: Int, _ field: CellField, _ period: Period?, _ neighbours: LatticeNeighbours, name: (Int) -> String
    ) -> HotspotRow {
      let bin = bins[slot]
      let reason =
        scores.reasons[slot]?.rawValue
        ?? (nullMissing ? "the z of this field have no spread for an empirical null" : "")
      return HotspotRow(
        cell: field.cells[slot], period: period, value: field.values[slot], neighbours: neighbours.counts[slot],
        z: scores.z[slot], p: p[slot], permutationP: permuted[slot], bin: bin,
        classification: bin == 0 ? "" : name(bin), reason: reason,
        isInterpolated: field.coverages[slot] == 0)
    }
  }
}
