public import Geometry

/// A cell of somebody else's grid, such as the ministry's list, with its own id and outline.
public struct OfficialCell: Sendable, Hashable {
  /// As in the file.
  public let id: String
  /// WGS 84 degrees; per polygon its rings, the exterior first; not closed.
  public let polygons: [[[LonLat]]]
  /// Line or feature of the file, from 1.
  public let line: Int

  public init(id: String, polygons: [[[LonLat]]], line: Int) {
    self.id = id
    self.polygons = polygons
    self.line = line
  }
}
