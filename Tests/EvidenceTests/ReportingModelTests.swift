import Enterprises
import Geometry
import Grids
import Quantities
import SpatialStatistics
import Testing

@testable import Evidence

private let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)

/// 30 counties in three cities, each a column of 40 cells.
private let region = Region(
  name: "test", lattice: lattice,
  counties: (0..<30).map {
    County(
      code: "\(130_101 + $0)", name: $0 % 10 == 7 ? "桥西区" : "第\($0)县", cityCode: "\(130_100 + $0 / 10 * 100)",
      cityName: ["石家庄市", "唐山市", "邢台市"][$0 / 10], provinceName: "河北省")
  },
  cells: (0..<40).flatMap { row in (0..<30).map { CellID(sizeMetres: 3000, column: $0, row: Int32(row)) } },
  shareStarts: (0...1200).map(Int32.init), shareCounties: (0..<1200).map { Int32($0 % 30) },
  shares: [Double](repeating: 1, count: 1200))

private let last = LocalDay(ordinal: 17_500)

@Suite struct GammaTailTests {
  @Test func `tails and quantiles agree with SciPy`() throws {
    let references = try EvidenceReferences.all.get()
    for tail in references.gamma_tails {
      #expect(abs(GammaTail.lower(tail.a, tail.x) - tail.lower) <= 1e-12 + 1e-10 * tail.lower)
      #expect(abs(GammaTail.upper(tail.a, tail.x) - (1 - tail.lower)) <= 1e-10)
    }
    for q in references.gamma_quantiles {
      let found = GammaTail.quantile(q.p, shape: q.shape, rate: q.rate)
      #expect(abs(found - q.value) <= 1e-7 * q.value)
    }
  }

  @Test(arguments: [(1, 0.5), (3, 0.5), (10, 2.0), (5, 20.0)])
  func `a whole count has the Poisson tail`(count: Int, mean: Double) {
    let expected = ComplaintScreen.poissonUpperTail(count, mean: mean)
    #expect(abs(GammaTail.lower(Double(count), mean) - expected) <= 1e-9 * expected)
  }
}

/// A synthetic year of complaints: counties differ in how much they report, cells in how much there is to report.
private struct PlantedReports {
  var complaints: [Complaint] = []
  var points: [PlanePoint?] = []
  let intensities: [Double]

  /// - Parameters:
  ///   - campaign: County that reports seven times as much in the last 30 days.
  init(seed: UInt64, campaign: Int?) {
    var random = TestRandom(state: seed)
    let rates = (0..<30).map { _ in 0.05 + 0.4 * random.uniform(0...1) }
    intensities = (0..<1200).map { _ in
      // Exponential: most cells have little, a few have much.
      -Foundation_log(1 - random.uniform(0...0.999_999))
    }
    for slot in 0..<1200 {
      for day in 0..<150 {
        let county = slot % 30
        let factor = campaign == county && day < 30 ? 7.0 : 1
        let mean = rates[county] / 10 * intensities[slot] * factor
        // At most one report a day and source: the mean is far below one. Every day has numbers of its own, so that a
        // campaign adds reports and changes none.
        var own = TestRandom(state: seed &* 1_000_003 &+ UInt64(slot * 1000 + day) &* 0x9E37_79B9)
        if own.uniform(0...1) < min(0.95, mean) { add(slot, day: day, &own) }
      }
    }
  }

  private mutating func add(_ slot: Int, day: Int, _ random: inout TestRandom) {
    let box = lattice.box(of: region.cells[slot])
    points.append(
      PlanePoint(x: box.minX + random.uniform(1...2999), y: box.minY + random.uniform(1...2999)))
    complaints.append(
      Complaint(
        id: "\(complaints.count)", time: LocalHour(day: last.advanced(by: -day), hourOfDay: 9).start,
        // Degrees stand for the plane, so that repeats can be told.
        position: points[points.count - 1].map { LonLat(longitude: $0.x / 1e5, latitude: $0.y / 1e5) },
        category: "大气-烟粉尘", text: "", line: 2))
  }

  /// The score of every cell: intensity, and 1 shrunk by nothing where there are no reports at all.
  func ranking() -> ComplaintRanking {
    ComplaintScreen.ranking(complaints, points: points, region: region, rules: ComplaintRules(), lastDay: last)
  }
}

private func Foundation_log(_ x: Double) -> Double {
  // ln x by its series on atanh: test data need no more.
  var y = x
  var twos = 0.0
  while y < 0.5 {
    y *= 2
    twos += 1
  }
  let z = (y - 1) / (y + 1)
  var term = z
  var sum = 0.0
  for k in 0..<60 {
    sum += term / Double(2 * k + 1)
    term *= z * z
  }
  return 2 * sum - twos * 0.693_147_180_559_945_3
}

@Suite struct ReportingModelTests {
  @Test func `a county that reports seven times as much keeps every rank where its usual rate is known`() {
    var random = TestRandom(state: 5)
    let counts = (0..<1200).map { _ in Double(Int.random(in: 0..<12, using: &random) / 4) }
    func model(_ factor: Double) -> ReportingModel {
      let now = counts.enumerated().map { $0.offset % 30 == 4 ? $0.element * factor : $0.element }
      // What county 4 usually reports: its counts without the campaign.
      let usual = (0..<30).map { county -> Double? in
        counts.enumerated().filter { $0.offset % 30 == county }.reduce(0) { $0 + $1.element } / 40
      }
      return ReportingModel(counts: [now], region: region, history: usual)
    }
    let plain = model(1)
    let campaign = model(7)
    #expect(campaign.campaignFactors[4] > 6 && plain.campaignFactors.allSatisfy { $0 < 1.2 })
    let before = plain.ranked.map(\.slot)
    let after = campaign.ranked.map(\.slot)
    var rank = [Int](repeating: 0, count: 1200)
    for (place, slot) in before.enumerated() { rank[slot] = place }
    let moves = after.enumerated().map { abs($0.offset - rank[$0.element]) }
    // Equal counts share a place; half a report more or less in the county's rate moves cells among near equals only.
    #expect((moves.max() ?? 0) < 60, "largest move \(moves.max() ?? 0) of \(before.count)")
    #expect(Double(moves.reduce(0, +)) / Double(moves.count) < 3)
    // Counting alone puts the county's cells on top.
    let raw = counts.enumerated().map { $0.offset % 30 == 4 ? $0.element * 7 : $0.element }
    let top = raw.indices.sorted { (-raw[$0], $0) < (-raw[$1], $1) }.prefix(30)
    #expect(top.count { $0 % 30 == 4 } > 15)
    #expect(after.prefix(30).count { $0 % 30 == 4 } <= before.prefix(30).count { $0 % 30 == 4 } + 1)
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `a reward campaign in one county moves its cells no more than chance does`(seed: UInt64) {
    let county = 4
    let without = PlantedReports(seed: seed, campaign: nil).ranking()
    let with = PlantedReports(seed: seed, campaign: county).ranking()
    let again = PlantedReports(seed: seed, campaign: 9_999).ranking()
    #expect(without.model.cells == again.model.cells)
    func top(_ ranking: ComplaintRanking, byCount: Bool) -> Int {
      let cells =
        byCount ? ranking.model.cells.sorted { (-$0.reports, $0.slot) < (-$1.reports, $1.slot) } : ranking.model.ranked
      return cells.prefix(60).count { $0.slot % 30 == county }
    }
    #expect(with.model.campaignFactors[county] > 3)
    // 60 places and 30 counties: about two each. Raw counts give the county three times that and more.
    #expect(top(with, byCount: true) >= 6)
    #expect(top(with, byCount: false) <= 6, "\(top(with, byCount: false)), without \(top(without, byCount: false))")
    // The other counties' cells keep their order among themselves.
    let others = { (ranking: ComplaintRanking) in ranking.model.ranked.map(\.slot).filter { $0 % 30 != county } }
    var rank: [Int: Int] = [:]
    for (place, slot) in others(without).enumerated() { rank[slot] = place }
    let moves = others(with).enumerated().compactMap { entry in rank[entry.element].map { abs($0 - entry.offset) } }
    #expect(moves.count > 100)
    #expect(moves.reduce(0, +) < moves.count * moves.count / 50, "\(moves.reduce(0, +)) places in \(moves.count) cells")
  }

  @Test func `a reward campaign makes no leads in its county`() {
    func leads(_ campaign: Int?) -> Int {
      let planted = PlantedReports(seed: 21, campaign: campaign)
      return ComplaintScreen.leads(
        planted.complaints, points: planted.points, region: region, rules: ComplaintRules(), lastDay: last
      ) { _ in LeadSource(file: "c", fileHash: "", line: 0) }
      .count { $0.cell.map { $0.column == 4 } ?? false }
    }
    #expect(leads(4) <= leads(nil) + 3)
  }

  @Test func `the middle rate is not moved by one county`() {
    let cells = [Double](repeating: 10, count: 20)
    let totals = (0..<20).map { Double($0) }
    var campaign = totals
    campaign[19] *= 7
    #expect(ReportingModel.middleRate(totals, cells) == ReportingModel.middleRate(campaign, cells))
    #expect(abs(ReportingModel.middleRate(totals, cells) - 0.85) < 1e-12)
    #expect(ReportingModel.middleRate([0, 0, 5], [10, 10, 10]) == 5.0 / 30)
  }
}

@Suite struct ComplaintPlaceTests {
  private func complaint(
    _ id: String, hour: Int = 9, text: String = "", county: String? = nil, place: String? = nil, radius: Double? = nil,
    position: LonLat? = nil
  ) -> Complaint {
    Complaint(
      id: id, time: LocalHour(day: last, hourOfDay: hour).start, position: position, category: "大气", text: text,
      line: 2,
      countyCode: county, place: place, uncertaintyMetres: radius)
  }

  @Test func `vague complaints are spread, and nothing is lost or counted twice`() throws {
    let middle = PlanePoint(x: 45_500, y: 60_500)
    let complaints = [
      complaint("exact"), complaint("round", radius: 5000), complaint("code", county: "130105"),
      complaint("name", text: "第12县城北有异味"), complaint("city", place: "唐山市桥西区某村"), complaint("ambiguous", text: "桥西区"),
      complaint("nothing", text: "有味"), complaint("outside"), complaint("unknown", county: "999999"),
    ]
    let points: [PlanePoint?] = [
      middle, middle, nil, nil, nil, nil, nil, PlanePoint(x: -50_000, y: 0), nil,
    ]
    let places = ComplaintPlaces(complaints, points: points, region: region)
    #expect(places.counts == (placed: 1, vague: 1, county: 3, nowhere: 4))
    #expect(places.spreads.map { $0?.county } == [15, 15, 4, 12, 17, nil, nil, nil, nil])
    for spread in places.spreads.prefix(5) {
      let sum = try #require(spread).weights.reduce(0, +)
      #expect(abs(sum - 1) < 2e-3)
    }
    #expect(places.spreads[2]?.slots.count == 40 && places.spreads[2]?.weights.allSatisfy { $0 == 1.0 / 40 } == true)
    #expect((places.spreads[1]?.slots.count ?? 0) > 9)
  }

  @Test func `a report that is repeated counts once, another day again`() {
    let here = LonLat(longitude: 114.5, latitude: 38)
    func at(_ day: Int32, _ id: String, _ position: LonLat) -> Complaint {
      Complaint(
        id: id, time: LocalHour(day: last.advanced(by: Int(day)), hourOfDay: 8).start, position: position,
        category: "大气",
        text: "", line: 2)
    }
    let complaints = [
      complaint("a", position: here), complaint("b", hour: 11, position: here),
      complaint("a", hour: 15, position: here),
      at(-5, "c", here), complaint("d", position: LonLat(longitude: 114.51, latitude: 38)),
    ]
    let ranking = ComplaintScreen.ranking(
      complaints, points: complaints.map { _ in PlanePoint(x: 100, y: 100) }, region: region, rules: ComplaintRules(),
      lastDay: last)
    #expect(ranking.counted == 5 && ranking.repeats == 2)
    #expect(ranking.model.cells.map(\.reports) == [3])
    #expect(ranking.complaints == [[0, 3, 4]])
  }
}
