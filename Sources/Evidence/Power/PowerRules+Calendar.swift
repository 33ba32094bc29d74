public import Enterprises
internal import Quantities

extension PowerRules {
  /// The holidays of the first campaign winter, as the State Council's offices announced them for 2017 and 2018
  /// (国办发明电〔2016〕17号, 国办发明电〔2017〕12号); a later campaign lists its own in the policy.
  public static let campaignHolidays: [String] =
    run("2017-10-01", 8) + run("2017-12-30", 3) + run("2018-02-15", 7) + run("2018-04-05", 3) + run("2018-04-29", 3)
    + run("2018-06-16", 3) + run("2018-09-22", 3) + run("2018-10-01", 7)

  /// The weekends worked in exchange for them.
  public static let campaignWorkedWeekends = [
    "2017-09-30", "2018-02-11", "2018-02-24", "2018-04-08", "2018-04-28", "2018-09-29", "2018-09-30",
  ]

  private static func run(_ first: String, _ days: Int) -> [String] {
    guard let day = LocalDay(first) else { return [] }
    return (0..<days).map { day.advanced(by: $0).description }
  }

  /// The calendar that baselines are kept by; days that cannot be read are left out, see ``defects``.
  public var calendar: WorkCalendar {
    WorkCalendar(
      holidays: holidays.compactMap { LocalDay($0) }, workedWeekends: workedWeekends.compactMap { LocalDay($0) },
      heatingFirst: heatingFirst, heatingLast: heatingLast)
  }
}
