public import Enterprises
public import Geometry
internal import Glibc
public import Grids
public import Quantities

/// When complaints make a lead.
public struct ComplaintRules: Hashable, Sendable, Codable {
  /// Days back from the last day of the evidence.
  public var windowDays = 30
  /// Complaints in the cell, at least.
  public var minimumCount = 2
  /// Upper tail of the Poisson distribution at the county's mean rate, at most.
  public var maximumP = 0.01

  public init() {}

  enum CodingKeys: String, CodingKey {
    case windowDays = "window_days"
    case minimumCount = "minimum_count"
    case maximumP = "maximum_p"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(1...366).contains(windowDays) { result.append(("window_days", "\(windowDays) is not between 1 and 366")) }
    if minimumCount < 1 { result.append(("minimum_count", "\(minimumCount) is not above 0")) }
    if !(maximumP > 0 && maximumP <= 1) { result.append(("maximum_p", "\(maximumP) is not above 0 and at most 1")) }
    return result
  }
}

/// Cells with more complaints about air than their county's mean rate explains.
public enum ComplaintScreen {
  /// Words that make a category one of air; an empty category counts, because nothing else is known.
  static let airWords = [
    "气", "味", "烟", "尘", "臭", "焚", "烧", "煤", "air", "odour", "odor", "smell", "smoke", "dust", "gas", "fume",
    "burn", "voc",
  ]

  /// Whether a category, which may name several types, is about air.
  public static func isAboutAir(_ category: String) -> Bool {
    let text = category.lowercased()
    return text.isEmpty || airWords.contains { text.contains($0) }
  }

  /// - Parameters:
  ///   - points: Where each complaint is, in the plane of the region's lattice; `nil` without a position.
  ///   - lastDay: Last day of the window.
  ///   - source: Provenance of a complaint, by its position in `complaints`.
  /// - Returns: Leads by cell, ascending. Strength is -log10 p / 6, at most 1.
  public static func leads(
    _ complaints: [Complaint], points: [PlanePoint?], region: Region, rules: ComplaintRules, lastDay: LocalDay,
    source: (Int) -> LeadSource
  ) -> [Lead] {
    let firstDay = lastDay.advanced(by: 1 - rules.windowDays)
    let chosen = complaints.indices.filter {
      (firstDay...lastDay).contains(complaints[$0].time.day) && isAboutAir(complaints[$0].category)
    }
    let map = PointMap(chosen.map { points[$0] }, lattice: region.lattice)
    var cellsOfCounty = [Int](repeating: 0, count: region.counties.count)
    for slot in region.cells.indices { cellsOfCounty[region.homeCounty(slot: slot)] += 1 }
    var countOfCounty = [Int](repeating: 0, count: region.counties.count)
    let occupied = map.occupied.compactMap { entry in
      region.slot(of: entry.cell).map { (cell: entry.cell, points: entry.points, county: region.homeCounty(slot: $0)) }
    }
    for entry in occupied { countOfCounty[entry.county] += entry.points.count }
    return occupied.compactMap { entry in
      let count = entry.points.count
      guard count >= rules.minimumCount else { return nil }
      // The cell itself is left out of the rate it is held against; half a complaint keeps the rate above zero.
      let others = Double(countOfCounty[entry.county] - count) + 0.5
      let rate = others / Double(max(1, cellsOfCounty[entry.county] - 1))
      let p = poissonUpperTail(count, mean: rate)
      guard p <= rules.maximumP else { return nil }
      let numbers = entry.points.map { chosen[$0] }
      return lead(
        entry.cell, numbers, rate: rate, p: p, county: region.counties[entry.county], days: firstDay...lastDay,
        complaints, source)
    }
  }

  private static func lead(
    _ cell: CellID, _ numbers: [Int], rate: Double, p: Double, county: County, days: ClosedRange<LocalDay>,
    _ complaints: [Complaint], _ source: (Int) -> LeadSource
  ) -> Lead {
    let dates = numbers.map { complaints[$0].time.day }
    let first = dates.min() ?? days.lowerBound
    let last = dates.max() ?? days.upperBound
    let count = numbers.count
    return Lead(
      kind: .complaints, cell: cell, creditCode: nil, meterID: nil, firstDay: first, lastDay: last,
      strength: min(1, -log10(max(p, 1e-300)) / 6),
      statement: "\(counted(count, "complaint")) about air came from cell \(cell) between \(days.lowerBound) and "
        + "\(days.upperBound), where \(plain(rate, decimals: 2)) are usual for a cell of \(county.name).",
      disproof: "More people complain where more people live, and one person may complain often. Read the texts and "
        + "count the reporters before going.",
      numbers: [
        LeadNumber("complaints", Double(count)), LeadNumber("expected", rate), LeadNumber("Poisson tail p", p),
      ],
      sources: numbers.prefix(8).map(source))
  }

  /// P(X ≥ count) for a Poisson variable: the sum of the terms from `count` on, so that tiny tails keep their digits.
  public static func poissonUpperTail(_ count: Int, mean: Double) -> Double {
    guard count > 0 else { return 1 }
    guard mean > 0 else { return 0 }
    var term = exp(Double(count) * log(mean) - mean - lgamma(Double(count) + 1))
    var sum = 0.0
    var k = count
    while term > sum * 1e-17 || Double(k) < mean {
      sum += term
      k += 1
      term *= mean / Double(k)
      if k > count + 100_000 { break }
    }
    return min(1, sum)
  }
}
