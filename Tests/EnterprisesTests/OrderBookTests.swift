import Enterprises
import Quantities
import Testing

private func day(_ text: String) throws -> LocalDay { try #require(LocalDay(text)) }

private func instant(_ dayText: String, hour: Int = 0) throws -> Instant {
  LocalHour(day: try day(dayText), hourOfDay: hour).start
}

private func enterprise(
  _ code: String = "91130200699229617X", industry: String = "3120", county: String? = "130108",
  grade: PerformanceGrade? = nil
) -> Enterprise {
  Enterprise(
    creditCode: code, name: "synthetic firm", industryCode: industry, position: nil, declared: nil, address: nil,
    countyCode: county, permit: nil, grade: grade, status: nil, line: 2)
}

private func order(
  _ id: String, _ start: Instant, _ end: Instant, _ scope: OrderScope, limit: Double = 100,
  kind: OrderKind = .orange
) -> StopOrder {
  StopOrder(id: id, kind: kind, start: start, end: end, scope: scope, limitPercent: limit, line: 2)
}

@Suite struct OrderBookTests {
  @Test(arguments: [
    (OrderScope.counties(["130108"]), true), (.counties(["130100"]), true), (.counties(["130000"]), true),
    (.counties(["130200"]), false), (.counties(["130109", "130108"]), true), (.counties(["1301"]), true),
    (.industries(["31"]), true), (.industries(["3120"]), true), (.industries(["C3120"]), true),
    (.industries(["3110"]), false), (.industries([""]), false), (.creditCodes(["91130200699229617X"]), true),
    (.creditCodes(["91110000802100433B"]), false),
  ])
  func `a scope reaches the firms it names`(scope: OrderScope, expected: Bool) throws {
    let order = order("O-1", try instant("2017-11-20"), try instant("2017-11-23"), scope)
    #expect(order.binds(enterprise()) == expected)
  }

  @Test func `a firm without county or industry is not reached by guess`() throws {
    let blank = enterprise(industry: "", county: nil)
    let start = try instant("2017-11-20")
    let end = try instant("2017-11-23")
    #expect(!order("O-1", start, end, .counties(["130100"])).binds(blank))
    #expect(!order("O-2", start, end, .industries(["31"])).binds(blank))
  }

  @Test func `an order must end after it starts and ask for something`() throws {
    let start = try instant("2017-11-20")
    let end = try instant("2017-11-23")
    let scope = OrderScope.counties(["130100"])
    let book = OrderBook([
      order("back", end, start, scope), order("empty", start, end, .creditCodes([])),
      order("zero", start, end, scope, limit: 0), order("much", start, end, scope, limit: 101),
      order("nan", start, end, scope, limit: .nan), order("good", start, end, scope, limit: 50),
    ])
    #expect(book.orders.map(\.id) == ["good"])
    #expect(book.refused.map(\.order.id) == ["back", "empty", "zero", "much", "nan"])
  }

  @Test func `the last row of an id amends the earlier ones`() throws {
    let scope = OrderScope.counties(["130100"])
    let book = OrderBook([
      order("O-1", try instant("2017-11-20"), try instant("2017-11-30"), scope),
      order("O-2", try instant("2017-11-21"), try instant("2017-11-22"), scope),
      order("O-1", try instant("2017-11-20"), try instant("2017-11-23"), .counties(["130200"]), limit: 40),
    ])
    #expect(book.amendedCount == 1)
    #expect(book.binding(enterprise()).map { book.orders[$0].id } == ["O-2"])
  }

  @Test func `of overlapping orders the strictest holds at each moment`() throws {
    let scope = OrderScope.counties(["130100"])
    let book = OrderBook([
      order("half", try instant("2017-11-15"), try instant("2018-03-15"), scope, limit: 50, kind: .peakShift),
      order("stop", try instant("2017-12-01", hour: 8), try instant("2017-12-04"), scope, limit: 100),
      order("same", try instant("2017-12-03"), try instant("2017-12-05"), scope, limit: 100),
    ])
    let stretches = book.stretches(of: book.binding(enterprise()))
    #expect(stretches.map { book.orders[$0.order].id } == ["half", "stop", "same", "half"])
    #expect(stretches.map(\.limitPercent) == [50, 100, 100, 50])
    for (stretch, next) in zip(stretches, stretches.dropFirst()) { #expect(stretch.end == next.start) }
    // The stop has its own ramp-down; what follows without a break has none.
    #expect(stretches[1].episodeStart == stretches[1].start)
    #expect(stretches[2].episodeStart == stretches[1].start)
    #expect(stretches[3].episodeStart == stretches[1].start)
  }

  @Test func `separate orders stay separate`() throws {
    let scope = OrderScope.counties(["130108"])
    let book = OrderBook([
      order("first", try instant("2017-11-20"), try instant("2017-11-22"), scope),
      order("second", try instant("2017-12-20"), try instant("2017-12-22"), scope),
    ])
    let stretches = book.stretches(of: [0, 1])
    #expect(stretches.map(\.episodeStart) == stretches.map(\.start))
    #expect(book.stretches(of: []).isEmpty)
  }

  @Test func `a firm of an exempt grade is reached by peak-shift and by name only`() throws {
    let start = try instant("2017-11-20")
    let end = try instant("2017-11-23")
    let book = OrderBook([
      order("alert", start, end, .counties(["130100"]), kind: .red),
      order("season", start, end, .industries(["31"]), kind: .peakShift),
      order("named", start, end, .creditCodes(["91130200699229617X"]), kind: .red),
    ])
    #expect(book.binding(enterprise(grade: .a), exemptGrades: [.a]) == [1, 2])
    #expect(book.binding(enterprise(grade: .b), exemptGrades: [.a]) == [0, 1, 2])
    #expect(book.binding(enterprise(grade: .a)) == [0, 1, 2])
  }
}

@Suite struct IndustryClassTests {
  @Test func `the working list holds the sectors of the campaign`() {
    let classes = IndustryClass.standard
    for code in ["2521", "3120", "C3041", "3021", "2651", "3670", "", "30"] {
      #expect(classes.isAirRelated(code), "\(code)")
    }
    for code in ["6510", "5211", "0111", "39"] { #expect(!classes.isAirRelated(code), "\(code)") }
    for code in ["2521", "3041", "3051", "3120"] { #expect(classes.hasSafetyLoad(code), "\(code)") }
    for code in ["30", "", "2110", "3130"] { #expect(!classes.hasSafetyLoad(code), "\(code)") }
  }
}

@Suite struct LoadDayTests {
  @Test func `missing quarter hours are scaled up, and too many of them leave no day`() throws {
    var energy = [Float](repeating: 2, count: 96)
    for step in 0..<24 { energy[step] = .nan }
    let load = LoadDay(
      meter: 0, circuit: .total, day: try day("2017-11-21"), energyKilowattHours: energy, isHourly: false,
      firstLine: 2)
    #expect(load.knownSteps == 72)
    #expect(load.knownKilowattHours == 144)
    #expect(load.dailyKilowattHours(minimumKnownShare: 0.75) == 192)
    #expect(load.dailyKilowattHours(minimumKnownShare: 0.76) == nil)
  }

  @Test func `a quarter hour is labelled by its beginning in Beijing time`() throws {
    let quarter = QuarterHour(day: try day("2017-11-21"), step: 33)
    #expect(quarter.description == "2017-11-21T08:15")
    #expect(quarter.step == 33)
    #expect(QuarterHour(containing: quarter.start) == quarter)
    #expect(QuarterHour(containing: Instant(secondsSinceEpoch: quarter.start.secondsSinceEpoch + 899)) == quarter)
    #expect(QuarterHour(containing: Instant(secondsSinceEpoch: -1)).description == "1970-01-01T07:45")
  }
}
