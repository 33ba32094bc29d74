internal import CGDAL
internal import Diagnostics

/// A raster that GDAL reads in this process.
final class LocalRaster: RasterSource {
  let facts: RasterFacts
  let path: String
  let geolocation: [String: String]
  private let dataset: GDALDatasetH

  /// Names of the variables inside a container file, as GDAL names them; empty for a plain raster.
  private static func subdatasets(path: String) throws(Problem) -> [(name: String, description: String)] {
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

  init(path: String, variable: String?) throws(Problem) {
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
    self.geolocation = geolocation
    self.path = path
    self.dataset = dataset
    facts = RasterFacts(
      columns: Int(GDALGetRasterXSize(dataset)), rows: Int(GDALGetRasterYSize(dataset)),
      bandCount: Int(GDALGetRasterCount(dataset)), coefficients: coefficients, isCurvilinear: !hasTransform,
      coordinateSystem: Self.coordinateSystem(dataset), coordinateSystemCode: Self.coordinateSystemCode(dataset))
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

  private static func coordinateSystem(_ dataset: GDALDatasetH) -> String? {
    guard let text = GDALGetProjectionRef(dataset) else { return nil }
    let wkt = String(cString: text)
    return wkt.isEmpty ? nil : wkt
  }

  private static func coordinateSystemCode(_ dataset: GDALDatasetH) -> String? {
    guard let system = GDALGetSpatialRef(dataset), let authority = OSRGetAuthorityName(system, nil),
      let code = OSRGetAuthorityCode(system, nil)
    else { return nil }
    return "\(String(cString: authority)):\(String(cString: code))"
  }

  func metadata(band: Int) -> [String: String] {
    var entries = GDALLibrary.strings(GDALGetMetadata(dataset, nil))
    if let band = GDALGetRasterBand(dataset, Int32(clamping: band)) {
      entries += GDALLibrary.strings(GDALGetMetadata(band, nil))
    }
    return Self.pairs(entries)
  }

  func blockSize(band: Int) -> (width: Int, height: Int) {
    var width: Int32 = 0
    var height: Int32 = 0
    if let handle = GDALGetRasterBand(dataset, Int32(clamping: band)) { GDALGetBlockSize(handle, &width, &height) }
    return (Int(width), Int(height))
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

  func read(band: Int, window: RasterWindow) throws(Problem) -> [Double] {
    guard let handle = GDALGetRasterBand(dataset, Int32(clamping: band)) else {
      throw Problem("\(path) has no band \(band)", remedy: "use 1...\(facts.bandCount)", exitStatus: .usage)
    }
    var values = [Double](repeating: .nan, count: window.count)
    let status = values.withUnsafeMutableBytes { buffer in
      GDALRasterIO(
        handle, GF_Read, Int32(window.columns.lowerBound), Int32(window.rows.lowerBound), Int32(window.columns.count),
        Int32(window.rows.count), buffer.baseAddress, Int32(window.columns.count), Int32(window.rows.count),
        GDT_Float64, 0, 0)
    }
    guard status == CE_None else {
      throw Problem(
        "cannot read rows \(window.rows.lowerBound + 1)-\(window.rows.upperBound) of \(path): "
          + GDALLibrary.takeMessage(), remedy: "the file is damaged or cut short; fetch it again")
    }
    unpack(handle, &values)
    return values
  }

  /// Turns stored numbers into values and the sentinel into NaN.
  func unpack(_ handle: GDALRasterBandH, _ values: inout [Double]) {
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
  private func packing(_ band: GDALRasterBandH) -> (scale: Double, offset: Double) {
    let scale = GDALGetRasterScale(band, nil)
    let offset = GDALGetRasterOffset(band, nil)
    guard let driver = GDALGetDatasetDriver(dataset), let name = GDALGetDriverShortName(driver),
      String(cString: name) == "HDF4Image"
    else { return (scale, offset) }
    let factor = scale >= 1000 ? 1 / scale : scale
    return (factor, -offset * factor)
  }
}
