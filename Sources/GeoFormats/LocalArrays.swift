internal import CGDAL
internal import Diagnostics

/// A NetCDF or HDF5 file that GDAL's multidimensional interface reads in this process.
final class LocalArrays: ArraySource {
  let path: String
  private(set) var names: [String] = []
  private let dataset: GDALDatasetH
  private let root: GDALGroupH

  init(path: String) throws(Problem) {
    let dataset = try GDALLibrary.open(path, GDAL_OF_MULTIDIM_RASTER, what: "a NetCDF or HDF5 file")
    guard let root = GDALDatasetGetRootGroup(dataset) else {
      GDALClose(dataset)
      throw Problem("\(path) has no groups", remedy: "name a NetCDF or HDF5 file")
    }
    self.path = path
    self.dataset = dataset
    self.root = root
    Self.collect(root, "", &names)
    names.sort()
  }

  deinit {
    GDALGroupRelease(root)
    GDALClose(dataset)
  }

  private static func collect(_ group: GDALGroupH, _ prefix: String, _ names: inout [String]) {
    let arrays = GDALGroupGetMDArrayNames(group, nil)
    names += GDALLibrary.strings(arrays).map { "\(prefix)/\($0)" }
    CSLDestroy(arrays)
    let children = GDALGroupGetGroupNames(group, nil)
    defer { CSLDestroy(children) }
    for child in GDALLibrary.strings(children) {
      guard let handle = GDALGroupOpenGroup(group, child, nil) else { continue }
      collect(handle, "\(prefix)/\(child)", &names)
      GDALGroupRelease(handle)
    }
  }

  func read(_ name: String) throws(Problem) -> FileArray {
    let full = name.hasPrefix("/") ? name : "/\(name)"
    guard let array = GDALGroupOpenMDArrayFromFullname(root, full, nil) else {
      throw Problem(
        "\(path) has no array \(full)", remedy: "it has \(names.prefix(40).joined(separator: ", "))",
        exitStatus: .usage)
    }
    defer { GDALMDArrayRelease(array) }
    // The unscaled view turns packed integers into numbers and fill values into NaN.
    let view = GDALMDArrayGetUnscaled(array)
    defer { if let view { GDALMDArrayRelease(view) } }
    let source = view ?? array
    var dimensionCount = 0
    let dimensions = GDALMDArrayGetDimensions(source, &dimensionCount)
    defer { GDALReleaseDimensions(dimensions, dimensionCount) }
    let shape = (0..<dimensionCount).map { k in dimensions?[k].map { Int(GDALDimensionGetSize($0)) } ?? 0 }
    let count = shape.reduce(1, *)
    guard count > 0, count <= 1 << 28 else {
      throw Problem("the array \(full) of \(path) has \(count) values", remedy: "cut the file to the region first")
    }
    var values = [Double](repeating: .nan, count: count)
    let starts = [UInt64](repeating: 0, count: dimensionCount)
    let counts = shape.map { $0 }
    let type = GDALExtendedDataTypeCreate(GDT_Float64)
    defer { GDALExtendedDataTypeRelease(type) }
    CPLErrorReset()
    let status = values.withUnsafeMutableBytes { buffer in
      GDALMDArrayRead(source, starts, counts, nil, nil, type, buffer.baseAddress, nil, 0)
    }
    guard status != 0 else {
      throw Problem(
        "cannot read \(full) of \(path): \(GDALLibrary.takeMessage())",
        remedy: "the file is damaged or cut short; fetch it again")
    }
    var hasFill: Int32 = 0
    let fill = GDALMDArrayGetNoDataValueAsDouble(source, &hasFill)
    if hasFill != 0, fill.isFinite {
      let fill32 = Double(Float(fill))
      for k in values.indices where values[k] == fill || values[k] == fill32 { values[k] = .nan }
    }
    let unit = GDALMDArrayGetUnit(array).map { String(cString: $0) } ?? ""
    return FileArray(shape: shape, values: values, unit: unit)
  }
}
