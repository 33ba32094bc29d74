public import Grids

/// Values of fine cells that reproduce the coarse cells they lie in.
///
/// For a coarse cell with value p, coverage C and n children (each 1/n of it): children j that were observed have a value
/// x_j, an error variance v_j and a coverage k_j. What the coarse cell observed beyond them, nC − Σk, is shared equally by
/// the children without an observation of their own: they start from p with the variance τ² of children about their
/// parents. The values are then moved as little as their variances allow, so that the means agree:
///
///     x̂_j = x_j + a_j v_j (p − Σ a_i x_i) / Σ a_i² v_i        with a_j = k_j / Σ k
///
/// This is the mean of independent normal errors given their weighted sum (a linear constraint in generalised least
/// squares); children without an observation give way most. Afterwards Σ k x̂ / Σ k = p and, unless the
/// children's own coverages contradict it, Σ k / n = C.
public struct Refinement: Sendable {
  /// Coarse cells whose children had no room to agree with them, and how many of the children are below zero now.
  public struct Report: Sendable, Equatable {
    /// Coarse cells that were refined.
    public var parents = 0
    /// Children with an observation of their own.
    public var observed = 0
    /// Children that only share in their parent's observation; their count is 0.
    public var filled = 0
    /// Children whose value fell below zero while parent and observation were not.
    public var negative = 0
    /// Observed children in no coarse cell of the field.
    public var orphans = 0
    /// Standard deviation τ of children about their parents.
    public var spread = 0.0

    public init() {}
  }

  /// Standard deviation of fine cells about their coarse cell; `nil` takes it from the observed children.
  public var spread: Double?
  /// An observed child without an error variance is believed to a third of the spread.
  static let unknownShare = 1.0 / 9

  public init(spread: Double? = nil) { self.spread = spread }

  /// - Parameters:
  ///   - parents: Of one size; a coverage that is not known counts as 1.
  ///   - children: Observed ones, of one finer size; a coverage that is not known counts as 1.
  ///   - sizeMetres: Of the fine cells; divides the size of the parents.
  /// - Returns: Children of all parents, those that nothing observed left out.
  public func refine(
    _ parents: CellField, with children: CellField, sizeMetres: Int32
  ) -> (field: CellField, report: Report) {
    var report = Report()
    let parentSize = parents.cells.first?.sizeMetres ?? sizeMetres
    precondition(parentSize % sizeMetres == 0, "\(sizeMetres) m does not divide \(parentSize) m")
    let slots = parentSlots(parents, children, parentSize, &report)
    let tau2 = variance(parents, children, slots, &report)
    var rows: [Row] = []
    var next = 0
    for (parent, cell) in parents.cells.enumerated() {
      while next < slots.count, slots[next].parent < parent { next += 1 }
      var own: [CellID: Int] = [:]
      while next < slots.count, slots[next].parent == parent {
        own[children.cells[slots[next].child]] = slots[next].child
        next += 1
      }
      report.parents += 1
      rows += family(of: cell, parents, parent, own, children, sizeMetres, tau2, &report)
    }
    rows.sort { $0.cell < $1.cell }
    return (
      CellField(
        cells: rows.map(\.cell), values: rows.map(\.value), variances: rows.map(\.variance), counts: rows.map(\.count),
        coverages: rows.map(\.coverage)), report
    )
  }

  private struct Row {
    let cell: CellID
    var value: Double
    var variance: Double
    let count: Int32
    let coverage: Double
  }

  /// Parent and child slots, by parent.
  private func parentSlots(
    _ parents: CellField, _ children: CellField, _ size: Int32, _ report: inout Report
  ) -> [(parent: Int, child: Int)] {
    var slots: [(parent: Int, child: Int)] = []
    for (child, cell) in children.cells.enumerated() {
      let wanted = cell.parent(sizeMetres: size)
      var (low, high) = (0, parents.count)
      while low < high {
        let middle = (low + high) / 2
        if parents.cells[middle] < wanted { low = middle + 1 } else { high = middle }
      }
      if low < parents.count, parents.cells[low] == wanted { slots.append((low, child)) } else { report.orphans += 1 }
    }
    slots.sort { ($0.parent, $0.child) < ($1.parent, $1.child) }
    return slots
  }

  private func variance(
    _ parents: CellField, _ children: CellField, _ slots: [(parent: Int, child: Int)], _ report: inout Report
  ) -> Double {
    var sum = 0.0
    for slot in slots {
      let difference = children.values[slot.child] - parents.values[slot.parent]
      sum += difference * difference
    }
    let found = spread.map { $0 * $0 } ?? (slots.isEmpty ? 0 : sum / Double(slots.count))
    report.spread = found.squareRoot()
    // Only the ratio to the errors of observed children matters; without any difference there is nothing to share out.
    return found > 0 ? found : 1
  }

  private func family(
    of cell: CellID, _ parents: CellField, _ parent: Int, _ own: [CellID: Int], _ children: CellField,
    _ sizeMetres: Int32, _ tau2: Double, _ report: inout Report
  ) -> [Row] {
    let p = parents.values[parent]
    let all = cell.children(sizeMetres: sizeMetres)
    let whole = parents.coverages[parent].isNaN ? 1 : min(1, max(0, parents.coverages[parent]))
    func coverage(_ child: Int) -> Double { children.coverages[child].isNaN ? 1 : children.coverages[child] }
    let observed = all.reduce(0) { sum, cell in sum + (own[cell].map(coverage) ?? 0) }
    let free = all.count - own.count
    // Less than a thousandth of a child is rounding, not an observation.
    let rest = Double(all.count) * whole - observed
    let share = free > 0 && rest > 1e-3 ? min(1, rest / Double(free)) : 0
    var rows: [Row] = []
    for cell in all {
      if let child = own[cell], coverage(child) > 0 {
        let known = children.variances[child]
        rows.append(
          Row(
            cell: cell, value: children.values[child], variance: known.isFinite ? known : tau2 * Self.unknownShare,
            count: children.counts[child], coverage: coverage(child)))
        report.observed += 1
      } else if share > 0 {
        rows.append(Row(cell: cell, value: p, variance: tau2, count: 0, coverage: share))
        report.filled += 1
      }
    }
    balance(&rows, to: p, variance: parents.variances[parent], &report)
    return rows
  }

  private func balance(_ rows: inout [Row], to p: Double, variance parentVariance: Double, _ report: inout Report) {
    let total = rows.reduce(0) { $0 + $1.coverage }
    guard total > 0 else { return }
    // Errors of exactly nothing cannot give way: then all give way alike.
    let isRigid = rows.allSatisfy { $0.variance == 0 }
    var gap = p
    var room = 0.0
    for row in rows {
      let a = row.coverage / total
      gap -= a * row.value
      room += a * a * (isRigid ? 1 : row.variance)
    }
    for k in rows.indices {
      let a = rows[k].coverage / total
      let v = isRigid ? 1 : rows[k].variance
      let gain = a * v / room
      let before = rows[k].value
      rows[k].value += gain * gap
      let fixed = isRigid ? 0 : max(0, v - a * v * gain)
      rows[k].variance = fixed + (parentVariance.isFinite ? gain * gain * parentVariance : 0)
      if rows[k].value < 0, before >= 0, p >= 0 { report.negative += 1 }
    }
  }
}
