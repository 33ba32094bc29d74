import Diagnostics
import Foundation
import Geometry
import Gridding
import Grids
import Ingest
import Quantities
import Readings
import TestSupport
import Testing

@Suite struct ReadingsFileTests {
  static func options(_ threads: Int = 2) -> ReadOptions {
    ReadOptions(now: Instant(secondsSinceEpoch: 1_800_000_000), threads: threads)
  }

  static func file(_ text: String) throws -> String {
    let path = try TestFiles.temporaryFolder().appending(path: "readings.csv").path
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  static let grid = Result { try Grid(definition: .national2p26) }

  static func read(_ text: String) throws -> ReadResult<ReadingsBatch> {
    try ReadingsFile.read(path: file(text), options: options(), grid: grid.get())
  }

  @Test func `the long layout gives hours, and each bad row its reason`() throws {
    let result = try Self.read(
      """
      station_id,time,PM2.5,co
      a,2017-11-21T08:00:00,10,1.5
      a,2017-11-21T08:30:00+08:00,20,NA
      a,2017-11-21T00:45:00Z,30,
      b,2017-11-21T08:10:00,x,1
      b,yesterday,1,1
      ,2017-11-21T08:10:00,1,1
      b,2017-11-21T08
      c,2099-01-01T00:00:00,1,1
      b,2017-11-21T09:00:00,-999,-999

      """)
    let fine = try #require(result.value.hours.first { $0.pollutant == .pm25 })
    #expect(fine.count == 1 && fine.means == [20] && fine.medians == [20] && fine.counts == [3])
    #expect(fine.firstLines == [2] && LocalHour(ordinal: fine.hours[0]).description == "2017-11-21T08")
    #expect(result.rowsRead == 9 && result.rejects.count == 5 && result.rowsKept == 4)
    #expect(result.rejects.rows.map(\.line) == [5, 6, 7, 8, 9])
    #expect(
      result.rejects.rows.map(\.reason) == [
        "pm25 is not a number", "time cannot be read", "no station", "row has too few columns",
        "time lies in the future",
      ])
  }

  @Test func `the national hourly layout is moved to the beginning of the hour`() throws {
    let result = try Self.read(
      "TimePoint,StationCode,Longitude,Latitude,PM2_5,PM2_5_24h\n2019-07-18T12:00:00,1001A,116.366,39.8673,92,65\n")
    let fine = try #require(result.value.hours.first)
    #expect(LocalHour(ordinal: fine.hours[0]).description == "2019-07-18T11" && fine.means == [92])
    #expect(result.value.stations.first?.station.position?.longitude == 116.366)
    #expect(result.notes.contains { $0.contains("end of their hour") })
  }

  @Test func `the wide layout is one value per station column`() throws {
    let result = try Self.read(
      "date,hour,type,1001A,1002A\n20171121,8,PM2.5,80,\n20171121,8,AQI,120,90\n20171121,8,CO,1.1,x\n")
    let fine = try #require(result.value.hours.first { $0.pollutant == .pm25 })
    #expect(fine.means == [80] && LocalHour(ordinal: fine.hours[0]).description == "2017-11-21T07")
    #expect(result.rejects.countsByReason.map(\.reason) == ["co is not a number"])
    #expect(result.value.hours.count == 1)
  }

  @Test func `two values of one station and second are a duplicate, equal ones count once`() throws {
    let result = try Self.read(
      "station_id,time,pm25\na,2017-11-21T08:00:00,10\na,2017-11-21T08:00:00,10\na,2017-11-21T09:00:00,10\na,2017-11-21T09:00:00,30\n"
    )
    let fine = try #require(result.value.hours.first)
    #expect(fine.means == [10, 20] && fine.counts == [1, 2])
    #expect(fine.flags.map { QualityFlags(rawValue: $0) } == [[], .duplicate])
  }

  @Test func `values whose sum would overflow are rejected`() throws {
    let result = try Self.read(
      "station_id,time,pm25\na,2017-11-21T08:00:00,1e308\na,2017-11-21T08:10:00,1e308\na,2017-11-21T08:20:00,5\n")
    #expect(result.value.hours.first?.means == [5] && result.rejects.count == 2)
  }

  @Test func `a station that moves is put on cells`() throws {
    let result = try Self.read(
      "station_id,time,pm25,lon,lat\nvan,2017-11-21T08:00:00,10,114.5,38\nvan,2017-11-21T08:20:00,30,114.5,38.1\n")
    #expect(result.value.hours.isEmpty && result.value.mobileHours.first?.count == 2)
    #expect(result.value.stations.first?.station.kind == .mobile)
  }

  @Test(arguments: [
    ("time,pm25\n1,2\n", "station_id"), ("station_id,pm25\na,1\n", "time"),
    ("station_id,time,speed\na,1,2\n", "pollutant"),
    ("station_id,time,pm25,PM2_5\na,1,2,3\n", "two columns"),
  ])
  func `a missing or doubled column is named`(text: String, fault: String) throws {
    let error = #expect(throws: Problem.self) { try Self.read(text) }
    #expect(error?.problem.contains(fault) == true, "\(error?.problem ?? "")")
  }

  /// The brute-force twin: dictionaries and a sort.
  @Test(arguments: [1, 2])
  func `cell-hours equal a brute-force twin on any number of threads`(threads: Int) throws {
    var state: UInt64 = 77
    func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    let grid = try Self.grid.get()
    var text = "station_id,time,lon,lat,pm25\n"
    var groups: [String: [Double]] = [:]
    let places = (0..<40).map { _ in (114 + unit() / 10, 38 + unit() / 10) }
    for k in 0..<6000 {
      let station = Int(unit() * 40)
      let minute = k / 100
      let value = (unit() * 3000).rounded() / 10
      let hour = 8 + minute / 60
      text += "S\(station),2017-11-21T0\(hour):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00,"
      text += "\(places[station].0),\(places[station].1),\(value)\n"
      let cell = try #require(
        grid.cell(at: LonLat(longitude: places[station].0, latitude: places[station].1), sizeMetres: 3000))
      groups["\(cell) 2017-11-21T0\(hour)", default: []].append(value)
    }
    let result = try ReadingsFile.cells(
      path: try Self.file(text), options: Self.options(threads), pollutant: .pm25, period: .hour, statistic: .median,
      grid: grid, sizeMetres: 3000, stations: nil, validRange: nil)
    let means = try ReadingsFile.cells(
      path: try Self.file(text), options: Self.options(threads), pollutant: .pm25, period: .hour, statistic: .mean,
      grid: grid, sizeMetres: 3000, stations: nil, validRange: nil)
    #expect(result.value.reduce(0) { $0 + $1.field.count } == groups.count)
    for (part, meanPart) in zip(result.value, means.value) {
      for slot in part.field.cells.indices {
        let own = try #require(groups["\(part.field.cells[slot]) \(part.period)"])
        let sorted = own.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        #expect(part.field.values[slot] == median && part.field.counts[slot] == Int32(own.count))
        #expect(meanPart.field.values[slot] == own.reduce(0, +) / Double(own.count))
      }
    }
  }

  static let national = TestFiles.sharedData("aq_national/readings_cnemc_201907.csv.gz")

  @Test(.enabled(if: national != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the real national feed is read whole`() throws {
    let result = try ReadingsFile.read(
      path: try #require(Self.national).path, options: Self.options(), grid: try Self.grid.get())
    #expect(result.value.hours.count == 6 && result.value.stationIDs.count > 1400)
    #expect(result.rowsRead == result.rowsKept + result.rejects.count)
    let hours = try #require(result.value.hours.first)
    #expect(Set(hours.hours.map { LocalHour(ordinal: $0).day.description }).allSatisfy { $0.hasPrefix("2019-07") })
  }
}

@Suite struct ReadingsBlocksTests {
  /// Synthetic rows of all kinds: good, missing, malformed, blank, quoted, of stations that stand still and that move.
  static func text(_ seed: UInt64, rows: Int) -> String {
    var random = TestNumbers(state: seed)
    var text = "station_id,time,lon,lat,pm25,no2\n"
    for k in 0..<rows {
      let station = random.below(9)
      let minute = random.below(180)
      let time = "2017-11-21T\(["08", "09", "10"][minute / 60]):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00"
      let east = station == 0 ? 114 + Double(k % 97) / 100 : 114 + Double(station) / 10
      let value = ["12.5", "", "NA", "-999", "\(random.below(300))", "\(random.below(3000))e-1", "x", "\"7\""][
        random.below(8)]
      switch random.below(25) {
      case 0: text += "\n"
      case 1: text += "S\(station),\(time)\n"
      case 2: text += "S\(station),never,\(east),38,\(value),3\n"
      case 3: text += "\"S\(station),\(time),\(east),38,1,1\n"
      case 4: text += "S\(station),\(time),,,\(value),3\r\n"
      default: text += "S\(station),\(time),\(east),38.0\(station),\(value),\(random.below(90))\n"
      }
    }
    return text
  }

  private func options(_ blockBytes: Int, _ threads: Int) -> ReadOptions {
    var options = ReadingsFileTests.options(threads)
    options.blockBytes = blockBytes
    return options
  }

  @Test(arguments: 1...4)
  func `blocks of any size on any number of threads give the same hours and rejects`(seed: UInt64) throws {
    let path = try ReadingsFileTests.file(Self.text(seed, rows: 3000))
    let grid = try ReadingsFileTests.grid.get()
    let whole = try ReadingsFile.read(path: path, options: options(1 << 22, 1), grid: grid)
    #expect(whole.value.hours.count == 2 && whole.value.mobileHours.count == 2 && whole.rejects.count > 300)
    #expect(whole.rowsRead == whole.rowsKept + whole.rejects.count)
    for (blockBytes, threads) in [(100, 1), (700, 2), (5000, 4)] {
      let parts = try ReadingsFile.read(path: path, options: options(blockBytes, threads), grid: grid)
      #expect(parts.value.hours == whole.value.hours && parts.value.mobileHours == whole.value.mobileHours)
      #expect(parts.value.stationIDs == whole.value.stationIDs && parts.rejects.rows == whole.rejects.rows)
      #expect(parts.value.stations.map(\.station) == whole.value.stations.map(\.station))
      #expect(parts.value.stations.map(\.line) == whole.value.stations.map(\.line))
      #expect(parts.rowsRead == whole.rowsRead && parts.rowsKept == whole.rowsKept)
    }
  }

  @Test(arguments: PeriodLength.allCases)
  func `cells do not depend on blocks or threads either`(period: PeriodLength) throws {
    let path = try ReadingsFileTests.file(Self.text(77, rows: 3000))
    let grid = try ReadingsFileTests.grid.get()
    func cells(_ blockBytes: Int, _ threads: Int) throws -> ReadResult<[(period: Period, field: CellField)]> {
      try ReadingsFile.cells(
        path: path, options: options(blockBytes, threads), pollutant: .pm25, period: period, statistic: .median,
        grid: grid, sizeMetres: 500, stations: nil, validRange: 0...1000)
    }
    let whole = try cells(1 << 22, 1)
    for (blockBytes, threads) in [(100, 1), (700, 2), (5000, 4)] {
      let parts = try cells(blockBytes, threads)
      #expect(parts.value.map(\.period) == whole.value.map(\.period))
      for (a, b) in zip(parts.value, whole.value) {
        #expect(a.field.cells == b.field.cells && a.field.values == b.field.values && a.field.counts == b.field.counts)
      }
      #expect(parts.rejects.rows == whole.rejects.rows && parts.notes == whole.notes)
    }
  }

  @Test func `a row of broken text is rejected and the others kept`() throws {
    let path = try TextFiles.write(
      Array("station_id,time,pm25\n站,2017-11-21T08:00:00,1\n".utf8) + [0xFF] + Array(",2017-11-21T08:00:00,2\n".utf8)
        + Array("站,2017-11-21T09:00:00,3\n".utf8))
    let result = try ReadingsFile.read(
      path: path, options: ReadingsFileTests.options(), grid: try ReadingsFileTests.grid.get())
    #expect(result.value.hours.first?.means == [1, 3] && result.value.stationIDs == ["站"])
    #expect(result.rejects.rows.map(\.line) == [3])
  }

  @Test func `times before 1970 are rejected`() throws {
    let result = try ReadingsFileTests.read("station_id,time,pm25\na,1969-11-21T08:00:00,1\na,1971-01-01T00:00:00,2\n")
    #expect(result.rejects.countsByReason.map(\.reason) == ["time lies before 1970"])
    #expect(result.value.hours.first?.means == [2])
  }
}

@Suite struct ColumnUnitTests {
  @Test func `units in the header are brought to the contract's`() throws {
    let result = try ReadingsFileTests.read(
      "station_id,time,PM2.5(mg/m³),CO_ug/m3,NO2 [µg/m3],so2_ppb\na,2017-11-21T08:00:00,0.05,850,40,9\n")
    let means = Dictionary(
      uniqueKeysWithValues: result.value.hours.map { ($0.pollutant, $0.means[0]) })
    #expect(means == [.pm25: 50, .co: 0.85, .no2: 40])
    #expect(result.notes.count == 3 && result.notes[0].contains("multiplied by 1000"))
    // 64.066 g/mol over 24.465 l/mol.
    #expect(result.notes[2].contains("so2_ppb was left out") && result.notes[2].contains("2.619"))
  }

  @Test func `a file of parts per billion alone is refused with the conversion`() {
    let error = #expect(throws: Problem.self) {
      try ReadingsFileTests.read("station_id,time,o3 (ppb)\na,2017-11-21T08:00:00,30\n")
    }
    #expect(error?.problem.contains("1.962") == true)
  }

  @Test func `a level that no air has makes the unit doubtful`() throws {
    func notes(_ column: String, _ value: String) throws -> [String] {
      let rows = (0..<30).map { "a,2017-11-2\($0 / 24)T\($0 % 24 < 10 ? "0" : "")\($0 % 24):00:00,\(value)" }
      return try ReadingsFileTests.read("station_id,time,\(column)\n" + rows.joined(separator: "\n")).notes
    }
    #expect(try notes("co", "850").contains { $0.contains("looks like µg/m³") })
    #expect(try notes("pm25", "0.045").contains { $0.contains("looks like mg/m³") })
    #expect(try notes("co", "0.85").isEmpty && notes("pm25", "45").isEmpty)
  }
}
