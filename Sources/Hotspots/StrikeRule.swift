public import Grids
public import Quantities

/// When monthly alerts of a cell add up: three running, or six within a year.
///
/// What follows is a public notice, a resident work team (派驻工作组) and a public talk (约谈) with the head of the county; an
/// authority decides that, not this rule.
public struct StrikeRule: Hashable, Sendable {
  /// Alerts in consecutive months.
  public var running = 3
  /// Alerts within `windowMonths`.
  public var within = 6
  public var windowMonths = 12

  public init() {}

  /// What a cell's alerts came to by the last month.
  public struct Standing: Hashable, Sendable {
    public let cell: CellID
    /// Months with an alert, ascending, each once however many lists named the cell.
    public let months: [LocalMonth]
    /// Consecutive months with an alert up to the last month; 0 without one in the last.
    public let running: Int
    /// Alerts in the window that ends with the last month.
    public let withinWindow: Int
    /// The first month by whose end a limit was reached; `nil` when none was.
    public let reached: LocalMonth?
    /// Whether a limit is reached in the last month itself.
    public let isReachedNow: Bool
  }

  /// - Parameters:
  ///   - alerts: Cell and month, in any order and as often as lists name them.
  ///   - last: The month to which standings refer; later alerts are left out.
  /// - Returns: One per cell with an alert up to `last`, ascending.
  public func standings(_ alerts: [(cell: CellID, month: LocalMonth)], last: LocalMonth) -> [Standing] {
    let ordered = alerts.filter { $0.month <= last }.sorted { ($0.cell, $0.month) < ($1.cell, $1.month) }
    var standings: [Standing] = []
    var start = 0
    while start < ordered.count {
      var end = start
      var months: [LocalMonth] = []
      while end < ordered.count, ordered[end].cell == ordered[start].cell {
        if months.last != ordered[end].month { months.append(ordered[end].month) }
        end += 1
      }
      let reached = months.first { isReached(months, by: $0) }
      standings.append(
        Standing(
          cell: ordered[start].cell, months: months, running: runningAlerts(months, by: last),
          withinWindow: count(months, by: last), reached: reached,
          isReachedNow: months.last == last && isReached(months, by: last)))
      start = end
    }
    return standings
  }

  private func isReached(_ months: [LocalMonth], by month: LocalMonth) -> Bool {
    runningAlerts(months, by: month) >= running || count(months, by: month) >= within
  }

  private func runningAlerts(_ months: [LocalMonth], by month: LocalMonth) -> Int {
    var count = 0
    var wanted = month
    for alert in months.reversed() where alert <= month {
      guard alert == wanted else { break }
      count += 1
      wanted = wanted.advanced(by: -1)
    }
    return count
  }

  private func count(_ months: [LocalMonth], by month: LocalMonth) -> Int {
    let first = month.advanced(by: 1 - windowMonths)
    return months.count { $0 >= first && $0 <= month }
  }
}
