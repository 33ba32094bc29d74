/// The cells that a flexible zone may hold: those nearest to its centre, and which of them touch.
struct FlexibleWindow: Sendable {
  /// Steps from the centre, which is first.
  let offsets: [(column: Int, row: Int)]
  /// Per place, the places that touch it by an edge or a corner, as bits.
  let touching: [UInt32]
  /// Steps to the farthest column or row.
  let reach: Int

  /// - Parameter nearest: Cells, the centre among them; 2 to 25.
  init(nearest: Int) {
    precondition((2...25).contains(nearest), "2 to 25 cells")
    let all = (-3...3).flatMap { row in (-3...3).map { (column: $0, row: row) } }
    let sorted = all.sorted {
      ($0.column * $0.column + $0.row * $0.row, $0.row, $0.column)
        < ($1.column * $1.column + $1.row * $1.row, $1.row, $1.column)
    }
    let offsets = Array(sorted.prefix(nearest))
    self.offsets = offsets
    touching = offsets.map { one in
      offsets.enumerated().reduce(UInt32(0)) { bits, other in
        let distance = max(abs(other.element.column - one.column), abs(other.element.row - one.row))
        return distance == 1 ? bits | 1 << UInt32(other.offset) : bits
      }
    }
    reach = offsets.reduce(0) { max($0, abs($1.column), abs($1.row)) }
  }
}

/// The connected set with the highest statistic among those that hold the centre.
///
/// Likelihood ratios of scans are convex in data and expectation and rise with data, so that the best set without the condition of
/// being connected holds the cells with the highest ratios of the two (Neill 2012, doi:10.1111/j.1467-9868.2011.01014.x). Where that
/// set is not better than what is known, no connected set is, and where it is connected, none is better: most windows end there.
struct FlexibleSearch {
  private let window: FlexibleWindow
  private let total: Double
  private let mostCells: Int
  private var present: UInt32 = 0
  private var data: [Double]
  private var weights: [Double]
  private var order: [Int] = []

  init(window: FlexibleWindow, total: Double, mostCells: Int) {
    self.window = window
    self.total = total
    self.mostCells = mostCells
    data = [Double](repeating: 0, count: window.offsets.count)
    weights = data
  }

  /// Empties the window.
  mutating func begin() {
    present = 0
    order.removeAll(keepingCapacity: true)
  }

  /// Puts a raised cell at a place of the window.
  mutating func add(_ place: Int, data: Double, weight: Double) {
    present |= 1 << UInt32(place)
    self.data[place] = data
    weights[place] = weight
    order.append(place)
  }

  /// - Parameters:
  ///   - above: What the statistic has to beat.
  ///   - statistic: Of data and weight; what does not exceed its third argument may be given as 0.
  /// - Returns: 0 where nothing beats it, and how many sets were looked at.
  mutating func run(
    above: Double, _ statistic: (Double, Double, Double) -> Double
  ) -> (statistic: Double, chosen: UInt32, sets: Int) {
    var (best, chosen, sets) = (above, UInt32(0), 0)
    let reached = connected(from: 1, within: present)
    order.removeAll { reached >> UInt32($0) & 1 == 0 }
    if order.count > 1 {
      // Few cells: sorted by insertion.
      for k in order.indices.dropFirst() {
        var j = k
        while j > 0, data[order[j]] * weights[order[j - 1]] > data[order[j - 1]] * weights[order[j]] {
          order.swapAt(j, j - 1)
          j -= 1
        }
      }
      var (sum, weight, bits, bound, boundBits) = (0.0, 0.0, UInt32(0), 0.0, UInt32(0))
      for place in order {
        sum += data[place]
        weight += weights[place]
        bits |= 1 << UInt32(place)
        guard weight < total else { break }
        let value = statistic(sum, weight, bound)
        if value > bound { (bound, boundBits) = (value, bits) }
      }
      // A hair of slack: sums taken in another order differ in their last bits.
      guard bound > best * (1 - 1e-12) else { return (0, 0, order.count) }
      if boundBits & 1 == 1, boundBits.nonzeroBitCount <= mostCells, connected(from: 1, within: boundBits) == boundBits
      {
        return bound > best ? (bound, boundBits, order.count) : (0, 0, order.count)
      }
    }
    // Every connected set once: a cell is taken, or never again below this point.
    func grow(_ bits: UInt32, _ sum: Double, _ weight: Double, _ edge: UInt32, _ barred: UInt32) {
      sets += 1
      guard weight < total else { return }
      let value = statistic(sum, weight, best)
      if value > best { (best, chosen) = (value, bits) }
      guard bits.nonzeroBitCount < mostCells else { return }
      var (left, barred) = (edge, barred)
      while left != 0 {
        let place = left.trailingZeroBitCount
        let bit = UInt32(1) << UInt32(place)
        left &= ~bit
        barred |= bit
        grow(
          bits | bit, sum + data[place], weight + weights[place],
          left | (window.touching[place] & reached & ~(barred | bits | bit)), barred)
      }
    }
    grow(1, data[0], weights[0], window.touching[0] & reached, 1)
    return (chosen == 0 ? 0 : best, chosen, sets)
  }

  private func connected(from start: UInt32, within bits: UInt32) -> UInt32 {
    var (reached, news) = (start & bits, start & bits)
    while news != 0 {
      let place = news.trailingZeroBitCount
      news &= news - 1
      let more = window.touching[place] & bits & ~reached
      reached |= more
      news |= more
    }
    return reached
  }
}
