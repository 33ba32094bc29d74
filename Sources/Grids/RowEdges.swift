internal import Geometry

/// Edges of county borders by row of a lattice of degrees: what a position in that row has to be compared with.
struct RowEdges: Sendable {
  /// From the lower to the upper end.
  private struct Edge: Sendable {
    let x0, y0, x1, y1: Double
  }

  private var edges: [Edge] = []
  /// First row of each county, and where its rows begin in `starts`.
  private var firstRow: [Int] = []
  private var firstStart: [Int] = []
  /// Edges of row r of county c: `starts[firstStart[c] + r - firstRow[c]]` up to the next.
  private var starts: [Int32] = []

  init() {}

  init(_ boundaries: [CountyBoundary], south: Double, step: Double, rows: Int) {
    for boundary in boundaries {
      var own: [Edge] = []
      for ring in boundary.polygons.joined() {
        guard var from = ring.last else { continue }
        for to in ring {
          // Level edges are never crossed by a parallel, but they cross squares.
          if from.latitude <= to.latitude {
            own.append(Edge(x0: from.longitude, y0: from.latitude, x1: to.longitude, y1: to.latitude))
          } else {
            own.append(Edge(x0: to.longitude, y0: to.latitude, x1: from.longitude, y1: from.latitude))
          }
          from = to
        }
      }
      add(own, south: south, step: step, rows: rows)
    }
  }

  private mutating func add(_ own: [Edge], south: Double, step: Double, rows: Int) {
    // Rounding may put an end into the next row: a little to spare.
    func row(_ latitude: Double, _ spare: Double) -> Int {
      min(rows - 1, max(0, Int(((latitude - south) / step + spare).rounded(.down))))
    }
    let low = own.map { row($0.y0, -1e-6) }
    let high = own.map { row($0.y1, 1e-6) }
    let first = low.min() ?? 0
    let last = high.max() ?? -1
    firstRow.append(first)
    firstStart.append(starts.count)
    var counts = [Int32](repeating: 0, count: max(0, last - first + 1) + 1)
    for k in own.indices { for row in low[k]...high[k] { counts[row - first] += 1 } }
    var next = Int32(edges.count)
    for k in counts.indices {
      let count = counts[k]
      counts[k] = next
      next += count
    }
    starts += counts
    var place = counts
    edges.append(contentsOf: repeatElement(Edge(x0: 0, y0: 0, x1: 0, y1: 0), count: Int(next) - edges.count))
    for k in own.indices {
      for row in low[k]...high[k] {
        edges[Int(place[row - first])] = own[k]
        place[row - first] += 1
      }
    }
  }

  /// Rows that a county has edges in.
  func rows(of county: Int) -> Range<Int> {
    let end = county + 1 < firstStart.count ? firstStart[county + 1] : starts.count
    return firstRow[county]..<firstRow[county] + max(0, end - firstStart[county] - 1)
  }

  @inline(__always)
  private func slots(_ county: Int, _ row: Int) -> Range<Int> {
    let at = firstStart[county] + row - firstRow[county]
    return Int(starts[at])..<Int(starts[at + 1])
  }

  /// Whether a position of this row lies in a county: edges strictly east of it that its parallel crosses are odd.
  @inline(__always)
  func contains(county: Int, row: Int, _ x: Double, _ y: Double) -> Bool {
    guard rows(of: county).contains(row) else { return false }
    var inside = false
    edges.withUnsafeBufferPointer { edges in
      for k in slots(county, row) {
        let edge = edges[k]
        // The lower end belongs to an edge, the upper one does not.
        guard edge.y0 <= y, y < edge.y1, x <= max(edge.x0, edge.x1) else { continue }
        if x < min(edge.x0, edge.x1) || Self.isEast(edge, x, y) { inside.toggle() }
      }
    }
    return inside
  }

  /// Whether an edge passes strictly east of a position.
  private static func isEast(_ edge: Edge, _ x: Double, _ y: Double) -> Bool {
    let a = (edge.x1 - edge.x0) * (y - edge.y0)
    let b = (x - edge.x0) * (edge.y1 - edge.y0)
    let difference = a - b
    // Shewchuk (1997), Adaptive Precision Floating-Point Arithmetic, section 4.1: (3 + 16ε)ε, doi:10.1007/PL00009321.
    if difference.magnitude > 3.330_669_073_875_471_6e-16 * (a.magnitude + b.magnitude) { return difference > 0 }
    return exact(edge, x, y) > 0
  }

  /// The same difference in double-double arithmetic; its sign is right for coordinates of 15 digits.
  private static func exact(_ edge: Edge, _ x: Double, _ y: Double) -> Double {
    func minus(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
      let high = a - b
      let part = high - a
      return (high, (a - (high - part)) - (b + part))
    }
    func times(_ a: (high: Double, low: Double), _ b: (high: Double, low: Double)) -> (high: Double, low: Double) {
      let high = a.high * b.high
      let low = (-high).addingProduct(a.high, b.high)
      return (high, low + a.high * b.low + a.low * b.high)
    }
    let a = times(minus(edge.x1, edge.x0), minus(y, edge.y0))
    let b = times(minus(x, edge.x0), minus(edge.y1, edge.y0))
    let sum = minus(a.high, b.high)
    return sum.high + (sum.low + (a.low - b.low))
  }

  /// Longitudes that each edge of a row has within it.
  func spans(county: Int, row: Int, low: Double, high: Double) -> [(Double, Double)] {
    edges[slots(county, row)].map { edge in
      func longitude(_ latitude: Double) -> Double {
        if latitude <= edge.y0 { return edge.x0 }
        if latitude >= edge.y1 { return edge.x1 }
        return edge.x0 + (edge.x1 - edge.x0) * ((latitude - edge.y0) / (edge.y1 - edge.y0))
      }
      // Half a row to spare for edges that are here by rounding only.
      let spare = (high - low) * 1e-5
      let (a, b) = (longitude(low - spare), longitude(high + spare))
      return (min(a, b), max(a, b))
    }
  }

  /// Longitudes where a parallel crosses the border of a county.
  func crossings(county: Int, row: Int, latitude: Double) -> [Double] {
    edges[slots(county, row)].filter { $0.y0 <= latitude && latitude < $0.y1 }.map { edge in
      edge.x0 + (edge.x1 - edge.x0) * ((latitude - edge.y0) / (edge.y1 - edge.y0))
    }
  }
}
