internal import Digests
internal import Diagnostics
public import Evidence
internal import Foundation
internal import GRDB
public import Grids
public import Hotspots
public import Quantities
internal import Ranking
internal import Sampling

extension Workspace {
  /// All plans, by date.
  public func plans() throws -> [PlanHeader] { try planHeaders("1", []) }

  /// - Returns: `nil` when there is no plan for that date.
  public func planHeader(date: LocalDay) throws -> PlanHeader? { try planHeaders("day = ?", [date.ordinal]).first }

  /// A whole plan. - Returns: `nil` when there is none for that date.
  public func plan(date: LocalDay) throws -> PlanRecord? {
    guard let header = try planHeader(date: date) else { return nil }
    let targets = try plannedTargets(date: date)
    return PlanRecord(
      header: header, fields: try planFields(date: date), alarms: try alarms(date: date), leads: try leads(date: date),
      lists: try lists(date: date), targets: targets.map(\.target),
      frame: targets.map(\.unit), drawn: targets.compactMap(\.draw))
  }

  /// The fields of a plan, in their order.
  public func planFields(date: LocalDay) throws -> [PlanField] {
    let rows = try read { db in
      try Row.fetchAll(
        db, sql: "SELECT name, period, field, hotspots FROM plan_field WHERE plan = ? ORDER BY position",
        arguments: [date.ordinal])
    }
    return try rows.map { row in
      let periodText: String = row[1]
      guard let period = Period(periodText) else { throw ColumnBlockReader.damaged("plan of \(date)") }
      return PlanField(
        name: row[0], period: period, values: try Self.decodeField(row[2]),
        hotspots: try Self.decodeHotspots(row[3]))
    }
  }

  /// Alarms of a plan, field by field; empty without a plan.
  public func alarms(date: LocalDay) throws -> [Alarm] { try alarmTable("plan = ?", [date.ordinal]) }

  /// Alarms whose cell has its largest share in a county. - Parameter countyCode: GB/T 2260, six digits.
  public func alarms(date: LocalDay, countyCode: String) throws -> [Alarm] {
    try alarmTable("plan = ? AND county = ?", [date.ordinal, countyCode])
  }

  /// Alarms of one cell, at the level of the plan's fields; at most one per field and period.
  public func alarms(date: LocalDay, cell: CellID) throws -> [Alarm] {
    try alarmTable("plan = ? AND cell = ?", [date.ordinal, cell.description])
  }

  /// Entries of all lists of a plan in the order of ``PlanRecord/lists``; empty without a plan.
  public func lists(date: LocalDay) throws -> [PlanListEntry] { try listTable("plan = ?", [date.ordinal]) }

  /// Entries whose cell or area is in a county; estimates for a whole city carry the city's GB/T 2260 code instead.
  public func lists(date: LocalDay, countyCode: String) throws -> [PlanListEntry] {
    try listTable("plan = ? AND county = ?", [date.ordinal, countyCode])
  }

  /// Leads of a plan: those of targets first, in frame order, then those on no target.
  public func leads(date: LocalDay) throws -> [Lead] { try leadTable("plan = ?", [date.ordinal]) }

  /// Leads whose cell, or else whose target, lies in a county. - Parameter countyCode: GB/T 2260, six digits.
  public func leads(date: LocalDay, countyCode: String) throws -> [Lead] {
    try leadTable("plan = ? AND county = ?", [date.ordinal, countyCode])
  }

  /// Leads that name one cell, at the coarsest level; leads on a firm without a position name none.
  public func leads(date: LocalDay, cell: CellID) throws -> [Lead] {
    try leadTable("plan = ? AND cell = ?", [date.ordinal, cell.description])
  }

  /// Leads that name a firm, whether or not it is a target. - Parameter creditCode: GB 32100, 18 characters.
  public func leads(date: LocalDay, creditCode: String) throws -> [Lead] {
    try leadTable("plan = ? AND credit_code = ?", [date.ordinal, creditCode])
  }

  /// The frame in the order it was drawn from.
  public func plannedTargets(date: LocalDay) throws -> [PlannedTarget] { try targetTable(date, "1", []) }

  /// The drawn targets only, in frame order.
  public func drawnTargets(date: LocalDay) throws -> [PlannedTarget] { try targetTable(date, "drawn = 1", []) }

  /// Targets of one county in frame order, drawn or not. - Parameter countyCode: GB/T 2260, six digits.
  public func plannedTargets(date: LocalDay, countyCode: String) throws -> [PlannedTarget] {
    try targetTable(date, "county = ?", [countyCode])
  }

  /// Targets in one cell of the coarsest level, in frame order: the cell itself, and firms and meters in it.
  public func plannedTargets(date: LocalDay, cell: CellID) throws -> [PlannedTarget] {
    try targetTable(date, "cell = ?", [cell.description])
  }

  /// - Returns: `nil` when that plan's frame has no such target.
  public func plannedTarget(date: LocalDay, id: String) throws -> PlannedTarget? {
    try targetTable(date, "id = ?", [id]).first
  }

  // MARK: Rows

  private func planHeaders(_ condition: String, _ arguments: StatementArguments) throws -> [PlanHeader] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT day, seed, created_at, policy_hash, code_version, input_digest, summary, draw_rules, seal, opening
          FROM plan WHERE \(condition)
          ORDER BY day
          """, arguments: arguments
      ).map {
        PlanHeader(
          date: LocalDay(ordinal: $0[0]), seed: $0[1], createdAt: Instant(secondsSinceEpoch: $0[2]),
          policyHash: $0[3], codeVersion: $0[4], inputDigest: $0[5], summaryJSON: $0[6],
          drawRules: Self.lines($0[7]), sealJSON: $0[8], openingJSON: $0[9])
      }
    }
  }

  private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

  private func alarmTable(_ condition: String, _ arguments: StatementArguments) throws -> [Alarm] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT cell, period, field, value, ring_median, ring_cells, ratio, robust_z, rule FROM alarm
          WHERE \(condition) ORDER BY plan, position
          """, arguments: arguments
      ).map { row in
        let period: String = row[1]
        guard let cell = Self.cell(row[0]), let period = Period(period) else {
          throw ColumnBlockReader.damaged("alarm")
        }
        return Alarm(
          cell: cell, period: period, field: row[2], value: row[3], ringMedian: row[4], ringCells: row[5],
          ratio: row[6], robustZ: row[7], rule: row[8])
      }
    }
  }

  private func listTable(_ condition: String, _ arguments: StatementArguments) throws -> [PlanListEntry] {
    try read { db in
      try Row.fetchAll(
        db,
        sql:
          "SELECT list, rank, cell, county, name, value, detail FROM list_entry WHERE \(condition) ORDER BY position",
        arguments: arguments
      ).map {
        PlanListEntry(
          list: $0[0], rank: $0[1], cell: Self.cell($0[2]), countyCode: $0[3], name: $0[4], value: $0[5],
          detail: $0[6])
      }
    }
  }

  private static let leadColumns =
    "kind, cell, credit_code, meter_id, first_day, last_day, strength, statement, disproof, numbers, sources"

  private func leadTable(_ condition: String, _ arguments: StatementArguments) throws -> [Lead] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Self.leadColumns) FROM lead WHERE \(condition) ORDER BY position", arguments: arguments
      ).map(Self.lead)
    }
  }

  private static func lead(_ row: Row) throws -> Lead {
    let kindText: String = row[0]
    guard let kind = LeadKind(rawValue: kindText) else { throw ColumnBlockReader.damaged("lead of kind \(kindText)") }
    return Lead(
      kind: kind, cell: cell(row[1]), creditCode: row[2], meterID: row[3], firstDay: LocalDay(ordinal: row[4]),
      lastDay: LocalDay(ordinal: row[5]), strength: row[6], statement: row[7], disproof: row[8],
      numbers: try decodeJSON(row[9]), sources: try decodeJSON(row[10]))
  }

  private func targetTable(
    _ date: LocalDay, _ condition: String, _ arguments: StatementArguments
  ) throws -> [PlannedTarget] {
    try read { db in
      var leads: [Int: [Lead]] = [:]
      let links = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(Self.leadColumns.split(separator: ", ").map { "l.\($0)" }.joined(separator: ", ")), t.unit
          FROM target_lead t JOIN lead l ON l.plan = t.plan AND l.position = t.lead
          WHERE t.plan = ? AND t.unit IN (SELECT position FROM frame_unit WHERE plan = ? AND \(condition))
          ORDER BY t.unit, t.position
          """, arguments: [date.ordinal, date.ordinal] + arguments)
      while let row = try links.next() { leads[row[11], default: []].append(try Self.lead(row)) }
      return try Row.fetchAll(
        db,
        sql: """
          SELECT position, id, kind, name, cell, county, parts, stratum, min_probability, inclusion_probability, ticket,
            scored, drawn, score, max_probability, unit_county, unit_city, unit_class, unit_x, unit_y, random_ticket,
            combined_probability, pool, reserve_place, random_drawn FROM frame_unit WHERE plan = ? AND \(condition) ORDER BY position
          """, arguments: [date.ordinal] + arguments
      ).map { try Self.plannedTarget($0, leads: leads[$0[0]] ?? []) }
    }
  }

  private static func plannedTarget(_ row: Row, leads: [Lead]) throws -> PlannedTarget {
    let kindText: String = row[2]
    guard let kind = TargetKind(rawValue: kindText) else {
      throw ColumnBlockReader.damaged("target of kind \(kindText)")
    }
    let id: String = row[1]
    let probability: Double? = row[9]
    let ticketText: String? = row[10]
    var draw: DrawOutcome?
    if let probability, let ticket = ticketText.flatMap({ SHA256Digest(hex: $0) }) {
      let (randomText, combined): (String?, Double?) = (row[20], row[21])
      draw = DrawOutcome(
        id: id, inclusionProbability: probability, ticket: ticket, isScored: row[11],
        randomTicket: randomText.flatMap { SHA256Digest(hex: $0) }, isRandom: row[24],
        combinedProbability: combined ?? probability,
        pool: row[22], reservePlace: row[23])
    }
    let (x, y): (Double?, Double?) = (row[18], row[19])
    let position = x.flatMap { x in y.map { FramePosition(x: x, y: $0) } }
    return PlannedTarget(
      target: RankedTarget(
        id: id, kind: kind, name: row[3], cell: cell(row[4]), countyCode: row[5], parts: try decodeJSON(row[6]),
        leads: leads),
      unit: FrameUnit(
        id: id, score: row[13], stratum: row[7], minimumProbability: row[8], maximumProbability: row[14],
        county: row[15], city: row[16], unitClass: row[17], position: position), draw: draw)
  }

  private static func decodeHotspots(_ block: Data) throws -> [HotspotRow] {
    var reader = try ColumnBlockReader(block, name: "hotspots")
    let cells = try decodeCells(&reader)
    let periods = try reader.strings()
    let values = try reader.doubles()
    let neighbours = try reader.int32s()
    let z = try reader.doubles()
    let p = try reader.doubles()
    let permutationP = try reader.doubles()
    let bins = try reader.int32s()
    let classes = try reader.strings()
    let reasons = try reader.strings()
    func known(_ number: Double) -> Double? { number.isNaN ? nil : number }
    // Nearly all rows share one period: parsing it once per change keeps a field of 31,700 cells under 10 ms.
    var periodText = ""
    var period: Period?
    return cells.indices.map { k in
      if periods[k] != periodText {
        periodText = periods[k]
        period = Period(periodText)
      }
      return HotspotRow(
        cell: cells[k], period: period, value: values[k], neighbours: neighbours[k], z: known(z[k]), p: known(p[k]),
        permutationP: known(permutationP[k]), bin: Int(bins[k]), classification: classes[k], reason: reasons[k])
    }
  }

  private static func cell(_ text: String?) -> CellID? { text.flatMap { CellID($0) } }

  private static func decodeJSON<Value: Decodable>(_ text: String) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw ColumnBlockReader.damaged("plan")
    }
  }
}
