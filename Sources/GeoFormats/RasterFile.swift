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
  public let placement: RasterPlacement
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
    guard GDALGetGeoTransform(dataset, &coefficients) == CE_None else {
      GDALClose(dataset)
      throw Problem(
        "\(path) does not say where its cells lie (no geotransform)",
        remedy: "give it a georeference (gdal_translate -a_ullr), or use 'map swath' for pixels with corners")
    }
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

  /// Metadata of the file and of a band (from 1), such as times; keys as in the file.
  public borrowing func metadata(band: Int) -> [String: String] {
    var entries = GDALLibrary.strings(GDALGetMetadata(dataset, nil))
    if let band = GDALGetRasterBand(dataset, Int32(band)) { entries += GDALLibrary.strings(GDALGetMetadata(band, nil)) }
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
    guard let handle = GDALGetRasterBand(dataset, Int32(band)) else {
      throw Problem("\(path) has no band \(band)", remedy: "use 1...\(bandCount)", exitStatus: .usage)
    }
    precondition(wanted.lowerBound >= 0 && wanted.upperBound <= rows, "rows outside the raster")
    var values = [Double](repeating: .nan, count: wanted.count * columns)
    let status = values.withUnsafeMutableBytes { buffer in
      GDALRasterIO(
        handle, GF_Read, 0, Int32(wanted.lowerBound), Int32(columns), Int32(wanted.count), buffer.baseAddress,
        Int32(columns), Int32(wanted.count), GDT_Float64, 0, 0)
    }
    guard status == CE_None else {
      throw Problem(
        "cannot read rows \(wanted.lowerBound + 1)-\(wanted.upperBound) of \(path): \(GDALLibrary.takeMessage())",
        remedy: "the file is damaged or cut short; fetch it again")
    }
    var hasNoData: Int32 = 0
    let noData = GDALGetRasterNoDataValue(handle, &hasNoData)
    let (scale, offset) = packing(handle)
    // The sentinel of a 32-bit band comes back as a double of the 32-bit number.
    let noData32 = Double(Float(noData))
    for k in values.indices {
      if hasNoData != 0, values[k] == noData || values[k] == noData32 {
        values[k] = .nan
      } else {
        values[k] = values[k] * scale + offset
      }
    }
    return values
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
