internal import Diagnostics

/// Reads a campaign folder's `manifest.csv`: `kind,file[,crs,time,variable,note]`.
public enum ManifestFile {
  /// One line as it stands; empty texts for absent columns.
  public struct Row: Hashable, Sendable {
    /// Lower case; any word, of which only the kinds of `ingest` can be used.
    public let kind: String
    /// As written: absolute, or below the manifest's folder.
    public let file: String
    /// Coordinate system of the file, as `--crs` takes it.
    public let crs: String
    /// Day or hour of a raster or swath, as `--time` takes it.
    public let time: String
    /// Band or variable of a raster or swath, as `--variable` takes it.
    public let variable: String
    /// Kept with the ingested file, such as `synthetic`.
    public let note: String
    /// From 1, the header counted.
    public let line: Int
  }

  static let columns = [
    TableColumn("kind", aliases: ["type"]), TableColumn("file", aliases: ["path"]),
    TableColumn("crs", isRequired: false, aliases: []), TableColumn("time", isRequired: false, aliases: ["date"]),
    TableColumn("variable", isRequired: false, aliases: []), TableColumn("note", isRequired: false, aliases: []),
  ]

  /// - Throws: A ``Problem`` for a row that lacks its kind or file.
  public static func read(path: String, options: ReadOptions) throws -> [Row] {
    var rows: [Row] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty, !row[1].isEmpty else { throw RowDefect("kind or file is empty") }
      rows.append(
        Row(
          kind: row[0].lowercased(), file: row[1], crs: row[2], time: row[3], variable: row[4], note: row[5],
          line: row.line))
    }
    if let defect = facts.rejects.rows.first {
      throw Problem(
        defect.reason, at: SourcePlace(file: path, line: defect.line), remedy: "give each line a kind and a file")
    }
    return rows
  }
}
