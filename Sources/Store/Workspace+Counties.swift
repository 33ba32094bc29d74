internal import GRDB
public import Grids

extension Workspace {
  /// Works out the county of every stored row with a cell anew, in one transaction: after other boundaries came.
  ///
  /// A firm keeps the county its register names.
  /// - Parameter countyOf: GB/T 2260 code of the home county of a cell; `nil` outside the region.
  public func relocate(countyOf: (CellID) -> String?) throws {
    try write { db in
      for table in ["station", "meter", "complaint", "enterprise"] {
        let register = table == "enterprise" ? " AND county_code IS NULL" : ""
        let cells = try String.fetchAll(
          db, sql: "SELECT DISTINCT cell FROM \(table) WHERE cell IS NOT NULL ORDER BY cell")
        for text in cells {
          guard let cell = CellID(text) else { continue }
          try db.execute(
            sql: "UPDATE \(table) SET county = ? WHERE cell = ?\(register)", arguments: [countyOf(cell), text])
        }
      }
    }
  }

  /// Rows kept, by table, for `status`.
  public func rowCounts() throws -> [(name: String, count: Int)] {
    let queries = [
      ("stations", "SELECT count(DISTINCT station) FROM station"),
      ("station hours", "SELECT coalesce(sum(row_count), 0) FROM station_hours"),
      ("mobile cell-hours", "SELECT coalesce(sum(row_count), 0) FROM mobile_hours"),
      ("field cells", "SELECT coalesce(sum(row_count), 0) FROM field"),
      ("fires", "SELECT count(*) FROM fire"),
      ("enterprises", "SELECT count(DISTINCT credit_code) FROM enterprise"),
      ("meters", "SELECT count(DISTINCT meter) FROM meter"),
      ("load curves", "SELECT coalesce(sum(row_count), 0) FROM load_day"),
      ("orders", "SELECT count(*) FROM stop_order"),
      ("complaints", "SELECT count(*) FROM complaint"),
      ("wind", "SELECT coalesce(sum(row_count), 0) FROM wind"),
    ]
    return try read { db in
      try queries.map { (name: $0.0, count: try Int.fetchOne(db, sql: $0.1) ?? 0) }
    }
  }
}
