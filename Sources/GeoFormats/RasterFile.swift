public import Diagnostics

/// Where the cells of a raster lie in its own coordinates: x = a + column·b + row·c, y = d + column·e + row·f.
public struct RasterPlacement: Hashable, Sendable {
  /// GDAL's six numbers: a, b, c, d, e, f.
  public let coefficients: [Double]

  /// - Parameter coefficients: Six of them.
  public init(coefficients: [Double]) {
    precondition(coefficients.count == 6, "a placement has six numbers")
    self.coefficients = coefficients
  }

  /// Rows from north to south without rotation.
  public init(west: Double, north: Double, cellSize: Double) {
    coefficients = [west, cellSize, 0, north, 0, -cellSize]
  }

  /// The point at a fractional column and row; (0, 0) is the outer corner of the first cell.
  public func point(column: Double, row: Double) -> (x: Double, y: Double) {
    (
      coefficients[0] + column * coefficients[1] + row * coefficients[2],
      coefficients[3] + column * coefficients[4] + row * coefficients[5]
    )
  }
}

/// A raster read through GDAL: GeoTIFF, NetCDF, HDF4, HDF5 and the rest. One per task.
///
/// Kinds of file whose libraries do not survive damage are read by a ``ReaderProcess``.
public struct RasterFile: ~Copyable {
  /// As given, for messages.
  public let path: String
  private let source: any RasterSource

  /// - Parameters:
  ///   - path: The file.
  ///   - variable: Name of a variable inside a container: the end of its GDAL name. Needed when there are several.
  /// - Throws: `Problem` with GDAL's reason, for a missing or ambiguous variable, or a raster without georeference.
  public init(path: String, variable: String? = nil) throws(Problem) {
    self.path = path
    if let process = try ReaderProcess.guarding(path) {
      source = try GuardedRaster(process, path: path, variable: variable)
    } else {
      source = try LocalRaster(path: path, variable: variable)
    }
  }

  /// Cells from left to right.
  public var columns: Int { source.facts.columns }
  /// Cells from top to bottom; the first row is not always the northern one, see ``placement``.
  public var rows: Int { source.facts.rows }
  /// Bands of the variable, at least 1.
  public var bandCount: Int { source.facts.bandCount }
  /// Of a curvilinear grid the counting of its cells only: ask ``cellCentres()`` where they lie.
  public var placement: RasterPlacement { RasterPlacement(coefficients: source.facts.coefficients) }
  /// Whether the cells lie on no straight lattice but bring a longitude and latitude each.
  public var isCurvilinear: Bool { source.facts.isCurvilinear }

  /// WKT of the coordinate system; `nil` when the file says nothing.
  public borrowing func coordinateSystem() -> String? { source.facts.coordinateSystem }

  /// Such as `EPSG:4326`; `nil` when the coordinate system names no authority.
  public borrowing func coordinateSystemCode() -> String? { source.facts.coordinateSystemCode }

  /// Metadata of the file and of a band (from 1), such as times; keys as in the file.
  ///
  /// - Throws: `Problem` when reading it ends the reading process.
  public borrowing func metadata(band: Int) throws(Problem) -> [String: String] { try source.metadata(band: band) }

  /// Longitudes and latitudes of the centres of a curvilinear grid, as its geolocation arrays give them.
  ///
  /// - Returns: Row by row, NaN where a cell has no position; and the system they are in (WKT), `nil` for degrees.
  /// - Throws: `Problem` for arrays that are not there, or that are coarser than the grid.
  public borrowing func cellCentres() throws(Problem) -> (xs: [Double], ys: [Double], coordinateSystem: String?) {
    try source.cellCentres()
  }

  /// Reads whole rows of a band: scale and offset applied, NaN where the file has no data.
  ///
  /// - Parameters:
  ///   - band: From 1.
  ///   - rows: Rows from the top of the file.
  /// - Returns: `rows.count * columns` values, row by row.
  public borrowing func read(band: Int, rows wanted: Range<Int>) throws(Problem) -> [Double] {
    try read(band: band, window: RasterWindow(columns: 0..<columns, rows: wanted))
  }

  /// Reads a window of a band: scale and offset applied, NaN where the file has no data.
  ///
  /// - Parameter band: From 1.
  /// - Returns: Row by row.
  /// - Throws: `Problem` for a band that is not there or a damaged file.
  public borrowing func read(band: Int, window: RasterWindow) throws(Problem) -> [Double] {
    guard (1...max(1, bandCount)).contains(band) else {
      throw Problem("\(path) has no band \(band)", remedy: "use 1...\(bandCount)", exitStatus: .usage)
    }
    precondition(
      window.rows.lowerBound >= 0 && window.rows.upperBound <= rows && window.columns.lowerBound >= 0
        && window.columns.upperBound <= columns, "a window outside the raster")
    guard window.count > 0 else { return [] }
    return try source.read(band: band, window: window)
  }

  borrowing func blockSize(band: Int) throws(Problem) -> (width: Int, height: Int) {
    try source.blockSize(band: band)
  }
}
