internal import Diagnostics
public import Grids
public import Quantities
internal import Tables

/// Reads cells files: `cell,period,value,variance,count,coverage`, one field per period.
///
/// Only `cell` and `value` are needed. A row without a value is a cell that is not known and is left out.
public enum CellsFile {
  /// One period of a file.
  public struct Part: Sendable, Equatable {
    /// `nil` where the file has none.
    public let period: Period?
    /// Cells ascending, each once; variance and coverage are NaN where the file has none, counts 1.
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

  /// - Returns: Parts by period, the one without a period first; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Part]> {
    let source = try LineSource(path: path, encoding: options.encoding, blockBytes: options.blockBytes)
    let line = try source.header()
    let separator = delimiter(of: line)
    var header: [String] = []
    var splitter = RecordSplitter(delimiter: separator)
    splitter.feed(line + [0x0A]) { header = $0.fields }
    let places = try columnPlaces(header, columns: columns, path: path)
    let (sink, _) = try parseBlocks(of: source, options: options, into: CellRowsSink()) { _ in
      CellRowsWorker(delimiter: separator, places: places)
    }
    var rows = sink
    let parts = rows.parts()
    var rejects = RejectLog()
    for row in rows.rejected.sorted(by: { ($0.line, $0.reason) < ($1.line, $1.reason) }) {
      rejects.reject(line: row.line, reason: row.reason, text: row.text)
    }
    return ReadResult(
      value: parts, rejects: rejects, rowsRead: rows.rowsRead, rowsKept: parts.reduce(0) { $0 + $1.field.count },
      rowsPassedOver: rows.withoutValue, encoding: source.encoding.rawValue)
  }
}

/// Rows of one block of a cells file, as parallel arrays.
struct CellRows: Sendable {
  var cells: [CellID] = []
  /// Position in `periodTexts`.
  var periods: [Int32] = []
  var periodTexts: [String] = []
  var values: [Double] = []
  var variances: [Double] = []
  var counts: [Int32] = []
  var coverages: [Double] = []
  /// Counted from 0 at the block's beginning.
  var lines: [Int32] = []
  /// For rows that turn out to repeat a cell, the text of each row; offsets in `text`. The sink drops both where no row can.
  var ends: [Int32] = []
  var text: [UInt8] = []
  /// First and last cell by period, in the order of `periodTexts`.
  var outermost: [(first: CellID, last: CellID)?] = []
  /// Whether the cells of each period ascend and do not repeat.
  var isInOrder = true

  /// Room for all rows of a block, so that no array is half empty.
  mutating func reserve(rows: Int, bytes: Int) {
    cells.reserveCapacity(rows)
    periods.reserveCapacity(rows)
    values.reserveCapacity(rows)
    variances.reserveCapacity(rows)
    counts.reserveCapacity(rows)
    coverages.reserveCapacity(rows)
    lines.reserveCapacity(rows)
    ends.reserveCapacity(rows)
    text.reserveCapacity(bytes)
  }

  /// Takes note of the next row's cell.
  mutating func follow(_ cell: CellID, period: Int32) {
    let period = Int(period)
    while outermost.count <= period { outermost.append(nil) }
    if let own = outermost[period] {
      isInOrder = isInOrder && own.last < cell
      outermost[period] = (own.first, max(own.last, cell))
    } else {
      outermost[period] = (cell, cell)
    }
  }
  var withoutValue = 0
  var facts = BlockFacts()
}

/// Parses blocks of a cells file without a string per field.
struct CellRowsWorker: BlockWorker, ~Copyable {
  private var cutter: RowCutter
  private let cell: Int
  private let period: Int?
  private let value: Int
  private let variance: Int?
  private let count: Int?
  private let coverage: Int?
  private let needed: Int

  init(delimiter: UInt8, places: [Int?]) {
    cell = places[0] ?? 0
    period = places[1]
    value = places[2] ?? 0
    variance = places[3]
    count = places[4]
    coverage = places[5]
    needed = max(cell, value) + 1
    cutter = RowCutter(delimiter: delimiter, columns: (places.compactMap(\.self).max() ?? 0) + 1)
  }

  func summary() {}

  mutating func parse(_ buffer: borrowing LineBuffer, number: Int, badLines: [Int32]) -> CellRows {
    var rows = CellRows()
    let text = UnsafePointer(buffer.bytes)
    let blockBytes = buffer.count
    var bad = badLines[...]
    var start = 0
    rows.reserve(rows: UnsafeBufferPointer(start: text, count: blockBytes).count { $0 == 0x0A } + 1, bytes: blockBytes)
    var lastPeriod = UnsafeBufferPointer<UInt8>(start: text, count: 0)
    var periodNumbers: [String: Int32] = [:]
    var lastNumber: Int32 = -1
    while start < blockBytes {
      cutter.cut(text, from: start)
      start = cutter.next
      let isBad = bad.first == rows.facts.lines
      if isBad { bad.removeFirst() }
      let own = UnsafeBufferPointer(start: text + cutter.start, count: cutter.end - cutter.start)
      if own.contains(where: { $0 != 0x20 && $0 != 0x2C && $0 != 0x09 && $0 != 0x3B }) {
        rows.facts.rows += 1
        if let period, period < cutter.count {
          let field = cutter.bare(period, text)
          if lastNumber < 0 || !field.elementsEqual(lastPeriod) {
            lastPeriod = field
            let name =
              isMissingCode(String(decoding: field, as: UTF8.self)) ? "" : String(decoding: field, as: UTF8.self)
            lastNumber = periodNumbers[name] ?? Int32(periodNumbers.count)
            if periodNumbers[name] == nil {
              periodNumbers[name] = lastNumber
              rows.periodTexts.append(name)
            }
          }
        } else if lastNumber < 0 || !lastPeriod.isEmpty {
          lastPeriod = UnsafeBufferPointer(start: text, count: 0)
          lastNumber = periodNumbers[""] ?? Int32(periodNumbers.count)
          if periodNumbers[""] == nil {
            periodNumbers[""] = lastNumber
            rows.periodTexts.append("")
          }
        }
        if let reason = isBad ? "text is not in the file's encoding" : row(text, period: lastNumber, own, &rows) {
          rows.facts.faults.append(
            RowFault(line: rows.facts.lines, reason: reason, text: String(decoding: own, as: UTF8.self)))
        }
      }
      rows.facts.lines += 1
    }
    return rows
  }

  private mutating func row(
    _ text: UnsafePointer<UInt8>, period: Int32, _ own: UnsafeBufferPointer<UInt8>, _ rows: inout CellRows
  ) -> String? {
    guard cutter.isClosed else { return "a quote is not closed" }
    guard cutter.count >= needed else { return "row has too few columns" }
    guard let id = CellID(utf8: cutter.bare(cell, text)) else { return "cell is not a cell id such as 3000-1274-1305" }
    let value: Double
    switch DecimalText.parse(cutter.field(self.value, text)) {
    case .missing:
      rows.withoutValue += 1
      return nil
    case .malformed: return "value is not a number"
    case .number(let number): value = number
    }
    guard let variance = number(variance, text) else { return "variance is not a number from 0" }
    guard let coverage = number(coverage, text) else { return "coverage is not a number from 0" }
    guard let counted = number(count, text), counted.isNaN || Int32(exactly: counted) != nil else {
      return "count is not a whole number from 0"
    }
    rows.follow(id, period: period)
    rows.cells.append(id)
    rows.periods.append(period)
    rows.values.append(value)
    rows.variances.append(variance)
    rows.counts.append(counted.isNaN ? 1 : Int32(counted))
    rows.coverages.append(coverage)
    rows.lines.append(rows.facts.lines)
    rows.text.append(contentsOf: own)
    rows.ends.append(Int32(rows.text.count))
    return nil
  }

  /// NaN for an absent column or value; `nil` for what is no number from 0.
  private func number(_ column: Int?, _ text: UnsafePointer<UInt8>) -> Double? {
    guard let column, column < cutter.count else { return .nan }
    switch DecimalText.parse(cutter.field(column, text)) {
    case .missing: return .nan
    case .malformed: return nil
    case .number(let value): return value >= 0 ? value : nil
    }
  }
}

/// Blocks of a cells file in file order.
struct CellRowsSink: PartSink {
  private var blocks: [(rows: CellRows, firstLine: Int)] = []
  private(set) var rowsRead = 0
  private(set) var withoutValue = 0
  private(set) var rejected: [RejectedRow] = []
  private var line = 1
  /// Of the first row.
  private var size: Int32?
  /// The largest cell so far of each period.
  private var farthest: [Period?: CellID] = [:]

  mutating func add(_ rows: CellRows) {
    rowsRead += rows.facts.rows
    withoutValue += rows.withoutValue
    for fault in rows.facts.faults {
      rejected.append(RejectedRow(line: line + Int(fault.line) + 1, reason: fault.reason, text: fault.text))
    }
    if size == nil { size = rows.cells.first?.sizeMetres }
    let periods = rows.periodTexts.map { $0.isEmpty ? nil : Period($0) }
    var needsText = !rows.isInOrder || Set(periods).count < periods.count
    for ((text, period), own) in zip(zip(rows.periodTexts, periods), rows.outermost) {
      guard let own else { continue }
      // Sizes come first in the order of cells.
      if own.first.sizeMetres != size || own.last.sizeMetres != size || period == nil && !text.isEmpty {
        needsText = true
      }
      if let last = farthest[period] {
        needsText = needsText || !(last < own.first)
        farthest[period] = max(last, own.last)
      } else {
        farthest[period] = own.last
      }
    }
    blocks.append((rows, line))
    if !needsText {
      // No row of this block can be rejected any more: of two rows of one cell the later one is.
      blocks[blocks.count - 1].rows.text = []
      blocks[blocks.count - 1].rows.ends = []
    }
    line += Int(rows.facts.lines)
  }

  private struct Place {
    let block: Int32
    let row: Int32
  }

  /// Fields by period, each in cell order; the first of two rows of one cell counts and the other is rejected.
  mutating func parts() -> [CellsFile.Part] {
    var places: [Period?: [Place]] = [:]
    for (number, block) in blocks.enumerated() {
      let rows = block.rows
      let periods = rows.periodTexts.map { $0.isEmpty ? nil : Period($0) }
      let isKnown = zip(rows.periodTexts, periods).map { $0.isEmpty || $1 != nil }
      var own = [[Place]](repeating: [], count: periods.count)
      for k in rows.cells.indices {
        let period = Int(rows.periods[k])
        if rows.cells[k].sizeMetres != size {
          reject(block, k, "cell is of another size than the first")
        } else if !isKnown[period] {
          reject(block, k, "period is not an hour 2017-11-21T08, a day 2017-11-21 or a month 2017-11")
        } else {
          own[period].append(Place(block: Int32(number), row: Int32(k)))
        }
      }
      for (period, list) in zip(periods, own) where !list.isEmpty { places[period, default: []] += list }
    }
    let order = places.keys.sorted { a, b in
      guard let b else { return false }
      return a.map { $0 < b } ?? true
    }
    return order.map { period in
      let own = places.removeValue(forKey: period) ?? []
      return CellsFile.Part(period: period, field: field(own, isLast: places.isEmpty))
    }
  }

  /// - Parameter isLast: Blocks are let go while their rows go into the last field.
  private mutating func field(_ places: [Place], isLast: Bool) -> CellField {
    func cell(_ place: Place) -> CellID { blocks[Int(place.block)].rows.cells[Int(place.row)] }
    var sorted = places
    // Most files are in order already.
    if !zip(places, places.dropFirst()).allSatisfy({ cell($0) < cell($1) }) {
      sorted.sort { a, b in
        let (left, right) = (cell(a), cell(b))
        return left == right ? (a.block, a.row) < (b.block, b.row) : left < right
      }
    }
    var kept: [Place] = []
    if zip(sorted, sorted.dropFirst()).allSatisfy({ cell($0) < cell($1) }) {
      kept = sorted
    } else {
      kept.reserveCapacity(sorted.count)
      for place in sorted {
        if let last = kept.last, cell(last) == cell(place) {
          reject(blocks[Int(place.block)], Int(place.row), "cell occurs twice in the period")
        } else {
          kept.append(place)
        }
      }
    }
    func column<Value>(_ column: WritableKeyPath<CellRows, [Value]>) -> [Value] {
      let all = blocks.map { $0.rows[keyPath: column] }
      if isLast { for k in blocks.indices { blocks[k].rows[keyPath: column] = [] } }
      return kept.map { all[Int($0.block)][Int($0.row)] }
    }
    let cells = column(\.cells)
    let values = column(\.values)
    let variances = column(\.variances)
    let counts = column(\.counts)
    let coverages = column(\.coverages)
    return CellField(cells: cells, values: values, variances: variances, counts: counts, coverages: coverages)
  }

  private mutating func reject(_ block: (rows: CellRows, firstLine: Int), _ k: Int, _ reason: String) {
    let start = k == 0 ? 0 : Int(block.rows.ends[k - 1])
    rejected.append(
      RejectedRow(
        line: block.firstLine + Int(block.rows.lines[k]) + 1, reason: reason,
        text: String(decoding: block.rows.text[start..<Int(block.rows.ends[k])], as: UTF8.self)))
  }
}
