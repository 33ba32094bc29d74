internal import CZlib
internal import Diagnostics

/// zlib streams of whole blocks (RFC 1950).
enum Deflate {
  /// - Parameter level: 1 (fast) ... 9 (small).
  static func compress(_ bytes: [UInt8], level: Int32 = 1) -> [UInt8] {
    var length = compressBound(uLong(bytes.count))
    let out = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      let status = compress2(buffer.baseAddress, &length, bytes, uLong(bytes.count), level)
      // The buffer has the size zlib asked for, so only a lack of memory is left.
      precondition(status == Z_OK, "zlib could not compress a block (\(status))")
      count = Int(length)
    }
    return out
  }

  /// - Returns: `nil` when the stream is damaged or does not hold exactly `count` bytes.
  static func decompress(_ bytes: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
    var length = uLong(count)
    var status: Int32 = Z_OK
    let out = [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, filled in
      status = uncompress(
        buffer.baseAddress, &length, bytes.bindMemory(to: UInt8.self).baseAddress, uLong(bytes.count))
      filled = status == Z_OK ? Int(length) : 0
    }
    return status == Z_OK && Int(length) == count ? out : nil
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 { UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count))) }
}
