internal import Quantities

/// Which number of a date such as `8/1/2019` is the month.
public enum DateOrder: String, CaseIterable, Hashable, Sendable {
  /// As American spreadsheets write: 8/1/2019 is the first of August.
  case monthFirst = "mdy"
  /// As British spreadsheets write: 8/1/2019 is the eighth of January.
  case dayFirst = "dmy"
}

/// Dates and times of fire files, also where a spreadsheet has rewritten them.
enum FirmsTime {
  /// A date whose two first numbers may be either way round.
  enum RawDate: Equatable {
    case day(LocalDay)
    case slashed(first: Int, second: Int, year: Int)
  }

  /// Reads `2019-08-01`, `2019/8/1` (always year first) or `8/1/2019`. - Returns: `nil` for anything else.
  static func date(_ text: String) -> RawDate? {
    let parts = text.split { "/-.".contains($0) }.map { Int($0) }
    guard parts.count == 3, let a = parts[0], let b = parts[1], let c = parts[2] else { return nil }
    if a > 999 { return LocalDay(year: a, month: b, day: c).map { .day($0) } }
    guard c > 999, (1...31).contains(a), (1...31).contains(b), a <= 12 || b <= 12 else { return nil }
    return .slashed(first: a, second: b, year: c)
  }

  /// Minutes after 00:00 UTC of `acq_time`: `0056`, `56` (a spreadsheet took the zeros), `1234`, `00:56`.
  static func minutes(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let hour: Int
    let minute: Int
    if parts.count == 2 || parts.count == 3 {
      guard let h = Int(parts[0]), let m = Int(parts[1]) else { return nil }
      (hour, minute) = (h, m)
    } else {
      guard text.utf8.count <= 4, let number = Int(text), number >= 0 else { return nil }
      (hour, minute) = (number / 100, number % 100)
    }
    return (0..<24).contains(hour) && (0..<60).contains(minute) ? hour * 60 + minute : nil
  }

  /// What the dates of one file prove about their order.
  struct Evidence {
    var monthFirst = 0
    var dayFirst = 0
    var ambiguous = 0

    mutating func add(_ date: RawDate) {
      guard case .slashed(let first, let second, _) = date else { return }
      if second > 12 {
        monthFirst += 1
      } else if first > 12 {
        dayFirst += 1
      } else if first != second {
        ambiguous += 1
      }
    }
  }

  static func day(_ date: RawDate, order: DateOrder) -> LocalDay? {
    switch date {
    case .day(let day): day
    case .slashed(let first, let second, let year):
      order == .monthFirst
        ? LocalDay(year: year, month: first, day: second) : LocalDay(year: year, month: second, day: first)
    }
  }
}
