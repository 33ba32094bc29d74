public import Diagnostics
public import Grids
public import Quantities

/// Writes cells files: `cell,period,value,variance,count,coverage`.
public enum CellsWriter {
  /// - Parameters:
  ///   - fields: In the order they are written; the period is empty where there is only one and it has no name.
  ///   - path: A file that appears whole or not at all, or `-`.
  /// - Throws: `Problem` when it cannot be written.
  public static func write(_ fields: [(period: Period?, field: CellField)], to path: String) throws(Problem) {
    var file = try OutputFile(path: path)
    try file.write("cell,period,value,variance,count,coverage\n")
    for (period, field) in fields {
      let label = period?.description ?? ""
      for slot in field.cells.indices {
        let variance = field.variances[slot].isNaN ? "" : "\(field.variances[slot])"
        let coverage = field.coverages[slot].isNaN ? "" : "\(field.coverages[slot])"
        try file.write(
          "\(field.cells[slot]),\(label),\(field.values[slot]),\(variance),\(field.counts[slot]),\(coverage)\n")
      }
    }
    try file.commit()
  }
}
