import Enterprises
import Evidence
import Geometry
import Grids
import Inspections
import Quantities
import Ranking
import Sampling
import Testing

/// Two synthetic counties of two cities on 4 x 2 cells of 3 km.
private enum World {
  static let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
  static let region = Region(
    name: "test", lattice: lattice,
    counties: [
      County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
      County(code: "370102", name: "历下区", cityCode: "370100", cityName: "济南市", provinceName: "山东省"),
    ],
    cells: (0..<2).flatMap { row in (0..<4).map { CellID(sizeMetres: 3000, column: $0, row: Int32(row)) } },
    shareStarts: (0...8).map(Int32.init), shareCounties: (0..<8).map { $0 % 4 < 2 ? 0 : 1 },
    shares: [Double](repeating: 1, count: 8))

  static func cell(_ column: Int32, _ row: Int32) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }

  static func firm(_ number: Int, industry: String = "3130", status: String? = "存续", county: String? = nil)
    -> Enterprise
  {
    Enterprise(
      creditCode: CreditCode.make(areaCode: "130108", number: number).text, name: "synthetic firm \(number)",
      industryCode: industry, position: nil, declared: nil, address: nil, countyCode: county, permit: nil, grade: nil,
      status: status, line: 2)
  }

  static func lead(
    _ kind: LeadKind, cell: CellID? = nil, code: String? = nil, meter: String? = nil, strength: Double = 1
  ) -> Lead {
    Lead(
      kind: kind, cell: cell, creditCode: code, meterID: meter, firstDay: LocalDay(ordinal: 17490),
      lastDay: LocalDay(ordinal: 17490), strength: strength, statement: "Something was seen.",
      disproof: "Something innocent.", numbers: [LeadNumber("value", 1, "µg/m³")],
      sources: [LeadSource(file: "a.csv", fileHash: "00", line: 1)])
  }
}

@Suite struct ScoringTests {
  let firms = (1...4).map { World.firm($0) }
  /// In cell 0,0; in cell 0,0; in cell 1,0, 300 m east of the edge of 0,0; in cell 3,1.
  let points: [PlanePoint?] = [
    PlanePoint(x: 100, y: 100), PlanePoint(x: 2000, y: 1500), PlanePoint(x: 3300, y: 1500),
    PlanePoint(x: 10_000, y: 5000),
  ]

  /// The standard policy without stakes, so that points can be added in the head.
  private static let plain = {
    var policy = Policy.standard
    policy.score.severity.most = 1
    return policy
  }()

  private func targets(
    _ leads: [Lead], meters: [Meter] = [], meterPoints: [PlanePoint?] = [], history: VisitHistory? = nil,
    policy: Policy = plain
  ) -> [RankedTarget] {
    Scoring.targets(
      TargetSources(
        enterprises: firms, enterprisePoints: points, meters: meters, meterPoints: meterPoints, leads: leads,
        region: World.region, history: history),
      policy: policy)
  }

  @Test func `every active air-related firm has a score, with or without leads`() {
    let all = targets([])
    #expect(all.map(\.id) == firms.map { "E-\($0.creditCode)" }.sorted())
    #expect(all.allSatisfy { $0.score == 0.3 && $0.parts.map(\.name) == ["base"] })
  }

  @Test func `a score is the sum of its parts, and a part stops at its cap`() throws {
    let code = firms[3].creditCode
    let leads = [
      World.lead(.stopOrderLoad, code: code, meter: "M1", strength: 0.8),
      World.lead(.stopOrderLoad, code: code, meter: "M2", strength: 0.9), World.lead(.treatmentOff, code: code),
    ]
    let target = try #require(targets(leads).first)
    #expect(target.id == "E-\(code)")
    #expect(target.parts.map(\.name) == ["base", "stop-order-load", "treatment-off"])
    #expect(target.parts.map(\.points) == [0.3, 15, 12])  // 12 x 0.8 + 12 x 0.9 = 20.4 stops at 15
    #expect(target.score == 27.3)
    #expect(target.leads.count == 3)
  }

  @Test func `an alarm reaches firms in its cell and near it, and falls with distance`() throws {
    let all = targets([World.lead(.localOutlier, cell: World.cell(0, 0))])
    func points(_ firm: Int) -> Double? {
      all.first { $0.id == "E-\(firms[firm].creditCode)" }?.parts.first { $0.name == "local-outlier" }?.points
    }
    #expect(points(0) == 6)
    #expect(points(1) == 6)
    let near = try #require(points(2))
    #expect(abs(near - 6 * (1 - 300.0 / 1500)) < 1e-12)
    #expect(points(3) == nil)
    let told = try #require(all.first { $0.id == "E-\(firms[2].creditCode)" }?.leads.first)
    #expect(told.creditCode == firms[2].creditCode)
    #expect(told.numbers.first { $0.name == "distance" }?.value == 300)
    #expect(told.statement.contains("0.3 km from this cell, to the east"))
  }

  @Test func `a hot cell is a target when it has an alarm or when no firm stands in it`() {
    let all = targets([
      World.lead(.localOutlier, cell: World.cell(0, 0)), World.lead(.hotspot, cell: World.cell(1, 0)),
      World.lead(.hotspot, cell: World.cell(2, 0)), World.lead(.hotspot, cell: World.cell(99, 99)),
    ])
    let cells = all.filter { $0.kind == .cell }
    #expect(cells.map(\.id) == ["C-3000-0-0", "C-3000-2-0"])
    #expect(cells.map(\.countyCode) == ["130108", "370102"])
  }

  @Test func `a meter without a firm is a target, a meter of a firm speaks for the firm`() {
    let meters = [
      Meter(id: "free", creditCode: nil, tariff: "residential", position: nil, declared: nil, line: 2),
      Meter(id: "owned", creditCode: firms[0].creditCode, tariff: "industrial", position: nil, declared: nil, line: 3),
      Meter(id: "quiet", creditCode: nil, tariff: "residential", position: nil, declared: nil, line: 4),
    ]
    let all = targets(
      [
        World.lead(.unregisteredLoad, meter: "free"),
        World.lead(.treatmentOff, code: firms[0].creditCode, meter: "owned"),
        World.lead(.localOutlier, cell: World.cell(3, 1), strength: 0.5),
      ], meters: meters, meterPoints: [PlanePoint(x: 9500, y: 3500), nil, PlanePoint(x: 9500, y: 3500)])
    let free = all.filter { $0.kind == .unregisteredMeter }
    #expect(free.map(\.id) == ["M-free"])
    #expect(free.first?.parts.map(\.name) == ["base", "local-outlier", "unregistered-load"])
    #expect(all.first { $0.id == "E-\(firms[0].creditCode)" }?.parts.last?.points == 12)
  }

  @Test func `closed firms and other trades are targets only with a lead of their own`() {
    let others = [
      World.firm(11, status: "注销"), World.firm(12, industry: "6510"), World.firm(13, status: "吊销"),
      World.firm(14, industry: "6510"),
    ]
    let all = Scoring.targets(
      TargetSources(
        enterprises: others, enterprisePoints: others.map { _ in points[0] }, meters: [], meterPoints: [],
        leads: [
          World.lead(.unregisteredLoad, code: others[2].creditCode),
          World.lead(.treatmentOff, code: others[3].creditCode),
        ], region: World.region), policy: .standard)
    #expect(Set(all.map(\.name)) == [others[2].name, others[3].name])
  }

  @Test func `firms outside the region stay out, firms without a position go by the register's county`() {
    let others = [World.firm(21), World.firm(22, county: "370102"), World.firm(23, county: "440100"), World.firm(24)]
    let all = Scoring.targets(
      TargetSources(
        enterprises: others, enterprisePoints: [PlanePoint(x: 1e6, y: 1e6), nil, nil, nil], meters: [], meterPoints: [],
        leads: [], region: World.region), policy: .standard)
    #expect(Set(all.map(\.name)) == [others[1].name, others[3].name])
    let frame = FrameBuilding.frame(all, policy: .standard, region: World.region)
    #expect(Set(frame.map(\.stratum)) == ["370100", ""])
  }

  @Test func `the order does not depend on the order of the leads`() {
    var leads = [World.lead(.localOutlier, cell: World.cell(0, 0)), World.lead(.hotspot, cell: World.cell(0, 0))]
    leads += firms.map { World.lead(.treatmentOff, code: $0.creditCode, strength: 0.5) }
    let forward = targets(leads)
    let backward = targets(leads.reversed())
    #expect(forward.map(\.id) == backward.map(\.id))
    #expect(forward.map(\.score) == backward.map(\.score))
    #expect(zip(forward, forward.dropFirst()).allSatisfy { $0.score >= $1.score })
  }

  @Test func `the frame gives everybody at least the floor`() throws {
    let firms = (1...200).map { World.firm($0) }
    let leads = firms.prefix(5).map { World.lead(.stopOrderLoad, code: $0.creditCode) }
    let targets = Scoring.targets(
      TargetSources(
        enterprises: firms, enterprisePoints: firms.map { _ in points[0] }, meters: [], meterPoints: [],
        leads: Array(leads), region: World.region), policy: .standard)
    var policy = Policy.standard
    policy.draw.floorProbability = 0.04
    let units = FrameBuilding.frame(targets, policy: policy, region: World.region)
    #expect(units.map(\.id) == targets.map(\.id))
    #expect(units.map(\.score) == targets.map(\.score))
    #expect(units.allSatisfy { $0.stratum == "130100" && $0.minimumProbability == 0.04 })
    // What quotas and spread draws need: the groups and the centre of the 3 km cell.
    #expect(units.allSatisfy { $0.county == "130108" && $0.city == "130100" && $0.unitClass == "enterprise" })
    #expect(units.allSatisfy { abs(($0.position?.x ?? .infinity) - (points[0]?.x ?? 0)) <= 1500 })
    let probabilities = try Frame(units).inclusionProbabilities(size: 10)
    #expect(probabilities.allSatisfy { $0 >= 0.04 - 1e-12 })
    #expect(abs(probabilities.reduce(0, +) - 10) < 1e-9)
    policy.draw.strata = .none
    #expect(FrameBuilding.frame(targets, policy: policy, region: World.region).allSatisfy { $0.stratum.isEmpty })
  }
}
