public import Enterprises
internal import Geometry
internal import GRDB
internal import Grids
public import Quantities
public import Readings

extension Workspace {
  /// Fire detections of the days, by time, then file and line.
  public func fires(days: ClosedRange<LocalDay>) throws -> Sourced<Located<FireDetection>> {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT time, lon, lat, power_mw, confidence_percent, is_daytime, satellite, line, cell, file FROM fire
          WHERE day BETWEEN ? AND ? ORDER BY time, file, line
          """, arguments: [days.lowerBound.ordinal, days.upperBound.ordinal])
      return Sourced(
        values: rows.map { row in
          let cell: String? = row[8]
          return Located(
            FireDetection(
              time: Instant(secondsSinceEpoch: row[0]), position: LonLat(longitude: row[1], latitude: row[2]),
              radiativePowerMegawatts: row[3], confidencePercent: row[4], isDaytime: row[5], satellite: row[6],
              line: row[7]), cell: cell.flatMap { CellID($0) })
        }, files: rows.map { $0[9] })
    }
  }

  /// Complaints of the days, by time, then file and line.
  public func complaints(days: ClosedRange<LocalDay>) throws -> Sourced<Located<Complaint>> {
    try complaintTable("day BETWEEN ? AND ?", [days.lowerBound.ordinal, days.upperBound.ordinal])
  }

  /// Complaints of the days in one county, by time, then file and line.
  public func complaints(countyCode: String, days: ClosedRange<LocalDay>) throws -> Sourced<Located<Complaint>> {
    try complaintTable(
      "county = ? AND day BETWEEN ? AND ?", [countyCode, days.lowerBound.ordinal, days.upperBound.ordinal])
  }

  private func complaintTable(_ condition: String, _ arguments: StatementArguments) throws -> Sourced<
    Located<Complaint>
  > {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT complaint_id, time, lon, lat, category, text, line, cell, county, file, declared_county, place,
            uncertainty_metres FROM complaint
          WHERE \(condition) ORDER BY time, file, line
          """, arguments: arguments)
      return Sourced(
        values: rows.map { row in
          let cell: String? = row[7]
          return Located(
            Complaint(
              id: row[0], time: Instant(secondsSinceEpoch: row[1]), position: Self.position(row[2], row[3]),
              category: row[4], text: row[5], line: row[6], countyCode: row[10], place: row[11],
              uncertaintyMetres: row[12]), cell: cell.flatMap { CellID($0) }, countyCode: row[8])
        }, files: rows.map { $0[9] })
    }
  }

  static func insertEvents(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    let insertFire = try db.cachedStatement(
      sql: """
        INSERT INTO fire(file, line, day, time, lon, lat, power_mw, confidence_percent, is_daytime, satellite, cell)
        VALUES(?,?,?,?,?,?,?,?,?,?,?)
        """)
    for row in batch.fires {
      let fire = row.value
      try insertFire.execute(arguments: [
        file, fire.line, fire.time.day.ordinal, fire.time.secondsSinceEpoch, fire.position.longitude,
        fire.position.latitude, fire.radiativePowerMegawatts, fire.confidencePercent, fire.isDaytime, fire.satellite,
        row.cell?.description,
      ])
    }
    let insertComplaint = try db.cachedStatement(
      sql: """
        INSERT INTO complaint(file, line, day, complaint_id, time, lon, lat, category, text, cell, county,
          declared_county, place, uncertainty_metres)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    for row in batch.complaints {
      let complaint = row.value
      try insertComplaint.execute(arguments: [
        file, complaint.line, complaint.time.day.ordinal, complaint.id, complaint.time.secondsSinceEpoch,
        complaint.position?.longitude, complaint.position?.latitude, complaint.category, complaint.text,
        row.cell?.description, row.countyCode, complaint.countyCode, complaint.place, complaint.uncertaintyMetres,
      ])
    }
  }
}
