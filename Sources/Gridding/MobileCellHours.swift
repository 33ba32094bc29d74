public import Grids
public import Quantities

/// Hourly values of one pollutant from moving monitors, already on cells, sorted by (cell, hour).
///
/// A moving monitor has no place of its own, so the store keeps cell-hours instead of station-hours.
public struct MobileCellHours: Sendable, Equatable {
  public var pollutant: Pollutant
  public var cells: [CellID] = []
  /// ``LocalHour/ordinal``.
  public var hours: [Int32] = []
  /// Mean of the cell's values in the hour, in the pollutant's unit.
  public var means: [Double] = []
  /// Exact median of the same values.
  public var medians: [Double] = []
  public var counts: [Int32] = []
  /// First line of the file that contributed, counted from 1.
  public var firstLines: [Int32] = []

  public init(pollutant: Pollutant) { self.pollutant = pollutant }

  public var count: Int { cells.count }

  public mutating func append(
    cell: CellID, hour: Int32, mean: Double, median: Double, count: Int32, firstLine: Int32
  ) {
    cells.append(cell)
    hours.append(hour)
    means.append(mean)
    medians.append(median)
    counts.append(count)
    firstLines.append(firstLine)
  }
}
