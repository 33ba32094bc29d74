public import Diagnostics

/// An array of a NetCDF or HDF5 file, unpacked: scale and offset applied, fill values NaN.
public struct FileArray: Sendable {
  /// Slowest dimension first.
  public let shape: [Int]
  /// Row-major.
  public let values: [Double]
  /// The array's unit as the file writes it; empty when it does not.
  public let unit: String
}

/// A NetCDF or HDF5 file with groups, read through GDAL's multidimensional interface. One per task.
///
/// Read by a ``ReaderProcess`` when the program has one, because damaged files crash their library.
public struct MultidimFile: ~Copyable {
  /// As given, for messages.
  public let path: String
  private let source: any ArraySource

  /// - Throws: `Problem` with GDAL's reason.
  public init(path: String) throws(Problem) {
    self.path = path
    if let process = try ReaderProcess.guarding(path) {
      source = try GuardedArrays(process, path: path)
    } else {
      source = try LocalArrays(path: path)
    }
  }

  /// Full names of all arrays, such as `/product/vertical_column_troposphere`, sorted.
  public borrowing func arrayNames() -> [String] { source.names }

  /// Reads a whole array by its full name, with or without the leading slash.
  ///
  /// - Throws: `Problem` when it is not there (with those that are) or cannot be read.
  public borrowing func read(_ name: String) throws(Problem) -> FileArray { try source.read(name) }
}
