internal import Diagnostics
internal import Grids
public import SpatialStatistics
internal import Tables

/// Reads who is whose neighbour from a GAL or GWT file, whose ids are cell ids.
///
/// GAL: a header (`n`, or `0 n name id`), then for each cell a line `id k` and a line with its k neighbours; every weight
/// is 1. GWT: the header, then lines `id neighbour weight`. What is odd is defined here and told: a neighbour listed twice
/// counts once; a cell in its own row is kept, for Gi* to use; rows need not mirror each other.
public enum WeightsFile {
  /// - Throws: A `Problem` for a file that is neither, by its ending, or that has no usable row.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<CellWeights> {
    let bare = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let isGAL = bare.lowercased().hasSuffix(".gal")
    guard isGAL || bare.lowercased().hasSuffix(".gwt") else {
      throw Problem(
        "\(path) is neither a .gal nor a .gwt file",
        remedy: "write the neighbours as id, count and neighbours (.gal) or as id, neighbour, weight (.gwt)",
        exitStatus: .usage)
    }
    let source = try LineSource(path: path, encoding: options.encoding, blockBytes: options.blockBytes)
    var parser = WeightsParser(isGAL: isGAL)
    var buffer = LineBuffer(capacity: 1 << 16)
    while try source.fill(&buffer) != nil { parser.take(buffer.text) }
    parser.finish()
    guard !parser.edges.isEmpty || !parser.heads.isEmpty else {
      throw Problem(
        "no cell has neighbours", at: SourcePlace(file: path),
        remedy: "the ids of a weights file are cell ids such as 3000-1274-1305")
    }
    let lists = parser.lists()
    return ReadResult(
      value: lists.weights, rejects: lists.rejects, rowsRead: parser.rowsRead,
      rowsKept: parser.rowsRead - Set(lists.rejects.rows.map(\.line)).count, encoding: source.encoding.rawValue,
      notes: lists.notes)
  }
}

/// Lines of a weights file, one after the other.
private struct WeightsParser {
  struct Edge {
    let from: CellID
    let to: CellID
    let weight: Double
    let line: Int
  }

  let isGAL: Bool
  private(set) var edges: [Edge] = []
  /// Cells with a row of their own, and its line.
  private(set) var heads: [CellID: Int] = [:]
  private(set) var rejects = RejectLog()
  private(set) var rowsRead = 0
  private var line = 0
  private var hasHeader = false
  /// The cell whose neighbours come next, how many, and its line.
  private var open: (cell: CellID, count: Int, line: Int)?

  init(isGAL: Bool) { self.isGAL = isGAL }

  mutating func take(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 0x0A) ?? text.count
      line += 1
      let own = UnsafeBufferPointer(rebasing: text[start..<end])
      let tokens = own.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }.map { UnsafeBufferPointer(rebasing: $0) }
      if !tokens.isEmpty { take(tokens, own) }
      start = end + 1
    }
  }

  mutating func finish() { closeRow() }

  private mutating func take(_ tokens: [UnsafeBufferPointer<UInt8>], _ own: UnsafeBufferPointer<UInt8>) {
    if !hasHeader {
      hasHeader = true
      // `n`, or `0 n name id`; a file without a header begins with a cell.
      if CellID(utf8: tokens[0]) == nil { return }
    }
    rowsRead += 1
    if isGAL { takeGAL(tokens, own) } else { takeGWT(tokens, own) }
  }

  private mutating func takeGWT(_ tokens: [UnsafeBufferPointer<UInt8>], _ own: UnsafeBufferPointer<UInt8>) {
    guard tokens.count == 3 else { return reject("row is not id, neighbour and weight", own) }
    guard let from = CellID(utf8: tokens[0]), let to = CellID(utf8: tokens[1]) else {
      return reject("cell is not a cell id such as 3000-1274-1305", own)
    }
    guard case .number(let weight) = DecimalText.parse(tokens[2]), weight > 0 else {
      return reject("weight is not a number above 0", own)
    }
    if heads[from] == nil { heads[from] = line }
    edges.append(Edge(from: from, to: to, weight: weight, line: line))
  }

  private mutating func takeGAL(_ tokens: [UnsafeBufferPointer<UInt8>], _ own: UnsafeBufferPointer<UInt8>) {
    // A cell id has hyphens, a count has none: a line of an id and a count begins a row, whatever was expected.
    if tokens.count == 2, let count = Int(String(decoding: tokens[1], as: UTF8.self)), count >= 0 {
      closeRow()
      guard let cell = CellID(utf8: tokens[0]) else {
        return reject("cell is not a cell id such as 3000-1274-1305", own)
      }
      if heads[cell] == nil {
        heads[cell] = line
        open = (cell, count, line)
      } else {
        reject("cell has two rows", own)
        open = nil
      }
      return
    }
    guard let row = open else { return reject("neighbours without a cell and their number before them", own) }
    open = nil
    if tokens.count != row.count { reject("number of neighbours is not the one announced", own) }
    for token in tokens {
      if let to = CellID(utf8: token) {
        edges.append(Edge(from: row.cell, to: to, weight: 1, line: line))
      } else {
        reject("neighbour is not a cell id such as 3000-1274-1305", token)
      }
    }
  }

  private mutating func closeRow() {
    if let row = open, row.count > 0 {
      rejects.reject(line: row.line, reason: "neighbours are missing", text: "\(row.cell) \(row.count)")
    }
    open = nil
  }

  private mutating func reject(_ reason: String, _ text: UnsafeBufferPointer<UInt8>) {
    rejects.reject(line: line, reason: reason, text: String(decoding: text, as: UTF8.self))
  }

  /// Rows in cell order, entries in file order.
  func lists() -> (weights: CellWeights, rejects: RejectLog, notes: [String]) {
    let cells = Set(heads.keys).union(edges.map(\.to)).sorted()
    let slots = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($1, Int32($0)) })
    let ends = edges.map { (from: slots[$0.from] ?? 0, to: slots[$0.to] ?? 0) }
    var starts = [Int](repeating: 0, count: cells.count + 1)
    for end in ends { starts[Int(end.from) + 1] += 1 }
    for slot in cells.indices { starts[slot + 1] += starts[slot] }
    var order = [Int](repeating: 0, count: edges.count)
    var next = starts
    for (edge, end) in ends.enumerated() {
      order[next[Int(end.from)]] = edge
      next[Int(end.from)] += 1
    }
    var (neighbours, weights, kept): ([Int32], [Double], [Int]) = ([], [], [0])
    var lines: [Int] = []
    var lastRow = [Int32](repeating: -1, count: cells.count)
    var repeated: [Edge] = []
    for slot in cells.indices {
      for edge in order[starts[slot]..<starts[slot + 1]] {
        let to = ends[edge].to
        if lastRow[Int(to)] == Int32(slot) {
          repeated.append(edges[edge])
          continue
        }
        lastRow[Int(to)] = Int32(slot)
        neighbours.append(to)
        weights.append(edges[edge].weight)
        lines.append(edges[edge].line)
      }
      kept.append(neighbours.count)
    }
    let lists = SpatialWeights(starts: kept, neighbours: neighbours, weights: weights)
    var log = rejects
    for edge in repeated.sorted(by: { $0.line < $1.line }) {
      log.reject(line: edge.line, reason: "neighbour is listed twice", text: "\(edge.from) \(edge.to)")
    }
    return (CellWeights(cells: cells, weights: lists), log, notes(cells, lists, lines))
  }

  /// Self-loops, rows that do not mirror each other, and neighbours without a row: allowed, counted, the first named.
  private func notes(_ cells: [CellID], _ lists: SpatialWeights, _ lines: [Int]) -> [String] {
    var (loops, oneWay, rowless): ([Int], [Int], [Int]) = ([], [], [])
    for slot in cells.indices {
      for entry in lists.range(slot) {
        let other = Int(lists.neighbours[entry])
        if other == slot {
          loops.append(lines[entry])
        } else if heads[cells[other]] == nil {
          rowless.append(lines[entry])
        } else if !lists.range(other).contains(where: {
          lists.neighbours[$0] == Int32(slot) && lists.weights[$0] == lists.weights[entry]
        }) {
          oneWay.append(lines[entry])
        }
      }
    }
    func note(_ lines: [Int], _ text: String) -> String? {
      lines.min().map { "\(lines.count) \(text), first at line \($0)" }
    }
    return [
      note(loops, "of the rows name the cell itself: Gi* counts it with that weight, the others leave it out"),
      note(oneWay, "neighbours are not mirrored with the same weight: taken as they are"),
      note(rowless, "neighbours have no row of their own: they have no neighbours"),
    ].compactMap(\.self)
  }
}
