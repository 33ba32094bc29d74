import Diagnostics
import Enterprises
import Foundation
import Geometry
import Ingest
import Quantities
import Readings
import TestSupport
import Testing

@Suite struct FiresFileTests {
  private let options = ReadOptions(now: testClock)
  private let header = "latitude,longitude,brightness,acq_date,acq_time,satellite,instrument,confidence,frp,daynight\n"

  @Test func `MODIS and VIIRS rows are read with their own confidence scales, in UTC`() throws {
    let path = try temporaryFile(
      header + "38.1,114.5,313,2017-11-21,0056,Terra,MODIS,48,6.6,D\n"
        + "38.2,114.6,313,2017-11-21,1830,N,VIIRS,n,,N\n")
    let result = try FiresFile.read(path: path, options: options)
    #expect(result.value.map(\.time.iso8601) == ["2017-11-21T08:56:00+08:00", "2017-11-22T02:30:00+08:00"])
    #expect(result.value.map(\.confidencePercent) == [48, 50])
    #expect(result.value.map(\.radiativePowerMegawatts) == [6.6, nil])
    #expect(result.value.map(\.isDaytime) == [true, false])
    #expect(result.notes.isEmpty)
  }

  @Test(arguments: [
    ("8/1/2017,56\n8/13/2017,1200", "2017-08-01T08:56:00+08:00", "month/day"),
    ("8/1/2017,56\n13/8/2017,1200", "2017-01-08T08:56:00+08:00", "day/month"),
  ])
  func `one clear date decides the order of the others`(dates: String, first: String, order: String) throws {
    let rows = dates.split(separator: "\n").map { "38.1,114.5,313,\($0),Terra,MODIS,48,6.6,D\n" }.joined()
    let result = try FiresFile.read(path: temporaryFile(header + rows), options: options)
    #expect(result.value.first?.time.iso8601 == first)
    #expect(result.notes.first?.contains(order) == true)
  }

  @Test func `dates that tell nothing or contradict each other are refused until the user decides`() throws {
    for dates in ["8/1/2017", "13/8/2017,0\n8/13/2017"] {
      let rows = dates.split(separator: "\n").map {
        "38.1,114.5,313,\($0.prefix { $0 != "," }),100,Terra,MODIS,48,6.6,D\n"
      }.joined()
      let path = try temporaryFile(header + rows)
      let error = #expect(throws: Problem.self) { try FiresFile.read(path: path, options: options) }
      #expect(error?.remedy.contains("--date-order") == true)
      let told = try FiresFile.read(path: path, options: options, dateOrder: .monthFirst)
      #expect(told.rejects.count == told.rowsRead - told.value.count)
      #expect(told.value.contains { $0.time.iso8601.hasPrefix("2017-08-") })
    }
  }

  @Test func `impossible rows are rejected`() throws {
    let path = try temporaryFile(
      header
        + "38.1,114.5,313,2017-11-31,100,Terra,MODIS,48,6.6,D\n38.1,114.5,313,2017-11-21,2460,Terra,MODIS,48,6.6,D\n"
        + "114.5,38.1,313,2017-11-21,100,Terra,MODIS,48,6.6,D\n38.1,114.5,313,2018-11-21,100,Terra,MODIS,48,6.6,D\n"
        + "38.1,114.5,313,2017-11-21,100,Terra,MODIS,x,6.6,D\n")
    let result = try FiresFile.read(path: path, options: options)
    #expect(
      result.rejects.rows.map { "\($0.line): \($0.reason)" } == [
        "2: acq_date is not a date", "3: acq_time is not a time", "4: longitude and latitude are swapped",
        "5: time is in the future", "6: confidence is not 0 to 100, low, nominal or high",
      ])
    #expect(result.value.isEmpty)
  }

  @Test(
    .enabled(
      if: TestFiles.sharedData("fires/firms_modis_c6_australia_2019.csv.gz") != nil,
      Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the mangled Australian file is read as August and September 2019`() throws {
    let path = try #require(TestFiles.sharedData("fires/firms_modis_c6_australia_2019.csv.gz")).path
    let result = try FiresFile.read(path: path, options: ReadOptions(now: Instant(secondsSinceEpoch: 1_700_000_000)))
    #expect(result.rowsRead == 36_011 && result.rowsKept == 36_011 && result.rejects.isEmpty)
    // The first row is 8/1/2019, 56: 00:56 UTC of the first of August.
    #expect(result.value.first?.time.iso8601 == "2019-08-01T08:56:00+08:00")
    #expect(result.value.map(\.time).max()?.day.month == LocalMonth(year: 2019, month: 10))
  }
}

@Suite struct ComplaintsFileTests {
  @Test func `what a reporter said about himself is taken out, also of rejected rows`() throws {
    let path = try temporaryFile(
      """
      complaint_id,time,lon,lat,category,text,reporter
      C1,2017-11-21 22:10,114.5,38.0,恶臭,"夜间有异味，联系人：张三，电话13812345678",李四
      C2,2019-11-21 22:10,114.5,38.0,恶臭,回电 0311-86012345,王五
      C3,2017-11-21 22:10,,,烟粉尘,20171121 晚 3 号烟囱冒黑烟 2 小时,赵六
      """)
    let result = try ComplaintsFile.read(path: path, options: ReadOptions(now: testClock))
    #expect(result.value.map(\.id) == ["C1", "C3"])
    #expect(result.value[0].text == "夜间有异味，联系人：[removed]，电话[removed]")
    #expect(result.value[1].text == "20171121 晚 3 号烟囱冒黑烟 2 小时")
    #expect(result.value[1].position == nil)
    #expect(result.rejects.rows.map(\.reason) == ["time is in the future"])
    #expect(result.rejects.rows.allSatisfy { !$0.text.contains("86012345") })
  }

  @Test(arguments: [
    ("打 138-1234-5678 找我", "打 [removed] 找我"), ("+8613812345678", "+[removed]"),
    ("身份证130102199001011234", "身份证[removed]"), ("13010219900101123X说", "[removed]说"),
    ("１３８１２３４５６７８", "[removed]"), ("写信 a.b@qq.com 谢谢", "写信 [removed] 谢谢"),
    ("微信：wx_12345 看到", "微信：[removed] 看到"), ("86012345 接", "[removed] 接"),
  ])
  func `personal data are found in every usual form`(text: String, expected: String) {
    #expect(PersonalData.stripped(text) == expected)
  }

  @Test(arguments: [
    "PM2.5 达到 350，持续 12 小时", "2017-11-21 08:00 开始", "企业 91130200699229617X 偷排", "排口 DA001，高 30 米", "",
    "编号2017112100012345678901", "面积 12000 平方米", "911302006992296170",
  ])
  func `numbers that tell of the place stay`(text: String) {
    #expect(PersonalData.stripped(text) == text)
  }
}

@Suite struct WindGridFileTests {
  @Test(
    .enabled(
      if: TestFiles.sharedData("meteo/era5like_u10_v10_t2m_2plus26_clip.nc") != nil,
      Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `a gridded field gives one observation per grid point, at the time that was named`() throws {
    let path = try #require(TestFiles.sharedData("meteo/era5like_u10_v10_t2m_2plus26_clip.nc")).path
    #expect(WindGridFile.isGrid(path: path))
    let options = ReadOptions(now: testClock)
    let error = #expect(throws: Problem.self) { try WindGridFile.read(path: path, time: nil, options: options) }
    #expect(error?.remedy.contains("--time") == true)
    let time = Instant(secondsSinceEpoch: 1_511_222_400)
    let result = try WindGridFile.read(path: path, time: time, options: options)
    #expect(result.rowsRead == 37 * 45 && result.rowsKept == result.rowsRead - result.rejects.count)
    #expect(result.value.allSatisfy { $0.time == time && (73...136).contains($0.position.longitude) })
    #expect(result.value.allSatisfy { (3...54).contains($0.position.latitude) })
    #expect(Set(result.value.map(\.position)).count == result.value.count)
  }

  @Test func `a table is no grid`() throws {
    #expect(try !WindGridFile.isGrid(path: temporaryFile("time,lon,lat,u,v\n")))
    #expect(!WindGridFile.isGrid(path: "nowhere"))
  }
}
