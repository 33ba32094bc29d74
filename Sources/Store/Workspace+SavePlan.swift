internal import Diagnostics
internal import Digests
internal import Evidence
internal import Foundation
internal import GRDB
public import Grids
internal import Hotspots
public import Quantities
internal import Ranking
public import Sampling

extension Workspace {
  /// Keeps a plan in one transaction; a plan of the same date is replaced.
  ///
  /// - Parameter countyOf: GB/T 2260 code of the home county of a cell, so that county queries find its leads, alarms
  ///   and fields; `nil` outside the region.
  ///   - sealSecret: What opens the seal of a sealed plan, hexadecimal; kept apart from what ``plan(date:)`` gives back.
  public func savePlan(_ plan: PlanRecord, sealSecret: String? = nil, countyOf: (CellID) -> String?) throws {
    let fields = try parallelMap(plan.fields.count) { k in
      (Self.encode(plan.fields[k].values), Self.encode(plan.fields[k].hotspots))
    }
    try write { db in
      let header = plan.header
      let day = header.date.ordinal
      try db.execute(sql: "DELETE FROM plan WHERE day = ?", arguments: [day])
      try db.execute(
        sql: """
          INSERT INTO plan(day, date, seed, created_at, policy_hash, code_version, input_digest, summary, draw_rules,
            seal, seal_secret, opening) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
          """,
        arguments: [
          day, header.date.description, header.seed, header.createdAt.secondsSinceEpoch, header.policyHash,
          header.codeVersion, header.inputDigest, header.summaryJSON, header.drawRules.joined(separator: "\n"),
          header.sealJSON, sealSecret, header.openingJSON,
        ])
      for (position, field) in plan.fields.enumerated() {
        try db.execute(
          sql: "INSERT INTO plan_field(plan, position, name, period, field, hotspots) VALUES(?,?,?,?,?,?)",
          arguments: [
            day, position, field.name, field.period.description, fields[position].0, fields[position].1,
          ])
      }
      try Self.insertAlarms(db, plan, countyOf: countyOf)
      try Self.insertLists(db, plan)
      let leads = try Self.insertLeads(db, plan, countyOf: countyOf)
      try Self.insertTargets(db, plan, leads: leads)
    }
  }

  private static func insertAlarms(_ db: Database, _ plan: PlanRecord, countyOf: (CellID) -> String?) throws {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO alarm(plan, position, field, cell, county, period, value, ring_median, ring_cells, ratio, robust_z,
          rule) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    for (position, alarm) in plan.alarms.enumerated() {
      try insert.execute(arguments: [
        plan.header.date.ordinal, position, alarm.field, alarm.cell.description, countyOf(alarm.cell),
        alarm.period.description, alarm.value, alarm.ringMedian, alarm.ringCells, alarm.ratio, alarm.robustZ,
        alarm.rule,
      ])
    }
  }

  private static func insertLists(_ db: Database, _ plan: PlanRecord) throws {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO list_entry(plan, position, list, rank, cell, county, name, value, detail) VALUES(?,?,?,?,?,?,?,?,?)
        """)
    for (position, entry) in plan.lists.enumerated() {
      try insert.execute(arguments: [
        plan.header.date.ordinal, position, entry.list, entry.rank, entry.cell?.description, entry.countyCode,
        entry.name, entry.value, entry.detail,
      ])
    }
  }

  /// Every different lead once, in the order of their first mention. - Returns: The position of each.
  private static func insertLeads(
    _ db: Database, _ plan: PlanRecord, countyOf: (CellID) -> String?
  ) throws -> [Lead: Int] {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO lead(plan, position, kind, cell, county, credit_code, meter_id, first_day, last_day, strength,
          statement, disproof, numbers, sources) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    var positions: [Lead: Int] = [:]
    func add(_ lead: Lead, county: String?) throws {
      guard positions[lead] == nil else { return }
      let position = positions.count
      positions[lead] = position
      try insert.execute(arguments: [
        plan.header.date.ordinal, position, lead.kind.rawValue, lead.cell?.description,
        lead.cell.flatMap(countyOf) ?? county, lead.creditCode, lead.meterID, lead.firstDay.ordinal,
        lead.lastDay.ordinal, lead.strength, lead.statement, lead.disproof,
        String(decoding: try encodeSorted(lead.numbers), as: UTF8.self),
        String(decoding: try encodeSorted(lead.sources), as: UTF8.self),
      ])
    }
    for target in plan.targets { for lead in target.leads { try add(lead, county: target.countyCode) } }
    for lead in plan.leads { try add(lead, county: nil) }
    return positions
  }

  private static func insertTargets(_ db: Database, _ plan: PlanRecord, leads: [Lead: Int]) throws {
    let day = plan.header.date.ordinal
    let frame = Dictionary(plan.frame.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO frame_unit(plan, position, id, kind, name, cell, county, score, parts, stratum, min_probability,
          max_probability, unit_county, unit_city, unit_class, unit_x, unit_y, drawn)
          VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)
        """)
    let link = try db.cachedStatement(sql: "INSERT INTO target_lead(plan, unit, position, lead) VALUES(?,?,?,?)")
    for (unit, target) in plan.targets.enumerated() {
      let own = frame[target.id] ?? FrameUnit(id: target.id, score: target.score)
      try insert.execute(arguments: [
        day, unit, target.id, target.kind.rawValue, target.name, target.cell?.description, target.countyCode,
        target.score, String(decoding: try encodeSorted(target.parts), as: UTF8.self),
        own.stratum, own.minimumProbability, own.maximumProbability, own.county, own.city, own.unitClass,
        own.position?.x, own.position?.y,
      ])
      for (position, lead) in target.leads.enumerated() {
        try link.execute(arguments: [day, unit, position, leads[lead]])
      }
    }
    try updateDraw(db, day: day, plan.drawn)
  }

  /// What a sealed plan is opened with. - Returns: `nil` for a plan that was not sealed.
  public func sealSecret(date: LocalDay) throws -> String? {
    try read { db in
      try String.fetchOne(db, sql: "SELECT seal_secret FROM plan WHERE day = ?", arguments: [date.ordinal])
    }
  }

  /// Keeps the draw of a sealed plan, in one transaction.
  ///
  /// - Throws: When the plan was opened before: a second opening would be a second draw.
  public func saveOpening(
    date: LocalDay, seed: String, openingJSON: String, summaryJSON: String, drawn: [DrawOutcome]
  ) throws {
    try write { db in
      try db.execute(
        sql: "UPDATE plan SET seed = ?, opening = ?, summary = ? WHERE day = ? AND seal NOT NULL AND opening IS NULL",
        arguments: [seed, openingJSON, summaryJSON, date.ordinal])
      guard db.changesCount == 1 else {
        throw Problem(
          "the draw of \(date) is not sealed, or was opened before", remedy: "a draw is opened once; see 'hotgrid plan'"
        )
      }
      try Self.updateDraw(db, day: date.ordinal, drawn)
    }
  }

  private static func updateDraw(_ db: Database, day: Int32, _ drawn: [DrawOutcome]) throws {
    let update = try db.cachedStatement(
      sql: """
        UPDATE frame_unit SET inclusion_probability = ?, ticket = ?, scored = ?, random_drawn = ?, random_ticket = ?,
          combined_probability = ?, pool = ?, reserve_place = ?, drawn = ? WHERE plan = ? AND id = ?
        """)
    for unit in drawn {
      try update.execute(arguments: [
        unit.inclusionProbability, unit.ticket.hex, unit.isScored, unit.isRandom, unit.randomTicket?.hex,
        unit.combinedProbability, unit.pool, unit.reservePlace, unit.isDrawn, day, unit.id,
      ])
    }
  }

  private static func encode(_ rows: [HotspotRow]) -> Data {
    var block = ColumnBlockWriter()
    block.append(rows.map(\.cell.sizeMetres))
    block.append(rows.map(\.cell.column))
    block.append(rows.map(\.cell.row))
    block.append(rows.map { $0.period?.description ?? "" })
    block.append(rows.map(\.value))
    block.append(rows.map(\.neighbours))
    // NaN stands for nil inside the block only.
    block.append(rows.map { $0.z ?? .nan })
    block.append(rows.map { $0.p ?? .nan })
    block.append(rows.map { $0.permutationP ?? .nan })
    block.append(rows.map { Int32($0.bin) })
    block.append(rows.map(\.classification))
    block.append(rows.map(\.reason))
    return block.finish()
  }
}
