import Randomness
import Testing

@Suite struct RandomStreamTests {
  @Test func `the numbers are those of SplitMix64`() {
    // The first numbers of the reference program of Vigna (prng.di.unimi.it/splitmix64.c) from state 1234567.
    var stream = RandomStream(state: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in stream.next() } == expected)
  }

  @Test func `seed, slot and replicate give the same stream for ever`() {
    // Published p hang on these bytes: computed by hand from the definition, with Python's integers.
    var stream = RandomStream(seed: 7, slot: -2, replicate: 3)
    #expect([stream.next(), stream.next()] == [16_626_607_413_578_826_044, 5_521_500_223_700_737_854])
  }

  @Test func `other slots and replicates give other streams`() {
    var first: Set<UInt64> = []
    for slot in -20..<20 {
      for replicate in 0..<20 {
        var stream = RandomStream(seed: 1, slot: slot, replicate: replicate)
        first.insert(stream.next())
      }
    }
    #expect(first.count == 800)
  }

  @Test func `a bound that does not divide the numbers is met without bias`() {
    // Three quarters of 2⁶⁴: without rejection, numbers divisible by 3 would come twice as often as the others.
    let bound: UInt64 = 3 << 62
    var stream = RandomStream(seed: 1, slot: 0, replicate: 0)
    var counts = [0.0, 0, 0]
    for _ in 0..<30_000 {
      let number = stream.number(below: bound)
      #expect(number < bound)
      counts[Int(number % 3)] += 1
    }
    // Chi square with two degrees of freedom: 13.8 is passed once in a thousand, and the seed is fixed.
    #expect(counts.reduce(0) { $0 + ($1 - 10_000) * ($1 - 10_000) / 10_000 } < 13.8)
    #expect((0..<100).allSatisfy { _ in (0..<7).contains(stream.number(below: 7)) })
  }

  @Test func `unit numbers never end at 0 or 1, and normal numbers have mean 0 and variance 1`() {
    var stream = RandomStream(seed: 5, slot: 1, replicate: 1)
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<20_000 {
      let unit = stream.unit()
      #expect(unit > 0 && unit < 1)
      let (a, b) = stream.normals()
      sum += a + b
      squares += a * a + b * b
    }
    // Four standard errors of 40,000 numbers: 4 / 200 for the mean, 4 * sqrt(2) / 200 for the variance.
    #expect(abs(sum / 40_000) < 0.02)
    #expect(abs(squares / 40_000 - 1) < 0.0283)
  }
}
