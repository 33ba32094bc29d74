/// The two constants-and-shifts parts of SplitMix64: Steele, Lea & Flood (2014), doi:10.1145/2660193.2660195.
public enum SplitMix64 {
  /// What a state grows by between two numbers: 2⁶⁴ divided by the golden ratio, made odd.
  public static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The number that belongs to a state: one-to-one, and a change of any bit of the state changes about half of its bits.
  @inlinable public static func mixed(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
