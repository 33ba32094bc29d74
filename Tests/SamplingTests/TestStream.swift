import Randomness

/// A small seeded generator, so that a failing random case can be run again.
struct TestStream: RandomNumberGenerator {
  private var stream: RandomStream

  init(seed: UInt64) { stream = RandomStream(state: seed &* SplitMix64.increment) }

  mutating func next() -> UInt64 { stream.next() }
}
