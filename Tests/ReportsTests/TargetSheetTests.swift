import Foundation
import FoundationXML
import Geometry
import Grids
import Quantities
import Reports
import TestSupport
import Testing

@Suite struct TargetSheetTests {
  @Test func `a firm's name cannot break the page`() throws {
    let html = try SyntheticSheet.make().html
    #expect(!html.contains("<b>钢铁</b>"))
    #expect(html.contains("合成&lt;b&gt;钢铁&lt;/b&gt;&amp;&quot;滦州&quot;有限公司&#39;s 分厂"))
    #expect(html.contains("槐安东路 &lt;1&gt; 号"))
    #expect(HTMLText.escaped("\u{0}a\u{8}\n") == "\u{FFFD}a\u{FFFD}\n")
  }

  @Test(arguments: [true, false])
  func `map and load curve are well-formed XML`(isTested: Bool) throws {
    let sheet = try SyntheticSheet.make(isTested: isTested)
    for svg in [try #require(sheet.map).svg, sheet.loads[0].svg] {
      let document = try XMLDocument(xmlString: svg)
      #expect(document.rootElement()?.name == "svg")
    }
  }

  @Test func `the page says what a team must know`() throws {
    let sheet = try SyntheticSheet.make()
    let html = sheet.html
    for text in [
      "线索，不是结论", "SYNTHETIC DATA", "power-2017-11.csv:18233", "sha256 0123456789abcdef", "what would disprove it",
      "inclusion probability <b>0.0873</b>", "sha256sum", "hotgrid draw verify", "现场记录 findings", "3 km",
      "policy 3f2a9c0d11e2b4a7", "裕华区", "5.25", "order in force",
    ] {
      #expect(html.contains(text), Comment(rawValue: text))
    }
    // The strongest lead comes first.
    let order = try #require(html.range(of: "load during an order"))
    let cluster = try #require(html.range(of: "hotspot cluster", range: order.upperBound..<html.endIndex))
    #expect(order.lowerBound < cluster.lowerBound)
  }

  @Test func `a target without leads says that chance chose it`() throws {
    #expect(try SyntheticSheet.make(leadCount: 0).html.contains("drawn at random"))
  }

  @Test func `nothing is fetched from elsewhere and nothing runs`() throws {
    let html = try SyntheticSheet.make().html.replacing("http://www.w3.org/2000/svg", with: "")
    for text in ["http:", "https:", "<script", "<link", "@import", "url(h", "url(\"", "src=", "<img"] {
      #expect(!html.contains(text), Comment(rawValue: text))
    }
  }

  @Test func `the same sheet has the same bytes, whatever the order of cells and firms`() throws {
    let sheet = try SyntheticSheet.make()
    var other = sheet
    other.map?.cells.reverse()
    other.map?.enterprises.reverse()
    #expect(sheet.html == other.html)
  }

  @Test func `north leans with the meridian`() throws {
    let sheet = try SyntheticSheet.make()
    let map = try #require(sheet.map)
    let grid = try Grid(definition: .national2p26)
    let longitude = grid.projection.inverse(map.centre).longitude
    // Snyder 14-4 and 14-6: meridians of a cone lean by n (lon - lon0); on the sphere n = (sin 25 + sin 47) / 2.
    // East of the central meridian north leans to the left.
    let n = (sin(25 * Double.pi / 180) + sin(47 * Double.pi / 180)) / 2
    #expect(longitude > 110 && abs(map.northDegrees + n * (longitude - 105)) < 0.05)
  }

  @Test func `an index links every sheet and a plan reads in a terminal`() throws {
    let sheet = try SyntheticSheet.make()
    let pages = PlanPages(date: sheet.date, sheets: [sheet, sheet], provenance: sheet.provenance)
    #expect(pages.indexHTML.contains("href=\"E-91130108SYNTHETIC0.html\""))
    #expect(!pages.indexHTML.contains("<b>钢铁"))
    #expect(PlanPages.fileName(targetID: "M-a/../b") == "M-a____b.html")
    let lines = pages.table.text.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(pages.markdown.contains("Leads, not verdicts. Synthetic data."))
  }
}

@Suite struct TextTableTests {
  @Test func `Chinese characters take two columns and columns line up`() {
    #expect(TextTable.width("裕华区 a") == 8)
    #expect(TextTable.width("ｅ（）、é") == 9)
    #expect(TextTable.width("e\u{301}") == 1)
    var table = TextTable([TextTable.Column("县"), TextTable.Column("n", .right), TextTable.Column("note")])
    table.add(["裕华区", "1", ""])
    table.add(["ab", "1234", "x|y\nz"])
    #expect(table.text == "县         n  note\n------  ----  -----\n裕华区     1\nab      1234  x|y z\n")
    #expect(table.markdown.contains("| ab | 1234 | x\\|y z |"))
  }

  @Test func `long text is cut at a whole character`() {
    var table = TextTable([TextTable.Column("name", maximumWidth: 6)])
    table.add(["石家庄市裕华区"])
    #expect(table.text.split(separator: "\n").last == "石家…")
  }

  @Test(arguments: [
    (0.0873, "0.0873"), (151.25, "151.3"), (4210, "4210"), (0.000_091, "9.1e-5"), (-0.5, "-0.50"),
    (1e12, "1000000000000"),
    (12_345.6, "12346"), (0, "0"),
  ])
  func `numbers have as many figures as they deserve`(number: Double, text: String) {
    #expect(NumberText.readable(number) == text)
  }

  @Test func `fixed digits round and keep no minus before zero`() {
    #expect(NumberText.fixed(-0.004, decimals: 2) == "0.00")
    #expect(NumberText.fixed(2.345, decimals: 1) == "2.3")
    #expect(NumberText.fixed(.nan, decimals: 1) == "—")
  }
}
