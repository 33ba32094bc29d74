/// Beijing time is UTC+8 all year; China has had no summer time since 1991.
public enum BeijingTime {
  /// UTC+8, in seconds: added to UTC to get Beijing time.
  public static let offsetSeconds: Int64 = 8 * 3600
}

/// A moment: whole seconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable, Codable {
  /// UTC, without leap seconds; negative before 1970.
  public let secondsSinceEpoch: Int64

  public init(secondsSinceEpoch: Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

  public static func < (a: Instant, b: Instant) -> Bool { a.secondsSinceEpoch < b.secondsSinceEpoch }

  /// The Beijing hour that contains this moment.
  public var hour: LocalHour {
    LocalHour(ordinal: Int32((secondsSinceEpoch + BeijingTime.offsetSeconds).flooredQuotient(by: 3600)))
  }

  /// The Beijing day that contains this moment.
  public var day: LocalDay { hour.day }

  /// Beijing time as `2017-11-21T08:15:00+08:00`.
  public var iso8601: String {
    let secondOfHour = (secondsSinceEpoch + BeijingTime.offsetSeconds).flooredRemainder(by: 3600)
    return "\(hour):\(twoDigits(Int(secondOfHour / 60))):\(twoDigits(Int(secondOfHour % 60)))+08:00"
  }
}

/// One hour of Beijing time, labelled by its beginning: `2017-11-21T08` holds 08:00:00 up to 09:00:00.
public struct LocalHour: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Hours since 1970-01-01T00 Beijing time.
  public let ordinal: Int32

  public init(ordinal: Int32) { self.ordinal = ordinal }

  public init(day: LocalDay, hourOfDay: Int) { ordinal = day.ordinal * 24 + Int32(hourOfDay) }

  public static func < (a: LocalHour, b: LocalHour) -> Bool { a.ordinal < b.ordinal }

  /// The Beijing day that holds the hour.
  public var day: LocalDay { LocalDay(ordinal: ordinal.flooredQuotient(by: 24)) }
  /// 0...23
  public var hourOfDay: Int { Int(ordinal.flooredRemainder(by: 24)) }
  /// First moment of the hour; its last is 3599 seconds later.
  public var start: Instant { Instant(secondsSinceEpoch: Int64(ordinal) * 3600 - BeijingTime.offsetSeconds) }

  public var description: String { "\(day)T\(twoDigits(hourOfDay))" }
}

/// One calendar day of Beijing time.
public struct LocalDay: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let ordinal: Int32

  public init(ordinal: Int32) { self.ordinal = ordinal }

  /// - Returns: `nil` when the date does not exist in the Gregorian calendar.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= LocalMonth.dayCount(year: year, month: month) else { return nil }
    // Days from civil: Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    let y = month <= 2 ? year - 1 : year
    let era = y.flooredQuotient(by: 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    guard let ordinal = Int32(exactly: era * 146_097 + dayOfEra - 719_468) else { return nil }
    self.ordinal = ordinal
  }

  /// Reads `2017-11-21`.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  public static func < (a: LocalDay, b: LocalDay) -> Bool { a.ordinal < b.ordinal }

  /// Negative numbers go back.
  public func advanced(by days: Int) -> LocalDay { LocalDay(ordinal: ordinal + Int32(days)) }
  /// 0 for the same day, negative when the other is earlier; the first day counts, the other does not.
  public func days(until other: LocalDay) -> Int { Int(other.ordinal - ordinal) }

  /// 1 = Monday ... 7 = Sunday.
  public var isoWeekday: Int { Int((ordinal + 3).flooredRemainder(by: 7)) + 1 }

  /// The calendar month that holds the day.
  public var month: LocalMonth {
    let date = civil
    return LocalMonth(year: date.year, month: date.month)
  }

  /// Gregorian, month and day from 1.
  public var civil: (year: Int, month: Int, day: Int) {
    // Inverse of the above: Hinnant, civil_from_days.
    let z = Int(ordinal) + 719_468
    let era = z.flooredQuotient(by: 146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  public var description: String {
    let date = civil
    return "\(LocalMonth(year: date.year, month: date.month))-\(twoDigits(date.day))"
  }
}

/// One calendar month of Beijing time.
public struct LocalMonth: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Gregorian, four digits in texts.
  public let year: Int
  /// 1...12
  public let month: Int

  public init(year: Int, month: Int) {
    precondition((1...12).contains(month), "a month is 1...12, not \(month)")
    self.year = year
    self.month = month
  }

  /// Reads `2017-11`.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 4, parts[1].count == 2, let year = Int(parts[0]),
      let month = Int(parts[1]), (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month)
  }

  public static func < (a: LocalMonth, b: LocalMonth) -> Bool { (a.year, a.month) < (b.year, b.month) }

  /// 28 to 31, by the Gregorian rule for leap years. - Precondition: `month` is 1...12, which is not checked.
  public static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// 28 to 31.
  public var dayCount: Int { LocalMonth.dayCount(year: year, month: month) }
  /// The 1st; the month begins at 00:00 Beijing time of it.
  public var firstDay: LocalDay {
    guard let day = LocalDay(year: year, month: month, day: 1) else {
      preconditionFailure("every month has a first day")
    }
    return day
  }
  /// The 28th to 31st.
  public var lastDay: LocalDay { firstDay.advanced(by: dayCount - 1) }

  /// Across years; negative numbers go back.
  public func advanced(by months: Int) -> LocalMonth {
    let count = year * 12 + (month - 1) + months
    return LocalMonth(year: count.flooredQuotient(by: 12), month: count.flooredRemainder(by: 12) + 1)
  }

  public var description: String {
    let digits = String(year)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-" + twoDigits(month)
  }
}

extension FixedWidthInteger {
  /// Division that rounds towards minus infinity, so that -1 divided by 6 is -1 and not 0.
  @inlinable
  public func flooredQuotient(by divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
  }

  /// What is left of `flooredQuotient`: it has the sign of the divisor.
  @inlinable
  public func flooredRemainder(by divisor: Self) -> Self {
    let remainder = self % divisor
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
