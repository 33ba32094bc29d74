internal import Diagnostics
internal import Glibc

/// The encodings a text file may have.
enum TextEncoding: String, Sendable {
  case utf8 = "utf-8"
  /// Holds GBK and GB 2312. Its second and fourth bytes are never a line break, comma, tab or quote.
  case gb18030

  /// - Parameter name: What a user wrote; `nil` to detect.
  static func named(_ name: String?) throws(Problem) -> TextEncoding? {
    switch name?.lowercased() {
    case nil: return nil
    case "utf-8", "utf8": return .utf8
    case "gbk", "gb18030", "gb2312", "cp936": return .gb18030
    case let other?:
      throw Problem(
        "encoding \(other) is not known", remedy: "--encoding utf-8 or --encoding gb18030", exitStatus: .usage)
    }
  }

  /// The encoding of text that is not plain ASCII: UTF-8, unless more of its lines look like GB18030.
  ///
  /// Chinese text in GB18030 is hardly ever valid UTF-8, so one damaged line does not turn a file over. A pair such as
  /// D6 B5 is valid in both (值, or a Hebrew point): a line whose only signs beyond ASCII are such pairs counts as
  /// GB18030, except for those of Latin-1 such as µ and ³.
  static func detected(_ text: UnsafeBufferPointer<UInt8>) -> TextEncoding {
    var utf8 = 0
    var gb18030 = 0
    forEachLine(of: text) { _, line in
      if isASCII(line) { return }
      let isDecodable = fromGB18030(line) != nil
      if isUTF8(line),
        !isDecodable || !line.contains(where: { 0xC4...0xDF ~= $0 }) || line.contains(where: { $0 >= 0xE0 })
      {
        utf8 += 1
      } else if isDecodable {
        gb18030 += 1
      }
    }
    return gb18030 > utf8 ? .gb18030 : .utf8
  }

  static func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    (try? UTF8Span(validating: text.span)) != nil
  }

  static func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = text.baseAddress else { return true }
    let raw = UnsafeRawPointer(base)
    var k = 0
    while k + 4096 <= text.count {
      // Whole numbers are or-ed by vector instructions; a look at each byte would cost more than all parsing.
      var any: UInt64 = 0
      for place in stride(from: k, to: k + 4096, by: 8) {
        any |= raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      }
      if any & 0x8080_8080_8080_8080 != 0 { return false }
      k += 4096
    }
    while k < text.count {
      if base[k] >= 0x80 { return false }
      k += 1
    }
    return true
  }

  /// Hands out each line without its line break, with its number from 0.
  static func forEachLine(
    of text: UnsafeBufferPointer<UInt8>, _ body: (Int32, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let base = text.baseAddress else { return }
    var start = 0
    var number: Int32 = 0
    while start < text.count {
      let found = memchr(base + start, 0x0A, text.count - start)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? text.count
      body(number, UnsafeBufferPointer(start: base + start, count: end - start))
      number += 1
      start = end + 1
    }
  }

  /// - Returns: `nil` for bytes that are not GB18030.
  static func fromGB18030(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard let base = text.baseAddress, !text.isEmpty else { return [] }
    let converter = iconv_open("UTF-8", "GB18030")
    guard converter != iconv_t(bitPattern: -1) else { return nil }
    defer { iconv_close(converter) }
    var inputLeft = text.count
    var outputLeft = text.count * 2 + 16
    let room = outputLeft
    var isWhole = false
    let output = [UInt8](unsafeUninitializedCapacity: room) { target, filled in
      // iconv's prototype takes a mutable source and does not write to it.
      var from: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(
        to: CChar.self)
      var to = target.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self) }
      let status = iconv(converter, &from, &inputLeft, &to, &outputLeft)
      isWhole = status != Int(bitPattern: UInt.max) && inputLeft == 0
      filled = room - outputLeft
    }
    return isWhole ? output : nil
  }
}

extension LineBuffer {
  /// Turns the block into valid UTF-8.
  ///
  /// - Returns: Lines, counted from 0, that are not in the encoding; their bad bytes became U+FFFD.
  mutating func decode(_ encoding: TextEncoding) -> [Int32] {
    switch encoding {
    case .utf8: guard !TextEncoding.isUTF8(text) else { return [] }
    case .gb18030:
      if let decoded = TextEncoding.fromGB18030(text) {
        replace(with: decoded)
        return []
      }
    }
    var badLines: [Int32] = []
    var decoded: [UInt8] = []
    TextEncoding.forEachLine(of: text) { number, line in
      let good = encoding == .gb18030 ? TextEncoding.fromGB18030(line) : TextEncoding.isUTF8(line) ? Array(line) : nil
      if let good {
        decoded += good
      } else {
        badLines.append(number)
        decoded += String(decoding: line, as: UTF8.self).utf8
      }
      decoded.append(0x0A)
    }
    replace(with: decoded)
    return badLines
  }

  private mutating func replace(with other: [UInt8]) {
    removeAll()
    other.withUnsafeBufferPointer { append($0) }
    pad()
  }
}
