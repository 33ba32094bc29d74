/// Cuts one simple polygon along the lines of a lattice, in units of cells; its buffers are used again and again.
///
/// Every edge leaves, in each cell it passes, the signed area between itself and the cell's east side; what lies further
/// east follows from a running sum along the row (the exact-coverage scan of ``Grids/LatticeCoverage``). The cost grows
/// with the edges' cells plus the cells of the bounding box, and concave shapes need no special care.
struct PolygonCutter {
  private var inside: [Double] = []
  private var beyond: [Double] = []
  /// Box of the vertices that were measured last, in cells.
  private(set) var minX = 0.0
  private(set) var maxX = 0.0
  private(set) var minY = 0.0
  private(set) var maxY = 0.0
  /// Signed area, positive for counter-clockwise vertices, in cells.
  private(set) var area = 0.0

  /// Box and area of a polygon. - Returns: `false` when a vertex is not a number.
  @inline(__always)
  mutating func measure(_ xs: UnsafeBufferPointer<Double>, _ ys: UnsafeBufferPointer<Double>) -> Bool {
    let (x0, y0) = (xs[0], ys[0])
    (minX, maxX, minY, maxY) = (x0, x0, y0, y0)
    var sum = 0.0
    var (px, py) = (0.0, 0.0)
    for k in 1..<xs.count {
      let (x, y) = (xs[k], ys[k])
      minX = min(minX, x)
      maxX = max(maxX, x)
      minY = min(minY, y)
      maxY = max(maxY, y)
      // Relative to the first vertex: coordinates are large, areas small.
      let (qx, qy) = (x - x0, y - y0)
      sum += px * qy - qx * py
      (px, py) = (qx, qy)
    }
    area = sum / 2
    // A NaN or an infinity anywhere survives into the sum.
    return area.isFinite
  }

  /// Why a quadrilateral cannot be cut: two left and two right turns are a bow-tie, three and one a concave shape.
  @inline(__always)
  func refusal(
    _ xs: UnsafeBufferPointer<Double>, _ ys: UnsafeBufferPointer<Double>, smallestArea: Double
  ) -> PixelRefusal? {
    var left = 0
    var right = 0
    for k in 0..<4 {
      let (a, b, c) = (k, (k + 1) & 3, (k + 2) & 3)
      let cross = (xs[b] - xs[a]) * (ys[c] - ys[b]) - (ys[b] - ys[a]) * (xs[c] - xs[b])
      if cross > 0 { left += 1 } else if cross < 0 { right += 1 }
    }
    if left > 0, right > 0, left + right < 4 || left == right { return .folded }
    return area.magnitude > smallestArea ? nil : .degenerate
  }

  /// Gives the area in each cell of the polygon that was measured last, in cells.
  ///
  /// Slivers below 1e-12 of the polygon are rounding noise and left out.
  @inline(__always)
  mutating func cut(
    _ xs: UnsafeBufferPointer<Double>, _ ys: UnsafeBufferPointer<Double>,
    _ take: (_ column: Int32, _ row: Int32, _ area: Double) -> Void
  ) {
    let west = minX.rounded(.down)
    let south = minY.rounded(.down)
    let columns = Int(maxX.rounded(.down) - west) + 1
    let rows = Int(maxY.rounded(.down) - south) + 1
    let firstColumn = Int32(west)
    let firstRow = Int32(south)
    if columns == 1, rows == 1 {
      take(firstColumn, firstRow, area.magnitude)
      return
    }
    let size = columns * rows
    if inside.count < size {
      inside = [Double](repeating: 0, count: size)
      beyond = inside
    }
    // A counter-clockwise polygon leaves negative areas east of its west side.
    let sign: Double = area > 0 ? -1 : 1
    let least = max(area.magnitude * 1e-12, Double(size) * 1e-15)
    inside.withUnsafeMutableBufferPointer { inside in
      beyond.withUnsafeMutableBufferPointer { beyond in
        var fromX = xs[xs.count - 1] - west
        var fromY = ys[ys.count - 1] - south
        for k in 0..<xs.count {
          let toX = xs[k] - west
          let toY = ys[k] - south
          Self.addEdge(fromX, fromY, toX, toY, columns, rows, inside, beyond)
          (fromX, fromY) = (toX, toY)
        }
        for row in 0..<rows {
          var sum = 0.0
          let start = row * columns
          for column in 0..<columns {
            let area = (inside[start + column] + sum) * sign
            sum += beyond[start + column]
            inside[start + column] = 0
            beyond[start + column] = 0
            if area > least { take(firstColumn + Int32(column), firstRow + Int32(row), area) }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func addEdge(
    _ fromX: Double, _ fromY: Double, _ toX: Double, _ toY: Double, _ columns: Int, _ rows: Int,
    _ inside: UnsafeMutableBufferPointer<Double>, _ beyond: UnsafeMutableBufferPointer<Double>
  ) {
    let dx = toX - fromX
    let dy = toY - fromY
    guard dy != 0 else { return }
    let fromColumn = fromX.rounded(.down)
    let fromRow = fromY.rounded(.down)
    if fromColumn == toX.rounded(.down), fromRow == toY.rounded(.down) {
      let slot = min(rows - 1, Int(fromRow)) * columns + min(columns - 1, Int(fromColumn))
      inside[slot] += dy * (fromColumn + 1 - (fromX + toX) / 2)
      beyond[slot] += dy
      return
    }
    var nextX = dx > 0 ? fromColumn + 1 : fromX.rounded(.up) - 1
    var nextY = dy > 0 ? fromRow + 1 : fromY.rounded(.up) - 1
    let perX = 1 / dx
    let perY = 1 / dy
    var t = 0.0
    var x0 = fromX
    var y0 = fromY
    while t < 1 {
      let tX = dx == 0 ? Double.infinity : (nextX - fromX) * perX
      let tY = (nextY - fromY) * perY
      let end = min(1, min(tX, tY))
      let x1 = end == 1 ? toX : fromX + end * dx
      let y1 = end == 1 ? toY : fromY + end * dy
      let column = min(columns - 1, max(0, Int(((x0 + x1) / 2).rounded(.down))))
      let row = min(rows - 1, max(0, Int(((y0 + y1) / 2).rounded(.down))))
      let slot = row * columns + column
      inside[slot] += (y1 - y0) * (Double(column) + 1 - (x0 + x1) / 2)
      beyond[slot] += y1 - y0
      if tX <= end { nextX += dx > 0 ? 1 : -1 }
      if tY <= end { nextY += dy > 0 ? 1 : -1 }
      t = end
      (x0, y0) = (x1, y1)
    }
  }
}
