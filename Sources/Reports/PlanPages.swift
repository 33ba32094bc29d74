internal import Evidence
internal import Grids
public import Quantities
internal import Ranking

/// The targets of a day as one page of links, as a terminal table and as Markdown.
public struct PlanPages: Sendable {
  /// Day of the visits.
  public var date: LocalDay
  /// In the order of the list; usually drawn targets by county and id.
  public var sheets: [TargetSheet]
  /// What the footer of every page prints.
  public var provenance: [SheetFact]

  public init(date: LocalDay, sheets: [TargetSheet], provenance: [SheetFact]) {
    self.date = date
    self.sheets = sheets
    self.provenance = provenance
  }

  /// File name of a target's sheet: its id with everything but letters, digits, `-` and `_` replaced by `_`.
  public static func fileName(targetID: String) -> String {
    String(
      String.UnicodeScalarView(
        targetID.unicodeScalars.map { scalar in
          let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-"
          return isPlain ? scalar : "_"
        })) + ".html"
  }

  /// All targets with links to their sheets in the same folder.
  public var indexHTML: String {
    var rows = ""
    for (number, sheet) in sheets.enumerated() {
      let target = sheet.target
      let kinds = Self.kinds(target)
      rows +=
        "<tr><td class=\"number\">\(number + 1)</td><td><a href=\"\(Self.fileName(targetID: target.id))\">"
        + "\(HTMLText.escaped(target.name))</a><br><code>\(HTMLText.escaped(target.id))</code></td>"
        + "<td>\(HTMLText.escaped(Self.county(sheet)))</td><td>\(HTMLText.escaped(sheet.team ?? ""))</td>"
        + "<td class=\"number\">\(NumberText.fixed(target.score, decimals: 2))</td>"
        + "<td class=\"number\">\(NumberText.fixed(sheet.draw.inclusionProbability, decimals: 4))</td>"
        + "<td class=\"small\">\(HTMLText.escaped(kinds))</td></tr>\n"
    }
    let synthetic =
      sheets.contains(where: \.isSynthetic) ? "<div class=\"banner synthetic\">合成数据 / SYNTHETIC DATA</div>" : ""
    let facts = provenance.map { "\(HTMLText.escaped($0.name)) \(HTMLText.escaped($0.text))" }
    let body = """
      <h1>检查目标 targets \(date)</h1>
      \(synthetic)<div class="banner">线索，不是结论 / leads, not verdicts · \(sheets.count)</div>
      <table><thead><tr><th class="number">#</th><th>目标 target</th><th>区县 county</th><th>组 team</th>\
      <th class="number">分 score</th><th class="number">π</th><th>线索 leads</th></tr></thead><tbody>
      \(rows)</tbody></table>
      <footer>\(facts.joined(separator: " · "))</footer>
      """
    return SheetStyle.page(title: "检查目标 targets \(date)", footer: "\(date) · leads, not verdicts", body: body)
  }

  /// For `plan` and `targets` on a terminal.
  public var table: TextTable {
    var table = TextTable([
      TextTable.Column("#", .right), TextTable.Column("target", maximumWidth: 26),
      TextTable.Column("name", maximumWidth: 32), TextTable.Column("county", maximumWidth: 20),
      TextTable.Column("score", .right), TextTable.Column("pi", .right), TextTable.Column("leads", maximumWidth: 48),
    ])
    for (number, sheet) in sheets.enumerated() {
      table.add([
        "\(number + 1)", sheet.target.id, sheet.target.name, Self.county(sheet),
        NumberText.fixed(sheet.target.score, decimals: 2),
        NumberText.fixed(sheet.draw.inclusionProbability, decimals: 4),
        Self.rawKinds(sheet.target).joined(separator: ","),
      ])
    }
    return table
  }

  /// A heading, the warning, the table and where it comes from.
  public var markdown: String {
    let synthetic = sheets.contains(where: \.isSynthetic) ? " Synthetic data." : ""
    return "# Targets of \(date)\n\nLeads, not verdicts.\(synthetic)\n\n" + table.markdown + "\n"
      + provenance.map { "- \($0.name): \($0.text)\n" }.joined()
  }

  private static func county(_ sheet: TargetSheet) -> String {
    sheet.county.map { "\($0.cityName)\($0.name)" } ?? sheet.target.countyCode ?? ""
  }

  /// Each kind once, in the order of the leads.
  private static func rawKinds(_ target: RankedTarget) -> [String] {
    var kinds: [String] = []
    for lead in target.leads where !kinds.contains(lead.kind.rawValue) { kinds.append(lead.kind.rawValue) }
    return kinds
  }

  private static func kinds(_ target: RankedTarget) -> String {
    rawKinds(target).map(LeadTitle.ofPart).joined(separator: "；")
  }
}
