import Geometry
import Grids
import Quantities
import Testing

@testable import Hotspots

@Suite struct OfficialListsTests {
  static func cell(_ column: Int32, _ row: Int32 = 0) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }
  private static let cities = CellCities(
    (0..<Int32(10)).map {
      (cell($0), $0 < 7 ? City(code: "130100", name: "A") : City(code: "130200", name: "B"))
    })

  private static func means(_ values: [Double], periods: [Int32]? = nil) -> CellField {
    CellField(
      cells: values.indices.map { cell(Int32($0)) }, values: values, variances: values.map { _ in .nan },
      counts: periods ?? values.map { _ in 12 }, coverages: values.map { _ in .nan })
  }

  @Test func `the top of a region, ties with the last listed and marked`() {
    let chosen = AnnualSelection(
      Self.means([5, 9, 7, 7, 3, 1, 2, 8, 7, 4, 99]), leastPeriods: 12, cities: Self.cities, size: .cells(3),
      arena: .region)
    #expect(chosen.rows.map(\.cell) == [1, 7, 2, 3, 8].map { Self.cell($0) })
    #expect(chosen.rows.map(\.rank) == [1, 2, 3, 3, 3])
    #expect(chosen.rows.map(\.isTied) == [false, false, true, true, true])
    // The eleventh cell is in no city.
    #expect(chosen.outside == 1 && chosen.ranked == 10 && chosen.tooFew == 0)
    #expect(chosen.rows[1].city.name == "B")
  }

  @Test func `the top share of each city, and a number shared among cities`() {
    let field = Self.means([5, 9, 7, 6, 3, 1, 2, 8, 7, 4])
    let share = AnnualSelection(field, leastPeriods: 12, cities: Self.cities, size: .share(0.25), arena: .city)
    // A quarter of 7 and of 3, rounded up.
    #expect(share.rows.map(\.cell) == [1, 2, 7].map { Self.cell($0) } && share.rows.map(\.rank) == [1, 2, 1])
    let shared = AnnualSelection(field, leastPeriods: 12, cities: Self.cities, size: .cells(4), arena: .city)
    #expect(shared.rows.map(\.cell) == [1, 2, 3, 7].map { Self.cell($0) })
    #expect(
      AnnualSelection.quotas(4, among: [7, 3]) == [3, 1] && AnnualSelection.quotas(5, among: [3, 3, 3]) == [2, 2, 1])
    #expect(
      AnnualSelection.quotas(50, among: [7, 3]) == [7, 3] && AnnualSelection.quotas(5, among: [0, 0]) == [0, 0])
    // The ministry's numbers: 3,600 of 36,793.
    #expect(AnnualSelection.quotas(3600, among: [20_000, 16_793]) == [1957, 1643])
  }

  @Test func `cells with too few periods are counted and not ranked`() {
    let chosen = AnnualSelection(
      Self.means([5, 9, 7], periods: [12, 11, 12]), leastPeriods: 12, cities: Self.cities, size: .cells(5),
      arena: .region)
    #expect(chosen.rows.map(\.cell) == [Self.cell(2), Self.cell(0)] && chosen.tooFew == 1)
  }

  private static func months(_ numbers: [Int]) -> [(cell: CellID, month: LocalMonth)] {
    numbers.map { (cell(1), LocalMonth(year: 2017, month: 1).advanced(by: $0 - 1)) }
  }

  @Test(arguments: [
    // Months of alerts counted from January 2017, last month, running, in the window, month reached, now.
    ([10, 11, 12], 12, 3, 3, 12, true), ([10, 12], 12, 1, 2, 0, false), ([8, 9, 10], 12, 0, 3, 10, false),
    ([1, 3, 5, 7, 9, 11], 11, 1, 6, 11, true), ([1, 3, 5, 7, 9, 13], 13, 1, 5, 0, false),
    ([10, 11, 11, 12, 12], 12, 3, 3, 12, true), ([11, 12, 13], 12, 2, 2, 0, false),
    ([12, 13, 14, 15], 15, 4, 4, 14, true),
    ([2, 4, 6, 8, 10, 12, 14], 14, 1, 6, 12, true),
  ])
  func `three running or six within a year`(
    alerts: [Int], last: Int, running: Int, within: Int, reached: Int, now: Bool
  ) throws {
    let end = LocalMonth(year: 2017, month: 1).advanced(by: last - 1)
    let standing = try #require(StrikeRule().standings(Self.months(alerts), last: end).first)
    #expect(standing.running == running && standing.withinWindow == within && standing.isReachedNow == now)
    #expect(standing.reached == (reached == 0 ? nil : LocalMonth(year: 2017, month: 1).advanced(by: reached - 1)))
  }

  @Test func `an alarm must come back`() throws {
    let rule = try #require(AlarmPersistence("2/3"))
    var memory = AlarmPersistence.Memory(rule)
    let raised = [true, false, true, true, false, false, true]
    let found = raised.map { memory.take(Self.cell(1), isAlarm: $0) }
    #expect(found.map(\.persists) == [false, false, true, true, false, false, false])
    #expect(found.map(\.alarms) == [1, 1, 2, 2, 2, 1, 1] && found.map(\.periods) == [1, 2, 3, 3, 3, 3, 3])
    #expect(memory.take(Self.cell(2), isAlarm: true).alarms == 1)
    for text in ["", "3", "0/4", "5/4", "1/65", "a/b", "1/2/3", "-1/2"] { #expect(AlarmPersistence(text) == nil) }
    var long = AlarmPersistence.Memory(try #require(AlarmPersistence("64/64")))
    for k in 0..<70 { #expect(long.take(Self.cell(1), isAlarm: true).persists == (k >= 63)) }
  }
}

@Suite struct MapComparisonTests {
  private static func map(_ rows: [String]) -> [(cell: CellID, category: Int)] {
    rows.enumerated().flatMap { row, text in
      text.enumerated().compactMap { column, character in
        character == "."
          ? nil
          : (
            CellID(sizeMetres: 3000, column: Int32(column), row: Int32(row)),
            character == "+" ? 1 : character == "-" ? -1 : 0
          )
      }
    }
  }

  @Test func `by hand`() throws {
    // Four cells: hot against hot, hot against neither, neither against neither twice.
    let a = Self.map(["++oo"])
    let b = Self.map(["+ooo"])
    let found = MapComparison(a, b, halvingSteps: 0, permutations: 400, seed: 1)
    #expect(found.cells == 4 && found.agreement == 0.75 && found.jaccard == 0.5 && found.similarity == 0.75)
    // Chance: 2/4 · 1/4 + 2/4 · 3/4 = 1/2.
    #expect(abs(try #require(found.cohensKappa) - 0.5) < 1e-12)
    // Dealt anew the one hot cell falls on each of four: agreement 3/4 for two of them, 1/4 for the others.
    #expect(abs(found.expected - 0.5) < 4 * found.expectedStandardError + 1e-9)
    // With distance the second cell finds its class one step away in the other map, membership 1/2; the other way round too.
    let near = MapComparison(a, b, halvingSteps: 1, permutations: 9, seed: 1)
    #expect(abs(near.similarity - (1 + 0.5 + 1 + 1) / 4) < 1e-12)
  }

  @Test func `equal maps are equal, and one class has no kappa`() {
    let a = Self.map(["+o-", "ooo", "-++"])
    let same = MapComparison(a, a, halvingSteps: 1, permutations: 20, seed: 2)
    #expect(same.agreement == 1 && same.similarity == 1 && same.cohensKappa == 1 && same.fuzzyKappa == 1)
    let flat = MapComparison(Self.map(["oo"]), Self.map(["oo"]), halvingSteps: 1, permutations: 5, seed: 1)
    #expect(flat.cohensKappa == nil && flat.fuzzyKappa == nil && flat.jaccard == nil)
    let apart = MapComparison(Self.map(["+."]), Self.map([".+"]), halvingSteps: 1, permutations: 5, seed: 1)
    #expect(apart.cells == 0 && apart.onlyFirst == 1 && apart.onlySecond == 1)
  }

  @Test func `a hotspot that moved by a cell is forgiven in part`() throws {
    let a = Self.map(["oooooooo", "o++ooooo", "o++ooooo", "oooooooo", "oooooooo"])
    let b = Self.map(["oooooooo", "oo++oooo", "oo++oooo", "oooooooo", "oooooooo"])
    let crisp = MapComparison(a, b, halvingSteps: 0, permutations: 99, seed: 1)
    let fuzzy = MapComparison(a, b, halvingSteps: 1, permutations: 99, seed: 1)
    #expect(fuzzy.similarity > crisp.similarity && crisp.similarity == crisp.agreement)
    #expect(try #require(fuzzy.fuzzyKappa) > 0.2)
  }

  @Test func `hotspots stay, move, vanish and appear`() throws {
    func cells(_ places: [(Int32, Int32)]) -> [CellID] { places.map { OfficialListsTests.cell($0.0, $0.1) }.sorted() }
    let earlier = cells([(0, 0), (1, 1), (10, 0), (30, 0), (31, 0)])
    let later = cells([(1, 1), (2, 1), (12, 0), (50, 0)])
    let changes = HotspotChanges(earlier: earlier, later: later, reachMetres: 9000)
    #expect(changes.rows.map(\.fate) == [.stayed, .moved, .vanished, .appeared])
    #expect(changes.rows[0].earlier?.cells.count == 2 && changes.rows[0].later?.cells.count == 2)
    #expect(try #require(changes.rows[1].distanceMetres) == 6000)
    #expect(changes.rows[2].earlier?.cells.count == 2 && changes.rows[3].later?.cells.count == 1)
    #expect(HotspotChanges(earlier: [], later: [], reachMetres: 1).rows.isEmpty)
    let far = HotspotChanges(earlier: cells([(10, 0)]), later: cells([(12, 0)]), reachMetres: 5999)
    #expect(far.rows.map(\.fate) == [.vanished, .appeared])
  }
}
