import Evidence
import Geometry
import Grids
import Quantities
import Randomness
import Readings
import SpatialStatistics
import Testing

/// SO2, PM2.5 and NO2 of 25 stations, one a cell, with a regional evening wave; synthetic.
private struct SyntheticEvenings {
  static let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
  static let start = LocalDay(ordinal: 17_487)  // 2017-11-17
  var so2: HourlySeries
  var pm25: HourlySeries
  var no2: HourlySeries
  var temperature: [Double] = []
  let points: [PlanePoint?]

  init(seed: UInt64, dayCount: Int = 30, coal: Set<Int> = [], start: LocalDay = Self.start) {
    let days = start...start.advanced(by: dayCount - 1)
    points = (0..<25).map { PlanePoint(x: Double($0 % 5) * 3000 + 1500, y: Double($0 / 5) * 3000 + 1500) }
    so2 = HourlySeries(pollutant: .so2, stationCount: 25, days: days)
    pm25 = HourlySeries(pollutant: .pm25, stationCount: 25, days: days)
    no2 = HourlySeries(pollutant: .no2, stationCount: 25, days: days)
    var stream = RandomStream(seed: seed, slot: 2, replicate: 0)
    func noise(_ size: Double) -> Double { 1 + size * (Double(stream.next() >> 11) / 4_503_599_627_370_496 - 1) }
    temperature = [Double](repeating: 0, count: 25 * dayCount * 24)
    for day in 0..<dayCount {
      let regional = noise(0.5)
      let cold = noise(1)  // 0 mild ... 2 cold
      for station in 0..<25 {
        for hour in 0..<24 {
          let slot = station * dayCount * 24 + day * 24 + hour
          let evening = hour >= 18 ? 1.3 : 1.0
          let burnt = coal.contains(station) && hour >= 18 ? 1 : 0.0
          so2.values[slot] = 20 * regional * evening * noise(0.25) + burnt * 12 * cold * noise(0.5)
          pm25.values[slot] = 80 * regional * evening * noise(0.2) + burnt * 30 * cold * noise(0.5)
          no2.values[slot] = 50 * regional * evening * noise(0.2)
          temperature[slot] = 5 - 6 * cold
        }
      }
    }
  }

  func scores(_ rules: LooseCoalRules = LooseCoalRules(), withNO2: Bool = true) -> [LooseCoalScore] {
    LooseCoalScreen.scores(
      so2: so2, pm25: pm25, no2: withNO2 ? no2 : nil, points: points, lattice: Self.lattice, temperature: temperature,
      excluding: [.range], rules: rules)
  }
}

@Suite struct LooseCoalTests {
  @Test func `three planted cells are found and the others are not`() {
    let coal: Set<Int> = [3, 11, 24]
    let world = SyntheticEvenings(seed: 5, coal: coal)
    let scores = world.scores()
    #expect(scores.count == 25)
    let found = Set(scores.filter(\.isLead).map { Int($0.cell.row) * 5 + Int($0.cell.column) })
    #expect(found == coal)
    let leads = LooseCoalScreen.leads(scores) { _ in [] }
    #expect(leads.count == 3 && leads.allSatisfy { $0.kind == .looseCoal && $0.numbers.contains { $0.name == "p" } })
    // Coal burns when it is cold: the rise falls with temperature where coal is, and only there for sure.
    for score in scores where score.isLead { #expect((score.temperatureTau ?? 0) < -0.3) }
  }

  @Test func `evenings without coal give leads in at most one of twenty fields`() {
    let fields = (1...20).count { seed in SyntheticEvenings(seed: UInt64(seed)).scores().contains(where: \.isLead) }
    #expect(fields <= 1)
  }

  @Test func `an evening rise that NO2 shares is traffic and no lead`() {
    var world = SyntheticEvenings(seed: 5, coal: [11])
    for day in 0..<30 {
      for hour in 18..<24 {
        let slot = 11 * 720 + day * 24 + hour
        world.no2.values[slot] *= 2.5
      }
    }
    #expect(!world.scores().contains { $0.isLead })
    #expect(world.scores(withNO2: false).contains { $0.isLead })
  }

  @Test func `summer is not judged, nor are too few days`() {
    #expect(SyntheticEvenings(seed: 5, coal: [11], start: LocalDay(ordinal: 17_700)).scores().isEmpty)
    #expect(SyntheticEvenings(seed: 5, dayCount: 8, coal: [11]).scores().isEmpty)
    let rules = LooseCoalRules()
    #expect(LocalDay("2018-01-31").map(rules.isHeating) == true)
    #expect(LocalDay("2018-03-16").map(rules.isHeating) == false)
  }
}

@Suite struct DustFallTests {
  private func sample(_ id: String, _ value: Double, month: LocalMonth = LocalMonth(year: 2017, month: 6))
    -> DustFallSample
  {
    DustFallSample(
      stationID: id, month: month, position: nil, tonnesPerSquareKilometre: value, exposureDays: 30, countyCode: nil,
      line: 2)
  }

  private func county(_ city: Int) -> County {
    County(
      code: "\(130_101 + city * 100)", name: "c\(city)", cityCode: "\(130_100 + city * 100)", cityName: "C\(city)",
      provinceName: "")
  }

  @Test func `the published shares of June 2017 come out: 3 of 28 cities at 9, 12 at 12`() {
    // The bulletin gives shares, not values: 3 cities at most 9 (10.7 %), 12 at most 12 (42.9 %), 28 in all.
    let values = [7.5, 8.2, 9.0] + [9.1, 9.8, 10, 10.5, 11, 11.2, 11.5, 11.9, 12] + (0..<16).map { 12.1 + Double($0) }
    let samples = values.enumerated().map { sample("S\($0.offset)", $0.element) }
    let counties = values.indices.map { Optional(county($0)) }
    for (limit, places, share) in [(9.0, 3, 10.7), (12.0, 12, 42.9)] {
      var rules = DustFallRules()
      rules.limit = limit
      let rows = DustFallScreen.rows(samples, counties: counties, rules: rules)
      let kept = DustFallScreen.within(rows, level: .city, month: LocalMonth(year: 2017, month: 6))
      #expect(kept.places == places && kept.of == 28)
      #expect((Double(kept.places) / Double(kept.of) * 1000).rounded() / 10 == share)
    }
  }

  @Test func `the error of a mean is that of the spread, and never below the collectors' own`() throws {
    let samples = [8.0, 10, 12, 14].enumerated().map { sample("S\($0.offset)", $0.element) }
    let place = Optional(county(1))
    let rows = DustFallScreen.rows(samples, counties: [place, place, place, place], rules: DustFallRules())
    let row = try #require(rows.first { $0.level == .county })
    // s = 2.58199, s/√4 = 1.29099; the collectors' own: 0.15 √(64+100+144+196) / 4 = 0.84187.
    #expect(row.mean == 11 && abs(row.standardError - 1.290_994_448_7) < 1e-9)
    // P(Z > (9 - 11) / 1.29099) = Φ(1.54919) = 0.93933.
    #expect(abs(row.probabilityOver - 0.939_33) < 1e-4)
    let equal = DustFallScreen.rows(
      [sample("a", 10), sample("b", 10)], counties: [place, place], rules: DustFallRules())
    #expect(abs((equal.first { $0.level == .city }?.standardError ?? 0) - 0.15 * 200.0.squareRoot() / 2) < 1e-12)
  }

  @Test func `only a collector above the limit beyond its error gives a lead`() throws {
    let cell = try #require(CellID("3000-1274-1305"))
    let samples = [sample("low", 8.9), sample("near", 9.5), sample("high", 20), sample("nowhere", 30)]
    let leads = DustFallScreen.leads(samples, cells: [cell, cell, cell, nil], rules: DustFallRules()) { _ in
      LeadSource(file: "dust.csv", fileHash: "", line: 2)
    }
    #expect(leads.count == 1 && leads[0].kind == .dustFall && leads[0].statement.contains("high"))
    #expect(leads[0].sources.count == 1)
  }
}
