internal import Glibc

/// Random numbers that belong to one slot and one replicate.
///
/// The stream depends on nothing else, so results are the same bytes on any number of threads. SplitMix64, see
/// ``SplitMix64``. For draws that anybody may check, use tickets of the room Sampling: this stream can be guessed.
@frozen public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline var state: UInt64

  /// SplitMix64 from a state, as its authors publish it.
  @inlinable public init(state: UInt64) { self.state = state }

  /// The stream of one part of a computation.
  ///
  /// - Parameters:
  ///   - seed: Of the whole computation.
  ///   - slot: Which part, such as the slot of a cell; negative numbers are for whole computations without slots.
  ///   - replicate: Which repetition.
  @inlinable public init(seed: UInt64, slot: Int, replicate: Int) {
    state = seed
    state = next() ^ UInt64(truncatingIfNeeded: slot)
    state = next() ^ UInt64(truncatingIfNeeded: replicate)
  }

  /// 64 random bits.
  @inlinable public mutating func next() -> UInt64 {
    state &+= SplitMix64.increment
    return SplitMix64.mixed(state)
  }

  /// An unbiased number in `0..<bound`.
  ///
  /// Written out rather than taken from the standard library, whose algorithm may change between releases and with it
  /// every published p. Multiply and reject: Lemire (2019), doi:10.1145/3230636.
  @inlinable public mutating func number(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "there is no number below 0")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// An unbiased number in `0..<bound`.
  @inlinable public mutating func number(below bound: Int) -> Int { Int(number(below: UInt64(bound))) }

  /// From 0, which can come, to below 1: multiples of 2⁻⁵³.
  @inlinable public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Above 0 and below 1, from 53 bits.
  @inlinable public mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// Two independent standard normal numbers: Box & Muller (1958), doi:10.1214/aoms/1177706645.
  public mutating func normals() -> (Double, Double) {
    let radius = (-2 * log(unit())).squareRoot()
    let angle = 2 * Double.pi * unit()
    return (radius * cos(angle), radius * sin(angle))
  }
}
