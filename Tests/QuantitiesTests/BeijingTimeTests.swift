import Foundation
import Testing

@testable import Quantities

@Suite struct BeijingTimeTests {
  @Test func `division rounds down for every sign`() {
    for (a, b, quotient, remainder) in [(7, 6, 1, 1), (-1, 6, -1, 5), (-6, 6, -1, 0), (-7, 6, -2, 5), (7, -6, -2, -5)] {
      #expect(a.flooredQuotient(by: b) == quotient)
      #expect(a.flooredRemainder(by: b) == remainder)
      #expect(quotient * b + remainder == a)
    }
  }

  @Test func `every day of 1600 to 2400 agrees with the system's calendar`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for ordinal in stride(from: -135_140, through: 157_054, by: 97) {
      let day = LocalDay(ordinal: Int32(ordinal))
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(ordinal) * 86_400))
      let civil = day.civil
      // Foundation's Gregorian calendar is Julian before 1582, so the range starts after it.
      #expect(civil.year == parts.year && civil.month == parts.month && civil.day == parts.day, "\(ordinal)")
      #expect(day.isoWeekday % 7 + 1 == parts.weekday, "\(ordinal)")
      #expect(LocalDay(year: civil.year, month: civil.month, day: civil.day) == day)
      #expect(LocalDay(day.description) == day)
    }
  }

  @Test func `dates that do not exist are refused`() {
    for text in ["2017-02-29", "2017-13-01", "2017-00-01", "2017-04-31", "17-04-01", "2017-4-1", "2017-04-01x", ""] {
      #expect(LocalDay(text) == nil, "\(text)")
    }
    #expect(LocalDay("2016-02-29") != nil)
    #expect(LocalDay("2000-02-29") != nil)
    #expect(LocalDay("1900-02-29") == nil)
  }

  @Test func `a moment belongs to the Beijing hour and day that contain it`() {
    // 2017-11-20T16:30:00Z is half past midnight of the 21st in Beijing.
    let moment = Instant(secondsSinceEpoch: 1_511_195_400)
    #expect(moment.iso8601 == "2017-11-21T00:30:00+08:00")
    #expect(moment.hour.description == "2017-11-21T00")
    #expect(moment.day.description == "2017-11-21")
    #expect(moment.hour.start.secondsSinceEpoch == 1_511_193_600)
    #expect(Instant(secondsSinceEpoch: -8 * 3600 - 1).day.description == "1969-12-31")
    #expect(LocalHour(ordinal: -1).hourOfDay == 23)
  }

  @Test func `months count over year ends`() {
    let november = LocalMonth(year: 2017, month: 11)
    #expect(november.advanced(by: 2).description == "2018-01")
    #expect(november.advanced(by: -11).description == "2016-12")
    #expect(november.advanced(by: -12).description == "2016-11")
    #expect(november.lastDay.description == "2017-11-30")
    #expect(LocalMonth(year: 2016, month: 2).dayCount == 29)
    #expect(november.firstDay.days(until: november.lastDay) == 29)
    #expect(LocalMonth("2017-00") == nil)
  }

  @Test(arguments: ["2017-11", "2017-11-21", "2017-11-21T08"])
  func `periods print as they are read`(text: String) {
    #expect(Period(text)?.description == text)
  }

  @Test(arguments: ["2017", "2017-11-21T24", "2017-11-21 08", "2017-11-31", "November", ""])
  func `other texts are no period`(text: String) {
    #expect(Period(text) == nil)
  }

  @Test func `periods go by their beginning, the shorter first`() throws {
    let texts = ["2017-10-31T23", "2017-11-01T00", "2017-11-01", "2017-11", "2017-11-01T01", "2017-11-02"]
    let periods = texts.compactMap { Period($0) }
    #expect(periods.count == texts.count)
    #expect(periods.shuffled().sorted() == periods)
    #expect(periods.map(\.length) == [.hour, .hour, .day, .month, .hour, .day])
  }

  @Test func `pollutants keep their numbers and units`() {
    #expect(Pollutant.allCases.map(\.rawValue) == ["pm25", "pm10", "so2", "no2", "o3", "co"])
    #expect(Pollutant.allCases.allSatisfy { Pollutant(ordinal: $0.ordinal) == $0 })
    #expect(Pollutant(ordinal: 6) == nil)
    #expect(Pollutant.allCases.filter { $0.unit == .milligramsPerCubicMetre } == [.co])
  }
}
