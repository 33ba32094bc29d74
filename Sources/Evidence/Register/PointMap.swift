public import Geometry
internal import Glibc
public import Grids

/// One point of a map near a cell.
public struct NearbyPoint: Hashable, Sendable {
  /// Position in the caller's list.
  public let point: Int
  /// From the nearest edge of the cell, projected metres; 0 inside.
  public let distanceMetres: Double
  /// From the centre of the cell to the point, degrees clockwise from the map's north, 0..<360: true north where the map
  /// was given its projection, grid north otherwise.
  public let bearingDegrees: Double

  public init(point: Int, distanceMetres: Double, bearingDegrees: Double) {
    self.point = point
    self.distanceMetres = distanceMetres
    self.bearingDegrees = bearingDegrees
  }
}

/// Points of the plane by cell: firms, meters, complaints or fires.
///
/// Distances are those of the equal-area plane, which differ from true ones by up to 2 % over the "2+26" region. Grid
/// north is there 3 to 9 degrees clockwise of true north (0.58 a degree east of 105): give the projection for bearings
/// from true north.
public struct PointMap: Sendable {
  /// In whose plane the points lie and by whose cells they are found.
  public let lattice: Lattice
  /// As given; answers name them by position.
  public let points: [PlanePoint?]
  /// The cell of each point; `nil` without a position.
  public let cells: [CellID?]
  /// Positions of the points that have a cell, by cell, then in the order given.
  private let order: [Int32]
  private let sortedCells: [CellID]
  private let projection: EqualAreaProjection?

  /// - Parameters:
  ///   - points: In the plane of `lattice`; `nil` where there is no position.
  ///   - projection: Of that plane, for bearings from true north; `nil` leaves them from grid north.
  public init(_ points: [PlanePoint?], lattice: Lattice, projection: EqualAreaProjection? = nil) {
    self.lattice = lattice
    self.projection = projection
    self.points = points
    cells = points.map { $0.flatMap(lattice.cell(at:)) }
    let found = cells
    let placed = found.indices.filter { found[$0] != nil }
    let keyed = placed.compactMap { slot in found[slot].map { (cell: $0, slot: Int32(slot)) } }
      .sorted { ($0.cell, $0.slot) < ($1.cell, $1.slot) }
    order = keyed.map(\.slot)
    sortedCells = keyed.map(\.cell)
  }

  /// Positions of the points in a cell, ascending. - Complexity: O(log n).
  public func points(in cell: CellID) -> [Int] {
    let low = lowerBound(cell)
    var high = low
    while high < sortedCells.count, sortedCells[high] == cell { high += 1 }
    return order[low..<high].map(Int.init)
  }

  /// Every cell that has a point with its points, cells ascending.
  public var occupied: [(cell: CellID, points: [Int])] {
    var result: [(cell: CellID, points: [Int])] = []
    for (cell, slot) in zip(sortedCells, order) {
      if result.last?.cell == cell {
        result[result.count - 1].points.append(Int(slot))
      } else {
        result.append((cell: cell, points: [Int(slot)]))
      }
    }
    return result
  }

  /// Points within a distance of a cell, nearest first, of equally near ones the first given first.
  public func points(within metres: Double, of cell: CellID) -> [NearbyPoint] {
    precondition(cell.sizeMetres == lattice.sizeMetres, "cell \(cell) is not of this \(lattice.sizeMetres) m lattice")
    let box = lattice.box(of: cell)
    let centre = lattice.centre(of: cell)
    let reach = Int32((max(0, metres) / Double(lattice.sizeMetres)).rounded(.down)) + 1
    var found: [NearbyPoint] = []
    for row in cell.row - reach...cell.row + reach {
      var slot = lowerBound(CellID(sizeMetres: cell.sizeMetres, column: cell.column - reach, row: row))
      while slot < sortedCells.count, sortedCells[slot].row == row, sortedCells[slot].column <= cell.column + reach {
        let number = Int(order[slot])
        slot += 1
        guard let point = points[number] else { continue }
        let dx = max(box.minX - point.x, 0, point.x - box.maxX)
        let dy = max(box.minY - point.y, 0, point.y - box.maxY)
        let distance = (dx * dx + dy * dy).squareRoot()
        guard distance <= metres else { continue }
        found.append(
          NearbyPoint(
            point: number, distanceMetres: distance,
            bearingDegrees: bearing(from: centre, to: point)))
      }
    }
    return found.sorted { ($0.distanceMetres, $0.point) < ($1.distanceMetres, $1.point) }
  }

  private func bearing(from: PlanePoint, to: PlanePoint) -> Double {
    guard let projection else { return PointMap.bearing(from: from, to: to) }
    return GroundDirection(from: projection.inverse(from), to: projection.inverse(to)).bearingDegrees
  }

  /// Degrees clockwise from grid north, 0..<360; 0 when both are one point.
  public static func bearing(from: PlanePoint, to: PlanePoint) -> Double {
    let degrees = atan2(to.x - from.x, to.y - from.y) * 180 / .pi
    return degrees < 0 ? degrees + 360 : degrees
  }

  private func lowerBound(_ cell: CellID) -> Int {
    var low = 0
    var high = sortedCells.count
    while low < high {
      let middle = (low + high) / 2
      if sortedCells[middle] < cell { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
