internal import Diagnostics

/// A column a reader asks for, with the other names it goes by.
struct TableColumn: Sendable {
  let name: String
  let isRequired: Bool
  let aliases: [String]

  init(_ name: String, isRequired: Bool = true, aliases: [String]) {
    self.name = name
    self.isRequired = isRequired
    self.aliases = aliases
  }

  /// Compared without case, spaces, `_`, `-` and `.`.
  static func normalised(_ header: String) -> String {
    String(header.lowercased().unicodeScalars.filter { !" _-.\u{FEFF}\"".unicodeScalars.contains($0) })
  }
}

/// One record of a table, its fields in the order of the columns that were asked for.
struct TableRow {
  /// First line of the record in the file, from 1.
  let line: Int
  /// Trimmed; empty for an absent column and for codes of "no value".
  let fields: [String]
  /// The record as it stands in the file.
  let text: String

  subscript(_ column: Int) -> String { fields[column] }
}

/// What was seen while reading a table.
struct TableFacts {
  var rejects = RejectLog()
  var rowsRead = 0
  var encoding = "utf-8"
  /// Whether each column that was asked for is there.
  var present: [Bool] = []

  func result<Value: Sendable>(_ value: Value, kept: Int) -> ReadResult<Value> {
    var sorted = RejectLog()
    for row in rejects.rows.sorted(by: { ($0.line, $0.reason) < ($1.line, $1.reason) }) {
      sorted.reject(line: row.line, reason: row.reason, text: row.text)
    }
    return ReadResult(value: value, rejects: sorted, rowsRead: rowsRead, rowsKept: kept, encoding: encoding)
  }
}

/// Reads a table of modest size record by record; quoted fields may hold delimiters, quotes and line breaks.
///
/// - Parameters:
///   - cleaning: Applied to the text of rejected records before it is kept.
///   - body: Throws a ``RowDefect`` for a record that cannot be used.
func readRows(
  path: String, columns: [TableColumn], options: ReadOptions, cleaning: (String) -> String = { $0 },
  _ body: (TableRow) throws(RowDefect) -> Void
) throws -> TableFacts {
  var blocks = try TextBlocks(path: path, encoding: options.encoding)
  var facts = TableFacts()
  var splitter: RecordSplitter?
  var layout: [Int?] = []
  let task = path.split(separator: "/").last.map(String.init) ?? path
  func take(_ record: RecordSplitter.Record) throws {
    if layout.isEmpty {
      layout = try columnPlaces(record.fields, columns: columns, path: path)
      facts.present = layout.map { $0 != nil }
      return
    }
    facts.rowsRead += 1
    do throws(RowDefect) {
      guard record.isClosed else { throw RowDefect("a quote is not closed") }
      if !blocks.badLines.isEmpty {
        let last = record.line + record.text.utf8.count { $0 == 0x0A }
        guard !(record.line...last).contains(where: { blocks.badLines.contains($0) }) else {
          throw RowDefect("text is not in the file's encoding")
        }
      }
      try body(try row(record, layout: layout, columns: columns))
    } catch {
      facts.rejects.reject(line: record.line, reason: error.reason, text: cleaning(record.text))
    }
  }
  while let block = try blocks.next() {
    if splitter == nil { splitter = RecordSplitter(delimiter: delimiter(of: block)) }
    try splitter?.feed(block, take)
    options.progress.report(task: task, completed: blocks.bytesDone, total: blocks.byteCount, unit: "B")
  }
  try splitter?.finish(take)
  options.progress.finish(task: task)
  guard !layout.isEmpty else { throw Problem("\(path) has no header", remedy: "give the first line the column names") }
  facts.encoding = blocks.encoding
  return facts
}

/// Tab, semicolon or comma: whichever the header has most of, in this order.
func delimiter(of block: [UInt8]) -> UInt8 {
  let header = block.prefix { $0 != 0x0A }
  let counts = [0x09, 0x3B, 0x2C].map { byte in (byte: UInt8(byte), count: header.count { $0 == UInt8(byte) }) }
  let best = counts.map(\.count).max() ?? 0
  return best == 0 ? 0x2C : counts.first { $0.count == best }?.byte ?? 0x2C
}

/// Where each wanted column is. - Throws: A ``Problem`` that names what is missing and what is there.
func columnPlaces(_ header: [String], columns: [TableColumn], path: String) throws(Problem) -> [Int?] {
  let names = header.map(TableColumn.normalised)
  let places = columns.map { column in
    ([column.name] + column.aliases).map(TableColumn.normalised).lazy.compactMap { names.firstIndex(of: $0) }.first
  }
  let missing = zip(columns, places).filter { $0.isRequired && $1 == nil }.map { $0.0.name }
  guard missing.isEmpty else {
    throw Problem(
      "no column \(missing.joined(separator: ", ")); the file has \(header.joined(separator: ", "))",
      at: SourcePlace(file: path, line: 1),
      remedy: "check that it is this kind of file, or rename the column: \(columns.map(\.name).joined(separator: ", "))"
    )
  }
  return places
}

private func row(
  _ record: RecordSplitter.Record, layout: [Int?], columns: [TableColumn]
) throws(RowDefect) -> TableRow {
  var fields: [String] = []
  fields.reserveCapacity(layout.count)
  for (place, column) in zip(layout, columns) {
    guard let place else {
      fields.append("")
      continue
    }
    guard place < record.fields.count else {
      if column.isRequired { throw RowDefect("row has too few columns") }
      fields.append("")
      continue
    }
    let field = trimmed(record.fields[place])
    fields.append(isMissingCode(field) ? "" : field)
  }
  return TableRow(line: record.line, fields: fields, text: record.text)
}

/// Whether a field is one of the documented codes for "no value".
func isMissingCode(_ field: String) -> Bool {
  // Most fields are none by their length and first byte: n, N, a minus, or the first of a dash.
  guard field.utf8.count <= 7, let first = field.utf8.first, [0x6E, 0x4E, 0x2D, 0xE2].contains(first) else {
    return false
  }
  return switch field.lowercased() {
  case "na", "nan", "n/a", "null", "none", "-999", "-9999", "-999.0", "-9999.0", "—", "--": true
  default: false
  }
}

/// Without white space at its ends, ideographic spaces included.
func trimmed(_ field: String) -> String {
  // Most fields begin and end with a printed ASCII character: nobody needs to ask Unicode about those.
  let printed: ClosedRange<UInt8> = 0x21...0x7E
  if let first = field.utf8.first, let last = field.utf8.last, printed.contains(first), printed.contains(last) {
    return field
  }
  var view = field[...]
  while let first = view.unicodeScalars.first, first.properties.isWhitespace { view = view.dropFirst() }
  while let last = view.unicodeScalars.last, last.properties.isWhitespace { view = view.dropLast() }
  return String(view)
}
