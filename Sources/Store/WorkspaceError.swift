public import Diagnostics
internal import GRDB

/// What can be wrong with a workspace as a whole.
public enum WorkspaceError: Error, Equatable, Sendable {
  /// No workspace at that path.
  case notAWorkspace(path: String)
  /// There is one already.
  case exists(path: String)
  /// Written by a newer hotgrid.
  case newer(path: String, version: Int, known: Int)
  /// The database belongs to another program.
  case foreign(path: String)
  case locked(path: String)
  case readOnly(path: String)
  case diskFull(path: String)
  case damaged(path: String, detail: String)
  case cannotOpen(path: String, detail: String)
  case failed(path: String, detail: String)
}

extension WorkspaceError: Diagnosable {
  /// Always names the folder.
  public var problem: String {
    switch self {
    case .notAWorkspace(let path): "\(path) is not a hotgrid workspace: it has no \(Workspace.databaseName)"
    case .exists(let path): "\(path) already holds a hotgrid workspace"
    case .newer(let path, let version, let known):
      "workspace \(path) has format \(version), written by a newer hotgrid; this one knows formats up to \(known)"
    case .foreign(let path): "\(path)/\(Workspace.databaseName) was not written by hotgrid"
    case .locked(let path): "workspace \(path) is being written by another process"
    case .readOnly(let path): "workspace \(path) cannot be written"
    case .diskFull(let path): "the disk of workspace \(path) is full; nothing of this step was kept"
    case .damaged(let path, let detail): "workspace \(path) is damaged: \(detail)"
    case .cannotOpen(let path, let detail): "cannot open workspace \(path): \(detail)"
    case .failed(let path, let detail): "workspace \(path): \(detail)"
    }
  }

  public var remedy: String {
    switch self {
    case .notAWorkspace: "hotgrid init DIR --grid grids/2p26.yml, or name the folder with --workspace DIR"
    case .exists: "name another folder, or keep using this one: every verb is repeatable"
    case .newer: "update hotgrid, or name another workspace"
    case .foreign: "name another folder"
    case .locked: "wait until the other hotgrid has finished, then run this again"
    case .readOnly: "check the permissions of the folder and of the files in it (chown, chmod u+w)"
    case .diskFull: "free some space and run the same command again"
    case .damaged: "restore a copy of the folder, or init a new workspace and ingest the files again"
    case .cannotOpen: "check that the folder exists, and that you may read and write it"
    case .failed: "run the same command again; if it fails again, report it with this text"
    }
  }

  /// Usage for a folder named by mistake, data for all else.
  public var exitStatus: ExitStatus {
    switch self {
    case .notAWorkspace, .exists: .usage
    default: .data
    }
  }

  /// Turns what SQLite said into words a user can act on.
  init(_ error: DatabaseError, path: String) {
    let detail = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_FULL: self = .diskFull(path: path)
    case .SQLITE_CORRUPT: self = .damaged(path: path, detail: detail)
    case .SQLITE_NOTADB: self = .foreign(path: path)
    case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, detail: detail)
    default: self = .failed(path: path, detail: detail)
    }
  }
}
