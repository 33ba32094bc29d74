internal import Diagnostics
public import Enterprises
internal import Geometry
internal import Quantities

/// Reads `complaints` files (12369): `complaint_id,time,lon,lat,category,text[,crs,county_code,place,position_uncertainty]`.
///
/// A report without coordinates keeps its county and what it says of the place; one with coordinates of at most three
/// decimals gets the radius that its digits leave open, unless the file gives one (metres, 95 %).
/// Other columns, such as the reporter's name, are never read; telephone numbers and the like are taken out of the
/// text, also in the reject file (see ``PersonalData``).
public enum ComplaintsFile {
  static let columns = [
    TableColumn("complaint_id", aliases: ["id", "编号", "受理编号"]),
    TableColumn("time", aliases: ["datetime", "举报时间", "受理时间", "时间"]),
    TableColumn("lon", isRequired: false, aliases: ["longitude", "lng", "x", "经度"]),
    TableColumn("lat", isRequired: false, aliases: ["latitude", "y", "纬度"]),
    TableColumn("category", isRequired: false, aliases: ["type", "类别", "污染类型"]),
    TableColumn("text", isRequired: false, aliases: ["content", "description", "举报内容", "内容"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
    TableColumn("county_code", isRequired: false, aliases: ["adcode", "行政区划代码", "区县代码"]),
    TableColumn("place", isRequired: false, aliases: ["address", "county", "town", "地址", "地点", "区县", "乡镇"]),
    TableColumn(
      "position_uncertainty", isRequired: false, aliases: ["position_uncertainty_m", "uncertainty_m", "定位误差", "定位精度"]),
  ]

  /// - Returns: Complaints in file order; an id that occurs twice is kept once.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Complaint]> {
    var rows: [(fields: [String], time: Instant, line: Int32, radius: Double?)] = []
    var positions = PositionColumns(reference: options.reference)
    var known: Set<String> = []
    let facts = try readRows(path: path, columns: columns, options: options, cleaning: PersonalData.stripped) {
      row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("complaint_id is empty") }
      guard let time = TimeText.instant(row[1]) else { throw RowDefect("time is not a time") }
      guard time <= options.now else { throw RowDefect("time is in the future") }
      let position = try positions.parse(x: row[2], y: row[3], crs: row[6])
      guard row[7].isEmpty || (row[7].count == 6 && OrderScopeText.isDigits(row[7])) else {
        throw RowDefect("county_code is not six digits")
      }
      var radius = position?.roundingRadiusMetres
      if !row[9].isEmpty {
        guard let metres = Double(row[9]), metres > 0, metres <= 1_000_000 else {
          throw RowDefect("position_uncertainty is not a radius in metres")
        }
        radius = metres
      }
      guard known.insert(row[0]).inserted else { throw RowDefect("complaint_id occurs twice in the file") }
      positions.append(position)
      rows.append((row.fields, time, Int32(row.line), radius))
    }
    let converted = try positions.converted()
    let complaints = rows.indices.map { k in
      Complaint(
        id: rows[k].fields[0], time: rows[k].time, position: converted[k], category: rows[k].fields[4],
        text: PersonalData.stripped(rows[k].fields[5]), line: rows[k].line, countyCode: optional(rows[k].fields[7]),
        place: optional(PersonalData.stripped(rows[k].fields[8])), uncertaintyMetres: rows[k].radius)
    }
    return facts.result(complaints, kept: complaints.count)
  }

  private static func optional(_ text: String) -> String? { text.isEmpty ? nil : text }
}
