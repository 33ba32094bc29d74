public import Grids

extension CellField {
  /// The field on a coarser lattice, each coarse cell from the fine cells whose centres it holds.
  ///
  /// The value is the mean of the fine cells weighted by their coverages, or by their counts where a coverage is not
  /// known; where every weight is 0 (only interpolated cells) all count alike. The variance is that of this mean for
  /// independent errors and NaN where one is not known; counts add up; the coverage is the observed share of the coarse
  /// cell, NaN where one is not known.
  ///
  /// - Parameters:
  ///   - fine: The field's lattice.
  ///   - coarse: Best one whose lines lie on lines of `fine`: then no fine cell is in two coarse ones.
  /// - Complexity: O(n log n) for n cells.
  public func coarser(from fine: Lattice, to coarse: Lattice) -> CellField {
    var homes: [(cell: CellID, slot: Int)] = []
    homes.reserveCapacity(count)
    for (slot, cell) in cells.enumerated() {
      if let home = coarse.cell(at: fine.centre(of: cell)) { homes.append((home, slot)) }
    }
    homes.sort { ($0.cell, $0.slot) < ($1.cell, $1.slot) }
    let ratio = Double(fine.sizeMetres) / Double(coarse.sizeMetres)
    var made = Columns()
    var start = 0
    while start < homes.count {
      var end = start + 1
      while end < homes.count, homes[end].cell == homes[start].cell { end += 1 }
      add(homes[start..<end].map(\.slot), as: homes[start].cell, childShare: ratio * ratio, to: &made)
      start = end
    }
    return CellField(
      cells: made.cells, values: made.values, variances: made.variances, counts: made.counts,
      coverages: made.coverages)
  }

  private struct Columns {
    var cells: [CellID] = []
    var values: [Double] = []
    var variances: [Double] = []
    var counts: [Int32] = []
    var coverages: [Double] = []
  }

  private func add(_ slots: [Int], as cell: CellID, childShare: Double, to made: inout Columns) {
    // One unknown coverage makes all weights counts: a share and a number of readings cannot be added.
    let isCovered = slots.allSatisfy { !coverages[$0].isNaN }
    func weight(_ slot: Int) -> Double { isCovered ? coverages[slot] : Double(max(1, counts[slot])) }
    let hasWeight = slots.contains { weight($0) > 0 }
    var (total, sum, variance, count) = (0.0, 0.0, 0.0, 0)
    for slot in slots {
      let w = hasWeight ? weight(slot) : 1
      total += w
      sum += w * values[slot]
      if w > 0 { variance += w * w * variances[slot] }
      count += Int(counts[slot])
    }
    made.cells.append(cell)
    made.values.append(sum / total)
    made.variances.append(variance / (total * total))
    made.counts.append(Int32(clamping: count))
    made.coverages.append(
      isCovered ? min(1, slots.reduce(0) { $0 + coverages[$1] } * childShare) : .nan)
  }
}
