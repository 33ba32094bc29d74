public import Quantities

/// Hourly values of one pollutant at stations, as parallel arrays sorted by (station, hour).
///
/// This is what the store keeps of a readings file: one row per station and hour that had at least one value,
/// with the first line of the file it came from, so that `why` can lead back to it.
public struct StationHours: Sendable, Equatable {
  /// Of all rows; decides the unit of means and medians.
  public var pollutant: Pollutant
  /// Position in the caller's station list.
  public var stations: [Int32] = []
  /// ``LocalHour/ordinal``.
  public var hours: [Int32] = []
  /// Mean of the hour's values, in the pollutant's unit.
  public var means: [Double] = []
  /// Exact median of the hour's values, in the pollutant's unit.
  public var medians: [Double] = []
  /// Values the hour has, at least 1; a sub-hourly file gives more.
  public var counts: [Int32] = []
  /// ``QualityFlags/rawValue``.
  public var flags: [UInt16] = []
  /// First line of the file that contributed, counted from 1.
  public var firstLines: [Int32] = []

  public init(pollutant: Pollutant) { self.pollutant = pollutant }

  /// Rows, that is station-hours.
  public var count: Int { stations.count }

  /// Adds a row at the end; the caller keeps the order by (station, hour).
  public mutating func append(
    station: Int32, hour: Int32, mean: Double, median: Double, count: Int32, flags: QualityFlags, firstLine: Int32
  ) {
    stations.append(station)
    hours.append(hour)
    means.append(mean)
    medians.append(median)
    counts.append(count)
    self.flags.append(flags.rawValue)
    firstLines.append(firstLine)
  }
}
