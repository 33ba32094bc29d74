public import Geometry
public import Grids
internal import Quantities
public import Readings

/// Everything that may speak of unregistered sources, joined by cell. What is `nil` was not looked at.
public struct DarkInputs: Sendable {
  /// Decides which cells there are; what lies outside is left out.
  public let region: Region
  /// Cells that were tested, whether each is hot, and how far it stands out (z; `nil` when that is not known).
  ///
  /// A hot cell beside a hotter hot one is taken for its flank: it was not observed, because it speaks neither for a source
  /// of its own nor against one.
  public var hot: [(cell: CellID, isHot: Bool, z: Double?)]?
  /// Meters without a firm, in the plane, and which of them were flagged for factory-like load.
  public var meters: [(point: PlanePoint, isFlagged: Bool)]?
  /// Fire detections, with their places in the plane.
  public var fires: (detections: [FireDetection], points: [PlanePoint?])?
  /// What ``ComplaintScreen`` made of the complaints.
  public var complaints: ComplaintRanking?
  /// Air-related firms in operation, expected per slot of the region: ``FirmPlaces/expectedCounts(_:)``; `nil` counts none.
  public var firms: [Double]?
  /// The same of firms of other industries.
  public var otherFirms: [Double]?
  /// Share of a cell's excess that registered firms explain, from an attribution.
  public var explained: [(cell: CellID, share: Double)] = []
  /// Detections below it are left out; those without a confidence count as 50.
  public var minimumConfidencePercent = 50.0

  public init(region: Region) { self.region = region }

  /// One entry per cell of the region, in its order.
  ///
  /// A cell is observed for load when the list has a meter without a firm in its county: lists come by county, and most
  /// cells of a county have no such meter. For fires and complaints every cell is observed.
  public func evidence(_ rules: DarkRules) -> [DarkEvidence] {
    let count = region.cells.count
    var signs = [[Bool?]](repeating: [Bool?](repeating: nil, count: count), count: DarkSign.allCases.count)
    if let hot { signs[0] = hotSigns(hot) }
    if let meters { signs[1] = loadSigns(meters) }
    if let fires { signs[2] = fireSigns(fires.detections, fires.points, rules) }
    if let complaints {
      signs[3] = [Bool?](repeating: false, count: count)
      for cell in complaints.model.cells
      where cell.reports >= rules.complaintReports && cell.p <= rules.complaintP { signs[3][cell.slot] = true }
    }
    var shares: [CellID: Double] = [:]
    for entry in explained where shares[entry.cell] == nil { shares[entry.cell] = entry.share }
    return (0..<count).map { slot in
      let own = firms?[slot] ?? 0
      let others = rules.otherFirmShare * (otherFirms?[slot] ?? 0)
      let around = neighbours(slot).reduce(0) {
        $0 + (firms?[$1] ?? 0) + rules.otherFirmShare * (otherFirms?[$1] ?? 0)
      }
      return DarkEvidence(
        cell: region.cells[slot], signs: signs.map { $0[slot] }, explainedShare: shares[region.cells[slot]],
        firms: own, otherFirms: others + rules.neighbourShare * around)
    }
  }

  /// Slots of the cells around one, of those in the region.
  private func neighbours(_ slot: Int) -> [Int] {
    let cell = region.cells[slot]
    var found: [Int] = []
    for row in cell.row - 1...cell.row + 1 {
      for column in cell.column - 1...cell.column + 1 where row != cell.row || column != cell.column {
        let other = CellID(sizeMetres: cell.sizeMetres, column: column, row: row)
        if let slot = region.slot(of: other) { found.append(slot) }
      }
    }
    return found
  }

  private func hotSigns(_ tested: [(cell: CellID, isHot: Bool, z: Double?)]) -> [Bool?] {
    var signs = [Bool?](repeating: nil, count: region.cells.count)
    var heights = [Double](repeating: -.infinity, count: region.cells.count)
    for (cell, isHot, z) in tested {
      guard let slot = region.slot(of: cell) else { continue }
      signs[slot] = isHot || signs[slot] == true
      if isHot, let z { heights[slot] = max(heights[slot], z) }
    }
    let all = signs
    for slot in signs.indices where all[slot] == true && heights[slot].isFinite {
      if neighbours(slot).contains(where: { heights[$0] > heights[slot] }) { signs[slot] = nil }
    }
    return signs
  }

  private func loadSigns(_ meters: [(point: PlanePoint, isFlagged: Bool)]) -> [Bool?] {
    var flagged = [Bool](repeating: false, count: region.cells.count)
    var listed = [Bool](repeating: false, count: region.counties.count)
    for (point, isFlagged) in meters {
      guard let slot = region.lattice.cell(at: point).flatMap(region.slot(of:)) else { continue }
      listed[region.homeCounty(slot: slot)] = true
      if isFlagged { flagged[slot] = true }
    }
    return region.cells.indices.map { slot in listed[region.homeCounty(slot: slot)] ? flagged[slot] : nil }
  }

  private func fireSigns(_ fires: [FireDetection], _ points: [PlanePoint?], _ rules: DarkRules) -> [Bool?] {
    var days: [Int: Set<LocalDay>] = [:]
    var nights: [Int: Set<LocalDay>] = [:]
    for (fire, point) in zip(fires, points) where fire.confidencePercent ?? 50 >= minimumConfidencePercent {
      guard let point, let slot = region.lattice.cell(at: point).flatMap(region.slot(of:)) else { continue }
      days[slot, default: []].insert(fire.time.day)
      if fire.isDaytime == false { nights[slot, default: []].insert(fire.time.day) }
    }
    return region.cells.indices.map { slot in
      (nights[slot]?.count ?? 0) >= rules.fireNights || (days[slot]?.count ?? 0) >= rules.fireDays
    }
  }
}
