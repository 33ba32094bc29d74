/// One row that could not be used, kept word for word so that nothing is lost.
public struct RejectedRow: Hashable, Sendable {
  /// Line, feature or record in its file, counted from 1 (the header is line 1).
  public let line: Int
  /// Lower-case reason; rows with the same defect share one reason, so the offending value is not part of it.
  public let reason: String
  /// The row as it stood in the file.
  public let text: String

  public init(line: Int, reason: String, text: String) {
    self.line = line
    self.reason = reason
    self.text = text
  }
}

/// Rejected rows of one file, in line order, with a count per reason.
public struct RejectLog: Sendable {
  /// In line order, as long as parts are appended in file order.
  public private(set) var rows: [RejectedRow] = []

  public init() {}

  /// Whether every row could be used.
  public var isEmpty: Bool { rows.isEmpty }
  /// Rejected rows, whatever their reasons.
  public var count: Int { rows.count }

  /// Adds a row; `line` counts from 1, `text` is kept word for word.
  public mutating func reject(line: Int, reason: String, text: String) {
    rows.append(RejectedRow(line: line, reason: reason, text: text))
  }

  /// Adds the rows of a later part of the same file.
  public mutating func append(_ other: RejectLog) { rows += other.rows }

  /// Rows per reason, most frequent first, ties by the text of the reason.
  public var countsByReason: [(reason: String, count: Int)] {
    var counts: [String: Int] = [:]
    for row in rows { counts[row.reason, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (reason: $0.key, count: $0.value) }
  }
}
