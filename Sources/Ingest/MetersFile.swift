internal import Diagnostics
public import Enterprises
internal import Geometry

/// Reads `meters` files: `meter_id,uscc,tariff[,lon,lat,crs]`; an empty uscc is an unregistered user.
public enum MetersFile {
  static let columns = [
    TableColumn("meter_id", aliases: ["meter", "meterid", "户号", "表号", "电表编号"]),
    TableColumn("uscc", isRequired: false, aliases: ["credit_code", "统一社会信用代码", "信用代码"]),
    TableColumn("tariff", isRequired: false, aliases: ["用电类别", "电价类别"]),
    TableColumn("lon", isRequired: false, aliases: ["longitude", "lng", "x", "经度"]),
    TableColumn("lat", isRequired: false, aliases: ["latitude", "y", "纬度"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
  ]

  /// - Returns: Meters in file order; an id that occurs twice is kept once.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Meter]> {
    var rows: [(id: String, code: String?, tariff: String, line: Int32)] = []
    var positions = PositionColumns(reference: options.reference)
    var known: Set<String> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("meter_id is empty") }
      let code = row[1].isEmpty ? nil : try EnterprisesFile.creditCode(row[1])
      let position = try positions.parse(x: row[3], y: row[4], crs: row[5])
      guard known.insert(row[0]).inserted else { throw RowDefect("meter_id occurs twice in the file") }
      positions.append(position)
      rows.append((row[0], code, row[2], Int32(row.line)))
    }
    let converted = try positions.converted()
    let meters = rows.indices.map { k in
      Meter(
        id: rows[k].id, creditCode: rows[k].code, tariff: rows[k].tariff, position: converted[k],
        declared: positions.declared[k], line: rows[k].line)
    }
    return facts.result(meters, kept: meters.count)
  }
}
