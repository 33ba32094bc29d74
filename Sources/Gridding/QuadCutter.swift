internal import Geometry
internal import Grids

/// Cuts one convex quadrilateral along the lines of a lattice, in units of cells; its buffers are used again and again.
struct QuadCutter {
  enum Shape { case convex, folded, degenerate }

  private(set) var minX = 0.0
  private(set) var maxX = 0.0
  private(set) var minY = 0.0
  private(set) var maxY = 0.0
  private var polygon = ClippedPolygon()
  private var strip = ClippedPolygon()
  private var spare = ClippedPolygon()
  private var piece = ClippedPolygon()

  mutating func load(_ xs: ArraySlice<Double>, _ ys: ArraySlice<Double>, _ lattice: Lattice) {
    let side = Double(lattice.sizeMetres)
    polygon.count = 0
    (minX, maxX, minY, maxY) = (.infinity, -.infinity, .infinity, -.infinity)
    for (x, y) in zip(xs, ys) {
      let px = (x - lattice.originX) / side
      let py = (y - lattice.originY) / side
      polygon.append(px, py)
      minX = min(minX, px)
      maxX = max(maxX, px)
      minY = min(minY, py)
      maxY = max(maxY, py)
    }
  }

  /// Whether the corners go round a convex shape with an area.
  func shape() -> Shape {
    var positive = 0
    var negative = 0
    for k in 0..<4 {
      let (a, b, c) = (k, (k + 1) % 4, (k + 2) % 4)
      let cross =
        (polygon.xs[b] - polygon.xs[a]) * (polygon.ys[c] - polygon.ys[b])
        - (polygon.ys[b] - polygon.ys[a]) * (polygon.xs[c] - polygon.xs[b])
      if cross > 0 { positive += 1 } else if cross < 0 { negative += 1 }
    }
    guard abs(polygon.area) > 1e-12 else { return positive > 0 && negative > 0 ? .folded : .degenerate }
    return positive > 0 && negative > 0 ? .folded : .convex
  }

  /// Gives the area in each cell it touches, in units of a cell.
  mutating func cut(_ take: (_ column: Int32, _ row: Int32, _ area: Double) -> Void) {
    let firstRow = Int32(minY.rounded(.down))
    let lastRow = Int32(maxY.rounded(.down))
    let firstColumn = Int32(minX.rounded(.down))
    let lastColumn = Int32(maxX.rounded(.down))
    if firstRow == lastRow, firstColumn == lastColumn {
      take(firstColumn, firstRow, abs(polygon.area))
      return
    }
    for row in firstRow...lastRow {
      polygon.clip(axis: .y, from: Double(row), to: Double(row) + 1, into: &strip, using: &spare)
      guard strip.count >= 3 else { continue }
      for column in firstColumn...lastColumn {
        strip.clip(axis: .x, from: Double(column), to: Double(column) + 1, into: &piece, using: &spare)
        guard piece.count >= 3 else { continue }
        let area = abs(piece.area)
        if area > 0 { take(column, row, area) }
      }
    }
  }
}

/// A convex polygon of at most 16 corners in arrays that are kept.
struct ClippedPolygon {
  enum Axis { case x, y }

  var xs = [Double](repeating: 0, count: 16)
  var ys = [Double](repeating: 0, count: 16)
  var count = 0

  mutating func append(_ x: Double, _ y: Double) {
    xs[count] = x
    ys[count] = y
    count += 1
  }

  /// Signed, by the shoelace formula relative to the first corner.
  var area: Double {
    guard count >= 3 else { return 0 }
    var sum = 0.0
    for k in 1..<count - 1 {
      sum += (xs[k] - xs[0]) * (ys[k + 1] - ys[0]) - (xs[k + 1] - xs[0]) * (ys[k] - ys[0])
    }
    return sum / 2
  }

  /// The part between two parallel lines.
  func clip(axis: Axis, from low: Double, to high: Double, into result: inout Self, using spare: inout Self) {
    clip(axis: axis, keeping: low, above: true, into: &spare)
    spare.clip(axis: axis, keeping: high, above: false, into: &result)
  }

  private func clip(axis: Axis, keeping line: Double, above: Bool, into result: inout Self) {
    result.count = 0
    guard count > 0 else { return }
    var previousX = xs[count - 1]
    var previousY = ys[count - 1]
    var previousDistance = (axis == .x ? previousX : previousY) - line
    if !above { previousDistance = -previousDistance }
    for k in 0..<count {
      let x = xs[k]
      let y = ys[k]
      var distance = (axis == .x ? x : y) - line
      if !above { distance = -distance }
      if (distance > 0) != (previousDistance > 0), distance != previousDistance {
        let t = previousDistance / (previousDistance - distance)
        result.append(
          axis == .x ? line : previousX + t * (x - previousX), axis == .y ? line : previousY + t * (y - previousY))
      }
      if distance > 0 { result.append(x, y) }
      (previousX, previousY, previousDistance) = (x, y, distance)
    }
  }
}
