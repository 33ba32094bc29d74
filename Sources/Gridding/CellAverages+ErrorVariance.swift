public import Grids
public import Quantities
public import Readings

extension CellAverages {
  /// The mean of a day per cell with what is known of the errors of its stations.
  ///
  /// Values are those of ``day(_:of:cellOfStation:excluding:validity:)``. The variance of a cell's mean is that between
  /// its stations (s²/n), but never below what the errors of the stations alone give (Σσ²/n²): two bad sensors that
  /// agree by chance are still two bad sensors. A station without a known error adds none.
  /// - Parameter dayVariance: Error variance of a station's day from the slots of its hours that took part; NaN when
  ///   unknown.
  public static func day(
    _ day: LocalDay, of hours: StationHours, cellOfStation: [CellID?], excluding: QualityFlags,
    validity: Validity = Validity(), dayVariance: (_ station: Int32, _ rows: [Int]) -> Double
  ) -> CellField {
    let plain = Self.day(
      day, of: hours, cellOfStation: cellOfStation, excluding: excluding, validity: validity)
    var sums = [Double](repeating: 0, count: plain.count)
    let range = day.ordinal * 24..<(day.ordinal + 1) * 24
    var k = 0
    while k < hours.count {
      let station = hours.stations[k]
      var rows: [Int] = []
      while k < hours.count, hours.stations[k] == station {
        if range.contains(hours.hours[k]), hours.flags[k] & excluding.rawValue == 0 { rows.append(k) }
        k += 1
      }
      guard rows.count >= validity.hoursOfDay, let cell = cellOfStation[Int(station)],
        let slot = firstSlot(of: cell, in: plain.cells)
      else { continue }
      let variance = dayVariance(station, rows)
      if !variance.isNaN { sums[slot] += variance }
    }
    let variances = plain.variances.indices.map { slot in
      let n = Double(plain.counts[slot])
      let known = sums[slot] / (n * n)
      let between = plain.variances[slot]
      return known > 0 ? (between.isNaN ? known : max(between, known)) : between
    }
    return CellField(
      cells: plain.cells, values: plain.values, variances: variances, counts: plain.counts,
      coverages: plain.coverages)
  }

  /// Binary search in ascending cells. - Returns: `nil` for a cell that is not there.
  private static func firstSlot(of cell: CellID, in cells: [CellID]) -> Int? {
    var (low, high) = (0, cells.count)
    while low < high {
      let middle = (low + high) / 2
      if cells[middle] < cell { low = middle + 1 } else { high = middle }
    }
    return low < cells.count && cells[low] == cell ? low : nil
  }
}
