public import Diagnostics
public import Export
internal import Grids
public import Hotspots
internal import Quantities

/// Writes what `detect` finds, one row per cell and period.
public enum HotFile {
  /// Columns of Gi* files; `support` is `interpolated` where nothing was observed in the cell, else empty.
  public static let columns = "cell,period,value,neighbours,z,p,p_perm,bin,class,reason,support"
  /// Columns of local Moran files: the same, then I.
  public static let moranColumns = columns + ",moran_i"
  /// Columns of alarm files; `class` is `alarm` or empty.
  public static let alarmColumns =
    "cell,period,value,ring_cells,rings,ring_median,ring_spread,ratio,robust_z,class,reason,support"

  public static func write(_ rows: [HotspotRow], to file: inout OutputFile) throws(Problem) {
    for row in rows {
      var line = line(row)
      try file.write(line.end())
    }
  }

  public static func write(_ rows: [MoranRow], to file: inout OutputFile) throws(Problem) {
    for row in rows {
      var line = line(row.row)
      line.add(row.i)
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
