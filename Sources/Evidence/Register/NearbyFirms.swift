public import Geometry
public import Grids

/// A firm seen from a cell or a hotspot.
public struct NearbyFirm: Hashable, Sendable {
  /// Position in the caller's register.
  public let firm: Int
  /// From the nearest edge, metres of the equal-area plane; 0 inside.
  public let distanceMetres: Double
  /// From the middle to the firm, degrees clockwise from TRUE north, 0..<360.
  public let bearingDegrees: Double
  /// Chance that the firm lies in the cell, or in one of the hotspot's cells.
  public let probability: Double
}

/// Queen-connected cells that are hot together.
public struct HotspotShape: Hashable, Sendable {
  /// Ascending; the first gives the hotspot its name.
  public let cells: [CellID]

  /// Its first cell, so that the same cells have the same name every day.
  public var id: CellID { cells[0] }

  /// Groups cells that touch, if only at a corner; in order of their first cells.
  ///
  /// - Complexity: O(n log n).
  public static func connected(_ cells: [CellID]) -> [HotspotShape] {
    let sorted = Array(Set(cells)).sorted()
    var slots: [CellID: Int] = [:]
    for (slot, cell) in sorted.enumerated() { slots[cell] = slot }
    var group = [Int](repeating: -1, count: sorted.count)
    var groups: [[CellID]] = []
    for start in sorted.indices where group[start] < 0 {
      var members: [CellID] = []
      var open = [start]
      group[start] = groups.count
      while let slot = open.popLast() {
        members.append(sorted[slot])
        for neighbour in sorted[slot].ring(1) {
          guard let other = slots[neighbour], group[other] < 0 else { continue }
          group[other] = groups.count
          open.append(other)
        }
      }
      groups.append(members.sorted())
    }
    return groups.map { HotspotShape(cells: $0) }
  }
}

/// Firms per cell and per hotspot, with distance, true bearing and the chance to be inside.
public struct FirmFinder: Sendable {
  private let firms: FirmPlaces
  private let map: PointMap
  private let projection: EqualAreaProjection

  /// - Parameter projection: Of the region's lattice; bearings are taken on the ellipsoid, not on its plane.
  public init(_ firms: FirmPlaces, projection: EqualAreaProjection) {
    self.firms = firms
    self.projection = projection
    map = PointMap(firms.places.map(\.point), lattice: firms.region.lattice)
  }

  /// Firms within a distance of a cell, nearest first, of equally near ones the likelier first.
  ///
  /// - Parameter metres: From the nearest edge of the cell.
  public func firms(within metres: Double, of cell: CellID) -> [NearbyFirm] {
    firms(within: metres, of: HotspotShape(cells: [cell]))
  }

  /// Firms within a distance of any cell of a hotspot; the bearing is from the mean of the centres of its cells.
  public func firms(within metres: Double, of hotspot: HotspotShape) -> [NearbyFirm] {
    let lattice = firms.region.lattice
    var distances: [Int: Double] = [:]
    var middle = PlanePoint(x: 0, y: 0)
    for cell in hotspot.cells {
      let centre = lattice.centre(of: cell)
      middle.x += centre.x / Double(hotspot.cells.count)
      middle.y += centre.y / Double(hotspot.cells.count)
      for near in map.points(within: metres, of: cell) {
        distances[near.point] = min(near.distanceMetres, distances[near.point] ?? .infinity)
      }
    }
    let from = projection.inverse(middle)
    let found = distances.compactMap { firm, distance -> NearbyFirm? in
      guard let point = firms.places[firm].point else { return nil }
      let chance = hotspot.cells.reduce(0) { $0 + firms.probability(firm, in: $1) }
      return NearbyFirm(
        firm: firm, distanceMetres: distance,
        bearingDegrees: GroundDirection(from: from, to: projection.inverse(point)).bearingDegrees,
        probability: min(1, chance))
    }
    return found.sorted {
      ($0.distanceMetres, -$0.probability, $0.firm) < ($1.distanceMetres, -$1.probability, $1.firm)
    }
  }
}
