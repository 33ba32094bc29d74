internal import Diagnostics
internal import Foundation

/// The other end of ``ReaderProcess``: opens one file and answers until the parent hangs up.
///
/// Some damaged HDF5 and HDF4 files abort their library, overrun its memory or keep it busy for ever. Here that ends this
/// process only.
public enum ReaderService {
  /// The first argument with which the executable becomes a reading process.
  public static let argument = "read-container"
  /// The descriptor on which requests come and answers go. Standard output stays free for what libraries print.
  static let descriptor: Int32 = 3

  /// Serves until the parent closes its end. - Returns: The exit status.
  public static func run() -> Int32 {
    // A crash is expected here and is reported by the parent: it should leave no core file.
    var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(4), &noCore)
    // What the parent has open, such as a workspace, is none of the reader's business.
    for inherited in (descriptor + 1)..<1024 { close(inherited) }
    let pipe = ReaderPipe(descriptor: descriptor)
    var raster: LocalRaster?
    var arrays: LocalArrays?
    while let bytes = try? pipe.receiveMessage(secondsToWait: nil),
      let request = try? JSONDecoder().decode(ReaderRequest.self, from: Data(bytes))
    {
      var numbers: [[Double]] = []
      var reply = ReaderReply()
      do throws(Problem) {
        switch request {
        case .openRaster(let path, let variable):
          let opened = try LocalRaster(path: path, variable: variable)
          reply.raster = opened.facts
          raster = opened
        case .openArrays(let path):
          let opened = try LocalArrays(path: path)
          reply.names = opened.names
          arrays = opened
        case .metadata(let band): reply.entries = raster?.metadata(band: band)
        case .blockSize(let band):
          if let size = raster?.blockSize(band: band) { reply.shape = [size.width, size.height] }
        case .read(let band, let columns, let rows):
          if let values = try raster?.read(band: band, window: RasterWindow(columns: columns, rows: rows)) {
            numbers = [values]
          }
        case .cellCentres:
          if let centres = try raster?.cellCentres() {
            numbers = [centres.xs, centres.ys]
            reply.text = centres.coordinateSystem
          }
        case .array(let name):
          if let array = try arrays?.read(name) {
            reply.shape = array.shape
            reply.text = array.unit
            numbers = [array.values]
          }
        }
      } catch {
        reply = ReaderReply(error)
      }
      reply.counts = numbers.map(\.count)
      let encoder = JSONEncoder()
      // Damaged files place their cells at infinity.
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      guard let text = try? encoder.encode(reply), (try? pipe.send(message: Array(text))) != nil,
        numbers.allSatisfy({ values in (try? values.withUnsafeBytes { try pipe.send($0) }) != nil })
      else { return 1 }
    }
    return 0
  }
}
