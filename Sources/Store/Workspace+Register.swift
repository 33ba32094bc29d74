public import Enterprises
internal import Diagnostics
internal import Foundation
internal import Geometry
internal import GRDB
public import Grids
internal import Quantities

extension Workspace {
  /// Every firm, ascending by credit code; of two entries the later ingested one counts.
  public func enterprises() throws -> Sourced<Located<Enterprise>> { try enterpriseTable("1", []) }

  /// - Returns: `nil` when no register has the code.
  public func enterprise(creditCode: String) throws -> (enterprise: Located<Enterprise>, file: Int64)? {
    let found = try enterpriseTable("e.credit_code = ?", [creditCode])
    guard let value = found.values.first, let file = found.files.first else { return nil }
    return (value, file)
  }

  /// Firms of a county, ascending by credit code.
  public func enterprises(countyCode: String) throws -> Sourced<Located<Enterprise>> {
    try enterpriseTable("e.county = ?", [countyCode])
  }

  /// Firms in a cell of the coarsest level, ascending by credit code.
  public func enterprises(cell: CellID) throws -> Sourced<Located<Enterprise>> {
    try enterpriseTable("e.cell = ?", [cell.description])
  }

  /// Firms with exactly this name, ascending by credit code.
  public func enterprises(name: String) throws -> Sourced<Located<Enterprise>> {
    try enterpriseTable("e.name = ?", [name])
  }

  /// Every declared meter, ascending by id; of two entries the later ingested one counts.
  public func meters() throws -> Sourced<Located<Meter>> { try meterTable("1", []) }

  /// Meters of one firm, ascending by id.
  public func meters(creditCode: String) throws -> Sourced<Located<Meter>> {
    try meterTable("m.credit_code = ?", [creditCode])
  }

  /// Ids that occur in power files but in no meters file: their curves wait until one comes.
  public func undeclaredMeters() throws -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT meter_id FROM meter_name n WHERE NOT EXISTS (SELECT 1 FROM meter m WHERE m.meter = n.number)
          ORDER BY meter_id
          """)
    }
  }

  /// All orders in the order they were ingested, then by line: a later row with the same id amends an earlier one.
  public func orders() throws -> Sourced<StopOrder> {
    try read { db in
      var codes: [Int64: [String]] = [:]
      let scopes = try Row.fetchCursor(
        db, sql: "SELECT stop_order, code FROM order_scope ORDER BY stop_order, position")
      while let row = try scopes.next() { codes[row[0], default: []].append(row[1]) }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT id, order_id, kind, start_time, end_time, limit_percent, scope_kind, line, file, grades FROM stop_order
          ORDER BY file, line
          """)
      return Sourced(
        values: try rows.map { try Self.order($0, codes: codes[$0[0]] ?? []) }, files: rows.map { $0[8] })
    }
  }

  private static func order(_ row: Row, codes: [String]) throws -> StopOrder {
    let kindText: String = row[2]
    let scopeText: String = row[6]
    let scope: OrderScope? =
      switch scopeText {
      case "county": .counties(codes)
      case "industry": .industries(codes)
      case "uscc": .creditCodes(codes)
      default: nil
      }
    guard let kind = OrderKind(rawValue: kindText), let scope else {
      throw Problem("the workspace has an order of unknown kind \(kindText) \(scopeText)", remedy: "update hotgrid")
    }
    let grades: String = row[9]
    return StopOrder(
      id: row[1], kind: kind, start: Instant(secondsSinceEpoch: row[3]), end: Instant(secondsSinceEpoch: row[4]),
      scope: scope, limitPercent: row[5],
      grades: grades.split(separator: ";").compactMap { PerformanceGrade(rawValue: String($0)) }, line: row[7])
  }

  // MARK: Writing

  static func insertRegister(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    let insert = try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO enterprise(credit_code, file, line, name, industry_code, lon, lat, declared_x,
          declared_y, declared_crs, address, county_code, permit, grade, status, cell, county,
          uncertainty_metres, uncertainty_origin)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    for row in batch.enterprises {
      let firm = row.value
      try insert.execute(arguments: [
        firm.creditCode, file, firm.line, firm.name, firm.industryCode, firm.position?.longitude,
        firm.position?.latitude, firm.declared?.x, firm.declared?.y, firm.declared?.reference.description,
        firm.address, firm.countyCode, firm.permit, firm.grade?.rawValue, firm.status, row.cell?.description,
        row.countyCode, firm.uncertainty?.radiusMetres, firm.uncertainty?.origin.rawValue,
      ])
    }
    let numbers = try intern(db, batch.meters.map(\.value.id), table: "meter_name", column: "meter_id")
    let insertMeter = try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO meter(meter, file, line, credit_code, tariff, lon, lat, declared_x, declared_y,
          declared_crs, cell, county) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    for (number, row) in zip(numbers, batch.meters) {
      let meter = row.value
      try insertMeter.execute(arguments: [
        number, file, meter.line, meter.creditCode, meter.tariff, meter.position?.longitude, meter.position?.latitude,
        meter.declared?.x, meter.declared?.y, meter.declared?.reference.description, row.cell?.description,
        row.countyCode,
      ])
    }
  }

  static func insertOrders(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    for order in batch.orders {
      let (scopeKind, codes) =
        switch order.scope {
        case .counties(let codes): ("county", codes)
        case .industries(let codes): ("industry", codes)
        case .creditCodes(let codes): ("uscc", codes)
        }
      try db.execute(
        sql: """
          INSERT INTO stop_order(file, line, order_id, kind, start_time, end_time, limit_percent, scope_kind, grades)
          VALUES(?,?,?,?,?,?,?,?,?)
          """,
        arguments: [
          file, order.line, order.id, order.kind.rawValue, order.start.secondsSinceEpoch,
          order.end.secondsSinceEpoch, order.limitPercent, scopeKind,
          order.grades.map(\.rawValue).joined(separator: ";"),
        ])
      let number = db.lastInsertedRowID
      for (position, code) in codes.enumerated() {
        try db.execute(
          sql: "INSERT INTO order_scope(stop_order, position, code) VALUES(?,?,?)", arguments: [number, position, code])
      }
    }
  }

  // MARK: Reading

  private func enterpriseTable(
    _ condition: String, _ arguments: StatementArguments
  ) throws -> Sourced<Located<Enterprise>> {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT credit_code, name, industry_code, lon, lat, declared_x, declared_y, declared_crs, address, county_code,
            permit, grade, status, line, cell, county, file, uncertainty_metres, uncertainty_origin FROM enterprise e
          WHERE \(condition)
            AND NOT EXISTS (SELECT 1 FROM enterprise o WHERE o.credit_code = e.credit_code AND o.file > e.file)
          ORDER BY credit_code
          """, arguments: arguments)
      return Sourced(
        values: rows.map { row in
          let grade: String? = row[11]
          let cell: String? = row[14]
          return Located(
            Enterprise(
              creditCode: row[0], name: row[1], industryCode: row[2], position: Self.position(row[3], row[4]),
              declared: Self.declared(row[5], row[6], row[7]), address: row[8], countyCode: row[9], permit: row[10],
              grade: grade.flatMap { PerformanceGrade(rawValue: $0) }, status: row[12], line: row[13],
              uncertainty: Self.uncertainty(row[17], row[18])),
            cell: cell.flatMap { CellID($0) }, countyCode: row[15])
        }, files: rows.map { $0[16] })
    }
  }

  private static func uncertainty(_ metres: Double?, _ origin: String?) -> PositionUncertainty? {
    guard let metres, let origin = origin.flatMap({ PositionOrigin(rawValue: $0) }) else { return nil }
    return PositionUncertainty(radiusMetres: metres, origin: origin)
  }

  private func meterTable(_ condition: String, _ arguments: StatementArguments) throws -> Sourced<Located<Meter>> {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT n.meter_id, m.credit_code, m.tariff, m.lon, m.lat, m.declared_x, m.declared_y, m.declared_crs, m.line,
            m.cell, m.county, m.file FROM meter m JOIN meter_name n ON n.number = m.meter
          WHERE \(condition) AND NOT EXISTS (SELECT 1 FROM meter o WHERE o.meter = m.meter AND o.file > m.file)
          ORDER BY n.meter_id
          """, arguments: arguments)
      return Sourced(
        values: rows.map { row in
          let cell: String? = row[9]
          return Located(
            Meter(
              id: row[0], creditCode: row[1], tariff: row[2], position: Self.position(row[3], row[4]),
              declared: Self.declared(row[5], row[6], row[7]), line: row[8]),
            cell: cell.flatMap { CellID($0) }, countyCode: row[10])
        }, files: rows.map { $0[11] })
    }
  }
}
