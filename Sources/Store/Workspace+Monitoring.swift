public import Enterprises
internal import Foundation
internal import GRDB
internal import Geometry
internal import Grids
public import Quantities
public import Readings

extension Workspace {
  /// Reports of emission monitors of the days. Of two files with one outlet and hour the later ingested counts.
  ///
  /// - Returns: The reports, and for each outlet the ``InputFile/id`` of the newest file that told of it.
  public func emissionHours(days: ClosedRange<LocalDay>) throws -> (hours: EmissionHours, files: [Int64]) {
    let blocks = try read { db in
      try Row.fetchAll(
        db, sql: "SELECT file, day, block FROM emission_day WHERE day BETWEEN ? AND ? ORDER BY file DESC, day",
        arguments: [days.lowerBound.ordinal, days.upperBound.ordinal]
      ).map { FileBlock(file: $0[0], day: $0[1], block: $0[2]) }
    }
    var rows: [EmissionHours.Row] = []
    var newest: [EmissionOutlet: Int64] = [:]
    for block in blocks {
      var reader = try ColumnBlockReader(block.block, name: "emission of \(LocalDay(ordinal: block.day))")
      let (codes, outlets) = (try reader.strings(), try reader.strings())
      let hours = try reader.int32s()
      let marks = try reader.uint8s()
      let lines = try reader.int32s()
      let values = try EmissionChannel.allCases.map { _ in try reader.doubles() }
      for k in hours.indices {
        let outlet = EmissionOutlet(creditCode: codes[k], outlet: outlets[k])
        if newest[outlet] == nil { newest[outlet] = block.file }
        rows.append(
          EmissionHours.Row(
            outlet: outlet, hour: hours[k], values: values.map { $0[k] },
            mark: EmissionMark(rawValue: marks[k]) ?? .normal, line: lines[k]))
      }
    }
    let merged = EmissionHours(rows)
    return (merged, merged.outlets.map { newest[$0] ?? 0 })
  }

  /// Dust-fall of the months, by month, then station, file and line.
  public func dustFall(months: ClosedRange<LocalMonth>) throws -> Sourced<Located<DustFallSample>> {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT station_id, month, lon, lat, tonnes_per_km2, exposure_days, county_code, line, cell, county, file
          FROM dust_fall WHERE month BETWEEN ? AND ? ORDER BY month, station_id, file, line
          """, arguments: [months.lowerBound.description, months.upperBound.description])
      var values: [Located<DustFallSample>] = []
      var files: [Int64] = []
      for row in rows {
        let text: String = row[1]
        guard let month = LocalMonth(text) else { throw ColumnBlockReader.damaged("dust-fall of \(text)") }
        let cell: String? = row[8]
        values.append(
          Located(
            DustFallSample(
              stationID: row[0], month: month, position: Self.position(row[2], row[3]),
              tonnesPerSquareKilometre: row[4], exposureDays: row[5], countyCode: row[6], line: row[7]),
            cell: cell.flatMap { CellID($0) }, countyCode: row[9]))
        files.append(row[10])
      }
      return Sourced(values: values, files: files)
    }
  }

  static func insertMonitoring(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    if let emissions = batch.emissions { try insert(db, emissions, file: file) }
    let insertDust = try db.cachedStatement(
      sql: """
        INSERT INTO dust_fall(file, line, station_id, month, lon, lat, tonnes_per_km2, exposure_days, county_code, cell,
          county) VALUES(?,?,?,?,?,?,?,?,?,?,?)
        """)
    for row in batch.dustFall {
      let sample = row.value
      try insertDust.execute(arguments: [
        file, sample.line, sample.stationID, sample.month.description, sample.position?.longitude,
        sample.position?.latitude, sample.tonnesPerSquareKilometre, sample.exposureDays, sample.countyCode,
        row.cell?.description, row.countyCode,
      ])
    }
  }

  private static func insert(_ db: Database, _ emissions: EmissionHours, file: Int64) throws {
    var rowsOfDay: [LocalDay: [(outlet: Int, row: Int)]] = [:]
    for outlet in emissions.outlets.indices {
      for row in emissions.starts[outlet]..<emissions.starts[outlet + 1] {
        rowsOfDay[LocalHour(ordinal: emissions.hours[row]).day, default: []].append((outlet, row))
      }
    }
    let insert = try db.cachedStatement(sql: "INSERT INTO emission_day(file, day, row_count, block) VALUES(?,?,?,?)")
    for (day, rows) in rowsOfDay.sorted(by: { $0.key < $1.key }) {
      var block = ColumnBlockWriter()
      block.append(rows.map { emissions.outlets[$0.outlet].creditCode })
      block.append(rows.map { emissions.outlets[$0.outlet].outlet })
      block.append(rows.map { emissions.hours[$0.row] })
      block.append(rows.map { emissions.marks[$0.row] })
      block.append(rows.map { emissions.lines[$0.row] })
      for channel in emissions.values { block.append(rows.map { channel[$0.row] }) }
      try insert.execute(arguments: [file, day.ordinal, rows.count, block.finish()])
    }
  }
}
