internal import Diagnostics
internal import Enterprises
internal import Evidence
internal import Foundation
internal import Geometry
internal import Grids
internal import Ingest

/// A register on the cells of a grid, as the register verbs and the search for unregistered sources need it.
struct PlacedRegister {
  let grid: Grid
  let region: Region
  let firms: [Enterprise]
  let points: [PlanePoint?]
  let places: FirmPlaces
  /// Rows that cannot be used, with the name of the file in their reasons.
  let rejects: RejectLog
  let notes: [String]

  init(
    path: String, grid: Grid, options: ReadOptions, repeats: EnterprisesFile.RepeatedCode = .reject
  ) throws {
    self.grid = grid
    region = try RegionSource.region(grid: grid, sizeMetres: grid.coarsestMetres).region
    let read = try EnterprisesFile.read(path: path, options: options, repeats: repeats)
    firms = read.value
    rejects = read.rejects
    notes = read.notes
    points = firms.map { $0.position.map(grid.projection.forward) }
    let boundaries = try RegionSource.boundaries(grid: grid)
    places = FirmPlaces(
      firms, points: points, region: region, countyCentres: Self.centres(boundaries, region: region, grid: grid))
  }

  /// Knows the region's places, for company names.
  var companyNames: CompanyName {
    CompanyName(
      places: region.counties.flatMap { [$0.name, $0.cityName, $0.provinceName] }.filter { !$0.isEmpty })
  }

  /// Middle of the largest part of each county, in the order of the region; empty when a county has no boundary.
  private static func centres(_ boundaries: [CountyBoundary], region: Region, grid: Grid) -> [PlanePoint] {
    var found: [String: PlanePoint] = [:]
    for boundary in boundaries {
      var best: (area: Double, x: Double, y: Double) = (0, 0, 0)
      for polygon in boundary.polygons {
        guard let ring = polygon.first?.map(grid.projection.forward), ring.count > 2 else { continue }
        var (area, x, y) = (0.0, 0.0, 0.0)
        let origin = ring[0]
        for (a, b) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
          let (ax, ay, bx, by) = (a.x - origin.x, a.y - origin.y, b.x - origin.x, b.y - origin.y)
          let cross = ax * by - bx * ay
          area += cross / 2
          x += (ax + bx) * cross
          y += (ay + by) * cross
        }
        guard abs(area) > abs(best.area) else { continue }
        best = (area, origin.x + x / (6 * area), origin.y + y / (6 * area))
      }
      if best.area != 0 { found[boundary.county.code] = PlanePoint(x: best.x, y: best.y) }
    }
    let all = region.counties.compactMap { found[$0.code] }
    return all.count == region.counties.count ? all : []
  }
}
