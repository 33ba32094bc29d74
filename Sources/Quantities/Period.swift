/// How long an average is taken over.
public enum PeriodLength: String, CaseIterable, Hashable, Sendable, Codable {
  case hour, day, month
}

/// A labelled period of Beijing time, as written in the `period` column of cells files.
public enum Period: Hashable, Comparable, Sendable, CustomStringConvertible {
  case hour(LocalHour)
  case day(LocalDay)
  case month(LocalMonth)

  /// Reads `2017-11`, `2017-11-21` or `2017-11-21T08`.
  public init?(_ text: String) {
    switch text.utf8.count {
    case 7:
      guard let month = LocalMonth(text) else { return nil }
      self = .month(month)
    case 10:
      guard let day = LocalDay(text) else { return nil }
      self = .day(day)
    case 13:
      let parts = text.split(separator: "T", omittingEmptySubsequences: false)
      guard parts.count == 2, let day = LocalDay(String(parts[0])), let hour = Int(parts[1]), (0...23).contains(hour)
      else { return nil }
      self = .hour(LocalHour(day: day, hourOfDay: hour))
    default: return nil
    }
  }

  /// Whether it is an hour, a day or a month; periods of one length are compared with each other.
  public var length: PeriodLength {
    switch self {
    case .hour: .hour
    case .day: .day
    case .month: .month
    }
  }

  public var description: String {
    switch self {
    case .hour(let hour): hour.description
    case .day(let day): day.description
    case .month(let month): month.description
    }
  }

  /// The first moment of the period.
  public var start: Instant { LocalHour(ordinal: firstHourOrdinal).start }

  private var firstHourOrdinal: Int32 {
    switch self {
    case .hour(let hour): hour.ordinal
    case .day(let day): day.ordinal * 24
    case .month(let month): month.firstDay.ordinal * 24
    }
  }

  /// By beginning; of two that begin together the shorter comes first.
  public static func < (a: Period, b: Period) -> Bool {
    a.firstHourOrdinal != b.firstHourOrdinal ? a.firstHourOrdinal < b.firstHourOrdinal : a.rank < b.rank
  }

  private var rank: Int {
    switch self {
    case .hour: 0
    case .day: 1
    case .month: 2
    }
  }
}
