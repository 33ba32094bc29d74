public import Grids
public import Quantities

/// The three lists of cells per city that the campaign's monthly alert is made of.
public struct MonthlyLists: Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case highestMean = "highest mean"
    case worstYearOnYear = "worst year-on-year"
    case worstMonthOnMonth = "worst month-on-month"

    /// The month a month is compared with.
    public func comparison(with month: LocalMonth) -> LocalMonth? {
      switch self {
      case .highestMean: nil
      case .worstYearOnYear: month.advanced(by: -12)
      case .worstMonthOnMonth: month.advanced(by: -1)
      }
    }
  }

  public struct Row: Hashable, Sendable {
    public let city: City
    public let kind: Kind
    /// 1 is the worst; equal cells share a rank.
    public let rank: Int
    public let cell: CellID
    public let value: Double
    /// Days with a value; `nil` where only monthly values were given.
    public let days: Int32?
    public let comparisonMonth: LocalMonth?
    public let comparisonValue: Double?
    public let comparisonDays: Int32?
    /// (value - comparison) / comparison: 0.25 is a rise by a quarter, negative an improvement.
    public let change: Double?
    public let isTied: Bool
    /// The two months lie on both sides of 2018-09-01, when particles went from 273 K to actual conditions.
    public let straddlesReferenceChange: Bool
  }

  /// Cells that could not be ranked, so that none is left out in silence.
  public struct Gap: Hashable, Sendable {
    public let city: City
    public let kind: Kind
    public let cells: Int
    public let reason: String
  }

  /// The amendment of 2018 to GB 3095-2012 came into force.
  public static let referenceChange = LocalMonth(year: 2018, month: 9)

  public let month: LocalMonth
  /// By city code, then kind, then rank, then cell.
  public let rows: [Row]
  /// By city code, then kind, then reason.
  public let gaps: [Gap]
  /// Cells of `month` that belong to a city, ranked or not.
  public let cellsInCities: Int

  /// - Parameters:
  ///   - k: Cells per list and city; ties with the last are listed too.
  ///   - fields: At least that of `month`; a list whose comparison month is absent has gaps only.
  ///   - validity: Days below which a monthly mean is not ranked; not applied where days are not known.
  public init(
    month: LocalMonth, k: Int = 1, fields: [MonthlyField], cities: CellCities, validity: MonthValidity = .standard
  ) {
    self.month = month
    let current = fields.first { $0.month == month }
    var slotsOfCity = [[Int]](repeating: [], count: cities.cities.count)
    for slot in current?.field.cells.indices ?? 0..<0 {
      if let city = current.flatMap({ cities.city(of: $0.field.cells[slot]) }) { slotsOfCity[city].append(slot) }
    }
    var rows: [Row] = []
    var gaps: [Gap] = []
    for (city, slots) in zip(cities.cities, slotsOfCity) {
      guard let current, !slots.isEmpty else { continue }
      for kind in Kind.allCases {
        let other = kind.comparison(with: month)
        let list = CityList(
          city: city, kind: kind, current: current, comparisonMonth: other,
          comparison: other.flatMap { other in fields.first { $0.month == other } }, validity: validity)
        let (listRows, listGaps) = list.ranked(slots, k: k)
        rows += listRows
        gaps += listGaps
      }
    }
    self.rows = rows
    self.gaps = gaps
    cellsInCities = slotsOfCity.reduce(0) { $0 + $1.count }
  }
}

/// One list of one city in the making.
private struct CityList {
  let city: City
  let kind: MonthlyLists.Kind
  let current: MonthlyField
  let comparisonMonth: LocalMonth?
  let comparison: MonthlyField?
  let validity: MonthValidity

  func ranked(_ slots: [Int], k: Int) -> ([MonthlyLists.Row], [MonthlyLists.Gap]) {
    var candidates: [Int] = []
    var rows: [MonthlyLists.Row] = []
    var gaps: [String: Int] = [:]
    for slot in slots {
      switch candidate(slot) {
      case .success(let row):
        candidates.append(rows.count)
        rows.append(row)
      case .failure(let gap): gaps[gap.reason, default: 0] += 1
      }
    }
    let order = CityTop.ranked(candidates, first: k) { rows[$0].change ?? rows[$0].value }
    return (
      order.map { rows[$0.slot].ranked($0.rank, isTied: $0.isTied) },
      gaps.sorted { $0.key < $1.key }.map {
        MonthlyLists.Gap(city: city, kind: kind, cells: $0.value, reason: $0.key)
      }
    )
  }

  private struct NotRanked: Error {
    let reason: String
  }

  private func candidate(_ slot: Int) -> Result<MonthlyLists.Row, NotRanked> {
    let days = current.days?[slot]
    if let reason = tooFew(days, in: current.month) { return .failure(NotRanked(reason: reason)) }
    let cell = current.field.cells[slot]
    let value = current.field.values[slot]
    guard let comparisonMonth else {
      return .success(row(cell, value, days, nil, nil))
    }
    guard let comparison, let other = comparison.field.cells.position(of: cell) else {
      return .failure(NotRanked(reason: "no value in \(comparisonMonth)"))
    }
    let otherDays = comparison.days?[other]
    if let reason = tooFew(otherDays, in: comparisonMonth) { return .failure(NotRanked(reason: reason)) }
    let otherValue = comparison.field.values[other]
    guard otherValue > 0 else { return .failure(NotRanked(reason: "the value in \(comparisonMonth) is not positive")) }
    return .success(row(cell, value, days, otherValue, otherDays))
  }

  private func tooFew(_ days: Int32?, in month: LocalMonth) -> String? {
    let least = validity.leastDays(in: month)
    guard let days, days < least else { return nil }
    return "fewer than \(least) days in \(month)"
  }

  private func row(
    _ cell: CellID, _ value: Double, _ days: Int32?, _ other: Double?, _ otherDays: Int32?
  ) -> MonthlyLists.Row {
    let change = MonthlyLists.referenceChange
    return MonthlyLists.Row(
      city: city, kind: kind, rank: 0, cell: cell, value: value, days: days, comparisonMonth: comparisonMonth,
      comparisonValue: other, comparisonDays: otherDays, change: other.map { (value - $0) / $0 }, isTied: false,
      straddlesReferenceChange: comparisonMonth.map { ($0 < change) != (current.month < change) } ?? false)
  }
}

extension MonthlyLists.Row {
  fileprivate func ranked(_ rank: Int, isTied: Bool) -> MonthlyLists.Row {
    MonthlyLists.Row(
      city: city, kind: kind, rank: rank, cell: cell, value: value, days: days, comparisonMonth: comparisonMonth,
      comparisonValue: comparisonValue, comparisonDays: comparisonDays, change: change, isTied: isTied,
      straddlesReferenceChange: straddlesReferenceChange)
  }
}
