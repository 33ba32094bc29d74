internal import Diagnostics
public import Evidence

/// Reads `baselines` files, as `power baselines` writes them:
/// `meter_id,circuit,baseline_kwh,allowed_share,production_on_kwh,treatment_on_kwh`; what is unknown is empty.
public enum BaselinesFile {
  static let columns = [
    TableColumn("meter_id", aliases: []), TableColumn("circuit", aliases: []),
    TableColumn("baseline_kwh", aliases: []), TableColumn("allowed_share", aliases: []),
    TableColumn("production_on_kwh", aliases: []), TableColumn("treatment_on_kwh", aliases: []),
  ]

  /// - Returns: Meters in file order; where an id occurs twice the later row is rejected.
  public static func read(
    path: String, options: ReadOptions
  ) throws -> ReadResult<[(meterID: String, baseline: MeterBaseline)]> {
    var rows: [(meterID: String, baseline: MeterBaseline)] = []
    var seen: Set<String> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("meter_id is empty") }
      guard seen.insert(row[0]).inserted else { throw RowDefect("meter_id occurs twice") }
      guard row[1] == "production" || row[1] == "total" else { throw RowDefect("circuit is not production or total") }
      let baseline = MeterBaseline(
        allowedShare: try number(row[3], "allowed_share"), dailyKilowattHours: try number(row[2], "baseline_kwh"),
        judgesProduction: row[1] == "production", productionOn: try number(row[4], "production_on_kwh"),
        treatmentOn: try number(row[5], "treatment_on_kwh"))
      rows.append((row[0], baseline))
    }
    return facts.result(rows, kept: rows.count)
  }

  private static func number(_ text: String, _ column: String) throws(RowDefect) -> Double? {
    guard !text.isEmpty else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw RowDefect("\(column) is not a number of at least 0")
    }
    return number
  }
}
