public import Grids
public import Quantities
public import SpatialStatistics

/// What a local statistic says of every cell of a field, in the field's order: columns inside, rows made on demand.
public struct DetectedCells: RandomAccessCollection, Sendable {
  public let field: CellField
  public let period: Period?
  /// Neighbours with a value, the cell itself not counted.
  public let neighbourCounts: [Int32]
  public let scores: LocalScores
  /// Uncorrected; one per z where there is a null distribution for it.
  public let p: OptionalColumn
  /// Uncorrected, never 0; `nil` when not asked for.
  public let permutationP: OptionalColumn?
  /// -3...3; 0 where there is no z.
  public let bins: [Int8]
  /// Local Moran's I or Geary's c; `nil` for Gi and Gi*, whose z says it all.
  public let statistic: OptionalColumn?
  /// What the statistic says of all cells together.
  public let global: GlobalStatistic?

  /// What a slot with a bin other than 0 is called.
  let name: @Sendable (_ slot: Int, _ bin: Int8) -> String
  /// Why cells with a z have no p; empty where they have one.
  let reasonWithoutP: String

  public var startIndex: Int { 0 }
  public var endIndex: Int { field.count }

  public subscript(slot: Int) -> HotspotRow {
    let bin = bins[slot]
    return HotspotRow(
      cell: field.cells[slot], period: period, value: field.values[slot], neighbours: neighbourCounts[slot],
      z: scores.z[slot], p: p[slot], permutationP: permutationP?[slot], bin: Int(bin),
      classification: bin == 0 ? "" : name(slot, bin), reason: scores.reasons[slot]?.rawValue ?? reasonWithoutP,
      isInterpolated: field.coverages[slot] == 0)
  }
}
