public import Grids
public import Quantities

/// Reads which cells the monthly lists name: `cell,month` of a lists file, any other columns beside them.
public enum ListedCellsFile {
  static let columns = [
    TableColumn("cell", aliases: ["cell_id"]),
    TableColumn("month", aliases: ["period"]),
    TableColumn("city_code", isRequired: false, aliases: ["adcode"]),
    TableColumn("city", isRequired: false, aliases: ["city_name"]),
  ]

  /// - Returns: Rows in file order; rows without a cell, which count what could not be ranked, are passed over.
  public static func read(
    path: String, options: ReadOptions
  ) throws -> ReadResult<[(cell: CellID, month: LocalMonth, cityCode: String, city: String)]> {
    var rows: [(cell: CellID, month: LocalMonth, cityCode: String, city: String)] = []
    var withoutCell = 0
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else {
        withoutCell += 1
        return
      }
      guard let cell = CellID(row[0]) else { throw RowDefect("cell is not a cell id such as 3000-1274-1305") }
      guard let month = LocalMonth(String(row[1].prefix(7))) else { throw RowDefect("month is not such as 2017-11") }
      rows.append((cell, month, row[2], row[3]))
    }
    var result = facts.result(rows, kept: rows.count)
    result.rowsPassedOver = withoutCell
    return result
  }
}
