import Inspections
import Quantities
import Testing

@Suite struct TaskRulesTests {
  static func day(_ text: String) throws -> LocalDay { try #require(LocalDay(text)) }

  static func visit(_ day: String, _ firm: String?, target: String = "t") throws -> VisitRecord {
    let time = LocalHour(day: try Self.day(day), hourOfDay: 10).start
    return VisitRecord(targetID: target, creditCode: firm, time: time, problems: 0, severity: 0)
  }

  static func task(
    _ target: String, _ firm: String?, origin: TaskOrigin = .random, leads: [String] = [], campaign: String? = nil
  ) throws -> InspectionTask {
    InspectionTask(
      targetID: target, creditCode: firm, day: try day("2018-03-01"), origin: origin, leadIDs: leads,
      campaign: campaign)
  }

  @Test func `a calendar year forgets last December and twelve months do not`() throws {
    let visits = [try Self.visit("2017-12-20", "F"), try Self.visit("2018-01-05", "F")]
    let day = try Self.day("2018-03-01")
    let calendar = TaskRules(visitsPerYear: 2).cappedSubjects(visits: visits, on: day)
    #expect(calendar.isEmpty)
    let rolling = TaskRules(visitsPerYear: 2, year: .rolling).cappedSubjects(visits: visits, on: day)
    #expect(rolling.map(\.subject) == ["F"] && rolling.map(\.visits) == [2])
  }

  @Test func `two teams at one gate on one day are one visit, and the day itself does not count`() throws {
    let visits = [
      try Self.visit("2018-01-05", "F"), try Self.visit("2018-01-05", "F"), try Self.visit("2018-03-01", "F"),
    ]
    let rules = TaskRules(visitsPerYear: 1)
    #expect(rules.cappedSubjects(visits: visits, on: try Self.day("2018-03-01")).map(\.visits) == [1])
    #expect(rules.cappedSubjects(visits: visits, on: try Self.day("2018-01-05")).isEmpty)
  }

  @Test func `a lead visit cites its lead and a campaign has a name`() throws {
    let tasks = [
      try Self.task("a", nil, origin: .lead), try Self.task("b", nil, origin: .lead, leads: ["L1"]),
      try Self.task("c", nil, origin: .specialCampaign),
      try Self.task("d", nil, origin: .specialCampaign, campaign: "VOC 2018"), try Self.task("d", nil),
    ]
    let review = TaskRules().review(tasks, visits: [])
    #expect(review.admitted.map(\.targetID) == ["b", "d"])
    #expect(review.refused.map(\.reason) == [.noLeadCited, .noCampaignNamed, .repeated])
  }

  @Test func `visits planned earlier in the list count towards the firm's year`() throws {
    let visits = [try Self.visit("2018-01-05", "F")]
    let tasks = [try Self.task("a", "F"), try Self.task("b", "F"), try Self.task("c", "G")]
    let review = TaskRules(visitsPerYear: 2).review(tasks, visits: visits)
    #expect(review.admitted.map(\.targetID) == ["a", "c"])
    #expect(review.refused.map(\.reason) == [.yearlyCap(visits: 2, cap: 2)])
  }

  @Test func `an exempt origin goes ahead over the cap but still counts`() throws {
    let tasks = [
      try Self.task("a", "F", origin: .lead, leads: ["L"]), try Self.task("b", "F", origin: .lead, leads: ["L"]),
      try Self.task("c", "F"),
    ]
    let review = TaskRules(visitsPerYear: 1, exemptFromYear: [.lead]).review(tasks, visits: [])
    #expect(review.admitted.map(\.targetID) == ["a", "b"])
    #expect(review.refused.map(\.reason) == [.yearlyCap(visits: 2, cap: 1)])
  }

  @Test func `daily caps are kept apart by origin`() throws {
    let tasks = [
      try Self.task("a", nil), try Self.task("b", nil), try Self.task("c", nil, origin: .lead, leads: ["L"]),
    ]
    let review = TaskRules(visitsPerDay: [.random: 1]).review(tasks, visits: [])
    #expect(review.admitted.map(\.targetID) == ["a", "c"])
    #expect(review.refused.map(\.reason) == [.dailyCap(origin: .random, cap: 1)])
  }

  @Test func `an approval counts from its signature and for thirty days`() throws {
    func approval(_ text: String) throws -> Approval {
      Approval(
        targetID: "t", approvedBy: "head", approvedAt: LocalHour(day: try Self.day(text), hourOfDay: 9).start,
        basis: "plan 7")
    }
    let book = ApprovalBook([try approval("2018-02-20")])
    #expect(book.approval(of: "t", on: try Self.day("2018-02-20")) == nil)
    let sameDay = LocalHour(day: try Self.day("2018-02-20"), hourOfDay: 10).start
    #expect(book.approval(of: "t", on: try Self.day("2018-02-20"), before: sameDay) != nil)
    #expect(book.approval(of: "t", on: try Self.day("2018-03-22")) != nil)
    #expect(book.approval(of: "t", on: try Self.day("2018-03-23")) == nil)
    #expect(book.approval(of: "u", on: try Self.day("2018-03-01")) == nil)
  }
}
