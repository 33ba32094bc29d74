import Diagnostics
import Foundation
import Grids
import Quantities
import TestSupport
import Testing

@testable import Ingest

/// Damages texts in the ways files get damaged, from a seed.
struct Mutation {
  var random: TestNumbers

  private static let tokens: [[UInt8]] = [
    Array(",".utf8), Array("\"".utf8), Array("\n".utf8), Array("\r\n".utf8), Array("\t".utf8), Array(";".utf8), [0],
    [0xFF],
    [0xB2, 0xE2], Array("站".utf8), Array("-999".utf8), Array("1e308".utf8), Array("-1e-320".utf8), Array("nan".utf8),
    Array("inf".utf8), Array("99999999999999999999".utf8), Array("0x1p3".utf8), Array("2017-02-30".utf8),
    Array("24:00".utf8), Array("-".utf8), Array("--".utf8), Array("3000--1-99999999999".utf8), Array("\u{FEFF}".utf8),
    [0xEF, 0xBB],
    [], Array("é".utf8), Array("   ".utf8), Array("\"\"\"".utf8), Array("+08:00".utf8), Array("1969-12-31".utf8),
  ]

  mutating func damaged(_ text: [UInt8]) -> [UInt8] {
    var bytes = text
    for _ in 0...random.below(6) {
      guard !bytes.isEmpty else { return bytes }
      let place = random.below(bytes.count)
      switch random.below(9) {
      case 0: bytes[place] = UInt8(random.below(256))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: Self.tokens[random.below(Self.tokens.count)], at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.below(80)))
      case 4:
        bytes.insert(
          contentsOf: bytes[place..<min(bytes.count, place + random.below(200))], at: random.below(bytes.count))
      case 5: bytes.removeLast(bytes.count - place)
      case 6:
        // A field exchanged for something else.
        let end = bytes[place...].firstIndex { $0 == 0x2C || $0 == 0x0A } ?? bytes.count
        bytes.replaceSubrange(place..<end, with: Self.tokens[random.below(Self.tokens.count)])
      case 7: bytes[place] ^= 1 << UInt8(random.below(8))
      default: bytes += bytes[place...]
      }
      if bytes.count > 20_000 { bytes.removeLast(bytes.count - 20_000) }
    }
    return bytes
  }
}

/// Every reader of text, on damaged files: no crash, no hang, and every row is accounted for.
@Suite struct FuzzTests {
  /// Files per reader; `HOTGRID_FUZZ` asks for more.
  static let rounds = ProcessInfo.processInfo.environment["HOTGRID_FUZZ"].flatMap { Int($0) } ?? 120

  struct Reader: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// Rows read, kept, passed over and rejected; `nil` for what is read as a whole.
    let read: @Sendable (String, ReadOptions) throws -> (read: Int, kept: Int, passedOver: Int, rejected: Int)?
    var testDescription: String { name }

    init<Value>(
      _ name: String, _ text: String, _ read: @escaping @Sendable (String, ReadOptions) throws -> ReadResult<Value>
    ) {
      self.name = name
      self.text = text
      self.read = { path, options in
        let result = try read(path, options)
        return (result.rowsRead, result.rowsKept, result.rowsPassedOver, result.rejects.count)
      }
    }

    init(_ name: String, _ text: String, whole: @escaping @Sendable (String) throws -> Void) {
      self.name = name
      self.text = text
      read = { path, _ in
        try whole(path)
        return nil
      }
    }
  }

  static let readings = ReadingsBlocksTests.text(1, rows: 40)
  static let readers: [Reader] = [
    Reader("readings", readings) { path, options in
      try ReadingsFile.read(path: path, options: options, grid: ReadingsFileTests.grid.get())
    },
    Reader(
      "national wide readings",
      "date,hour,type,1001A,1002A\n20171121,8,PM2.5,80,\n20171121,9,AQI,1,2\n20171121,10,CO,1,x\n"
    ) {
      try ReadingsFile.read(path: $0, options: $1, grid: ReadingsFileTests.grid.get())
    },
    Reader(
      "national hourly readings",
      "timepoint,stationcode,longitude,latitude,area,positionname,pm2_5,no2\n2019-07-18T12:00:00,1001A,116.3,39.8,北京市,万寿西宫,92,65\n"
    ) { try ReadingsFile.read(path: $0, options: $1, grid: ReadingsFileTests.grid.get()) },
    Reader("readings to cells", readings) { path, options in
      try ReadingsFile.cells(
        path: path, options: options, pollutant: .pm25, period: .hour, statistic: .median,
        grid: ReadingsFileTests.grid.get(), sizeMetres: 3000, stations: nil, validRange: 0...1000)
    },
    Reader(
      "stations",
      "station_id,name,kind,lon,lat,crs\nA,\"甲,乙\",national,116,39,wgs84\nB,b,micro,116.1,39.1,gcj02\nC,c,mobile,,,\n"
    ) { try StationsFile.read(path: $0, options: $1) },
    Reader(
      "power",
      "meter_id,circuit,time,kwh\nM1,total,2017-11-21 00:00,3.5\nM1,production,2017-11-21 00:15,2\nM1,治污,2017-11-21 00:30,NA\n"
    ) { try PowerFile.read(path: $0, options: $1) },
    Reader("meters", "meter_id,uscc,tariff,lon,lat\nM1,91350100M000100Y43,industrial,116,39\nM2,,household,,\n") {
      try MetersFile.read(path: $0, options: $1)
    },
    Reader(
      "enterprises",
      "uscc,name,industry_code,lon,lat,county_code,permit,grade,status\n91350100M000100Y43,\"厂 \"\"一\"\"\",3110,116,39,130108,x,A,open\n"
    ) { try EnterprisesFile.read(path: $0, options: $1) },
    Reader(
      "orders",
      "order_id,kind,start,end,scope,limit_percent\nO1,orange,2017-11-21,2017-11-24,county:130108,50\nO2,red,2017-11-21T08:00:00,2017-11-22,industry:3110,\n"
    ) { try OrdersFile.read(path: $0, options: $1) },
    Reader("complaints", "complaint_id,time,lon,lat,category,text\nC1,2017-11-21T08:00:00,116,39,air,冒烟 13812345678\n")
    {
      try ComplaintsFile.read(path: $0, options: $1)
    },
    Reader(
      "fires",
      "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,bright_t31,frp,daynight\n38.1,114.5,320,1,1,2017-11-20,1805,T,80,6,290,12,N\n"
    ) { try FiresFile.read(path: $0, options: $1) },
    Reader("wind", "time,lon,lat,u,v\n2017-11-21T08:00:00,116,39,-1.5,3\n") {
      try WindFile.read(path: $0, options: $1)
    },
    Reader(
      "cells",
      "cell,period,value,variance,count,coverage\n3000-1274-1305,2017-11-21,12.5,1,3,0.5\n3000-1275-1305,,3,,,\n"
    ) {
      try CellsFile.read(path: $0, options: $1)
    },
    Reader(
      "hot cells",
      "cell,period,value,neighbours,z,p,p_perm,bin,class,reason\n3000-1274-1305,2017-11-21,12.5,8,2.1,0.03,,2,hot,\n"
    ) { try HotCellsFile.read(path: $0, options: $1) },
    Reader("frame", "id,score,stratum,min_probability\na,1.5,x,0.1\nb,2,,\n") {
      try FrameFile.read(path: $0, options: $1)
    },
    Reader("drawn", "id,inclusion_probability,ticket,drawn\na,0.5,00ff,1\nb,0.25,0a,0\n") {
      try DrawnFile.read(path: $0, options: $1)
    },
    Reader("cell cities", "cell,city_code,city\n3000-1274-1305,130100,石家庄市\n") {
      try CellCitiesFile.read(path: $0, options: $1)
    },
    Reader(
      "mobile",
      "station_id,time,lon,lat,pm25,speed\nv,2017-11-21T08:00:00,114.5,38,10,5\nv,2017-11-21T08:00:10,114.501,38,11,5\n"
    ) {
      try MobileFile.read(
        path: $0, options: $1, pollutant: .pm25, grid: ReadingsFileTests.grid.get(), locator: nil, validRange: nil)
    },
    Reader(
      "policy",
      (try? String(contentsOf: TestFiles.repository.appending(path: "grids/policy.yml"), encoding: .utf8)) ?? ""
    ) {
      _ = try PolicyFile.read(path: $0)
    },
    Reader(
      "grid", (try? String(contentsOf: TestFiles.repository.appending(path: "grids/2p26.yml"), encoding: .utf8)) ?? ""
    ) {
      _ = try GridFile.read(path: $0)
    },
    Reader("places", "code,name,level\n130108,裕华区,county\n") {
      _ = try PlacesFile.read(placesPath: $0, aliasesPath: nil)
    },
  ]

  @Test(arguments: readers)
  func `damaged files are read or refused, and every row is accounted for`(reader: Reader) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "damaged.txt").path
    let whole = Array(reader.text.utf8)
    try #require(!whole.isEmpty)
    var mutation = Mutation(random: TestNumbers(state: reader.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
    var understood = 0
    for round in 0..<Self.rounds {
      let bytes = round == 0 ? whole : mutation.damaged(whole)
      try Data(bytes).write(to: URL(filePath: path))
      var seen: [String] = []
      for (blockBytes, threads) in [(1 << 18, 1), (64, 2)] {
        var options = ReadingsFileTests.options(threads)
        options.blockBytes = blockBytes
        do {
          guard let rows = try reader.read(path, options) else { continue }
          understood += 1
          seen.append("\(rows)")
          #expect(
            rows.read == rows.kept + rows.passedOver + rows.rejected,
            "\(reader.name), round \(round): \(rows) of \(String(decoding: bytes, as: UTF8.self))")
        } catch let problem as any Diagnosable {
          seen.append(problem.problem)
        } catch {
          Issue.record("\(reader.name), round \(round): \(error) is no explanation")
        }
      }
      if seen.count == 2, reader.name != "policy" {
        #expect(seen[0] == seen[1], "round \(round): blocks and threads change nothing")
      }
    }
    #expect(understood > 0 || reader.name == "policy" || reader.name == "grid" || reader.name == "places")
  }
}
