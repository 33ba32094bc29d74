/// Finds the nearest of many places by looking through buckets of the plane, ring by ring.
struct NearestPlaces: Sendable {
  private let us: [Double]
  private let vs: [Double]
  private let side: Double
  private let originU: Double
  private let originV: Double
  private let columns: Int
  private let rows: Int
  private let starts: [Int32]
  private let members: [Int32]

  init(us: [Double], vs: [Double]) {
    self.us = us
    self.vs = vs
    originU = us.min() ?? 0
    originV = vs.min() ?? 0
    let width = (us.max() ?? 0) - originU
    let height = (vs.max() ?? 0) - originV
    // About two places a bucket, however long and thin the region is.
    let area = max(width * height, 1e-12 * max(width, height) * max(width, height))
    side = max((2 * area / Double(max(1, us.count))).squareRoot(), max(width, height) / 4096, .leastNormalMagnitude)
    columns = Int(width / side) + 1
    rows = Int(height / side) + 1
    var counts = [Int32](repeating: 0, count: columns * rows + 1)
    let (originU, originV, side, columns, rows) = (originU, originV, side, columns, rows)
    let buckets = us.indices.map { k in
      min(rows - 1, Int((vs[k] - originV) / side)) * columns + min(columns - 1, Int((us[k] - originU) / side))
    }
    for bucket in buckets { counts[bucket + 1] += 1 }
    for k in 1..<counts.count { counts[k] += counts[k - 1] }
    let starts = counts
    var members = [Int32](repeating: 0, count: us.count)
    for (place, bucket) in buckets.enumerated() {
      members[Int(counts[bucket])] = Int32(place)
      counts[bucket] += 1
    }
    self.starts = starts
    self.members = members
  }

  /// The `count` nearest places, nearest first; of two at one distance the one that stands first in the list.
  ///
  /// - Parameters:
  ///   - skipping: A place that is passed over; -1 for none.
  ///   - accept: Further places may be passed over.
  ///   - found: Filled with distance squared and place.
  func nearest(
    _ count: Int, to u: Double, _ v: Double, found: inout [(square: Double, place: Int32)],
    accept: (Int32) -> Bool
  ) {
    found.removeAll(keepingCapacity: true)
    let column = Int(((u - originU) / side).rounded(.down).clamped(-1e6, 1e6))
    let row = Int(((v - originV) / side).rounded(.down).clamped(-1e6, 1e6))
    // Rings before the first that touches the buckets are empty.
    let gapColumns = max(0, max(-column, column - columns + 1))
    let gapRows = max(0, max(-row, row - rows + 1))
    let last = max(max(abs(column), abs(column - columns + 1)), max(abs(row), abs(row - rows + 1)))
    var ring = max(gapColumns, gapRows)
    while ring <= last {
      if found.count == count, let farthest = found.last {
        // What lies in this ring or beyond is at least this far away.
        let reach =
          Double(ring - 1) * side
          + min(
            min(u - originU - Double(column) * side, Double(column + 1) * side - (u - originU)),
            min(v - originV - Double(row) * side, Double(row + 1) * side - (v - originV)))
        if reach > 0, reach * reach > farthest.square { return }
      }
      for r in max(0, row - ring)...max(0, min(rows - 1, row + ring)) where abs(r - row) <= ring {
        let isEdge = abs(r - row) == ring
        let step = isEdge || ring == 0 ? 1 : 2 * ring
        var c = column - ring
        while c <= column + ring {
          if c >= 0, c < columns { take(r * columns + c, count, u, v, &found, accept) }
          c += step
        }
      }
      ring += 1
    }
  }

  @inline(__always)
  private func take(
    _ bucket: Int, _ count: Int, _ u: Double, _ v: Double, _ found: inout [(square: Double, place: Int32)],
    _ accept: (Int32) -> Bool
  ) {
    for k in Int(starts[bucket])..<Int(starts[bucket + 1]) {
      let place = members[k]
      let du = us[Int(place)] - u
      let dv = vs[Int(place)] - v
      let square = du * du + dv * dv
      if found.count == count {
        guard let farthest = found.last, (square, place) < (farthest.square, farthest.place) else { continue }
        guard accept(place) else { continue }
        found.removeLast()
      } else {
        guard accept(place) else { continue }
      }
      var position = found.count
      while position > 0, (square, place) < (found[position - 1].square, found[position - 1].place) { position -= 1 }
      found.insert((square, place), at: position)
    }
  }
}

extension Double {
  fileprivate func clamped(_ low: Double, _ high: Double) -> Double { Swift.min(high, Swift.max(low, self)) }
}
