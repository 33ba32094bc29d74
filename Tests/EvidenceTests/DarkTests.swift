import Geometry
import Grids
import Quantities
import Testing

@testable import Evidence

@Suite struct CaptureRecaptureTests {
  @Test func `Chapman's estimate is that of the textbook`() {
    // 10 marked, 15 caught, 5 of them marked: (11 · 16) / 6 - 1 = 28.33; variance 11·16·5·10 / (36·7) = 34.92.
    let found = CaptureRecapture(lists: 2, counts: [0, 5, 10, 5])
    #expect(abs(found.chapman.total - 28.333_333) < 1e-5)
    #expect(abs(found.chapmanStandardError - 34.920_634_9.squareRoot()) < 1e-6)
    #expect(found.chapman.lower > 20 && found.chapman.lower < 28 && (found.chapman.upper ?? 0) > 35)
    #expect(CaptureRecapture(lists: 2, counts: [0, 0, 0, 8]).chapman.total == 8)
  }

  @Test func `log-linear models agree with statsmodels, and with the published outbreak`() throws {
    for reference in try EvidenceReferences.all.get().log_linear {
      let models = CaptureRecapture(lists: reference.lists, counts: reference.counts).models
      let found = try #require(models.first { $0.pairs == reference.pairs })
      #expect(abs(found.total - reference.total) < 1e-5 * reference.total)
      #expect(abs(found.deviance - reference.deviance) < 1e-6)
    }
    // Chao et al. (2001): 388 with independent lists, 1,313 with all pairs.
    let outbreak = CaptureRecapture(lists: 3, counts: [0, 69, 55, 21, 63, 17, 18, 28])
    let totals = outbreak.models.map { $0.total.rounded() }
    #expect(totals.contains(388) && totals.contains(1313))
    #expect(outbreak.observed == 271 && outbreak.overlap == 84)
    // 271 + 2/3 · 187 · 186 / (2 · 57)
    #expect(abs(outbreak.chaoLowerBound - 474.403_508_8) < 1e-6)
    let best = try outbreak.estimate().get()
    #expect(best.lower < 388 || best.lower < best.total)
    #expect(best.lower >= 271 && (best.upper ?? .infinity) > best.total)
  }

  @Test func `a profile interval falls by 1.92 on both sides of its estimate`() {
    let data = CaptureRecapture(lists: 3, counts: [0, 69, 55, 21, 63, 17, 18, 28])
    let interval = data.profileInterval(pairs: [], total: 388.48)
    // The profile of the same table fitted by statsmodels in steps of half a unit: 350.5 to 435.0.
    #expect(abs(interval.lower - 350.5) < 0.75)
    #expect(abs((interval.upper ?? 0) - 435) < 0.75)
  }

  @Test func `too little says why it cannot tell`() {
    func silence(_ lists: Int, _ counts: [Double]) -> CaptureRecapture.Silence? {
      if case .failure(let silence) = CaptureRecapture(lists: lists, counts: counts).estimate() { silence } else { nil }
    }
    #expect(silence(2, [0, 0, 0, 0]) == .tooFew)
    #expect(silence(2, [0, 30, 0, 0]) == .oneList)
    #expect(silence(3, [0, 3, 2, 0, 1, 0, 0, 0]) == .tooFew)
    #expect(silence(3, [0, 13, 12, 1, 11, 0, 0, 0]) == .noOverlap)
    // A list without anybody is left out, not fitted.
    let three = try? CaptureRecapture(lists: 3, counts: [0, 20, 15, 10, 0, 0, 0, 0]).estimate().get()
    let two = try? CaptureRecapture(lists: 2, counts: [0, 20, 15, 10]).estimate().get()
    #expect(three != nil && three == two)
  }

  /// Populations with known numbers, lists independent or the first two dependent.
  @Test(arguments: [(200, false), (60, false), (200, true)])
  func `intervals hold the true number about as often as they say`(size: Int, isDependent: Bool) {
    var random = TestRandom(state: UInt64(size) + (isDependent ? 1 : 0))
    var (held, told) = (0, 0)
    for _ in 0..<120 {
      var counts = [Double](repeating: 0, count: 8)
      for _ in 0..<size {
        let first = random.uniform(0...1) < 0.45
        let second = random.uniform(0...1) < (isDependent && first ? 0.75 : 0.4)
        let third = random.uniform(0...1) < 0.35
        counts[(first ? 1 : 0) | (second ? 2 : 0) | (third ? 4 : 0)] += 1
      }
      counts[0] = 0
      guard case .success(let found) = CaptureRecapture(lists: 3, counts: counts).estimate() else { continue }
      told += 1
      if Double(size) >= found.lower, Double(size) <= found.upper ?? .infinity { held += 1 }
    }
    #expect(told > 110)
    // 95 % asked for; models within two of the best AIC make it wider, choosing among eight makes it narrower.
    #expect(Double(held) / Double(told) >= 0.88, "\(held) of \(told)")
  }
}

private let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)

private let region = Region(
  name: "test", lattice: lattice,
  counties: [
    County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
    County(code: "130109", name: "藁城区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
  ],
  cells: (0..<40).flatMap { row in (0..<50).map { CellID(sizeMetres: 3000, column: $0, row: Int32(row)) } },
  shareStarts: (0...2000).map(Int32.init), shareCounties: (0..<2000).map { $0 % 50 < 25 ? 0 : 1 },
  shares: [Double](repeating: 1, count: 2000))

@Suite struct DarkScreenTests {
  /// 2,000 cells with a background of hot cells and complaints, and two places where evidence meets.
  private func cells(firms: Double = 0, explained: Double? = nil) -> [DarkEvidence] {
    region.cells.enumerated().map { slot, cell in
      var signs: [Bool?] = [slot % 19 == 0, nil, false, slot % 37 == 0]
      var own = 0.0
      var share: Double?
      if slot % 7 == 0 { signs[1] = false }
      if slot == 400 || slot == 900 { signs = [true, true, false, true] }
      if slot == 900 {
        own = firms
        share = explained
      }
      if slot == 1201 { signs = [false, true, false, false] }
      return DarkEvidence(cell: cell, signs: signs, explainedShare: share, firms: own)
    }
  }

  /// Rules that ask for evidence that meets.
  private var meeting: DarkRules {
    var rules = DarkRules()
    rules.minimumSigns = 2
    return rules
  }

  @Test func `evidence that meets makes suspects, one kind and chance make none`() throws {
    let screen = DarkScreen(cells(), rules: meeting)
    #expect(screen.suspects.map(\.evidence.cell) == [region.cells[400], region.cells[900]])
    let load = try #require(screen.judgements.first { $0.evidence.cell == region.cells[1201] })
    #expect(load.abstention == .oneSign)
    let chance = screen.judgements.filter { $0.evidence.history == 0b1001 }
    #expect(!chance.isEmpty && chance.allSatisfy { $0.posterior < 0.5 && $0.abstention == .weak })
    for judgement in screen.judgements {
      // The posterior is the sum of its parts.
      let odds = (judgement.logRatios.reduce(0, +), screen.prevalence / (1 - screen.prevalence))
      let found = judgement.posterior / (1 - judgement.posterior)
      #expect(abs(odds.1 * exponential(odds.0) / found - 1) < 1e-9)
    }
  }

  private func exponential(_ x: Double) -> Double {
    var sum = 1.0
    var term = 1.0
    for k in 1..<200 {
      term *= x / 64 / Double(k)
      sum += term
    }
    return (0..<6).reduce(sum) { value, _ in value * value }
  }

  @Test func `registered firms explain what they can, and not a meter without a firm`() throws {
    func posterior(_ screen: DarkScreen) throws -> DarkJudgement {
      try #require(screen.judgements.first { $0.evidence.cell == region.cells[900] })
    }
    let alone = try posterior(DarkScreen(cells()))
    let firms = try posterior(DarkScreen(cells(firms: 20)))
    let explained = try posterior(DarkScreen(cells(explained: 0.95)))
    #expect(firms.posterior < alone.posterior && explained.posterior < alone.posterior)
    #expect(firms.logRatios[0] < alone.logRatios[0] && firms.logRatios[3] < alone.logRatios[3])
    // The meter's own part changes only with what is learned of the background.
    #expect(alone.logRatios[1] - firms.logRatios[1] < (alone.logRatios[0] - firms.logRatios[0]) / 2)
  }

  @Test func `a county without a listed meter is not observed for load, a listed one is throughout`() {
    var inputs = DarkInputs(region: region)
    inputs.meters = [(point: lattice.centre(of: region.cells[0]), isFlagged: true)]
    inputs.hot = [(cell: region.cells[1], isHot: true, z: nil), (cell: region.cells[2], isHot: false, z: nil)]
    let cells = inputs.evidence(DarkRules())
    #expect(cells[0].signs == [nil, true, nil, nil] && cells[1].signs == [true, false, nil, nil])
    #expect(cells[2].signs == [false, false, nil, nil] && cells[30].signs == [nil, nil, nil, nil])
    #expect(cells.map(\.cell) == region.cells)
  }

  @Test func `a day without evidence has no suspects`() {
    let quiet = region.cells.map {
      DarkEvidence(cell: $0, signs: [false, nil, false, false], explainedShare: nil, firms: 0)
    }
    let screen = DarkScreen(quiet)
    #expect(screen.judgements.isEmpty && screen.suspects.isEmpty && screen.background[1] == nil)
    #expect(DarkScreen([]).judgements.isEmpty)
  }

  @Test func `a lead says what meets and never more`() throws {
    let suspect = try #require(DarkScreen(cells()).suspects.first)
    let days = LocalDay(ordinal: 17_490)...LocalDay(ordinal: 17_499)
    let lead = try #require(suspect.lead(days: days, sources: [LeadSource(file: "f.csv", fileHash: "", line: 3)]))
    #expect(lead.kind == .darkEmitter && lead.cell == region.cells[400] && lead.sources.count == 1)
    #expect(lead.statement.contains("factory-like load") && lead.statement.contains("complaints"))
    #expect(!(lead.statement + lead.disproof).lowercased().contains("violat"))
    let silent = DarkScreen(cells()).judgements.first { $0.abstention != nil }
    #expect(silent?.lead(days: days, sources: []) == nil)
  }

  @Test func `the flank of a hotter cell was not observed, a plain hot cell is`() {
    var inputs = DarkInputs(region: region)
    inputs.hot = [
      (cell: region.cells[51], isHot: true, z: 9), (cell: region.cells[52], isHot: true, z: 4),
      (cell: region.cells[53], isHot: false, z: 2), (cell: region.cells[400], isHot: true, z: 3),
    ]
    let cells = inputs.evidence(DarkRules())
    #expect([51, 52, 53, 400].map { cells[$0].signs[0] } == [true, nil, false, true])
  }

  @Test func `firms of other industries and next door explain a part`() {
    var inputs = DarkInputs(region: region)
    inputs.firms = region.cells.indices.map { $0 == 51 ? 1 : 0 }
    inputs.otherFirms = region.cells.indices.map { $0 == 52 ? 1 : 0 }
    let cells = inputs.evidence(DarkRules())
    // Own firms apart; other industries half, the eight cells around a tenth of each.
    #expect(cells[51].firms == 1 && abs(cells[51].otherFirms - 0.05) < 1e-12)
    #expect(cells[52].firms == 0 && abs(cells[52].otherFirms - 0.6) < 1e-12)
    #expect(abs(cells[53].otherFirms - 0.05) < 1e-12)
  }

  @Test func `without drawn visits there are lower bounds and no upper one`() throws {
    func unit(_ history: Int, _ county: Int, _ chance: Double) -> UnseenSources.Unit {
      UnseenSources.Unit(history: history, county: county, chance: chance)
    }
    var units: [UnseenSources.Unit] = []
    for (history, count) in [(1, 20), (2, 15), (3, 10)] {
      for _ in 0..<count { units.append(unit(history, 0, 1)) }
    }
    units += [unit(3, 1, 0.9), unit(1, 1, 0.97)]
    let rows = UnseenSources().estimates(units, region: region)
    #expect(rows.map(\.level) == [.county, .county, .city, .region])
    #expect(rows.allSatisfy { $0.total == nil && $0.upper == nil })
    // 45 certain cells and the lower end about Chao's bound: 3/4 · 35 · 34 / (2 · 11) = 40.57 unseen with four lists.
    #expect(rows[0].observed == 45 && rows[0].atLeast > 55 && rows[0].atLeast < 45 + 40.57)
    // Both of two cells with 0.9 · 0.97 = 0.873; one at least with 0.997.
    #expect(rows[1].atLeast == 1)
  }

  @Test func `a county of which no cell could be drawn has no interval`() throws {
    var design = UnseenSources.Design(unsignedCells: [900, 0], sensitivity: VisitSensitivity(assumed: 0.6))
    for k in 0..<90 { design.visits.append((county: 0, probability: 0.1, isFind: k < 3, hasSign: false)) }
    let units = [UnseenSources.Unit(history: 3, county: 1, chance: 0.8)]
    let rows = UnseenSources().estimates(units, region: region, design: design)
    #expect(rows.map(\.level) == [.county, .county, .city, .region])
    #expect(rows[0].upper != nil && rows[1].upper == nil && rows[1].total == nil)
    // Three finds of weight 10, each visit finding six of ten.
    #expect(abs((rows[3].total ?? 0) - 50) < 1e-9 && (rows[3].lower ?? 9) >= 3)
  }

  @Test func `a weighted count has the exact Poisson interval when weights are equal`() {
    // Garwood (1936): 10 events have 4.80 to 18.39, none has 0 to 3.69; twice the weight doubles both.
    let ten = UnseenSources.Design.weightedCount([Double](repeating: 2, count: 10), largest: 2, tail: 0.025)
    #expect(ten.sum == 20 && abs(ten.lower - 2 * 4.7954) < 1e-3 && abs(ten.upper - 2 * 18.3904) < 1e-3)
    let none = UnseenSources.Design.weightedCount([], largest: 3, tail: 0.025)
    #expect(none.lower == 0 && abs(none.upper - 3 * 3.6889) < 1e-3)
  }

  @Test func `numbers of cells with chances add up, a sensitivity from pairs has an interval`() throws {
    // Two coins and a certain one: 1, 2, 3 with a quarter, a half, a quarter.
    #expect(numberDistribution([0.5, 1, 0.5]) == [0, 0.25, 0.5, 0.25])
    #expect(
      quantile(ofNumbers: [0, 0.25, 0.5, 0.25], 0.05) == 1 && quantile(ofNumbers: [0, 0.25, 0.5, 0.25], 0.9) == 3)
    // 18 of 42 pairs: q = 3/7, p = 2q/(1 + q) = 0.6. Clopper-Pearson of 18 of 42 at 97.5 %: 0.264 to 0.608 (R, binom.test).
    let counted = try #require(VisitSensitivity(both: 18, one: 24))
    #expect(abs(counted.value - 0.6) < 1e-12 && !counted.isAssumed)
    #expect(counted.lower > 0.40 && counted.lower < 0.44 && counted.upper > 0.73 && counted.upper < 0.78)
    #expect(VisitSensitivity(both: 0, one: 9) == nil && VisitSensitivity(both: 2, one: 1) == nil)
  }

  @Test func `visits confirm, refute and put chances right`() throws {
    let screen = DarkScreen(cells())
    let (a, b) = (region.cells[400], region.cells[900])
    let plain = DarkAssessment(screen, region: region)
    #expect(plain.calibration.shift == 0 && plain.calibration.slope == 1 && plain.design == nil)
    let visits = [DarkVisit(cell: a, isFind: true), DarkVisit(cell: b, isFind: false)]
    let seen = DarkAssessment(screen, visits: visits, region: region)
    #expect(seen.chances[a] == 1 && seen.confirmed == [a] && seen.refuted == [b])
    #expect((seen.chances[b] ?? 1) < (plain.chances[b] ?? 0))
    // Many visits without a find where the model was sure take the others down as well.
    let hot = screen.judgements.filter { $0.evidence.history == 1 }.map(\.evidence.cell)
    let clean = DarkAssessment(
      screen, visits: hot.dropLast().map { DarkVisit(cell: $0, isFind: false) }, region: region)
    let last = try #require(hot.last)
    #expect((clean.chances[last] ?? 1) <= (plain.chances[last] ?? 0))
    // 0.5 before, two visits that each find with 0.6: 0.5 · 0.16 / (0.5 · 0.16 + 0.5).
    #expect(abs(DarkCalibration.refuted(0.5, visits: 2, sensitivity: 0.6) - 0.08 / 0.58) < 1e-12)
  }

  @Test func `the interval of a draw holds the true number about as often as it says`() {
    var random = TestRandom(state: 77)
    var held = 0
    for _ in 0..<200 {
      let truth = Set((0..<60).map { _ in Int(random.uniform(0...1999.999)) })
      var design = UnseenSources.Design(unsignedCells: [1000, 1000], sensitivity: VisitSensitivity(assumed: 0.6))
      for slot in 0..<2000 where random.uniform(0...1) < 0.15 {
        let isFind = truth.contains(slot) && random.uniform(0...1) < 0.6
        design.visits.append((county: slot % 50 < 25 ? 0 : 1, probability: 0.15, isFind: isFind, hasSign: false))
      }
      guard let found = design.total else { continue }
      if Double(truth.count) >= found.lower, Double(truth.count) <= found.upper { held += 1 }
    }
    #expect(held >= 186, "\(held) of 200")
  }
}
