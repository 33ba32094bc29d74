internal import Randomness
internal import Threads

/// A pack of slots dealt from the top and put back in order afterwards, at a cost that depends on the cards dealt only.
struct Deck {
  private var cards: [Int32]
  private var swaps: [Int32] = []
  private(set) var dealt: [Int32] = []

  init(count: Int) { cards = (0..<Int32(count)).map { $0 } }

  /// Deals without replacement (Fisher and Yates's shuffle, stopped early), `without` one card if one is named.
  ///
  /// The cards are in `dealt` afterwards.
  mutating func deal(_ number: Int, from stream: inout RandomStream, without absent: Int? = nil) {
    dealt.removeAll(keepingCapacity: true)
    swaps.removeAll(keepingCapacity: true)
    var top = 0
    if let absent {
      cards.swapAt(0, absent)
      top = 1
    }
    for place in top..<(top + number) {
      let other = place + Int(stream.number(below: UInt64(cards.count - place)))
      cards.swapAt(place, other)
      swaps.append(Int32(other))
      dealt.append(cards[place])
    }
    var place = top + number
    while let other = swaps.popLast() {
      place -= 1
      cards.swapAt(place, Int(other))
    }
    if let absent { cards.swapAt(0, absent) }
  }
}

/// R sequences of slots, dealt once for a whole field.
///
/// For a cell with k neighbours the sample of a replicate is its first k cards; where the cell itself is among them, the
/// card after them takes its place, which leaves a uniform sample of the others.
struct ShuffledSequences: Sendable {
  let replicates: Int
  /// Cards of a sequence: one more than any cell has neighbours.
  let length: Int
  /// `cards[place * replicates + replicate]`, so that one place of all sequences is contiguous.
  let cards: [Int32]

  /// Replicates dealt by one thread in a row.
  private static let perBlock = 256

  init(count: Int, most: Int, replicates: Int, seed: UInt64, threads: Int) {
    let length = most + 1
    self.replicates = replicates
    self.length = length
    cards = [Int32](unsafeUninitializedCapacity: replicates * length) { buffer, filled in
      // Each block writes the replicates that are its own.
      nonisolated(unsafe) let out = buffer
      let lanes = max(1, min(threads, replicates / Self.perBlock))
      forEachConcurrently(lanes, threads: lanes) { lane in
        var deck = Deck(count: count)
        for replicate in replicates * lane / lanes..<replicates * (lane + 1) / lanes {
          var stream = RandomStream(seed: seed, slot: -1, replicate: replicate)
          deck.deal(length, from: &stream)
          for place in 0..<length { out[place * replicates + replicate] = deck.dealt[place] }
        }
      }
      filled = replicates * length
    }
  }

  /// Sums of `values` over the first k cards, `sums[k * replicates + replicate]`, for k from 0 to the largest.
  func prefixSums<Value: Summable>(of values: [Value]) -> [Value] {
    [Value](unsafeUninitializedCapacity: replicates * length) { sums, filled in
      for replicate in 0..<replicates { sums[replicate] = .zero }
      for place in replicates..<replicates * length {
        sums[place] = Value.plus(sums[place - replicates], values[Int(cards[place - replicates])])
      }
      filled = replicates * length
    }
  }

  /// The cards that are the cell itself among its first k: the slot, its place, the replicate.
  ///
  /// There are about R·k/n of them per cell; they are met in the same order always.
  func forEachOwnCard(counts: [Int32], _ body: (_ slot: Int, _ place: Int, _ replicate: Int) -> Void) {
    for place in 0..<length {
      for replicate in 0..<replicates {
        let slot = Int(cards[place * replicates + replicate])
        if place < Int(counts[slot]) { body(slot, place, replicate) }
      }
    }
  }
}
