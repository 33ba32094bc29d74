internal import Diagnostics

/// One measured drive between two named places.
public struct DriveRow: Hashable, Sendable {
  /// A target's id, or a team's name for its base.
  public let from: String
  /// As `from`; the drive back is a row of its own.
  public let to: String
  /// Length of the drive; the file has kilometres.
  public let metres: Double
  /// Duration of the drive; the file has minutes.
  public let seconds: Double
}

/// Reads drives: `from,to,km,minutes`, one line for each direction; names are target ids and team names.
public enum TravelMatrixFile {
  static let columns = [
    TableColumn("from", aliases: ["origin"]), TableColumn("to", aliases: ["destination"]),
    TableColumn("km", aliases: ["distance_km", "kilometres"]), TableColumn("minutes", aliases: ["duration_minutes"]),
  ]

  /// - Returns: Drives in file order.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DriveRow]> {
    var drives: [DriveRow] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty, !row[1].isEmpty else { throw RowDefect("from or to is empty") }
      guard let kilometres = Double(row[2]), let minutes = Double(row[3]), kilometres.isFinite, minutes.isFinite,
        kilometres >= 0, minutes >= 0
      else { throw RowDefect("km or minutes is not a number from 0") }
      drives.append(DriveRow(from: row[0], to: row[1], metres: kilometres * 1000, seconds: minutes * 60))
    }
    return facts.result(drives, kept: drives.count)
  }
}
