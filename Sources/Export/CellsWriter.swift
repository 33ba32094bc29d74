public import Diagnostics
public import Grids
public import Quantities
internal import Tables
internal import Threads

/// Writes cells files: `cell,period,value,variance,count,coverage`.
public enum CellsWriter {
  /// Rows a thread makes text of at a time.
  private static let rowsPerPiece = 1 << 15

  /// - Parameters:
  ///   - fields: In the order they are written; the period is empty where there is only one and it has no name.
  ///   - path: A file that appears whole or not at all, or `-`.
  /// - Throws: `Problem` when it cannot be written.
  public static func write(
    _ fields: [(period: Period?, field: CellField)], to path: String, threads: Int = 1
  ) throws(Problem) {
    var file = try OutputFile(path: path)
    try file.write("cell,period,value,variance,count,coverage\n")
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
        text(of: fields[own[k].field].field, rows: own[k].rows, period: fields[own[k].field].period)
      }
      for text in texts { try file.write(text) }
    }
    try file.commit()
  }

  private static func text(of field: CellField, rows: Range<Int>, period: Period?) -> [UInt8] {
    let label = Array((period?.description ?? "").utf8)
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
      text.append(0x0A)
    }
    return text
  }
}
