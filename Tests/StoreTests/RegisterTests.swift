import Enterprises
import Geometry
import Grids
import Quantities
import Readings
import Store
import Testing

@Suite struct RegisterTests {
  private func firm(_ code: String, name: String = "裕华砖厂", line: Int32 = 2) -> Enterprise {
    Enterprise(
      creditCode: code, name: name, industryCode: "3031", position: LonLat(longitude: 114.5, latitude: 38.0),
      declared: DeclaredPosition(x: 114.506, y: 38.001, reference: .gcj02), address: "珠江大道1号", countyCode: "130108",
      permit: nil, grade: .c, status: "存续", line: line)
  }

  private let cell = CellID(sizeMetres: 3000, column: 1274, row: 1305)

  @Test func `a firm comes back whole, by code, county, cell and name`() throws {
    let workspace = try testWorkspace()
    var batch = IngestBatch()
    let plain = Enterprise(
      creditCode: "91110000802100433B", name: "x", industryCode: "", position: nil, declared: nil, address: nil,
      countyCode: nil, permit: nil, grade: nil, status: nil, line: 3)
    batch.enterprises = [
      Located(firm("91130200699229617X"), cell: cell, countyCode: "130108"), Located(plain),
    ]
    let file = try workspace.ingest(testRecord(.enterprises, hash: "e"), batch: batch).file
    let found = try workspace.enterprises()
    #expect(found.values.map(\.value) == [plain, firm("91130200699229617X")])
    #expect(found.files == [file.id, file.id])
    #expect(try workspace.enterprise(creditCode: "91130200699229617X")?.enterprise.cell == cell)
    #expect(try workspace.enterprise(creditCode: "nobody") == nil)
    #expect(try workspace.enterprises(countyCode: "130108").values.map(\.value.creditCode) == ["91130200699229617X"])
    #expect(try workspace.enterprises(cell: cell).count == 1)
    #expect(try workspace.enterprises(name: "裕华砖厂").count == 1)
  }

  @Test func `a later register replaces a firm's entry, not the others`() throws {
    let workspace = try testWorkspace()
    var batch = IngestBatch()
    batch.enterprises = [Located(firm("91130200699229617X")), Located(firm("91350100M000100Y43"))]
    try workspace.ingest(testRecord(.enterprises, hash: "1"), batch: batch)
    batch.enterprises = [Located(firm("91350100M000100Y43", name: "新名"))]
    try workspace.ingest(testRecord(.enterprises, hash: "2"), batch: batch)
    #expect(try workspace.enterprises().values.map(\.value.name) == ["裕华砖厂", "新名"])
  }

  @Test func `load curves come back on the meters list's positions`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    var loads = DayLoads(day: day)
    var curve = (0..<96).map { Float($0) * 0.1 }
    curve[5] = .nan
    for (meter, circuit) in [(Int32(0), Circuit.total), (0, .treatment), (1, .production)] {
      loads.append(
        LoadDay(
          meter: meter, circuit: circuit, day: day, energyKilowattHours: curve, isHourly: meter == 1,
          firstLine: 7 + meter))
    }
    var batch = IngestBatch()
    batch.meterIDs = ["M9", "M1"]
    batch.loads = [loads]
    try workspace.ingest(testRecord(.power, hash: "p"), batch: batch)
    #expect(try workspace.loadDays(days: day...day).first?.loads.count == 0)
    #expect(try workspace.undeclaredMeters() == ["M1", "M9"])
    var meters = IngestBatch()
    meters.meters = ["M9", "M1", "M5"].map {
      Located(Meter(id: $0, creditCode: nil, tariff: "industrial", position: nil, declared: nil, line: 2))
    }
    try workspace.ingest(testRecord(.meters, hash: "m"), batch: meters)
    #expect(try workspace.meters().values.map(\.value.id) == ["M1", "M5", "M9"])
    let found = try workspace.loadDays(days: day...day)
    #expect(found.map(\.loads.day) == [day])
    let table = try #require(found.first?.loads)
    #expect(table.meters == [0, 2, 2])
    #expect(table.circuits == [1, 0, 2])
    #expect(table.hourly == [1, 0, 0])
    #expect(table.firstLines == [8, 7, 7])
    #expect(table[1].energyKilowattHours.map(\.bitPattern) == curve.map(\.bitPattern))
  }

  @Test func `two files of one day join quarter hour by quarter hour`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    var batch = IngestBatch()
    batch.meters = [
      Located(Meter(id: "M", creditCode: nil, tariff: "", position: nil, declared: nil, line: 2))
    ]
    batch.meterIDs = ["M"]
    for (hash, filled) in [("1", 0..<60), ("2", 50..<96)] {
      var loads = DayLoads(day: day)
      loads.append(
        LoadDay(
          meter: 0, circuit: .total, day: day,
          energyKilowattHours: (0..<96).map { filled.contains($0) ? (hash == "1" ? 1 : 2) : .nan }, isHourly: false,
          firstLine: 2))
      batch.loads = [loads]
      try workspace.ingest(testRecord(.power, hash: hash), batch: batch)
    }
    let found = try #require(try workspace.loadDays(days: day...day).first?.loads)
    #expect(found.count == 1)
    #expect(found.energyKilowattHours == (0..<96).map { $0 < 50 ? 1 : 2 })
  }

  @Test(arguments: [
    OrderScope.counties(["130108", "130109"]), .industries(["2521"]), .creditCodes(["91130200699229617X"]),
  ])
  func `an order comes back with its scope in order`(scope: OrderScope) throws {
    let workspace = try testWorkspace()
    let order = StopOrder(
      id: "O1", kind: .peakShift, start: Instant(secondsSinceEpoch: 1_510_675_200),
      end: Instant(secondsSinceEpoch: 1_521_043_200), scope: scope, limitPercent: 50, line: 2)
    var batch = IngestBatch()
    batch.orders = [order]
    try workspace.ingest(testRecord(.orders, hash: "o"), batch: batch)
    #expect(try workspace.orders().values == [order])
  }

  @Test func `fires, complaints and wind come back by day`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    let noon = Instant(secondsSinceEpoch: day.startSeconds + 12 * 3600)
    let place = LonLat(longitude: 114.5, latitude: 38)
    let fire = FireDetection(
      time: noon, position: place, radiativePowerMegawatts: 6.6, confidencePercent: nil, isDaytime: true,
      satellite: "Terra", line: 2)
    let complaint = Complaint(id: "C1", time: noon, position: nil, category: "恶臭", text: "夜间有异味", line: 3)
    let wind = WindObservation(time: noon, position: place, eastward: -1.5, northward: 2)
    var batch = IngestBatch()
    batch.fires = [Located(fire, cell: cell)]
    batch.complaints = [Located(complaint, countyCode: "130108")]
    batch.wind = [wind]
    try workspace.ingest(testRecord(.fires, hash: "f"), batch: batch)
    #expect(try workspace.fires(days: day...day).values.map(\.value) == [fire])
    #expect(try workspace.complaints(days: day...day).values.map(\.value) == [complaint])
    #expect(try workspace.complaints(countyCode: "130108", days: day...day).count == 1)
    #expect(try workspace.wind(days: day...day) == [wind])
    let next = day.advanced(by: 1)
    #expect(try workspace.fires(days: next...next).count == 0)
    for kind in [InputKind.fires, .complaints, .wind] { #expect(try workspace.availableDays(kind) == [day]) }
  }
}

extension LocalDay {
  /// Seconds since 1970 of the day's beginning in Beijing.
  fileprivate var startSeconds: Int64 { Int64(ordinal) * 86_400 - BeijingTime.offsetSeconds }
}
