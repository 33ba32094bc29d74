internal import Foundation
internal import Diagnostics
internal import GRDB
public import Geometry
public import Gridding
internal import Grids
public import Quantities
public import Readings

extension Workspace {
  /// Every declared station, ascending by id; of two declarations the better one counts.
  ///
  /// A `stations` file is better than positions inside a readings file; of two of one kind the later ingested wins.
  public func stations() throws -> Sourced<StationRow> { try stationTable(where: "1", []) }

  /// Declared stations whose position lies in a county.
  public func stations(countyCode: String) throws -> Sourced<StationRow> {
    try stationTable(where: "s.county = ?", [countyCode])
  }

  /// Every declaration of a position, by station id, then in the order files were ingested.
  ///
  /// - Parameter sha256: Content that is left out, so that a file is not compared with itself; `nil` for none.
  public func stationDeclarations(excluding sha256: String?) throws -> [(id: String, position: LonLat, source: String)]
  {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT n.station_id, s.lon, s.lat, f.name FROM station s JOIN station_name n ON n.number = s.station
            JOIN input_file f ON f.id = s.file
          WHERE s.lon IS NOT NULL AND s.lat IS NOT NULL AND f.sha256 IS NOT ? ORDER BY n.station_id, f.id
          """, arguments: [sha256]
      ).map { (id: $0[0], position: LonLat(longitude: $0[1], latitude: $0[2]), source: $0[3]) }
    }
  }

  /// Ids that occur in readings but in no file with their position: their readings wait until one comes.
  public func undeclaredStations() throws -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT station_id FROM station_name n WHERE NOT EXISTS (SELECT 1 FROM station s WHERE s.station = n.number)
          ORDER BY station_id
          """)
    }
  }

  /// Hourly values of declared stations, sorted by (station, hour), merged across files.
  ///
  /// Stations are positions in the list that ``stations()`` gives. Where two files have a value for one station and
  /// hour, the later ingested one is kept, flagged ``QualityFlags/duplicate`` if they differ.
  /// - Returns: The values, and for each the ``InputFile/id`` it came from.
  public func stationHours(
    pollutant: Pollutant, days: ClosedRange<LocalDay>
  ) throws -> (hours: StationHours, files: [Int64]) {
    let (blocks, numbers) = try read { db in
      (
        try Self.hourBlocks(db, table: "station_hours", pollutant: pollutant, days: days),
        try Self.stationNumbers(db)
      )
    }
    var slots: [Int32] = []
    for (slot, number) in numbers.enumerated() {
      if slots.count <= number { slots += [Int32](repeating: -1, count: Int(number) + 1 - slots.count) }
      slots[Int(number)] = Int32(slot)
    }
    let slotOfNumber = slots
    let parts = try parallelMap(blocks.count) { k in
      var part = try Self.decodeStationHours(blocks[k].block, pollutant: pollutant)
      for row in part.stations.indices {
        let number = Int(part.stations[row])
        part.stations[row] = number < slotOfNumber.count ? slotOfNumber[number] : -1
      }
      return part
    }
    return Self.merge(parts, files: blocks.map(\.file), pollutant: pollutant)
  }

  /// Cell-hours of moving monitors, sorted by (cell, hour); where two files meet in a cell-hour both stay.
  public func mobileHours(
    pollutant: Pollutant, days: ClosedRange<LocalDay>
  ) throws -> (hours: MobileCellHours, files: [Int64]) {
    let blocks = try read { db in
      try Self.hourBlocks(db, table: "mobile_hours", pollutant: pollutant, days: days)
    }
    let parts = try parallelMap(blocks.count) { try Self.decodeMobileHours(blocks[$0].block, pollutant: pollutant) }
    var rows: [(part: Int, row: Int)] = []
    for (part, hours) in parts.enumerated() { rows += hours.cells.indices.map { (part, $0) } }
    rows.sort {
      let a = (parts[$0.part].cells[$0.row], parts[$0.part].hours[$0.row], $0.part)
      let b = (parts[$1.part].cells[$1.row], parts[$1.part].hours[$1.row], $1.part)
      return a < b
    }
    var merged = MobileCellHours(pollutant: pollutant)
    for (part, row) in rows {
      let from = parts[part]
      merged.append(
        cell: from.cells[row], hour: from.hours[row], mean: from.means[row], median: from.medians[row],
        count: from.counts[row], firstLine: from.firstLines[row])
    }
    return (merged, rows.map { blocks[$0.part].file })
  }

  // MARK: Writing

  static func insertStations(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    let declared = try intern(
      db, batch.stations.map(\.value.station.id), table: "station_name", column: "station_id")
    let insert = try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO station(station, file, line, name, kind, lon, lat, declared_x, declared_y,
          declared_crs, cell, county) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    for (number, row) in zip(declared, batch.stations) {
      let station = row.value.station
      try insert.execute(arguments: [
        number, file, row.value.line, station.name, station.kind.rawValue, station.position?.longitude,
        station.position?.latitude, station.declared?.x, station.declared?.y, station.declared?.reference.description,
        row.cell?.description, row.countyCode,
      ])
    }
    let numbers = try intern(db, batch.stationIDs, table: "station_name", column: "station_id")
    for hours in batch.stationHours {
      let days = rowsByDay(hours.hours)
      let blocks = try parallelMap(days.count) { k in
        let rows = days[k].rows.sorted {
          (numbers[Int(hours.stations[$0])], hours.hours[$0], $0) < (
            numbers[Int(hours.stations[$1])], hours.hours[$1], $1
          )
        }
        var block = ColumnBlockWriter()
        block.append(rows.map { numbers[Int(hours.stations[$0])] })
        block.append(rows.map { hours.hours[$0] })
        block.append(rows.map { hours.means[$0] })
        block.append(rows.map { hours.medians[$0] })
        block.append(rows.map { hours.counts[$0] })
        block.append(rows.map { hours.flags[$0] })
        block.append(rows.map { hours.firstLines[$0] })
        return block.finish()
      }
      try insertHourBlocks(db, "station_hours", file, hours.pollutant, days, blocks)
    }
    for hours in batch.mobileHours {
      let days = rowsByDay(hours.hours)
      let blocks = try parallelMap(days.count) { k in
        let rows = days[k].rows
        var block = ColumnBlockWriter()
        block.append(rows.map { hours.cells[$0].sizeMetres })
        block.append(rows.map { hours.cells[$0].column })
        block.append(rows.map { hours.cells[$0].row })
        block.append(rows.map { hours.hours[$0] })
        block.append(rows.map { hours.means[$0] })
        block.append(rows.map { hours.medians[$0] })
        block.append(rows.map { hours.counts[$0] })
        block.append(rows.map { hours.firstLines[$0] })
        return block.finish()
      }
      try insertHourBlocks(db, "mobile_hours", file, hours.pollutant, days, blocks)
    }
  }

  private static func insertHourBlocks(
    _ db: Database, _ table: String, _ file: Int64, _ pollutant: Pollutant, _ days: [(day: Int32, rows: [Int])],
    _ blocks: [Data]
  ) throws {
    let insert = try db.cachedStatement(
      sql: "INSERT INTO \(table)(file, pollutant, day, row_count, block) VALUES(?,?,?,?,?)")
    for (day, block) in zip(days, blocks) {
      try insert.execute(arguments: [file, pollutant.rawValue, day.day, day.rows.count, block])
    }
  }

  /// Rows of each day, days ascending, rows in their order. Hours are ``LocalHour`` ordinals.
  static func rowsByDay(_ hours: [Int32]) -> [(day: Int32, rows: [Int])] {
    guard let first = hours.min()?.flooredQuotient(by: 24), let last = hours.max()?.flooredQuotient(by: 24) else {
      return []
    }
    // A file may hold 1970 and 2017: the days that occur are few, the span may be long.
    var slotOfDay = [Int32](repeating: -1, count: Int(last - first) + 1)
    for hour in hours { slotOfDay[Int(hour.flooredQuotient(by: 24) - first)] = 0 }
    var days: [(day: Int32, rows: [Int])] = []
    for day in slotOfDay.indices where slotOfDay[day] == 0 {
      slotOfDay[day] = Int32(days.count)
      days.append((first + Int32(day), []))
    }
    for (row, hour) in hours.enumerated() {
      days[Int(slotOfDay[Int(hour.flooredQuotient(by: 24) - first)])].rows.append(row)
    }
    return days
  }

  // MARK: Reading

  struct FileBlock: Sendable {
    let file: Int64
    let day: Int32
    let block: Data
  }

  /// Blocks by day, then in the order files were ingested.
  private static func hourBlocks(
    _ db: Database, table: String, pollutant: Pollutant, days: ClosedRange<LocalDay>
  ) throws -> [FileBlock] {
    try Row.fetchAll(
      db, sql: "SELECT file, day, block FROM \(table) WHERE pollutant = ? AND day BETWEEN ? AND ? ORDER BY day, file",
      arguments: [pollutant.rawValue, days.lowerBound.ordinal, days.upperBound.ordinal]
    ).map { FileBlock(file: $0[0], day: $0[1], block: $0[2]) }
  }

  private static func decodeStationHours(_ block: Data, pollutant: Pollutant) throws -> StationHours {
    var reader = try ColumnBlockReader(block, name: "station hours")
    var hours = StationHours(pollutant: pollutant)
    hours.stations = try reader.int32s()
    hours.hours = try reader.int32s()
    hours.means = try reader.doubles()
    hours.medians = try reader.doubles()
    hours.counts = try reader.int32s()
    hours.flags = try reader.uint16s()
    hours.firstLines = try reader.int32s()
    return hours
  }

  private static func decodeMobileHours(_ block: Data, pollutant: Pollutant) throws -> MobileCellHours {
    var reader = try ColumnBlockReader(block, name: "mobile readings")
    var hours = MobileCellHours(pollutant: pollutant)
    let sizes = try reader.int32s()
    let columns = try reader.int32s()
    let rows = try reader.int32s()
    hours.cells = sizes.indices.map { CellID(sizeMetres: sizes[$0], column: columns[$0], row: rows[$0]) }
    hours.hours = try reader.int32s()
    hours.means = try reader.doubles()
    hours.medians = try reader.doubles()
    hours.counts = try reader.int32s()
    hours.firstLines = try reader.int32s()
    return hours
  }

  /// Joins parts that come by day, then file, each sorted by (station number, hour); rows of slot -1 are left out.
  private static func merge(
    _ parts: [StationHours], files: [Int64], pollutant: Pollutant
  ) -> (hours: StationHours, files: [Int64]) {
    // Counting sort by station: parts come by day and rows by hour, so that a station's rows mostly lie in order.
    let stationCount = Int((parts.compactMap { $0.stations.max() }.max() ?? -1) + 1)
    var ends = [Int](repeating: 0, count: stationCount + 1)
    for part in parts { for slot in part.stations where slot >= 0 { ends[Int(slot) + 1] += 1 } }
    for slot in 0..<stationCount { ends[slot + 1] += ends[slot] }
    let starts = ends
    var places = [(part: Int32, row: Int32)](repeating: (0, 0), count: ends[stationCount])
    for (part, hours) in parts.enumerated() {
      for (row, slot) in hours.stations.enumerated() where slot >= 0 {
        places[ends[Int(slot)]] = (Int32(part), Int32(row))
        ends[Int(slot)] += 1
      }
    }
    func hour(_ place: (part: Int32, row: Int32)) -> Int32 { parts[Int(place.part)].hours[Int(place.row)] }
    var merged = StationHours(pollutant: pollutant)
    var sources: [Int64] = []
    sources.reserveCapacity(places.count)
    for slot in 0..<stationCount {
      let range = starts[slot]..<starts[slot + 1]
      if zip(range, range.dropFirst()).contains(where: { hour(places[$0]) > hour(places[$1]) }) {
        places[range].sort { (hour($0), $0.part, $0.row) < (hour($1), $1.part, $1.row) }
      }
      var k = range.lowerBound
      while k < range.upperBound {
        var last = k
        var differ = false
        let firstMean = parts[Int(places[k].part)].means[Int(places[k].row)]
        while last + 1 < range.upperBound, hour(places[last + 1]) == hour(places[k]) {
          last += 1
          differ = differ || parts[Int(places[last].part)].means[Int(places[last].row)] != firstMean
        }
        merged.append(from: parts[Int(places[last].part)], row: Int(places[last].row), isDuplicate: differ)
        sources.append(files[Int(places[last].part)])
        k = last + 1
      }
    }
    return (merged, sources)
  }

  /// The declaration that counts is the one that no better one exists for.
  private static let bestDeclarations = """
    FROM station s JOIN station_name n ON n.number = s.station JOIN input_file f ON f.id = s.file
    WHERE NOT EXISTS (SELECT 1 FROM station o JOIN input_file g ON g.id = o.file WHERE o.station = s.station
      AND ((g.kind = 'stations') > (f.kind = 'stations')
        OR ((g.kind = 'stations') = (f.kind = 'stations') AND o.file > s.file)))
    """

  /// Stored numbers in the order of ``stations()``.
  private static func stationNumbers(_ db: Database) throws -> [Int32] {
    try Int32.fetchAll(db, sql: "SELECT n.number \(bestDeclarations) ORDER BY n.station_id")
  }

  private func stationTable(where condition: String, _ arguments: StatementArguments) throws -> Sourced<StationRow> {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT n.station_id, s.name, s.kind, s.lon, s.lat, s.declared_x, s.declared_y, s.declared_crs, s.line, s.file
          \(Self.bestDeclarations) AND \(condition) ORDER BY n.station_id
          """, arguments: arguments)
      return Sourced(
        values: rows.map { row in
          StationRow(
            station: Station(
              id: row[0], name: row[1], kind: StationKind(rawValue: row[2]) ?? .micro,
              position: Self.position(row[3], row[4]), declared: Self.declared(row[5], row[6], row[7])),
            line: row[8])
        }, files: rows.map { $0[9] })
    }
  }

  static func position(_ longitude: Double?, _ latitude: Double?) -> LonLat? {
    guard let longitude, let latitude else { return nil }
    return LonLat(longitude: longitude, latitude: latitude)
  }

  static func declared(_ x: Double?, _ y: Double?, _ reference: String?) -> DeclaredPosition? {
    guard let x, let y, let reference = reference.flatMap({ CoordinateReference($0) }) else { return nil }
    return DeclaredPosition(x: x, y: y, reference: reference)
  }
}

extension StationHours {
  fileprivate mutating func append(from other: StationHours, row: Int, isDuplicate: Bool) {
    var flags = QualityFlags(rawValue: other.flags[row])
    if isDuplicate { flags.insert(.duplicate) }
    append(
      station: other.stations[row], hour: other.hours[row], mean: other.means[row], median: other.medians[row],
      count: other.counts[row], flags: flags, firstLine: other.firstLines[row])
  }
}
