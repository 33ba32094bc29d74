internal import Glibc
public import Grids
public import Quantities
public import Readings
internal import SpatialStatistics

/// When an air-quality station seems to be gamed, and how much each sign counts for a check.
public struct StationIntegrityRules: Hashable, Sendable, Codable {
  /// Written into every row; counted up by whoever changes a number.
  public var version = "station-integrity-1"
  /// Days at the end of the series that are judged.
  public var windowDays = 14
  /// Days before them that show what is usual, at least.
  public var leastReferenceDays = 14
  /// Flagged hours of the window that make a lead: a day's worth of timetable or cap.
  public var leastFlaggedHours = 6
  /// Fall against the neighbours, as a factor, at least.
  public var leastDrop = 1.12
  /// Largest p of a fall after multiplying by the number of stations.
  public var maximumP = 0.01
  /// Points of the score of a check per sign; every station has one point, so that none is safe from a check.
  public var points: [String: Double] = ["spray": 4, "flat-cut": 4, "copied": 3, "neighbours": 2, "drop": 4]

  public init() {}

  enum CodingKeys: String, CodingKey {
    case version, points
    case windowDays = "window_days"
    case leastReferenceDays = "least_reference_days"
    case leastFlaggedHours = "least_flagged_hours"
    case leastDrop = "least_drop"
    case maximumP = "maximum_p"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(5...120).contains(windowDays) { result.append(("window_days", "\(windowDays) is not between 5 and 120")) }
    if leastReferenceDays < 5 { result.append(("least_reference_days", "\(leastReferenceDays) is below 5")) }
    if leastFlaggedHours < 1 { result.append(("least_flagged_hours", "\(leastFlaggedHours) is not above 0")) }
    if !(leastDrop > 1) { result.append(("least_drop", "\(leastDrop) is not above 1")) }
    if !(maximumP > 0 && maximumP <= 1) { result.append(("maximum_p", "\(maximumP) is not above 0 and at most 1")) }
    for (key, value) in points.sorted(by: { $0.key < $1.key }) where !(0...1000).contains(value) {
      result.append(("points.\(key)", "\(value) is not between 0 and 1000"))
    }
    return result
  }
}

/// What speaks against one station.
public struct StationFinding: Hashable, Sendable {
  /// Position in the caller's stations.
  public let station: Int
  /// First day of the window that was judged.
  public let firstDay: LocalDay
  /// Last day of the window that was judged.
  public let lastDay: LocalDay
  /// Hours of the window with a value.
  public let hours: Int
  /// Hours of the window by sign, in the order of ``StationIntegrityScreen/signs``.
  public let flagged: [Int]
  /// Median of the window's daily deviations over that of the days before, as a factor below 1 for a fall; `nil` where it
  /// cannot be told.
  public let change: Double?
  /// One-sided p of a fall, rank sum with serial dependence allowed for, uncorrected; `nil` with `change`.
  public let dropP: Double?
  /// Stations for which a fall could be tested.
  public let tests: Int
  /// Points for a random check: 1 and more.
  public let score: Double
  /// Whether flagged hours or a fall pass the rules; the score alone makes none.
  public let isLead: Bool
}

/// Looks for stations that are gamed, and gives every station a score for a random check.
public enum StationIntegrityScreen {
  /// Flags of quality control that can be the trace of a hand.
  public static let signs: [(name: String, flag: QualityFlags)] = [
    ("spray", .spray), ("flat-cut", .flatCut), ("copied", .copied), ("neighbours", .neighbours),
  ]

  /// - Parameters:
  ///   - series: With the flags of ``Readings/QualityControl``; whole days, the window at their end.
  ///   - residuals: Of the same series, their reference the days before the window.
  /// - Returns: One finding per station that has a value in the window, in the order of the stations.
  public static func findings(
    _ series: HourlySeries, residuals: StationResiduals, rules: StationIntegrityRules
  ) -> [StationFinding] {
    let window = max(0, series.dayCount - rules.windowDays)..<series.dayCount
    let firstDay = LocalHour(ordinal: series.firstHour).day.advanced(by: window.lowerBound)
    let lastDay = LocalHour(ordinal: series.firstHour).day.advanced(by: series.dayCount - 1)
    let drops = (0..<series.stationCount).map { drop(residuals, station: $0, window: window, rules: rules) }
    let tests = drops.count { $0 != nil }
    return (0..<series.stationCount).compactMap { station in
      let base = station * series.hourCount
      var flagged = [Int](repeating: 0, count: signs.count)
      var hours = 0
      for hour in window.lowerBound * 24..<window.upperBound * 24 where !series.values[base + hour].isNaN {
        hours += 1
        for (number, sign) in signs.enumerated() where series.flags[base + hour] & sign.flag.rawValue != 0 {
          flagged[number] += 1
        }
      }
      guard hours > 0 else { return nil }
      let drop = drops[station]
      let corrected = drop.map { min(1, $0.p * Double(tests)) } ?? 1
      let hasDropped = corrected <= rules.maximumP && (drop?.change ?? 1) <= 1 / rules.leastDrop
      var score = 1.0
      for (number, sign) in signs.enumerated() where flagged[number] >= rules.leastFlaggedHours {
        score += rules.points[sign.name] ?? 0
      }
      // A fall that is not significant by itself still makes a check likelier, up to a quarter of its points.
      let fall = max(0, min(1, -log10(max(drop?.p ?? 1, 1e-300)) / 4))
      score += (rules.points["drop"] ?? 0) * (hasDropped ? 1 : 0.25 * fall)
      // Far from all neighbours is more often a fault than a hand: it counts for a check and makes no lead by itself.
      let isLead =
        hasDropped || zip(signs, flagged).contains { $0.flag != .neighbours && $1 >= rules.leastFlaggedHours }
      return StationFinding(
        station: station, firstDay: firstDay, lastDay: lastDay, hours: hours, flagged: flagged, change: drop?.change,
        dropP: drop?.p, tests: tests, score: score, isLead: isLead)
    }
  }

  /// One-sided rank sum of the window's days below the reference days.
  private static func drop(
    _ residuals: StationResiduals, station: Int, window: Range<Int>, rules: StationIntegrityRules
  ) -> (change: Double, p: Double)? {
    let base = station * residuals.dayCount
    let recent = window.map { residuals.daily[base + $0] }.filter { !$0.isNaN }
    let before = (0..<window.lowerBound).map { residuals.daily[base + $0] }
    let known = before.filter { !$0.isNaN }
    guard known.count >= rules.leastReferenceDays, recent.count * 2 >= window.count else { return nil }
    var lower = 0.0
    for a in recent { for b in known { lower += a < b ? 1 : a == b ? 0.5 : 0 } }
    let (m, n) = (Double(recent.count), Double(known.count))
    let spread = (m * n * (m + n + 1) / 12).squareRoot()
    // Days that follow each other are alike: fewer independent ones stand behind the ranks.
    let memory = max(0, min(0.9, lagOne(before)))
    let z = (lower - m * n / 2) / spread * ((1 - memory) / (1 + memory)).squareRoot()
    return (exp(medianOf(recent) - medianOf(known)), Significance.p(z: z, .greater))
  }

  /// Correlation of each day with the next, over days that are both known.
  private static func lagOne(_ days: [Double]) -> Double {
    let known = days.filter { !$0.isNaN }
    let mean = known.reduce(0, +) / Double(max(1, known.count))
    var (product, square, pairs) = (0.0, 0.0, 0.0)
    for (a, b) in zip(days, days.dropFirst()) where !a.isNaN && !b.isNaN {
      product += (a - mean) * (b - mean)
      pairs += 1
    }
    for a in known { square += (a - mean) * (a - mean) }
    return square > 0 && pairs > 0 ? product / pairs / (square / Double(known.count)) : 0
  }

  /// Leads of the findings that are one, in their order.
  ///
  /// - Parameters:
  ///   - names: Of the stations.
  ///   - cells: Cell of each station; `nil` without a place.
  ///   - sources: Lines of a station's hours.
  public static func leads(
    _ findings: [StationFinding], names: [String], cells: [CellID?], quantity: String, rules: StationIntegrityRules,
    sources: (StationFinding) -> [LeadSource]
  ) -> [Lead] {
    findings.filter(\.isLead).map { finding in
      Lead(
        kind: .stationIntegrity, cell: cells[finding.station], creditCode: nil, meterID: nil,
        firstDay: finding.firstDay,
        lastDay: finding.lastDay, strength: min(1, (finding.score - 1) / 8),
        statement: statement(finding, name: names[finding.station], quantity: quantity, rules: rules),
        disproof: disproof,
        numbers: zip(signs, finding.flagged).map { LeadNumber("\($0.name) hours", Double($1), "h") }
          + [LeadNumber("hours", Double(finding.hours), "h")]
          + (finding.change.map { [LeadNumber("change against neighbours", $0)] } ?? [])
          + (finding.dropP.map {
            [LeadNumber("p of a fall", $0), LeadNumber("stations tested", Double(finding.tests))]
          }
            ?? []),
        sources: sources(finding))
    }
  }

  /// What would disprove any lead of this kind.
  public static let disproof =
    "A source near the station that stopped, a new wall or tree, a street washed for its own sake, a cleaned inlet or a new "
    + "calibration would explain it. Put an instrument beside the station for some days, unannounced, and compare."

  /// One sentence with what speaks against a station.
  public static func statement(
    _ finding: StationFinding, name: String, quantity: String, rules: StationIntegrityRules
  ) -> String {
    var parts: [String] = []
    let words = [
      "dips on a timetable that no neighbour has", "values pinned under a cap that the neighbours exceed",
      "days equal to another's", "days far from all neighbours",
    ]
    for (number, hours) in finding.flagged.enumerated() where hours >= rules.leastFlaggedHours {
      parts.append("\(words[number]) (\(counted(hours, "hour")))")
    }
    if let change = finding.change, let p = finding.dropP, change <= 1 / rules.leastDrop {
      parts.append(
        "a fall to \(percent(change)) of what its neighbours and the wind let expect (p \(plain(p, decimals: 6)))")
    }
    let what = parts.isEmpty ? "nothing that stands out" : parts.joined(separator: "; ")
    return "\(quantity) of station \(name) between \(finding.firstDay) and \(finding.lastDay) shows \(what)."
  }
}
