import Enterprises
import Geometry
import Grids
import Quantities
import Testing

@testable import Evidence

private let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)

/// 20 x 20 cells; the west half is one county, the east half another.
private let region = Region(
  name: "test", lattice: lattice,
  counties: [
    County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
    County(code: "370102", name: "历下区", cityCode: "370100", cityName: "济南市", provinceName: "山东省"),
  ],
  cells: (0..<20).flatMap { row in
    (0..<20).map { CellID(sizeMetres: 3000, column: $0, row: Int32(row)) }
  },
  shareStarts: (0...400).map(Int32.init), shareCounties: (0..<400).map { $0 % 20 < 10 ? 0 : 1 },
  shares: [Double](repeating: 1, count: 400))

private func firm(
  _ number: Int, name: String? = nil, code: String? = nil, county: String? = "130108", address: String? = nil,
  industry: String = "3110", permit: String? = nil, grade: PerformanceGrade? = .b, status: String? = "存续",
  uncertainty: PositionUncertainty? = nil, declared: DeclaredPosition? = nil
) -> Enterprise {
  Enterprise(
    creditCode: code ?? CreditCode.make(areaCode: "130108", number: number).text, name: name ?? "独一\(number)厂",
    industryCode: industry, position: nil, declared: declared, address: address, countyCode: county, permit: permit,
    grade: grade, status: status, line: Int32(number + 2), uncertainty: uncertainty)
}

@Suite struct FirmPlacesTests {
  @Test func `the chance to be in a cell agrees with SciPy`() throws {
    for reference in try EvidenceReferences.all.get().box_probability {
      let deviation = PositionUncertainty(radiusMetres: reference.radius, origin: .declared).standardDeviationMetres
      let found = FirmPlaces.probability(
        PlanePoint(x: reference.x, y: reference.y), deviation, in: PlaneBox(minX: 0, minY: 0, maxX: 3000, maxY: 3000))
      #expect(abs(found - reference.probability) <= 1e-12 + 1e-9 * reference.probability)
    }
  }

  @Test func `a firm is somewhere, and a wide one in more cells than a surveyed one`() {
    let firms = [
      firm(0, uncertainty: .usual(.surveyed)), firm(1, uncertainty: .usual(.geocoded)),
      firm(2, uncertainty: .usual(.centroid)), firm(3), firm(4, county: nil),
    ]
    let middle = PlanePoint(x: 14_900, y: 31_000)
    let places = FirmPlaces(firms, points: [middle, middle, middle, nil, nil], region: region)
    let sums = firms.indices.map { k in region.cells.reduce(0) { $0 + places.probability(k, in: $1) } }
    for k in 0..<4 { #expect(abs(sums[k] - 1) < 1e-9, "firm \(k)") }
    #expect(sums[4] == 0)
    let home = CellID(sizeMetres: 3000, column: 4, row: 10)
    let chances = firms.indices.map { places.probability($0, in: home) }
    #expect(chances[0] > 0.99 && chances[1] < 0.9 && chances[1] > 0.4)
    // A county of 200 cells is spread evenly.
    #expect(abs(chances[2] - 1.0 / 200) < 1e-12 && abs(chances[3] - 1.0 / 200) < 1e-12)
    let counts = places.expectedCounts { _ in true }
    for (slot, cell) in region.cells.enumerated() {
      let expected = firms.indices.reduce(0) { $0 + places.probability($1, in: cell) }
      // Cells beyond four standard deviations are left out of the counts.
      #expect(abs(counts[slot] - expected) < 1e-4)
    }
  }

  @Test func `rounded, shared and central positions are widened`() {
    let rounded = DeclaredPosition(x: 114.5, y: 38.04, reference: .wgs84)
    let fine = DeclaredPosition(x: 114.512_345, y: 38.043_21, reference: .wgs84)
    // Half the diagonal of 0.01 degrees at 38 degrees north, by hand: 555 m up, 437 m across.
    let metres = rounded.roundingRadiusMetres ?? 0
    #expect(abs(metres - 706.5) < 1)
    #expect(fine.roundingRadiusMetres == nil)
    let firms =
      [firm(0, declared: rounded), firm(1, declared: fine)] + (2..<8).map { firm($0, declared: fine) } + [firm(8)]
    let shared = PlanePoint(x: 500, y: 500)
    let points =
      [PlanePoint(x: 9000, y: 9000), PlanePoint(x: 7000, y: 7000)] + (2..<8).map { _ in shared }
      + [PlanePoint(x: 15_010, y: 29_990)]
    let places = FirmPlaces(
      firms, points: points, region: region,
      countyCentres: [PlanePoint(x: 15_000, y: 30_000), PlanePoint(x: 45_000, y: 30_000)]
    ).places
    #expect(places[0].uncertainty?.radiusMetres == metres && places[1].uncertainty == .usual(.declared))
    #expect(places[2].sharing == 6 && places[2].uncertainty?.radiusMetres == 2000)
    #expect(places[8].isCountyCentre && !places[1].isCountyCentre)
    // The circle of the county's 200 cells.
    #expect(abs((places[8].uncertainty?.radiusMetres ?? 0) - (200 * 9e6 / Double.pi).squareRoot()) < 1)
  }
}

@Suite struct FirmFinderTests {
  @Test func `bearings are from true north and agree with GeographicLib`() throws {
    for reference in try EvidenceReferences.all.get().bearings {
      let found = GroundDirection(
        from: LonLat(longitude: reference.from[0], latitude: reference.from[1]),
        to: LonLat(longitude: reference.to[0], latitude: reference.to[1]))
      #expect(abs(found.bearingDegrees - reference.bearing) < 1e-3)
      #expect(abs(found.distanceMetres - reference.distance) < 1)
    }
  }

  @Test func `grid north leans east of true north by the cone constant times the longitude from the middle`() throws {
    let grid = try Grid(definition: .national2p26)
    let lattice = try grid.lattice(sizeMetres: 3000)
    // A firm due true north of a cell's middle at 116.4 E: grid bearing is -convergence, about -6.6 degrees.
    let here = try #require(grid.cell(at: LonLat(longitude: 116.4, latitude: 39.9), sizeMetres: 3000))
    let middle = grid.projection.inverse(lattice.centre(of: here))
    let north = grid.projection.forward(LonLat(longitude: middle.longitude, latitude: middle.latitude + 0.03))
    let whole = Region(
      name: "one", lattice: lattice, counties: region.counties, cells: [here], shareStarts: [0, 1],
      shareCounties: [0], shares: [1])
    let places = FirmPlaces([firm(0)], points: [north], region: whole)
    let near = FirmFinder(places, projection: grid.projection).firms(within: 5000, of: here)
    let bearing = try #require(near.first?.bearingDegrees)
    #expect(min(bearing, 360 - bearing) < 1e-6)
    let onGrid = PointMap.bearing(from: lattice.centre(of: here), to: north)
    #expect(abs(360 - onGrid - 11.4 * 0.5862) < 0.3)
    let mapped = PointMap([north], lattice: lattice, projection: grid.projection).points(within: 5000, of: here)
    #expect(mapped.first?.bearingDegrees == bearing)
  }

  @Test func `cells that touch at a corner are one hotspot, and a firm inside it is at no distance`() throws {
    func cell(_ column: Int32, _ row: Int32) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }
    let shapes = HotspotShape.connected([cell(2, 2), cell(3, 3), cell(9, 9), cell(2, 2)])
    #expect(shapes.map(\.cells) == [[cell(2, 2), cell(3, 3)], [cell(9, 9)]])
    let grid = try Grid(definition: .national2p26)
    let firms = [firm(0, uncertainty: .usual(.geocoded)), firm(1), firm(2)]
    let points = [PlanePoint(x: 9000, y: 9000), PlanePoint(x: 14_000, y: 10_000), PlanePoint(x: 50_000, y: 50_000)]
    let finder = FirmFinder(FirmPlaces(firms, points: points, region: region), projection: grid.projection)
    let near = finder.firms(within: 3000, of: shapes[0])
    #expect(near.map(\.firm) == [0, 1])
    #expect(near[0].distanceMetres == 0 && near[1].distanceMetres == 2000)
    // On the corner that both cells share: two of four quarters.
    #expect(abs(near[0].probability - 0.5) < 1e-6)
    #expect(finder.firms(within: 3000, of: cell(2, 2)).map(\.firm) == [0])
  }
}

@Suite struct NearDuplicateTests {
  private let names = CompanyName(places: ["河北省", "石家庄市", "裕华区"])

  /// All pairs, one by one: the definition.
  private func slow(_ firms: [Enterprise], _ points: [PlanePoint?], _ rules: NearDuplicates) -> [DuplicatePair] {
    var result: [DuplicatePair] = []
    for a in firms.indices {
      for b in firms.indices where b > a {
        let (x, y) = (Array(firms[a].creditCode.utf8), Array(firms[b].creditCode.utf8))
        var grounds: DuplicateGrounds = []
        if x == y { grounds.insert(.sameCode) }
        if x != y, x[8..<17] == y[8..<17] { grounds.insert(.sameSubject) }
        let differing = (0..<17).filter { x[$0] != y[$0] }
        let isSwap =
          differing.count == 2 && differing[1] == differing[0] + 1 && x[differing[0]] == y[differing[1]]
          && x[differing[1]] == y[differing[0]]
        if differing.count == 1 || isSwap { grounds.insert(.codeOneEdit) }
        var isNear = true
        var distance: Double?
        if let p = points[a], let q = points[b] {
          let metres = ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot()
          distance = metres
          isNear = metres <= rules.withinMetres
        } else if let m = firms[a].countyCode, let n = firms[b].countyCode {
          isNear = m == n
        }
        let (first, second) = (names.key(firms[a].name), names.key(firms[b].name))
        if CompanyName.plain(firms[a].name) == CompanyName.plain(firms[b].name) || (first == second && isNear) {
          grounds.insert(.sameName)
        }
        let digits = { (key: [UInt32]) in key.filter { (0x30...0x39).contains($0) } }
        if first != second, isNear, first.count >= 4 || second.count >= 4, min(first.count, second.count) >= 4,
          digits(first) == digits(second), NearDuplicates.isOneEdit(first, second)
        {
          grounds.insert(.similarName)
        }
        let (m, n) = (CompanyName.plain(firms[a].address ?? ""), CompanyName.plain(firms[b].address ?? ""))
        if m == n, m.count >= 6, isNear, m.contains(where: { (0x30...0x39).contains($0) }) {
          grounds.insert(.sameAddress)
        }
        if !grounds.isEmpty {
          result.append(DuplicatePair(first: a, second: b, grounds: grounds, distanceMetres: distance))
        }
      }
    }
    return result
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `the fast search finds what comparing all pairs finds`(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    var firms: [Enterprise] = []
    let letters = ["宏达", "华北", "永兴", "宏大", "永兴旺", "新1号", "新2号"]
    let trades = ["铸造", "铸件", "建材", "家具"]
    for number in 0..<90 {
      let base = CreditCode.make(
        areaCode: number % 3 == 0 ? "130108" : "130109", number: Int.random(in: 0..<40, using: &random) * 7 + 10_000_000
      )
      var code = Array(base.text)
      if number % 11 == 0 { code[Int.random(in: 2..<17, using: &random)] = "7" }
      if number % 13 == 0 { code.swapAt(10, 11) }
      firms.append(
        firm(
          number,
          name: ["", "河北", "石家庄市"].randomElement(using: &random)! + letters.randomElement(using: &random)!
            + trades.randomElement(using: &random)! + ["厂", "有限公司"].randomElement(using: &random)!,
          code: String(code), county: number % 4 == 0 ? nil : "130108",
          address: number % 5 == 0 ? "裕华路\(Int.random(in: 1..<6, using: &random))号院东侧" : nil))
    }
    let points = firms.indices.map { k -> PlanePoint? in
      k % 6 == 0
        ? nil : PlanePoint(x: random.uniform(0...6000), y: random.uniform(0...6000))
    }
    var rules = NearDuplicates()
    // Every run is small here, so that every pair is asked for.
    rules.largestGroup = 1000
    rules.crowdedAddress = 1000
    let found = rules.pairs(firms, points: points, names: names)
    let expected = slow(firms, points, rules)
    #expect(found == expected)
    #expect(expected.count > 50, "a search that finds nothing proves nothing")
  }

  @Test func `one organisation with two codes and one slip in a code are told from two firms`() throws {
    let first = CreditCode.make(areaCode: "130108", number: 5)
    let moved = "911302" + String(first.text.dropFirst(6))
    let firms = [firm(0, code: first.text), firm(1, code: moved), firm(6), firm(7)]
    let points: [PlanePoint?] = [nil, nil, nil, nil]
    let found = NearDuplicates().pairs(firms, points: points, names: names)
    #expect(found.map(\.grounds) == [[.sameSubject, .codeOneEdit]] || found.map(\.grounds) == [[.sameSubject]])
    #expect(found.map { [$0.first, $0.second] } == [[0, 1]])
  }

  @Test func `neighbours with different numbers in their names are no duplicates`() {
    let firms = (0..<30).map { firm($0, name: "河北永兴铸造\($0)厂") }
    let points = firms.indices.map { PlanePoint(x: Double($0) * 10, y: 0) }
    #expect(NearDuplicates().pairs(firms, points: points, names: names).isEmpty)
  }
}

@Suite struct RegisterCheckTests {
  @Test func `each kind of doubt is found once and told with a remedy`() throws {
    let own = CreditCode.make(areaCode: "130108", number: 3).text
    let firms = [
      firm(0, permit: CreditCode.make(areaCode: "130108", number: 0).text + "001P"), firm(1, permit: "PWX-1"),
      firm(2, permit: own + "001P"), firm(3, permit: own + "001P"), firm(4, industry: "", grade: nil),
      firm(5, industry: "9901", grade: nil), firm(6, permit: nil, grade: nil),
    ]
    let points: [PlanePoint?] = firms.indices.map { $0 == 6 ? nil : PlanePoint(x: 1500 + 40 * Double($0), y: 1500) }
    let check = RegisterCheck(firms, places: FirmPlaces(firms, points: points, region: region))
    let found = check.findings(pairs: [])
    func kinds(_ k: Int) -> [RegisterFindingKind] { found.filter { $0.firm == k }.map(\.kind) }
    #expect(kinds(0) == [])
    #expect(kinds(1) == [.permitForm])
    #expect(kinds(2) == [.permitOfAnother])
    #expect(kinds(3) == [.permitTwice])
    #expect(kinds(4) == [.industryMissing])
    #expect(kinds(5) == [.industryForm])
    #expect(kinds(6) == [.noPosition, .permitMissing, .gradeMissing])
    for finding in found {
      #expect(!finding.statement.isEmpty && !finding.remedy.isEmpty)
      #expect(!(finding.statement + finding.remedy).lowercased().contains("violat"))
    }
  }

  @Test func `meters contradict the register by place, code and load`() throws {
    func code(_ number: Int) -> String { CreditCode.make(areaCode: "130108", number: number).text }
    let firms = [
      firm(0, status: "注销"), firm(1, industry: "5211"), firm(2), firm(3),
      firm(4, uncertainty: PositionUncertainty(radiusMetres: 1000, origin: .geocoded)),
    ]
    let points = firms.map { _ in PlanePoint(x: 1500, y: 1500) }
    func meter(_ id: String, _ code: String?) -> Meter {
      Meter(id: id, creditCode: code, tariff: "residential", position: nil, declared: nil, line: 2)
    }
    let meters = [
      meter("closed", code(0)), meter("shop", code(1)), meter("idle", code(2)), meter("far", code(3)),
      meter("vague", code(4)), meter("nobody", nil), meter("stranger", code(99)), meter("short", nil),
    ]
    let far = PlanePoint(x: 2800, y: 1500)
    let meterPoints: [PlanePoint?] = [nil, nil, nil, far, far, nil, nil, nil]
    func use(_ daily: Double, _ factor: Double, days: Int = 20) -> MeterUse {
      MeterUse(days: days, meanDailyKilowattHours: daily, loadFactor: factor)
    }
    let uses = [
      use(800, 0.5), use(900, 0.8), use(1, 0.3), use(500, 0.6), use(500, 0.6), use(900, 0.8), use(900, 0.8),
      use(900, 0.8, days: 3),
    ]
    let check = RegisterCheck(firms, places: FirmPlaces(firms, points: points, region: region))
    let found = check.findings(meters: meters, meterPoints: meterPoints, uses: uses)
    #expect(
      found.map(\.kind) == [
        .closedWithLoad, .industrialLoad, .registrationWithoutLoad, .meterFar, .meterCodeUnknown, .meterWithoutCode,
      ])
    #expect(found.first { $0.kind == .meterFar }?.value == 1300)
    #expect(
      check.findings(meters: meters, meterPoints: meterPoints, uses: nil).map(\.kind) == [.meterFar, .meterCodeUnknown])
  }

  @Test func `a day with gaps is scaled up and one with too many is left out`() {
    var block = DayLoads(day: .init(ordinal: 17_500))
    func add(_ meter: Int32, _ circuit: Circuit, known: Int) {
      block.append(
        LoadDay(
          meter: meter, circuit: circuit, day: block.day,
          energyKilowattHours: (0..<96).map { $0 < known ? ($0 == 0 ? 4 : 2) : .nan }, isHourly: false, firstLine: 2))
    }
    add(0, .total, known: 96)
    add(1, .production, known: 80)
    add(1, .treatment, known: 80)
    add(2, .total, known: 60)
    let uses = MeterUse.all([block], meterCount: 4)
    #expect(uses[0].meanDailyKilowattHours == 194 && abs((uses[0].loadFactor ?? 0) - 194.0 / 96 / 4) < 1e-12)
    #expect(abs((uses[1].meanDailyKilowattHours ?? 0) - 2 * 162 * 1.2) < 1e-9)
    #expect(uses[2].days == 0 && uses[2].meanDailyKilowattHours == nil && uses[3].days == 0)
  }
}
