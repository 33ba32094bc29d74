internal import Diagnostics
public import Evaluation
public import Quantities

/// Reads the frames of days that are evaluated: `id,score[,stratum,county,class,cell,date,usual_rank]`.
///
/// Tables of targets as `targets` and `export` write them have these columns too. Without a class the first letter of
/// the id tells the kind of target; without a county the stratum stands for it.
public enum EvaluationFrameFile {
  static let columns = [
    TableColumn("id", aliases: ["target_id", "uscc"]),
    TableColumn("score", aliases: []),
    TableColumn("stratum", isRequired: false, aliases: []),
    TableColumn("county", isRequired: false, aliases: []),
    TableColumn("county_code", isRequired: false, aliases: ["adcode", "区县代码"]),
    TableColumn("class", isRequired: false, aliases: ["kind", "target_class"]),
    TableColumn("cell", isRequired: false, aliases: []),
    TableColumn("date", isRequired: false, aliases: ["day", "draw_date"]),
    TableColumn("usual_rank", isRequired: false, aliases: ["bau_rank", "business_as_usual"]),
  ]

  /// - Returns: Records in file order; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[FrameRecord]> {
    var records: [FrameRecord] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("id is empty") }
      guard let score = Double(row[1]), score >= 0, score.isFinite else {
        throw RowDefect("score is not a number of at least 0")
      }
      let rank = row[8].isEmpty ? nil : Double(row[8])
      guard row[8].isEmpty || (rank ?? -1) >= 0 else { throw RowDefect("usual_rank is not a number of at least 0") }
      let county = [row[4], row[3], row[2]].first { !$0.isEmpty } ?? ""
      records.append(
        FrameRecord(
          id: row[0], score: score, county: county, targetClass: row[5].isEmpty ? kind(row[0]) : row[5],
          cell: row[6].isEmpty ? nil : row[6], day: try day(row[7]), usualRank: rank))
    }
    return facts.result(records, kept: records.count)
  }

  private static func kind(_ id: String) -> String {
    switch id.prefix(2) {
    case "E-": "enterprise"
    case "M-": "unregistered-meter"
    case "C-": "cell"
    default: ""
    }
  }

  static func day(_ text: String) throws(RowDefect) -> LocalDay? {
    if text.isEmpty { return nil }
    guard let day = LocalDay(text) else { throw RowDefect("date is not a date such as 2017-11-22") }
    return day
  }
}

/// Reads the draws of days that are evaluated: `id,inclusion_probability,drawn[,arm,date]`.
public enum EvaluationDrawnFile {
  static let columns = [
    TableColumn("id", aliases: ["target_id"]),
    TableColumn("inclusion_probability", aliases: []),
    TableColumn("drawn", aliases: []),
    TableColumn("arm", isRequired: false, aliases: []),
    TableColumn("date", isRequired: false, aliases: ["day", "draw_date"]),
    // Of draws in two arms: the chance of being visited at all, which is what a visit must be weighted by.
    TableColumn("combined_probability", isRequired: false, aliases: []),
  ]

  /// - Returns: Records in file order; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DrawRecord]> {
    var records: [DrawRecord] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("id is empty") }
      guard row[2] == "0" || row[2] == "1" else { throw RowDefect("drawn is not 0 or 1") }
      guard let probability = Double(row[5].isEmpty ? row[1] : row[5]), (0...1).contains(probability) else {
        throw RowDefect("inclusion_probability or combined_probability is not between 0 and 1")
      }
      guard row[2] == "0" || probability > 0 else { throw RowDefect("drawn with an inclusion probability of 0") }
      records.append(
        DrawRecord(
          id: row[0], inclusionProbability: probability, isDrawn: row[2] == "1", arm: row[3].isEmpty ? nil : row[3],
          day: try EvaluationFrameFile.day(row[4])))
    }
    return facts.result(records, kept: records.count)
  }
}

/// What scores were made of: `target_id,inclusion_probability[,date,county,score]` with either a `parts` column of
/// `name=points` separated by `;`, as in tables of targets, or one column of points per part of the policy.
public enum FeaturesFile {
  /// One target of one day.
  public struct Row: Hashable, Sendable {
    /// As in the frame and the outcomes.
    public let targetID: String
    /// As in the file, or its stratum; empty where it has neither.
    public let county: String
    /// Day of the draw; `nil` where the file has none and holds one draw.
    public let day: LocalDay?
    /// Of the draw that was made, above 0 up to 1.
    public let inclusionProbability: Double
    /// The sum of the parts where the file has no score.
    public let score: Double
    /// Points per part asked for, 0 where the part gave nothing.
    public let points: [Double]
  }

  private static let fixed = [
    TableColumn("target_id", aliases: ["id"]),
    TableColumn("inclusion_probability", aliases: []),
    TableColumn("date", isRequired: false, aliases: ["day", "draw_date"]),
    TableColumn("county_code", isRequired: false, aliases: ["county", "stratum"]),
    TableColumn("score", isRequired: false, aliases: []),
    TableColumn("parts", isRequired: false, aliases: []),
  ]

  /// - Parameter parts: Names of parts of the policy.
  /// - Throws: `Problem` when the file has neither `parts` nor a column of any part.
  public static func read(path: String, parts: [String], options: ReadOptions) throws -> ReadResult<[Row]> {
    var rows: [Row] = []
    let columns = fixed + parts.map { TableColumn($0, isRequired: false, aliases: []) }
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("target_id is empty") }
      guard let probability = Double(row[1]), probability > 0, probability <= 1 else {
        throw RowDefect("inclusion_probability is not above 0 and at most 1")
      }
      let listed = try listed(row[5])
      var points: [Double] = []
      for (place, part) in parts.enumerated() {
        let text = row[fixed.count + place]
        guard let number = text.isEmpty ? listed[part] ?? 0 : Double(text), number >= 0, number.isFinite else {
          throw RowDefect("points of a part are not a number of at least 0")
        }
        points.append(number)
      }
      let sum = listed.isEmpty ? points.reduce(0, +) : listed.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
      guard let score = row[4].isEmpty ? sum : Double(row[4]), score >= 0, score.isFinite else {
        throw RowDefect("score is not a number of at least 0")
      }
      rows.append(
        Row(
          targetID: row[0], county: row[3], day: try EvaluationFrameFile.day(row[2]), inclusionProbability: probability,
          score: score, points: points))
    }
    guard facts.present.dropFirst(5).contains(true) else {
      throw Problem(
        "no column parts and none of \(parts.joined(separator: ", "))", at: SourcePlace(file: path, line: 1),
        remedy: "give a table of targets, or one column of points per part of the policy")
    }
    return facts.result(rows, kept: rows.count)
  }

  private static func listed(_ text: String) throws(RowDefect) -> [String: Double] {
    var result: [String: Double] = [:]
    for piece in text.split(separator: ";") {
      let pair = piece.split(separator: "=").map { trimmed(String($0)) }
      guard pair.count == 2, let points = Double(pair[1]) else {
        throw RowDefect("parts is not name=points;name=points")
      }
      result[pair[0], default: 0] += points
    }
    return result
  }
}
