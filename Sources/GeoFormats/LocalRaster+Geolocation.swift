internal import CGDAL
internal import Diagnostics

extension LocalRaster {
  /// Longitudes and latitudes of the centres of a curvilinear grid, as its geolocation arrays give them.
  ///
  /// - Returns: Row by row, NaN where a cell has no position; and the system they are in (WKT), `nil` for degrees.
  /// - Throws: `Problem` for arrays that are not there, or that are coarser than the grid.
  func cellCentres() throws(Problem) -> (xs: [Double], ys: [Double], coordinateSystem: String?) {
    let steps = ["PIXEL_STEP", "LINE_STEP"].map { geolocation[$0].flatMap(Double.init) ?? 1 }
    let offsets = ["PIXEL_OFFSET", "LINE_OFFSET"].map { geolocation[$0].flatMap(Double.init) ?? 0 }
    guard steps == [1, 1], offsets == [0, 0] else {
      throw Problem(
        "the longitudes and latitudes of \(path) are given for every \(steps[1]) by \(steps[0]) cells only",
        remedy: "warp it to a grid first: gdalwarp -geoloc -t_srs EPSG:4326 IN OUT.tif")
    }
    let xs = try coordinates("X")
    let ys = try coordinates("Y")
    // What geolocation arrays hold is degrees unless the file names a projected system.
    return (xs, ys, geolocation["SRS"])
  }

  private func coordinates(_ axis: String) throws(Problem) -> [Double] {
    guard let name = geolocation["\(axis)_DATASET"] else {
      throw Problem(
        "\(path) names no \(axis) coordinates of its cells", remedy: "use a file with longitude and latitude")
    }
    let handle = try GDALLibrary.open(name, GDAL_OF_RASTER, what: "the \(axis) coordinates of \(path)")
    defer { GDALClose(handle) }
    let band = Int32(geolocation["\(axis)_BAND"] ?? "1") ?? 1
    let (width, height) = (Int(GDALGetRasterXSize(handle)), Int(GDALGetRasterYSize(handle)))
    // A regular grid in disguise has one line of longitudes and one of latitudes.
    guard (width, height) == (facts.columns, facts.rows), let source = GDALGetRasterBand(handle, band) else {
      throw Problem(
        "the \(axis) coordinates of \(path) are \(width) x \(height) for \(facts.columns) x \(facts.rows) cells",
        remedy: "warp it to a grid first: gdalwarp -geoloc -t_srs EPSG:4326 IN OUT.tif")
    }
    guard facts.columns * facts.rows <= 1 << 27 else {
      throw Problem(
        "\(path) is a curvilinear grid of more than 134 million cells", remedy: "cut it to the region first")
    }
    var values = [Double](repeating: .nan, count: facts.columns * facts.rows)
    let status = values.withUnsafeMutableBytes { buffer in
      GDALRasterIO(
        source, GF_Read, 0, 0, Int32(facts.columns), Int32(facts.rows), buffer.baseAddress, Int32(facts.columns),
        Int32(facts.rows),
        GDT_Float64, 0, 0)
    }
    guard status == CE_None else {
      throw Problem(
        "cannot read the coordinates of \(path): \(GDALLibrary.takeMessage())",
        remedy: "the file is damaged or cut short; fetch it again")
    }
    unpack(source, &values)
    return values
  }
}
