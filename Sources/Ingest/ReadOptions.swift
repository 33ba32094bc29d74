public import Diagnostics
public import Geometry
public import Quantities

/// What the user said about a file, and the clock.
public struct ReadOptions: Sendable {
  /// Of coordinates whose row does not name its own; `nil` when nothing was declared, which means WGS 84.
  public var reference: CoordinateReference?
  /// `utf-8` or `gb18030`; `nil` to detect.
  public var encoding: String?
  /// Rows later than this are rejected.
  public var now: Instant
  /// At most; results do not depend on the number.
  public var threads: Int
  /// Large files are read in parts of this size; results do not depend on it.
  public var blockBytes = 1 << 18
  /// Told how far reading is; silent unless the caller gives another.
  public var progress: any ProgressSink

  public init(
    reference: CoordinateReference? = nil, encoding: String? = nil, now: Instant, threads: Int = 1,
    progress: any ProgressSink = SilentProgress()
  ) {
    self.reference = reference
    self.encoding = encoding
    self.now = now
    self.threads = threads
    self.progress = progress
  }
}

/// What a reader made of one file.
public struct ReadResult<Value: Sendable>: Sendable {
  /// What the rows that could be used amount to.
  public var value: Value
  /// Rows that could not be used, word for word and in line order.
  public var rejects: RejectLog
  /// Rows after the header, good or bad.
  public var rowsRead: Int
  /// Rows that are in `value`; rows read are those kept, passed over or rejected.
  public var rowsKept: Int
  /// Rows that were understood and say that there is no value.
  public var rowsPassedOver: Int
  /// Such as `utf-8`.
  public var encoding: String
  /// What a person should know, one sentence each.
  public var notes: [String]

  public init(
    value: Value, rejects: RejectLog, rowsRead: Int, rowsKept: Int, rowsPassedOver: Int = 0, encoding: String,
    notes: [String] = []
  ) {
    self.value = value
    self.rejects = rejects
    self.rowsRead = rowsRead
    self.rowsKept = rowsKept
    self.rowsPassedOver = rowsPassedOver
    self.encoding = encoding
    self.notes = notes
  }
}

/// Why one row cannot be used; thrown inside readers and turned into a line of the reject file.
struct RowDefect: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
