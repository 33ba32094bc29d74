internal import Geometry
public import Grids
public import Quantities

/// How often a cell is hot when the same data are gridded with another origin or another size of cell.
///
/// A grid's origin is arbitrary, and moving it alone changes which cells are hot (the modifiable areal unit problem,
/// Openshaw 1984). A cell that is hot on most shifted grids is a finding about the place; one that is hot on few is a
/// finding about the grid. A cell of a shifted grid stands for a base cell when it contains the base cell's centre.
public struct CellStability: Sendable {
  /// One cell of the base grid in one period.
  public struct Row: Hashable, Sendable {
    public let cell: CellID
    public let period: Period?
    public let value: Double
    /// On the base grid.
    public let bin: Int
    /// Grids on which the place was tested, the base grid included.
    public private(set) var tested: Int
    /// Of those, grids on which it was hot.
    public private(set) var hot: Int

    /// Share of the grids that tested the place on which it was hot; `nil` when none did.
    public var share: Double? { tested > 0 ? Double(hot) / Double(tested) : nil }

    fileprivate init(_ row: HotspotRow) {
      cell = row.cell
      period = row.period
      value = row.value
      bin = row.bin
      tested = 0
      hot = 0
    }

    fileprivate mutating func count(isHot: Bool) {
      tested += 1
      if isHot { hot += 1 }
    }
  }

  /// By period, then cell.
  public private(set) var rows: [Row]
  /// Grids so far, the base grid included.
  public private(set) var grids = 0
  private let lattice: Lattice
  private let minimumBin: Int

  /// - Parameters:
  ///   - base: Rows on the base grid; they count as its first grid too.
  ///   - lattice: Of the base grid.
  ///   - minimumBin: Bin from which a cell counts as hot: 1, 2, 3 for 10, 5, 1 %.
  public init(base: [HotspotRow], lattice: Lattice, minimumBin: Int) {
    rows = base.map(Row.init)
    self.lattice = lattice
    self.minimumBin = minimumBin
    add(base, lattice: lattice)
  }

  /// Counts the rows of one more grid.
  public mutating func add(_ found: [HotspotRow], lattice other: Lattice) {
    struct Key: Hashable {
      let cell: CellID
      let period: Period?
    }
    var binOf: [Key: Int] = [:]
    for row in found where row.z != nil { binOf[Key(cell: row.cell, period: row.period)] = row.bin }
    for k in rows.indices {
      guard let place = other.cell(at: lattice.centre(of: rows[k].cell)),
        let bin = binOf[Key(cell: place, period: rows[k].period)]
      else { continue }
      rows[k].count(isHot: bin >= minimumBin)
    }
    grids += 1
  }
}
