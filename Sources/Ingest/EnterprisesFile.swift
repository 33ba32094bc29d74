internal import Diagnostics
public import Enterprises
internal import Geometry

/// Reads `enterprises` files: `uscc,name,industry_code,lon,lat[,crs,address,county_code,permit,grade,status,
/// position_uncertainty,geocoded]`.
///
/// `position_uncertainty` is the radius in metres that holds the place with 95 % probability; `geocoded` is 1 (or 是, yes,
/// geocoded, 地址解析) for a position looked up from the address, 0 (否, no, surveyed, 实测) for a measured one, or `centroid`.
/// An address that was geocoded has a wider radius than a survey even when the file gives none.
public enum EnterprisesFile {
  static let columns = [
    TableColumn("uscc", aliases: ["credit_code", "creditcode", "统一社会信用代码", "信用代码"]),
    TableColumn("name", aliases: ["enterprise", "company", "企业名称", "名称", "单位名称"]),
    TableColumn("industry_code", isRequired: false, aliases: ["industry", "行业代码", "行业"]),
    TableColumn("lon", isRequired: false, aliases: ["longitude", "lng", "x", "经度"]),
    TableColumn("lat", isRequired: false, aliases: ["latitude", "y", "纬度"]),
    TableColumn("crs", isRequired: false, aliases: ["datum", "坐标系"]),
    TableColumn("address", isRequired: false, aliases: ["地址"]),
    TableColumn("county_code", isRequired: false, aliases: ["adcode", "county", "行政区划代码", "区县代码"]),
    TableColumn("permit", isRequired: false, aliases: ["permit_id", "排污许可证", "许可证编号"]),
    TableColumn("grade", isRequired: false, aliases: ["绩效分级", "绩效等级"]),
    TableColumn("status", isRequired: false, aliases: ["状态", "经营状态"]),
    TableColumn(
      "position_uncertainty", isRequired: false,
      aliases: ["position_uncertainty_m", "uncertainty_m", "accuracy_m", "定位误差", "定位精度"]),
    TableColumn("geocoded", isRequired: false, aliases: ["position_origin", "position_source", "坐标来源", "定位方式"]),
  ]

  /// What to do with a credit code that stands on several rows.
  public enum RepeatedCode: Sendable {
    /// The first counts, the others go to the reject file.
    case reject
    /// All are kept, for the checks of the register: nothing is merged.
    case keep
  }

  /// - Returns: Firms in file order; a code that occurs twice is kept once unless `repeats` says otherwise.
  public static func read(
    path: String, options: ReadOptions, repeats: RepeatedCode = .reject
  ) throws -> ReadResult<[Enterprise]> {
    var rows: [(fields: [String], code: String, grade: PerformanceGrade?, line: Int32, PositionUncertainty?)] = []
    var positions = PositionColumns(reference: options.reference)
    var known: Set<String> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      let code = try creditCode(row[0])
      guard !row[1].isEmpty else { throw RowDefect("name is empty") }
      let grade = try grade(row[9])
      let county = row[7]
      guard county.isEmpty || (county.count == 6 && OrderScopeText.isDigits(county)) else {
        throw RowDefect("county_code is not six digits")
      }
      let position = try positions.parse(x: row[3], y: row[4], crs: row[5])
      let uncertainty = position == nil ? nil : try uncertainty(radius: row[11], origin: row[12])
      guard known.insert(code).inserted || repeats == .keep else {
        throw RowDefect("credit code occurs twice in the file")
      }
      positions.append(position)
      rows.append((row.fields, code, grade, Int32(row.line), uncertainty))
    }
    let converted = try positions.converted()
    let firms = rows.indices.map { k in
      let fields = rows[k].fields
      func optional(_ column: Int) -> String? { fields[column].isEmpty ? nil : fields[column] }
      return Enterprise(
        creditCode: rows[k].code, name: fields[1], industryCode: IndustryClass.normalised(fields[2]),
        position: converted[k], declared: positions.declared[k], address: optional(6), countyCode: optional(7),
        permit: optional(8), grade: rows[k].grade, status: optional(10), line: rows[k].line,
        uncertainty: rows[k].4)
    }
    return facts.result(firms, kept: firms.count)
  }

  static func creditCode(_ text: String) throws(RowDefect) -> String {
    do {
      return try CreditCode(text).text
    } catch {
      throw RowDefect(error.reason)
    }
  }

  /// - Returns: `nil` when the row says nothing of either.
  private static func uncertainty(radius: String, origin: String) throws(RowDefect) -> PositionUncertainty? {
    let source: PositionOrigin? =
      switch origin.lowercased() {
      case "": nil
      case "1", "true", "yes", "y", "是", "geocoded", "address", "地址解析", "地理编码": .geocoded
      case "0", "false", "no", "n", "否", "surveyed", "gps", "实测": .surveyed
      case "centroid", "county", "质心", "中心点": .centroid
      case "declared": .declared
      default: throw RowDefect("geocoded is not 1, 0, surveyed, geocoded, declared or centroid")
      }
    guard !radius.isEmpty else { return source.map { .usual($0) } }
    guard let metres = Double(radius), metres > 0, metres <= 1_000_000 else {
      throw RowDefect("position_uncertainty is not a radius in metres")
    }
    return PositionUncertainty(radiusMetres: metres, origin: source ?? .declared)
  }

  private static func grade(_ text: String) throws(RowDefect) -> PerformanceGrade? {
    let letter = text.uppercased().filter { $0 != "级" && $0 != " " }
    if letter.isEmpty { return nil }
    guard let grade = PerformanceGrade(rawValue: letter) else { throw RowDefect("grade is not A, B, C or D") }
    return grade
  }
}
