public import Grids
public import Quantities

/// What Gi* says of one cell in one period; one row of a hot file.
public struct HotspotRow: Hashable, Sendable {
  public let cell: CellID
  public let period: Period?
  public let value: Double
  /// Neighbours with a value, the cell itself not counted.
  public let neighbours: Int32
  /// Getis-Ord Gi*, a standard deviate; `nil` with a `reason`.
  public let z: Double?
  /// Two-sided, uncorrected.
  public let p: Double?
  /// Two-sided conditional permutation p, uncorrected, never 0; `nil` when not asked for.
  public let permutationP: Double?
  /// -3...3 after Benjamini-Hochberg at 10, 5 and 1 %; 0 where z is `nil`.
  public let bin: Int
  /// `hot`, `cold` or empty, from the sign of `bin`.
  public let classification: String
  /// Why there is no z; empty when there is one.
  public let reason: String
  /// Whether nothing was observed in the cell: its value is an estimate from other cells (coverage 0).
  public let isInterpolated: Bool

  public init(
    cell: CellID, period: Period?, value: Double, neighbours: Int32, z: Double?, p: Double?, permutationP: Double?,
    bin: Int, classification: String, reason: String, isInterpolated: Bool = false
  ) {
    self.cell = cell
    self.period = period
    self.value = value
    self.neighbours = neighbours
    self.z = z
    self.p = p
    self.permutationP = permutationP
    self.bin = bin
    self.classification = classification
    self.reason = reason
    self.isInterpolated = isInterpolated
  }

  /// The same row with another value, such as the field's own where an excess was tested.
  public func replacing(value: Double) -> HotspotRow {
    HotspotRow(
      cell: cell, period: period, value: value, neighbours: neighbours, z: z, p: p, permutationP: permutationP,
      bin: bin, classification: classification, reason: reason, isInterpolated: isInterpolated)
  }
}

/// A local outlier that passed the published rule (预警): a cell clearly above the cells around it.
public struct Alarm: Hashable, Sendable {
  public let cell: CellID
  public let period: Period
  /// Which field raised it, such as `satellite` or `ground`.
  public let field: String
  public let value: Double
  public let ringMedian: Double
  public let ringCells: Int32
  /// `value / ringMedian`.
  public let ratio: Double
  public let robustZ: Double
  /// The rule in plain language, with its thresholds.
  public let rule: String

  public init(
    cell: CellID, period: Period, field: String, value: Double, ringMedian: Double, ringCells: Int32, ratio: Double,
    robustZ: Double, rule: String
  ) {
    self.cell = cell
    self.period = period
    self.field = field
    self.value = value
    self.ringMedian = ringMedian
    self.ringCells = ringCells
    self.ratio = ratio
    self.robustZ = robustZ
    self.rule = rule
  }
}
