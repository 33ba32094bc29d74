internal import Enterprises
internal import Evidence
internal import Geometry
internal import Grids

/// Leads by what they are about.
struct LeadIndex {
  /// Cells with leads of their own, ascending; the leads in the order given.
  let ofCells: [(cell: CellID, leads: [Lead])]
  private var byCreditCode: [String: [Lead]] = [:]
  private var byMeter: [String: [Lead]] = [:]

  init(_ leads: [Lead]) {
    var cells: [CellID: [Lead]] = [:]
    for lead in leads {
      if let code = lead.creditCode { byCreditCode[code, default: []].append(lead) }
      if let meter = lead.meterID { byMeter[meter, default: []].append(lead) }
      if let cell = lead.cell, lead.creditCode == nil, lead.meterID == nil { cells[cell, default: []].append(lead) }
    }
    ofCells = cells.sorted { $0.key < $1.key }.map { (cell: $0.key, leads: $0.value) }
  }

  func own(_ candidate: TargetFrame.Candidate) -> [Lead] {
    switch candidate.kind {
    case .enterprise: candidate.creditCode.flatMap { byCreditCode[$0] } ?? []
    case .unregisteredMeter: candidate.meterID.flatMap { byMeter[$0] } ?? []
    case .cell: []
    }
  }

  func has(creditCode: String) -> Bool { byCreditCode[creditCode] != nil }
  func has(meterID: String) -> Bool { byMeter[meterID] != nil }
}

/// The firms and meters that can be drawn.
struct TargetFrame {
  struct Candidate {
    let id: String
    let kind: TargetKind
    let name: String
    let creditCode: String?
    let meterID: String?
    let point: PlanePoint?
    let cell: CellID?
    let countyCode: String?
    /// What is at stake, at least 1.
    let stakes: Double
  }

  let candidates: [Candidate]
  /// The candidates on the plane, in their order.
  let map: PointMap

  init(_ sources: TargetSources, leads: LeadIndex, policy: Policy) {
    let region = sources.region
    let codes = Set(region.counties.map(\.code))
    let industries = policy.industries.classes
    let stakes = policy.score.severity
    var seen: Set<String> = []
    var found: [Candidate] = []
    for (firm, point) in zip(sources.enterprises, sources.enterprisePoints) where seen.insert(firm.creditCode).inserted
    {
      let isActive = !RegisterStatus.isClosed(firm.status) && industries.isAirRelated(firm.industryCode)
      guard isActive || leads.has(creditCode: firm.creditCode) else { continue }
      guard let place = TargetFrame.place(point, declaredCounty: firm.countyCode, region, codes) else { continue }
      found.append(
        Candidate(
          id: "E-\(firm.creditCode)", kind: .enterprise, name: firm.name, creditCode: firm.creditCode, meterID: nil,
          point: point, cell: place.cell, countyCode: place.countyCode, stakes: stakes.factor(of: firm)))
    }
    var seenMeters: Set<String> = []
    for (meter, point) in zip(sources.meters, sources.meterPoints) where leads.has(meterID: meter.id) {
      // A meter of a firm of the frame speaks for the firm; a code that the register lacks makes it a target itself.
      if let code = meter.creditCode, seen.contains(code) { continue }
      guard seenMeters.insert(meter.id).inserted else { continue }
      guard let place = TargetFrame.place(point, declaredCounty: nil, region, codes) else { continue }
      found.append(
        Candidate(
          id: "M-\(meter.id)", kind: .unregisteredMeter, name: "meter \(meter.id)", creditCode: meter.creditCode,
          meterID: meter.id, point: point, cell: place.cell, countyCode: place.countyCode,
          stakes: stakes.factorOfUnregistered))
    }
    candidates = found
    map = PointMap(found.map(\.point), lattice: region.lattice, projection: sources.projection)
  }

  /// The cell and county of a candidate; `nil` when it lies outside the region.
  ///
  /// Without a position the register's county decides; a meter without either stays, with neither.
  private static func place(
    _ point: PlanePoint?, declaredCounty: String?, _ region: Region, _ codes: Set<String>
  ) -> (cell: CellID?, countyCode: String?)? {
    guard let point else {
      if let declaredCounty, !declaredCounty.isEmpty {
        return codes.contains(declaredCounty) ? (nil, declaredCounty) : nil
      }
      return (nil, nil)
    }
    guard let cell = region.lattice.cell(at: point), let slot = region.slot(of: cell) else { return nil }
    let home = region.counties[region.homeCounty(slot: slot)].code
    return (cell, declaredCounty.flatMap { codes.contains($0) ? $0 : nil } ?? home)
  }

  func hasFirm(within metres: Double, of cell: CellID) -> Bool {
    map.points(within: metres, of: cell).contains { candidates[$0.point].kind == .enterprise }
  }
}
