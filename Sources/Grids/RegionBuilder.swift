internal import Dispatch
public import Geometry

/// A county with its boundary on the earth, WGS 84 degrees; rings are not closed.
public struct CountyBoundary: Sendable, Hashable {
  public let county: County
  /// Per polygon its rings: the exterior first, then holes.
  public let polygons: [[[LonLat]]]

  public init(county: County, polygons: [[[LonLat]]]) {
    self.county = county
    self.polygons = polygons
  }
}

/// A boundary that broke the rules of simple features and was repaired before use.
public struct RingRepair: Sendable, Hashable {
  public let county: County
  /// What GEOS found, with the place in projected metres.
  public let reason: String
  /// Area as drawn (shoelace), m².
  public let areaBefore: Double
  /// Area after the repair, m².
  public let areaAfter: Double

  public init(county: County, reason: String, areaBefore: Double, areaAfter: Double) {
    self.county = county
    self.reason = reason
    self.areaBefore = areaBefore
    self.areaAfter = areaAfter
  }
}

/// Computes which cells touch a region and how much of each county lies in each cell.
public enum RegionBuilder {
  /// A share below this is rounding noise of a boundary that only touches the cell (0.009 m² of a 3 km cell).
  public static let smallestShare = 1e-9

  /// - Parameters:
  ///   - boundaries: One per county, in any order; straight edges between vertices are straight in the projected plane.
  ///   - projection: Of the lattice.
  /// - Returns: The region, and what had to be repaired, by county code. The result does not depend on threads.
  public static func build(
    name: String, lattice: Lattice, projection: EqualAreaProjection, boundaries: [CountyBoundary]
  ) -> (region: Region, repairs: [RingRepair]) {
    let ordered = boundaries.sorted { $0.county.code < $1.county.code }
    var parts = [CountyPart](repeating: CountyPart(), count: ordered.count)
    parts.withUnsafeMutableBufferPointer { buffer in
      // Each worker writes one element that no other touches.
      nonisolated(unsafe) let out = buffer
      DispatchQueue.concurrentPerform(iterations: ordered.count) { k in
        out[k] = part(of: ordered[k], county: Int32(k), lattice: lattice, projection: projection)
      }
    }
    var shares = parts.flatMap(\.shares)
    shares.sort {
      ($0.cell.row, $0.cell.column, -$0.share, $0.county) < ($1.cell.row, $1.cell.column, -$1.share, $1.county)
    }
    var cells: [CellID] = []
    var starts: [Int32] = []
    for (position, share) in shares.enumerated() where share.cell != cells.last {
      cells.append(share.cell)
      starts.append(Int32(position))
    }
    starts.append(Int32(shares.count))
    let region = Region(
      name: name, lattice: lattice, counties: ordered.map(\.county), cells: cells, shareStarts: starts,
      shareCounties: shares.map(\.county), shares: shares.map(\.share))
    return (region, parts.compactMap(\.repair))
  }

  private struct CellShare: Sendable {
    let cell: CellID
    let county: Int32
    let share: Double
  }

  private struct CountyPart: Sendable {
    var shares: [CellShare] = []
    var repair: RingRepair?
  }

  private static func part(
    of boundary: CountyBoundary, county: Int32, lattice: Lattice, projection: EqualAreaProjection
  ) -> CountyPart {
    var part = CountyPart()
    let (shape, repair) = PlaneMultiPolygon.valid(
      boundary.polygons, projection: projection, context: GeosContext())
    part.repair = repair.map {
      RingRepair(county: boundary.county, reason: $0.reason, areaBefore: $0.areaBefore, areaAfter: $0.areaAfter)
    }
    let coverage = LatticeCoverage(of: shape, on: lattice)
    for row in 0..<coverage.rows {
      for column in 0..<coverage.columns {
        let share = coverage.shares[row * coverage.columns + column]
        guard share > smallestShare else { continue }
        let cell = CellID(
          sizeMetres: lattice.sizeMetres, column: coverage.firstColumn + Int32(column),
          row: coverage.firstRow + Int32(row))
        part.shares.append(CellShare(cell: cell, county: county, share: min(1, share)))
      }
    }
    return part
  }
}
