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
  /// Days of one period of the reporting rate: a campaign that begins within the window is seen from its period on.
  public var periodDays = 10
  /// Hours within which reports from one place about one thing count as one.
  public var repeatHours = 24

  public init() {}

  enum CodingKeys: String, CodingKey {
    case windowDays = "window_days"
    case minimumCount = "minimum_count"
    case maximumP = "maximum_p"
    case periodDays = "period_days"
    case repeatHours = "repeat_hours"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(1...366).contains(windowDays) { result.append(("window_days", "\(windowDays) is not between 1 and 366")) }
    if minimumCount < 1 { result.append(("minimum_count", "\(minimumCount) is not above 0")) }
    if !(maximumP > 0 && maximumP <= 1) { result.append(("maximum_p", "\(maximumP) is not above 0 and at most 1")) }
    if !(1...366).contains(periodDays) { result.append(("period_days", "\(periodDays) is not between 1 and 366")) }
    if !(0...8784).contains(repeatHours) { result.append(("repeat_hours", "\(repeatHours) is not between 0 and 8784")) }
    return result
  }
}

/// What a screening of complaints counted, by cell.
public struct ComplaintRanking: Sendable {
  /// Reporting rates of counties and intensities of cells, from which leads are made.
  public let model: ReportingModel
  /// The window: the evidence day and the days before it.
  public let days: ClosedRange<LocalDay>
  /// By cell of the model: complaints with weight there, most weight first, as positions in the caller's list.
  public let complaints: [[Int]]
  /// Complaints of the window about air; of them repeats that were left out, and complaints without any place.
  public let counted: Int
  /// Of `counted`, those of one place and thing within the hours of the rules.
  public let repeats: Int
  /// Of the rest: with a position, a vague one, a county only, and none.
  public let places: (placed: Int, vague: Int, county: Int, nowhere: Int)
}

/// Cells with more complaints about air than their county's reporting explains.
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

  /// Counts complaints by cell and period, and holds them against their county's reporting rate.
  ///
  /// - Parameters:
  ///   - complaints: Any days. Those of the window are counted; up to a year before it, periods of the same length give
  ///     each county's usual rate where at least three of them have complaints somewhere.
  ///   - points: Where each complaint is, in the plane of the region's lattice; `nil` without a position.
  ///   - lastDay: Last day of the window.
  public static func ranking(
    _ complaints: [Complaint], points: [PlanePoint?], region: Region, rules: ComplaintRules, lastDay: LocalDay
  ) -> ComplaintRanking {
    let firstDay = lastDay.advanced(by: 1 - rules.windowDays)
    let about = complaints.indices.filter { isAboutAir(complaints[$0].category) && complaints[$0].time.day <= lastDay }
    let first = firsts(of: about, complaints, hours: rules.repeatHours)
    let chosen = first.filter { complaints[$0].time.day >= firstDay }
    let all = ComplaintPlaces(chosen.map { complaints[$0] }, points: chosen.map { points[$0] }, region: region)
    let periods = (rules.windowDays + rules.periodDays - 1) / rules.periodDays
    var counts = [[Double]](repeating: [Double](repeating: 0, count: region.cells.count), count: periods)
    var members: [Int32: [(complaint: Int, weight: Double)]] = [:]
    for (k, spread) in zip(chosen, all.spreads) {
      guard let spread else { continue }
      let period = complaints[k].time.day.days(until: lastDay) / rules.periodDays
      for (slot, weight) in zip(spread.slots, spread.weights) {
        counts[period][Int(slot)] += weight
        // A thousandth of a report is no source of a lead.
        if weight >= 0.001 { members[slot, default: []].append((k, weight)) }
      }
    }
    let history = usualRates(
      first.filter { complaints[$0].time.day < firstDay }, complaints, points, region, rules, firstDay)
    let model = ReportingModel(counts: counts, region: region, history: history)
    let windowed = about.filter { complaints[$0].time.day >= firstDay }.count
    return ComplaintRanking(
      model: model, days: firstDay...lastDay,
      complaints: model.cells.map { cell in
        (members[Int32(cell.slot)] ?? []).sorted { (-$0.weight, $0.complaint) < (-$1.weight, $1.complaint) }
          .map(\.complaint)
      }, counted: windowed, repeats: windowed - chosen.count, places: all.counts)
  }

  /// The first complaint of every series from one place about one thing; ascending.
  ///
  /// One place: positions within about 10 m, or the same words for a place without a position; one thing: the same
  /// category. A report repeats another when it follows it within the hours, and reports that follow repeats repeat too.
  static func firsts(of about: [Int], _ complaints: [Complaint], hours: Int) -> [Int] {
    struct Key: Hashable {
      let x: Int64
      let y: Int64
      let words: String
    }
    var latest: [Key: Int64] = [:]
    var ids: Set<String> = []
    let ordered = about.sorted { (complaints[$0].time, $0) < (complaints[$1].time, $1) }
    var result: [Int] = []
    for k in ordered {
      let complaint = complaints[k]
      guard ids.insert(complaint.id).inserted else { continue }
      let key: Key
      if let position = complaint.position {
        key = Key(
          x: Int64((position.longitude * 1e4).rounded()), y: Int64((position.latitude * 1e4).rounded()),
          words: complaint.category)
      } else {
        let words = [complaint.countyCode ?? "", complaint.place ?? "", complaint.text].joined(separator: "|")
        key = Key(x: .max, y: .max, words: "\(complaint.category)|\(words)")
      }
      // Nothing said of the place: nothing tells a repeat from another report.
      guard complaint.position != nil || !key.words.hasSuffix("|||") else {
        result.append(k)
        continue
      }
      let time = complaint.time.secondsSinceEpoch
      let isRepeat = latest[key].map { time - $0 < Int64(hours) * 3600 } ?? false
      latest[key] = time
      if !isRepeat { result.append(k) }
    }
    return result.sorted()
  }

  /// Usual reports a cell and period, by county: the median over earlier periods of one length.
  private static func usualRates(
    _ earlier: [Int], _ complaints: [Complaint], _ points: [PlanePoint?], _ region: Region, _ rules: ComplaintRules,
    _ firstDay: LocalDay
  ) -> [Double?] {
    var cellsOf = [Double](repeating: 0, count: region.counties.count)
    for slot in region.cells.indices { cellsOf[region.homeCounty(slot: slot)] += 1 }
    let spreads = ComplaintPlaces(earlier.map { complaints[$0] }, points: earlier.map { points[$0] }, region: region)
    var totals: [Int: [Double]] = [:]
    for (k, spread) in zip(earlier, spreads.spreads) {
      let days = complaints[k].time.day.days(until: firstDay)
      guard let spread, days <= 366 else { continue }
      let period = (days - 1) / rules.periodDays
      if totals[period] == nil { totals[period] = [Double](repeating: 0, count: region.counties.count) }
      totals[period]?[spread.county] += spread.weights.reduce(0, +)
    }
    guard totals.count >= 3, let oldest = totals.keys.max() else { return cellsOf.map { _ in nil } }
    let pooled = totals.values.reduce(0) { $0 + $1.reduce(0, +) } / Double(oldest + 1) / cellsOf.reduce(0, +)
    return region.counties.indices.map { county in
      guard cellsOf[county] > 0, pooled > 0 else { return nil }
      // A period without any complaint in the region is one in which none were collected.
      let sorted = totals.keys.sorted().map { totals[$0]?[county] ?? 0 }.sorted()
      let median =
        sorted.count % 2 == 1
        ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
      return (median + 0.5) / (cellsOf[county] + 0.5 / pooled)
    }
  }

  /// - Parameters:
  ///   - complaints: Those of the window, and earlier ones where they are known: see ``ranking(_:points:region:rules:lastDay:)``.
  ///   - points: Where each complaint is, in the plane of the region's lattice; `nil` without a position.
  ///   - lastDay: Last day of the window.
  ///   - source: Provenance of a complaint, by its position in `complaints`.
  /// - Returns: Leads by cell, ascending. Strength is -log10 p / 6, at most 1.
  public static func leads(
    _ complaints: [Complaint], points: [PlanePoint?], region: Region, rules: ComplaintRules, lastDay: LocalDay,
    source: (Int) -> LeadSource
  ) -> [Lead] {
    let ranking = ranking(complaints, points: points, region: region, rules: rules, lastDay: lastDay)
    return zip(ranking.model.cells, ranking.complaints).compactMap { cell, numbers in
      guard cell.reports >= Double(rules.minimumCount) - 1e-9, cell.p <= rules.maximumP else { return nil }
      let county = region.homeCounty(slot: cell.slot)
      return lead(
        region.cells[cell.slot], cell, numbers, factor: ranking.model.campaignFactors[county],
        county: region.counties[county], days: ranking.days, complaints, source)
    }
  }

  private static func lead(
    _ place: CellID, _ cell: ReportingModel.Cell, _ numbers: [Int], factor: Double, county: County,
    days: ClosedRange<LocalDay>, _ complaints: [Complaint], _ source: (Int) -> LeadSource
  ) -> Lead {
    let dates = numbers.map { complaints[$0].time.day }
    let first = dates.min() ?? days.lowerBound
    let last = dates.max() ?? days.upperBound
    let isWhole = abs(cell.reports - cell.reports.rounded()) < 1e-9
    let reports =
      isWhole
      ? counted(Int(cell.reports.rounded()), "complaint") : "\(plain(cell.reports, decimals: 1)) complaints"
    var statement =
      "\(reports) about air came from cell \(place) between \(days.lowerBound) and \(days.upperBound), where "
      + "\(plain(cell.expected, decimals: 2)) are usual for a cell of \(county.name)."
    if factor >= 1.5 {
      statement += " People there report \(plain(factor, decimals: 1)) times as much as usual, which is taken out."
    }
    return Lead(
      kind: .complaints, cell: place, creditCode: nil, meterID: nil, firstDay: first, lastDay: last,
      strength: min(1, -log10(max(cell.p, 1e-300)) / 6), statement: statement,
      disproof: "More people complain where more people live, and one person may complain often. Read the texts and "
        + "count the reporters before going.",
      numbers: [
        LeadNumber("complaints", cell.reports), LeadNumber("expected", cell.expected),
        LeadNumber("Poisson tail p", cell.p), LeadNumber("intensity", cell.intensity),
        LeadNumber("campaign factor", factor),
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
