import Digests
import Testing

@Suite struct HMACSHA256Tests {
  /// RFC 4231, test cases 1, 2, 3 and 6: key, message, expected.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `keyed hashes are those of RFC 4231`(key: [UInt8], message: [UInt8], expected: String) {
    #expect(HMACSHA256(key: key).authenticate(message).hex == expected)
  }

  @Test func `a series gives the hashes that single messages give`() {
    var series = SHA256Series(prefix: Array("seed,".utf8))
    for id in ["a", "", "裕华", String(repeating: "x", count: 300), "a"] {
      #expect(series.digest(ofUTF8: id) == SHA256Digest(ofUTF8: "seed,\(id)"))
    }
  }
}
