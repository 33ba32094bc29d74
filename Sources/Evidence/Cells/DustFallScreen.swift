public import Grids
public import Quantities
public import Readings
internal import SpatialStatistics

/// When dust-fall makes a lead.
public struct DustFallRules: Hashable, Sendable, Codable {
  /// t/(km²·30 d): 9 for the "2+26" cities, 12 as the looser yardstick.
  public var limit = 9.0
  /// Standard error of one collector's month, as a share of its value.
  public var relativeError = 0.15
  /// Probability that the true value lies above the limit, from which a collector makes a lead.
  public var minimumProbability = 0.9

  public init() {}

  enum CodingKeys: String, CodingKey {
    case limit
    case relativeError = "relative_error"
    case minimumProbability = "minimum_probability"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(limit > 0 && limit < 1000) { result.append(("limit", "\(limit) is not above 0 and below 1000")) }
    if !(0.001...1).contains(relativeError) {
      result.append(("relative_error", "\(relativeError) is not between 0.001 and 1"))
    }
    if !(0.5...1).contains(minimumProbability) {
      result.append(("minimum_probability", "\(minimumProbability) is not between 0.5 and 1"))
    }
    return result
  }
}

/// Dust-fall of a place in a month: a collector, a county or a city.
public struct DustFallRow: Hashable, Sendable {
  /// What the row sums up.
  public enum Level: String, CaseIterable, Hashable, Sendable {
    case station, county, city
  }

  /// Decides what `code` is.
  public let level: Level
  /// Station id, or GB/T 2260 code.
  public let code: String
  /// Of the county or city in Chinese; of a collector its id again.
  public let name: String
  /// The month that collectors are booked under.
  public let month: LocalMonth
  /// Collectors behind the mean, 1 at level `station`.
  public let stations: Int
  /// Mean of the stations, t/(km²·30 d).
  public let mean: Double
  /// Of `mean`: from the spread between stations, and never below what the collectors' own errors give.
  public let standardError: Double
  /// P(true mean > limit) for a normal error.
  public let probabilityOver: Double
  /// t/(km²·30 d), as the rules had it.
  public let limit: Double

  /// Compared to a thousandth, so that 9.3 in 31 days, which is 9.0 in 30, is not above 9 by binary noise.
  public var isOver: Bool { (mean * 1000).rounded() > (limit * 1000).rounded() }
}

/// Collectors, counties and cities against a limit of dust-fall.
public enum DustFallScreen {
  /// - Parameter counties: County of each sample; `nil` where nobody knows, and then it counts at station level alone.
  /// - Returns: Rows by level (stations, counties, cities), month and code.
  public static func rows(
    _ samples: [DustFallSample], counties: [County?], rules: DustFallRules
  ) -> [DustFallRow] {
    precondition(samples.count == counties.count, "one county per sample")
    var rows = samples.map { row(.station, $0.stationID, $0.stationID, $0.month, [$0.tonnesPerSquareKilometre], rules) }
    func group(_ level: DustFallRow.Level, _ key: (County) -> (code: String, name: String)) {
      var values: [String: (name: String, byMonth: [LocalMonth: [Double]])] = [:]
      for (sample, county) in zip(samples, counties) {
        guard let place = county.map(key) else { continue }
        values[place.code, default: (place.name, [:])].byMonth[sample.month, default: []]
          .append(sample.tonnesPerSquareKilometre)
      }
      for (code, entry) in values {
        for (month, own) in entry.byMonth { rows.append(row(level, code, entry.name, month, own, rules)) }
      }
    }
    group(.county) { ($0.code, $0.name) }
    group(.city) { ($0.cityCode, $0.cityName) }
    let order: [DustFallRow.Level: Int] = [.station: 0, .county: 1, .city: 2]
    return rows.sorted {
      (order[$0.level] ?? 0, $0.month, $0.code) < (order[$1.level] ?? 0, $1.month, $1.code)
    }
  }

  /// How many places of a level keep the limit in a month, and how many there are.
  public static func within(
    _ rows: [DustFallRow], level: DustFallRow.Level, month: LocalMonth
  ) -> (places: Int, of: Int) {
    let own = rows.filter { $0.level == level && $0.month == month }
    return (own.count { !$0.isOver }, own.count)
  }

  private static func row(
    _ level: DustFallRow.Level, _ code: String, _ name: String, _ month: LocalMonth, _ values: [Double],
    _ rules: DustFallRules
  ) -> DustFallRow {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let own = values.reduce(0) { $0 + ($1 * rules.relativeError) * ($1 * rules.relativeError) }.squareRoot() / n
    let spread =
      values.count > 1
      ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n).squareRoot() : 0
    let error = max(own, spread)
    let over = error > 0 ? Significance.p(z: (rules.limit - mean) / error, .greater) : mean > rules.limit ? 1 : 0
    return DustFallRow(
      level: level, code: code, name: name, month: month, stations: values.count, mean: mean, standardError: error,
      probabilityOver: over, limit: rules.limit)
  }

  /// Leads of collectors that lie above the limit beyond their error, by cell, then month and station.
  ///
  /// - Parameters:
  ///   - cells: Cell of each sample; one without a cell gives no lead.
  ///   - source: Provenance of a sample, by its position.
  /// - Returns: Strength is 2P - 1, P the probability that the true value lies above the limit.
  public static func leads(
    _ samples: [DustFallSample], cells: [CellID?], rules: DustFallRules, source: (Int) -> LeadSource
  ) -> [Lead] {
    let order = samples.indices.compactMap { k in cells[k].map { (cell: $0, k: k) } }.sorted {
      ($0.cell, samples[$0.k].month, samples[$0.k].stationID) < ($1.cell, samples[$1.k].month, samples[$1.k].stationID)
    }
    return order.compactMap { cell, k in
      let sample = samples[k]
      let row = row(
        .station, sample.stationID, sample.stationID, sample.month, [sample.tonnesPerSquareKilometre], rules)
      guard row.probabilityOver >= rules.minimumProbability else { return nil }
      return Lead(
        kind: .dustFall, cell: cell, creditCode: nil, meterID: nil, firstDay: sample.month.firstDay,
        lastDay: sample.month.lastDay, strength: min(1, max(0, 2 * row.probabilityOver - 1)),
        statement: "Dust-fall at \(sample.stationID) in \(sample.month) was \(plain(row.mean, decimals: 1)) ± "
          + "\(plain(row.standardError, decimals: 1)) t/(km2 30 d); the limit is \(plain(rules.limit, decimals: 1)).",
        disproof: "Birds, leaves, a roof repaired beside the collector or a dust storm would explain it. Look at the "
          + "collector's place and at the stations around it in the same month.",
        numbers: [
          LeadNumber("dust-fall", row.mean, "t/(km2 30 d)"),
          LeadNumber("standard error", row.standardError, "t/(km2 30 d)"),
          LeadNumber("limit", rules.limit, "t/(km2 30 d)"), LeadNumber("probability over", row.probabilityOver),
        ], sources: [source(k)])
    }
  }
}
