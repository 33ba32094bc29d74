internal import Threads

/// The mean of values and the moments of what is left without it: what every statistic of this room starts from.
struct CentredMoments: Sendable {
  /// The mean as first computed, of the scaled values.
  let centre: Double
  /// Mean of the scaled values minus `centre`: 0 but for rounding.
  let mean: Double
  /// Σ(x - x̄)²/n of the scaled values.
  let variance: Double
  /// The values times a power of two, where they are so large or small that squares would overflow or vanish.
  let scaled: [Double]

  /// - Returns: `nil` when all values are equal, compared exactly, or so nearly equal that their variance is 0.
  init?(_ raw: [Double], threads: Int = 1) {
    guard let first = raw.first, raw.contains(where: { $0 != first }) else { return nil }
    var scaled = raw
    var (sum, largest) = sumAndLargest(raw, threads: threads)
    if largest > 1e100 || largest < 1e-100 {
      let half = -largest.exponent / 2
      let factor = Double(sign: .plus, exponent: half, significand: 1)
      scaled = raw.map { $0 * factor * factor }
      (sum, largest) = sumAndLargest(scaled, threads: threads)
    }
    let count = Double(raw.count)
    let centre = sum / count
    let left = sumAndSquares(scaled, minus: centre, threads: threads)
    let mean = left.sum / count
    // Σ(d - m)² = Σd² - n·m²; m is what rounding left of the mean, so that nothing cancels.
    let variance = left.squares / count - mean * mean
    guard variance > 0 else { return nil }
    self.centre = centre
    self.mean = mean
    self.variance = variance
    self.scaled = scaled
  }
}

/// Values minus their mean, with the population variance.
struct CentredValues: Sendable {
  let values: [Double]
  /// Mean of `values`: 0 but for rounding.
  let mean: Double
  /// Σ(x - x̄)²/n of the scaled values.
  let variance: Double

  /// - Returns: `nil` when all values are equal, compared exactly, or so nearly equal that their variance is 0.
  ///
  /// Very large or very small values are first scaled by a power of two, which no statistic here can notice.
  init?(_ raw: [Double], threads: Int = 1) {
    guard let moments = CentredMoments(raw, threads: threads) else { return nil }
    values = filledByBlocks(raw.count, threads: threads) { out, block in
      moments.scaled.withUnsafeBufferPointer { scaled in
        for slot in block { out[slot] = scaled[slot] - moments.centre }
      }
    }
    mean = moments.mean
    variance = moments.variance
  }
}

/// The sum and the largest absolute value in one pass; 0 and 0 for none.
private func sumAndLargest(_ values: [Double], threads: Int) -> (sum: Double, largest: Double) {
  let start = (sum: CompensatedLanes(), largest: SIMD8<Double>(repeating: 0))
  let parts = lanesByBlocks(values, minus: 0, threads: threads, start: start) { part, next in
    part.sum.add(next)
    part.largest.replace(with: next, where: next .> part.largest)
    part.largest.replace(with: -next, where: -next .> part.largest)
  }
  return (total(parts.lazy.map(\.sum)), parts.reduce(0) { max($0, $1.largest.max()) })
}

/// The largest absolute value; 0 for none.
func largestMagnitude(_ values: [Double], threads: Int = 1) -> Double {
  sumAndLargest(values, threads: threads).largest
}

/// Σd and Σd² of d = x - origin in one pass.
private func sumAndSquares(
  _ values: [Double], minus origin: Double, threads: Int
) -> (sum: Double, squares: Double) {
  let start = (sum: CompensatedLanes(), squares: CompensatedLanes())
  let parts = lanesByBlocks(values, minus: origin, threads: threads, start: start) { part, next in
    part.sum.add(next)
    part.squares.add(next * next)
  }
  return (total(parts.lazy.map(\.sum)), total(parts.lazy.map(\.squares)))
}

/// Neumaier's compensated sum of the values less `origin`, or of the squared distances from `centre` of what is left.
///
/// Eight sums run side by side in blocks of fixed size and are joined in order: the same bits on any number of threads.
func compensatedSum(
  _ values: [Double], minus origin: Double = 0, threads: Int = 1, squaredFrom centre: Double? = nil
) -> Double {
  let blocks = (values.count + slotsPerBlock - 1) / slotsPerBlock
  let parts = mapConcurrently(blocks, threads: threads) { block -> CompensatedLanes in
    values.withUnsafeBufferPointer { values in
      var lanes = CompensatedLanes()
      let end = min(values.count, (block + 1) * slotsPerBlock)
      var slot = block * slotsPerBlock
      while slot < end {
        var next = SIMD8<Double>()
        for lane in 0..<min(8, end - slot) { next[lane] = values[slot + lane] - origin }
        if let centre {
          next -= centre
          next *= next
          for lane in min(8, end - slot)..<8 { next[lane] = 0 }
        }
        lanes.add(next)
        slot += 8
      }
      return lanes
    }
  }
  return total(parts)
}

/// The values less `origin`, eight at a time and block by block; what is missing of the last eight counts as 0.
@inline(__always)
private func lanesByBlocks<Part: Sendable>(
  _ values: [Double], minus origin: Double, threads: Int, start: Part,
  _ take: @Sendable (inout Part, SIMD8<Double>) -> Void
) -> [Part] {
  let blocks = (values.count + slotsPerBlock - 1) / slotsPerBlock
  return mapConcurrently(blocks, threads: threads) { block in
    values.withUnsafeBufferPointer { values in
      var part = start
      let end = min(values.count, (block + 1) * slotsPerBlock)
      var slot = block * slotsPerBlock
      while slot + 8 <= end {
        var next = SIMD8<Double>()
        for lane in 0..<8 { next[lane] = values[slot + lane] }
        take(&part, next - origin)
        slot += 8
      }
      if slot < end {
        var next = SIMD8<Double>(repeating: 0)
        for lane in 0..<end - slot { next[lane] = values[slot + lane] - origin }
        take(&part, next)
      }
      return part
    }
  }
}

/// The parts' lanes joined in order.
private func total(_ parts: some Sequence<CompensatedLanes>) -> Double {
  var total = 0.0
  var correction = 0.0
  for part in parts {
    for lane in 0..<8 {
      let value = part.sum[lane]
      let next = total + value
      correction += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
      total = next
      correction += part.correction[lane]
    }
  }
  return total + correction
}

/// Eight compensated sums side by side.
private struct CompensatedLanes: Sendable {
  var sum = SIMD8<Double>(repeating: 0)
  var correction = SIMD8<Double>(repeating: 0)

  /// Knuth's two-sum gives Neumaier's correction without asking which summand is larger.
  @inline(__always)
  mutating func add(_ next: SIMD8<Double>) {
    let total = sum + next
    let shadow = total - sum
    correction += (sum - (total - shadow)) + (next - shadow)
    sum = total
  }
}
