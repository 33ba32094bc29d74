public import Grids

/// An alarm that comes back: raised in at least so many of a cell's last periods with data.
public struct AlarmPersistence: Hashable, Sendable, CustomStringConvertible {
  /// Alarms that are needed.
  public let alarms: Int
  /// Periods with a contrast that are looked back on, the present one among them.
  public let periods: Int

  /// Reads `3/5`: in at least 3 of the last 5 periods with data. - Returns: `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let alarms = parts[0], let periods = parts[1], alarms >= 1, periods >= alarms, periods <= 64
    else { return nil }
    self.alarms = alarms
    self.periods = periods
  }

  public var description: String { "\(alarms)/\(periods)" }

  /// For people, after the rule of a single period.
  public var words: String {
    "and that in at least \(alarms) of the cell's last \(periods) periods with data"
  }

  /// What a cell's past periods came to; fed one period after the other.
  public struct Memory: Sendable {
    private let rule: AlarmPersistence
    /// Bits of the last periods of each cell, the newest lowest, and how many there are.
    private var history: [CellID: (bits: UInt64, count: Int)] = [:]

    public init(_ rule: AlarmPersistence) { self.rule = rule }

    /// Takes a period in which the cell had data. - Returns: Alarms among the periods looked back on, and whether they suffice.
    public mutating func take(_ cell: CellID, isAlarm: Bool) -> (alarms: Int, periods: Int, persists: Bool) {
      var own = history[cell] ?? (0, 0)
      let mask = rule.periods == 64 ? UInt64.max : (1 << UInt64(rule.periods)) - 1
      own.bits = (own.bits << 1 | (isAlarm ? 1 : 0)) & mask
      own.count = min(rule.periods, own.count + 1)
      history[cell] = own
      let alarms = own.bits.nonzeroBitCount
      return (alarms, own.count, isAlarm && alarms >= rule.alarms)
    }
  }
}
