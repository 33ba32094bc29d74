internal import Glibc
public import Geometry
public import Grids
public import Quantities
public import Readings
internal import SpatialStatistics

/// When an evening signature of loose coal (散煤) makes a lead.
public struct LooseCoalRules: Hashable, Sendable, Codable {
  /// Written into every row and lead; counted up by whoever changes a number.
  public var version = "loose-coal-1"
  /// First and last day of the heating season, month times 100 plus day: 15 November to 15 March.
  public var seasonStart = 1115
  /// That day included; before `seasonStart` the season runs across the new year.
  public var seasonEnd = 315
  /// Hours of the evening, of the same Beijing day.
  public var eveningHours = 18...23
  /// Hours of the day it is held against.
  public var dayHours = 11...16
  /// Hours of each that need a value.
  public var leastHours = 4
  /// Days that a cell needs.
  public var leastDays = 10
  /// Other cells that make a background.
  public var leastBackground = 3
  /// Distance from which another station is background no more, metres.
  public var radiusMetres = 40_000.0
  /// Median rise over the background's, as a factor, at least.
  public var leastRise = 1.15
  /// False discovery rate over the cells.
  public var falseDiscoveryRate = 0.05

  public init() {}

  enum CodingKeys: String, CodingKey {
    case version
    case seasonStart = "season_start"
    case seasonEnd = "season_end"
    case eveningHours = "evening_hours"
    case dayHours = "day_hours"
    case leastHours = "least_hours"
    case leastDays = "least_days"
    case leastBackground = "least_background"
    case radiusMetres = "radius_metres"
    case leastRise = "least_rise"
    case falseDiscoveryRate = "false_discovery_rate"
  }

  /// Whether a day lies in the heating season, which may cross the turn of the year.
  public func isHeating(_ day: LocalDay) -> Bool {
    let date = day.civil
    let own = date.month * 100 + date.day
    return seasonStart <= seasonEnd ? (seasonStart...seasonEnd).contains(own) : own >= seasonStart || own <= seasonEnd
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    for (key, hours) in [("evening_hours", eveningHours), ("day_hours", dayHours)]
    where !(0...23).contains(hours.lowerBound) || !(0...23).contains(hours.upperBound) {
      result.append((key, "\(hours) is not within 0 to 23"))
    }
    for (key, value) in [("season_start", seasonStart), ("season_end", seasonEnd)]
    where LocalDay(year: 2000, month: value / 100, day: value % 100) == nil {
      result.append((key, "\(value) is not a month and a day such as 1115"))
    }
    if leastHours < 1 { result.append(("least_hours", "\(leastHours) is not above 0")) }
    if leastDays < 5 { result.append(("least_days", "\(leastDays) is below 5")) }
    if leastBackground < 1 { result.append(("least_background", "\(leastBackground) is not above 0")) }
    if !(radiusMetres > 0) { result.append(("radius_metres", "\(radiusMetres) is not above 0")) }
    if !(leastRise >= 1) { result.append(("least_rise", "\(leastRise) is below 1")) }
    if !(falseDiscoveryRate > 0 && falseDiscoveryRate < 1) {
      result.append(("false_discovery_rate", "\(falseDiscoveryRate) is not between 0 and 1"))
    }
    return result
  }
}

/// How much a cell's evenings look like loose coal.
public struct LooseCoalScore: Hashable, Sendable {
  /// A cell with a station and enough cells around it.
  public let cell: CellID
  /// Stations of the cell, whose rises are averaged.
  public let stations: Int
  /// Days of the heating season that could be judged.
  public let days: Int
  /// First of the judged days.
  public let firstDay: LocalDay
  /// Last of the judged days; days between them may be missing.
  public let lastDay: LocalDay
  /// Median over the days of evening over daytime, divided by the same of the background: 1 is as everywhere.
  public let so2Rise: Double
  /// The same of PM2.5.
  public let pm25Rise: Double
  /// The same of SO2 over NO2; `nil` without NO2. Coal raises it, traffic lowers it.
  public let so2ToNO2Rise: Double?
  /// Days on which SO2 rose more than the background's.
  public let daysAbove: Int
  /// One-sided sign tests over days; `p` is the larger, because both must hold.
  public let so2P: Double
  /// The same of PM2.5.
  public let pm25P: Double
  /// What is corrected over the cells: both pollutants must rise.
  public var p: Double { max(so2P, pm25P) }
  /// Kendall's τ between the day's temperature and the rise of SO2; `nil` without temperature. Coal burns when it is cold.
  public let temperatureTau: Double?
  /// Mann-Kendall p of `temperatureTau`, two-sided; decides nothing. `nil` with it.
  public let temperatureP: Double?
  /// Whether it passed everything, p after Benjamini and Hochberg.
  public internal(set) var isLead: Bool
}

/// Cells whose evenings smell of loose coal.
///
/// Per cell and day r = log((evening + floor) / (daytime + floor)) of SO2 and PM2.5; the background is the median r of
/// other cells within the radius on the same day, so that weather and boundary layer cancel. The excess over it is
/// tested by its sign over the days.
public enum LooseCoalScreen {
  /// - Parameters:
  ///   - so2: Hours of SO2, with flags; `pm25` and `no2` cover the same stations and days. `no2` is `nil` when unknown.
  ///   - points: Of each station, projected metres; `nil` without a place.
  ///   - temperature: By station, then hour, °C, NaN where unknown; `nil` when there is none.
  ///   - mask: Flags that keep an hour out.
  /// - Returns: Scores of the cells that could be judged, ascending.
  public static func scores(
    so2: HourlySeries, pm25: HourlySeries, no2: HourlySeries?, points: [PlanePoint?], lattice: Lattice,
    temperature: [Double]?, excluding mask: QualityFlags, rules: LooseCoalRules
  ) -> [LooseCoalScore] {
    precondition(so2.values.count == pm25.values.count && points.count == so2.stationCount, "one lattice of hours")
    let map = PointMap(points, lattice: lattice)
    let occupied = map.occupied
    let centres = occupied.map { lattice.centre(of: $0.cell) }
    let first = LocalHour(ordinal: so2.firstHour).day
    let days = (0..<so2.dayCount).filter { rules.isHeating(first.advanced(by: $0)) }
    func rises(_ series: HourlySeries) -> [[Double]] {
      occupied.map { entry in days.map { rise(series, entry.points, $0, mask, rules) } }
    }
    let (sulphur, fine) = (rises(so2), rises(pm25))
    let nitrogen = no2.map(rises)
    let near = centres.indices.map { own in
      centres.indices.filter { other in
        let (dx, dy) = (centres[other].x - centres[own].x, centres[other].y - centres[own].y)
        return other != own && dx * dx + dy * dy <= rules.radiusMetres * rules.radiusMetres
      }
    }
    /// What a cell has above the cells around it, by day; NaN where one of the two is not known.
    func excess(_ all: [[Double]], _ own: Int) -> [Double] {
      days.indices.map { day in
        let others = near[own].map { all[$0][day] }.filter { !$0.isNaN }
        return others.count >= rules.leastBackground ? all[own][day] - medianOf(others) : .nan
      }
    }
    var scores: [LooseCoalScore] = []
    for own in occupied.indices {
      let (a, b) = (excess(sulphur, own), excess(fine, own))
      let usable = days.indices.filter { !a[$0].isNaN && !b[$0].isNaN }
      guard usable.count >= rules.leastDays, let start = usable.first, let end = usable.last else { continue }
      let ratio = nitrogen.map { medianOf(zip(a, excess($0, own)).map { $0 - $1 }) }
      let cold = temperature.map { values in
        usable.compactMap { day -> (temperature: Double, rise: Double)? in
          let mean = dailyMean(values, occupied[own].points, days[day], so2.hourCount)
          return mean.isNaN ? nil : (mean, sulphur[own][day])
        }.sorted { ($0.temperature, $0.rise) < ($1.temperature, $1.rise) }
      }
      let trend = cold.flatMap { $0.count >= rules.leastDays ? MannKendall($0.map(\.rise)) : nil }
      scores.append(
        LooseCoalScore(
          cell: occupied[own].cell, stations: occupied[own].points.count, days: usable.count,
          firstDay: first.advanced(by: days[start]), lastDay: first.advanced(by: days[end]),
          so2Rise: exp(medianOf(usable.map { a[$0] })), pm25Rise: exp(medianOf(usable.map { b[$0] })),
          so2ToNO2Rise: ratio.flatMap { $0.isNaN ? nil : exp($0) }, daysAbove: usable.count { a[$0] > 0 },
          so2P: signP(usable.map { a[$0] }), pm25P: signP(usable.map { b[$0] }), temperatureTau: trend?.tau,
          temperatureP: trend?.p, isLead: false))
    }
    let threshold = Significance.benjaminiHochbergThreshold(
      scores.map(\.p), falseDiscoveryRate: rules.falseDiscoveryRate)
    for k in scores.indices {
      scores[k].isLead =
        scores[k].p <= threshold ?? -1 && scores[k].so2Rise >= rules.leastRise && scores[k].pm25Rise >= 1
        && scores[k].so2ToNO2Rise ?? .infinity > 1
    }
    return scores
  }

  /// log of evening over daytime, mean of a cell's stations; NaN where too few hours are known.
  private static func rise(
    _ series: HourlySeries, _ stations: [Int], _ day: Int, _ mask: QualityFlags, _ rules: LooseCoalRules
  ) -> Double {
    // The floors of the alarms and of quality control: ratios near zero mean nothing.
    let floor = QualityRules().floor(of: series.pollutant)
    func mean(_ station: Int, _ hours: ClosedRange<Int>) -> Double {
      var (sum, count) = (0.0, 0)
      for hour in hours {
        let slot = station * series.hourCount + day * 24 + hour
        guard !series.values[slot].isNaN, series.flags[slot] & mask.rawValue == 0 else { continue }
        sum += max(0, series.values[slot])
        count += 1
      }
      return count >= rules.leastHours ? sum / Double(count) : .nan
    }
    let rises = stations.map { log((mean($0, rules.eveningHours) + floor) / (mean($0, rules.dayHours) + floor)) }
      .filter { !$0.isNaN }
    return rises.isEmpty ? .nan : rises.reduce(0, +) / Double(rises.count)
  }

  private static func dailyMean(_ values: [Double], _ stations: [Int], _ day: Int, _ hourCount: Int) -> Double {
    let own = stations.flatMap { station in
      (0..<24).map { values[station * hourCount + day * 24 + $0] }.filter { !$0.isNaN }
    }
    return own.isEmpty ? .nan : own.reduce(0, +) / Double(own.count)
  }

  /// Upper binomial tail of the days above among those that are not equal.
  static func signP(_ values: [Double]) -> Double {
    let above = values.count { $0 > 0 }
    return TailProbability.binomialUpper(above, of: above + values.count { $0 < 0 }, probability: 0.5)
  }

  /// Leads of the scores that passed, in their order. Strength is -log10 p / 6, at most 1.
  ///
  /// - Parameter sources: Of the cell's stations.
  public static func leads(_ scores: [LooseCoalScore], sources: (CellID) -> [LeadSource]) -> [Lead] {
    scores.filter(\.isLead).map { score in
      let cold = score.temperatureTau.map { ", more so on cold days (tau \(plain($0, decimals: 2)))" }
      return Lead(
        kind: .looseCoal, cell: score.cell, creditCode: nil, meterID: nil, firstDay: score.firstDay,
        lastDay: score.lastDay, strength: min(1, max(0, -log10(max(score.p, 1e-300)) / 6)),
        statement:
          "In cell \(score.cell) SO2 rose from daytime to evening \(plain(score.so2Rise, decimals: 2)) times as "
          + "much as around it, and PM2.5 \(plain(score.pm25Rise, decimals: 2)) times, on \(score.daysAbove) of "
          + "\(counted(score.days, "day")) of the heating season\((score.temperatureTau ?? 0) < 0 ? cold ?? "" : "").",
        disproof: "A boiler house or a kiln that works evenings, a restaurant street, or a sensor whose SO2 answers to "
          + "cold would explain it. Go in the evening, look for smoke from chimneys, and ask what heats the houses.",
        numbers: [
          LeadNumber("SO2 rise over background", score.so2Rise),
          LeadNumber("PM2.5 rise over background", score.pm25Rise),
          LeadNumber("days above", Double(score.daysAbove), "d"), LeadNumber("days", Double(score.days), "d"),
          LeadNumber("p", score.p),
        ] + (score.so2ToNO2Rise.map { [LeadNumber("SO2/NO2 rise over background", $0)] } ?? [])
          + (score.temperatureTau.map { [LeadNumber("tau with temperature", $0)] } ?? []),
        sources: sources(score.cell))
    }
  }
}
