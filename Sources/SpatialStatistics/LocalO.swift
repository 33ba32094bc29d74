public import Grids

/// Hot spots in the presence of global autocorrelation: the mean of a cell and its neighbours against that of all other
/// cells, with a variance that knows how alike near cells are anyway.
///
/// Ord & Getis (2001), doi:10.1111/0022-4146.00224, test the mean of a region A against that of the rest B with the covariance
/// estimated from the field. Here A is the cell and its neighbours, and covariances are those of the field itself at the
/// lattice steps that occur within A: ĉ(h) = Σ(x(s) - x̄)(x(s+h) - x̄)/N(h). With m cells in A of n,
///
///     O = (x̄_A - x̄_B) / √Var(x̄_A - x̄_B),  x̄_A - x̄_B = n/(n-m) (x̄_A - x̄),
///     Var(x̄_A - x̄) ≈ Σ_{a,b∈A} ĉ(a-b)/m².
///
/// ĉ is measured against the field's own mean, which takes Var(x̄) out of it: the variance is that of the difference
/// already, and too small where the correlation reaches across a large part of the field. On a field without correlation O is
/// Gi* but for sampling noise in ĉ.
public enum LocalO {
  /// O per slot.
  ///
  /// - Parameters:
  ///   - values: Finite, one per cell.
  ///   - cells: Strictly ascending, all of one size.
  public static func scores(_ values: [Double], cells: [CellID], neighbourhood: Neighbourhood) -> LocalScores {
    precondition(values.count == cells.count, "one value per cell")
    guard values.count >= 3 else { return LocalScores(count: values.count, reason: .tooFewCells) }
    guard let centred = CentredValues(values) else { return LocalScores(count: values.count, reason: .allEqual) }
    let deviations = centred.values
    let lists = neighbourhood.lists(of: cells)
    var covariances = StepCovariances(deviations, cells: cells)
    var scores = LocalScores(count: values.count, reason: .noNeighbour)
    // A cell whose neighbours are all there has the variance of every other such cell.
    let whole = cells.first.map { neighbourhood.offsets(sizeMetres: $0.sizeMetres).count } ?? 0
    var varianceOfWhole: Double?
    var region: [CellID] = []
    for slot in values.indices {
      let range = lists.range(slot)
      guard !range.isEmpty else { continue }
      let m = Double(range.count + 1)
      guard range.count + 1 < values.count else {
        scores.reasons[slot] = .everyoneIsNeighbour
        continue
      }
      var sum = deviations[slot]
      for entry in range { sum += deviations[Int(lists.neighbours[entry])] }
      var variance = range.count == whole ? varianceOfWhole : nil
      if variance == nil {
        region.removeAll(keepingCapacity: true)
        region.append(cells[slot])
        for entry in range { region.append(cells[Int(lists.neighbours[entry])]) }
        variance = covariances.sum(over: region) / (m * m)
        if range.count == whole { varianceOfWhole = variance }
      }
      guard let variance, variance > 1e-9 * centred.variance else {
        scores.reasons[slot] = .othersEqual
        continue
      }
      scores.set(slot, sum / m / variance.squareRoot())
    }
    return scores
  }
}

/// Covariances of a field by lattice step, measured when first asked for.
private struct StepCovariances {
  private struct Step: Hashable {
    let columns: Int32
    let rows: Int32
  }

  private let deviations: [Double]
  private let cells: [CellID]
  private let window: LatticeWindow?
  private let dense: [Double]
  private var known: [Step: Double] = [:]

  init(_ deviations: [Double], cells: [CellID]) {
    self.deviations = deviations
    self.cells = cells
    window = LatticeWindow(cells: cells, margin: 0)
    dense = window?.spread(deviations, empty: .nan) ?? []
  }

  /// Σ ĉ over all ordered pairs of cells, each with itself too.
  mutating func sum(over region: [CellID]) -> Double {
    var sum = 0.0
    for (k, a) in region.enumerated() {
      sum += covariance(Step(columns: 0, rows: 0))
      for b in region[..<k] {
        var step = Step(columns: b.column - a.column, rows: b.row - a.row)
        if step.rows < 0 || (step.rows == 0 && step.columns < 0) {
          step = Step(columns: -step.columns, rows: -step.rows)
        }
        sum += 2 * covariance(step)
      }
    }
    return sum
  }

  private mutating func covariance(_ step: Step) -> Double {
    if let known = known[step] { return known }
    let found = measure(step)
    known[step] = found
    return found
  }

  private func measure(_ step: Step) -> Double {
    var (sum, pairs) = (0.0, 0)
    if let window {
      for slot in cells.indices {
        let cell = cells[slot]
        let other = CellID(
          sizeMetres: cell.sizeMetres, column: cell.column + step.columns, row: cell.row + step.rows)
        guard let position = window.position(of: other), !dense[position].isNaN else { continue }
        sum += deviations[slot] * dense[position]
        pairs += 1
      }
    } else {
      for (slot, cell) in cells.enumerated() {
        let other = CellID(
          sizeMetres: cell.sizeMetres, column: cell.column + step.columns, row: cell.row + step.rows)
        guard let found = cells.slot(of: other) else { continue }
        sum += deviations[slot] * deviations[Int(found)]
        pairs += 1
      }
    }
    return pairs > 0 ? sum / Double(pairs) : 0
  }
}
