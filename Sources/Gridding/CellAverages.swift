public import Grids
public import Quantities
public import Readings

/// Station-hours and mobile cell-hours onto cells: cell-hours and cell-days with their validity.
public enum CellAverages {
  /// Values a monitor and a cell need; GB 3095 asks for 20 hours a day (table 4).
  public struct Validity: Hashable, Sendable {
    /// Hours a station's day needs to count.
    public var hoursOfDay: Int
    public init(hoursOfDay: Int = AirStandard.hoursOfValidDay) { self.hoursOfDay = hoursOfDay }
  }

  /// The mean of a day per cell: each station's day is the mean of its hours, the cell's that of its stations.
  ///
  /// - Parameters:
  ///   - hours: Sorted by (station, hour).
  ///   - cellOfStation: Per station position; `nil` for stations without a cell.
  ///   - excluding: Hours with one of these flags are left out.
  /// - Returns: Cells with at least one station whose day is valid; variance is that of the mean between stations
  ///   (s²/n), NaN for one station; count is the number of stations.
  public static func day(
    _ day: LocalDay, of hours: StationHours, cellOfStation: [CellID?], excluding: QualityFlags,
    validity: Validity = Validity()
  ) -> CellField {
    var stations: [(cell: CellID, mean: Double)] = []
    let range = day.ordinal * 24..<(day.ordinal + 1) * 24
    var k = 0
    while k < hours.count {
      let station = hours.stations[k]
      var sum = 0.0
      var count = 0
      while k < hours.count, hours.stations[k] == station {
        if range.contains(hours.hours[k]), hours.flags[k] & excluding.rawValue == 0 {
          sum += hours.means[k]
          count += 1
        }
        k += 1
      }
      if count >= validity.hoursOfDay, let cell = cellOfStation[Int(station)] {
        stations.append((cell, sum / Double(count)))
      }
    }
    return field(stations)
  }

  /// The mean of one hour per cell over its stations.
  public static func hour(
    _ hour: LocalHour, of hours: StationHours, cellOfStation: [CellID?], excluding: QualityFlags
  ) -> CellField {
    var stations: [(cell: CellID, mean: Double)] = []
    for k in 0..<hours.count where hours.hours[k] == hour.ordinal && hours.flags[k] & excluding.rawValue == 0 {
      if let cell = cellOfStation[Int(hours.stations[k])] { stations.append((cell, hours.means[k])) }
    }
    return field(stations)
  }

  /// Means of several values per cell; the order of equal cells decides the order of summation, so it is kept.
  static func field(_ values: [(cell: CellID, mean: Double)]) -> CellField {
    let order = values.indices.sorted { (values[$0].cell, $0) < (values[$1].cell, $1) }
    var cells: [CellID] = []
    var means: [Double] = []
    var variances: [Double] = []
    var counts: [Int32] = []
    var start = 0
    while start < order.count {
      var end = start
      var sum = 0.0
      while end < order.count, values[order[end]].cell == values[order[start]].cell {
        sum += values[order[end]].mean
        end += 1
      }
      let n = Double(end - start)
      let mean = sum / n
      let squares = order[start..<end].reduce(0) { total, position in
        let deviation = values[position].mean - mean
        return total + deviation * deviation
      }
      cells.append(values[order[start]].cell)
      means.append(mean)
      variances.append(n > 1 ? squares / (n * (n - 1)) : .nan)
      counts.append(Int32(end - start))
      start = end
    }
    return CellField(
      cells: cells, values: means, variances: variances, counts: counts, coverages: cells.map { _ in .nan })
  }
}
