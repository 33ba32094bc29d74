internal import CZlib
internal import Diagnostics
internal import Glibc

/// Streams a text file, plain or gzip, as UTF-8 in blocks of whole lines.
///
/// UTF-8 is checked; a file that is not UTF-8 is taken as GB18030 (which holds GBK and GB 2312) unless the user named
/// the encoding. A byte-order mark is dropped.
struct TextBlocks: ~Copyable {
  let path: String
  /// Bytes on disk.
  let byteCount: Int
  private let file: gzFile
  private var rest: [UInt8] = []
  private var isAtEnd = false
  private var isFirst = true
  private let declared: String?
  private let blockBytes: Int
  private var hasWideUTF8 = false
  /// Lines handed out so far.
  private(set) var linesDone = 0
  /// `utf-8` or `gb18030`: what was found so far.
  private(set) var encoding: String

  /// - Parameter encoding: `utf-8`, `gbk`, `gb18030`, or `nil` to detect.
  init(path: String, encoding: String?, blockBytes: Int = 4 << 20) throws(Problem) {
    let byteCount = try Self.check(path)
    let declared = try Self.known(encoding)
    guard let file = path == "-" ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb") else {
      throw Problem("cannot open \(path): \(String(cString: strerror(errno)))", remedy: "check the file's permissions")
    }
    gzbuffer(file, 1 << 18)
    self.path = path
    self.byteCount = byteCount
    self.declared = declared
    self.blockBytes = blockBytes
    self.file = file
    self.encoding = declared ?? "utf-8"
  }

  deinit { gzclose_r(file) }

  private static func known(_ encoding: String?) throws(Problem) -> String? {
    switch encoding?.lowercased() {
    case nil: return nil
    case "utf-8", "utf8": return "utf-8"
    case "gbk", "gb18030", "gb2312", "cp936": return "gb18030"
    case let other?:
      throw Problem(
        "encoding \(other) is not known", remedy: "--encoding utf-8 or --encoding gb18030", exitStatus: .usage)
    }
  }

  /// The size of the file, 0 for standard input. - Throws: Why it cannot be read, in words.
  private static func check(_ path: String) throws(Problem) -> Int {
    guard path != "-" else { return 0 }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Problem("cannot read \(path): \(String(cString: strerror(errno)))", remedy: "check the name of the file")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Problem("\(path) is not a file", remedy: "name a file; a campaign folder goes in by its manifest.csv")
    }
    guard access(path, R_OK) == 0 else {
      throw Problem("cannot read \(path): \(String(cString: strerror(errno)))", remedy: "check the file's permissions")
    }
    guard status.st_size > 0 else { throw Problem("\(path) is empty", remedy: "take the file again from its source") }
    return Int(status.st_size)
  }

  /// Bytes of the file on disk that were used so far.
  var bytesDone: Int { max(0, Int(gzoffset(file))) }

  /// The next block of whole lines. - Returns: `nil` at the end.
  mutating func next() throws(Problem) -> [UInt8]? {
    while !isAtEnd {
      try fill()
      guard let cut = isAtEnd ? rest.count : rest.lastIndex(of: 0x0A).map({ $0 + 1 }) else {
        guard rest.count < 1 << 28 else {
          throw Problem("\(path): a line is longer than 256 MB", remedy: "check that it is a text file with lines")
        }
        continue
      }
      guard cut > 0 else { return nil }
      var block: [UInt8]
      if cut == rest.count {
        block = rest
        rest = []
      } else {
        block = Array(rest[..<cut])
        rest.removeFirst(cut)
      }
      if isFirst { try dropMark(&block) }
      isFirst = false
      block = try decoded(block)
      block.withUnsafeBufferPointer { linesDone += Self.newlines($0) }
      return block
    }
    return nil
  }

  private mutating func fill() throws(Problem) {
    var got: Int32 = 0
    // Not filled with zeros first: an unoptimised build would take a second for it.
    let part = [UInt8](unsafeUninitializedCapacity: blockBytes) { buffer, filled in
      got = gzread(file, buffer.baseAddress, UInt32(blockBytes))
      filled = max(0, Int(got))
    }
    if rest.isEmpty { rest = part } else { rest += part }
    var code: Int32 = 0
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    if got < 0 || code == Z_BUF_ERROR {
      throw Problem(
        "\(path): the compressed data are cut off or damaged (\(message))",
        remedy: "take the file again from its source")
    }
    if Int(got) < blockBytes { isAtEnd = true }
  }

  private func dropMark(_ block: inout [UInt8]) throws(Problem) {
    if block.starts(with: [0xEF, 0xBB, 0xBF]) { block.removeFirst(3) }
    if block.starts(with: [0xFF, 0xFE]) || block.starts(with: [0xFE, 0xFF]) {
      throw Problem("\(path) is UTF-16", remedy: "save it as CSV UTF-8, or convert it: iconv -f UTF-16 -t UTF-8")
    }
    if block.prefix(4096).contains(0) {
      throw Problem("\(path) is a binary file, not a table", remedy: "name a CSV file, or another kind of input")
    }
  }

  private mutating func decoded(_ block: [UInt8]) throws(Problem) -> [UInt8] {
    if encoding == "utf-8" {
      if block.allSatisfy({ $0 < 0x80 }) { return block }
      if isUTF8(block) {
        hasWideUTF8 = true
        return block
      }
      guard declared == nil, !hasWideUTF8 else {
        throw Problem(
          "not UTF-8 after line \(linesDone + 1)", at: SourcePlace(file: path),
          remedy: "name its encoding with --encoding gb18030, or repair the file")
      }
      encoding = "gb18030"
    }
    guard let text = Self.fromGB18030(block) else {
      throw Problem(
        "neither UTF-8 nor GB18030 after line \(linesDone + 1)", at: SourcePlace(file: path),
        remedy: "save the file as UTF-8 and ingest it again")
    }
    return text
  }

  private func isUTF8(_ block: [UInt8]) -> Bool {
    block.withUnsafeBufferPointer { (try? UTF8Span(validating: $0.span)) != nil }
  }

  static func fromGB18030(_ bytes: [UInt8]) -> [UInt8]? {
    let converter = iconv_open("UTF-8", "GB18030")
    guard converter != iconv_t(bitPattern: -1) else { return nil }
    defer { iconv_close(converter) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
    var inputLeft = input.count
    var outputLeft = output.count
    let status = input.withUnsafeMutableBytes { source in
      output.withUnsafeMutableBytes { target in
        var from = source.baseAddress?.assumingMemoryBound(to: CChar.self)
        var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
        return iconv(converter, &from, &inputLeft, &to, &outputLeft)
      }
    }
    guard status != Int(bitPattern: UInt.max), inputLeft == 0 else { return nil }
    output.removeLast(outputLeft)
    return output
  }

  private static func newlines(_ block: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in block where byte == 0x0A { count += 1 }
    return count
  }
}
