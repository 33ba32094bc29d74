internal import Evidence
internal import Geometry
internal import Grids
internal import Quantities
internal import Ranking

extension TargetSheet {
  /// Leads shown in full; more of them would not fit two pages.
  static let fullLeads = 6

  /// One printable page or two, complete in itself: no script, no font, no picture from elsewhere.
  public var html: String {
    SheetStyle.page(
      title: "\(target.id) \(date)", footer: "\(target.id) · \(date) · 线索，不是结论 lead, not verdict", body: body)
  }

  /// What goes between `<body>` tags, for one sheet or many in one file.
  var body: String {
    [header, banners, summary, leads, curves, drawing, form, footer].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var header: String {
    let blank = "＿＿＿＿＿＿"
    return """
      <div class="head"><div><h1>\(HTMLText.escaped(target.name))</h1>
      <div class="id"><code>\(HTMLText.escaped(target.id))</code></div></div>
      <div class="small">检查日期 date <b>\(date)</b><br>检查组 team <b>\(HTMLText.escaped(team ?? blank))</b>\(stop)</div></div>
      """
  }

  private var stop: String {
    guard let visit else { return "" }
    return "<br>第几站 stop <b>\(HTMLText.escaped(visit.text))</b><br>来源 origin <b>\(HTMLText.escaped(visit.origin))</b>"
  }

  private var banners: String {
    let synthetic = "<div class=\"banner synthetic\">合成数据，非真实企业 / SYNTHETIC DATA, NOT A REAL FIRM OR PLACE</div>\n"
    return (isSynthetic ? synthetic : "")
      + "<div class=\"banner\">线索，不是结论：是否违法由现场检查和主管部门认定。"
      + "Lead, not verdict: only an inspection and the authority can say what happened.</div>"
  }

  private var summary: String {
    var facts = [SheetFact("类型 kind", LeadTitle.of(target.kind))]
    if let county { facts.append(SheetFact("区县 county", "\(county.cityName) \(county.name) (\(county.code))")) }
    if let cell = target.cell { facts.append(SheetFact("网格 cell", cell.description)) }
    if let position {
      facts.append(
        SheetFact(
          "位置 position",
          "\(NumberText.fixed(position.longitude, decimals: 5))°E \(NumberText.fixed(position.latitude, decimals: 5))°N"
            + " (WGS 84)"))
    }
    if let address { facts.append(SheetFact("地址 address", address)) }
    let rows = facts.map { "<tr><th>\(HTMLText.escaped($0.name))</th><td>\(HTMLText.escaped($0.text))</td></tr>" }
    let left = "<div><table>\(rows.joined())</table>\(score)</div>"
    guard let map else { return left }
    return "<div class=\"columns\">\(left)<figure><figcaption>\(HTMLText.escaped(map.caption))</figcaption>"
      + "\(map.svg)</figure></div>"
  }

  private var score: String {
    let parts = target.parts.map {
      "<tr><td>\(HTMLText.escaped(LeadTitle.ofPart($0.name)))</td>"
        + "<td class=\"number\">\(NumberText.fixed($0.points, decimals: 2))</td></tr>"
    }
    return "<h2>得分 score</h2><table><tr><th>项目 part</th><th class=\"number\">分 points</th></tr>\(parts.joined())"
      + "<tr><th>合计 sum</th><th class=\"number\">\(NumberText.fixed(target.score, decimals: 2))</th></tr></table>"
  }

  private var leads: String {
    let ordered = target.leads.enumerated().sorted {
      $0.element.strength != $1.element.strength
        ? $0.element.strength > $1.element.strength : $0.offset < $1.offset
    }.map(\.element)
    guard !ordered.isEmpty else {
      return "<h2>线索 leads</h2><p>无线索：随机抽取。No lead: drawn at random, so that nobody is safe and the draw "
        + "measures the ordinary rate of problems.</p>"
    }
    var text = "<h2>线索 leads (\(ordered.count))</h2>"
    for lead in ordered.prefix(Self.fullLeads) { text += Self.section(lead) }
    if ordered.count > Self.fullLeads {
      let rest = ordered.dropFirst(Self.fullLeads).map { "<li>\(HTMLText.escaped($0.statement))</li>" }
      text += "<p class=\"small\">其余线索 other leads:</p><ul class=\"small\">\(rest.joined())</ul>"
    }
    return text
  }

  private static func section(_ lead: Lead) -> String {
    let days = lead.firstDay == lead.lastDay ? "\(lead.firstDay)" : "\(lead.firstDay) – \(lead.lastDay)"
    let numbers = lead.numbers.map {
      "\(HTMLText.escaped($0.name)) <b>\(NumberText.readable($0.value))</b>"
        + ($0.unit.isEmpty ? "" : " \(HTMLText.escaped($0.unit))")
    }
    let sources = lead.sources.map { source in
      let place = source.line > 0 ? "\(source.file):\(source.line)" : source.file
      return "<code>\(HTMLText.escaped(place))</code>"
        + (source.fileHash.isEmpty ? "" : " <code>sha256 \(HTMLText.escaped(source.fileHash))…</code>")
    }
    var text = "<div class=\"lead\"><h3>\(HTMLText.escaped(LeadTitle.of(lead.kind))) "
    text += "<span class=\"small\">\(days) · 强度 strength \(NumberText.fixed(lead.strength, decimals: 2))</span></h3>"
    text += "<p>\(HTMLText.escaped(lead.statement))</p>"
    if !numbers.isEmpty { text += "<p class=\"small\">数值 numbers: \(numbers.joined(separator: " · "))</p>" }
    if !lead.disproof.isEmpty {
      text += "<p class=\"disproof\"><b>可推翻 what would disprove it:</b> \(HTMLText.escaped(lead.disproof))</p>"
    }
    if !sources.isEmpty {
      let shown = sources.prefix(4).joined(separator: " · ")
      let more = sources.count > 4 ? " · +\(sources.count - 4)" : ""
      text += "<p class=\"small\">来源 sources: \(shown)\(more)</p>"
    }
    return text + "</div>"
  }

  private var curves: String {
    func figure(_ caption: String, _ svg: String) -> String {
      "<figure><figcaption>\(HTMLText.escaped(caption))</figcaption>\(svg)</figure>"
    }
    var text = loads.isEmpty ? "" : "<h2>用电曲线 load</h2>"
    text += loads.map { figure($0.caption, $0.svg) }.joined()
    if let rose { text += "<h2>风向 by wind</h2>" + figure(rose.caption, rose.svg) }
    return text
  }

  private var drawing: String {
    // Only a seed without quotes can be put into a shell command as it is.
    let check =
      draw.seed.contains("'") || target.id.contains("'")
      ? "" : "<br>抽签号 ticket: <code>printf %s '\(HTMLText.escaped("\(draw.seed),\(target.id)"))' | sha256sum</code>"
    let arm =
      switch draw.arm {
      case "random": " · 随机组 drawn by the random arm, whatever the score"
      case "both": " · 两组均抽中 drawn by both arms"
      default: ""
      }
    let seal = draw.sealRoot.map { "<br>封存根 sealed root <code>\(HTMLText.escaped($0))</code>" } ?? ""
    return """
      <div class="form"><h2>抽取方式 how it was drawn</h2>
      <p class="small">从 \(draw.frameCount) 个目标中抽取 \(draw.drawnCount) 个 (\(draw.drawnCount) of \(draw.frameCount) \
      targets) · 入样概率 inclusion probability <b>\(NumberText.fixed(draw.inclusionProbability, decimals: 4))</b>\(arm) · \
      种子 seed <code>\(HTMLText.escaped(draw.seed))</code><br>票号 ticket <code>\(HTMLText.escaped(draw.ticket))</code>\
      \(check)\(seal)<br>复核 verify: <code>\(HTMLText.escaped(draw.command))</code></p></div>
      """
  }

  private var form: String {
    let box = "<span class=\"box\"></span>"
    return """
      <div class="form"><h2>现场记录 findings</h2><table>
      <tr><th>到达/离开 from – to</th><td></td><th>检查人员 inspectors</th><td></td></tr>
      <tr><th>生产 production</th><td>\(box) 在产 on &nbsp; \(box) 停产 off</td>\
      <th>治污设施 treatment</th><td>\(box) 运行 on &nbsp; \(box) 停运 off &nbsp; \(box) 无 none</td></tr>
      <tr><th>线索是否成立<br>does the lead hold?</th><td colspan="3">\(box) 成立 yes &nbsp; \(box) 不成立 no &nbsp; \
      \(box) 无法判断 cannot say &nbsp; 原因 why:</td></tr>
      <tr><th>发现 findings</th><td class="tall" colspan="3"></td></tr>
      <tr><th>签字 signatures</th><td colspan="3"></td></tr></table></div>
      """
  }

  private var footer: String {
    let facts = provenance.map { "\(HTMLText.escaped($0.name)) \(HTMLText.escaped($0.text))" }
    return "<footer>\(facts.joined(separator: " · "))\(isSynthetic ? " · synthetic data" : "")</footer>"
  }
}
