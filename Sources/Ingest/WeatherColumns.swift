internal import Diagnostics
internal import Quantities
public import Readings

/// Reads humidity and temperature that stand beside readings: `station_id,time[,rh][,temp]`.
public enum WeatherColumns {
  static let columns = [
    TableColumn("station_id", aliases: ["stationid", "stationcode", "station", "id", "deviceid", "站点编号"]),
    TableColumn("time", aliases: ["datetime", "timestamp", "时间"]),
    TableColumn("rh", isRequired: false, aliases: ["humidity", "relativehumidity", "湿度"]),
    TableColumn("temp", isRequired: false, aliases: ["temperature", "tempc", "温度"]),
  ]

  /// Means of each station's hours, in the order of a series.
  ///
  /// - Parameters:
  ///   - stationIDs: What the station positions of `series` stand for.
  ///   - series: Its stations and hours; its values are not used.
  /// - Returns: `nil` when the file has neither column. Humidity outside 0...105 % and temperature outside -60...60 °C
  ///   count as missing. Rows without a station or a time are left to the reader of the readings.
  public static func read(
    path: String, options: ReadOptions, stationIDs: [String], series: HourlySeries
  ) throws -> SensorWeather? {
    let slots = Dictionary(zip(stationIDs, stationIDs.indices), uniquingKeysWith: { first, _ in first })
    let size = series.values.count
    var sums = [[Double]](repeating: [Double](repeating: 0, count: size), count: 2)
    var counts = [[Double]](repeating: [Double](repeating: 0, count: size), count: 2)
    let valid: [ClosedRange<Double>] = [0...105, -60...60]
    var hasAny = false
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let station = slots[row[0]], let time = TimeText.instant(row[1]),
        let slot = series.slot(station: Int32(station), hour: time.hour.ordinal)
      else { return }
      for k in 0..<2 {
        guard let value = Double(row[2 + k]), valid[k].contains(value) else { continue }
        sums[k][slot] += value
        counts[k][slot] += 1
        hasAny = true
      }
    }
    guard hasAny, facts.present[2] || facts.present[3] else { return nil }
    func means(_ k: Int) -> [Double] { zip(sums[k], counts[k]).map { $1 > 0 ? $0 / $1 : .nan } }
    return SensorWeather(humidity: means(0), temperature: means(1))
  }
}
