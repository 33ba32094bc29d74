import Enterprises
import Evidence
import Geometry
import Grids
import Hotspots
import Quantities
import Readings
import Testing

private let lattice = Lattice(originX: -30_000, originY: -30_000, sizeMetres: 3000)

private func cell(_ column: Int32, _ row: Int32) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }

/// 20 x 20 cells; the west half is one county, the east half another.
private let region = Region(
  name: "test", lattice: lattice,
  counties: [
    County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
    County(code: "370102", name: "历下区", cityCode: "370100", cityName: "济南市", provinceName: "山东省"),
  ],
  cells: (0..<20).flatMap { row in (0..<20).map { cell($0, Int32(row)) } },
  shareStarts: (0...400).map(Int32.init), shareCounties: (0..<400).map { $0 % 20 < 10 ? 0 : 1 },
  shares: [Double](repeating: 1, count: 400))

@Suite struct PointMapTests {
  @Test func `nearby points equal a search through all of them`() {
    var random = TestRandom(state: 42)
    let points = (0..<800).map { number -> PlanePoint? in
      if number % 50 == 0 { return nil }
      return PlanePoint(x: random.uniform(-40_000...40_000), y: random.uniform(-40_000...40_000))
    }
    let map = PointMap(points, lattice: lattice)
    for trial in 0..<60 {
      let here = cell(Int32.random(in: -2...22, using: &random), Int32.random(in: -2...22, using: &random))
      let reach = [0.0, 500, 1500, 2999, 3000, 3001, 9000][trial % 7]
      let box = lattice.box(of: here)
      let expected = points.indices.filter { slot in
        guard let p = points[slot] else { return false }
        let dx = max(box.minX - p.x, 0, p.x - box.maxX)
        let dy = max(box.minY - p.y, 0, p.y - box.maxY)
        return (dx * dx + dy * dy).squareRoot() <= reach
      }
      let found = map.points(within: reach, of: here)
      #expect(Set(found.map(\.point)) == Set(expected) && found.count == expected.count)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.distanceMetres <= $1.distanceMetres })
      #expect(map.points(in: here) == points.indices.filter { points[$0].flatMap(lattice.cell(at:)) == here })
    }
    #expect(map.occupied.reduce(0) { $0 + $1.points.count } == points.filter { $0 != nil }.count)
  }

  @Test(arguments: [(0.0, 1.0, 0.0), (1, 1, 45), (1, 0, 90), (0, -1, 180), (-1, 0, 270), (-1, 1, 315), (0, 0, 0)])
  func `bearings count clockwise from north`(x: Double, y: Double, degrees: Double) {
    #expect(abs(PointMap.bearing(from: PlanePoint(x: 0, y: 0), to: PlanePoint(x: x, y: y)) - degrees) < 1e-12)
  }
}

@Suite struct ComplaintScreenTests {
  @Test(arguments: [
    // 1 - the sum of the first terms, in decimal arithmetic with 60 digits
    (1, 0.5, 0.3934693402873666), (3, 0.5, 0.014387677966970713), (10, 2.0, 4.649807501726e-05),
    (2, 0.01, 4.966791334e-05), (0, 3.0, 1.0), (5, 20.0, 0.99998305525606993),
  ])
  func `the Poisson tail agrees with its reference`(count: Int, mean: Double, expected: Double) {
    let found = ComplaintScreen.poissonUpperTail(count, mean: mean)
    #expect(abs(found - expected) <= 1e-9 * expected)
  }

  private func complaint(_ id: Int, day: Int32, category: String = "废气") -> Complaint {
    Complaint(
      id: "\(id)", time: LocalHour(day: LocalDay(ordinal: day), hourOfDay: 9).start, position: nil, category: category,
      text: "", line: Int32(id + 2))
  }

  @Test func `a cell is held against its own county`() {
    // The western county complains twice in every cell, the eastern one almost never.
    var complaints: [Complaint] = []
    var points: [PlanePoint?] = []
    func add(_ here: CellID, times: Int) {
      for _ in 0..<times {
        complaints.append(complaint(complaints.count, day: 17490))
        points.append(lattice.centre(of: here))
      }
    }
    for row in 0..<20 { for column in 0..<10 { add(cell(Int32(column), Int32(row)), times: 2) } }
    add(cell(3, 3), times: 1)
    add(cell(15, 5), times: 3)
    let leads = ComplaintScreen.leads(
      complaints, points: points, region: region, rules: ComplaintRules(), lastDay: LocalDay(ordinal: 17499)
    ) { LeadSource(file: "c.csv", fileHash: "00", line: complaints[$0].line) }
    #expect(leads.map(\.cell) == [cell(15, 5)])
    #expect(leads.first?.sources.count == 3)
    #expect(leads.first?.numbers.first?.value == 3)
  }

  @Test func `noise, old complaints and single ones make no lead`() {
    let complaints = [
      complaint(0, day: 17490, category: "噪声"), complaint(1, day: 17490, category: "噪声"),
      complaint(2, day: 17400), complaint(3, day: 17400), complaint(4, day: 17490),
    ]
    let points: [PlanePoint?] = [0, 0, 1, 1, 2].map { lattice.centre(of: cell($0, 0)) }
    let leads = ComplaintScreen.leads(
      complaints, points: points, region: region, rules: ComplaintRules(), lastDay: LocalDay(ordinal: 17499)
    ) { _ in LeadSource(file: "c.csv", fileHash: "00", line: 0) }
    #expect(leads.isEmpty)
  }
}

@Suite struct CellLeadTests {
  private let origin = FieldOrigin(
    name: "satellite", quantity: "PM2.5", unit: "µg/m³",
    sources: [LeadSource(file: "sat.tif", fileHash: "00", line: 0)])

  @Test func `fires in one cell make one lead, doubtful ones none`() {
    func fire(_ confidence: Double?, day: Int32 = 17499) -> FireDetection {
      FireDetection(
        time: LocalHour(day: LocalDay(ordinal: day), hourOfDay: 13).start, position: LonLat(longitude: 0, latitude: 0),
        radiativePowerMegawatts: 4, confidencePercent: confidence, isDaytime: true, satellite: "N", line: 2)
    }
    let fires = [fire(90), fire(50, day: 17498), fire(15), fire(nil), fire(90, day: 17490)]
    let points: [PlanePoint?] = [0, 0, 0, 1, 2].map { lattice.centre(of: cell($0, 0)) }
    let leads = FireScreen.leads(
      fires, points: points, region: region, rules: FireRules(), lastDay: LocalDay(ordinal: 17499)
    ) { _ in LeadSource(file: "f.csv", fileHash: "00", line: 2) }
    #expect(leads.map(\.cell) == [cell(0, 0), cell(1, 0)])
    #expect(abs((leads.first?.strength ?? 0) - 0.95) < 1e-12)
    #expect(leads.first?.numbers.map(\.value) == [2, 2, 8])
  }

  @Test func `an alarm, a hotspot and a rank each say what they are`() throws {
    let period = Period.day(LocalDay(ordinal: 17499))
    let alarm = Alarm(
      cell: cell(1, 1), period: period, field: "satellite", value: 180, ringMedian: 90, ringCells: 8, ratio: 2,
      robustZ: 4.5, rule: "ratio >= 1.2")
    let hot = HotspotRow(
      cell: cell(2, 2), period: period, value: 120, neighbours: 8, z: 3.1, p: 0.002, permutationP: nil, bin: 2,
      classification: "hot", reason: "")
    let listed = ListedCell(
      cell: cell(3, 3), list: "highest of 石家庄市", rank: 2, listed: 10, value: 150, unit: "µg/m³", period: period)
    let leads = [
      CellLeads.lead(alarm, origin: origin),
      try #require(CellLeads.lead(hot, period: period, origin: origin, minimumBin: 2)),
      CellLeads.lead(listed, kind: .cityTop, origin: origin),
    ]
    #expect(leads.map(\.kind) == [.localOutlier, .hotspot, .cityTop])
    #expect(leads.map(\.strength) == [0.75, 2.0 / 3, 0.9])
    for lead in leads {
      #expect(lead.sources == origin.sources && !lead.numbers.isEmpty && lead.creditCode == nil)
      #expect(!(lead.statement + lead.disproof).lowercased().contains("violat"))
    }
    #expect(leads[0].statement.contains("180.0 µg/m³") && leads[0].statement.contains("2.00 times"))
    #expect(CellLeads.lead(hot, period: period, origin: origin, minimumBin: 3) == nil)
  }
}
