internal import Diagnostics
public import Quantities

/// Reads the flags that `power flags` wrote.
public enum FlagsFile {
  /// One flag; of the file only what other evidence joins it by.
  public struct Row: Sendable, Hashable {
    /// As in the meters file, for joining.
    public let meterID: String
    /// As in the file, such as `unregistered-load`.
    public let rule: String
    /// 0...1; `nil` where the file has none.
    public let strength: Double?
    /// Last day of the flag's evidence; `nil` where the file has none or no date.
    public let lastDay: LocalDay?
    /// From 1, the header counted.
    public let line: Int32
  }

  static let columns = [
    TableColumn("meter_id", aliases: ["meter"]),
    TableColumn("rule", aliases: []),
    TableColumn("strength", isRequired: false, aliases: []),
    TableColumn("last", isRequired: false, aliases: ["last_day"]),
  ]

  /// - Returns: Flags in file order.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Row]> {
    var rows: [Row] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty, !row[1].isEmpty else { throw RowDefect("meter_id or rule is empty") }
      var strength: Double?
      if !row[2].isEmpty {
        strength = Double(row[2])
        guard strength != nil else { throw RowDefect("strength is not a number") }
      }
      rows.append(
        Row(
          meterID: row[0], rule: row[1], strength: strength, lastDay: LocalDay(String(row[3].prefix(10))),
          line: Int32(row.line)))
    }
    return facts.result(rows, kept: rows.count)
  }
}
