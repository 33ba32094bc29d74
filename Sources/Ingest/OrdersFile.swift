internal import Diagnostics
public import Enterprises
internal import Quantities

/// Reads `orders` files: `order_id,kind,start,end,scope,limit_percent[,grades]`.
///
/// `end` is the first moment after force; a date without time means until the end of that day. See
/// ``OrderScopeText`` for `scope`. An empty `limit_percent` is a full stop. `grades` is optional: the performance grades
/// the order reaches, such as `C;D`; empty reaches all.
public enum OrdersFile {
  static let columns = [
    TableColumn("order_id", aliases: ["id", "编号", "文号"]),
    TableColumn("kind", aliases: ["type", "level", "类型", "预警等级"]),
    TableColumn("start", aliases: ["start_time", "from", "开始时间"]),
    TableColumn("end", aliases: ["end_time", "to", "until", "结束时间"]),
    TableColumn("scope", aliases: ["范围", "适用范围"]),
    TableColumn("limit_percent", isRequired: false, aliases: ["limit", "限产比例"]),
    TableColumn("grades", isRequired: false, aliases: ["grade", "绩效等级", "绩效分级"]),
  ]

  /// - Returns: Orders in file order. Orders may lie in the future: they are announced ahead.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[StopOrder]> {
    var orders: [StopOrder] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("order_id is empty") }
      guard let kind = kind(row[1]) else { throw RowDefect("kind is not peak-shift, yellow, orange or red") }
      guard let start = TimeText.instant(row[2]) else { throw RowDefect("start is not a time") }
      guard var end = TimeText.instant(row[3]) else { throw RowDefect("end is not a time") }
      if TimeText.isDateOnly(row[3]) { end = Instant(secondsSinceEpoch: end.secondsSinceEpoch + 86_400) }
      let limit = row[5].isEmpty ? 100 : Double(row[5].filter { $0 != "%" && $0 != " " })
      guard let limit else { throw RowDefect("limit_percent is not a number") }
      let order = StopOrder(
        id: row[0], kind: kind, start: start, end: end, scope: try OrderScopeText.scope(row[4]), limitPercent: limit,
        grades: try grades(row[6]), line: Int32(row.line))
      if let defect = order.defect { throw RowDefect(defect) }
      orders.append(order)
    }
    return facts.result(orders, kept: orders.count)
  }

  private static func grades(_ text: String) throws(RowDefect) -> [PerformanceGrade] {
    var found: [PerformanceGrade] = []
    for letter in text.uppercased().split(whereSeparator: { ";|；、 ,级".contains($0) }) {
      guard let grade = PerformanceGrade(rawValue: String(letter)) else {
        throw RowDefect("grades is not a list of A, B, C and D, such as C;D")
      }
      if !found.contains(grade) { found.append(grade) }
    }
    return found.sorted { $0.rawValue < $1.rawValue }
  }

  private static func kind(_ text: String) -> OrderKind? {
    switch text.lowercased() {
    case "错峰", "错峰生产", "peakshift", "peak_shift": .peakShift
    case "黄色", "黄色预警": .yellow
    case "橙色", "橙色预警": .orange
    case "红色", "红色预警": .red
    case let word: OrderKind(rawValue: word)
    }
  }
}
