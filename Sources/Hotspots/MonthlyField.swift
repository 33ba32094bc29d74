public import Grids
public import Quantities
internal import Readings

/// When a monthly mean counts.
public enum MonthValidity: Hashable, Sendable, CustomStringConvertible {
  /// At least 27 days, 25 in February: GB 3095-2012, table 4.
  case standard
  /// At least so many days: for satellites, which clouds keep from most days.
  case days(Int)
  /// At least this share of the month's days, 0...1.
  case share(Double)
  /// Any.
  case any

  /// Reads `standard`, `days:15`, `share:0.5` or `any`.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.count == 2 ? parts[1] : nil) {
    case ("standard", nil): self = .standard
    case ("any", nil): self = .any
    case ("days", let number?):
      guard let days = Int(number), (1...31).contains(days) else { return nil }
      self = .days(days)
    case ("share", let number?):
      guard let share = Double(number), share > 0, share <= 1 else { return nil }
      self = .share(share)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .standard: "standard"
    case .days(let days): "days:\(days)"
    case .share(let share): "share:\(share)"
    case .any: "any"
    }
  }

  public func leastDays(in month: LocalMonth) -> Int {
    switch self {
    case .standard: AirStandard.daysOfValidMonth(month)
    case .days(let days): days
    case .share(let share): Int((share * Double(month.dayCount)).rounded(.up))
    case .any: 1
    }
  }
}

/// The monthly mean of every cell.
public struct MonthlyField: Sendable {
  public let month: LocalMonth
  public let field: CellField
  /// Days with a value, per slot; `nil` where only monthly values were given.
  public let days: [Int32]?

  public init(month: LocalMonth, field: CellField, days: [Int32]? = nil) {
    precondition(days == nil || days?.count == field.count, "one number of days per cell")
    self.month = month
    self.field = field
    self.days = days
  }

  /// The mean of the days of one month, each day with the same weight (GB 3095-2012, 3.10).
  ///
  /// - Parameter days: Fields of the month's days, in any order; days of other months are left out.
  public init(month: LocalMonth, days: [(day: LocalDay, field: CellField)]) {
    let fields = days.filter { $0.day.month == month }.sorted { $0.day < $1.day }.map(\.field)
    let cells = Set(fields.flatMap(\.cells)).sorted()
    var sums = [Double](repeating: 0, count: cells.count)
    var counts = [Int32](repeating: 0, count: cells.count)
    for field in fields {
      var slot = 0
      for (cell, value) in zip(field.cells, field.values) {
        while cells[slot] < cell { slot += 1 }
        sums[slot] += value
        counts[slot] += 1
      }
    }
    let unknown = [Double](repeating: .nan, count: cells.count)
    self.month = month
    self.days = counts
    field = CellField(
      cells: cells, values: zip(sums, counts).map { $0 / Double($1) }, variances: unknown, counts: counts,
      coverages: unknown)
  }
}
