public import Grids
public import Quantities
internal import SpatialStatistics

/// Values of cells in consecutive periods.
public struct SpaceTimeCube: Sendable {
  /// Ascending: every cell with a value in at least one period.
  public let cells: [CellID]
  /// Ascending and without gaps: a period without any value is there too.
  public let periods: [Period]
  /// `period * cells.count + slot`; NaN where there is no value.
  public let values: [Double]
  /// Periods between the first and the last without any value.
  public let emptyPeriods: Int

  /// Why there is no cube.
  public enum Failure: Error, Hashable, Sendable {
    /// A field without a period, or periods of two lengths.
    case mixedPeriods
    /// One period twice.
    case repeated(Period)
    case mixedSizes
    /// Fewer than two periods.
    case onePeriod
    /// More than 100,000 periods, or more than 2^31 values.
    case tooLarge
  }

  /// - Parameter fields: In any order.
  public init(_ fields: [(period: Period?, field: CellField)]) throws(Failure) {
    let named = fields.compactMap { field in field.period.map { ($0, field.field) } }.sorted { $0.0 < $1.0 }
    guard named.count == fields.count, Set(named.map(\.0.length)).count <= 1 else { throw .mixedPeriods }
    guard Set(named.compactMap { $0.1.cells.first?.sizeMetres }).count <= 1 else { throw .mixedSizes }
    for (a, b) in zip(named, named.dropFirst()) where a.0 == b.0 { throw .repeated(a.0) }
    guard let first = named.first?.0, let last = named.last?.0, first < last else { throw .onePeriod }
    var periods = [first]
    while let current = periods.last, current < last {
      guard periods.count < 100_000 else { throw .tooLarge }
      periods.append(current.next)
    }
    self.periods = periods
    var all = named.flatMap(\.1.cells)
    all.sort()
    var cells: [CellID] = []
    for cell in all where cells.last != cell { cells.append(cell) }
    guard cells.count * periods.count < 1 << 31 else { throw .tooLarge }
    var values = [Double](repeating: .nan, count: cells.count * periods.count)
    var step = 0
    for (period, field) in named {
      while periods[step] < period { step += 1 }
      var slot = 0
      for (cell, value) in zip(field.cells, field.values) {
        while cells[slot] < cell { slot += 1 }
        values[step * cells.count + slot] = value
      }
    }
    self.cells = cells
    self.values = values
    emptyPeriods = periods.count - named.count
  }
}

extension Period {
  /// The period after it, of the same length.
  fileprivate var next: Period {
    switch self {
    case .hour(let hour): .hour(LocalHour(ordinal: hour.ordinal + 1))
    case .day(let day): .day(day.advanced(by: 1))
    case .month(let month): .month(month.advanced(by: 1))
    }
  }
}
