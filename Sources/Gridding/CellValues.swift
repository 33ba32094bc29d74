public import Grids

/// Values of one stretch of a file, each on a cell and in a period, in the numbering of the reader that parsed it.
public struct CellValues: Sendable {
  /// Whose numbers `slots` and `runs` use; a position in the tables given to ``PeriodCells``.
  public var reader: Int
  /// Stretches of one period: its number, and where the stretch begins in the arrays; each ends where the next begins.
  public var runs: [(period: Int32, start: Int32)]
  /// Number of the cell, per value.
  public var slots: [UInt32]
  /// Finite, in the unit of the quantity; within a period in file order.
  public var values: [Double]

  /// - Precondition: one slot per value; runs ascend from 0.
  public init(reader: Int, runs: [(period: Int32, start: Int32)], slots: [UInt32], values: [Double]) {
    precondition(slots.count == values.count, "one slot per value")
    self.reader = reader
    self.runs = runs
    self.slots = slots
    self.values = values
  }
}

/// Values of a whole file by period and cell: count, mean, variance of the mean and exact median of each cell.
///
/// Nothing here grows with periods x cells: values stay where they were parsed, and a period gathers its own. Sums run
/// in file order, so the result does not depend on how many readers shared the work.
public struct PeriodCells: Sendable {
  /// What a reader's numbers stand for.
  public struct Table: Sendable {
    /// By slot.
    public var cells: [CellID]
    /// By number of period; any numbering whose order is that of time, such as ``LocalHour/ordinal``.
    public var periods: [Int32]

    public init(cells: [CellID], periods: [Int32]) {
      self.cells = cells
      self.periods = periods
    }
  }

  /// One entry per cell that has a value, in canonical order.
  public struct Groups: Sendable {
    public var cells: [CellID] = []
    public var counts: [Int32] = []
    public var means: [Double] = []
    /// Exact; empty when they were not asked for.
    public var medians: [Double] = []
    /// Of the mean: s²/n; NaN for one value.
    public var variances: [Double] = []

    /// No cells.
    public init() {}
  }

  /// Ascending, in the tables' numbering of time.
  public let periods: [Int32]
  /// All cells of the file, in canonical order.
  public let cells: [CellID]
  private let parts: [CellValues]
  private let rankOfSlot: [[Int32]]
  /// Runs by period, in file order: `runs[firstRun[p]..<firstRun[p + 1]]`.
  private let runs: [(part: Int32, start: Int32, end: Int32)]
  private let firstRun: [Int]

  /// - Parameters:
  ///   - parts: In file order.
  ///   - tables: By ``CellValues/reader``.
  public init(parts: [CellValues], tables: [Table]) {
    let cells = Set(tables.flatMap(\.cells)).sorted()
    var rankOfCell: [CellID: Int32] = [:]
    for (rank, cell) in cells.enumerated() { rankOfCell[cell] = Int32(rank) }
    let periods = Set(tables.flatMap(\.periods)).sorted()
    var rankOfPeriod: [Int32: Int32] = [:]
    for (rank, period) in periods.enumerated() { rankOfPeriod[period] = Int32(rank) }
    let periodRanks = tables.map { table in table.periods.map { rankOfPeriod[$0] ?? 0 } }
    var firstRun = [Int](repeating: 0, count: periods.count + 1)
    for part in parts { for run in part.runs { firstRun[Int(periodRanks[part.reader][Int(run.period)]) + 1] += 1 } }
    for k in periods.indices { firstRun[k + 1] += firstRun[k] }
    var runs = [(part: Int32, start: Int32, end: Int32)](
      repeating: (0, 0, 0), count: firstRun.last ?? 0)
    var next = firstRun
    for (number, part) in parts.enumerated() {
      for (k, run) in part.runs.enumerated() {
        let period = Int(periodRanks[part.reader][Int(run.period)])
        let end = k + 1 < part.runs.count ? part.runs[k + 1].start : Int32(part.values.count)
        runs[next[period]] = (Int32(number), run.start, end)
        next[period] += 1
      }
    }
    self.cells = cells
    self.periods = periods
    self.parts = parts
    self.runs = runs
    self.firstRun = firstRun
    rankOfSlot = tables.map { table in table.cells.map { rankOfCell[$0] ?? 0 } }
  }

  /// Values of a period.
  public func valueCount(period: Int) -> Int {
    runs[firstRun[period]..<firstRun[period + 1]].reduce(0) { $0 + Int($1.end - $1.start) }
  }

  /// Groups of one period on some of the cells.
  ///
  /// - Parameters:
  ///   - period: Position in `periods`.
  ///   - ranks: Positions in `cells`; lets several threads share a period.
  public func groups(period: Int, ranks: Range<Int>, medians: Bool) -> Groups {
    var starts = [Int32](repeating: 0, count: ranks.count + 1)
    forEachValue(period: period, ranks: ranks) { rank, _ in starts[rank + 1] += 1 }
    for k in ranks.indices { starts[k - ranks.lowerBound + 1] += starts[k - ranks.lowerBound] }
    let total = Int(starts[ranks.count])
    var groups = Groups()
    guard total > 0 else { return groups }
    var next = starts
    let sorted = UnsafeMutableBufferPointer<Double>.allocate(capacity: total)
    defer { sorted.deallocate() }
    forEachValue(period: period, ranks: ranks) { rank, value in
      sorted[Int(next[rank])] = value
      next[rank] += 1
    }
    for rank in 0..<ranks.count where starts[rank + 1] > starts[rank] {
      var values = UnsafeMutableBufferPointer(rebasing: sorted[Int(starts[rank])..<Int(starts[rank + 1])])
      var sum = 0.0
      for value in values { sum += value }
      let n = Double(values.count)
      let mean = sum / n
      var squares = 0.0
      for value in values { squares += (value - mean) * (value - mean) }
      groups.cells.append(cells[ranks.lowerBound + rank])
      groups.counts.append(Int32(values.count))
      groups.means.append(mean)
      groups.variances.append(n > 1 ? squares / (n * (n - 1)) : .nan)
      if medians { groups.medians.append(median(&values)) }
    }
    return groups
  }

  @inline(__always)
  private func forEachValue(period: Int, ranks: Range<Int>, _ body: (Int, Double) -> Void) {
    for run in runs[firstRun[period]..<firstRun[period + 1]] {
      let part = parts[Int(run.part)]
      rankOfSlot[part.reader].withUnsafeBufferPointer { rankOfSlot in
        part.slots.withUnsafeBufferPointer { slots in
          part.values.withUnsafeBufferPointer { values in
            for k in Int(run.start)..<Int(run.end) {
              let rank = Int(rankOfSlot[Int(slots[k])])
              if ranks.contains(rank) { body(rank - ranks.lowerBound, values[k]) }
            }
          }
        }
      }
    }
  }
}
