internal import Sampling
internal import Grids
internal import Digests
internal import ArgumentParser
internal import Evidence
internal import Hotspots
internal import Quantities
internal import Store
internal import Workflows

struct CountyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "county",
    abstract: "What about this county? Cells, hotspots, alarms, firms, evidence, targets and trend.",
    discussion: """
      Takes a GB/T 2260 code or a name of any revision since 2016, pinyin, or a development zone. Reads the latest plan,
      or that of --date.

      Example: hotgrid county 裕华区 --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Argument(help: "Code, Chinese name or pinyin.") var place: String
  @Option(help: "Date of the plan; the latest when left out.") var date: String?

  func run() throws {
    try reporting {
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      let answer = try countyAnswer(place, date: try optionalDayOption(date, "--date"), in: workspace)
      print(common.json ? try jsonText(CountyReport(answer)) : text(answer))
    }
  }

  private func text(_ answer: CountyAnswer) -> String {
    let county = answer.county
    var lines = ["\(county.code) \(county.provinceName) \(county.cityName) \(county.name)", planLine(answer.plan), ""]
    lines.append(
      "  \(answer.cells) cells at home, \(Int(answer.areaSquareKilometres.rounded())) km²; \(answer.stations) stations, "
        + "\(answer.enterprises) firms")
    for field in answer.fields {
      let mean = field.cells > 0 ? ", mean \(oneDecimal(field.mean))" : ""
      lines.append("  \(field.name): \(field.cells) cells with a value\(mean), \(field.hot.count) hot")
    }
    if !answer.trend.isEmpty {
      lines.append("  trend: " + answer.trend.map { "\($0.day) \(oneDecimal($0.mean))" }.joined(separator: ", "))
    }
    if !answer.alarms.isEmpty { lines += ["", "alarms (预警: a cell clearly above its ring)"] }
    for alarm in answer.alarms.prefix(10) {
      lines.append(
        "  \(alarm.cell) \(alarm.field) \(oneDecimal(alarm.value)) against \(oneDecimal(alarm.ringMedian)) around it "
          + "(ratio \(threeDigits(alarm.ratio)), robust z \(oneDecimal(alarm.robustZ)))")
    }
    if answer.alarms.count > 10 { lines.append("  and \(answer.alarms.count - 10) more") }
    let strongest = answer.leads.filter { $0.kind != .cityTop }.sorted {
      ($1.strength, $0.statement) < ($0.strength, $1.statement)
    }
    if !strongest.isEmpty { lines += ["", "leads: \(answer.leads.count), the strongest"] }
    for lead in strongest.prefix(5) { lines.append("  [\(lead.kind.rawValue)] \(lead.statement)") }
    if !answer.lists.isEmpty { lines += ["", "on lists"] }
    for entry in answer.lists.prefix(6) { lines.append("  \(entry.list) rank \(entry.rank): \(entry.detail)") }
    let drawn = answer.targets.count(where: \.isDrawn)
    lines += ["", "targets: \(drawn) drawn (*) of \(answer.targets.count) in the frame"]
    for target in answer.targets.prefix(max(8, drawn)) { lines += targetLines(target) }
    lines += ["", "Leads, not verdicts."]
    return lines.joined(separator: "\n")
  }
}

struct CountyReport: Encodable {
  struct Field: Encodable {
    let name: String
    let cells: Int
    let mean: Double?
    let hotCells: [String]
    enum CodingKeys: String, CodingKey {
      case name, cells, mean
      case hotCells = "hot_cells"
    }
  }

  struct Day: Encodable {
    let day: String
    let mean: Double
  }

  struct Entry: Encodable {
    let list: String
    let rank: Int
    let cell: String?
    let detail: String
  }

  let code: String
  let name: String
  let city: String
  let province: String
  let plan: String?
  let cells: Int
  let areaSquareKilometres: Double
  let stations: Int
  let enterprises: Int
  let fields: [Field]
  let alarms: [AlarmReport]
  let leads: [LeadReport]
  let lists: [Entry]
  let targets: [TargetReport]
  let trend: [Day]

  init(_ answer: CountyAnswer) {
    code = answer.county.code
    name = answer.county.name
    city = answer.county.cityName
    province = answer.county.provinceName
    plan = answer.plan?.date.description
    cells = answer.cells
    areaSquareKilometres = answer.areaSquareKilometres
    stations = answer.stations
    enterprises = answer.enterprises
    fields = answer.fields.map {
      Field(
        name: $0.name, cells: $0.cells, mean: $0.cells > 0 ? $0.mean : nil, hotCells: $0.hot.map(\.cell.description))
    }
    alarms = answer.alarms.map(AlarmReport.init)
    leads = answer.leads.map(LeadReport.init)
    lists = answer.lists.map {
      Entry(list: $0.list, rank: $0.rank, cell: $0.cell?.description, detail: $0.detail)
    }
    targets = answer.targets.map(TargetReport.init)
    trend = answer.trend.map { Day(day: $0.day.description, mean: $0.mean) }
  }

  enum CodingKeys: String, CodingKey {
    case code, name, city, province, plan, cells, stations, enterprises, fields, alarms, leads, lists, targets, trend
    case areaSquareKilometres = "area_km2"
  }
}
