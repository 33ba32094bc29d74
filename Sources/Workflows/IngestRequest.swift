public import Diagnostics
public import Geometry
public import Ingest
public import Quantities
public import Store

/// What the user asked of `ingest` for one file.
public struct IngestRequest: Sendable {
  /// What the file is to be read as.
  public var kind: InputKind
  /// A file; folders go in by their manifest.
  public var path: String
  /// Of coordinates that do not say; `nil` when nothing was declared.
  public var reference: CoordinateReference?
  /// `utf-8` or `gb18030`; `nil` to detect.
  public var encoding: String?
  /// Day or hour of a raster or swath; `nil` to find it in the file or its name.
  public var period: Period?
  /// Band or variable of a raster or swath; `nil` when there is only one.
  public var variable: String?
  /// Pixels of a swath below it are left out, 0...1; `nil` takes the usual 0.5.
  public var minimumQuality: Double?
  /// Share ρ of the error variance that the pixels of a swath have in common.
  public var correlation = 0.0
  /// Derive the corners of a swath from its centres.
  public var assumesRegular = false
  /// What the times of a power file stand for.
  public var label: PowerLabel = .begin
  /// Of dates such as 3/4/2018; `nil` finds it in the file.
  public var dateOrder: DateOrder?
  /// Forget an earlier ingest of the same bytes first.
  public var isReplacing = false
  /// The clock: rows later than this are rejected.
  public var now: Instant
  /// Of hotgrid, kept with the file.
  public var version: String
  /// At most; what is stored does not depend on the number.
  public var threads = 1
  /// Told how far hashing and reading are.
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
  /// The file with its counts, and whether it was stored or known before.
  public let outcome: IngestOutcome
  /// The reject file; `nil` when every row was good.
  public let rejectsPath: String?
  /// Rows per reason, most frequent first.
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]
}
