public import Grids

/// A field estimated everywhere, which says of each cell how much of it was observed there.
public struct Surface: Sendable {
  /// What stands behind a cell's estimate.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A reading in the cell itself.
    case observed
    /// No reading, but a satellite's value.
    case satellite
    /// Neither: the estimate comes from other cells alone.
    case interpolated
  }

  /// Values with kriging variances. `coverages` is the observed share: by how much the cell's own readings and satellite
  /// value lower the variance that the other cells alone would leave, 0...1. It is exactly 0 for interpolated cells.
  /// `counts` are the readings of the cell itself.
  public let field: CellField
  /// Per cell of `field`.
  public let kinds: [Kind]

  /// - Precondition: one kind per cell.
  public init(field: CellField, kinds: [Kind]) {
    precondition(field.count == kinds.count, "one kind per cell")
    self.field = field
    self.kinds = kinds
  }

  /// Cells of a kind.
  public func count(_ kind: Kind) -> Int { kinds.count { $0 == kind } }
}
