internal import Diagnostics
internal import Geometry
internal import Quantities
public import Readings

/// Reads FIRMS fire detections (MODIS and VIIRS CSV); times are UTC.
public enum FiresFile {
  static let columns = [
    TableColumn("latitude", aliases: ["lat"]),
    TableColumn("longitude", aliases: ["lon", "lng"]),
    TableColumn("acq_date", aliases: ["acquisition_date", "date"]),
    TableColumn("acq_time", aliases: ["acquisition_time", "time"]),
    TableColumn("satellite", isRequired: false, aliases: []),
    TableColumn("confidence", isRequired: false, aliases: []),
    TableColumn("frp", isRequired: false, aliases: []),
    TableColumn("daynight", isRequired: false, aliases: ["day_night"]),
  ]

  private struct Row {
    let date: FirmsTime.RawDate
    let minutes: Int
    let position: LonLat
    let power: Double?
    let confidence: Double?
    let isDaytime: Bool?
    let satellite: String
    let line: Int
    let text: String
  }

  /// - Parameter dateOrder: How dates such as `8/1/2019` are meant; `nil` to find out from the file's other dates.
  /// - Throws: A ``Problem`` where the dates do not tell which number is the month.
  public static func read(
    path: String, options: ReadOptions, dateOrder: DateOrder? = nil
  ) throws -> ReadResult<[FireDetection]> {
    var rows: [Row] = []
    var evidence = FirmsTime.Evidence()
    var facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let date = FirmsTime.date(row[2]) else { throw RowDefect("acq_date is not a date") }
      guard let minutes = FirmsTime.minutes(row[3]) else { throw RowDefect("acq_time is not a time") }
      guard let latitude = Double(row[0]), let longitude = Double(row[1]), abs(longitude) <= 180 else {
        throw RowDefect("longitude or latitude is not a number on the earth")
      }
      guard abs(latitude) <= 90 else { throw RowDefect("longitude and latitude are swapped") }
      let power = row[6].isEmpty ? nil : Double(row[6])
      if !row[6].isEmpty, power == nil { throw RowDefect("frp is not a number") }
      evidence.add(date)
      rows.append(
        Row(
          date: date, minutes: minutes, position: LonLat(longitude: longitude, latitude: latitude), power: power,
          confidence: try confidence(row[5]), isDaytime: isDaytime(row[7]), satellite: row[4], line: row.line,
          text: row.text))
    }
    let order = try dateOrder ?? order(evidence, path: path)
    var fires: [FireDetection] = []
    fires.reserveCapacity(rows.count)
    for row in rows {
      guard let day = FirmsTime.day(row.date, order: order) else {
        facts.rejects.reject(line: row.line, reason: "acq_date does not exist", text: row.text)
        continue
      }
      let time = Instant(secondsSinceEpoch: Int64(day.ordinal) * 86_400 + Int64(row.minutes) * 60)
      guard time <= options.now else {
        facts.rejects.reject(line: row.line, reason: "time is in the future", text: row.text)
        continue
      }
      fires.append(
        FireDetection(
          time: time, position: row.position, radiativePowerMegawatts: row.power, confidencePercent: row.confidence,
          isDaytime: row.isDaytime, satellite: row.satellite, line: Int32(row.line)))
    }
    var result = facts.result(fires, kept: fires.count)
    if evidence.monthFirst + evidence.dayFirst + evidence.ambiguous > 0 {
      result.notes.append(
        "dates were rewritten by a spreadsheet and are read as \(order == .monthFirst ? "month/day" : "day/month")/year: "
          + "\(evidence.monthFirst) dates fit only month/day, \(evidence.dayFirst) only day/month")
    }
    return result
  }

  private static func order(_ evidence: FirmsTime.Evidence, path: String) throws -> DateOrder {
    switch (evidence.monthFirst, evidence.dayFirst) {
    case (0, 0) where evidence.ambiguous == 0: return .monthFirst
    case (1..., 0): return .monthFirst
    case (0, 1...): return .dayFirst
    case (0, 0):
      throw Problem(
        "\(path): \(evidence.ambiguous) dates such as 8/1/2019 can be read both ways and no other date tells which",
        remedy: "name the order: --date-order mdy (month first) or --date-order dmy (day first)")
    default:
      throw Problem(
        "\(path): \(evidence.monthFirst) dates have the month first and \(evidence.dayFirst) the day first",
        remedy: "take the file as FIRMS delivered it (dates such as 2019-08-01), or name the order with --date-order")
    }
  }

  private static func confidence(_ text: String) throws(RowDefect) -> Double? {
    switch text.lowercased() {
    case "": return nil
    case "l", "low": return 15
    case "n", "nominal": return 50
    case "h", "high": return 90
    default:
      guard let percent = Double(text), (0...100).contains(percent) else {
        throw RowDefect("confidence is not 0 to 100, low, nominal or high")
      }
      return percent
    }
  }

  private static func isDaytime(_ text: String) -> Bool? {
    switch text.uppercased() {
    case "D", "DAY": true
    case "N", "NIGHT": false
    default: nil
    }
  }
}
