internal import Digests
public import Sampling

/// Reads frame files: `id,score[,stratum,min_probability]`.
public enum FrameFile {
  static let columns = [
    TableColumn("id", aliases: ["target_id", "uscc"]),
    TableColumn("score", aliases: []),
    TableColumn("stratum", isRequired: false, aliases: []),
    TableColumn("min_probability", isRequired: false, aliases: ["minimum_probability"]),
  ]

  /// - Returns: Units in file order; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[FrameUnit]> {
    var units: [FrameUnit] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let score = Double(row[1]) else { throw RowDefect("score is not a number") }
      let minimum = row[3].isEmpty ? 0 : Double(row[3])
      guard let minimum else { throw RowDefect("min_probability is not a number") }
      units.append(FrameUnit(id: row[0], score: score, stratum: row[2], minimumProbability: minimum))
    }
    return facts.result(units, kept: units.count)
  }
}

/// Reads drawn files: `id,inclusion_probability,ticket,drawn`.
public enum DrawnFile {
  static let columns = [
    TableColumn("id", aliases: []),
    TableColumn("inclusion_probability", aliases: []),
    TableColumn("ticket", aliases: []),
    TableColumn("drawn", aliases: []),
  ]

  /// - Returns: Rows in file order; rows that could not be used are in `rejects`.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DrawnUnit]> {
    var units: [DrawnUnit] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let probability = Double(row[1]) else { throw RowDefect("inclusion_probability is not a number") }
      guard let ticket = SHA256Digest(hex: row[2]) else { throw RowDefect("ticket is not 64 hexadecimal digits") }
      guard row[3] == "0" || row[3] == "1" else { throw RowDefect("drawn is not 0 or 1") }
      units.append(
        DrawnUnit(id: row[0], inclusionProbability: probability, ticket: ticket, isDrawn: row[3] == "1"))
    }
    return facts.result(units, kept: units.count)
  }
}
