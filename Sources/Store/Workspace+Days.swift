internal import GRDB
public import Quantities

extension Workspace {
  /// Days that have data of a kind, ascending.
  ///
  /// - Parameter variable: For `raster` and `swath` the variable, for `readings` the pollutant's raw value; `nil` for
  ///   any.
  public func availableDays(_ kind: InputKind, variable: String? = nil) throws -> [LocalDay] {
    let queries: [(sql: String, arguments: StatementArguments)]
    switch kind {
    case .readings:
      queries = ["station_hours", "mobile_hours"].map {
        ("SELECT DISTINCT day FROM \($0) WHERE pollutant = coalesce(?, pollutant)", [variable])
      }
    case .raster, .swath:
      queries = [
        (
          "SELECT DISTINCT day FROM field WHERE kind = ? AND variable = coalesce(?, variable)",
          [kind.rawValue, variable]
        )
      ]
    case .power: queries = [("SELECT DISTINCT day FROM load_day", [])]
    case .fires: queries = [("SELECT DISTINCT day FROM fire", [])]
    case .complaints: queries = [("SELECT DISTINCT day FROM complaint", [])]
    case .outcomes: queries = [("SELECT DISTINCT day FROM outcome", [])]
    case .wind: queries = [("SELECT DISTINCT day FROM wind", [])]
    case .cems: queries = [("SELECT DISTINCT day FROM emission_day", [])]
    case .stations, .enterprises, .meters, .orders, .boundaries, .dustfall: queries = []
    }
    return try read { db in
      var days: Set<Int32> = []
      for query in queries { days.formUnion(try Int32.fetchAll(db, sql: query.sql, arguments: query.arguments)) }
      return days.sorted().map { LocalDay(ordinal: $0) }
    }
  }
}
