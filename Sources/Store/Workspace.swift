internal import Diagnostics
internal import Foundation
internal import GRDB
public import Grids

/// A folder with one SQLite file that keeps everything hotgrid learned from input files, and every plan.
///
/// It holds aggregates, not raw rows; raw files stay where they are and are known by hash. One process writes at a
/// time; any number may read. Every method may be called from any thread.
public final class Workspace: Sendable {
  /// Name of the database inside the folder.
  public static let databaseName = "hotgrid.sqlite"

  /// The folder.
  public let path: String
  let pool: DatabasePool

  private init(path: String, pool: DatabasePool) {
    self.path = path
    self.pool = pool
  }

  /// Beside it, while in use, lie SQLite's `-wal` and `-shm` files.
  public var databasePath: String { "\(path)/\(Self.databaseName)" }
  /// Where reject files are written.
  public var rejectsPath: String { "\(path)/rejects" }
  /// Names of places, and further names a user may add to.
  public var placesPath: String { "\(path)/places.csv" }
  /// Further names of the places, for a user to add to; neither table need exist.
  public var placeAliasesPath: String { "\(path)/place-aliases.csv" }
  /// What can be computed again: regions and the like.
  public var cachePath: String { "\(path)/cache" }

  /// Makes a workspace; the folder is created when it does not exist.
  ///
  /// - Parameters:
  ///   - gridText: The grid file word for word; its hash is part of every plan's digest.
  ///   - policyText: The policy file word for word, or `nil` for none yet.
  /// - Throws: ``WorkspaceError``; nothing is left behind.
  @discardableResult
  public static func create(
    at path: String, grid: GridDefinition, gridText: String, policyText: String?
  ) throws -> Workspace {
    let manager = FileManager.default
    let database = "\(path)/\(databaseName)"
    guard !manager.fileExists(atPath: database) else { throw WorkspaceError.exists(path: path) }
    do {
      for folder in [path, "\(path)/rejects", "\(path)/cache"] {
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
    } catch {
      throw WorkspaceError.cannotOpen(path: path, detail: error.localizedDescription)
    }
    // Built under another name and renamed, so that a workspace exists whole or not at all.
    let draft = "\(database).new-\(ProcessInfo.processInfo.processIdentifier)"
    defer {
      for suffix in ["", "-wal", "-shm", "-journal"] { try? manager.removeItem(atPath: draft + suffix) }
    }
    let gridJSON = String(decoding: try encodeSorted(grid), as: UTF8.self)
    try translating(path) {
      let queue = try DatabaseQueue(path: draft)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      }
      try Schema.migrator.migrate(queue)
      try queue.write { db in
        try setSetting(db, "grid", gridJSON)
        try setSetting(db, "grid_text", gridText)
        if let policyText { try setSetting(db, "policy_text", policyText) }
      }
      try queue.close()
    }
    guard rename(draft, database) == 0 else {
      throw WorkspaceError.cannotOpen(path: path, detail: String(cString: strerror(errno)))
    }
    return try open(at: path)
  }

  /// Opens a workspace, and brings one written by an older hotgrid up to date.
  ///
  /// - Parameter pageLimit: Most pages the database may grow to; beyond, writing fails as on a full disk. `nil` for no
  ///   limit but the disk's.
  /// - Throws: ``WorkspaceError`` for a folder without workspace, one of a newer version, a locked or damaged one.
  public static func open(at path: String, pageLimit: Int? = nil) throws -> Workspace {
    let database = "\(path)/\(databaseName)"
    guard FileManager.default.fileExists(atPath: database) else { throw WorkspaceError.notAWorkspace(path: path) }
    guard access(database, R_OK) == 0 else {
      throw WorkspaceError.cannotOpen(path: path, detail: String(cString: strerror(errno)))
    }
    guard access(database, W_OK) == 0, access(path, W_OK) == 0 else { throw WorkspaceError.readOnly(path: path) }
    return try translating(path) {
      try checkVersion(path: path, database: database)
      var configuration = Configuration()
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { db in
        // A lost last transaction after a power cut is acceptable in WAL mode; a damaged file is not.
        try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824")
        if let pageLimit { try db.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
      }
      let pool = try DatabasePool(path: database, configuration: configuration)
      try Schema.migrator.migrate(pool)
      return Workspace(path: path, pool: pool)
    }
  }

  private static func checkVersion(path: String, database: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: database, configuration: configuration)
    let (application, version) = try queue.read { db in
      (
        try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      )
    }
    try queue.close()
    guard application == Schema.applicationID else { throw WorkspaceError.foreign(path: path) }
    guard version <= Schema.version else {
      throw WorkspaceError.newer(path: path, version: version, known: Schema.version)
    }
  }

  /// Runs a reading transaction; what SQLite throws becomes a ``WorkspaceError``.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.translating(path) { try pool.read(body) }
  }

  /// Runs a writing transaction: all of it happens, or nothing.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.translating(path) { try pool.write(body) }
  }

  static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw WorkspaceError(error, path: path)
    }
  }
}

/// JSON with sorted keys: the same value gives the same bytes.
func encodeSorted<Value: Encodable>(_ value: Value) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return try encoder.encode(value)
}
