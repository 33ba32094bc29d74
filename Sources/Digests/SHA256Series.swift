internal import CCrypto

/// Hashes many short messages that begin alike, with one context for all of them.
///
/// Asking libcrypto for a context costs more than hashing 30 bytes; a draw of 20,000 units hashes as many tickets.
public struct SHA256Series: ~Copyable {
  private let context: OpaquePointer
  private var message: [UInt8]
  private let prefixCount: Int

  /// - Parameter prefix: What every message begins with.
  public init(prefix: [UInt8]) {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto offers no SHA-256")
    }
    self.context = context
    message = prefix
    prefixCount = prefix.count
  }

  deinit { EVP_MD_CTX_free(context) }

  /// The hash of the prefix followed by the UTF-8 bytes of a text.
  public mutating func digest(ofUTF8 text: String) -> SHA256Digest {
    message.removeSubrange(prefixCount...)
    message.append(contentsOf: text.utf8)
    // A nil type keeps the algorithm of the context.
    var status = EVP_DigestInit_ex(context, nil, nil)
    status &= message.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      status &= EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      count = 32
    }
    precondition(status == 1, "libcrypto could not hash")
    return SHA256Digest(bytes: bytes)
  }
}
