public import Grids

/// Weight sums of mapped pixels on cells, from which means, variances and coverage follow; sums of files add up.
///
/// Merging is commutative and associative but for rounding: several swaths of a day can be merged in any order, or
/// mapped in one go, with the same result to about 1e-15 of itself.
public struct CellSums: Sendable, Equatable {
  /// Strictly ascending, all of one size.
  public private(set) var cells: [CellID] = []
  /// Σ a q: common area (in cells) times quality.
  public private(set) var weights: [Double] = []
  /// Σ a q x.
  public private(set) var weightedValues: [Double] = []
  /// Σ (a q σ)²; NaN where a pixel's error is not known.
  public private(set) var squares: [Double] = []
  /// Σ over files of (Σ a q σ)²: what the squares would be if the errors of one file were all the same error.
  public private(set) var commonSquares: [Double] = []
  /// Share of the cell that the best single file observed, at most 1: a lower bound where files overlap or adjoin.
  public private(set) var coverages: [Double] = []
  /// Pixels behind each cell.
  public private(set) var counts: [Int32] = []

  /// The sums of no file at all.
  public init() {}

  /// Closes one file: its errors become one group, its area the coverage.
  init(closing file: TileSums, sizeMetres: Int32) {
    var found: [(cell: CellID, tile: Int32, slot: Int32)] = []
    for (tile, name) in file.names.enumerated() {
      let row = Int32(truncatingIfNeeded: name >> 32) << 4
      let column = Int32(truncatingIfNeeded: name) << 4
      // Slivers below 1e-9 of a cell are pixels that only touch it.
      for slot in 0..<TileSums.slots where file.sum(.area, tile: tile, slot: slot) > 1e-9 {
        let cell = CellID(
          sizeMetres: sizeMetres, column: column | Int32(slot & 15), row: row | Int32(slot >> 4))
        found.append((cell, Int32(tile), Int32(slot)))
      }
    }
    found.sort { $0.cell < $1.cell }
    func plane(_ plane: TileSums.Plane) -> [Double] {
      found.map { file.sum(plane, tile: Int($0.tile), slot: Int($0.slot)) }
    }
    cells = found.map(\.cell)
    weights = plane(.weight)
    weightedValues = plane(.weighted)
    squares = plane(.squares)
    commonSquares = plane(.errors).map { $0 * $0 }
    coverages = plane(.area).map { min(1, $0) }
    counts = plane(.count).map { Int32(min($0, 2_147_483_647)) }
  }

  public var count: Int { cells.count }

  /// Adds the sums of other files.
  ///
  /// - Parameter adjoining: Whether the files lie side by side (tiles of one product), so that their areas add up.
  public mutating func merge(_ other: CellSums, adjoining: Bool = false) {
    guard !cells.isEmpty else {
      self = other
      return
    }
    // Slots of both in the order of the union; -1 where one has no such cell.
    var mine: [Int] = []
    var theirs: [Int] = []
    var union: [CellID] = []
    var (a, b) = (0, 0)
    while a < cells.count || b < other.cells.count {
      let takesMine = b == other.cells.count || (a < cells.count && cells[a] <= other.cells[b])
      let takesTheirs = a == cells.count || (b < other.cells.count && other.cells[b] <= cells[a])
      union.append(takesMine ? cells[a] : other.cells[b])
      mine.append(takesMine ? a : -1)
      theirs.append(takesTheirs ? b : -1)
      if takesMine { a += 1 }
      if takesTheirs { b += 1 }
    }
    func joined(_ x: [Double], _ y: [Double], _ join: (Double, Double) -> Double) -> [Double] {
      union.indices.map { join(mine[$0] < 0 ? 0 : x[mine[$0]], theirs[$0] < 0 ? 0 : y[theirs[$0]]) }
    }
    weights = joined(weights, other.weights, +)
    weightedValues = joined(weightedValues, other.weightedValues, +)
    squares = joined(squares, other.squares, +)
    commonSquares = joined(commonSquares, other.commonSquares, +)
    coverages = joined(coverages, other.coverages) { adjoining ? min(1, $0 + $1) : max($0, $1) }
    counts = union.indices.map { k in
      let sum =
        (mine[k] < 0 ? 0 : Int64(counts[mine[k]])) + (theirs[k] < 0 ? 0 : Int64(other.counts[theirs[k]]))
      return Int32(clamping: sum)
    }
    cells = union
  }

  /// Means with their variance, coverage and count.
  ///
  /// - Parameters:
  ///   - correlation: ρ, the share of a pixel's error variance that all pixels of its file have in common, 0...1.
  ///     The variance is [(1 − ρ) Σ(aqσ)² + ρ Σ_files(Σaqσ)²] / (Σaq)².
  ///   - smallestCoverage: Cells observed less than this are left out.
  public func field(correlation: Double = 0, smallestCoverage: Double = 0) -> CellField {
    precondition((0...1).contains(correlation), "a correlation lies between 0 and 1")
    let kept = cells.indices.filter { coverages[$0] >= smallestCoverage && weights[$0] > 0 }
    return CellField(
      cells: kept.map { cells[$0] }, values: kept.map { weightedValues[$0] / weights[$0] },
      variances: kept.map { slot in
        let own = (1 - correlation) * squares[slot]
        let common = correlation == 0 ? 0 : correlation * commonSquares[slot]
        return (own + common) / (weights[slot] * weights[slot])
      },
      counts: kept.map { counts[$0] }, coverages: kept.map { coverages[$0] })
  }
}
