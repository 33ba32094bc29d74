internal import Sampling
internal import Quantities
internal import Digests
internal import ArgumentParser
internal import Diagnostics
internal import Enterprises
internal import Grids
internal import Hotspots
internal import Store
internal import Workflows

struct CellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cell",
    abstract: "Everything about one cell: values, Gi*, alarms, leads, firms and targets.",
    discussion: """
      A finer cell answers for the 3 km cell that holds it. Reads the latest plan, or that of --date.

      Example: hotgrid cell 3000-1274-1375 --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Argument(help: "Cell id, such as 3000-1274-1375.") var id: String
  @Option(help: "Date of the plan; the latest when left out.") var date: String?

  func run() throws {
    try reporting {
      guard let cell = CellID(id) else {
        throw Problem(
          "\(id) is not a cell id", remedy: "write size, column and row, such as 3000-1274-1375", exitStatus: .usage)
      }
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      let answer = try cellAnswer(cell, date: try optionalDayOption(date, "--date"), in: workspace)
      print(common.json ? try jsonText(CellReport(answer)) : text(answer))
    }
  }

  private func text(_ answer: CellAnswer) -> String {
    var lines = ["cell \(answer.cell)", planLine(answer.plan), ""]
    for (county, share) in answer.counties {
      lines.append("  \(county.code) \(county.cityName)\(county.name) \(oneDecimal(share * 100)) %")
    }
    for field in answer.fields {
      var line = "  \(field.name): \(oneDecimal(field.value)) from \(field.count)"
      if !field.coverage.isNaN { line += ", \(Int((field.coverage * 100).rounded())) % observed" }
      if let row = field.hotspot {
        line += row.z.map { ", Gi* z \(threeDigits($0)), bin \(row.bin)" } ?? ", no Gi*: \(row.reason)"
      }
      lines.append(line)
    }
    for alarm in answer.alarms { lines.append("  alarm (\(alarm.field)): \(alarm.rule)") }
    if !answer.leads.isEmpty { lines += ["", "leads"] }
    for lead in answer.leads { lines += leadLines(lead) }
    if !answer.enterprises.isEmpty { lines += ["", "firms"] }
    for firm in answer.enterprises.prefix(40) {
      lines.append("  \(firm.creditCode) \(firm.name) \(firm.industryCode)")
    }
    if !answer.targets.isEmpty { lines += ["", "targets"] }
    for target in answer.targets { lines += targetLines(target) }
    return lines.joined(separator: "\n")
  }
}

struct CellReport: Encodable {
  struct Field: Encodable {
    let name: String
    let value: Double
    let count: Int32
    let coverage: Double?
    let z: Double?
    let p: Double?
    let bin: Int?
  }

  struct Share: Encodable {
    let code: String
    let name: String
    let share: Double
  }

  struct Firm: Encodable {
    let uscc: String
    let name: String
    let industryCode: String
    enum CodingKeys: String, CodingKey {
      case uscc, name
      case industryCode = "industry_code"
    }
  }

  let cell: String
  let plan: String?
  let counties: [Share]
  let fields: [Field]
  let alarms: [AlarmReport]
  let leads: [LeadReport]
  let enterprises: [Firm]
  let targets: [TargetReport]

  init(_ answer: CellAnswer) {
    cell = answer.cell.description
    plan = answer.plan?.date.description
    counties = answer.counties.map { Share(code: $0.county.code, name: $0.county.name, share: $0.share) }
    fields = answer.fields.map {
      Field(
        name: $0.name, value: $0.value, count: $0.count, coverage: $0.coverage.isNaN ? nil : $0.coverage,
        z: $0.hotspot?.z, p: $0.hotspot?.p, bin: $0.hotspot?.bin)
    }
    alarms = answer.alarms.map(AlarmReport.init)
    leads = answer.leads.map(LeadReport.init)
    enterprises = answer.enterprises.map { Firm(uscc: $0.creditCode, name: $0.name, industryCode: $0.industryCode) }
    targets = answer.targets.map(TargetReport.init)
  }
}
