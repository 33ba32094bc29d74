internal import Diagnostics

/// What is known of a raster once it is open.
struct RasterFacts: Codable {
  var columns: Int
  var rows: Int
  var bandCount: Int
  /// GDAL's six numbers.
  var coefficients: [Double]
  var isCurvilinear: Bool
  /// WKT.
  var coordinateSystem: String?
  /// Such as `EPSG:4326`.
  var coordinateSystemCode: String?
}

/// An open raster, in this process or behind a pipe.
protocol RasterSource: AnyObject {
  var facts: RasterFacts { get }
  func metadata(band: Int) throws(Problem) -> [String: String]
  /// Width and height of the blocks in which the file stores a band.
  func blockSize(band: Int) throws(Problem) -> (width: Int, height: Int)
  func read(band: Int, window: RasterWindow) throws(Problem) -> [Double]
  func cellCentres() throws(Problem) -> (xs: [Double], ys: [Double], coordinateSystem: String?)
}

/// An open container of arrays, in this process or behind a pipe.
protocol ArraySource: AnyObject {
  var names: [String] { get }
  func read(_ name: String) throws(Problem) -> FileArray
}
