public import Diagnostics
public import Grids
public import Quantities
internal import Tables
internal import Threads

/// Writes cells files: `cell,period,value,variance,count,coverage`.
public enum CellsWriter {
  /// Rows a thread makes text of at a time.
  private static let rowsPerPiece = 1 << 15

  /// A column beside the usual ones: its name, and its text by position in `fields` and slot.
  public struct Column: Sendable {
    /// Header of the column, behind the usual six.
    public var name: String
    /// Never quoted: no commas, quotes or line breaks. Called from several threads.
    public var text: @Sendable (_ field: Int, _ slot: Int) -> String

    public init(_ name: String, text: @escaping @Sendable (_ field: Int, _ slot: Int) -> String) {
      self.name = name
      self.text = text
    }
  }

  /// - Parameters:
  ///   - fields: In the order they are written; the period is empty where there is only one and it has no name.
  ///   - path: A file that appears whole or not at all, or `-`.
  ///   - columns: Further columns; their text must not need quotes.
  /// - Throws: `Problem` when it cannot be written.
  public static func write(
    _ fields: [(period: Period?, field: CellField)], to path: String, columns: [Column] = [], threads: Int = 1
  ) throws(Problem) {
    var file = try OutputFile(path: path)
    try file.write((["cell,period,value,variance,count,coverage"] + columns.map(\.name)).joined(separator: ",") + "\n")
    let pieces = fields.enumerated().flatMap { number, part in
      stride(from: 0, to: part.field.count, by: rowsPerPiece).map { start in
        (field: number, rows: start..<min(part.field.count, start + rowsPerPiece))
      }
    }
    // A few pieces at a time: the whole file as text would be several times the fields.
    let wave = max(1, threads) * 16
    for start in stride(from: 0, to: pieces.count, by: wave) {
      let own = Array(pieces[start..<min(pieces.count, start + wave)])
      let texts = mapConcurrently(own.count, threads: threads) { k in
        text(of: fields[own[k].field], number: own[k].field, rows: own[k].rows, columns: columns)
      }
      for text in texts { try file.write(text) }
    }
    try file.commit()
  }

  private static func text(
    of part: (period: Period?, field: CellField), number: Int, rows: Range<Int>, columns: [Column]
  ) -> [UInt8] {
    let field = part.field
    let label = Array((part.period?.description ?? "").utf8)
    var text: [UInt8] = []
    text.reserveCapacity(rows.count * (48 + label.count))
    for slot in rows {
      let cell = field.cells[slot]
      DecimalText.append(cell.sizeMetres, to: &text)
      text.append(0x2D)
      DecimalText.append(cell.column, to: &text)
      text.append(0x2D)
      DecimalText.append(cell.row, to: &text)
      text.append(0x2C)
      text += label
      text.append(0x2C)
      DecimalText.append(field.values[slot], to: &text)
      text.append(0x2C)
      if !field.variances[slot].isNaN { DecimalText.append(field.variances[slot], to: &text) }
      text.append(0x2C)
      DecimalText.append(field.counts[slot], to: &text)
      text.append(0x2C)
      if !field.coverages[slot].isNaN { DecimalText.append(field.coverages[slot], to: &text) }
      for column in columns {
        text.append(0x2C)
        text += column.text(number, slot).utf8
      }
      text.append(0x0A)
    }
    return text
  }
}
