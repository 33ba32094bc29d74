import Diagnostics
import Enterprises
import Foundation
import Geometry
import Ingest
import Quantities
import Readings
import TestSupport
import Testing

/// 2018-01-01T00:00 Beijing time, the clock of these tests.
let testClock = Instant(secondsSinceEpoch: 1_514_736_000)

/// Writes bytes to a fresh file and gives its path.
func temporaryFile(_ bytes: [UInt8], name: String = "in.csv") throws -> String {
  let url = try TestFiles.temporaryFolder().appending(path: name)
  try Data(bytes).write(to: url)
  return url.path
}

func temporaryFile(_ text: String, name: String = "in.csv") throws -> String {
  try temporaryFile(Array(text.utf8), name: name)
}

@Suite struct RegisterFileTests {
  private let options = ReadOptions(now: testClock)

  private func rejects<Value>(_ result: ReadResult<Value>) -> [String] {
    result.rejects.rows.map { "\($0.line): \($0.reason)" }
  }

  @Test func `stations keep what was declared and their WGS 84 position`() throws {
    let path = try temporaryFile(
      """
      lat,lon,crs,Station_ID,name,kind
      39.9085,116.4335,bd09,A,东四,national
      39.90105,116.42079,,B,天坛,微站
      ,,,T1,,mobile

      """)
    let result = try StationsFile.read(path: path, options: options)
    #expect(rejects(result) == [] && result.rowsRead == 3 && result.rowsKept == 3)
    let stations = result.value.map(\.station)
    #expect(stations.map(\.kind) == [.national, .micro, .mobile])
    // Vector of domain.md 7.1: the BD-09 and the WGS 84 position of one place.
    let position = try #require(stations[0].position)
    #expect(abs(position.longitude - 116.42079) < 2e-5 && abs(position.latitude - 39.90105) < 2e-5)
    #expect(stations[0].declared == DeclaredPosition(x: 116.4335, y: 39.9085, reference: .bd09))
    #expect(stations[2].position == nil && stations[2].name == "T1")
    #expect(result.value.map(\.line) == [2, 3, 4])
  }

  @Test func `bad stations are rejected with line and reason`() throws {
    let path = try temporaryFile(
      """
      station_id,name,kind,lon,lat,crs
      ,x,national,116,39,
      A,x,submarine,116,39,
      B,x,national,39.9,116.4,
      C,x,national,,,
      D,x,national,0,0,
      E,x,national,116,39,mars
      F,x,national,116,39,
      F,x,national,117,39,
      G,x,national,east,39,
      H
      """)
    let result = try StationsFile.read(path: path, options: options)
    #expect(
      rejects(result) == [
        "2: station_id is empty", "3: kind is not national, provincial, county, micro or mobile",
        "4: longitude and latitude are swapped", "5: a fixed station has no position", "6: position is 0, 0",
        "7: crs is not known", "9: station_id occurs twice in the file", "10: longitude or latitude is not a number",
        "11: a fixed station has no position",
      ])
    #expect(result.rejects.rows[0].text == ",x,national,116,39,")
    #expect(result.value.map(\.station.id) == ["F"])
  }

  @Test func `GBK, a byte-order mark, tabs and line ends of Windows do not matter`() throws {
    let text = "uscc\tname\tindustry_code\tlon\tlat\r\n91130200699229617X\t唐山水泥\t3011\t118.1\t39.6\r\n"
    let expected = "唐山水泥"
    let gbk = try #require(
      text.data(using: String.Encoding(rawValue: 0x8000_0632)), "GB 18030 must be known to Foundation")
    for bytes in [Array(gbk), Array("\u{FEFF}\(text)".utf8), Array(text.utf8)] {
      let result = try EnterprisesFile.read(path: temporaryFile(bytes), options: options)
      #expect(result.value.map(\.name) == [expected])
    }
    let named = ReadOptions(encoding: "gbk", now: testClock)
    #expect(try EnterprisesFile.read(path: temporaryFile(Array(gbk)), options: named).encoding == "gb18030")
  }

  @Test func `quotes may hold commas, quotes and line breaks`() throws {
    let path = try temporaryFile(
      "uscc,name,address,lon,lat\n91130200699229617X,\"甲,乙 \"\"厂\"\"\",\"一行\n二行\",118.1,39.6\n91110000802100433B,丙,,,\n"
    )
    let result = try EnterprisesFile.read(path: path, options: options)
    #expect(result.value.map(\.name) == ["甲,乙 \"厂\"", "丙"])
    #expect(result.value.first?.address == "一行\n二行")
    #expect(result.value.map(\.line) == [2, 4])
    #expect(result.value.last?.position == nil)
  }

  @Test func `firms with bad codes, grades or places are rejected`() throws {
    let path = try temporaryFile(
      """
      uscc,name,industry_code,lon,lat,grade,county_code
      91130200699229617x,甲,C3011,118.1,39.6,b,130203
      911302006992296170,乙,3011,118.1,39.6,,
      9.1130200699E+17,丙,3011,118.1,39.6,,
      91110000802100433B,丁,3011,39.6,118.1,,
      91350100M000100Y43,戊,3011,118.1,39.6,E,
      91350100M000100Y43,己,3011,118.1,39.6,,1302
      91130200699229617X,again,3011,118.1,39.6,,
      """)
    let result = try EnterprisesFile.read(path: path, options: options)
    #expect(
      rejects(result) == [
        "3: credit code fails its check character", "4: credit code was turned into a number by a spreadsheet",
        "5: longitude and latitude are swapped", "6: grade is not A, B, C or D", "7: county_code is not six digits",
        "8: credit code occurs twice in the file",
      ])
    #expect(result.value.map(\.creditCode) == ["91130200699229617X"])
    #expect(result.value[0].grade == .b && result.value[0].industryCode == "3011")
  }

  @Test func `a meter without credit code is an unregistered user`() throws {
    let path = try temporaryFile(
      "meter_id,uscc,tariff,lon,lat\nM1,,industrial,114.5,38\nM2,91130200699229617X,residential,,\nM3,123,x,,\n")
    let result = try MetersFile.read(path: path, options: options)
    #expect(result.value.map(\.creditCode) == [nil, "91130200699229617X"])
    #expect(rejects(result) == ["4: credit code does not have 18 characters"])
  }

  @Test func `orders end with the day that a date names`() throws {
    let path = try temporaryFile(
      """
      order_id,kind,start,end,scope,limit_percent
      O1,peak-shift,2017-11-15,2018-03-15,county:130108;130109,
      O2,橙色,2017-11-21T12:00+08:00,2017-11-23 08:00,industry:C3011|2521,50%
      O3,red,2017-11-21,2017-11-22,91130200699229617X,100
      O4,red,2017-11-23,2017-11-21,130108,100
      O5,blue,2017-11-21,2017-11-22,130108,100
      O6,red,2017-11-21,2017-11-22,somewhere,100
      O7,red,2017-11-21,2017-11-22,uscc:911302006992296170,100
      O8,red,2017-11-21,2017-11-22,130108,150
      O9,red,2017-02-30,2017-11-22,130108,100
      """)
    let result = try OrdersFile.read(path: path, options: options)
    #expect(
      result.value.map(\.scope) == [
        .counties(["130108", "130109"]), .industries(["3011", "2521"]), .creditCodes(["91130200699229617X"]),
      ])
    #expect(
      result.value.map(\.start.iso8601) == [
        "2017-11-15T00:00:00+08:00", "2017-11-21T12:00:00+08:00", "2017-11-21T00:00:00+08:00",
      ])
    #expect(
      result.value.map(\.end.iso8601) == [
        "2018-03-16T00:00:00+08:00", "2017-11-23T08:00:00+08:00", "2017-11-23T00:00:00+08:00",
      ])
    #expect(result.value.map(\.limitPercent) == [100, 50, 100])
    #expect(
      rejects(result) == [
        "5: order ends before it starts", "6: kind is not peak-shift, yellow, orange or red",
        "7: scope mixes kinds of codes or names none", "8: a credit code of the scope is wrong",
        "9: limit_percent is not above 0 and at most 100", "10: start is not a time",
      ])
  }

  @Test func `wind of the far future or faster than any storm is rejected`() throws {
    let path = try temporaryFile(
      """
      time,lon,lat,u,v
      2017-12-31T08:00,114.5,38,-1.5,2
      2018-01-03T08:00,114.5,38,1,1
      2019-01-01T08:00,114.5,38,1,1
      2017-12-31T08:00,114.5,38,200,0
      2017-12-31T08:00,,,1,1
      """)
    let result = try WindFile.read(path: path, options: options)
    #expect(result.value.map(\.eastward) == [-1.5, 1])
    #expect(
      rejects(result) == [
        "4: time is in the future", "5: wind is faster than any ever measured", "6: position is empty",
      ])
  }
}

@Suite struct TableProblemTests {
  private let options = ReadOptions(now: testClock)

  @Test func `another kind of file is named by the columns it lacks and has`() throws {
    let path = try temporaryFile("meter_id,circuit,time,kwh\nM,total,2017-11-21,1\n")
    let error = #expect(throws: Problem.self) { try EnterprisesFile.read(path: path, options: options) }
    #expect(error?.problem.contains("no column uscc, name") == true)
    #expect(error?.problem.contains("kwh") == true)
    #expect(error?.place?.line == 1)
  }

  @Test(arguments: [
    ("", "is empty"), ("\u{0}\u{1}binary", "binary"), ("\n\n", "no header"),
  ])
  func `a file without a table is a problem, not a crash`(text: String, fault: String) throws {
    let error = #expect(throws: Problem.self) { try StationsFile.read(path: temporaryFile(text), options: options) }
    #expect(error?.problem.contains(fault) == true, "\(error?.problem ?? "")")
  }

  @Test func `a missing file, a folder and UTF-16 are told apart`() throws {
    let folder = try TestFiles.temporaryFolder().path
    let utf16 = try temporaryFile([0xFF, 0xFE, 0x61, 0])
    for (path, fault) in [("\(folder)/none.csv", "cannot read"), (folder, "not a file"), (utf16, "UTF-16")] {
      let error = #expect(throws: Problem.self) { try StationsFile.read(path: path, options: options) }
      #expect(error?.problem.contains(fault) == true, "\(error?.problem ?? "")")
    }
  }

  @Test func `bytes that are neither UTF-8 nor GB18030 cost their row and no other`() throws {
    let path = try temporaryFile(
      Array("station_id,lon,lat\nA,116,39\n".utf8) + [0xFF, 0xFF] + Array(",116,39\nB,117,39\n".utf8))
    let result = try StationsFile.read(path: path, options: options)
    #expect(result.value.map(\.station.id) == ["A", "B"])
    #expect(result.rejects.rows.map(\.line) == [3])
    #expect(result.rejects.rows.first?.reason == "text is not in the file's encoding")
  }

  @Test func `a gzip file cut short is a problem`() throws {
    let whole = try gzipped(
      "station_id,lon,lat\n" + (0..<5000).map { "S\($0 &* 7919 % 10007),116.\($0),39.\($0 * 31 % 977)\n" }.joined())
    let good = try StationsFile.read(path: temporaryFile(whole, name: "s.csv.gz"), options: options)
    #expect(good.rowsRead == 5000)
    let error = #expect(throws: Problem.self) {
      try StationsFile.read(path: temporaryFile(Array(whole.dropLast(2000)), name: "s.csv.gz"), options: options)
    }
    #expect(error?.problem.contains("cut off") == true)
  }
}

/// The bytes `gzip` makes of a text.
func gzipped(_ text: String) throws -> [UInt8] {
  let path = try temporaryFile(text)
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["gzip", "-k", path]
  try process.run()
  process.waitUntilExit()
  return Array(try Data(contentsOf: URL(filePath: "\(path).gz")))
}

@Suite struct RegisterUncertaintyTests {
  private let options = ReadOptions(now: testClock)

  @Test func `a geocoded address has a wider radius than a survey, and a stated radius counts`() throws {
    let path = try temporaryFile(
      """
      uscc,name,lon,lat,geocoded,position_uncertainty
      91130200699229617X,甲,118.1,39.6,1,
      91110000802100433B,乙,118.1,39.6,实测,
      91350100M000100Y43,丙,118.1,39.6,是,2500
      91130200699229617X,丁,118.1,39.6,,
      """)
    let result = try EnterprisesFile.read(path: path, options: options, repeats: .keep)
    #expect(result.value.map { $0.uncertainty?.radiusMetres } == [1000, 30, 2500, nil])
    #expect(result.value.map { $0.uncertainty?.origin } == [.geocoded, .surveyed, .geocoded, nil])
    #expect(try EnterprisesFile.read(path: path, options: options).value.count == 3)
    let bad = try EnterprisesFile.read(
      path: temporaryFile(
        "uscc,name,lon,lat,geocoded,position_uncertainty\n91130200699229617X,甲,118.1,39.6,maybe,\n91110000802100433B,乙,118.1,39.6,,-3\n"
      ), options: options)
    #expect(
      bad.rejects.rows.map(\.reason) == [
        "geocoded is not 1, 0, surveyed, geocoded, declared or centroid",
        "position_uncertainty is not a radius in metres",
      ])
  }

  @Test func `a complaint without coordinates keeps its county and place, without the reporter's number`() throws {
    let path = try temporaryFile(
      """
      complaint_id,time,lon,lat,category,text,county_code,place
      1,2017-11-20T08:00,114.5,38.04,大气,a,,
      2,2017-11-20T08:00,,,大气,b,130108,裕华区某村 13812345678
      3,2017-11-20T08:00,114.51234,38.04123,大气,c,,
      4,2017-11-20T08:00,,,大气,d,13,
      """)
    let result = try ComplaintsFile.read(path: path, options: options)
    #expect(result.value.map(\.id) == ["1", "2", "3"])
    #expect(result.value[0].uncertaintyMetres.map { $0 > 600 && $0 < 800 } == true)
    #expect(result.value[2].uncertaintyMetres == nil && result.value[1].countyCode == "130108")
    #expect(result.value[1].place?.hasPrefix("裕华区某村") == true && result.value[1].place?.contains("138") == false)
    #expect(result.rejects.rows.map(\.reason) == ["county_code is not six digits"])
  }
}
