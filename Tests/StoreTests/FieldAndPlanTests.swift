import Digests
import Evidence
import Grids
import Hotspots
import Quantities
import Ranking
import Sampling
import Store
import Testing

@Suite struct FieldAndPlanTests {
  private let cells = [
    CellID(sizeMetres: 3000, column: 1274, row: 1305), CellID(sizeMetres: 3000, column: 1275, row: 1305),
  ]

  private func field(_ values: [Double], coverages: [Double]) -> CellField {
    CellField(
      cells: Array(cells.prefix(values.count)), values: values, variances: values.map { _ in 4 },
      counts: values.map { _ in 2 }, coverages: coverages)
  }

  @Test func `a field comes back bit by bit`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    let stored = field([0.1, -7e300], coverages: [0.25, 1])
    var batch = IngestBatch()
    batch.fields = [DayField(variable: "pm25", day: day, field: stored)]
    let file = try workspace.ingest(testRecord(.raster, hash: "r"), batch: batch).file
    #expect(try workspace.cellField(kind: .raster, variable: "pm25", day: day) == stored)
    #expect(try workspace.cellField(kind: .swath, variable: "pm25", day: day) == nil)
    #expect(try workspace.variables(kind: .raster) == ["pm25"])
    #expect(try workspace.availableDays(.raster, variable: "pm25") == [day])
    #expect(try workspace.fieldFiles(kind: .raster, variable: "pm25", day: day) == [file])
  }

  @Test func `two swaths of a day meet weighted by coverage`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-21")
    let swaths = [field([10, 50], coverages: [0.75, 0.5]), field([20], coverages: [0.5])]
    for (number, swath) in swaths.enumerated() {
      var batch = IngestBatch()
      batch.fields = [DayField(variable: "no2", day: day, field: swath)]
      try workspace.ingest(testRecord(.swath, hash: "\(number)"), batch: batch)
    }
    let merged = try #require(try workspace.cellField(kind: .swath, variable: "no2", day: day))
    #expect(merged.cells == cells)
    #expect(merged.values == [(0.75 * 10 + 0.5 * 20) / 1.25, 50])
    #expect(abs(merged.variances[0] - 4 * (0.75 * 0.75 + 0.25) / (1.25 * 1.25)) < 1e-15)
    #expect(merged.counts == [4, 2])
    #expect(merged.coverages == [0.75, 0.5])
  }

  private func plan(_ day: LocalDay) -> PlanRecord {
    let shared = Lead(
      kind: .hotspot, cell: cells[0], creditCode: nil, meterID: nil, firstDay: day.advanced(by: -1), lastDay: day,
      strength: 0.5, statement: "属于热点", disproof: "dust storm", numbers: [LeadNumber("z", 3.1)],
      sources: [LeadSource(file: "a.tif", fileHash: "0123456789abcdef", line: 0)])
    let own = Lead(
      kind: .stopOrderLoad, cell: cells[1], creditCode: "91130200699229617X", meterID: "M1", firstDay: day,
      lastDay: day, strength: 1, statement: "load 80 % of baseline", disproof: "heating", numbers: [], sources: [])
    let loose = Lead(
      kind: .fires, cell: cells[1], creditCode: nil, meterID: nil, firstDay: day, lastDay: day, strength: 0.1,
      statement: "a fire", disproof: "", numbers: [], sources: [])
    let targets = [
      RankedTarget(
        id: "E-91130200699229617X", kind: .enterprise, name: "厂", cell: cells[1], countyCode: "130108",
        parts: [ScorePart(name: "power", points: 3), ScorePart(name: "hotspot", points: 0.1)], leads: [own, shared]),
      RankedTarget(
        id: "C-\(cells[0])", kind: .cell, name: "c", cell: cells[0], countyCode: "130109",
        parts: [ScorePart(name: "hotspot", points: 2)], leads: [shared]),
    ]
    return PlanRecord(
      header: PlanHeader(
        date: day, seed: "s", createdAt: Instant(secondsSinceEpoch: 7), policyHash: "p", codeVersion: "v",
        inputDigest: "d", summaryJSON: "{}"),
      fields: [
        PlanField(
          name: "satellite", period: .day(day), values: field([1, 2], coverages: [.infinity, 0]),
          hotspots: [
            HotspotRow(
              cell: cells[0], period: .day(day), value: 1, neighbours: 8, z: 3.1, p: 0.002, permutationP: nil, bin: 2,
              classification: "hot", reason: ""),
            HotspotRow(
              cell: cells[1], period: nil, value: 2, neighbours: 0, z: nil, p: nil, permutationP: nil, bin: 0,
              classification: "", reason: "no neighbours"),
          ])
      ],
      alarms: [
        Alarm(
          cell: cells[0], period: .day(day), field: "satellite", value: 90, ringMedian: 45, ringCells: 8, ratio: 2,
          robustZ: 6, rule: "twice its ring")
      ], leads: [own, shared, loose],
      lists: [
        PlanListEntry(
          list: "highest", rank: 1, cell: cells[0], countyCode: "130109", name: "裕华区", value: nil, detail: "")
      ], targets: targets,
      frame: targets.map {
        FrameUnit(
          id: $0.id, score: $0.score, stratum: "北", minimumProbability: 0.01, county: $0.countyCode ?? "",
          city: "130100", unitClass: $0.kind.rawValue, position: FramePosition(x: 1, y: 2))
      },
      drawn: targets.map {
        DrawOutcome(
          id: $0.id, inclusionProbability: 0.5, ticket: .init(ofUTF8: "s,\($0.id)"), isScored: $0.kind == .cell,
          randomTicket: .init(ofUTF8: "s,random,\($0.id)"), isRandom: false, combinedProbability: 0.55,
          pool: "class cell", reservePlace: $0.kind == .cell ? nil : 1)
      })
  }

  @Test func `a plan comes back whole and answers by county, cell, firm and target`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-22")
    let saved = plan(day)
    try workspace.savePlan(saved) { $0 == cells[0] ? "130109" : "130108" }
    let found = try #require(try workspace.plan(date: day))
    #expect(found.header == saved.header)
    #expect(found.fields == saved.fields)
    #expect(found.alarms == saved.alarms)
    #expect(found.leads == saved.leads)
    #expect(found.lists == saved.lists)
    #expect(found.targets == saved.targets)
    #expect(found.frame == saved.frame)
    #expect(found.drawn == saved.drawn)
    #expect(try workspace.leads(date: day, countyCode: "130108") == [saved.leads[0], saved.leads[2]])
    #expect(try workspace.leads(date: day, cell: cells[0]) == [saved.leads[1]])
    #expect(try workspace.leads(date: day, creditCode: "91130200699229617X") == [saved.leads[0]])
    #expect(try workspace.alarms(date: day, countyCode: "130109").count == 1)
    #expect(try workspace.alarms(date: day, cell: cells[1]).isEmpty)
    #expect(try workspace.lists(date: day, countyCode: "130109") == saved.lists)
    #expect(try workspace.drawnTargets(date: day).map(\.target) == [saved.targets[1]])
    #expect(try workspace.plannedTargets(date: day, countyCode: "130108").map(\.target) == [saved.targets[0]])
    #expect(try workspace.plannedTargets(date: day, cell: cells[1]).map(\.target) == [saved.targets[0]])
    #expect(try workspace.plannedTarget(date: day, id: "E-91130200699229617X")?.target == saved.targets[0])
    #expect(try workspace.plannedTarget(date: day, id: "E-none") == nil)
  }

  @Test func `a plan of the same date replaces the first`() throws {
    let workspace = try testWorkspace()
    let day = try testDay("2017-11-22")
    try workspace.savePlan(plan(day)) { _ in nil }
    var second = plan(day)
    second.targets.removeLast()
    second.drawn.removeLast()
    try workspace.savePlan(second) { _ in nil }
    try workspace.savePlan(plan(day.advanced(by: 1))) { _ in nil }
    #expect(try workspace.plans().map(\.date) == [day, day.advanced(by: 1)])
    #expect(try workspace.plan(date: day)?.targets.count == 1)
    #expect(try workspace.plan(date: day.advanced(by: 7)) == nil)
  }
}
