internal import Diagnostics
public import Grids

/// Reads `cell,explained_share`: what of a cell's excess registered firms explain, 0 to 1.
public enum CellSharesFile {
  static let columns = [
    TableColumn("cell", aliases: ["cell_id", "id"]),
    TableColumn("explained_share", aliases: ["explained", "share", "posterior"]),
  ]

  /// - Returns: In file order; of two rows of one cell the first counts.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[(cell: CellID, share: Double)]> {
    var rows: [(cell: CellID, share: Double)] = []
    var seen: Set<CellID> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let cell = CellID(row[0]) else { throw RowDefect("cell is not a cell id such as 3000-1274-1305") }
      guard let share = Double(row[1]), (0...1).contains(share) else {
        throw RowDefect("explained_share is not between 0 and 1")
      }
      guard seen.insert(cell).inserted else { throw RowDefect("cell occurs twice in the file") }
      rows.append((cell, share))
    }
    return facts.result(rows, kept: rows.count)
  }
}
