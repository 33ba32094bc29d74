internal import Diagnostics
internal import Foundation
public import Geometry
public import Grids
internal import Ingest
public import Store

/// The grid of a workspace with its counties: turns positions into cells and counties.
public struct WorkspaceRegion: Sendable {
  /// With all its levels, as the workspace was made with it.
  public let grid: Grid
  /// At the coarsest level.
  public let region: Region
  /// `nil` when the workspace has no table of places.
  public let places: PlaceDirectory?

  public init(grid: Grid, region: Region, places: PlaceDirectory?) {
    self.grid = grid
    self.region = region
    self.places = places
  }

  /// - Returns: `nil` without a position, or too far from the grid.
  public func cell(at position: LonLat?) -> CellID? {
    position.flatMap { grid.cell(at: $0, sizeMetres: grid.coarsestMetres) }
  }

  /// GB/T 2260 code of the county with the largest share of a cell. - Returns: `nil` outside the region.
  public func homeCounty(of cell: CellID?) -> String? {
    guard let cell, let slot = region.slot(of: cell) else { return nil }
    return region.counties[region.homeCounty(slot: slot)].code
  }

  /// The county a register names, by today's code; else the home county of the cell.
  public func county(declared: String?, cell: CellID?) -> String? {
    if let declared {
      if region.counties.contains(where: { $0.code == declared }) { return declared }
      // A code of an earlier revision, such as that of a county that became a district.
      if let today = try? places?.county(declared).currentCode { return today }
    }
    return homeCounty(of: cell)
  }
}

/// Loads the grid, the region and the places of a workspace; the region is built when its cache is gone.
public func workspaceRegion(_ workspace: Workspace) throws -> WorkspaceRegion {
  let grid = try Grid(definition: workspace.grid())
  return WorkspaceRegion(
    grid: grid, region: try region(of: workspace, sizeMetres: grid.coarsestMetres),
    places: try workspacePlaces(workspace))
}

/// Names of places; `nil` when the workspace has no table of them.
public func workspacePlaces(_ workspace: Workspace) throws -> PlaceDirectory? {
  let manager = FileManager.default
  guard manager.fileExists(atPath: workspace.placesPath) else { return nil }
  let hasAliases = manager.fileExists(atPath: workspace.placeAliasesPath)
  return try PlacesFile.read(
    placesPath: workspace.placesPath, aliasesPath: hasAliases ? workspace.placeAliasesPath : nil)
}

/// The region of a workspace at one level, from the workspace's cache or built anew.
public func region(of workspace: Workspace, sizeMetres: Int32) throws -> Region {
  let path = regionPath(workspace, sizeMetres: sizeMetres)
  if let bytes = try? Data(contentsOf: URL(filePath: path)), let region = Region(decoding: Array(bytes)) {
    return region
  }
  let grid = try Grid(definition: workspace.grid())
  let own = try workspace.setting("boundaries_path")
  let outcome = try RegionSource.region(
    grid: grid, sizeMetres: sizeMetres, boundariesPath: own.map { "\(workspace.path)/\($0)" },
    reference: try workspace.setting("boundaries_crs").flatMap { CoordinateReference($0) },
    places: try workspacePlaces(workspace))
  try keepRegion(outcome.region, in: workspace)
  return outcome.region
}

/// Puts a built region into the workspace's cache, so that answers need no boundaries.
func keepRegion(_ region: Region, in workspace: Workspace) throws {
  let path = regionPath(workspace, sizeMetres: region.lattice.sizeMetres)
  do {
    try Data(region.encoded()).write(to: URL(filePath: path), options: .atomic)
  } catch {
    throw Problem("cannot write \(path): \(error.localizedDescription)", remedy: "check the disk and the permissions")
  }
}

func regionPath(_ workspace: Workspace, sizeMetres: Int32) -> String {
  "\(workspace.cachePath)/region-\(sizeMetres).bin"
}
