public import Diagnostics
public import Geometry
public import Ingest
public import Quantities
public import Store

/// What the user asked of `ingest` for one file.
public struct IngestRequest: Sendable {
  public var kind: InputKind
  public var path: String
  /// Of coordinates that do not say; `nil` when nothing was declared.
  public var reference: CoordinateReference?
  public var encoding: String?
  /// Day or hour of a raster or swath; `nil` to find it in the file or its name.
  public var period: Period?
  /// Band or variable of a raster or swath; `nil` when there is only one.
  public var variable: String?
  public var minimumQuality: Double?
  /// Share ρ of the error variance that the pixels of a swath have in common.
  public var correlation = 0.0
  /// Derive the corners of a swath from its centres.
  public var assumesRegular = false
  /// What the times of a power file stand for.
  public var label: PowerLabel = .begin
  public var dateOrder: DateOrder?
  /// Forget an earlier ingest of the same bytes first.
  public var isReplacing = false
  /// The clock: rows later than this are rejected.
  public var now: Instant
  public var version: String
  public var threads = 1
  public var progress: any ProgressSink = SilentProgress()
  /// Kept with the file, such as `synthetic`.
  public var note = ""

  public init(kind: InputKind, path: String, now: Instant, version: String) {
    self.kind = kind
    self.path = path
    self.now = now
    self.version = version
  }

  /// The options that change what is read, as they stand on the command line.
  var optionsText: String {
    var parts: [String] = []
    if let reference { parts.append("--crs \(reference)") }
    if let encoding { parts.append("--encoding \(encoding)") }
    if let period { parts.append("--time \(period)") }
    if let variable { parts.append("--variable \(variable)") }
    if let minimumQuality { parts.append("--min-quality \(minimumQuality)") }
    if correlation != 0 { parts.append("--correlation \(correlation)") }
    if assumesRegular { parts.append("--assume-regular") }
    if label != .begin { parts.append("--label \(label.rawValue)") }
    if let dateOrder { parts.append("--date-order \(dateOrder.rawValue)") }
    return parts.joined(separator: " ")
  }

  var readOptions: ReadOptions {
    ReadOptions(reference: reference, encoding: encoding, now: now, threads: threads, progress: progress)
  }

  var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// What became of one file.
public struct IngestSummary: Sendable {
  public let outcome: IngestOutcome
  /// The reject file; `nil` when every row was good.
  public let rejectsPath: String?
  /// Rows per reason, most frequent first.
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]

  public var hasRejects: Bool { outcome.file.record.rowsRejected > 0 }
}
