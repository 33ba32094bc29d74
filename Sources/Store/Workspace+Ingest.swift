internal import Diagnostics
internal import Foundation
internal import GRDB
internal import Quantities

extension Workspace {
  /// All ingested files, in the order of their ingestion.
  public func inputFiles() throws -> [InputFile] {
    try read { db in try Row.fetchAll(db, sql: "SELECT * FROM input_file ORDER BY id").map(Self.inputFile) }
  }

  /// The file with these bytes, if it was ingested as this kind. - Returns: `nil` when it was not.
  public func inputFile(sha256: String, kind: InputKind) throws -> InputFile? {
    try read { db in try Self.inputFile(db, sha256: sha256, kind: kind) }
  }

  /// The file with this number. - Returns: `nil` when it was never ingested or was removed.
  public func inputFile(id: Int64) throws -> InputFile? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM input_file WHERE id = ?", arguments: [id]).map(Self.inputFile)
    }
  }

  /// Forgets a file with everything that came from it. Plans made with it stay.
  public func removeInputFile(id: Int64) throws {
    try write { db in try db.execute(sql: "DELETE FROM input_file WHERE id = ?", arguments: [id]) }
  }

  /// Keeps what one file gave, in one transaction: a killed or failed ingest leaves the workspace as it was.
  ///
  /// - Parameters:
  ///   - replacing: Forget an earlier ingest of the same bytes and kind first; else such a file changes nothing.
  ///   - beforeCommit: Runs as the last step of the transaction, such as giving the reject file its name; when it
  ///     throws, nothing is kept.
  @discardableResult
  public func ingest(
    _ record: InputFileRecord, batch: IngestBatch, replacing: Bool = false, beforeCommit: () throws -> Void = {}
  ) throws -> IngestOutcome {
    try write { db in
      if let known = try Self.inputFile(db, sha256: record.sha256, kind: record.kind) {
        guard replacing else { return .alreadyKnown(known) }
        try db.execute(sql: "DELETE FROM input_file WHERE id = ?", arguments: [known.id])
      }
      let file = try Self.insert(db, record)
      try Self.insertStations(db, batch, file: file.id)
      try Self.insertFields(db, batch, file: file)
      try Self.insertRegister(db, batch, file: file.id)
      try Self.insertLoads(db, batch, file: file.id)
      try Self.insertOrders(db, batch, file: file.id)
      try Self.insertEvents(db, batch, file: file.id)
      try Self.insertOutcomes(db, batch, file: file.id)
      try Self.insertMonitoring(db, batch, file: file.id)
      for setting in batch.settings { try Self.setSetting(db, setting.name, setting.value) }
      try beforeCommit()
      return .stored(file)
    }
  }

  private static func inputFile(_ db: Database, sha256: String, kind: InputKind) throws -> InputFile? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM input_file WHERE sha256 = ? AND kind = ?", arguments: [sha256, kind.rawValue]
    ).map(inputFile)
  }

  private static func inputFile(_ row: Row) throws -> InputFile {
    let kindText: String = row["kind"]
    guard let kind = InputKind(rawValue: kindText) else {
      throw Problem("the workspace has a file of unknown kind \(kindText)", remedy: "update hotgrid")
    }
    return InputFile(
      id: row["id"],
      record: InputFileRecord(
        kind: kind, path: row["path"], name: row["name"], sha256: row["sha256"], byteCount: row["byte_count"],
        encoding: row["encoding"], options: row["options"], rowsRead: row["rows_read"], rowsKept: row["rows_kept"],
        rowsRejected: row["rows_rejected"], ingestedAt: .init(secondsSinceEpoch: row["ingested_at"]),
        hotgridVersion: row["hotgrid_version"], note: row["note"]))
  }

  private static func insert(_ db: Database, _ record: InputFileRecord) throws -> InputFile {
    try db.execute(
      sql: """
        INSERT INTO input_file(kind, path, name, sha256, byte_count, encoding, options, rows_read, rows_kept,
          rows_rejected, ingested_at, hotgrid_version, note) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)
        """,
      arguments: [
        record.kind.rawValue, record.path, record.name, record.sha256, record.byteCount, record.encoding,
        record.options, record.rowsRead, record.rowsKept, record.rowsRejected,
        record.ingestedAt.secondsSinceEpoch, record.hotgridVersion, record.note,
      ])
    return InputFile(id: db.lastInsertedRowID, record: record)
  }

  /// The stored numbers of names, in the order of the names; new names get the next numbers.
  static func intern(_ db: Database, _ names: [String], table: String, column: String) throws -> [Int32] {
    let find = try db.cachedStatement(sql: "SELECT number FROM \(table) WHERE \(column) = ?")
    let add = try db.cachedStatement(sql: "INSERT INTO \(table)(\(column)) VALUES(?)")
    return try names.map { name in
      if let number = try Int32.fetchOne(find, arguments: [name]) { return number }
      try add.execute(arguments: [name])
      return Int32(db.lastInsertedRowID)
    }
  }
}
