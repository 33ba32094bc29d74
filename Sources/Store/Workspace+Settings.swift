internal import Diagnostics
internal import Foundation
internal import GRDB
public import Grids

/// A further name of a county or of a development zone without a code, such as 滦县 for 滦州市.
public struct PlaceAlias: Hashable, Sendable {
  public let alias: String
  /// GB/T 2260 code of the county that answers for it.
  public let code: String
  /// Where the name comes from; may be empty.
  public let note: String

  public init(alias: String, code: String, note: String) {
    self.alias = alias
    self.code = code
    self.note = note
  }
}

extension Workspace {
  /// The grid the workspace was made with.
  public func grid() throws -> GridDefinition {
    guard let text = try setting("grid") else {
      throw WorkspaceError.damaged(path: path, detail: "it has no grid")
    }
    do {
      return try JSONDecoder().decode(GridDefinition.self, from: Data(text.utf8))
    } catch {
      throw WorkspaceError.damaged(path: path, detail: "its grid cannot be read")
    }
  }

  /// The grid file word for word.
  public func gridText() throws -> String { try setting("grid_text") ?? "" }

  /// The policy file word for word; `nil` when the workspace was made without one.
  public func policyText() throws -> String? { try setting("policy_text") }

  public func setPolicyText(_ text: String) throws { try setSetting("policy_text", to: text) }

  /// A named text; `nil` when it was never set.
  public func setting(_ name: String) throws -> String? {
    try read { db in try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]) }
  }

  public func setSetting(_ name: String, to value: String) throws {
    try write { db in try Self.setSetting(db, name, value) }
  }

  /// Further names of places, by alias.
  public func places() throws -> [PlaceAlias] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT alias, code, note FROM place ORDER BY alias, code").map {
        PlaceAlias(alias: $0[0], code: $0[1], note: $0[2])
      }
    }
  }

  public func addPlaces(_ places: [PlaceAlias]) throws {
    try write { db in for place in places { try Self.insert(db, place) } }
  }

  static func setSetting(_ db: Database, _ name: String, _ value: String) throws {
    try db.execute(
      sql: "INSERT INTO setting(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
      arguments: [name, value])
  }

  static func insert(_ db: Database, _ place: PlaceAlias) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO place(alias, code, note) VALUES(?, ?, ?)",
      arguments: [place.alias, place.code, place.note])
  }
}
