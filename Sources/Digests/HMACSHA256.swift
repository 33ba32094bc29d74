/// Keyed hashes (HMAC with SHA-256, RFC 2104): what nobody without the key can compute or guess.
public struct HMACSHA256: Sendable {
  private let inner: [UInt8]
  private let outer: [UInt8]

  /// - Parameter key: Of any length; one longer than 64 bytes is hashed first, as the standard says.
  public init(key: [UInt8]) {
    var block = key.count > 64 ? SHA256Digest(of: key).bytes : key
    block += [UInt8](repeating: 0, count: 64 - block.count)
    inner = block.map { $0 ^ 0x36 }
    outer = block.map { $0 ^ 0x5C }
  }

  /// The keyed hash of a byte string.
  public func authenticate(_ message: [UInt8]) -> SHA256Digest {
    SHA256Digest(of: outer + SHA256Digest(of: inner + message).bytes)
  }

  /// The keyed hash of the UTF-8 bytes of a text.
  public func authenticate(utf8 text: String) -> SHA256Digest { authenticate(Array(text.utf8)) }
}
