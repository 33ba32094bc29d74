internal import Diagnostics
public import Grids
public import Quantities

/// Reads cells files: `cell,period,value,variance,count,coverage`, one field per period.
///
/// Only `cell` and `value` are needed. A row without a value is a cell that is not known and is left out.
public enum CellsFile {
  /// One period of a file.
  public struct Part: Sendable, Equatable {
    /// `nil` where the file has none.
    public let period: Period?
    public let field: CellField

    public init(period: Period?, field: CellField) {
      self.period = period
      self.field = field
    }
  }

  static let columns = [
    TableColumn("cell", aliases: ["cell_id", "id"]),
    TableColumn("period", isRequired: false, aliases: ["time", "date"]),
    TableColumn("value", aliases: ["mean"]),
    TableColumn("variance", isRequired: false, aliases: []),
    TableColumn("count", isRequired: false, aliases: ["n"]),
    TableColumn("coverage", isRequired: false, aliases: []),
  ]

  private struct Entry {
    let cell: CellID
    let value: Double
    let variance: Double
    let count: Int32
    let coverage: Double
    let line: Int
    let text: String
  }

  /// - Returns: Parts by period, the one without a period first; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Part]> {
    var parts: [Period?: [Entry]] = [:]
    var size: Int32?
    var facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let cell = CellID(row[0]) else { throw RowDefect("cell is not a cell id such as 3000-1274-1305") }
      guard size == nil || size == cell.sizeMetres else { throw RowDefect("cell is of another size than the first") }
      var period: Period?
      if !row[1].isEmpty {
        period = Period(row[1])
        guard period != nil else {
          throw RowDefect("period is not an hour 2017-11-21T08, a day 2017-11-21 or a month 2017-11")
        }
      }
      guard !row[2].isEmpty else { return }
      guard let value = Double(row[2]), value.isFinite else { throw RowDefect("value is not a number") }
      size = cell.sizeMetres
      parts[period, default: []].append(
        Entry(
          cell: cell, value: value, variance: try number(row[3], "variance"),
          count: try count(row[4]), coverage: try number(row[5], "coverage"), line: row.line, text: row.text))
    }
    var fields: [Part] = []
    for period in parts.keys.sorted(by: { before($0, $1) }) {
      fields.append(Part(period: period, field: field(parts[period] ?? [], rejects: &facts.rejects)))
    }
    return facts.result(fields, kept: fields.reduce(0) { $0 + $1.field.count })
  }

  private static func before(_ a: Period?, _ b: Period?) -> Bool {
    guard let b else { return false }
    return a.map { $0 < b } ?? true
  }

  private static func number(_ text: String, _ name: String) throws(RowDefect) -> Double {
    guard !text.isEmpty else { return .nan }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw RowDefect("\(name) is not a number from 0")
    }
    return number
  }

  private static func count(_ text: String) throws(RowDefect) -> Int32 {
    guard !text.isEmpty else { return 1 }
    guard let count = Int32(text), count >= 0 else { throw RowDefect("count is not a whole number from 0") }
    return count
  }

  /// Rows in cell order; the first of two rows of one cell counts and the other is rejected.
  private static func field(_ entries: [Entry], rejects: inout RejectLog) -> CellField {
    let sorted = entries.sorted { ($0.cell, $0.line) < ($1.cell, $1.line) }
    var kept: [Entry] = []
    kept.reserveCapacity(sorted.count)
    for entry in sorted {
      if kept.last?.cell == entry.cell {
        rejects.reject(line: entry.line, reason: "cell occurs twice in the period", text: entry.text)
      } else {
        kept.append(entry)
      }
    }
    return CellField(
      cells: kept.map(\.cell), values: kept.map(\.value), variances: kept.map(\.variance),
      counts: kept.map(\.count), coverages: kept.map(\.coverage))
  }
}
