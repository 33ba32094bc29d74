internal import Grids
internal import Threads

/// Quantiles over a shape of steps around every cell, by sliding it along rows: exact, and the twin of looking at every step.
///
/// Values are replaced by their ranks, those in the shape are bits of a set over all ranks, and a finger stays at the rank
/// asked for (after Huang, Yang & Tang 1979, doi:10.1109/TASSP.1979.1163188, whose histogram holds levels instead of ranks).
/// From a cell to the next only the edge of the shape changes.
struct RingQuantiles: Sendable {
  private let window: LatticeWindow
  /// Of the value at each position of the window; -1 where there is none.
  private let ranks: [Int32]
  /// Values by rank.
  private let sorted: [Double]
  /// Steps of the shape, and those that come in or fall out when it moves a column to the east.
  private let offsets: [Int]
  private let entering: [Int]
  private let leaving: [Int]

  /// - Parameters:
  ///   - values: One per cell of the window, none of them NaN.
  ///   - steps: Of the shape, each once, within the window's margin.
  init(_ window: LatticeWindow, values: [Double], steps: [(east: Int, north: Int)]) {
    self.window = window
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    sorted = order.map { values[$0] }
    var ranks = [Int32](repeating: 0, count: values.count)
    for (rank, slot) in order.enumerated() { ranks[slot] = Int32(rank) }
    self.ranks = window.spread(ranks, empty: -1)
    let stride = window.stride
    func offset(_ step: (east: Int, north: Int)) -> Int { step.north * stride + step.east }
    let all = Set(steps.map(offset))
    offsets = steps.map(offset)
    // A margin separates rows, so that a step to the side stays within its row.
    entering = offsets.filter { !all.contains($0 + 1) }
    leaving = offsets.filter { !all.contains($0 - 1) }.map { $0 - 1 }
  }

  /// The quantile of every cell by Hyndman & Fan's type 7, the median as the mean of the two middle values.
  ///
  /// - Parameter fewest: Values that the shape must hold.
  /// - Returns: One per slot; `nil` where there are fewer. `counts` says how many values there were.
  func quantiles(_ quantile: Double, fewest: Int, threads: Int) -> (values: [Double?], counts: [Int32]) {
    let positions = window.positions
    let count = positions.count
    var values = [Double?](repeating: nil, count: count)
    var counts = [Int32](repeating: 0, count: count)
    // Rows as ranges of slots: positions ascend.
    var starts: [Int] = []
    for slot in 0..<count
    where slot == 0 || positions[slot] / Int32(window.stride) != positions[slot - 1] / Int32(window.stride) {
      starts.append(slot)
    }
    starts.append(count)
    let rows = starts.count - 1
    let pieces = min(rows, 8 * max(1, threads))
    let bounds = starts
    values.withUnsafeMutableBufferPointer { values in
      counts.withUnsafeMutableBufferPointer { counts in
        // Each row writes its own slots.
        nonisolated(unsafe) let values = values
        nonisolated(unsafe) let counts = counts
        forEachConcurrently(pieces, threads: threads) { piece in
          var held = HeldRanks(count: sorted.count)
          for row in rows * piece / pieces..<rows * (piece + 1) / pieces {
            slide(bounds[row]..<bounds[row + 1], &held) { slot, held in
              counts[slot] = Int32(held.count)
              if held.count >= fewest { values[slot] = self.quantile(quantile, of: &held) }
            }
          }
        }
      }
    }
    return (values, counts)
  }

  private func slide(_ slots: Range<Int>, _ held: inout HeldRanks, _ tell: (Int, inout HeldRanks) -> Void) {
    held.removeAll()
    var position = Int(window.positions[slots.lowerBound])
    ranks.withUnsafeBufferPointer { ranks in
      for offset in offsets where ranks[position + offset] >= 0 { held.insert(ranks[position + offset]) }
      for slot in slots {
        let next = Int(window.positions[slot])
        while position < next {
          position += 1
          for offset in leaving where ranks[position + offset] >= 0 { held.remove(ranks[position + offset]) }
          for offset in entering where ranks[position + offset] >= 0 { held.insert(ranks[position + offset]) }
        }
        tell(slot, &held)
      }
    }
  }

  private func quantile(_ quantile: Double, of held: inout HeldRanks) -> Double {
    let count = held.count
    if quantile == 0.5 {
      let upper = sorted[held.rank(at: count / 2)]
      return count % 2 == 1 ? upper : (sorted[held.rank(at: count / 2 - 1)] + upper) / 2
    }
    let place = quantile * Double(count - 1)
    let low = Int(place)
    let first = sorted[held.rank(at: low)]
    let second = sorted[held.rank(at: min(count - 1, low + 1))]
    return first + (place - Double(low)) * (second - first)
  }
}

/// A set of ranks with a finger that remembers how many lie below it.
private struct HeldRanks {
  private var words: [UInt64]
  private(set) var count = 0
  private var finger = 0
  /// Ranks in the set that are smaller than the finger.
  private var below = 0

  init(count: Int) { words = [UInt64](repeating: 0, count: count / 64 + 1) }

  mutating func removeAll() {
    for k in words.indices { words[k] = 0 }
    (count, finger, below) = (0, 0, 0)
  }

  @inline(__always)
  mutating func insert(_ rank: Int32) {
    words[Int(rank) >> 6] |= 1 << UInt64(rank & 63)
    count += 1
    below += Int(rank) < finger ? 1 : 0
  }

  @inline(__always)
  mutating func remove(_ rank: Int32) {
    words[Int(rank) >> 6] &= ~(1 << UInt64(rank & 63))
    count -= 1
    below -= Int(rank) < finger ? 1 : 0
  }

  /// The rank with `place` smaller ones in the set; the finger moves there.
  mutating func rank(at place: Int) -> Int {
    // Whole words first, downwards until at most `place` lie below, then upwards.
    while below > place {
      let word = (finger - 1) >> 6
      let part = words[word] & mask(below: finger - word << 6)
      below -= part.nonzeroBitCount
      finger = word << 6
    }
    while true {
      let word = finger >> 6
      let part = words[word] & ~mask(below: finger & 63)
      let inside = part.nonzeroBitCount
      if below + inside > place {
        var left = part
        for _ in 0..<place - below { left &= left - 1 }
        below = place
        finger = word << 6 + left.trailingZeroBitCount
        return finger
      }
      below += inside
      finger = (word + 1) << 6
    }
  }

  /// The lowest `bits` bits, 0...64.
  private func mask(below bits: Int) -> UInt64 { bits >= 64 ? .max : (1 << UInt64(bits)) - 1 }
}
