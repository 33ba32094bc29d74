internal import CGDAL
public import Diagnostics

/// One band of a raster to be written.
public struct RasterBand: Sendable {
  /// Shown as the band's description, such as `value`.
  public let name: String
  /// Empty for a pure number.
  public let unit: String
  /// Row by row from the top (north); NaN where there is no data.
  public let values: [Double]

  public init(name: String, unit: String = "", values: [Double]) {
    self.name = name
    self.unit = unit
    self.values = values
  }
}

/// Number type of the cells of a raster.
public enum RasterNumber: Sendable {
  case float32, float64
}

/// Writes GeoTIFF: the same input gives the same bytes, and a file appears whole or not at all.
public struct RasterWriter: Sendable {
  /// Cells from left to right.
  public let columns: Int
  /// Cells from top to bottom.
  public let rows: Int
  /// In units of `coordinateSystem`.
  public let placement: RasterPlacement
  /// `EPSG:n`, a PROJ string or WKT.
  public let coordinateSystem: String
  /// What the coordinate system is called when it has no authority.
  public let coordinateSystemName: String?
  /// Type in the file; values are given as doubles and rounded to it.
  public let number: RasterNumber
  /// Written where a value is NaN, and declared as such in the file.
  public let noData: Double
  /// Metadata of the whole file, written in this order.
  public let metadata: [(key: String, value: String)]

  public init(
    columns: Int, rows: Int, placement: RasterPlacement, coordinateSystem: String, coordinateSystemName: String? = nil,
    number: RasterNumber = .float64, noData: Double = -9999, metadata: [(key: String, value: String)] = []
  ) {
    self.columns = columns
    self.rows = rows
    self.placement = placement
    self.coordinateSystem = coordinateSystem
    self.coordinateSystemName = coordinateSystemName
    self.number = number
    self.noData = noData
    self.metadata = metadata
  }

  /// - Throws: `Problem` with GDAL's reason; nothing is left behind then.
  public func write(_ bands: [RasterBand], to path: String) throws(Problem) {
    precondition(!bands.isEmpty && columns > 0 && rows > 0, "a raster has bands, columns and rows")
    precondition(bands.allSatisfy { $0.values.count == columns * rows }, "one value per cell in every band")
    let reference = try SpatialReference(coordinateSystem, name: coordinateSystemName)
    let wkt = try reference.wellKnownText()
    let staged = try StagedFiles(path: path)
    try GDALLibrary.quietly { () throws(Problem) in
      let options = OptionList([
        "COMPRESS=DEFLATE", "PREDICTOR=3", "TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", "BIGTIFF=IF_SAFER",
      ])
      guard let driver = GDALGetDriverByName("GTiff"),
        let dataset = GDALCreate(
          driver, staged.stagedPath, Int32(columns), Int32(rows), Int32(bands.count),
          number == .float32 ? GDT_Float32 : GDT_Float64, options.list)
      else { throw refusal(path) }
      do throws(Problem) {
        try fill(dataset, bands, wkt, path)
      } catch {
        GDALClose(dataset)
        throw error
      }
      CPLErrorReset()
      // GDALClose tells of a full disk only through the error text.
      GDALClose(dataset)
      guard CPLGetLastErrorType() != CE_Failure else { throw refusal(path) }
    }
    try staged.moveIntoPlace()
  }

  private func fill(_ dataset: GDALDatasetH, _ bands: [RasterBand], _ wkt: String, _ path: String) throws(Problem) {
    var coefficients = placement.coefficients
    guard GDALSetGeoTransform(dataset, &coefficients) == CE_None, GDALSetProjection(dataset, wkt) == CE_None else {
      throw refusal(path)
    }
    for (key, value) in metadata { GDALSetMetadataItem(dataset, key, value, nil) }
    for (number, band) in bands.enumerated() {
      guard let handle = GDALGetRasterBand(dataset, Int32(number + 1)) else { throw refusal(path) }
      GDALSetDescription(handle, band.name)
      if !band.unit.isEmpty { GDALSetRasterUnitType(handle, band.unit) }
      guard GDALSetRasterNoDataValue(handle, noData) == CE_None else { throw refusal(path) }
      var values = band.values.map { $0.isNaN ? noData : $0 }
      let status = values.withUnsafeMutableBytes { buffer in
        GDALRasterIO(
          handle, GF_Write, 0, 0, Int32(columns), Int32(rows), buffer.baseAddress, Int32(columns), Int32(rows),
          GDT_Float64, 0, 0)
      }
      guard status == CE_None else { throw refusal(path) }
    }
  }

  private func refusal(_ path: String) -> Problem {
    Problem(
      "cannot write \(path) as GeoTIFF: \(GDALLibrary.takeMessage())",
      remedy: "check that the folder can be written to and that the disk is not full")
  }
}
