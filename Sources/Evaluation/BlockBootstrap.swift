internal import Randomness
internal import Threads

/// How intervals are made: whole blocks are drawn again with replacement, because what happens within a block, such as
/// a county on one day, hangs together.
///
/// Percentile intervals: Efron & Tibshirani (1993), chapter 13. Replicate r draws from a stream of its own, so the
/// result does not depend on the number of threads.
public struct BootstrapOptions: Hashable, Sendable {
  /// How often all blocks are drawn again.
  public var replicates: Int
  /// Of all streams; the same seed gives the same intervals.
  public var seed: UInt64
  /// Coverage of the intervals.
  public var level: Double
  /// Results do not depend on it.
  public var threads: Int

  public init(replicates: Int = 2000, seed: UInt64 = 1, level: Double = 0.95, threads: Int = 1) {
    self.replicates = replicates
    self.seed = seed
    self.level = level
    self.threads = threads
  }
}

enum BlockBootstrap {
  /// How often each block is in replicate `replicate`; the counts add up to the number of blocks.
  static func counts(blocks: Int, replicate: Int, seed: UInt64) -> [Int32] {
    var stream = RandomStream(seed: seed, slot: replicate, replicate: 0)
    var counts = [Int32](repeating: 0, count: blocks)
    for _ in 0..<blocks { counts[Int(stream.number(below: UInt64(blocks)))] += 1 }
    return counts
  }

  /// The sums of each replicate.
  ///
  /// - Parameter sums: `width` numbers per block, block after block.
  /// - Returns: `width` sums per replicate; nothing for fewer than two blocks.
  static func replicateSums(_ sums: [Double], width: Int, options: BootstrapOptions) -> [[Double]] {
    let blocks = width == 0 ? 0 : sums.count / width
    guard blocks >= 2 else { return [] }
    return mapConcurrently(options.replicates, threads: options.threads) { replicate in
      let counts = counts(blocks: blocks, replicate: replicate, seed: options.seed)
      var total = [Double](repeating: 0, count: width)
      for block in 0..<blocks where counts[block] > 0 {
        let times = Double(counts[block])
        for k in 0..<width { total[k] += times * sums[block * width + k] }
      }
      return total
    }
  }

  /// The percentile interval around a value.
  ///
  /// - Parameter replicates: `nil` where a replicate has no value, such as a rate of no visits.
  /// - Returns: `nil` without a value; no interval when fewer than nine in ten replicates have one.
  static func estimate(_ value: Double?, replicates: [Double?], level: Double) -> Estimate? {
    guard let value else { return nil }
    let known = replicates.compactMap(\.self).sorted()
    guard known.count >= 20, Double(known.count) >= 0.9 * Double(replicates.count) else { return Estimate(value) }
    let mean = known.reduce(0, +) / Double(known.count)
    let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)
    return Estimate(
      value, standardError: variance.squareRoot(), lower: quantile(known, (1 - level) / 2),
      upper: quantile(known, (1 + level) / 2))
  }

  /// Linear between order statistics (type 7 of Hyndman & Fan 1996, doi:10.1080/00031305.1996.10473566).
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}
