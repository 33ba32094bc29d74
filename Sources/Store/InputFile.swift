public import Quantities

/// What an input file holds; the raw value is the word after `hotgrid ingest`.
public enum InputKind: String, CaseIterable, Hashable, Sendable, Codable {
  case stations, readings, raster, swath, fires, enterprises, meters, power, orders, complaints, wind, boundaries
  case outcomes, cems, dustfall
}

/// What the workspace remembers of a file before it has a number.
public struct InputFileRecord: Hashable, Sendable {
  /// With `sha256` it tells files apart: the same bytes may be known once per kind.
  public var kind: InputKind
  /// As the user gave it.
  public var path: String
  /// Last component of `path`: what sheets and `why` print.
  public var name: String
  /// 64 hexadecimal digits, of the bytes on disk.
  public var sha256: String
  /// On disk, so before anything is unpacked.
  public var byteCount: Int64
  /// Such as `utf-8` or `gb18030`; empty for binary files.
  public var encoding: String
  /// The options that changed what was read, such as `--crs gcj02`; empty for none.
  public var options: String
  /// Rows after the header, pixels of a raster or swath, or counties of boundaries.
  public var rowsRead: Int64
  /// Of those read, the ones that gave a value; some of the rest only say that there is none.
  public var rowsKept: Int64
  /// Refused rows or pixels, whether the reject file lists each or not.
  public var rowsRejected: Int64
  /// By the caller's clock, which `--now` sets.
  public var ingestedAt: Instant
  /// That read the file; a newer version may read it otherwise.
  public var hotgridVersion: String
  /// What a person should know about it, such as a datum report or `synthetic`; empty for nothing.
  public var note: String

  public init(
    kind: InputKind, path: String, name: String, sha256: String, byteCount: Int64, encoding: String = "",
    options: String = "", rowsRead: Int64 = 0, rowsKept: Int64 = 0, rowsRejected: Int64 = 0, ingestedAt: Instant,
    hotgridVersion: String, note: String = ""
  ) {
    self.kind = kind
    self.path = path
    self.name = name
    self.sha256 = sha256
    self.byteCount = byteCount
    self.encoding = encoding
    self.options = options
    self.rowsRead = rowsRead
    self.rowsKept = rowsKept
    self.rowsRejected = rowsRejected
    self.ingestedAt = ingestedAt
    self.hotgridVersion = hotgridVersion
    self.note = note
  }
}

/// An ingested file with its number in the workspace.
public struct InputFile: Hashable, Sendable, Identifiable {
  /// Ascends in the order of ingestion; not the file's line or hash.
  public let id: Int64
  /// As given at its ingestion; later ingests do not change it.
  public let record: InputFileRecord

  public init(id: Int64, record: InputFileRecord) {
    self.id = id
    self.record = record
  }

  /// Last component of the path, for messages.
  public var name: String { record.name }
  /// First 16 hexadecimal digits of the SHA-256, as lead sources print it.
  public var shortHash: String { String(record.sha256.prefix(16)) }
}

/// Values with the number of the input file each came from, in parallel.
public struct Sourced<Value: Sendable>: Sendable {
  /// In the order of the query that made them.
  public let values: [Value]
  /// ``InputFile/id``, one per value.
  public let files: [Int64]

  public init(values: [Value], files: [Int64]) {
    precondition(values.count == files.count, "one file per value")
    self.values = values
    self.files = files
  }

  /// Number of values, and of files.
  public var count: Int { values.count }
}
