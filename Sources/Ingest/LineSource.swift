internal import CZlib
internal import Diagnostics
internal import Glibc
internal import Synchronization

/// Hands out a text file, plain or gzip, in numbered blocks of whole lines; several threads may ask.
///
/// Reading is one after the other, so what a block is does not depend on who asks. A byte-order mark is dropped and
/// a last line without a line break gets one. The encoding is settled by the first block that is not plain ASCII.
final class LineSource: Sendable {
  /// What is known of a block.
  struct Block {
    /// Counted from 0.
    let number: Int
    /// `nil` for plain ASCII.
    let encoding: TextEncoding?
  }

  let path: String
  /// Bytes on disk; 0 for standard input.
  let byteCount: Int
  private let blockBytes: Int
  private let state: Mutex<State>

  // Safe to hand to another thread: the file handle is used under the mutex only and by nobody else.
  private struct State: ~Copyable, @unchecked Sendable {
    let file: gzFile
    /// The beginning of a line whose end is not read yet.
    var carry: LineBuffer
    var hasBegun = false
    var isAtEnd = false
    var blocks = 0
    var encoding: TextEncoding?

    deinit { gzclose_r(file) }
  }

  /// - Parameter encoding: `utf-8`, `gbk`, `gb18030`, or `nil` to detect.
  init(path: String, encoding: String?, blockBytes: Int) throws(Problem) {
    self.path = path
    byteCount = try Self.check(path)
    // A block of nothing would never reach a line's end.
    self.blockBytes = max(1, blockBytes)
    let declared = try TextEncoding.named(encoding)
    guard let file = path == "-" ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb") else {
      throw Problem("cannot open \(path): \(String(cString: strerror(errno)))", remedy: "check the file's permissions")
    }
    gzbuffer(file, 1 << 17)
    state = Mutex(State(file: file, carry: LineBuffer(capacity: 1 << 12), encoding: declared))
  }

  /// Bytes of the file on disk that were used so far.
  var bytesDone: Int { state.withLock { max(0, Int(gzoffset($0.file))) } }

  /// `utf-8` until text says otherwise.
  var encoding: TextEncoding { state.withLock { $0.encoding } ?? .utf8 }

  /// Puts the next block of whole lines into `buffer`. - Returns: `nil` at the end.
  func fill(_ buffer: inout LineBuffer) throws(Problem) -> Block? {
    try state.withLock { state throws(Problem) -> Block? in
      guard try next(&state, into: &buffer) else { return nil }
      var encoding: TextEncoding?
      if !TextEncoding.isASCII(buffer.text) {
        encoding = state.encoding ?? TextEncoding.detected(buffer.text)
        state.encoding = encoding
      }
      state.blocks += 1
      return Block(number: state.blocks - 1, encoding: encoding)
    }
  }

  /// Takes the first line, which names the columns, in UTF-8 and without its line break.
  ///
  /// - Throws: ``Problem`` for a file that has none, or that is not text.
  func header() throws(Problem) -> [UInt8] {
    var line = LineBuffer(capacity: 1 << 12)
    try state.withLock { state throws(Problem) in
      guard try next(&state, into: &line) else { return }
      // The whole first block speaks for the encoding, not its first line alone.
      if state.encoding == nil, !TextEncoding.isASCII(line.text) {
        state.encoding = TextEncoding.detected(line.text)
      }
      let end = (line.text.firstIndex(of: 0x0A) ?? line.count - 1) + 1
      var rest = LineBuffer(capacity: blockBytes)
      line.split(at: end, into: &rest)
      rest.append(state.carry.text)
      state.carry = rest
    }
    guard line.count > 0 else {
      throw Problem("\(path) has no header", remedy: "give the first line the column names")
    }
    if !TextEncoding.isASCII(line.text) {
      guard line.decode(encoding).isEmpty else {
        throw Problem(
          "the header is neither UTF-8 nor GB18030", at: SourcePlace(file: path, line: 1),
          remedy: "save the file as UTF-8, or name its encoding with --encoding gb18030")
      }
    }
    var bytes = Array(line.text)
    while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
    return bytes
  }

  /// Whole lines from the carry and the file. - Returns: `false` at the end.
  private func next(_ state: inout State, into buffer: inout LineBuffer) throws(Problem) -> Bool {
    buffer.removeAll()
    buffer.append(state.carry.text)
    state.carry.removeAll()
    var searched = 0
    while !state.isAtEnd {
      if buffer.count >= blockBytes {
        if let end = buffer.endOfLastLine(from: searched) {
          buffer.split(at: end, into: &state.carry)
          break
        }
        searched = buffer.count
      }
      guard buffer.count < 1 << 28 else {
        throw Problem("\(path): a line is longer than 256 MB", remedy: "check that it is a text file with lines")
      }
      let isBeginning = !state.hasBegun
      state.hasBegun = true
      try read(&state, into: &buffer)
      if isBeginning { try checkBeginning(&buffer) }
    }
    guard buffer.count > 0 else { return false }
    if buffer.text.last != 0x0A { buffer.append(0x0A) }
    buffer.pad()
    return true
  }

  private func read(_ state: inout State, into buffer: inout LineBuffer) throws(Problem) {
    // The beginning of a file must be long enough to tell what it is.
    let wanted = state.blocks == 0 ? max(blockBytes, 1 << 12) : blockBytes
    let got = gzread(state.file, buffer.room(for: wanted), UInt32(wanted))
    var code: Int32 = 0
    let message = gzerror(state.file, &code).map { String(cString: $0) } ?? ""
    if got < 0 || code == Z_BUF_ERROR {
      throw Problem(
        "\(path): the compressed data are cut off or damaged (\(message))",
        remedy: "take the file again from its source")
    }
    buffer.grow(by: Int(got))
    if Int(got) < wanted { state.isAtEnd = true }
  }

  private func checkBeginning(_ buffer: inout LineBuffer) throws(Problem) {
    let start = buffer.text.prefix(4096)
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
      throw Problem("\(path) is UTF-16", remedy: "save it as CSV UTF-8, or convert it: iconv -f UTF-16 -t UTF-8")
    }
    if start.contains(0) {
      throw Problem("\(path) is a binary file, not a table", remedy: "name a CSV file, or another kind of input")
    }
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { buffer.removeFirst(3) }
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
}
