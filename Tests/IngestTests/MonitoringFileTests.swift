import Diagnostics
import Enterprises
import Foundation
import Geometry
import Grids
import Ingest
import Quantities
import Readings
import Testing

@Suite struct MonitoringFileTests {
  private let options = ReadOptions(now: testClock)
  private let code = CreditCode.make(areaCode: "130108", number: 1).text

  @Test func `reports are sorted by outlet and hour, and bad rows go to the reject file with their reason`() throws {
    let path = try temporaryFile(
      "USCC,排口,time,SO2,NOx,烟尘,O2,flow,mark\n\(code),DA002,2017-11-21 09:00,35.5,80,,9.1,50000,N\n"
        + "\(code),DA001,2017-11-21T08:00,12,80,3,9.1,50000,\n\(code),DA001,2017-11-21 07:00,-999,80,3,9.1,50000,C\n"
        + "\(code),DA001,2017-11-21 07:30,1,2,3,4,5,N\n\(code),DA001,2017-11-21 10:00,x,2,3,4,5,N\n"
        + "\(code),DA001,2017-11-21 11:00,1,2,3,28,5,N\n\(code),DA001,2017-11-21 12:00,1,2,3,4,5,Q\n"
        + "911301087,DA001,2017-11-21 12:00,1,2,3,4,5,N\n\(code),DA001,2031-11-21 12:00,1,2,3,4,5,N\n"
        + "\(code),DA001,2017-11-21 13:00,,,,,,N\n")
    let read = try CemsFile.read(path: path, options: options)
    #expect(read.value.outlets.map(\.outlet) == ["DA001", "DA002"])
    #expect(read.value.hours.map { LocalHour(ordinal: $0).hourOfDay } == [7, 8, 9])
    #expect(read.value.lines == [4, 3, 2] && read.value.starts == [0, 2, 3])
    #expect(read.value.values[EmissionChannel.so2.ordinal][0].isNaN)
    #expect(read.value.values[EmissionChannel.nox.ordinal] == [80, 80, 80])
    #expect(read.value.values[EmissionChannel.pm.ordinal][2].isNaN)
    #expect(read.value.marks == [EmissionMark.calibration.rawValue, 0, 0])
    #expect(
      read.rejects.rows.map { "\($0.line): \($0.reason)" } == [
        "5: second row for the same outlet and hour", "6: so2 is not a number", "7: o2 is out of range",
        "8: mark is not one of N, F, M, C, D, S, T, B", "9: credit code does not have 18 characters",
        "10: time is in the future",
      ])
    #expect(read.rowsPassedOver == 1 && read.rowsRead == read.rowsKept + read.rowsPassedOver + read.rejects.count)
  }

  @Test func `a file without any pollutant is refused with a remedy`() throws {
    let path = try temporaryFile("uscc,outlet,time,o2,flow\n")
    let error = #expect(throws: Problem.self) { try CemsFile.read(path: path, options: options) }
    #expect(error?.remedy.contains("so2") == true)
  }

  @Test func `limits of permits are read with their line as source`() throws {
    let path = try temporaryFile(
      "uscc,outlet,so2,nox,pm,o2_reference\n\(code),DA001,35,50,5,6\n\(code),DA001,35,50,5,6\n\(code),DA002,-1,50,5,6\n"
        + "\(code),DA003,,,5,\n")
    let read = try EmissionLimitsFile.read(path: path, options: options)
    #expect(read.value.map(\.outlet) == ["DA001", "DA003"])
    #expect(read.value[0].limit.so2 == 35 && read.value[0].limit.referenceOxygenPercent == 6)
    #expect(read.value[1].limit.so2 == nil && read.value[1].limit.referenceOxygenPercent == nil)
    #expect(read.rejects.rows.map(\.line) == [3, 4])
  }

  @Test func `dust-fall of another number of days is brought to thirty`() throws {
    let path = try temporaryFile(
      "站点编号,month,lon,lat,降尘量,days\nA,2017-06,114.5,38.0,6.2,31\nB,2017-06,114.5,38.0,9,\nA,2017-06,114.5,38.0,6,30\n"
        + "C,2017-13,114.5,38.0,6,30\nD,2017-06,38.0,114.5,6,30\nE,2017-06,,,6,5\nF,2017-06,,,x,30\n")
    let read = try DustFallFile.read(path: path, options: options)
    #expect(read.value.map(\.stationID) == ["A", "B"])
    #expect(abs(read.value[0].tonnesPerSquareKilometre - 6) < 1e-12 && read.value[1].tonnesPerSquareKilometre == 9)
    #expect(read.value[0].month == LocalMonth(year: 2017, month: 6))
    #expect(
      read.rejects.rows.map(\.reason) == [
        "station and month occur twice in the file", "month is not a month such as 2017-06",
        "longitude and latitude are swapped", "days is not between 15 and 62",
        "dustfall is not a number from 0 to 5000 t/km2",
      ])
    #expect(read.notes.count == 1)
  }
}

@Suite struct OfficialCellsFileTests {
  private let options = ReadOptions(now: testClock)

  private func file(_ text: String, _ suffix: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "official-\(UUID().uuidString).\(suffix)")
    try Data(text.utf8).write(to: path)
    return path.path
  }

  @Test func `four corners in any order make one square, centres make squares of the asked side`() throws {
    let corners = try file(
      "GRID_NO,lon1,lat1,lon2,lat2,lon3,lat3,lon4,lat4,lon,lat\n"
        + "A,114.0,38.0,114.03,38.03,114.03,38.0,114.0,38.03,,\nB,,,,,,,,,114.5,38.0\nB,,,,,,,,,114.5,38.0\n,,,,,,,,,114.5,38.0\n"
        + "C,,,,,,,,,,\n", "csv")
    let read = try OfficialCellsFile.read(path: corners, idColumn: "GRID_NO", sizeMetres: 3000, options: options)
    #expect(read.value.map(\.id) == ["A", "B"])
    #expect(
      read.rejects.rows.map(\.reason) == [
        "the id occurs twice in the file", "the cell has no id", "the cell has neither four corners nor a centre",
      ])
    let projection = try Grid(definition: .national2p26).projection
    for cell in read.value {
      let ring = cell.polygons[0][0].map(projection.forward)
      let area = abs(PlanePolygon.signedArea(ring))
      // 0.03 degrees squared at 38.015 N: 3330.0 m times 2634.6 m, from the WGS 84 radii of curvature.
      let wanted = cell.id == "A" ? 8.7733e6 : 9e6
      #expect(abs(area / wanted - 1) < 2e-4, "\(cell.id) \(area)")
    }
  }

  @Test func `polygons and points of a vector file come with their own ids and datum`() throws {
    let text = """
      {"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{"网格号":"P1"},"geometry":{"type":"Polygon","coordinates":
      [[[114.0,38.0],[114.03,38.0],[114.03,38.03],[114.0,38.03],[114.0,38.0]]]}},
      {"type":"Feature","properties":{"网格号":"P2"},"geometry":{"type":"Point","coordinates":[114.5,38.0]}},
      {"type":"Feature","properties":{"网格号":"P2"},"geometry":{"type":"Point","coordinates":[114.5,38.0]}}]}
      """
    let path = try file(text, "geojson")
    let read = try OfficialCellsFile.read(path: path, idColumn: "网格号", sizeMetres: 500, options: options)
    #expect(read.value.map(\.id) == ["P1", "P2"] && read.rejects.count == 1)
    let error = #expect(throws: Problem.self) {
      try OfficialCellsFile.read(path: path, idColumn: "nothing", sizeMetres: 500, options: options)
    }
    #expect(error?.problem.contains("网格号") == true && error?.remedy.contains("--id-column") == true)
  }

  @Test func `squares in a projected system stand upright in it`() throws {
    // Gauss-Kruger zone 38 of CGCS2000 (EPSG:4526): a centre in metres.
    let path = try file("id,x,y\nG1,38544000,4207000\n", "csv")
    var projected = options
    projected.reference = .proj("EPSG:4526")
    let read = try OfficialCellsFile.read(path: path, idColumn: nil, sizeMetres: 3000, options: projected)
    let ring = try #require(read.value.first?.polygons.first?.first)
    #expect(ring.count == 4 && abs(ring[0].latitude - ring[1].latitude) < 0.001 && abs(ring[0].longitude - 114.5) < 0.1)
  }

  @Test func `columns called x and y need a declared system, those called longitude and latitude do not`() throws {
    let degrees = try file("id,x,y\nG1,114.5,38.0\n", "csv")
    let error = #expect(throws: Problem.self) {
      try OfficialCellsFile.read(path: degrees, idColumn: nil, sizeMetres: 3000, options: options)
    }
    #expect(error?.problem.contains("columns x, y do not say what they count") == true)
    #expect(error?.remedy.contains("--crs EPSG:4526") == true && error?.remedy.contains("lon, lat") == true)
    var declared = options
    declared.reference = .wgs84
    #expect(
      try OfficialCellsFile.read(path: degrees, idColumn: nil, sizeMetres: 3000, options: declared).value.count == 1)
    let corners = try file("id,x1,y1,x2,y2,x3,y3,x4,y4\nG1,114,38,114.1,38,114.1,38.1,114,38.1\n", "csv")
    #expect(throws: Problem.self) {
      try OfficialCellsFile.read(path: corners, idColumn: nil, sizeMetres: 3000, options: options)
    }
    #expect(
      try OfficialCellsFile.read(path: corners, idColumn: nil, sizeMetres: 3000, options: declared).value.count == 1)
  }

  @Test func `a centre outside China is rejected with the option to look at`() throws {
    // The same metres as above, without their zone: PROJ puts them far to the west.
    var projected = options
    projected.reference = .proj("EPSG:4526")
    let metres = try file("id,x,y\nG1,544000,4207000\nG2,114.5,38.0\n", "csv")
    let read = try OfficialCellsFile.read(path: metres, idColumn: nil, sizeMetres: 3000, options: projected)
    #expect(read.value.isEmpty && read.rejects.count == 2)
    #expect(read.rejects.rows.allSatisfy { $0.reason.contains("--crs") || $0.reason.contains("coordinate system") })
    let elsewhere = try file("id,lon,lat\nG1,12.5,45.0\n", "csv")
    let none = try OfficialCellsFile.read(path: elsewhere, idColumn: nil, sizeMetres: 3000, options: options)
    #expect(none.value.isEmpty && none.rejects.rows.first?.reason.contains("--crs") == true)
  }
}
