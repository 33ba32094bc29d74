internal import Diagnostics
internal import Geometry
internal import Quantities
public import Readings

/// Reads dust-fall: `station_id,month,lon,lat,dustfall_t_km2[,days,county_code,crs]`, t/(km²·month) = g/(m²·month).
///
/// With `days`, the value is what fell in so many days and is brought to 30; without, it is taken to be of 30 days.
public enum DustFallFile {
  static let columns = [
    TableColumn("station_id", aliases: ["station", "id", "code", "站点编号", "点位编号", "点位"]),
    TableColumn("month", aliases: ["period", "time", "date", "月份", "时间"]),
    TableColumn("lon", isRequired: false, aliases: ["longitude", "lng", "x", "经度"]),
    TableColumn("lat", isRequired: false, aliases: ["latitude", "y", "纬度"]),
    TableColumn("dustfall_t_km2", aliases: ["dustfall", "dustfall_g_m2", "dust_fall", "value", "降尘", "降尘量"]),
    TableColumn("days", isRequired: false, aliases: ["exposure_days", "采样天数", "天数"]),
    TableColumn("county_code", isRequired: false, aliases: ["adcode", "county", "行政区划代码", "区县代码"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
  ]

  /// - Returns: Samples in file order; a station and month that occurs twice is kept once.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DustFallSample]> {
    var rows: [(fields: [String], month: LocalMonth, value: Double, days: Double?, line: Int32)] = []
    var positions = PositionColumns(reference: options.reference)
    var known: Set<[String]> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("station_id is empty") }
      guard let month = LocalMonth(row[1]) ?? TimeText.instant(row[1])?.day.month else {
        throw RowDefect("month is not a month such as 2017-06")
      }
      guard month.firstDay <= options.now.day else { throw RowDefect("month is in the future") }
      guard let value = Double(row[4]), (0...5000).contains(value) else {
        throw RowDefect("dustfall is not a number from 0 to 5000 t/km2")
      }
      let days = row[5].isEmpty ? nil : Double(row[5]) ?? .nan
      // A collector stands about a month: HJ 1221 asks for 30 ± 2 days; far from that the value means another thing.
      guard days.map({ (15...62).contains($0) }) ?? true else { throw RowDefect("days is not between 15 and 62") }
      guard row[6].isEmpty || (row[6].count == 6 && OrderScopeText.isDigits(row[6])) else {
        throw RowDefect("county_code is not six digits")
      }
      let position = try positions.parse(x: row[2], y: row[3], crs: row[7])
      guard known.insert([row[0], month.description]).inserted else {
        throw RowDefect("station and month occur twice in the file")
      }
      positions.append(position)
      rows.append((row.fields, month, value, days, Int32(row.line)))
    }
    let converted = try positions.converted()
    let samples = rows.indices.map { k in
      DustFallSample(
        stationID: rows[k].fields[0], month: rows[k].month, position: converted[k],
        tonnesPerSquareKilometre: rows[k].value * (rows[k].days.map { 30 / $0 } ?? 1), exposureDays: rows[k].days,
        countyCode: rows[k].fields[6].isEmpty ? nil : rows[k].fields[6], line: rows[k].line)
    }
    var result = facts.result(samples, kept: samples.count)
    let plain = samples.count { $0.exposureDays == nil }
    if plain > 0 { result.notes.append("\(plain) of \(samples.count) values have no days and are taken to be of 30") }
    return result
  }
}
