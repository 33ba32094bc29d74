internal import Diagnostics

/// Streams a text file, plain or gzip, as UTF-8 in blocks of whole lines, on one thread.
struct TextBlocks: ~Copyable {
  private let source: LineSource
  private var buffer = LineBuffer(capacity: 1 << 12)
  /// Lines, counted from 1, that are not in the file's encoding; their bad bytes became U+FFFD.
  private(set) var badLines: Set<Int> = []
  private var linesDone = 0

  /// - Parameter encoding: `utf-8`, `gbk`, `gb18030`, or `nil` to detect.
  init(path: String, encoding: String?, blockBytes: Int = 1 << 20) throws(Problem) {
    source = try LineSource(path: path, encoding: encoding, blockBytes: blockBytes)
  }

  /// Bytes on disk.
  var byteCount: Int { source.byteCount }
  /// Bytes of the file on disk that were used so far.
  var bytesDone: Int { source.bytesDone }
  /// `utf-8` or `gb18030`: what was found so far.
  var encoding: String { source.encoding.rawValue }

  /// The next block of whole lines. - Returns: `nil` at the end.
  mutating func next() throws(Problem) -> [UInt8]? {
    guard let block = try source.fill(&buffer) else { return nil }
    if let encoding = block.encoding {
      for line in buffer.decode(encoding) { badLines.insert(linesDone + Int(line) + 1) }
    }
    let bytes = Array(buffer.text)
    for byte in bytes where byte == 0x0A { linesDone += 1 }
    return bytes
  }
}
