public import Grids
public import Quantities
internal import SpatialStatistics
internal import Threads

/// A cell against the cells around it.
public struct LocalContrast: Hashable, Sendable {
  /// The cell that is compared; it is not in its ring.
  public let cell: CellID
  /// In the unit of the field.
  public let value: Double
  /// Cells of the ring with a value.
  public let ringCells: Int32
  /// King's moves to the farthest cell of the ring that was used.
  public let rings: Int32
  /// `nil` with a `reason`, as are the next three.
  public let ringMedian: Double?
  /// 1.4826 times the median absolute deviation of the ring.
  public let ringSpread: Double?
  /// `value / ringMedian`; `nil` too where the median is not positive.
  public let ratio: Double?
  /// (value - median) / √(σ² + spread² + floor²), σ² the variance of the value where it is known.
  public let robustZ: Double?
  /// Why something is `nil`; empty when nothing is.
  public let reason: String

  /// The contrast of every cell, in the field's order.
  ///
  /// The ring is first the cells up to `rule.rings` away and is widened, one ring at a time, up to `rule.maximumRings`
  /// until enough of its cells have a value. The result does not depend on `threads`.
  public static func all(
    of field: CellField, rule: AlarmRule, pollutant: Pollutant, threads: Int = 1
  ) -> [LocalContrast] {
    let finder = CellFinder(cells: field.cells, reach: rule.maximumRings)
    let steps = (1...max(1, rule.maximumRings)).map { finder.steps(ring: $0) }
    let floor = rule.floor(of: pollutant)
    let piece = 4096
    return mapConcurrently((field.count + piece - 1) / piece, threads: threads) { number in
      // Room for the widest ring, once for all cells of the piece.
      var around = MiddleValue(capacity: steps.reduce(0) { $0 + $1.count })
      return (number * piece..<min(field.count, (number + 1) * piece)).map { slot -> LocalContrast in
        around.removeAll()
        var rings = 0
        while rings < rule.maximumRings {
          for step in steps[rings] {
            if let other = finder.slot(from: slot, step) { around.append(field.values[other]) }
          }
          rings += 1
          let possible = Double((2 * rings + 1) * (2 * rings + 1) - 1)
          if rings >= rule.rings, around.count >= rule.minimumRingCells,
            Double(around.count) >= rule.minimumRingShare * possible
          {
            return contrast(field, slot, &around, rings, floor)
          }
        }
        return LocalContrast(
          cell: field.cells[slot], value: field.values[slot], ringCells: Int32(around.count), rings: Int32(rings),
          ringMedian: nil, ringSpread: nil, ratio: nil, robustZ: nil, reason: "too few cells around have a value")
      }
    }.flatMap(\.self)
  }

  private static func contrast(
    _ field: CellField, _ slot: Int, _ around: inout MiddleValue, _ rings: Int, _ floor: Double
  ) -> LocalContrast {
    let value = field.values[slot]
    let ringCells = Int32(around.count)
    let middle = around.median() ?? value
    around.replaceByDistances(from: middle)
    let spread = 1.4826 * (around.median() ?? 0)
    let variance = field.variances[slot].isFinite ? field.variances[slot] : 0
    let width = (variance + spread * spread + floor * floor).squareRoot()
    var reason = ""
    if width == 0 { reason = "the ring has no spread and the rule no floor" }
    if middle <= 0 { reason = "the median of the ring is not positive" }
    return LocalContrast(
      cell: field.cells[slot], value: value, ringCells: ringCells, rings: Int32(rings), ringMedian: middle,
      ringSpread: spread, ratio: middle > 0 ? value / middle : nil, robustZ: width > 0 ? (value - middle) / width : nil,
      reason: reason)
  }
}

/// Values whose median is asked for again and again: one array for all cells. The same bits as ``median(_:)``.
private struct MiddleValue {
  private var values: [Double]
  private(set) var count = 0

  init(capacity: Int) { values = [Double](repeating: 0, count: capacity) }

  mutating func removeAll() { count = 0 }

  mutating func append(_ value: Double) {
    values[count] = value
    count += 1
  }

  mutating func replaceByDistances(from middle: Double) {
    for k in 0..<count { values[k] = abs(values[k] - middle) }
  }

  /// Sorts what is there. - Returns: `nil` for no values.
  mutating func median() -> Double? {
    guard count > 0 else { return nil }
    let count = count
    return values.withUnsafeMutableBufferPointer { all in
      var own = UnsafeMutableBufferPointer(rebasing: all[..<count])
      if count > 48 {
        own.sort()
      } else {
        // Insertion: a ring of eight is sorted before a general method has begun.
        for k in 1..<max(1, count) {
          let value = own[k]
          var place = k
          while place > 0, own[place - 1] > value {
            own[place] = own[place - 1]
            place -= 1
          }
          own[place] = value
        }
      }
      let middle = count / 2
      return count % 2 == 1 ? own[middle] : own[middle - 1] + (own[middle] - own[middle - 1]) / 2
    }
  }
}

/// Looks up the cell some steps away from another, in a window where there is one.
private struct CellFinder {
  struct Step {
    let columns: Int
    let rows: Int
    let stride: Int
  }

  private let cells: [CellID]
  private let window: LatticeWindow?
  private let slots: [Int32]

  init(cells: [CellID], reach: Int) {
    self.cells = cells
    window = LatticeWindow(cells: cells, margin: reach)
    slots = window?.slots ?? []
  }

  func steps(ring: Int) -> [Step] {
    Neighbourhood.ring(steps: ring).offsets(sizeMetres: 1).map {
      Step(columns: $0.columns, rows: $0.rows, stride: $0.rows * (window?.stride ?? 0) + $0.columns)
    }
  }

  func slot(from slot: Int, _ step: Step) -> Int? {
    if let window {
      let other = slots[Int(window.positions[slot]) + step.stride]
      return other < 0 ? nil : Int(other)
    }
    let cell = cells[slot]
    guard let column = Int32(exactly: Int(cell.column) + step.columns),
      let row = Int32(exactly: Int(cell.row) + step.rows)
    else { return nil }
    return cells.position(of: CellID(sizeMetres: cell.sizeMetres, column: column, row: row))
  }
}
