import Evidence
import Foundation
import FoundationXML
import Reports
import Testing

@Suite struct SheetRoseTests {
  private func rose(_ measure: SheetRose.Measure, values: [Double], caption: String = "PM2.5 <by> wind") -> SheetRose {
    let wind = HourlyWind(
      firstHour: 0, east: values.indices.map { -3 * sin(Double($0)) },
      north: values.indices.map { -3 * cos(Double($0)) })
    let table = PolarTable(
      values: values, backgrounds: values.map { _ in 40 }, wind: wind, sectors: 16, fewest: 2)
    return SheetRose(table: table, measure: measure, quantity: "PM2.5", unit: "µg/m³", caption: caption)
  }

  @Test(arguments: [SheetRose.Measure.excess, .probability])
  func `the plot is well-formed and has a wedge for every sector and speed`(measure: SheetRose.Measure) throws {
    let svg = rose(measure, values: (0..<200).map { 50 + 20 * sin(Double($0)) }).svg
    #expect(try XMLDocument(xmlString: svg).rootElement()?.name == "svg")
    #expect(svg.components(separatedBy: "<path d=").count - 1 == 16 * 6)
    #expect(svg.contains("PM2.5 &lt;by&gt; wind") && svg.contains("北 N"))
  }

  @Test func `wedges without enough hours are white and dotted, and nothing at all still draws`() throws {
    let svg = rose(.excess, values: []).svg
    #expect(try XMLDocument(xmlString: svg).rootElement() != nil)
    #expect(!svg.contains("stroke=\"#555\" stroke-width=\"0.4\"/><path"))
    #expect(svg.components(separatedBy: "stroke-dasharray").count - 1 >= 16 * 6)
  }
}
