internal import Diagnostics

/// What the parent asks of a reading process.
enum ReaderRequest: Codable {
  case openRaster(path: String, variable: String?)
  case openArrays(path: String)
  case metadata(band: Int)
  case blockSize(band: Int)
  case read(band: Int, columns: Range<Int>, rows: Range<Int>)
  case cellCentres
  case array(name: String)
}

/// The text part of an answer; the numbers of `counts` follow it as doubles in this machine's order.
struct ReaderReply: Codable {
  struct Failure: Codable {
    var problem: String
    var remedy: String
    var exitStatus: Int32
  }

  var failure: Failure?
  var raster: RasterFacts?
  var names: [String]?
  var entries: [String: String]?
  var shape: [Int]?
  var text: String?
  /// How many doubles follow for each array of the answer.
  var counts: [Int] = []

  init() {}

  init(_ problem: Problem) {
    failure = Failure(problem: problem.problem, remedy: problem.remedy, exitStatus: problem.exitStatus.rawValue)
  }
}
