public import Enterprises
public import Geometry
internal import Glibc
public import Grids

/// What screening makes of one position of the register.
public struct FirmPlace: Hashable, Sendable {
  /// In the plane of the lattice; `nil` when only the county is known, or nothing.
  public let point: PlanePoint?
  /// Of `point`; with a wider radius than the register's where screening found a reason.
  public let uncertainty: PositionUncertainty?
  /// Position in the region's counties of the declared county; `nil` when it is not known or not of the region.
  public let county: Int?
  /// Firms at exactly this position, this one included; 1 without a position.
  public let sharing: Int
  /// Degrees with at most three decimals: half the diagonal of what the digits leave open, metres.
  public let roundingMetres: Double?
  /// Within the tolerance of the middle of its county.
  public let isCountyCentre: Bool
}

/// Where the firms of a register are, with what is wrong with their positions.
///
/// Suspicious positions are kept and widened, never dropped: a firm without a believable place is spread over its county.
public struct FirmPlaces: Sendable {
  /// One per firm, in the register's order.
  public let places: [FirmPlace]
  /// Whose counties and cells firms are spread over.
  public let region: Region
  /// Area of each county, m², from the exact shares of its cells.
  private let countyAreas: [Double]
  private let slotsOfCounty: [[Int32]]

  /// Rules of the screening.
  public struct Rules: Hashable, Sendable {
    /// Firms on one position from which the position is doubted: an office address, an agent or a geocoder's fallback.
    public var sharedFirms = 5
    /// Radius given to such a position, at least, metres.
    public var sharedRadiusMetres = 2000.0
    /// Distance from the middle of the county below which a position may be that middle, metres.
    public var centreToleranceMetres = 60.0
    /// Such positions count as middles only when the register knows nothing better and so many firms stand there.
    public var centreFirms = 2

    public init() {}
  }

  /// - Parameters:
  ///   - points: Where each firm is, in the plane of the region's lattice; `nil` without a position.
  ///   - countyCentres: Middle of each of the region's counties, in the same plane; empty when they are not known.
  public init(
    _ enterprises: [Enterprise], points: [PlanePoint?], region: Region, countyCentres: [PlanePoint] = [],
    rules: Rules = Rules()
  ) {
    precondition(enterprises.count == points.count, "one point per firm")
    precondition(countyCentres.isEmpty || countyCentres.count == region.counties.count, "one centre per county")
    self.region = region
    let cellArea = Double(region.lattice.sizeMetres) * Double(region.lattice.sizeMetres)
    var areas = [Double](repeating: 0, count: region.counties.count)
    var slots = [[Int32]](repeating: [], count: region.counties.count)
    for slot in region.cells.indices {
      for k in Int(region.shareStarts[slot])..<Int(region.shareStarts[slot + 1]) {
        let county = Int(region.shareCounties[k])
        areas[county] += region.shares[k] * cellArea
        slots[county].append(Int32(slot))
      }
    }
    countyAreas = areas
    slotsOfCounty = slots
    var codes: [String: Int] = [:]
    for (number, county) in region.counties.enumerated() { codes[county.code] = number }
    var sharing: [PlanePoint: Int] = [:]
    for case let point? in points { sharing[point, default: 0] += 1 }
    places = enterprises.indices.map { k in
      let firm = enterprises[k]
      let county = firm.countyCode.flatMap { codes[$0] }
      guard let point = points[k] else {
        return FirmPlace(
          point: nil, uncertainty: nil, county: county, sharing: 1, roundingMetres: nil, isCountyCentre: false)
      }
      let shared = sharing[point] ?? 1
      let rounding = firm.declared?.roundingRadiusMetres
      var uncertainty = firm.uncertainty ?? .usual(.declared)
      if let rounding, rounding > uncertainty.radiusMetres {
        uncertainty = PositionUncertainty(radiusMetres: rounding, origin: uncertainty.origin)
      }
      if shared >= rules.sharedFirms, uncertainty.radiusMetres < rules.sharedRadiusMetres,
        uncertainty.origin != .surveyed
      {
        uncertainty = PositionUncertainty(radiusMetres: rules.sharedRadiusMetres, origin: uncertainty.origin)
      }
      var isCentre = uncertainty.origin == .centroid
      if !isCentre, uncertainty.origin != .surveyed, shared >= rules.centreFirms || firm.uncertainty == nil {
        isCentre = countyCentres.contains {
          abs($0.x - point.x) <= rules.centreToleranceMetres && abs($0.y - point.y) <= rules.centreToleranceMetres
        }
      }
      if isCentre {
        let area = county.map { areas[$0] } ?? 0
        let radius = area > 0 ? (area / .pi).squareRoot() : PositionUncertainty.usual(.centroid).radiusMetres
        uncertainty = PositionUncertainty(
          radiusMetres: max(uncertainty.radiusMetres, radius), origin: .centroid)
      }
      return FirmPlace(
        point: point, uncertainty: uncertainty, county: county, sharing: shared, roundingMetres: rounding,
        isCountyCentre: isCentre)
    }
  }

  /// Chance that a firm lies in a cell: 0...1.
  ///
  /// A position with an error is a normal distribution around it (the product of two differences of Φ); a firm at the
  /// middle of its county, or without a position, lies anywhere in its county with equal density; without a county too,
  /// 0 is returned: nothing is known.
  public func probability(_ firm: Int, in cell: CellID) -> Double {
    let place = places[firm]
    if let point = place.point, let uncertainty = place.uncertainty, !place.isCountyCentre || place.county == nil {
      return Self.probability(point, uncertainty.standardDeviationMetres, in: region.lattice.box(of: cell))
    }
    guard let county = place.county, countyAreas[county] > 0, let slot = region.slot(of: cell) else { return 0 }
    let area = Double(cell.sizeMetres) * Double(cell.sizeMetres)
    for k in Int(region.shareStarts[slot])..<Int(region.shareStarts[slot + 1])
    where Int(region.shareCounties[k]) == county {
      return region.shares[k] * area / countyAreas[county]
    }
    return 0
  }

  static func probability(_ point: PlanePoint, _ deviation: Double, in box: PlaneBox) -> Double {
    interval(box.minX - point.x, box.maxX - point.x, deviation)
      * interval(box.minY - point.y, box.maxY - point.y, deviation)
  }

  /// P(low ≤ X < high) for a normal X of mean 0.
  private static func interval(_ low: Double, _ high: Double, _ deviation: Double) -> Double {
    guard deviation > 0 else { return low <= 0 && 0 < high ? 1 : 0 }
    let scale = 1 / (deviation * 2.0.squareRoot())
    // The tails are taken on the side where they are small, so that far cells keep their digits.
    if low > 0 { return 0.5 * (erfc(low * scale) - erfc(high * scale)) }
    return 0.5 * (erfc(-high * scale) - erfc(-low * scale))
  }

  /// Expected number of firms per slot of the region: the sum of their chances to lie there.
  ///
  /// - Parameter isCounted: Whether a firm counts, such as an active one of an air-related industry.
  /// - Complexity: O(firms · cells within four standard deviations + cells of counties with firms without a place).
  public func expectedCounts(_ isCounted: (Int) -> Bool) -> [Double] {
    var counts = [Double](repeating: 0, count: region.cells.count)
    var spread = [Double](repeating: 0, count: region.counties.count)
    let side = Double(region.lattice.sizeMetres)
    for firm in places.indices where isCounted(firm) {
      let place = places[firm]
      guard let point = place.point, let uncertainty = place.uncertainty, !place.isCountyCentre || place.county == nil
      else {
        if let county = place.county { spread[county] += 1 }
        continue
      }
      guard let home = region.lattice.cell(at: point) else { continue }
      let deviation = uncertainty.standardDeviationMetres
      let reach = Int32((4 * deviation / side).rounded(.up))
      for row in home.row - reach...home.row + reach {
        for column in home.column - reach...home.column + reach {
          let cell = CellID(sizeMetres: home.sizeMetres, column: column, row: row)
          guard let slot = region.slot(of: cell) else { continue }
          counts[slot] += Self.probability(point, deviation, in: region.lattice.box(of: cell))
        }
      }
    }
    for county in spread.indices where spread[county] > 0 && countyAreas[county] > 0 {
      for slot in slotsOfCounty[county] {
        counts[Int(slot)] += spread[county] * probabilityOfCounty(county, slot: Int(slot))
      }
    }
    return counts
  }

  private func probabilityOfCounty(_ county: Int, slot: Int) -> Double {
    for k in Int(region.shareStarts[slot])..<Int(region.shareStarts[slot + 1])
    where Int(region.shareCounties[k]) == county {
      return region.shares[k] * Double(region.lattice.sizeMetres) * Double(region.lattice.sizeMetres)
        / countyAreas[county]
    }
    return 0
  }
}
