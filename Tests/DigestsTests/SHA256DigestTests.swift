import Testing

@testable import Digests

@Suite struct SHA256DigestTests {
  /// Examples of FIPS 180-4 and NIST's short-message vectors.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `known texts have their known hashes`(text: String, hex: String) {
    #expect(SHA256Digest(ofUTF8: text).hex == hex)
  }

  @Test func `a million letters a, in parts of odd length`() {
    var hasher = SHA256Hasher()
    var left = 1_000_000
    while left > 0 {
      let part = [UInt8](repeating: UInt8(ascii: "a"), count: min(left, 997))
      part.withUnsafeBytes { hasher.update($0) }
      left -= part.count
    }
    #expect(hasher.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `hexadecimal digits round-trip in either case`() throws {
    let digest = SHA256Digest(ofUTF8: "abc")
    #expect(SHA256Digest(hex: digest.hex) == digest)
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == digest)
    #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(SHA256Digest(hex: digest.hex + "00") == nil)
    #expect(SHA256Digest(hex: String(repeating: "g", count: 64)) == nil)
  }

  @Test func `digests are ordered as numbers`() throws {
    let small = try #require(SHA256Digest(hex: "00" + String(repeating: "f", count: 62)))
    let large = try #require(SHA256Digest(hex: "01" + String(repeating: "0", count: 62)))
    #expect(small < large)
  }
}
