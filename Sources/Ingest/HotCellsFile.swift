internal import Diagnostics
public import Grids
public import Quantities

/// Reads cells, hot and alarm files alike, with every column a map can show.
///
/// Only `cell` and `value` are needed. A row without a value is a cell that is not known and is left out.
public enum HotCellsFile {
  /// One row; what the file does not say is `nil` or empty.
  public struct Row: Sendable, Hashable {
    /// Of any level; a file may mix levels.
    public let cell: CellID
    /// `nil` where the file has none; a cell occurs once per period.
    public let period: Period?
    /// As in the file, in its unit.
    public let value: Double
    /// Neighbours with a value; of alarm files the cells of the ring.
    public let neighbours: Int32?
    /// Gi* or another local statistic, as a standard deviate.
    public let z: Double?
    /// Of `z`, as the file has it: one or two sides, corrected or not.
    public let p: Double?
    /// By permutation, as the file has it.
    public let permutationP: Double?
    /// -3...3; `nil` where the file has no bins.
    public let bin: Int?
    /// Such as `hot`, `HL` or `alarm`.
    public let classification: String
    /// Why the cell has no score.
    public let reason: String
    /// `interpolated`, `observed`, `satellite`, or empty where the file does not say.
    public let support: String
  }

  static let columns = [
    TableColumn("cell", aliases: ["cell_id", "id"]),
    TableColumn("period", isRequired: false, aliases: ["time", "date"]),
    TableColumn("value", aliases: ["mean"]),
    TableColumn("neighbours", isRequired: false, aliases: ["neighbors", "ring_cells"]),
    TableColumn("z", isRequired: false, aliases: []),
    TableColumn("p", isRequired: false, aliases: []),
    TableColumn("p_perm", isRequired: false, aliases: []),
    TableColumn("bin", isRequired: false, aliases: []),
    TableColumn("class", isRequired: false, aliases: []),
    TableColumn("reason", isRequired: false, aliases: []),
    TableColumn("support", isRequired: false, aliases: ["kind"]),
  ]

  private struct Name: Hashable {
    let cell: CellID
    let period: Period?
  }

  /// - Returns: Rows in file order; of two rows of one cell and period the first counts and the other is rejected.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Row]> {
    var rows: [Row] = []
    var seen: Set<Name> = []
    var withoutValue = 0
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let cell = CellID(row[0]) else { throw RowDefect("cell is not a cell id such as 3000-1274-1305") }
      var period: Period?
      if !row[1].isEmpty {
        period = Period(row[1])
        guard period != nil else {
          throw RowDefect("period is not an hour 2017-11-21T08, a day 2017-11-21 or a month 2017-11")
        }
      }
      guard let value = try number(row[2], "value") else {
        withoutValue += 1
        return
      }
      guard seen.insert(Name(cell: cell, period: period)).inserted else {
        throw RowDefect("cell occurs twice in the period")
      }
      var bin: Int?
      if !row[7].isEmpty {
        bin = Int(row[7])
        guard let bin, (-3...3).contains(bin) else { throw RowDefect("bin is not a whole number from -3 to 3") }
      }
      var neighbours: Int32?
      if !row[3].isEmpty {
        neighbours = Int32(row[3])
        guard neighbours != nil else { throw RowDefect("neighbours is not a whole number") }
      }
      rows.append(
        Row(
          cell: cell, period: period, value: value, neighbours: neighbours, z: try number(row[4], "z"),
          p: try number(row[5], "p"), permutationP: try number(row[6], "p_perm"), bin: bin, classification: row[8],
          reason: row[9], support: row[10]))
    }
    var result = facts.result(rows, kept: rows.count)
    result.rowsPassedOver = withoutValue
    return result
  }

  private static func number(_ text: String, _ name: String) throws(RowDefect) -> Double? {
    guard !text.isEmpty else { return nil }
    guard let number = Double(text), number.isFinite else { throw RowDefect("\(name) is not a number") }
    return number
  }
}
