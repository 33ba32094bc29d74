/// Random numbers of one start of a search: SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
struct SearchStream {
  private var state: UInt64

  init(seed: UInt64, start: Int) {
    state = seed
    state = next() ^ UInt64(truncatingIfNeeded: start)
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `0..<bound`; the bias of at most bound / 2⁶⁴ does not matter to a search.
  mutating func number(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// In [0, 1), 53 bits.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
