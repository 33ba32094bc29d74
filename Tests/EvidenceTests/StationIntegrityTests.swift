import Evidence
import Geometry
import Grids
import Quantities
import Randomness
import Readings
import SpatialStatistics
import Testing

@Suite struct StationIntegrityTests {
  /// 24 stations around each other for 35 days, hourly; synthetic.
  private func network(seed: UInt64, fall: (station: Int, factor: Double)? = nil) -> (HourlySeries, [PlanePoint?]) {
    let start = LocalDay(ordinal: 17_471)
    var series = HourlySeries(pollutant: .pm25, stationCount: 24, days: start...start.advanced(by: 34))
    var stream = RandomStream(seed: seed, slot: 3, replicate: 0)
    func noise(_ size: Double) -> Double { 1 + size * (Double(stream.next() >> 11) / 4_503_599_627_370_496 - 1) }
    var regional = 0.0
    for hour in 0..<series.hourCount {
      regional = 0.95 * regional + 8 * (noise(1) - 1)
      for station in 0..<24 {
        var value = max(5, 80 + regional) * (0.9 + 0.2 * Double(station) / 24) * noise(0.15)
        if let fall, fall.station == station, hour >= 21 * 24 { value *= fall.factor }
        series.values[station * series.hourCount + hour] = value
      }
    }
    return (series, (0..<24).map { PlanePoint(x: Double($0 % 6) * 2000, y: Double($0 / 6) * 2000) })
  }

  private func findings(_ series: HourlySeries, _ points: [PlanePoint?]) -> [StationFinding] {
    let residuals = StationResiduals(
      series, positions: points, wind: nil, reference: 0..<21, rules: QualityRules(), threads: 1)
    return StationIntegrityScreen.findings(series, residuals: residuals, rules: StationIntegrityRules())
  }

  @Test func `a station that reads a fifth less than before is found, and a rise is not`() throws {
    let (series, points) = network(seed: 2, fall: (7, 0.8))
    let found = findings(series, points).filter(\.isLead)
    #expect(found.map(\.station) == [7])
    let finding = try #require(found.first)
    #expect(abs((finding.change ?? 1) - 0.81) < 0.03)
    let (risen, _) = network(seed: 2, fall: (7, 1.25))
    #expect(!findings(risen, points).contains { $0.isLead && $0.station == 7 })
  }

  @Test func `honest networks of ten seeds name nobody, and every station can be drawn`() {
    for seed in 1...10 {
      let (series, points) = network(seed: UInt64(seed))
      let found = findings(series, points)
      #expect(found.filter(\.isLead).isEmpty)
      let scores = found.map(\.score)
      #expect(scores.count == 24 && scores.min() ?? 0 >= 1 && scores.max() ?? 9 < 2.1)
    }
  }

  @Test func `sprayed and copied hours of the window make a lead with its numbers, older ones do not`() throws {
    var (series, points) = network(seed: 4)
    for hour in 25 * 24..<26 * 24 { series.flags[3 * series.hourCount + hour] = QualityFlags.spray.rawValue }
    for hour in 2 * 24..<5 * 24 { series.flags[5 * series.hourCount + hour] = QualityFlags.copied.rawValue }
    let all = findings(series, points)
    #expect(all.filter(\.isLead).map(\.station) == [3])
    let names = (0..<24).map { "S\($0)" }
    let leads = StationIntegrityScreen.leads(
      all, names: names, cells: [CellID?](repeating: nil, count: 24), quantity: "PM2.5", rules: StationIntegrityRules()
    ) { _ in [] }
    let lead = try #require(leads.first)
    #expect(leads.count == 1 && lead.kind == .stationIntegrity)
    #expect(lead.statement.contains("station S3") && lead.statement.contains("timetable"))
    #expect(lead.numbers.first { $0.name == "spray hours" }?.value == 24)
    points[3] = nil
    #expect(findings(series, points).first { $0.station == 3 }?.dropP == nil)
  }
}
