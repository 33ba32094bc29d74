import Geometry
import Gridding
import Grids
import Quantities
import Readings
import Store
import Testing

@Suite struct StationHoursTests {
  private func hours(_ rows: [(station: Int32, hour: Int32, mean: Double)]) -> StationHours {
    var hours = StationHours(pollutant: .pm25)
    for (line, row) in rows.enumerated() {
      hours.append(
        station: row.station, hour: row.hour, mean: row.mean, median: row.mean - 0.5, count: 12, flags: [.spike],
        firstLine: Int32(line + 2))
    }
    return hours
  }

  @Test func `hours come back bit by bit, on the stations list's positions`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    let base = day.ordinal * 24
    var batch = IngestBatch()
    batch.stations = [testStation("B"), testStation("A"), testStation("C")]
    batch.stationIDs = ["C", "A"]
    let input = hours([(0, base + 23, 0.1 + 0.2), (0, base + 24, 70), (1, base, .greatestFiniteMagnitude)])
    batch.stationHours = [input]
    let file = try workspace.ingest(testRecord(.readings, hash: "r"), batch: batch).file
    let stations = try workspace.stations()
    #expect(stations.values.map(\.station.id) == ["A", "B", "C"])
    #expect(stations.values.map(\.station) == [1, 0, 2].map { batch.stations[$0].value.station })
    let (found, files) = try workspace.stationHours(pollutant: .pm25, days: day...day.advanced(by: 1))
    #expect(found.stations == [0, 2, 2])
    #expect(found.hours == [base, base + 23, base + 24])
    #expect(found.means == [.greatestFiniteMagnitude, 0.1 + 0.2, 70])
    #expect(found.medians == [2, 0, 1].map { input.medians[$0] })
    #expect(found.firstLines == [4, 2, 3])
    #expect(found.counts == [12, 12, 12] && found.flags == Array(repeating: QualityFlags.spike.rawValue, count: 3))
    #expect(files == [file.id, file.id, file.id])
    #expect(try workspace.stationHours(pollutant: .pm25, days: day...day).hours.count == 2)
    #expect(try workspace.stationHours(pollutant: .pm10, days: day...day).hours.count == 0)
    #expect(try workspace.availableDays(.readings) == [day, day.advanced(by: 1)])
    #expect(try workspace.availableDays(.readings, variable: "pm10").isEmpty)
  }

  @Test func `readings of a station wait until a file declares it`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    var readings = IngestBatch()
    readings.stationIDs = ["A"]
    readings.stationHours = [hours([(0, day.ordinal * 24, 5)])]
    try workspace.ingest(testRecord(.readings, hash: "r"), batch: readings)
    #expect(try workspace.stationHours(pollutant: .pm25, days: day...day).hours.count == 0)
    #expect(try workspace.undeclaredStations() == ["A"])
    var stations = IngestBatch()
    stations.stations = [testStation("A")]
    try workspace.ingest(testRecord(.stations, hash: "s"), batch: stations)
    #expect(try workspace.stationHours(pollutant: .pm25, days: day...day).hours.means == [5])
    #expect(try workspace.undeclaredStations().isEmpty)
  }

  @Test func `of two files with one hour the later counts, flagged only when they differ`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    let base = day.ordinal * 24
    var batch = IngestBatch()
    batch.stations = [testStation("A")]
    batch.stationIDs = ["A"]
    batch.stationHours = [hours([(0, base, 5), (0, base + 1, 6)])]
    try workspace.ingest(testRecord(.readings, hash: "1"), batch: batch)
    batch.stationHours = [hours([(0, base, 5), (0, base + 1, 7)])]
    let second = try workspace.ingest(testRecord(.readings, hash: "2"), batch: batch).file
    let (found, files) = try workspace.stationHours(pollutant: .pm25, days: day...day)
    #expect(found.means == [5, 7])
    #expect(found.flags.map { QualityFlags(rawValue: $0) } == [[.spike], [.spike, .duplicate]])
    #expect(files == [second.id, second.id])
    try workspace.removeInputFile(id: second.id)
    #expect(try workspace.stationHours(pollutant: .pm25, days: day...day).hours.means == [5, 6])
  }

  @Test(arguments: [1 as UInt64, 2, 3])
  func `files that meet in any way come back sorted, once per station and hour`(seed: UInt64) throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    var state = seed
    func random(_ bound: UInt64) -> Int32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32(state >> 33 % bound)
    }
    var expected: [[Int32]: Double] = [:]
    var ids = (0..<9).map { "S\(($0 * 7) % 9)" }
    for file in 0..<4 {
      ids.reverse()
      var rows: [[Int32]: Double] = [:]
      for _ in 0..<150 { rows[[random(9), day.ordinal * 24 + random(72)]] = Double(random(50)) }
      var batch = IngestBatch()
      batch.stations = file == 0 ? (0..<9).map { testStation("S\($0)") } : []
      batch.stationIDs = ids
      batch.stationHours = [
        hours(rows.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1], rows[$0] ?? -1) })
      ]
      try workspace.ingest(testRecord(.readings, hash: "\(file)"), batch: batch)
      for (key, mean) in rows {
        guard let slot = Int32(ids[Int(key[0])].dropFirst()) else { continue }
        expected[[slot, key[1]]] = mean
      }
    }
    let found = try workspace.stationHours(pollutant: .pm25, days: day...day.advanced(by: 2)).hours
    let keys = expected.keys.sorted { $0.lexicographicallyPrecedes($1) }
    #expect(zip(found.stations, found.hours).map { [$0, $1] } == keys)
    #expect(found.means == keys.map { expected[$0] ?? -1 })
  }

  @Test func `a stations file beats positions inside readings, whatever the order`() throws {
    let workspace = try testWorkspace()
    var batch = IngestBatch()
    batch.stations = [testStation("A", lon: 114.0)]
    try workspace.ingest(testRecord(.stations, hash: "s"), batch: batch)
    batch.stations = [testStation("A", lon: 115.0)]
    try workspace.ingest(testRecord(.readings, hash: "r"), batch: batch)
    #expect(try workspace.stations().values.map { $0.station.position?.longitude } == [114.0])
    batch.stations = [testStation("A", lon: 114.2)]
    try workspace.ingest(testRecord(.stations, hash: "t"), batch: batch)
    #expect(try workspace.stations().values.map { $0.station.position?.longitude } == [114.2])
    #expect(try workspace.stations(countyCode: "130108").count == 1)
    #expect(try workspace.stations(countyCode: "130109").count == 0)
  }

  @Test func `mobile cell-hours come back in order, west of the origin too`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("1969-12-31")
    var mobile = MobileCellHours(pollutant: .no2)
    let west = CellID(sizeMetres: 3000, column: -2, row: 7)
    let east = CellID(sizeMetres: 3000, column: 4, row: 7)
    mobile.append(cell: east, hour: day.ordinal * 24, mean: 1, median: 2, count: 3, firstLine: 4)
    mobile.append(cell: west, hour: day.ordinal * 24 + 23, mean: 5, median: 6, count: 7, firstLine: 8)
    var batch = IngestBatch()
    batch.mobileHours = [mobile]
    try workspace.ingest(testRecord(.readings, hash: "m"), batch: batch)
    let found = try workspace.mobileHours(pollutant: .no2, days: day...day).hours
    #expect(found.cells == [west, east])
    #expect(found.hours == [-1, -24])
    #expect(found.firstLines == [8, 4])
  }
}
