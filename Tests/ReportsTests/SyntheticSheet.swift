import Enterprises
import Evidence
import Geometry
import Grids
import Quantities
import Ranking
import Reports

/// A made-up target with every kind of content: synthetic, and hard on the escaping.
enum SyntheticSheet {
  static let name = "合成<b>钢铁</b>&\"滦州\"有限公司's 分厂"

  static func make(isTested: Bool = true, leadCount: Int = 3) throws -> TargetSheet {
    let day = LocalDay(ordinal: 17_492)
    let cell = CellID(sizeMetres: 3000, column: 1274, row: 1305)
    let parts = [ScorePart(name: "base", points: 1), ScorePart(name: "hotspot", points: 4.25)]
    let target = RankedTarget(
      id: "E-91130108SYNTHETIC0", kind: .enterprise, name: name, cell: cell, countyCode: "130108", parts: parts,
      leads: Array(leads(cell, day).prefix(leadCount)))
    let county = County(
      code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省")
    let draw = SheetDraw(
      seed: "上证指数 2017-11-21 3410.50", inclusionProbability: 0.0873,
      ticket: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", drawnCount: 300, frameCount: 5120,
      command: "hotgrid draw verify --frame frame.csv --drawn drawn.csv --size 300 --seed '上证指数 2017-11-21 3410.50'")
    return TargetSheet(
      target: target, date: day, team: nil, county: county, position: LonLat(longitude: 114.53, latitude: 38.01),
      address: "槐安东路 <1> 号", draw: draw, map: try map(cell, isTested), loads: [load(day)], isSynthetic: true,
      provenance: [
        SheetFact("hotgrid", "0.1.0"), SheetFact("policy", "3f2a9c0d11e2b4a7"), SheetFact("frame", "91bc00aa17d3e5f2"),
      ])
  }

  private static func leads(_ cell: CellID, _ day: LocalDay) -> [Lead] {
    let source = LeadSource(file: "power-2017-11.csv", fileHash: "0123456789abcdef", line: 18_233)
    let field = LeadSource(file: "pm25 day 2017-11-20 (satellite)", fileHash: "", line: 0)
    return [
      Lead(
        kind: .hotspot, cell: cell, creditCode: nil, meterID: nil, firstDay: day.advanced(by: -2),
        lastDay: day.advanced(by: -1), strength: 0.6,
        statement: "The cell 3000-1274-1305 belongs to a cluster of high PM2.5: Gi* z = 3.91, FDR 1 %.",
        disproof: "A neighbouring source upwind, a road, or a coarse satellite pixel spread over the cells.",
        numbers: [LeadNumber("z", 3.91), LeadNumber("value", 151.25, "µg/m³"), LeadNumber("p", 0.000091)],
        sources: [field]),
      Lead(
        kind: .stopOrderLoad, cell: nil, creditCode: "91130108SYNTHETIC0", meterID: nil,
        firstDay: day.advanced(by: -1), lastDay: day.advanced(by: -1), strength: 0.9,
        statement: "Production used 4,210 kWh on 2017-11-21 while order R-17 told it to stop: 83 % of a normal day.",
        disproof: "Safety load, a furnace that may not cool, a meter that also feeds a tenant, or an exemption.",
        numbers: [LeadNumber("energy", 4210, "kWh"), LeadNumber("share of normal", 0.83)], sources: [source]),
      Lead(
        kind: .complaints, cell: cell, creditCode: nil, meterID: nil, firstDay: day.advanced(by: -6),
        lastDay: day.advanced(by: -1), strength: 0.3, statement: "3 complaints (12369) within 3 km in 7 days.",
        disproof: "Several calls of one person, or another source nearby.",
        numbers: [LeadNumber("complaints", 3)], sources: [source]),
    ]
  }

  private static func map(_ cell: CellID, _ isTested: Bool) throws -> SheetMap {
    let grid = try Grid(definition: .national2p26)
    let lattice = try grid.lattice(sizeMetres: 3000)
    let centre = lattice.centre(of: cell)
    let cells = cell.disk(6).filter { ($0.column + 2 * $0.row) % 11 != 0 }.map { other in
      let distance = max(abs(other.column - cell.column), abs(other.row - cell.row))
      return SheetMap.Cell(
        cell: other, value: 150 - 12.5 * Double(distance), bin: isTested ? max(-3, 3 - Int(distance)) : nil)
    }
    let firms = (0..<25).map { (k: Int) -> PlanePoint in
      let east = Double(k * 7919 % 29_000) - 14_500
      let north = Double(k * 104_729 % 29_000) - 14_500
      return PlanePoint(x: centre.x + east, y: centre.y + north)
    }
    let boundary = [(-9000.0, -20_000.0), (4000, -6000), (2000, 9000), (20_000, 16_000), (20_000, -20_000)]
      .map { PlanePoint(x: centre.x + $0.0, y: centre.y + $0.1) }
    return SheetMap(
      lattice: lattice, projection: grid.projection, centre: centre,
      target: PlanePoint(x: centre.x + 700, y: centre.y - 400), targetCell: cell, cells: cells, enterprises: firms,
      boundaries: [boundary], caption: "PM2.5, day 2017-11-21, µg/m³ (synthetic <field>)")
  }

  private static func load(_ day: LocalDay) -> SheetLoad {
    var production = [Float](repeating: 4, count: 96)
    var treatment = [Float](repeating: 0.5, count: 96)
    for step in 31..<80 { production[step] = Float(52 + step % 7) }
    for step in 40..<44 { production[step] = Float.nan }
    for step in 31..<46 { treatment[step] = 11 }
    let curves = [(Circuit.treatment, treatment), (.production, production)].map {
      LoadDay(
        meter: 0, circuit: $0.0, day: day.advanced(by: -1), energyKilowattHours: $0.1, isHourly: false, firstLine: 2)
    }
    return SheetLoad(
      caption: "meter <M-1> 2017-11-21, mean power per quarter hour", curves: curves, orderSteps: [32..<96])
  }
}
