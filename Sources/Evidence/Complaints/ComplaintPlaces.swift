public import Enterprises
public import Geometry
public import Grids

/// Where complaints are, as weights on cells: whole where a position is known, spread where it is vague.
public struct ComplaintPlaces: Sendable {
  /// Weights of one complaint on slots of the region; they sum to what of it lies in the region, at most 1.
  public struct Spread: Sendable, Equatable {
    /// Slots of the region, each once.
    public var slots: [Int32]
    /// Above 0, one per slot.
    public var weights: [Double]
    /// Position in the region's counties.
    public let county: Int
    /// Spread over a county or a circle rather than standing in one cell.
    public let isVague: Bool
  }

  /// By complaint; `nil` where nothing tells a place of the region.
  public let spreads: [Spread?]
  /// How many complaints had a position, a vague one, a county only, nothing.
  public let counts: (placed: Int, vague: Int, county: Int, nowhere: Int)

  /// - Parameter points: Where each complaint is, in the plane of the region's lattice; `nil` without a position.
  public init(_ complaints: [Complaint], points: [PlanePoint?], region: Region) {
    precondition(complaints.count == points.count, "one point per complaint")
    let names = CountyNames(region)
    var areas: [Int: (slots: [Int32], weights: [Double])] = [:]
    var counts = (placed: 0, vague: 0, county: 0, nowhere: 0)
    var spreads: [Spread?] = []
    spreads.reserveCapacity(complaints.count)
    for (complaint, point) in zip(complaints, points) {
      if let point {
        let radius = complaint.uncertaintyMetres ?? 0
        // Less than a tenth of a cell moves hardly any weight.
        if radius > Double(region.lattice.sizeMetres) / 10 {
          let spread = Self.circle(point, radius: radius, region: region)
          if spread == nil { counts.nowhere += 1 } else { counts.vague += 1 }
          spreads.append(spread)
        } else if let slot = region.lattice.cell(at: point).flatMap(region.slot(of:)) {
          counts.placed += 1
          spreads.append(
            Spread(slots: [Int32(slot)], weights: [1], county: region.homeCounty(slot: slot), isVague: false))
        } else {
          counts.nowhere += 1
          spreads.append(nil)
        }
        continue
      }
      guard let county = names.county(of: complaint) else {
        counts.nowhere += 1
        spreads.append(nil)
        continue
      }
      if areas[county] == nil { areas[county] = Self.area(county, region: region) }
      counts.county += 1
      spreads.append(
        areas[county].map { Spread(slots: $0.slots, weights: $0.weights, county: county, isVague: true) })
    }
    self.spreads = spreads
    self.counts = counts
  }

  /// A county's cells by the area of it that they hold; cells whose home is another county are left to it.
  private static func area(_ county: Int, region: Region) -> (slots: [Int32], weights: [Double]) {
    var slots: [Int32] = []
    var weights: [Double] = []
    for slot in region.cells.indices where region.homeCounty(slot: slot) == county {
      slots.append(Int32(slot))
      weights.append(region.shares[Int(region.shareStarts[slot])])
    }
    let sum = weights.reduce(0, +)
    return (slots, weights.map { $0 / sum })
  }

  /// A normal distribution whose circle of this radius holds 95 %.
  private static func circle(_ point: PlanePoint, radius: Double, region: Region) -> Spread? {
    guard let home = region.lattice.cell(at: point) else { return nil }
    let deviation = PositionUncertainty(radiusMetres: radius, origin: .declared).standardDeviationMetres
    let reach = min(40, Int32((3.5 * deviation / Double(region.lattice.sizeMetres)).rounded(.up)))
    var slots: [Int32] = []
    var weights: [Double] = []
    var county: (number: Int, weight: Double)?
    var ofCounty: [Int: Double] = [:]
    for row in home.row - reach...home.row + reach {
      for column in home.column - reach...home.column + reach {
        let cell = CellID(sizeMetres: home.sizeMetres, column: column, row: row)
        guard let slot = region.slot(of: cell) else { continue }
        let weight = FirmPlaces.probability(point, deviation, in: region.lattice.box(of: cell))
        guard weight > 1e-6 else { continue }
        slots.append(Int32(slot))
        weights.append(weight)
        ofCounty[region.homeCounty(slot: slot), default: 0] += weight
      }
    }
    for number in ofCounty.keys.sorted() {
      let weight = ofCounty[number] ?? 0
      if weight > county?.weight ?? 0 { county = (number, weight) }
    }
    return county.map { Spread(slots: slots, weights: weights, county: $0.number, isVague: true) }
  }
}

/// Finds the county that a report names.
struct CountyNames {
  private let codes: [String: Int]
  /// Names, longest first, with the counties that bear them.
  private let names: [(name: String, counties: [Int])]
  private let cities: [[String]]

  init(_ region: Region) {
    var codes: [String: Int] = [:]
    var byName: [String: [Int]] = [:]
    for (number, county) in region.counties.enumerated() {
      codes[county.code] = number
      byName[county.name, default: []].append(number)
    }
    self.codes = codes
    names = byName.map { (name: $0.key, counties: $0.value) }.filter { $0.name.count >= 2 }
      .sorted { (-$0.name.count, $0.name) < (-$1.name.count, $1.name) }
    cities = region.counties.map { county in
      let short = county.cityName.last == "市" ? String(county.cityName.dropLast()) : county.cityName
      return [county.cityName, short].filter { !$0.isEmpty }
    }
  }

  /// By code, else by the longest name that the place or the text holds, with its city where several counties bear it.
  ///
  /// - Returns: `nil` when no county, or several, fit.
  func county(of complaint: Complaint) -> Int? {
    if let code = complaint.countyCode { return codes[code] }
    for text in [complaint.place ?? "", complaint.text] where !text.isEmpty {
      guard let found = names.first(where: { text.contains($0.name) }) else { continue }
      if found.counties.count == 1 { return found.counties[0] }
      let fitting = found.counties.filter { number in cities[number].contains { text.contains($0) } }
      return fitting.count == 1 ? fitting[0] : nil
    }
    return nil
  }
}
