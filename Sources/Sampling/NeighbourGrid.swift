/// Finds the nearest of a shrinking set of points, with all that are equally near.
///
/// Points are kept in square bins of about two; a search looks at rings of bins until nothing nearer can follow. The
/// bins are laid anew whenever half of the points are gone, so that a search stays short to the end.
///
/// Complexity: about constant time a search where points are spread; linear in the number of points in one place.
struct NeighbourGrid {
  private let positions: [FramePosition?]
  private var present: [Int]
  private var isPresent: [Bool]
  private var leftToGo: Int
  private var side = 1.0
  private var (minX, minY) = (0.0, 0.0)
  private var (columns, rows) = (1, 1)
  private var starts: [Int] = []
  private var binned: [Int] = []

  /// - Parameter slots: Points of the set, ascending; each has a position.
  init(_ slots: [Int], positions: [FramePosition?]) {
    self.positions = positions
    present = slots
    isPresent = [Bool](repeating: false, count: positions.count)
    for slot in slots { isPresent[slot] = true }
    leftToGo = 0
    layBins()
  }

  mutating func remove(_ slot: Int) {
    guard isPresent[slot] else { return }
    isPresent[slot] = false
    leftToGo -= 1
    if leftToGo <= 0 {
      present = present.filter { isPresent[$0] }
      layBins()
    }
  }

  /// The slots nearest to a point of the set, itself left out, ascending; all of them when several are equally near.
  ///
  /// Distances are compared as `dx * dx + dy * dy` in doubles, so that ties are the same in every language.
  func nearest(to slot: Int) -> [Int] {
    guard let here = positions[slot] else { return [] }
    let (column, row) = bin(here)
    var best = Double.infinity
    var found: [Int] = []
    func look(_ c: Int, _ r: Int) {
      let bin = r * columns + c
      for place in starts[bin]..<starts[bin + 1] {
        let other = binned[place]
        guard isPresent[other], other != slot, let there = positions[other] else { continue }
        let (dx, dy) = (there.x - here.x, there.y - here.y)
        let distance = dx * dx + dy * dy
        if distance < best {
          best = distance
          found = [other]
        } else if distance == best {
          found.append(other)
        }
      }
    }
    for ring in 0...max(columns, rows) {
      // Whatever lies beyond ring k is more than k sides away along one axis; a little less allows for rounding.
      let reach = Double(ring - 1) * side * 0.999_999
      if ring > 0, best < reach * reach { break }
      for r in max(0, row - ring)...min(rows - 1, row + ring) {
        if abs(r - row) == ring {
          for c in max(0, column - ring)...min(columns - 1, column + ring) { look(c, r) }
        } else {
          if column - ring >= 0 { look(column - ring, r) }
          if ring > 0, column + ring < columns { look(column + ring, r) }
        }
      }
    }
    return found.sorted()
  }

  private func bin(_ point: FramePosition) -> (column: Int, row: Int) {
    (
      min(columns - 1, max(0, Int((point.x - minX) / side))), min(rows - 1, max(0, Int((point.y - minY) / side)))
    )
  }

  private mutating func layBins() {
    leftToGo = max(1, present.count / 2)
    let points = present.compactMap { positions[$0] }
    minX = points.reduce(.infinity) { min($0, $1.x) }
    minY = points.reduce(.infinity) { min($0, $1.y) }
    let width = points.reduce(0) { max($0, $1.x - minX) }
    let height = points.reduce(0) { max($0, $1.y - minY) }
    let bins = Double(max(1, present.count / 2))
    // A line of points needs bins along the line, a single place one bin.
    side = max((width * height / bins).squareRoot(), max(width, height) / bins)
    if !(side > 0 && side.isFinite) { side = 1 }
    columns = Int(min(bins, width / side)) + 1
    rows = Int(min(bins, height / side)) + 1
    starts = [Int](repeating: 0, count: columns * rows + 1)
    let ofPoint = points.map { point in
      let (column, row) = bin(point)
      return row * columns + column
    }
    for bin in ofPoint { starts[bin + 1] += 1 }
    for bin in 1..<starts.count { starts[bin] += starts[bin - 1] }
    var next = starts
    binned = [Int](repeating: 0, count: present.count)
    for (slot, bin) in zip(present, ofPoint) {
      binned[next[bin]] = slot
      next[bin] += 1
    }
  }
}
