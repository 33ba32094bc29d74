/// Random numbers that belong to one slot and one replicate.
///
/// The stream depends on nothing else, so results are the same bytes on any number of threads.
/// SplitMix64: Steele, Lea & Flood (2014), doi:10.1145/2660193.2660195.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64, slot: Int, replicate: Int) {
    state = seed
    state = next() ^ UInt64(truncatingIfNeeded: slot)
    state = next() ^ UInt64(truncatingIfNeeded: replicate)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// An unbiased number in `0..<bound`.
  ///
  /// Written out rather than taken from the standard library, whose algorithm may change between releases and with it
  /// every published p. Multiply and reject: Lemire (2019), doi:10.1145/3230636.
  public mutating func number(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "there is no number below 0")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }
}
