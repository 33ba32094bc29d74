internal import CCrypto

/// A SHA-256 hash (FIPS 180-4), computed by the system's libcrypto.
public struct SHA256Digest: Hashable, Comparable, Sendable {
  /// 32 bytes, most significant first.
  public let bytes: [UInt8]

  /// The hash of a byte string.
  public init(of message: [UInt8]) {
    var hasher = SHA256Hasher()
    message.withUnsafeBytes { hasher.update($0) }
    self = hasher.finish()
  }

  /// The hash of the UTF-8 bytes of a text.
  public init(ofUTF8 text: String) { self.init(of: Array(text.utf8)) }

  /// - Precondition: 32 bytes.
  public init(bytes: [UInt8]) {
    precondition(bytes.count == 32, "a SHA-256 hash has 32 bytes")
    self.bytes = bytes
  }

  /// Reads 64 lower- or upper-case hexadecimal digits.
  public init?(hex: String) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for scalar in hex.utf8 {
      let digit: UInt8
      switch scalar {
      case 0x30...0x39: digit = scalar - 0x30
      case 0x61...0x66: digit = scalar - 0x57
      case 0x41...0x46: digit = scalar - 0x37
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil, bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 64) { text in
      func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
      for (place, byte) in bytes.enumerated() {
        text[2 * place] = digit(byte >> 4)
        text[2 * place + 1] = digit(byte & 15)
      }
      return 64
    }
  }

  /// By numeric value, most significant byte first.
  public static func < (a: SHA256Digest, b: SHA256Digest) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// Hashes a message that arrives in parts.
public struct SHA256Hasher: ~Copyable {
  private let context: OpaquePointer

  public init() {
    // Both calls fail only when memory is exhausted or libcrypto has no SHA-256, which no input can bring about.
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto offers no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes at the end; how a message is cut into parts does not change its hash.
  public mutating func update(_ part: UnsafeRawBufferPointer) {
    let status = EVP_DigestUpdate(context, part.baseAddress, part.count)
    precondition(status == 1, "libcrypto could not continue a hash")
  }

  public consuming func finish() -> SHA256Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    let status = EVP_DigestFinal_ex(context, &bytes, nil)
    precondition(status == 1, "libcrypto could not finish a hash")
    return SHA256Digest(bytes: bytes)
  }
}
