public import Quantities

/// Hourly values of one pollutant as a dense lattice: one row of the same hours for every station.
///
/// What quality control and calibration work on; ``StationHours`` is the sparse form that files and the store have.
public struct HourlySeries: Sendable {
  /// Decides the unit of `values`: µg/m³, CO mg/m³.
  public let pollutant: Pollutant
  /// Rows; stations are named by their position 0..<stationCount.
  public let stationCount: Int
  /// ``LocalHour/ordinal`` of the first column.
  public let firstHour: Int32
  /// Columns: hours running without a gap, a multiple of 24.
  public let hourCount: Int
  /// Whole days of Beijing time.
  public var dayCount: Int { hourCount / 24 }
  /// By station, then hour; in the pollutant's unit; NaN where there is no value.
  public var values: [Double]
  /// ``QualityFlags/rawValue``, in the order of `values`.
  public var flags: [UInt16]
  /// Values the hour is the mean of, in the order of `values`; 0 where there is none.
  public var counts: [Int32]

  /// An empty lattice of whole days.
  public init(pollutant: Pollutant, stationCount: Int, days: ClosedRange<LocalDay>) {
    self.pollutant = pollutant
    self.stationCount = stationCount
    firstHour = LocalHour(day: days.lowerBound, hourOfDay: 0).ordinal
    hourCount = (days.lowerBound.days(until: days.upperBound) + 1) * 24
    let size = stationCount * hourCount
    values = [Double](repeating: .nan, count: size)
    flags = [UInt16](repeating: 0, count: size)
    counts = [Int32](repeating: 0, count: size)
  }

  /// The lattice of station-hours.
  ///
  /// - Parameters:
  ///   - hours: Of one pollutant; rows of stations beyond `stationCount` or of other hours are left out.
  ///   - stationCount: Stations are 0..<stationCount.
  ///   - days: Days to hold.
  public init(_ hours: StationHours, stationCount: Int, days: ClosedRange<LocalDay>) {
    self.init(pollutant: hours.pollutant, stationCount: stationCount, days: days)
    for k in 0..<hours.count {
      guard let slot = slot(station: hours.stations[k], hour: hours.hours[k]) else { continue }
      values[slot] = hours.means[k]
      flags[slot] = hours.flags[k]
      counts[slot] = hours.counts[k]
    }
  }

  /// Position of a station-hour. - Returns: `nil` outside the lattice.
  public func slot(station: Int32, hour: Int32) -> Int? {
    let column = Int(hour) - Int(firstHour)
    guard station >= 0, Int(station) < stationCount, column >= 0, column < hourCount else { return nil }
    return Int(station) * hourCount + column
  }

  /// Adds a value as a reader would: a second, different one for the same hour is averaged with the first and flags the
  /// hour as duplicate, an equal one counts once. Values outside the lattice and NaN are passed over.
  public mutating func add(station: Int32, hour: Int32, value: Double) {
    guard !value.isNaN, let slot = slot(station: station, hour: hour) else { return }
    if counts[slot] == 0 {
      values[slot] = value
      counts[slot] = 1
    } else if values[slot] != value {
      let n = Double(counts[slot])
      values[slot] = (values[slot] * n + value) / (n + 1)
      counts[slot] += 1
      flags[slot] |= QualityFlags.duplicate.rawValue
    }
  }

  /// Writes the flags back to the station-hours they came from; rows outside the lattice keep theirs.
  public func writeFlags(to hours: inout StationHours) {
    for k in 0..<hours.count {
      if let slot = slot(station: hours.stations[k], hour: hours.hours[k]) { hours.flags[k] |= flags[slot] }
    }
  }

  /// How many station-hours carry each flag, in the order of ``QualityFlags/all``.
  public var flagCounts: [Int] {
    var counts = [Int](repeating: 0, count: QualityFlags.all.count)
    for flag in flags where flag != 0 {
      for bit in counts.indices where flag & (1 << UInt16(bit)) != 0 { counts[bit] += 1 }
    }
    return counts
  }
}
