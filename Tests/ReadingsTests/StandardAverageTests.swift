import Foundation
import Quantities
import Readings
import TestSupport
import Testing

@Suite struct StandardAverageTests {
  static let day = LocalDay(ordinal: 17_471)

  /// Hours of one station from midnight of `day`; `nil` where there is no value.
  static func hours(
    _ values: [Double?], pollutant: Pollutant = .pm25, from first: LocalDay = day, station: Int32 = 0
  ) -> StationHours {
    var hours = StationHours(pollutant: pollutant)
    for (k, value) in values.enumerated() {
      guard let value else { continue }
      hours.append(
        station: station, hour: LocalHour(day: first, hourOfDay: 0).ordinal + Int32(k), mean: value, median: value,
        count: 1, flags: [], firstLine: 1)
    }
    return hours
  }

  static func rows(_ kind: StandardAverages.Kind, _ hours: StationHours) -> [StandardAverages.Row] {
    StandardAverages(kind, of: hours).rows
  }

  @Test func `twenty hours make a day, nineteen do not, and the value is given all the same`() {
    var values: [Double?] = Array(repeating: 30, count: 24)
    for hour in 0..<4 { values[hour] = nil }
    #expect(Self.rows(.day, Self.hours(values)).map(\.isValid) == [true])
    values[4] = nil
    let row = Self.rows(.day, Self.hours(values))[0]
    #expect(!row.isValid && row.value == 30 && row.count == 19)
  }

  @Test func `six hours make a mean of eight, five do not`() {
    // Means end at each hour that has a value; the ninth hour has seven before it.
    let rows = Self.rows(.eightHours, Self.hours([10, 20, 30, 40, 50, 60, 70, 80, 90]))
    #expect(rows.map(\.count) == [1, 2, 3, 4, 5, 6, 7, 8, 8])
    #expect(rows.map(\.isValid) == [false, false, false, false, false, true, true, true, true])
    #expect(rows[7].value == 45 && rows[8].value == 55)
    #expect(rows[8].label(.eightHours) == "2017-11-01T08")
  }

  /// By hand: 200 from 10:00 to 17:59 and 40 otherwise; the only window of eight hours of 200 ends in the hour 17.
  @Test func `the ozone day is the largest mean of eight hours that lie in it`() {
    var values: [Double?] = Array(repeating: 40, count: 48)
    for hour in 10..<18 { values[hour] = 200 }
    // The evening of the first day runs into the second: windows that begin the day before do not count for it.
    for hour in 20..<24 { values[hour] = 250 }
    let rows = Self.rows(.dayMaximumEight, Self.hours(values, pollutant: .o3))
    #expect(rows.map(\.value) == [200, 40] && rows.map(\.count) == [17, 17])
    #expect(rows.allSatisfy { $0.isValid })
  }

  @Test func `an ozone day with few means counts only when it exceeds`() {
    func day(_ value: Double) -> StandardAverages.Row? {
      var values: [Double?] = Array(repeating: nil, count: 24)
      for hour in 0..<16 { values[hour] = value }
      return Self.rows(.dayMaximumEight, Self.hours(values, pollutant: .o3)).first
    }
    #expect(day(100)?.isValid == false && day(200)?.isValid == true)
  }

  @Test func `a month needs 27 days, February 25, and the mean is of days and not of hours`() throws {
    func month(_ text: String, days: Int) throws -> StandardAverages.Row {
      let first = try #require(LocalMonth(text)).firstDay
      // The first day has 20 hours of 100, the others 24 of 40: each day weighs the same.
      var values: [Double?] = Array(repeating: 40, count: days * 24)
      for hour in 0..<24 { values[hour] = hour < 20 ? 100 : nil }
      return try #require(Self.rows(.month, Self.hours(values, from: first)).first)
    }
    let november = try month("2017-11", days: 27)
    #expect(november.isValid && abs(november.value - (100 + 26 * 40) / 27) < 1e-12)
    #expect(try month("2017-11", days: 26).isValid == false)
    #expect(try month("2018-02", days: 25).isValid)
    #expect(try month("2018-02", days: 24).isValid == false)
    #expect(november.label(.month) == "2017-11")
  }

  @Test func `a year needs 324 days and every month, and 2018 mixes reference conditions`() throws {
    let first = try #require(LocalDay("2018-01-01"))
    func year(missing: Set<Int>) -> StandardAverages.Row? {
      let values: [Double?] = (0..<365 * 24).map { missing.contains($0 / 24) ? nil : 40 }
      return Self.rows(.year, Self.hours(values, from: first)).first
    }
    #expect(year(missing: [])?.isValid == true && year(missing: [])?.straddlesReferenceChange == true)
    // Three days of every month but February leave 332, but one month with five missing spoils the year.
    #expect(year(missing: [0, 1, 2, 3, 4])?.isValid == false)
    #expect(year(missing: [0, 100, 200])?.label(.year) == "2018")
    // 43 days can be missed with 27 left in each month (February 25): 322 of the year. Two more make 324.
    let days = (1...12).flatMap { month -> [Int] in
      let part = LocalMonth(year: 2018, month: month)
      let spare = part.dayCount - (month == 2 ? 25 : 27)
      return (0..<spare).map { first.days(until: part.firstDay) + $0 }
    }
    #expect(days.count == 43 && year(missing: Set(days))?.isValid == false)
    #expect(year(missing: Set(days.dropLast()))?.isValid == false)
    #expect(year(missing: Set(days.dropLast(2)))?.isValid == true)
  }

  @Test func `flags that exclude take hours out, and stations do not run into each other`() {
    var hours = Self.hours(Array(repeating: 30, count: 24))
    let other = Self.hours(Array(repeating: 90, count: 8), station: 1)
    for k in 0..<other.count {
      hours.append(
        station: 1, hour: other.hours[k], mean: other.means[k], median: 0, count: 1, flags: [], firstLine: 1)
    }
    hours.flags[3] = QualityFlags.spike.rawValue
    let rows = StandardAverages(.day, of: hours, excluding: .spike).rows
    #expect(rows.map(\.count) == [23, 8] && rows.map(\.value) == [30, 90])
    #expect(StandardAverages(.eightHours, of: hours).rows.last?.value == 90)
  }

  struct Golden: Decodable {
    struct NowCast: Decodable {
      let c: [Double?]
      let out: Double?
    }
    let nowcast: [NowCast]
  }

  @Test(.enabled(if: TestFiles.shared != nil, "the shared reference values are not beside this checkout"))
  func `nowcast is that of the reference values`() throws {
    let url = try #require(TestFiles.shared).appending(path: "reference/golden.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    #expect(golden.nowcast.count >= 4)
    for entry in golden.nowcast {
      #expect(StandardAverages.nowCast(newestFirst: entry.c) == entry.out, "\(entry.c)")
    }
  }

  @Test func `nowcast of a series looks twelve hours back and no further`() {
    // Twelve equal hours after an old peak: the peak must not count.
    let values: [Double?] = [500] + Array(repeating: 30, count: 12)
    let rows = Self.rows(.nowCast, Self.hours(values))
    #expect(rows.last?.value == 30 && rows.last?.count == 12)
    #expect(rows.first?.hour?.hourOfDay == 1, "one hour alone gives none")
    #expect(StandardAverages.nowCast(newestFirst: [0, 0, 0]) == 0)
  }
}

@Suite struct DatedStandardTests {
  /// GB 3095-2012 and -2026, class 1, from the table of limits.
  @Test func `class one has lower limits, and lower ones from 2031`() throws {
    let old = AirStandard.inForce(on: try #require(LocalDay("2017-11-21"))).classOne
    let new = AirStandard.inForce(on: try #require(LocalDay("2026-03-01"))).classOne
    let last = AirStandard.inForce(on: try #require(LocalDay("2031-01-01"))).classOne
    #expect(old == new)
    #expect(old.daily[.pm25] == 35 && old.annual[.pm25] == 15 && old.hourly[.so2] == 150 && old.daily[.o3] == 100)
    #expect(last.daily[.pm25] == 25 && last.annual[.pm10] == 20 && last.daily[.no2] == 50 && last.annual[.no2] == 30)
  }

  /// By hand from the nodes: (124 - 0) · 50 / 160 = 38.75; (101 - 75) · 50 / 40 + 100 = 132.5.
  @Test func `hourly indices use their own nodes`() {
    let old = AirStandard.all[0]
    #expect(old.hourlyIndex(of: .o3, concentration: 124) == 39)
    #expect(old.hourlyIndex(of: .pm25, concentration: 101) == 133)
    #expect(old.hourlyIndex(of: .so2, concentration: 801) == nil)
    #expect(AirStandard.all[2].hourlyIndex(of: .so2, concentration: 801) == 200)
    #expect(AirStandard.all[2].hourlyIndex(of: .pm25, concentration: 60) == 100)
  }

  @Test func `validity and reference conditions are dated data`() throws {
    #expect(AirStandard.all.map(\.validity.name).last == "GB 3095-2026 table 4")
    for standard in AirStandard.all {
      let rules = standard.validity
      #expect(rules.hoursOfDay == 20 && rules.hoursOfEight == 6 && rules.daysOfYear == 324)
      #expect(rules.minutesOfHour == 45)
    }
    let change = AirStandard.referenceChange
    #expect(AirStandard.straddlesReferenceChange(change.advanced(by: -1)...change))
    #expect(!AirStandard.straddlesReferenceChange(change...change.advanced(by: 30)))
    #expect(!AirStandard.straddlesReferenceChange(change.advanced(by: -30)...change.advanced(by: -1)))
    #expect(abs(AirStandard.gasAt273Over298 - 1.0915) < 1e-4)
  }

  /// The national feed of July 2019 publishes an hourly index. Where ozone does not decide, it is the largest of the
  /// hourly indices; its ozone part is not from the hour's value.
  @Test(.enabled(if: TestFiles.sharedData("aq_national/readings_cnemc_201907.csv.gz") != nil, "no shared data"))
  func `hourly indices are those that the national feed published`() throws {
    let url = try #require(TestFiles.sharedData("aq_national/readings_cnemc_201907.csv.gz"))
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", url.path]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    gzip.waitUntilExit()
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map { $0.lowercased() }
    var columns: [(Pollutant, Int)] = []
    for pollutant in Pollutant.allCases {
      let name = pollutant == .pm25 ? "pm2_5" : pollutant.rawValue
      columns.append((pollutant, try #require(header.firstIndex(of: name))))
    }
    let published = try #require(header.firstIndex(of: "aqi"))
    let standard = AirStandard.inForce(on: try #require(LocalDay("2019-07-18")))
    var compared = 0
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let aqi = Int(fields[published]) else { continue }
      var indices: [Pollutant: Int] = [:]
      for (pollutant, column) in columns {
        guard let value = Double(fields[column]), value > 0 else { continue }
        indices[pollutant] = standard.hourlyIndex(of: pollutant, concentration: value)
      }
      guard indices.count == 6, let ozone = indices[.o3], let most = indices.values.max(), ozone < most else {
        continue
      }
      compared += 1
      #expect(aqi == most, "\(line)")
    }
    #expect(compared > 3000, "\(compared) rows compared")
  }
}
