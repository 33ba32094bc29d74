internal import Diagnostics
internal import Export
internal import Grids
public import Hotspots
internal import Quantities
internal import SpatialStatistics

/// Writes what `detect` finds, one row per cell and period.
public enum HotFile {
  /// Columns of Gi* files; `support` is `interpolated` where nothing was observed in the cell, else empty.
  public static let columns = "cell,period,value,neighbours,z,p,p_perm,bin,class,reason,support"
  /// Columns of local Moran files: the same, then I.
  public static let moranColumns = columns + ",moran_i"
  /// Columns of bivariate Moran files: the same, then the cell's own other value and I.
  static let bivariateColumns = columns + ",other_value,moran_i"
  /// Columns of local Geary files: the same, then c.
  static let gearyColumns = columns + ",geary_c"
  /// Columns of alarm files; `class` is `alarm` or empty.
  public static let alarmColumns =
    "cell,period,value,ring_cells,rings,ring_median,ring_spread,ratio,robust_z,class,reason,support"

  /// Columns of a local statistic's file.
  public static func columns(_ statistic: LocalStatistic) -> String {
    switch statistic {
    case .giStar, .gi: columns
    case .moran: moranColumns
    case .bivariateMoran: bivariateColumns
    case .geary: gearyColumns
    }
  }

  /// Writes what was detected, and tells of every row.
  static func write(
    _ cells: DetectedCells, other: [Double]? = nil, to file: inout OutputFile, each: (HotspotRow) -> Void
  ) throws(Problem) {
    for slot in cells.indices {
      let row = cells[slot]
      each(row)
      var line = line(row)
      if let other { line.add(other[slot]) }
      if let statistic = cells.statistic { line.add(statistic[slot]) }
      try file.write(line.end())
    }
  }

  static func line(_ row: HotspotRow) -> CSVLine {
    var line = CSVLine()
    line.add(row.cell.description)
    line.add(row.period?.description ?? "")
    line.add(row.value)
    line.add(row.neighbours)
    line.add(row.z)
    line.add(row.p)
    line.add(row.permutationP)
    line.add(row.bin)
    line.add(row.classification)
    line.add(row.reason)
    line.add(row.isInterpolated ? "interpolated" : "")
    return line
  }
}
