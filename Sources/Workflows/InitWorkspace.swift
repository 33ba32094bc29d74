internal import Diagnostics
internal import Digests
internal import Foundation
internal import Geometry
public import Grids
internal import Ingest
public import Store

/// What a new workspace was made of.
public struct InitOutcome: Sendable {
  /// The new workspace, open.
  public let workspace: Workspace
  /// At the grid's coarsest level, as it lies in the workspace's cache.
  public let region: Region
  /// Boundaries that had to be repaired when the region was built, now or before.
  public let repairs: [RingRepair]
}

/// Makes a workspace: reads the grid file, builds or fetches the region, writes the folder.
///
/// Tables of places beside the grid file (`places-NAME.csv`, `place-aliases-NAME.csv`) are copied into the folder.
/// - Parameters:
///   - gridPath: `nil` for the built-in national grid.
///   - policyPath: `nil` for none.
///   - boundariesPath: A vector file of counties; `nil` for those that the set-up derived.
/// - Throws: Before anything is written when a file cannot be used.
public func initWorkspace(
  at path: String, gridPath: String?, policyPath: String?, boundariesPath: String?
) throws -> InitOutcome {
  guard !FileManager.default.fileExists(atPath: "\(path)/\(Workspace.databaseName)") else {
    throw WorkspaceError.exists(path: path)
  }
  var grid = try Grid(definition: .national2p26)
  var gridText = ""
  if let gridPath { (grid, gridText) = try GridFile.read(path: gridPath) }
  let policyText = try policyPath.map { path throws -> String in
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Problem(
        "cannot read the policy file \(path): \(error.localizedDescription)",
        remedy: "name a policy file such as grids/policy.yml", exitStatus: .usage)
    }
  }
  let tables = placesTables(gridPath: gridPath, name: grid.definition.name)
  let places = try tables.places.map { try PlacesFile.read(placesPath: $0, aliasesPath: tables.aliases) }
  let outcome = try RegionSource.region(
    grid: grid, sizeMetres: grid.coarsestMetres, boundariesPath: boundariesPath, places: places)
  let workspace = try Workspace.create(
    at: path, grid: grid.definition, gridText: gridText, policyText: policyText)
  try keepRegion(outcome.region, in: workspace)
  try workspace.setSetting("boundaries_hash", to: outcome.boundaryHash)
  if let boundariesPath { try keepBoundaries(boundariesPath, hash: outcome.boundaryHash, in: workspace) }
  if let source = tables.places { try copy(source, to: workspace.placesPath) }
  if let source = tables.aliases { try copy(source, to: workspace.placeAliasesPath) }
  return InitOutcome(workspace: workspace, region: outcome.region, repairs: outcome.repairs)
}

/// Copies the user's boundaries into the workspace and remembers them there.
func keepBoundaries(_ path: String, hash: String, in workspace: Workspace) throws {
  let name = path.split(separator: "/").last.map(String.init) ?? "boundaries"
  try? FileManager.default.createDirectory(atPath: "\(workspace.path)/boundaries", withIntermediateDirectories: true)
  let copyPath = "boundaries/\(hash.prefix(8))-\(name)"
  try copy(path, to: "\(workspace.path)/\(copyPath)")
  try workspace.setSetting("boundaries_path", to: copyPath)
}

private func copy(_ source: String, to target: String) throws {
  do {
    try Data(contentsOf: URL(filePath: source)).write(to: URL(filePath: target), options: .atomic)
  } catch {
    throw Problem("cannot copy \(source) to \(target): \(error.localizedDescription)", remedy: "check the permissions")
  }
}

private func placesTables(gridPath: String?, name: String) -> (places: String?, aliases: String?) {
  guard let gridPath else { return (nil, nil) }
  let folder = URL(filePath: gridPath).deletingLastPathComponent().path
  func existing(_ file: String) -> String? {
    FileManager.default.fileExists(atPath: "\(folder)/\(file)") ? "\(folder)/\(file)" : nil
  }
  return (existing("places-\(name).csv"), existing("place-aliases-\(name).csv"))
}
