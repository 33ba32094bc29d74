internal import Diagnostics
internal import Enterprises
internal import Evidence
internal import Export
public import Ingest
public import Quantities
public import Ranking

/// What the user asked of `orders bound`.
public struct OrdersBoundRequest: Sendable {
  /// Stop and limit orders; a later row with the same id amends an earlier one.
  public var ordersPath: String
  /// The register: county, industry and grade of a firm decide which orders bind it.
  public var enterprisesPath: String
  /// `-` is standard output.
  public var outputPath: String
  /// Only what is in force at this moment; `nil` for the whole time.
  public var moment: Instant?
  /// Only this firm, by credit code; `nil` for all.
  public var creditCode: String?
  /// Its power rules say which grades are exempt.
  public var policy = Policy.standard
  /// Rows that cannot be used, of both files; `nil` writes none.
  public var rejectsPath: String?
  /// How both files are read.
  public var options: ReadOptions

  public init(ordersPath: String, enterprisesPath: String, outputPath: String, options: ReadOptions) {
    self.ordersPath = ordersPath
    self.enterprisesPath = enterprisesPath
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `orders bound` found.
public struct OrdersBoundSummary: Sendable {
  /// Orders in force after amendments, whether or not they bind anybody.
  public let orders: Int
  /// Firms with at least one row.
  public let firms: Int
  /// Rows written: stretches of one firm under one strictest order.
  public let rows: Int
  /// Of both files together, refused amendments among them.
  public let rowsRejected: Int
  /// Rows per reason, most frequent first.
  public let rejectCounts: [(reason: String, count: Int)]
  /// What a person should know, one sentence each.
  public let notes: [String]
}

/// Writes who is bound when: one row per firm and stretch of time under one strictest order, amendments applied.
///
/// Columns: uscc, name, county_code, industry_code, grade, start, end (the first moment after), order_id, kind,
/// limit_percent, overlapping (ids of the other orders in force, looser or equal).
/// - Throws: `Problem` for files that cannot be read and for a credit code that is not in the register.
public func ordersBound(_ request: OrdersBoundRequest) throws -> OrdersBoundSummary {
  let inputs = try PowerInputs(
    ordersPath: request.ordersPath, enterprisesPath: request.enterprisesPath, options: request.options)
  var firms = inputs.enterprises
  if let code = request.creditCode {
    firms = firms.filter { $0.creditCode == code }
    guard !firms.isEmpty else {
      throw Problem(
        "\(request.enterprisesPath) has no firm \(code)", remedy: "give the 18 characters as the register has them",
        exitStatus: .usage)
    }
  }
  let exempt = Set(request.policy.power.exemptGrades)
  var file = try OutputFile(path: request.outputPath)
  try file.write("uscc,name,county_code,industry_code,grade,start,end,order_id,kind,limit_percent,overlapping\n")
  var rows = 0
  var bound = 0
  for firm in firms {
    let binding = inputs.orders.binding(firm, exemptGrades: exempt)
    let stretches = inputs.orders.stretches(of: binding).filter { stretch in
      request.moment.map { stretch.start <= $0 && $0 < stretch.end } ?? true
    }
    if !stretches.isEmpty { bound += 1 }
    for stretch in stretches {
      let order = inputs.orders.orders[stretch.order]
      let others = binding.filter {
        let other = inputs.orders.orders[$0]
        return $0 != stretch.order && other.start < stretch.end && stretch.start < other.end
      }
      var line = CSVLine()
      for text in [
        firm.creditCode, firm.name, firm.countyCode ?? "", firm.industryCode, firm.grade?.rawValue ?? "",
        stretch.start.iso8601, stretch.end.iso8601, order.id, order.kind.rawValue,
      ] { line.add(text) }
      line.add(order.limitPercent)
      line.add(others.map { inputs.orders.orders[$0].id }.joined(separator: ";"))
      try file.write(line.end())
      rows += 1
    }
  }
  try file.commit()
  if let path = request.rejectsPath { try writeRejects(inputs.rejects, to: path) }
  return OrdersBoundSummary(
    orders: inputs.orders.orders.count, firms: bound, rows: rows, rowsRejected: inputs.rejects.count,
    rejectCounts: inputs.rejects.countsByReason, notes: inputs.notes)
}
