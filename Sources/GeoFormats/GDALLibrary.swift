internal import CGDAL
internal import Diagnostics

/// GDAL, registered once for the process.
enum GDALLibrary {
  /// Touch before any other call; a static `let` is initialised once, whichever thread comes first.
  static let ready: Void = {
    GDALAllRegister()
    // GDAL would keep blocks up to a twentieth of the machine's memory; ours are read once, along the blocks.
    GDALSetCacheMax64(64 << 20)
    // GDAL would print to standard error; its text goes into our errors instead.
    CPLSetErrorHandler(CPLQuietErrorHandler)
    return ()
  }()

  /// The newest message of this thread, taken once so that an old failure never explains a new one.
  static func takeMessage() -> String {
    defer { CPLErrorReset() }
    guard let text = CPLGetLastErrorMsg() else { return "GDAL gave no reason" }
    let message = String(cString: text)
    return message.isEmpty ? "GDAL gave no reason" : message
  }

  /// Runs with GDAL's errors collected quietly; per thread.
  static func quietly<Value>(_ body: () throws(Problem) -> Value) throws(Problem) -> Value {
    _ = ready
    CPLPushErrorHandler(CPLQuietErrorHandler)
    defer { CPLPopErrorHandler() }
    CPLErrorReset()
    return try body()
  }

  /// Opens a data set of one kind (`GDAL_OF_RASTER`, `GDAL_OF_VECTOR`, `GDAL_OF_MULTIDIM_RASTER`).
  static func open(_ path: String, _ kind: Int32, what: String) throws(Problem) -> GDALDatasetH {
    try quietly { () throws(Problem) in
      guard let handle = GDALOpenEx(path, UInt32(kind | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR), nil, nil, nil) else {
        throw Problem(
          "cannot read \(path) as \(what): \(takeMessage())",
          remedy: "check the path and the file's kind; GDAL must know the format ('gdalinfo \(path)')")
      }
      return handle
    }
  }

  /// The strings of a GDAL list; the list stays the caller's.
  static func strings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
    guard let list else { return [] }
    var strings: [String] = []
    var position = 0
    while let entry = list[position] {
      strings.append(String(cString: entry))
      position += 1
    }
    return strings
  }
}
