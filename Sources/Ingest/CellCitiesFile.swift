public import Grids

/// Reads which city each cell belongs to: `cell,city_code,city`.
public enum CellCitiesFile {
  static let columns = [
    TableColumn("cell", aliases: ["cell_id"]),
    TableColumn("city_code", aliases: ["adcode"]),
    TableColumn("city", isRequired: false, aliases: ["city_name", "name"]),
  ]

  /// - Returns: Rows in file order; a city without a name goes by its code.
  public static func read(
    path: String, options: ReadOptions
  ) throws -> ReadResult<[(cell: CellID, code: String, name: String)]> {
    var rows: [(cell: CellID, code: String, name: String)] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let cell = CellID(row[0]) else { throw RowDefect("cell is not a cell id such as 3000-1274-1305") }
      guard !row[1].isEmpty else { throw RowDefect("city_code is empty") }
      rows.append((cell, row[1], row[2].isEmpty ? row[1] : row[2]))
    }
    return facts.result(rows, kept: rows.count)
  }
}
