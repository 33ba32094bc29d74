public import Geometry
public import Grids

/// The value of an official cell, made of the lattice's cells that it touches.
public struct OfficialValue: Sendable, Equatable {
  /// Position in ``OfficialShares/ids``.
  public let official: Int
  public let value: Double
  /// Of `value`, taking the cells' errors for independent; NaN where a cell's is not known.
  public let variance: Double
  /// Cells with a value.
  public let cells: Int
  /// Share of the official cell's area that these cover, above 0 and at most 1.
  public let coverage: Double
}

/// How official cells and the cells of a lattice cover each other: exact areas in the equal-area plane.
///
/// Values move both ways by area: an extensive reading of a mean is exact when the value is even within a cell.
public struct OfficialShares: Sendable {
  /// Ascending by their UTF-8 bytes.
  public let ids: [String]
  /// Of each official cell, m².
  public let areas: [Double]
  /// Entries of an official cell: `starts[k]..<starts[k + 1]`.
  public let starts: [Int]
  /// Cell of each entry, ascending within an official cell.
  public let cells: [CellID]
  /// Share of the official cell's area that lies in the cell, 0...1; they sum to 1.
  public let sharesOfOfficial: [Double]
  /// Share of the cell's area that lies in the official cell, 0...1.
  public let sharesOfCell: [Double]
  /// What had to be repaired, by position in `ids`.
  public let repairs: [(official: Int, reason: String)]

  /// - Parameters:
  ///   - officials: In any order, ids unique, outlines with an area; one without is left out.
  ///   - lattice: In the plane of `projection`.
  public init(_ officials: [OfficialCell], lattice: Lattice, projection: EqualAreaProjection) {
    let cellArea = Double(lattice.sizeMetres) * Double(lattice.sizeMetres)
    let context = GeosContext()
    var ids: [String] = []
    var areas: [Double] = []
    var starts = [0]
    var cells: [CellID] = []
    var ofOfficial: [Double] = []
    var ofCell: [Double] = []
    var repairs: [(official: Int, reason: String)] = []
    for official in officials.sorted(by: { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }) {
      let (shape, repair) = PlaneMultiPolygon.valid(official.polygons, projection: projection, context: context)
      let coverage = LatticeCoverage(of: shape, on: lattice)
      var own: [(cell: CellID, share: Double)] = []
      for slot in coverage.shares.indices where coverage.shares[slot] > RegionBuilder.smallestShare {
        let (row, column) = (slot / coverage.columns, slot % coverage.columns)
        own.append(
          (
            CellID(
              sizeMetres: lattice.sizeMetres, column: coverage.firstColumn + Int32(column),
              row: coverage.firstRow + Int32(row)), min(1, coverage.shares[slot])
          ))
      }
      let sum = own.reduce(0) { $0 + $1.share }
      guard sum > 0 else { continue }
      if let repair { repairs.append((ids.count, repair.reason)) }
      own.sort { $0.cell < $1.cell }
      ids.append(official.id)
      areas.append(sum * cellArea)
      cells += own.map(\.cell)
      ofOfficial += own.map { $0.share / sum }
      ofCell += own.map(\.share)
      starts.append(cells.count)
    }
    self.ids = ids
    self.areas = areas
    self.starts = starts
    self.cells = cells
    sharesOfOfficial = ofOfficial
    sharesOfCell = ofCell
    self.repairs = repairs
  }

  /// Cells that official cells cover more than once, ascending: official cells overlap there.
  public var overlaps: [CellID] {
    var sums: [CellID: Double] = [:]
    for (cell, share) in zip(cells, sharesOfCell) { sums[cell, default: 0] += share }
    return sums.filter { $0.value > 1 + 1e-6 }.keys.sorted()
  }

  /// Area-weighted means of a field on the official cells; one without any known cell is left out.
  public func onOfficials(_ field: CellField) -> [OfficialValue] {
    ids.indices.compactMap { official in
      var (sum, weight, variance, count) = (0.0, 0.0, 0.0, 0)
      for entry in starts[official]..<starts[official + 1] {
        guard let slot = field.slot(of: cells[entry]) else { continue }
        let share = sharesOfOfficial[entry]
        sum += share * field.values[slot]
        variance += share * share * field.variances[slot]
        weight += share
        count += 1
      }
      guard weight > 0 else { return nil }
      return OfficialValue(
        official: official, value: sum / weight, variance: variance / (weight * weight), cells: count,
        coverage: min(1, weight))
    }
  }

  /// Area-weighted means of official values on the lattice's cells.
  ///
  /// - Parameter values: By position in `ids`; NaN where an official cell has none.
  /// - Returns: Cells that an official cell with a value touches; coverage is the share of the cell they cover, count how
  ///   many they are, variances are not known.
  public func onCells(_ values: [Double]) -> CellField {
    precondition(values.count == ids.count, "one value per official cell")
    var entries: [(cell: CellID, share: Double, value: Double)] = []
    for official in ids.indices where !values[official].isNaN {
      for entry in starts[official]..<starts[official + 1] {
        entries.append((cells[entry], sharesOfCell[entry], values[official]))
      }
    }
    entries.sort { $0.cell < $1.cell }
    var (found, means, counts, coverages): ([CellID], [Double], [Int32], [Double]) = ([], [], [], [])
    var start = 0
    while start < entries.count {
      var end = start
      var (sum, weight) = (0.0, 0.0)
      while end < entries.count, entries[end].cell == entries[start].cell {
        sum += entries[end].share * entries[end].value
        weight += entries[end].share
        end += 1
      }
      found.append(entries[start].cell)
      means.append(sum / weight)
      counts.append(Int32(end - start))
      coverages.append(min(1, weight))
      start = end
    }
    return CellField(
      cells: found, values: means, variances: means.map { _ in .nan }, counts: counts, coverages: coverages)
  }
}

extension CellField {
  /// Where a cell stands in the field; `nil` when it is not in it.
  func slot(of cell: CellID) -> Int? {
    var low = 0
    var high = cells.count
    while low < high {
      let middle = (low + high) / 2
      if cells[middle] < cell { low = middle + 1 } else { high = middle }
    }
    return low < cells.count && cells[low] == cell ? low : nil
  }
}
