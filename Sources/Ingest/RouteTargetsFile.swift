internal import Diagnostics
internal import Enterprises
public import Geometry
public import Quantities

/// When a target may be visited, as its file says it.
public enum VisitTime: Hashable, Sendable {
  /// The same on every day, seconds after midnight.
  case everyDay(seconds: Double)
  case moment(Instant)
}

/// A target that somebody must drive to.
public struct RouteTargetRow: Hashable, Sendable {
  /// Once in the file, such as `E-<credit code>`.
  public let id: String
  /// WGS 84; a target without a position is rejected.
  public let position: LonLat
  /// Such as `enterprise`; empty when the file does not say.
  public let kind: String
  /// `nil` where no firm is registered or the file does not say.
  public let creditCode: String?
  /// Name or code, as the file has it; `nil` where it does not say.
  public let city: String?
  /// GB/T 2260, six digits; `nil` where the file does not say.
  public let countyCode: String?
  /// Empty when it is not known.
  public let industryCode: String
  /// `nil` takes the usual length for its kind.
  public let visitMinutes: Double?
  /// The visit begins no earlier, no later; `nil` without a limit.
  public let earliest: VisitTime?
  /// The visit begins no later than this; `nil` without a limit.
  public let latest: VisitTime?
  /// From 1, the header counted.
  public let line: Int32
}

/// Reads targets to be routed: `target_id,lon,lat[,kind,uscc,city,county_code,industry_code,duration_minutes,earliest,
/// latest,drawn,crs]`.
///
/// With a `drawn` column only rows with 1 count; this is what `targets` and `draw export` write.
public enum RouteTargetsFile {
  static let columns = [
    TableColumn("target_id", aliases: ["id"]),
    TableColumn("lon", aliases: ["longitude", "lng", "经度"]),
    TableColumn("lat", aliases: ["latitude", "纬度"]),
    TableColumn("kind", isRequired: false, aliases: ["类型"]),
    TableColumn("uscc", isRequired: false, aliases: ["credit_code", "统一社会信用代码"]),
    TableColumn("city", isRequired: false, aliases: ["城市"]),
    TableColumn("county_code", isRequired: false, aliases: ["区县代码"]),
    TableColumn("industry_code", isRequired: false, aliases: ["industry", "行业代码"]),
    TableColumn("duration_minutes", isRequired: false, aliases: ["minutes"]),
    TableColumn("earliest", isRequired: false, aliases: []),
    TableColumn("latest", isRequired: false, aliases: []),
    TableColumn("drawn", isRequired: false, aliases: []),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
  ]

  /// - Returns: Targets in file order; rows that were not drawn are passed over.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[RouteTargetRow]> {
    var rows: [(fields: [String], minutes: Double?, earliest: VisitTime?, latest: VisitTime?, line: Int32)] = []
    var positions = PositionColumns(reference: options.reference)
    var known: Set<String> = []
    var passedOver = 0
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("target_id is empty") }
      if row[11] == "0" {
        passedOver += 1
        return
      }
      guard row[11].isEmpty || row[11] == "1" else { throw RowDefect("drawn is not 0 or 1") }
      guard let position = try positions.parse(x: row[1], y: row[2], crs: row[12]) else {
        throw RowDefect("the target has no position to drive to")
      }
      guard row[6].isEmpty || (row[6].count == 6 && OrderScopeText.isDigits(row[6])) else {
        throw RowDefect("county_code is not six digits")
      }
      let minutes = row[8].isEmpty ? nil : Double(row[8])
      guard row[8].isEmpty || minutes.map({ $0 >= 0 && $0 <= 1440 }) == true else {
        throw RowDefect("duration_minutes is not a number from 0 to 1440")
      }
      let (earliest, latest) = (try time(row[9]), try time(row[10]))
      guard known.insert(row[0]).inserted else { throw RowDefect("target_id occurs twice in the file") }
      positions.append(position)
      rows.append((row.fields, minutes, earliest, latest, Int32(row.line)))
    }
    let converted = try positions.converted()
    let targets = zip(rows, converted).compactMap { row, position in
      position.map { target(row.fields, $0, row.minutes, row.earliest, row.latest, row.line) }
    }
    var result = facts.result(targets, kept: targets.count)
    result.rowsPassedOver = passedOver
    return result
  }

  private static func target(
    _ fields: [String], _ position: LonLat, _ minutes: Double?, _ earliest: VisitTime?, _ latest: VisitTime?,
    _ line: Int32
  ) -> RouteTargetRow {
    func optional(_ column: Int) -> String? { fields[column].isEmpty ? nil : fields[column] }
    // A firm's target is E-<credit code>: without this, a conflict with the firm would go unseen.
    let fromID = fields[0].hasPrefix("E-") ? try? CreditCode(String(fields[0].dropFirst(2))).text : nil
    return RouteTargetRow(
      id: fields[0], position: position, kind: fields[3], creditCode: optional(4) ?? fromID, city: optional(5),
      countyCode: optional(6), industryCode: fields[7], visitMinutes: minutes, earliest: earliest, latest: latest,
      line: line)
  }

  private static func time(_ text: String) throws(RowDefect) -> VisitTime? {
    if text.isEmpty { return nil }
    if text.utf8.count <= 8 { return .everyDay(seconds: try ClockText.timeOfDay(text)) }
    guard let instant = readInstant(text) else {
      throw RowDefect("earliest or latest is neither a time of day nor a date and time")
    }
    return .moment(instant)
  }
}
