/// The cells of one level that touch a region, with the exact share of each county in each cell.
public struct Region: Sendable, Equatable {
  public let name: String
  public let lattice: Lattice
  /// Ascending by code.
  public let counties: [County]
  /// Ascending; every cell that shares area with a county.
  public let cells: [CellID]
  /// `shareStarts[slot]..<shareStarts[slot + 1]` are the shares of the cell at `slot`; count is `cells.count + 1`.
  public let shareStarts: [Int32]
  /// Position in `counties`, per share; by descending share within a cell, ties by county code.
  public let shareCounties: [Int32]
  /// Area of the county inside the cell divided by the area of the cell, 0...1.
  public let shares: [Double]

  public init(
    name: String, lattice: Lattice, counties: [County], cells: [CellID], shareStarts: [Int32], shareCounties: [Int32],
    shares: [Double]
  ) {
    precondition(
      shareStarts.count == cells.count + 1 && shareCounties.count == shares.count, "shares must be a CSR list")
    self.name = name
    self.lattice = lattice
    self.counties = counties
    self.cells = cells
    self.shareStarts = shareStarts
    self.shareCounties = shareCounties
    self.shares = shares
  }

  /// The position of a cell in `cells`. - Returns: `nil` outside the region. - Complexity: O(log n).
  public func slot(of cell: CellID) -> Int? {
    var low = 0
    var high = cells.count
    while low < high {
      let middle = (low + high) / 2
      if cells[middle] < cell { low = middle + 1 } else { high = middle }
    }
    return low < cells.count && cells[low] == cell ? low : nil
  }

  /// Position in `counties` of the county with the largest share of the cell: its home county.
  public func homeCounty(slot: Int) -> Int { Int(shareCounties[Int(shareStarts[slot])]) }
}
