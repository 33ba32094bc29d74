internal import Diagnostics
internal import GeoFormats
internal import Geometry
internal import Grids

/// Turns positions into the coordinates of an output file.
struct MapPlane {
  let grid: Grid
  /// Degrees if set, else metres of the grid's plane.
  let isGeographic: Bool
  /// As ``VectorLayer`` wants it.
  let system: String
  let systemName: String?

  /// - Throws: `Problem` (usage) when a format has only WGS 84 and something else was asked for.
  init(_ reference: ExportReference, format: VectorFormat?, grid: Grid) throws(Problem) {
    self.grid = grid
    let isLocked = format?.isAlwaysWGS84 == true
    if isLocked, reference == .grid || reference == .cgcs2000 {
      throw Problem(
        "\(format?.rawValue ?? "this format") is always in WGS 84",
        remedy: "leave out --crs, or use gpkg, fgb, shp or csv", exitStatus: .usage)
    }
    switch reference {
    case .usual: isGeographic = isLocked || format == .csv
    case .grid: isGeographic = false
    case .wgs84, .cgcs2000: isGeographic = true
    }
    system = isGeographic ? (reference == .cgcs2000 ? "EPSG:4490" : "EPSG:4326") : grid.definition.crs
    systemName = isGeographic ? nil : "Albers equal area, grid \(grid.definition.name)"
  }

  func point(_ point: PlanePoint) -> FilePoint {
    guard isGeographic else { return FilePoint(x: point.x, y: point.y) }
    let position = grid.projection.inverse(point)
    return FilePoint(x: position.longitude, y: position.latitude)
  }

  func point(_ position: LonLat) -> FilePoint {
    guard !isGeographic else { return FilePoint(x: position.longitude, y: position.latitude) }
    let point = grid.projection.forward(position)
    return FilePoint(x: point.x, y: point.y)
  }

  /// The corners of a square counter-clockwise from the south-west; its sides bend by less than a metre in degrees.
  func square(_ box: PlaneBox) -> [FilePoint] {
    [(box.minX, box.minY), (box.maxX, box.minY), (box.maxX, box.maxY), (box.minX, box.maxY)].map {
      point(PlanePoint(x: $0.0, y: $0.1))
    }
  }
}
