public import Quantities

/// What kind of day it is for work.
public enum DayKind: String, CaseIterable, Hashable, Sendable, Codable {
  case workday, weekend, holiday
}

/// Which days are worked: weekends, and where they are known the statutory holidays (法定节假日) and the weekends worked
/// in exchange (调休).
public struct WorkCalendar: Hashable, Sendable {
  private let holidays: Set<LocalDay>
  private let workedWeekends: Set<LocalDay>
  /// First and last day of the heating season (采暖季) as month * 100 + day; it may run over the end of the year.
  private let heatingFirst: Int
  private let heatingLast: Int

  /// - Parameters:
  ///   - holidays: Days off whatever their weekday; empty when unknown.
  ///   - workedWeekends: Saturdays and Sundays that are worked.
  ///   - heatingFirst: First day of the heating season, month * 100 + day, such as 1115.
  ///   - heatingLast: Its last day, such as 315.
  public init(holidays: [LocalDay], workedWeekends: [LocalDay], heatingFirst: Int = 1115, heatingLast: Int = 315) {
    self.holidays = Set(holidays)
    self.workedWeekends = Set(workedWeekends)
    self.heatingFirst = heatingFirst
    self.heatingLast = heatingLast
  }

  /// The kind of a day; a day that no list names is judged by its weekday.
  public func kind(_ day: LocalDay) -> DayKind {
    if holidays.contains(day) { return .holiday }
    return day.isoWeekday >= 6 && !workedWeekends.contains(day) ? .weekend : .workday
  }

  /// Whether a day lies in the heating season.
  public func isHeatingSeason(_ day: LocalDay) -> Bool {
    let date = day.civil
    let number = date.month * 100 + date.day
    return heatingFirst <= heatingLast
      ? (heatingFirst...heatingLast).contains(number) : number >= heatingFirst || number <= heatingLast
  }
}
