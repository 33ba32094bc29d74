import Enterprises
import Evidence
import Geometry
import Grids
import Inspections
import Quantities
import Ranking
import Testing

@Suite struct VisitScoreTests {
  private static let today = LocalDay(ordinal: 17_500)
  private static let region = Region(
    name: "test", lattice: Lattice(originX: 0, originY: 0, sizeMetres: 3000),
    counties: [County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省")],
    cells: [CellID(sizeMetres: 3000, column: 0, row: 0)], shareStarts: [0, 1], shareCounties: [0], shares: [1])
  private static let code = CreditCode.make(areaCode: "130108", number: 7).text

  private static func firm(industry: String = "2110", grade: PerformanceGrade? = nil, permit: String? = nil)
    -> Enterprise
  {
    Enterprise(
      creditCode: code, name: "synthetic firm", industryCode: industry, position: nil, declared: nil, address: nil,
      countyCode: "130108", permit: permit, grade: grade, status: "存续", line: 2)
  }

  private static func lead(_ kind: LeadKind, strength: Double, daysAgo: Int = 1) -> Lead {
    Lead(
      kind: kind, cell: nil, creditCode: code, meterID: nil, firstDay: today.advanced(by: -daysAgo),
      lastDay: today.advanced(by: -daysAgo), strength: strength, statement: "s", disproof: "d", numbers: [], sources: []
    )
  }

  private static func visit(daysAgo: Int, problems: Int, id: String = "E-\(code)", code: String? = nil) -> VisitRecord {
    VisitRecord(
      targetID: id, creditCode: code, time: LocalHour(day: today.advanced(by: -daysAgo), hourOfDay: 9).start,
      problems: problems, severity: 0)
  }

  private func parts(
    _ leads: [Lead] = [], firm: Enterprise = firm(), visits: [VisitRecord]? = [], open: [String: Int] = [:],
    policy: Policy = .standard
  ) -> [String: Double] {
    let target = Scoring.targets(
      TargetSources(
        enterprises: [firm], enterprisePoints: [PlanePoint(x: 10, y: 10)], meters: [], meterPoints: [], leads: leads,
        region: Self.region, history: visits.map { VisitHistory(visits: $0, day: Self.today, openCases: open) }),
      policy: policy
    ).first { $0.kind == .enterprise }
    var result = Dictionary(uniqueKeysWithValues: (target?.parts ?? []).map { ($0.name, $0.points) })
    result["score"] = target?.score
    return result
  }

  private func score(
    _ leads: [Lead] = [], firm: Enterprise = firm(), visits: [VisitRecord]? = [], open: [String: Int] = [:]
  ) -> Double {
    parts(leads, firm: firm, visits: visits, open: open)["score"] ?? -1
  }

  @Test func `without any history no part is made of visits, and a target never visited has the whole weight`() {
    #expect(parts(visits: nil) == ["base": 0.3, "score": 0.3])
    #expect(parts() == ["base": 0.3, "days-since-visit": 0.3, "score": 0.6])
  }

  @Test func `the score never falls with the days since the visit, whatever was found and whatever leads there are`() {
    for problems in [0, 2] {
      for leads in [[], [Self.lead(.treatmentOff, strength: 0.7, daysAgo: 5), Self.lead(.nightShift, strength: 1)]] {
        let scores = (1...400).map { score(leads, visits: [Self.visit(daysAgo: $0, problems: problems)]) }
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
        #expect((scores.last ?? 99) <= score(leads))
      }
    }
  }

  @Test func `the score never falls with the strength of a lead of any kind, visited or not`() {
    for kind in LeadKind.allCases {
      for visits in [[], [Self.visit(daysAgo: 2, problems: 0)], [Self.visit(daysAgo: 2, problems: 1)]] {
        for other in [[], [Self.lead(kind, strength: 0.9, daysAgo: 1)]] {
          let scores = stride(from: 0, through: 1, by: 0.05).map {
            score(other + [Self.lead(kind, strength: $0, daysAgo: 4)], visits: visits)
          }
          #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 }, "\(kind)")
          #expect((scores.last ?? 0) > (scores.first ?? 0) || !other.isEmpty, "\(kind)")
        }
      }
    }
  }

  @Test func `a clean visit answers the leads known when it came and not the newer ones`() {
    let old = Self.lead(.stopOrderLoad, strength: 1, daysAgo: 3)
    let new = Self.lead(.stopOrderLoad, strength: 1, daysAgo: 1)
    let visit = Self.visit(daysAgo: 2, problems: 0)
    let answered = parts([old], visits: [visit])["answered-by-visit"] ?? 0
    // Weight 12, share 0.6, one day of fading over 14.
    #expect(abs(answered + 12 * 0.6 * 0.931_062_779_704_023) < 1e-9)
    #expect(parts([new], visits: [visit])["answered-by-visit"] == nil)
    #expect(parts([old], visits: [Self.visit(daysAgo: 2, problems: 1)])["answered-by-visit"] == nil)
    #expect(score([old], visits: [visit]) < score([old], visits: [Self.visit(daysAgo: 2, problems: 1)]))
  }

  @Test func `cases that are not rectified raise the score up to a cap`() {
    let id = "E-\(Self.code)"
    let points = [0, 1, 2, 3].map { parts(open: [id: $0])["open-cases"] ?? 0 }
    #expect(points == [0, 3, 6, 6])
  }

  @Test func `a visit counts for the firm that was found there, today's and later ones not at all`() {
    let cell = Self.visit(daysAgo: 1, problems: 0, id: "C-3000-0-0", code: Self.code)
    #expect((parts(visits: [cell])["days-since-visit"] ?? 1) < 0.02)
    #expect(parts(visits: [Self.visit(daysAgo: 0, problems: 0)])["days-since-visit"] == 0.3)
    let both = [Self.visit(daysAgo: 3, problems: 0), Self.visit(daysAgo: 3, problems: 2)]
    #expect(parts(visits: both) == parts(visits: both.reversed()))
    #expect(parts(visits: both) == parts(visits: [Self.visit(daysAgo: 3, problems: 2)]))
  }

  @Test func `whichever inspectors went, the score is the same`() {
    func outcome(_ inspectors: [String]) -> Outcome {
      Outcome(
        targetID: "E-\(Self.code)", creditCode: nil,
        time: LocalHour(day: Self.today.advanced(by: -4), hourOfDay: 9).start, inspectorIDs: inspectors, problems: 1,
        severity: 3, notes: inspectors.joined())
    }
    let teams = [[], ["I-1", "I-2"], ["I-9"]]
    let scores = teams.map { score([Self.lead(.treatmentOff, strength: 0.5)], visits: [outcome($0).visit]) }
    #expect(Set(scores).count == 1)
  }

  @Test func `more at stake never lowers a score, and the parts add up to it`() {
    let leads = [Self.lead(.treatmentOff, strength: 0.5)]
    let grades: [PerformanceGrade?] = [.a, .b, .c, .d]
    for permit in [nil, "P"] {
      for industry in ["2110", "3041", "3120"] {
        let scores = grades.map { score(leads, firm: Self.firm(industry: industry, grade: $0, permit: permit)) }
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
    #expect(score(leads, firm: Self.firm(industry: "3120")) == 1.5 * score(leads, firm: Self.firm(industry: "2110")))
    #expect(score(leads, firm: Self.firm(industry: "3120", grade: .d, permit: "P")) == 2 * score(leads))
    let parts = parts(leads, firm: Self.firm(industry: "3041"))
    #expect(abs((parts["severity"] ?? 0) - 0.3 * 6.6) < 1e-12)
  }
}
