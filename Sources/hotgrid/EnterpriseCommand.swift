internal import Sampling
internal import Grids
internal import Digests
internal import ArgumentParser
internal import Enterprises
internal import Quantities
internal import Store
internal import Workflows

struct EnterpriseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enterprise",
    abstract: "Everything about one firm: register, meters, orders that bind it, leads and its place in the frame.",
    discussion: """
      Example: hotgrid enterprise 91130108MA07XXXXXX --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Argument(help: "Credit code, or the name as in the register.") var firm: String
  @Option(help: "Date of the plan; the latest when left out.") var date: String?

  func run() throws {
    try reporting {
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      let answer = try enterpriseAnswer(firm, date: try optionalDayOption(date, "--date"), in: workspace)
      print(common.json ? try jsonText(EnterpriseReport(answer)) : text(answer))
    }
  }

  private func text(_ answer: EnterpriseAnswer) -> String {
    let firm = answer.enterprise
    var lines = ["\(firm.creditCode) \(firm.name)", planLine(answer.plan), ""]
    lines.append(
      "  industry \(firm.industryCode), grade \(firm.grade?.rawValue ?? "none"), status \(firm.status ?? "not given")")
    lines.append(
      "  county \(answer.countyCode ?? "unknown"), cell \(answer.cell?.description ?? "unknown"), "
        + "from \(answer.file):\(firm.line)")
    for meter in answer.meters { lines.append("  meter \(meter.id) (\(meter.tariff))") }
    for order in answer.orders {
      lines.append(
        "  order \(order.id) (\(order.kind.rawValue)): cut \(oneDecimal(order.limitPercent)) % from "
          + "\(order.start.iso8601) to \(order.end.iso8601)")
    }
    lines += ["", answer.leads.isEmpty ? "no leads of its own" : "leads"]
    for lead in answer.leads { lines += leadLines(lead) }
    if let target = answer.target { lines += ["", "in the frame"] + targetLines(target) }
    return lines.joined(separator: "\n")
  }
}

struct EnterpriseReport: Encodable {
  struct Order: Encodable {
    let id: String
    let kind: String
    let start: String
    let end: String
    let limitPercent: Double
    enum CodingKeys: String, CodingKey {
      case id, kind, start, end
      case limitPercent = "limit_percent"
    }
  }

  let uscc: String
  let name: String
  let industryCode: String
  let grade: String?
  let status: String?
  let county: String?
  let cell: String?
  let file: String
  let line: Int32
  let meters: [String]
  let orders: [Order]
  let plan: String?
  let leads: [LeadReport]
  let target: TargetReport?

  init(_ answer: EnterpriseAnswer) {
    let firm = answer.enterprise
    uscc = firm.creditCode
    name = firm.name
    industryCode = firm.industryCode
    grade = firm.grade?.rawValue
    status = firm.status
    county = answer.countyCode
    cell = answer.cell?.description
    file = answer.file
    line = firm.line
    meters = answer.meters.map(\.id)
    orders = answer.orders.map {
      Order(
        id: $0.id, kind: $0.kind.rawValue, start: $0.start.iso8601, end: $0.end.iso8601,
        limitPercent: $0.limitPercent)
    }
    plan = answer.plan?.date.description
    leads = answer.leads.map(LeadReport.init)
    target = answer.target.map(TargetReport.init)
  }

  enum CodingKeys: String, CodingKey {
    case uscc, name, grade, status, county, cell, file, line, meters, orders, plan, leads, target
    case industryCode = "industry_code"
  }
}
