internal import Digests

/// Draws by letting two units at a time settle their probabilities until all are 0 or 1.
///
/// The pivotal method (Deville & Tillé 1998, doi:10.1093/biomet/85.1.89) keeps every π exactly, and the numbers of every
/// set of units that is settled first to within one of their expectation. Where the second of the pair is the nearest
/// unit that is still open, the draw is spread in space: the local pivotal method 2 of Grafström, Lundström & Schelin
/// (2012), doi:10.1111/j.1541-0420.2011.01699.x.
///
/// Step k takes its three numbers from SHA-256 of `seed,lpm,k`: bytes 0-7 choose the first unit among the open ones,
/// bytes 8-15 the second among equally near ones, bytes 16-23 the outcome.
struct PivotalDraw: ~Copyable {
  /// Of every unit, on its way to 0 or 1.
  private(set) var probabilities: [Double]
  private var coins: SHA256Series
  private var step = 0

  /// A probability this near 0 or 1 is that: sums of doubles miss whole numbers by less.
  static let nearness = 1e-9

  init(probabilities: [Double], seed: String) {
    self.probabilities = probabilities
    coins = SHA256Series(prefix: Array("\(seed),lpm,".utf8))
  }

  /// Settles units until at most one of them is open.
  ///
  /// - Parameters:
  ///   - members: Slots, ascending; those settled before are passed over.
  ///   - positions: Of every unit of the frame; `nil` pairs units by chance alone.
  mutating func settle(_ members: [Int], positions: [FramePosition?]? = nil) {
    let open = members.filter { isOpen($0) && (positions == nil || positions?[$0] != nil) }
    guard open.count > 1 else { return }
    var list = OpenUnits(open, of: probabilities.count)
    var neighbours = positions.map { NeighbourGrid(open, positions: $0) }
    while list.slots.count > 1 {
      let coin = nextCoin()
      let first = list.slots[scaled(coin, at: 0, to: list.slots.count)]
      let second: Int
      if neighbours != nil {
        let nearest = neighbours?.nearest(to: first) ?? []
        second = nearest[scaled(coin, at: 8, to: nearest.count)]
      } else {
        // Any other: places from that of the first on move up by one.
        let place = scaled(coin, at: 8, to: list.slots.count - 1)
        second = list.slots[place < list.place(of: first) ? place : place + 1]
      }
      meet(first, second, outcome: Double(word(coin, at: 16) >> 11) / 9_007_199_254_740_992)
      for slot in [first, second] where !isOpen(slot) {
        list.remove(slot)
        neighbours?.remove(slot)
      }
    }
  }

  /// Settles a last open unit by one more coin, or by rounding where its probability is all but 0 or 1.
  mutating func finish() {
    for slot in probabilities.indices where isOpen(slot) {
      let rest = probabilities[slot]
      let u = Double(word(nextCoin(), at: 16) >> 11) / 9_007_199_254_740_992
      probabilities[slot] = rest > 1 - 1e-6 || (rest > 1e-6 && u < rest) ? 1 : 0
    }
  }

  var isDrawn: [Bool] { probabilities.map { $0 == 1 } }

  private func isOpen(_ slot: Int) -> Bool { probabilities[slot] > 0 && probabilities[slot] < 1 }

  private mutating func meet(_ i: Int, _ j: Int, outcome u: Double) {
    let (p, q) = (probabilities[i], probabilities[j])
    let sum = p + q
    if sum < 1 {
      let secondWins = u < q / sum
      probabilities[i] = secondWins ? 0 : snapped(sum)
      probabilities[j] = secondWins ? snapped(sum) : 0
    } else {
      let firstWins = u < (1 - q) / (2 - sum)
      probabilities[i] = firstWins ? 1 : snapped(sum - 1)
      probabilities[j] = firstWins ? snapped(sum - 1) : 1
    }
  }

  private func snapped(_ p: Double) -> Double {
    p < PivotalDraw.nearness ? 0 : p > 1 - PivotalDraw.nearness ? 1 : p
  }

  private mutating func nextCoin() -> SHA256Digest {
    let coin = coins.digest(ofUTF8: String(step))
    step += 1
    return coin
  }
}

/// Eight bytes of a digest as a number, most significant first.
private func word(_ digest: SHA256Digest, at start: Int) -> UInt64 {
  var word: UInt64 = 0
  for place in start..<start + 8 { word = word << 8 | UInt64(digest.bytes[place]) }
  return word
}

/// A number from 0 to below `count`: the high half of the product, so that the bias is below count / 2⁶⁴.
private func scaled(_ digest: SHA256Digest, at start: Int, to count: Int) -> Int {
  Int(word(digest, at: start).multipliedFullWidth(by: UInt64(count)).high)
}

/// The open units in one array; the last takes the place of one that leaves. The order is part of the draw's definition.
private struct OpenUnits {
  private(set) var slots: [Int]
  private var places: [Int]

  init(_ slots: [Int], of count: Int) {
    self.slots = slots
    places = [Int](repeating: -1, count: count)
    for (place, slot) in slots.enumerated() { places[slot] = place }
  }

  func place(of slot: Int) -> Int { places[slot] }

  mutating func remove(_ slot: Int) {
    let place = places[slot]
    let last = slots.removeLast()
    guard last != slot else { return }
    slots[place] = last
    places[last] = place
  }
}
