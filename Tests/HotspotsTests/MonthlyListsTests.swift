import Grids
import Quantities
import Testing

@testable import Hotspots

@Suite struct MonthlyListsTests {
  private let shijiazhuang = City(code: "130100", name: "石家庄市")
  private let tianjin = City(code: "120000", name: "天津市")
  private var cities: CellCities {
    CellCities((0..<6).map { (cell($0, 0), $0 < 4 ? shijiazhuang : tianjin) })
  }

  private func month(_ text: String, _ values: [Int32: Double], days: Int32 = 30) throws -> MonthlyField {
    let field = field(values.map { (cell($0.key, 0), $0.value) })
    return MonthlyField(
      month: try #require(LocalMonth(text)), field: field, days: [Int32](repeating: days, count: field.count))
  }

  @Test func `each city gets its highest and its two worst changes`() throws {
    let lists = MonthlyLists(
      month: LocalMonth(year: 2017, month: 11),
      fields: [
        try month("2017-11", [0: 100, 1: 90, 2: 80, 3: 70, 4: 60, 5: 50]),
        try month("2016-11", [0: 120, 1: 90, 2: 50, 3: 70, 4: 60, 5: 10]),
        try month("2017-10", [0: 90, 1: 30, 2: 70, 3: 69, 4: 66, 5: 51]),
      ], cities: cities)
    #expect(lists.gaps.isEmpty)
    #expect(lists.rows.map(\.city) == [tianjin, tianjin, tianjin, shijiazhuang, shijiazhuang, shijiazhuang])
    #expect(lists.rows.map(\.cell.column) == [4, 5, 5, 0, 2, 1])
    #expect(lists.rows.map(\.kind) == MonthlyLists.Kind.allCases + MonthlyLists.Kind.allCases)
    #expect(lists.rows[4].change == 0.6)
    #expect(lists.rows[2].change == -1.0 / 51)
    #expect(lists.rows.allSatisfy { $0.rank == 1 && !$0.isTied && !$0.straddlesReferenceChange })
  }

  @Test func `ties are all listed and marked`() throws {
    let lists = MonthlyLists(
      month: LocalMonth(year: 2017, month: 11), k: 2, fields: [try month("2017-11", [0: 90, 1: 100, 2: 90, 3: 90])],
      cities: cities)
    let highest = lists.rows.filter { $0.kind == .highestMean }
    #expect(highest.map(\.cell.column) == [1, 0, 2, 3])
    #expect(highest.map(\.rank) == [1, 2, 2, 2])
    #expect(highest.map(\.isTied) == [false, true, true, true])
  }

  @Test func `months with too few days are reported, not ranked`() throws {
    let fields = [
      try month("2017-11", [0: 100, 1: 90], days: 27), try month("2016-11", [0: 50], days: 26),
      try month("2017-10", [0: 80, 1: 80], days: 27),
    ]
    let lists = MonthlyLists(month: LocalMonth(year: 2017, month: 11), fields: fields, cities: cities)
    #expect(lists.rows.map(\.kind) == [.highestMean, .worstMonthOnMonth])
    #expect(
      lists.gaps == [
        .init(city: shijiazhuang, kind: .worstYearOnYear, cells: 1, reason: "fewer than 27 days in 2016-11"),
        .init(city: shijiazhuang, kind: .worstYearOnYear, cells: 1, reason: "no value in 2016-11"),
      ])
    let satellite = MonthlyLists(
      month: LocalMonth(year: 2017, month: 11), fields: fields, cities: cities, validity: .days(10))
    #expect(satellite.rows.count == 3)
  }

  @Test func `February needs 25 days`() {
    #expect(MonthValidity.standard.leastDays(in: LocalMonth(year: 2018, month: 2)) == 25)
    #expect(MonthValidity.standard.leastDays(in: LocalMonth(year: 2018, month: 3)) == 27)
    #expect(MonthValidity.share(0.5).leastDays(in: LocalMonth(year: 2018, month: 3)) == 16)
    #expect(MonthValidity("days:12")?.description == "days:12")
    for text in ["days:0", "share:2", "standard:1", "none", ""] { #expect(MonthValidity(text) == nil) }
  }

  @Test(arguments: [
    ("2018-08", false, false), ("2018-09", true, true), ("2019-08", true, false), ("2019-09", false, false),
  ])
  func `pairs on both sides of September 2018 are marked`(text: String, yearOnYear: Bool, monthOnMonth: Bool) throws {
    let now = try #require(LocalMonth(text))
    let lists = MonthlyLists(
      month: now,
      fields: [
        try month(text, [0: 10]), try month(now.advanced(by: -12).description, [0: 9]),
        try month(now.advanced(by: -1).description, [0: 9]),
      ], cities: cities)
    #expect(lists.rows.map(\.straddlesReferenceChange) == [false, yearOnYear, monthOnMonth])
  }

  @Test func `a comparison value of 0 is no base for a change`() throws {
    let lists = MonthlyLists(
      month: LocalMonth(year: 2017, month: 11),
      fields: [try month("2017-11", [0: 10]), try month("2017-10", [0: 0])], cities: cities)
    #expect(lists.gaps.map(\.reason) == ["no value in 2016-11", "the value in 2017-10 is not positive"])
  }

  @Test func `a monthly mean weighs every day the same`() throws {
    let month = LocalMonth(year: 2017, month: 11)
    let days = (0..<30).map { day in
      (
        day: month.firstDay.advanced(by: day),
        field: field([(cell(0, 0), Double(day)), (cell(1, day % 2 == 0 ? 0 : 1), 4)])
      )
    }
    let outside = (day: month.lastDay.advanced(by: 1), field: field([(cell(0, 0), 1e6)]))
    let mean = MonthlyField(month: month, days: days.reversed() + [outside])
    #expect(mean.field.cells == [cell(0, 0), cell(1, 0), cell(1, 1)])
    #expect(mean.field.values == [14.5, 4, 4])
    #expect(mean.days == [30, 15, 15])
  }

  @Test func `cells outside every city are in no list`() throws {
    let lists = MonthlyLists(
      month: LocalMonth(year: 2017, month: 11), fields: [try month("2017-11", [9: 500])], cities: cities)
    #expect(lists.rows.isEmpty && lists.gaps.isEmpty)
  }

  @Test func `the top of a city lists ties with its last place`() {
    let values = field([(0, 5.0), (1, 9), (2, 5), (3, 1), (4, 2), (9, 99)].map { (cell($0.0, 0), $0.1) })
    let rows = CityTop.top(2, of: values, cities: cities)
    #expect(rows.map(\.cell.column) == [4, 1, 0, 2])
    #expect(rows.map(\.rank) == [1, 1, 2, 2])
    #expect(rows.map(\.isTied) == [false, false, true, true])
    #expect(CityTop.top(0, of: values, cities: cities).isEmpty)
  }

  @Test func `a cell belongs to the city of its home county`() {
    let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
    let counties = [
      County(code: "120101", name: "和平区", cityCode: "120000", cityName: "天津市", provinceName: "天津市"),
      County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
    ]
    let region = Region(
      name: "test", lattice: lattice, counties: counties, cells: [cell(0, 0), cell(1, 0)], shareStarts: [0, 2, 3],
      shareCounties: [1, 0, 0], shares: [0.6, 0.4, 1])
    let cities = CellCities(region: region)
    #expect(cities.city(of: cell(0, 0)).map { cities.cities[$0] } == shijiazhuang)
    #expect(cities.city(of: cell(1, 0)).map { cities.cities[$0] } == tianjin)
    #expect(cities.city(of: cell(2, 0)) == nil)
  }
}
