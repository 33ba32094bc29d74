internal import Digests
internal import Evidence
internal import Foundation
internal import GRDB
public import Grids
internal import Hotspots
internal import Quantities
internal import Ranking
internal import Sampling

extension Workspace {
  /// Keeps a plan in one transaction; a plan of the same date is replaced.
  ///
  /// - Parameter countyOf: GB/T 2260 code of the home county of a cell, so that county queries find its leads, alarms
  ///   and fields; `nil` outside the region.
  public func savePlan(_ plan: PlanRecord, countyOf: (CellID) -> String?) throws {
    let fields = try parallelMap(plan.fields.count) { k in
      (Self.encode(plan.fields[k].values), Self.encode(plan.fields[k].hotspots))
    }
    try write { db in
      let header = plan.header
      let day = header.date.ordinal
      try db.execute(sql: "DELETE FROM plan WHERE day = ?", arguments: [day])
      try db.execute(
        sql: """
          INSERT INTO plan(day, date, seed, created_at, policy_hash, code_version, input_digest, summary)
          VALUES(?,?,?,?,?,?,?,?)
          """,
        arguments: [
          day, header.date.description, header.seed, header.createdAt.secondsSinceEpoch, header.policyHash,
          header.codeVersion, header.inputDigest, header.summaryJSON,
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
    let drawn = Dictionary(plan.drawn.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let frame = Dictionary(plan.frame.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO frame_unit(plan, position, id, kind, name, cell, county, score, parts, stratum, min_probability,
          inclusion_probability, ticket, drawn) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        """)
    let link = try db.cachedStatement(sql: "INSERT INTO target_lead(plan, unit, position, lead) VALUES(?,?,?,?)")
    for (unit, target) in plan.targets.enumerated() {
      let draw = drawn[target.id]
      try insert.execute(arguments: [
        day, unit, target.id, target.kind.rawValue, target.name, target.cell?.description, target.countyCode,
        target.score, String(decoding: try encodeSorted(target.parts), as: UTF8.self),
        frame[target.id]?.stratum ?? "", frame[target.id]?.minimumProbability ?? 0, draw?.inclusionProbability,
        draw?.ticket.hex, draw?.isDrawn ?? false,
      ])
      for (position, lead) in target.leads.enumerated() {
        try link.execute(arguments: [day, unit, position, leads[lead]])
      }
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
