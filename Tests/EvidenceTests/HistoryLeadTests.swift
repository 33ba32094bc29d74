import Evidence
import Grids
import Quantities
import Testing

@testable import Hotspots

private let cell = CellID(sizeMetres: 3000, column: 1274, row: 1305)
private let origin = FieldOrigin(
  name: "satellite", quantity: "PM2.5", unit: "µg/m³",
  sources: [LeadSource(file: "days.tif", fileHash: "0123456789abcdef", line: 0)])
private let first = Period.day(LocalDay(ordinal: 17_460))
private let last = Period.day(LocalDay(ordinal: 17_490))

@Suite struct HistoryLeadTests {
  private func row(_ classification: EmergingClass, reason: String = "") -> EmergingRow {
    EmergingRow(
      cell: cell, classification: classification, steps: 30, hot: 12, cold: 0, lastZ: 3.456, lastBin: 3, trendZ: 2.5,
      trendP: 0.0124, tau: 0.3, slope: 0.51, slopeLow: 0.2, slopeHigh: 0.83, reason: reason)
  }

  @Test func `a cell that gets worse is a stronger lead than one that always was hot, and cold or past cells are none`()
    throws
  {
    let worse = try #require(CellLeads.lead(row(.intensifyingHot), first: first, last: last, origin: origin))
    let always = try #require(CellLeads.lead(row(.persistentHot), first: first, last: last, origin: origin))
    #expect(worse.strength > always.strength)
    #expect(worse.kind == .emergingHotspot && worse.firstDay == first.firstDay && worse.lastDay == last.lastDay)
    #expect(worse.statement.contains("is an intensifying hot spot of PM2.5 (satellite)"))
    #expect(worse.statement.contains("hot in 12 of 30 steps"))
    #expect(worse.numbers.contains(LeadNumber("Sen slope", 0.51, "µg/m³ per period")))
    #expect(!worse.disproof.isEmpty && worse.sources == origin.sources)
    for none in EmergingClass.allCases where CellLeads.strength(none) == 0 {
      #expect(CellLeads.lead(row(none), first: first, last: last, origin: origin) == nil, "\(none)")
      #expect(none.rawValue.contains("cold") || none == .historicalHot || none == .none)
    }
    #expect(
      CellLeads.lead(row(.newHot, reason: "no score in the last period"), first: first, last: last, origin: origin)
        == nil)
    #expect(CellLeads.lead(row(.newHot), first: first, last: last, origin: origin, isInterpolated: true) == nil)
  }

  @Test func `a cluster gives each of its cells a lead, and an unlikely one none`() {
    func cluster(p: Double, unit: String = "") -> ScannedCluster {
      ScannedCluster(
        cells: [cell, CellID(sizeMetres: 3000, column: 1275, row: 1305)], first: first, last: last, observed: 106,
        expected: 62.13, ratio: 14.78, p: p, replicates: 999, subject: "12369 complaints", unit: unit)
    }
    let leads = CellLeads.leads(cluster(p: 0.001), origin: origin)
    #expect(leads.map(\.strength) == [1, 1])
    #expect(leads.allSatisfy { $0.kind == .scanCluster && $0.statement.contains("106 where 62.1 were expected") })
    #expect(CellLeads.leads(cluster(p: 0.04), origin: origin).first?.strength == 0.5)
    #expect(CellLeads.leads(cluster(p: 0.051), origin: origin).isEmpty)
    #expect(CellLeads.leads(cluster(p: 0.05), origin: origin).count == 2, "a p at the level passes")
    let values = CellLeads.leads(cluster(p: 0.01, unit: "µg/m³"), origin: origin)
    #expect(values[0].statement.contains("a mean of 106.0 µg/m³ against 62.1 µg/m³ of all"))
    #expect(values[0].disproof.contains("read it as a rank"))
  }

  @Test func `the strike rule gives a full lead when it is reached, half a lead when one alert is missing`() throws {
    let rule = StrikeRule()
    let months = (9...11).map { LocalMonth(year: 2017, month: $0) }
    func lead(_ months: [LocalMonth]) -> Lead? {
      rule.standings(months.map { (cell, $0) }, last: LocalMonth(year: 2017, month: 11)).first.flatMap {
        CellLeads.lead($0, rule: rule, last: LocalMonth(year: 2017, month: 11), origin: origin)
      }
    }
    #expect(try #require(lead(months)).strength == 1)
    #expect(try #require(lead(Array(months.suffix(2)))).strength == 0.5)
    #expect(lead([months[2]]) == nil, "a first alert is no strike")
    #expect(lead(Array(months.prefix(2))) == nil, "the last month did not name it")
  }

  @Test func `the probability is told and does not change the strength`() throws {
    let row = HotspotRow(
      cell: cell, period: last, value: 90, neighbours: 8, z: 4.2, p: 2.7e-5, permutationP: nil, bin: 2,
      classification: "hot", reason: "")
    let plain = try #require(CellLeads.lead(row, period: last, origin: origin, minimumBin: 2))
    let told = try #require(
      CellLeads.lead(
        row, period: last, origin: origin, minimumBin: 2,
        probability: HotProbability(share: 0.83, standardError: 0.027, simulations: 200)))
    #expect(told.strength == plain.strength)
    #expect(
      told.statement.hasSuffix("It is hot in 83 % (standard error 2.7) of 200 simulated fields that could be true."))
    #expect(told.numbers.contains(LeadNumber("P(hot)", 0.83)))
  }
}
