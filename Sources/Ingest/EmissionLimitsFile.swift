internal import Diagnostics
public import Enterprises

/// Reads limits of single outlets, as permits give them: `uscc,outlet,so2,nox,pm,o2_reference[,o2_low,o2_high]`.
///
/// Limits in mg/m³ of converted concentrations, oxygen in %; an empty limit is none, an empty reference means that
/// concentrations are judged as measured.
public enum EmissionLimitsFile {
  static let columns = [
    TableColumn("uscc", aliases: ["credit_code", "统一社会信用代码", "信用代码"]),
    TableColumn("outlet", aliases: ["outlet_id", "排口", "排口编号", "排放口编号"]),
    TableColumn("so2", isRequired: false, aliases: ["二氧化硫"]),
    TableColumn("nox", isRequired: false, aliases: ["氮氧化物"]),
    TableColumn("pm", isRequired: false, aliases: ["烟尘", "颗粒物"]),
    TableColumn("o2_reference", isRequired: false, aliases: ["reference_oxygen", "基准含氧量", "基准氧含量"]),
    TableColumn("o2_low", isRequired: false, aliases: []),
    TableColumn("o2_high", isRequired: false, aliases: []),
  ]

  /// - Returns: Limits in file order; an outlet that occurs twice is kept once.
  public static func read(
    path: String, options: ReadOptions
  ) throws -> ReadResult<[(creditCode: String, outlet: String, limit: EmissionLimit)]> {
    var rows: [(creditCode: String, outlet: String, limit: EmissionLimit)] = []
    var known: Set<[String]> = []
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      let code = try EnterprisesFile.creditCode(row[0])
      guard !row[1].isEmpty else { throw RowDefect("outlet is empty") }
      var limits: [Double?] = []
      for k in 2..<5 { limits.append(try number(row[k], columns[k].name, 0.001...1e6)) }
      let reference = try number(row[5], "o2_reference", 0...20)
      let (low, high) = (try number(row[6], "o2_low", 0...21), try number(row[7], "o2_high", 0...21))
      guard low ?? 0 <= high ?? 21 else { throw RowDefect("o2_low is above o2_high") }
      guard known.insert([code, row[1]]).inserted else { throw RowDefect("outlet occurs twice in the file") }
      let range = low == nil && high == nil ? nil : (low ?? 0)...(high ?? 21)
      rows.append(
        (
          code, row[1],
          EmissionLimit(
            source: "\(name):\(row.line)", so2: limits[0], nox: limits[1], pm: limits[2],
            referenceOxygenPercent: reference, plausibleOxygenPercent: range)
        ))
    }
    return facts.result(rows, kept: rows.count)
  }

  private static func number(
    _ text: String, _ name: String, _ range: ClosedRange<Double>
  ) throws(RowDefect) -> Double? {
    if text.isEmpty { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw RowDefect("\(name) is not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
