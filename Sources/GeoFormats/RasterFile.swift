internal import CGDAL
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
public struct RasterFile: ~Copyable {
  public let path: String
  public let columns: Int
  public let rows: Int
  public let bandCount: Int
  /// Of a curvilinear grid the counting of its cells only: ask ``cellCentres()`` where they lie.
  public let placement: RasterPlacement
  /// Whether the cells lie on no straight lattice but bring a longitude and latitude each.
  public let isCurvilinear: Bool
  let geolocation: [String: String]
  private let dataset: GDALDatasetH

  /// Names of the variables inside a container file, as GDAL names them; empty for a plain raster.
  public static func subdatasets(path: String) throws(Problem) -> [(name: String, description: String)] {
    let dataset = try GDALLibrary.open(path, GDAL_OF_RASTER, what: "a raster")
    defer { GDALClose(dataset) }
    var names: [String: String] = [:]
    for entry in GDALLibrary.strings(GDALGetMetadata(dataset, "SUBDATASETS")) {
      let pair = entry.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { names[String(pair[0])] = String(pair[1]) }
    }
    return (1...max(1, names.count)).compactMap { k in
      names["SUBDATASET_\(k)_NAME"].map { (name: $0, description: names["SUBDATASET_\(k)_DESC"] ?? "") }
    }
  }

  /// - Parameters:
  ///   - path: The file.
  ///   - variable: Name of a variable inside a container: the end of its GDAL name. Needed when there are several.
  /// - Throws: `Problem` with GDAL's reason, for a missing or ambiguous variable, or a raster without georeference.
  public init(path: String, variable: String? = nil) throws(Problem) {
    let opened = try Self.resolve(path, variable)
    let dataset = try GDALLibrary.open(opened, GDAL_OF_RASTER, what: "a raster")
    var coefficients = [Double](repeating: 0, count: 6)
    guard GDALGetRasterCount(dataset) > 0 else {
      GDALClose(dataset)
      throw Problem("\(path) holds no bands", remedy: "name a variable with --variable")
    }
    let hasTransform = GDALGetGeoTransform(dataset, &coefficients) == CE_None
    let geolocation = Self.entries(GDALGetMetadata(dataset, "GEOLOCATION"))
    guard hasTransform || geolocation["X_DATASET"] != nil else {
      GDALClose(dataset)
      throw Problem(
        "\(path) does not say where its cells lie (no geotransform and no longitude and latitude of its cells)",
        remedy: "give it a georeference (gdal_translate -a_ullr), or use 'map swath' for pixels with corners")
    }
    isCurvilinear = !hasTransform
    self.geolocation = geolocation
    self.path = path
    self.dataset = dataset
    columns = Int(GDALGetRasterXSize(dataset))
    rows = Int(GDALGetRasterYSize(dataset))
    bandCount = Int(GDALGetRasterCount(dataset))
    placement = RasterPlacement(coefficients: coefficients)
  }

  deinit { GDALClose(dataset) }

  private static func resolve(_ path: String, _ variable: String?) throws(Problem) -> String {
    let parts = try subdatasets(path: path)
    guard !parts.isEmpty else { return path }
    let names = parts.map { part in
      String(part.name.split(whereSeparator: { $0 == ":" || $0 == "/" }).last ?? "")
    }
    guard let variable else {
      if parts.count == 1 { return parts[0].name }
      throw Problem(
        "\(path) holds \(parts.count) variables", remedy: "name one with --variable: \(names.joined(separator: ", "))",
        exitStatus: .usage)
    }
    guard let found = parts.indices.first(where: { names[$0] == variable || parts[$0].name.hasSuffix(variable) }) else {
      throw Problem(
        "\(path) has no variable \(variable)", remedy: "use one of \(names.joined(separator: ", "))", exitStatus: .usage
      )
    }
    return parts[found].name
  }

  /// WKT of the coordinate system; `nil` when the file says nothing.
  public borrowing func coordinateSystem() -> String? {
    guard let text = GDALGetProjectionRef(dataset) else { return nil }
    let wkt = String(cString: text)
    return wkt.isEmpty ? nil : wkt
  }

  /// Such as `EPSG:4326`; `nil` when the coordinate system names no authority.
  public borrowing func coordinateSystemCode() -> String? {
    guard let system = GDALGetSpatialRef(dataset), let authority = OSRGetAuthorityName(system, nil),
      let code = OSRGetAuthorityCode(system, nil)
    else { return nil }
    return "\(String(cString: authority)):\(String(cString: code))"
  }

  /// Metadata of the file and of a band (from 1), such as times; keys as in the file.
  public borrowing func metadata(band: Int) -> [String: String] {
    var entries = GDALLibrary.strings(GDALGetMetadata(dataset, nil))
    if let band = GDALGetRasterBand(dataset, Int32(band)) { entries += GDALLibrary.strings(GDALGetMetadata(band, nil)) }
    return Self.pairs(entries)
  }

  private static func entries(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String: String] {
    pairs(GDALLibrary.strings(list))
  }

  private static func pairs(_ entries: [String]) -> [String: String] {
    var metadata: [String: String] = [:]
    for entry in entries {
      let pair = entry.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { metadata[String(pair[0])] = String(pair[1]) }
    }
    return metadata
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

  borrowing func bandHandle(_ band: Int) -> GDALRasterBandH? { GDALGetRasterBand(dataset, Int32(clamping: band)) }

  /// Turns stored numbers into values and the sentinel into NaN.
  borrowing func unpack(_ handle: GDALRasterBandH, _ values: inout [Double]) {
    var hasNoData: Int32 = 0
    let noData = GDALGetRasterNoDataValue(handle, &hasNoData)
    let (scale, offset) = packing(handle)
    // The sentinel of a 32-bit band comes back as a double of the 32-bit number.
    let noData32 = Double(Float(noData))
    let isPlain = scale == 1 && offset == 0
    values.withUnsafeMutableBufferPointer { values in
      if isPlain, hasNoData == 0 || noData.isNaN { return }
      for k in values.indices {
        if hasNoData != 0, values[k] == noData || values[k] == noData32 {
          values[k] = .nan
        } else if !isPlain {
          values[k] = values[k] * scale + offset
        }
      }
    }
  }

  /// What turns a stored number into a value: value = stored · scale + offset.
  ///
  /// HDF4 means scale · (stored − offset) instead (`SDsetcal`, HDF4 reference manual), and some MODIS products (surface
  /// reflectance, vegetation indices) write the number to divide by, 10000. Factors to multiply by stay far below
  /// that (25 for the sensor range in metres is the largest), so that 1000 tells the two apart.
  private borrowing func packing(_ band: GDALRasterBandH) -> (scale: Double, offset: Double) {
    let scale = GDALGetRasterScale(band, nil)
    let offset = GDALGetRasterOffset(band, nil)
    guard let driver = GDALGetDatasetDriver(dataset), let name = GDALGetDriverShortName(driver),
      String(cString: name) == "HDF4Image"
    else { return (scale, offset) }
    let factor = scale >= 1000 ? 1 / scale : scale
    return (factor, -offset * factor)
  }
}
