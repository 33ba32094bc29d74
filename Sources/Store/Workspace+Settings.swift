internal import Diagnostics
internal import Foundation
internal import GRDB
public import Grids

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

  /// Replaces the policy file of later plans; plans that exist keep the hash of theirs.
  public func setPolicyText(_ text: String) throws { try setSetting("policy_text", to: text) }

  /// A named text; `nil` when it was never set.
  public func setting(_ name: String) throws -> String? {
    try read { db in try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]) }
  }

  /// Sets a named text in a transaction of its own, over an earlier one.
  public func setSetting(_ name: String, to value: String) throws {
    try write { db in try Self.setSetting(db, name, value) }
  }

  static func setSetting(_ db: Database, _ name: String, _ value: String) throws {
    try db.execute(
      sql: "INSERT INTO setting(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
      arguments: [name, value])
  }
}
