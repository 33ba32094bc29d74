public import Diagnostics
internal import GeoFormats
public import Geometry
public import Gridding
public import Grids

/// What mapping a raster or swath onto cells gave.
public struct MappedField: Sendable {
  public let field: CellField
  /// Pixels with a value that were mapped at least in part.
  public let pixels: Int
  public let refusals: PixelRefusals
  /// Metadata of the file, such as times.
  public let metadata: [String: String]
  /// What a person should know, one sentence each.
  public let notes: [String]
}

/// Maps rasters onto cells by exact area weights.
public enum RasterMapping {
  /// - Parameters:
  ///   - variable: Name inside a container file; `nil` when there is only one.
  ///   - band: From 1.
  ///   - reference: Overrides what the file says about its coordinates; needed when it says nothing.
  ///   - limits: Only pixels that touch this box are used; projected metres.
  /// - Throws: `Problem` for files GDAL cannot read, without georeference, or in an unknown system.
  public static func cells(
    path: String, variable: String?, band: Int, reference: CoordinateReference?, grid: Grid, sizeMetres: Int32,
    limits: PlaneBox?, threads: Int, progress: any ProgressSink
  ) throws(Problem) -> MappedField {
    let raster = try RasterFile(path: path, variable: variable)
    let own = raster.coordinateSystem()
    guard let declared = reference ?? own.map({ CoordinateReference.proj($0) }) else {
      throw Problem(
        "\(path) does not say its coordinate system", remedy: "declare it with --crs, such as --crs wgs84")
    }
    let converter = try PositionConverter(from: declared)
    var mapping = ConservativeMapping(lattice: try grid.lattice(sizeMetres: sizeMetres), limits: limits)
    let task = path.split(separator: "/").last.map(String.init) ?? path
    // Rows of pixels at a time: memory is bounded however large the raster is.
    let height = max(1, min(raster.rows, 1 << 20 / max(1, raster.columns)))
    var upper = cornerRow(0, raster, converter, grid.projection)
    for start in stride(from: 0, to: raster.rows, by: height) {
      let rows = start..<min(raster.rows, start + height)
      let values = try raster.read(band: band, rows: rows)
      var pixels = PixelQuads()
      for row in rows {
        let lower = cornerRow(row + 1, raster, converter, grid.projection)
        for column in 0..<raster.columns {
          let value = values[(row - start) * raster.columns + column]
          guard value.isFinite else { continue }
          pixels.append(
            [upper[column], upper[column + 1], lower[column + 1], lower[column]], value: value)
        }
        upper = lower
      }
      mapping.add(pixels, threads: threads)
      progress.report(task: task, completed: rows.upperBound, total: raster.rows, unit: "rows")
    }
    progress.finish(task: task)
    return MappedField(
      field: mapping.field(), pixels: mapping.mappedPixels, refusals: mapping.refusals,
      metadata: raster.metadata(band: band), notes: mapping.refusals.statements)
  }

  /// Corners along the upper edge of a row of pixels, in the plane of the grid; NaN where they have no position.
  private static func cornerRow(
    _ row: Int, _ raster: borrowing RasterFile, _ converter: borrowing PositionConverter,
    _ projection: EqualAreaProjection
  ) -> [PlanePoint] {
    var xs: [Double] = []
    var ys: [Double] = []
    for column in 0...raster.columns {
      let point = raster.placement.point(column: Double(column), row: Double(row))
      xs.append(point.x)
      ys.append(point.y)
    }
    converter.wgs84(xs: &xs, ys: &ys)
    projection.forward(xs: &xs, ys: &ys)
    return zip(xs, ys).map { PlanePoint(x: $0, y: $1) }
  }
}
