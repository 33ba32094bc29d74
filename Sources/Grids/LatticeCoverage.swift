public import Geometry

/// Exact areas of polygons in the cells of a lattice.
///
/// Every edge is cut at the lattice lines and leaves, in each cell it passes, the signed area between itself and the
/// cell's east side; what lies further east follows from a running sum along the row. The cost grows with edges and
/// cells of the bounding box, not with their product, and the result is exact up to rounding: it is the area rasteriser
/// of font engines with real-valued coverage. The twin in the tests is a GEOS intersection per cell.
public struct LatticeCoverage: Sendable {
  /// Column and row of the south-west cell of the window.
  public let firstColumn: Int32
  public let firstRow: Int32
  public let columns: Int
  public let rows: Int
  /// Share of each cell that the shape covers, row by row from the south; noise up to 1e-12 either side of 0 and 1.
  public private(set) var shares: [Double]

  /// - Parameter shape: Valid polygons that do not overlap, in the plane of the lattice.
  public init(of shape: PlaneMultiPolygon, on lattice: Lattice) {
    let side = Double(lattice.sizeMetres)
    var box: PlaneBox?
    for polygon in shape.polygons {
      guard let next = polygon.box else { continue }
      box =
        box.map {
          PlaneBox(
            minX: min($0.minX, next.minX), minY: min($0.minY, next.minY), maxX: max($0.maxX, next.maxX),
            maxY: max($0.maxY, next.maxY))
        } ?? next
    }
    guard let box, let southWest = lattice.cell(at: PlanePoint(x: box.minX, y: box.minY)),
      let northEast = lattice.cell(at: PlanePoint(x: box.maxX, y: box.maxY))
    else {
      (firstColumn, firstRow, columns, rows, shares) = (0, 0, 0, 0, [])
      return
    }
    firstColumn = southWest.column
    firstRow = southWest.row
    columns = Int(northEast.column - southWest.column) + 1
    rows = Int(northEast.row - southWest.row) + 1
    var inside = [Double](repeating: 0, count: columns * rows)
    var beyond = inside
    let window = lattice.box(of: southWest)
    for polygon in shape.polygons {
      for (number, ring) in ([polygon.exterior] + polygon.holes).enumerated() {
        // A counter-clockwise exterior leaves negative areas east of itself.
        let orientation: Double = PlanePolygon.signedArea(ring) > 0 ? -1 : 1
        let sign = number == 0 ? orientation : -orientation
        guard var from = ring.last.map({ (x: ($0.x - window.minX) / side, y: ($0.y - window.minY) / side) }) else {
          continue
        }
        for point in ring {
          let to = (x: (point.x - window.minX) / side, y: (point.y - window.minY) / side)
          Self.addEdge(from, to, sign, columns, rows, &inside, &beyond)
          from = to
        }
      }
    }
    for row in 0..<rows {
      var sum = 0.0
      for slot in row * columns..<(row + 1) * columns {
        inside[slot] += sum
        sum += beyond[slot]
      }
    }
    shares = inside
  }

  /// Adds one edge, in units of cells from the window's corner.
  private static func addEdge(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ sign: Double, _ columns: Int, _ rows: Int,
    _ inside: inout [Double], _ beyond: inout [Double]
  ) {
    let dx = to.x - from.x
    let dy = to.y - from.y
    guard dy != 0 else { return }
    var nextX = dx > 0 ? from.x.rounded(.down) + 1 : from.x.rounded(.up) - 1
    var nextY = dy > 0 ? from.y.rounded(.down) + 1 : from.y.rounded(.up) - 1
    var t = 0.0
    while t < 1 {
      let tX = dx == 0 ? Double.infinity : (nextX - from.x) / dx
      let tY = (nextY - from.y) / dy
      let end = min(1, tX, tY)
      let x0 = from.x + t * dx
      let x1 = end == 1 ? to.x : from.x + end * dx
      let height = (end == 1 ? to.y : from.y + end * dy) - (from.y + t * dy)
      let middle = (t + end) / 2
      let column = min(columns - 1, max(0, Int((from.x + middle * dx).rounded(.down))))
      let row = min(rows - 1, max(0, Int((from.y + middle * dy).rounded(.down))))
      let slot = row * columns + column
      inside[slot] += sign * height * (Double(column) + 1 - (x0 + x1) / 2)
      beyond[slot] += sign * height
      if tX <= end { nextX += dx > 0 ? 1 : -1 }
      if tY <= end { nextY += dy > 0 ? 1 : -1 }
      t = end
    }
  }
}
