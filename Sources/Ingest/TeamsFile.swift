internal import Diagnostics
public import Geometry

/// A team as its file describes it.
public struct TeamRow: Hashable, Sendable {
  /// Name of the team, once in the file.
  public let id: String
  /// Where the team's days begin and end, WGS 84.
  public let base: LonLat
  /// Seconds after midnight; `nil` where the file does not say.
  public let startSeconds: Double?
  /// Seconds after midnight, later than the start; `nil` where the file does not say.
  public let endSeconds: Double?
  /// Most targets a day; `nil` without a limit.
  public let maximumTargets: Int?
}

/// Reads `teams` files: `team,base_lon,base_lat[,start,end,max_targets,crs]`; start and end are times of day.
public enum TeamsFile {
  static let columns = [
    TableColumn("team", aliases: ["team_id", "组别", "检查组"]),
    TableColumn("base_lon", aliases: ["lon", "longitude", "经度"]),
    TableColumn("base_lat", aliases: ["lat", "latitude", "纬度"]),
    TableColumn("start", isRequired: false, aliases: ["from"]),
    TableColumn("end", isRequired: false, aliases: ["until"]),
    TableColumn("max_targets", isRequired: false, aliases: ["maximum_targets", "max_per_day"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
  ]

  /// - Returns: Teams in file order.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[TeamRow]> {
    var rows: [(id: String, start: Double?, end: Double?, most: Int?)] = []
    var positions = PositionColumns(reference: options.reference)
    var known: Set<String> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("team is empty") }
      guard let position = try positions.parse(x: row[1], y: row[2], crs: row[6]) else {
        throw RowDefect("the base has no position")
      }
      let start = try row[3].isEmpty ? nil : ClockText.timeOfDay(row[3])
      let end = try row[4].isEmpty ? nil : ClockText.timeOfDay(row[4])
      if let start, let end, start >= end { throw RowDefect("end is not after start") }
      let most = row[5].isEmpty ? nil : Int(row[5])
      guard row[5].isEmpty || most.map({ $0 > 0 }) == true else {
        throw RowDefect("max_targets is not a number above 0")
      }
      guard known.insert(row[0]).inserted else { throw RowDefect("team occurs twice in the file") }
      positions.append(position)
      rows.append((row[0], start, end, most))
    }
    let converted = try positions.converted()
    let teams = zip(rows, converted).compactMap { row, base in
      base.map {
        TeamRow(id: row.id, base: $0, startSeconds: row.start, endSeconds: row.end, maximumTargets: row.most)
      }
    }
    return facts.result(teams, kept: teams.count)
  }
}

/// Times of day and moments in the same column.
enum ClockText {
  /// Reads `8:30`, `08:30` or `08:30:00`, up to `24:00`. - Returns: Seconds after midnight.
  static func timeOfDay(_ text: String) throws(RowDefect) -> Double {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ $0.map { (0...59).contains($0) } ?? false }),
      let hour = parts[0], let minute = parts[1], hour <= 24, hour < 24 || minute == 0
    else { throw RowDefect("time of day is not like 08:30") }
    return Double(hour * 3600 + minute * 60 + (parts.count == 3 ? parts[2] ?? 0 : 0))
  }
}
