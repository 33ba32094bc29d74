internal import Diagnostics
internal import Geometry
internal import Quantities
public import Readings

/// Reads `wind` files: `time,lon,lat,u,v` (m/s towards the east and the north).
public enum WindFile {
  static let columns = [
    TableColumn("time", aliases: ["datetime", "时间"]),
    TableColumn("lon", aliases: ["longitude", "lng", "x", "经度"]),
    TableColumn("lat", aliases: ["latitude", "y", "纬度"]),
    TableColumn("u", aliases: ["u10", "eastward"]),
    TableColumn("v", aliases: ["v10", "northward"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
  ]
  /// Above every wind measured at a weather station (113 m/s, Barrow Island 1996).
  static let fastestMetresPerSecond = 115.0

  /// Wind in file order, at WGS 84 positions; rows up to 16 days after the clock are taken as forecasts.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[WindObservation]> {
    var rows: [(time: Instant, u: Double, v: Double)] = []
    var positions = PositionColumns(reference: options.reference)
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let time = TimeText.instant(row[0]) else { throw RowDefect("time is not a time") }
      // A forecast may lie ahead of the clock, but not by more than forecasts reach.
      guard time.secondsSinceEpoch <= options.now.secondsSinceEpoch + 16 * 86_400 else {
        throw RowDefect("time is in the future")
      }
      guard let u = Double(row[3]), let v = Double(row[4]), u.isFinite, v.isFinite else {
        throw RowDefect("u or v is not a number")
      }
      guard u * u + v * v < fastestMetresPerSecond * fastestMetresPerSecond else {
        throw RowDefect("wind is faster than any ever measured")
      }
      guard let position = try positions.parse(x: row[1], y: row[2], crs: row[5]) else {
        throw RowDefect("position is empty")
      }
      positions.append(position)
      rows.append((time, u, v))
    }
    let converted = try positions.converted()
    var wind: [WindObservation] = []
    wind.reserveCapacity(rows.count)
    for (row, position) in zip(rows, converted) {
      if let position {
        wind.append(WindObservation(time: row.time, position: position, eastward: row.u, northward: row.v))
      }
    }
    return facts.result(wind, kept: wind.count)
  }
}
