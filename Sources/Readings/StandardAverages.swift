public import Quantities

/// Averages over the periods of GB 3095, each with how many values it has and whether they are enough.
///
/// Hours are Beijing hours named by their beginning. An average that is not valid is given all the same: the standard
/// asks to use all data, and whoever reads it must see what is missing.
public struct StandardAverages: Sendable, Equatable {
  /// Which average; raw values are the names `hotgrid average` takes and writes.
  public enum Kind: String, CaseIterable, Sendable, Codable {
    /// Mean of 8 hours, named by its last hour.
    case eightHours = "8h"
    /// Mean of a natural day.
    case day
    /// Largest 8-hour mean of a natural day: the daily value of O3.
    case dayMaximumEight = "day-max-8h"
    /// Mean of the month's days.
    case month
    /// Mean of the year's days.
    case year
    /// Weighted mean of 12 hours for particles in the current hour (US EPA), named by its last hour.
    case nowCast = "nowcast"
  }

  /// One average of one station.
  public struct Row: Sendable, Equatable {
    /// Position in the caller's station list, as in ``StationHours/stations``.
    public let station: Int32
    /// First and last day it is taken over.
    public let days: ClosedRange<LocalDay>
    /// Of averages named by an hour.
    public let hour: LocalHour?
    /// In the pollutant's unit.
    public let value: Double
    /// Hours, 8-hour means or days that took part.
    public let count: Int
    /// Whether `count` reaches what GB 3095 table 4 asks for; NowCast rows are given only when they are.
    public let isValid: Bool
    /// By name, with its validity: that of the last day.
    public let standard: String
    /// Whether it mixes values of before and after 2018-09-01.
    public let straddlesReferenceChange: Bool

    /// `2017-11-21T08`, `2017-11-21`, `2017-11` or `2017`.
    public func label(_ kind: Kind) -> String {
      switch kind {
      case .eightHours, .nowCast: hour?.description ?? ""
      case .day, .dayMaximumEight: days.lowerBound.description
      case .month: days.lowerBound.month.description
      case .year: String(days.lowerBound.month.description.prefix(4))
      }
    }
  }

  /// One kind per table; all rows are of it.
  public let kind: Kind
  /// Decides the unit, and for O3 what the daily value of months and years is.
  public let pollutant: Pollutant
  /// By station, then time.
  public let rows: [Row]

  /// - Parameters:
  ///   - hours: Sorted by (station, hour).
  ///   - excluding: Hours with one of these flags are not values.
  public init(_ kind: Kind, of hours: StationHours, excluding: QualityFlags = []) {
    self.kind = kind
    pollutant = hours.pollutant
    var rows: [Row] = []
    var start = 0
    while start < hours.count {
      var end = start
      var series: [(hour: Int32, value: Double)] = []
      while end < hours.count, hours.stations[end] == hours.stations[start] {
        if hours.flags[end] & excluding.rawValue == 0, hours.means[end].isFinite {
          series.append((hours.hours[end], hours.means[end]))
        }
        end += 1
      }
      rows += StationAverager(station: hours.stations[start], series: series, pollutant: hours.pollutant).rows(kind)
      start = end
    }
    self.rows = rows
  }

  /// NowCast of particles: weights w^0, w^1, ... from the newest of 12 hours, w = max(1/2, smallest / largest).
  ///
  /// US EPA, Technical Assistance Document for the Reporting of Daily Air Quality (2018).
  /// - Parameter newestFirst: Up to 12 hourly values, `nil` where there is none.
  /// - Returns: Truncated to 0.1; `nil` unless two of the newest three are there.
  public static func nowCast(newestFirst: [Double?]) -> Double? {
    let hours = newestFirst.prefix(12)
    guard hours.prefix(3).count(where: { $0 != nil }) >= 2 else { return nil }
    let known = hours.compactMap(\.self)
    guard let least = known.min(), let most = known.max() else { return nil }
    let weight = most > 0 ? max(0.5, least / most) : 1
    var (sum, weights, power) = (0.0, 0.0, 1.0)
    for value in hours {
      if let value {
        sum += power * value
        weights += power
      }
      power *= weight
    }
    // A hair above keeps 45.5 from becoming 45.4 by its binary fraction.
    return (sum / weights * 10 + 1e-9).rounded(.down) / 10
  }
}

/// Averages of one station's hours.
private struct StationAverager {
  let station: Int32
  /// Ascending, no hour twice.
  let series: [(hour: Int32, value: Double)]
  let pollutant: Pollutant

  func rows(_ kind: StandardAverages.Kind) -> [StandardAverages.Row] {
    switch kind {
    case .eightHours: eightHours().map { row($0.hour, $0.value, $0.count, isValid: $0.isValid) }
    case .day: days().map { row($0.day...$0.day, $0.value, $0.count, isValid: $0.isValid) }
    case .dayMaximumEight: maxima().map { row($0.day...$0.day, $0.value, $0.count, isValid: $0.isValid) }
    case .month: months()
    case .year: years()
    case .nowCast: nowCasts()
    }
  }

  private typealias Hourly = (hour: LocalHour, value: Double, count: Int, isValid: Bool)
  private typealias Daily = (day: LocalDay, value: Double, count: Int, isValid: Bool)

  /// The mean of each hour and the seven before it, for hours that have a value.
  private func eightHours() -> [Hourly] {
    var first = 0
    var result: [Hourly] = []
    for last in series.indices {
      while series[first].hour < series[last].hour - 7 { first += 1 }
      let part = series[first...last]
      let hour = LocalHour(ordinal: series[last].hour)
      let rules = AirStandard.inForce(on: hour.day).validity
      result.append(
        (hour, part.reduce(0) { $0 + $1.value } / Double(part.count), part.count, part.count >= rules.hoursOfEight))
    }
    return result
  }

  private func days() -> [Daily] {
    grouped(series) { LocalHour(ordinal: $0.hour).day }.map { day, part in
      let rules = AirStandard.inForce(on: day).validity
      return (day, part.reduce(0) { $0 + $1.value } / Double(part.count), part.count, part.count >= rules.hoursOfDay)
    }
  }

  /// Of the 17 means whose eight hours all lie in the day: those that begin at 00:00 to 16:00.
  private func maxima() -> [Daily] {
    let means = eightHours().filter { $0.isValid && $0.hour.hourOfDay >= 7 }
    return grouped(means) { $0.hour.day }.map { day, part in
      let standard = AirStandard.inForce(on: day)
      let most = part.map(\.value).max() ?? 0
      let isEnough = part.count >= standard.validity.eightsOfDay
      return (day, most, part.count, isEnough || most > standard.dailyLimit[pollutant] ?? .infinity)
    }
  }

  /// Valid days: those of O3 are maxima of 8-hour means.
  private func validDays() -> [Daily] { (pollutant == .o3 ? maxima() : days()).filter(\.isValid) }

  private func months() -> [StandardAverages.Row] {
    grouped(validDays()) { $0.day.month }.map { month, part in
      let rules = AirStandard.inForce(on: month.lastDay).validity
      return row(
        month.firstDay...month.lastDay, part.reduce(0) { $0 + $1.value } / Double(part.count), part.count,
        isValid: part.count >= rules.daysOfMonth(month))
    }
  }

  /// A year needs its days and those of each of its months.
  private func years() -> [StandardAverages.Row] {
    grouped(validDays()) { $0.day.month.year }.map { year, part in
      let (first, last) = (LocalMonth(year: year, month: 1), LocalMonth(year: year, month: 12))
      let rules = AirStandard.inForce(on: last.lastDay).validity
      let months = grouped(part) { $0.day.month }
      let isValid =
        part.count >= rules.daysOfYear && months.count == 12
        && months.allSatisfy { $0.part.count >= rules.daysOfMonth($0.key) }
      return row(
        first.firstDay...last.lastDay, part.reduce(0) { $0 + $1.value } / Double(part.count), part.count,
        isValid: isValid)
    }
  }

  private func nowCasts() -> [StandardAverages.Row] {
    var first = 0
    return series.indices.compactMap { last in
      while series[first].hour < series[last].hour - 11 { first += 1 }
      var newest = [Double?](repeating: nil, count: 12)
      for k in first...last { newest[Int(series[last].hour - series[k].hour)] = series[k].value }
      guard let value = StandardAverages.nowCast(newestFirst: newest) else { return nil }
      return row(LocalHour(ordinal: series[last].hour), value, last - first + 1, isValid: true)
    }
  }

  // MARK: Parts

  private func row(_ hour: LocalHour, _ value: Double, _ count: Int, isValid: Bool) -> StandardAverages.Row {
    let days = LocalHour(ordinal: hour.ordinal - 7).day...hour.day
    return row(days, value, count, isValid: isValid, hour: hour)
  }

  private func row(
    _ days: ClosedRange<LocalDay>, _ value: Double, _ count: Int, isValid: Bool, hour: LocalHour? = nil
  ) -> StandardAverages.Row {
    StandardAverages.Row(
      station: station, days: days, hour: hour, value: value, count: count, isValid: isValid,
      standard: AirStandard.inForce(on: days.upperBound).name,
      straddlesReferenceChange: AirStandard.straddlesReferenceChange(days))
  }

  /// Runs of equal keys, in order.
  private func grouped<Element, Key: Equatable>(
    _ elements: [Element], by key: (Element) -> Key
  ) -> [(key: Key, part: [Element])] {
    var result: [(key: Key, part: [Element])] = []
    for element in elements {
      let own = key(element)
      if let last = result.last, last.key == own {
        result[result.count - 1].part.append(element)
      } else {
        result.append((own, [element]))
      }
    }
    return result
  }
}
