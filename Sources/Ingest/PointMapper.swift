internal import Diagnostics
internal import Gridding
internal import Grids
internal import Quantities
internal import Threads

/// Parts of a readings file on cells, in file order, with the rows that could not be used.
struct PointSink: PartSink {
  private(set) var parts: [CellValues] = []
  private(set) var facts = FileFacts()
  private(set) var unplaced = 0
  private(set) var outside = 0

  mutating func add(_ part: PointPart) {
    facts.add(part.facts)
    unplaced += part.unplaced
    outside += part.outside
    if !part.cellValues.values.isEmpty { parts.append(part.cellValues) }
  }
}

/// What was seen in a file so far, part by part.
struct FileFacts: Sendable {
  private(set) var rowsRead = 0
  private(set) var rowsKept = 0
  private(set) var rejects = RejectLog()
  /// Lines before the next part; the header is one.
  private(set) var lines: Int32 = 1

  mutating func add(_ facts: BlockFacts) {
    rowsRead += facts.rows
    rowsKept += facts.rowsKept
    for fault in facts.faults {
      rejects.reject(line: Int(lines + fault.line) + 1, reason: fault.reason, text: fault.text)
    }
    lines += facts.lines
  }
}

extension PeriodCells {
  /// Values a task works on at most, so that threads share a period of many values.
  private static let valuesPerTask = 2_000_000

  /// One field per period, ascending, made on `threads` threads.
  func fields(
    _ statistic: CellStatistic, period: PeriodLength, threads: Int
  ) -> [(period: Period, field: CellField)] {
    var tasks: [(period: Int, ranks: Range<Int>)] = []
    for number in periods.indices {
      let pieces = max(1, min(cells.count, valueCount(period: number) / Self.valuesPerTask))
      for piece in 0..<pieces {
        tasks.append((number, cells.count * piece / pieces..<cells.count * (piece + 1) / pieces))
      }
    }
    let asked = tasks
    var made = mapConcurrently(asked.count, threads: threads) { k in
      groups(period: asked[k].period, ranks: asked[k].ranks, medians: statistic == .median)
    }
    var fields: [(period: Period, field: CellField)] = []
    var k = 0
    while k < asked.count {
      var all = made[k]
      made[k] = Groups()
      let number = asked[k].period
      k += 1
      while k < asked.count, asked[k].period == number {
        all.append(made[k])
        k += 1
      }
      guard !all.cells.isEmpty else { continue }
      let coverages = [Double](repeating: .nan, count: all.cells.count)
      fields.append(
        (
          period.label(periods[number]),
          CellField(
            cells: all.cells, values: statistic == .mean ? all.means : all.medians, variances: all.variances,
            counts: all.counts, coverages: coverages)
        ))
    }
    return fields
  }
}

extension PeriodCells.Groups {
  fileprivate mutating func append(_ other: Self) {
    cells += other.cells
    counts += other.counts
    means += other.means
    medians += other.medians
    variances += other.variances
  }
}

extension PeriodLength {
  /// The period whose number ``PointWorker`` made.
  fileprivate func label(_ ordinal: Int32) -> Period {
    switch self {
    case .hour: .hour(LocalHour(ordinal: ordinal))
    case .day: .day(LocalDay(ordinal: ordinal))
    case .month: .month(LocalMonth(year: Int(ordinal) / 12, month: Int(ordinal) % 12 + 1))
    }
  }
}
