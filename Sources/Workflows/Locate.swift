public import Diagnostics
public import Geometry
public import Grids
internal import Ingest

/// Where a position lies on the grid.
public struct LocatedPosition: Sendable {
  /// WGS 84, converted from the system it was given in.
  public let position: LonLat
  /// Of the level asked for, also where it lies outside every county.
  public let cell: CellID
  /// Projected metres.
  public let point: PlanePoint
  /// Counties of the cell with their shares, largest first; empty without boundaries or outside the region.
  public let counties: [(county: County, share: Double)]
  /// The county with the largest share of the cell, which need not hold the point itself; `nil` when it is not known.
  public var homeCounty: County? { counties.first?.county }
}

/// Finds the cell of a position in any coordinate system. - Throws: `Problem` for an unknown system or bad numbers.
public func locate(
  x: Double, y: Double, reference: CoordinateReference, grid: Grid, sizeMetres: Int32
) throws(Problem) -> LocatedPosition {
  let position = try PositionConverter(from: reference).wgs84(x: x, y: y)
  let point = grid.projection.forward(position)
  guard let cell = try grid.lattice(sizeMetres: sizeMetres).cell(at: point) else {
    throw Problem("(\(x), \(y)) is too far from the grid to have a cell", remedy: "check the coordinates and --crs")
  }
  var counties: [(county: County, share: Double)] = []
  if RegionSource.defaultBoundaries != nil, !grid.definition.region.codes.isEmpty {
    let region = try RegionSource.region(grid: grid, sizeMetres: sizeMetres).region
    if let slot = region.slot(of: cell) {
      counties = (Int(region.shareStarts[slot])..<Int(region.shareStarts[slot + 1])).map {
        (region.counties[Int(region.shareCounties[$0])], region.shares[$0])
      }
    }
  }
  return LocatedPosition(position: position, cell: cell, point: point, counties: counties)
}
