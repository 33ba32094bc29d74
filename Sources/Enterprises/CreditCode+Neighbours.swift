extension CreditCode {
  /// Registered codes that a refused text may stand for: one character changed, left out, put in, or two swapped.
  ///
  /// The check character finds every such slip, so a code one edit from a refused text is a guess to look up, never a
  /// correction to make.
  ///
  /// - Parameters:
  ///   - raw: What the file says; full-width forms, lower case and white space do not matter.
  ///   - isRegistered: Whether a register knows a code of 18 characters.
  /// - Returns: Ascending; empty when the text is no code of 17 to 19 characters.
  public static func registered(near raw: some StringProtocol, where isRegistered: (String) -> Bool) -> [String] {
    var bytes: [UInt8] = []
    for scalar in raw.unicodeScalars {
      var code = scalar.value
      if (0xFF01...0xFF5E).contains(code) { code -= 0xFEE0 }
      if (0x61...0x7A).contains(code) { code -= 0x20 }
      if scalar.properties.isWhitespace || code == 0xFEFF || code == 0x200B { continue }
      guard code < 128 else { return [] }
      bytes.append(UInt8(code))
    }
    guard (17...19).contains(bytes.count) else { return [] }
    var found: Set<String> = []
    func consider(_ candidate: [UInt8]) {
      let text = String(decoding: candidate, as: UTF8.self)
      if isRegistered(text) { found.insert(text) }
    }
    switch bytes.count {
    case 17:
      for place in 0...17 {
        for letter in alphabet { consider(Array(bytes[..<place]) + [letter] + Array(bytes[place...])) }
      }
    case 19:
      for place in bytes.indices { consider(Array(bytes[..<place]) + Array(bytes[(place + 1)...])) }
    default:
      for place in bytes.indices {
        var changed = bytes
        for letter in alphabet where letter != bytes[place] {
          changed[place] = letter
          consider(changed)
        }
        guard place + 1 < bytes.count else { continue }
        changed = bytes
        changed.swapAt(place, place + 1)
        consider(changed)
      }
    }
    return found.sorted()
  }
}
