import Grids
import Quantities
import SpatialStatistics
import Testing

@testable import Hotspots

@Suite struct AlarmRuleTests {
  @Test func `a cell well above its ring alarms, with its numbers`() throws {
    let bubbling = square(side: 9) { column, row in
      column == 4 && row == 4 ? 130 : 80 + Double((column + 2 * row) % 3)
    }
    let alarms = AlarmRule.dense.alarms(field: bubbling, period: november, fieldName: "satellite")
    let alarm = try #require(alarms.first)
    #expect(alarms.count == 1)
    #expect(alarm.cell == cell(4, 4))
    #expect(alarm.ringCells == 8)
    #expect(alarm.ringMedian == 81)
    #expect(alarm.ratio == 130.0 / 81)
    // MAD of the ring 80 80 81 81 81 82 82 ...: 1; z = 49 / √(1.4826² + 5²).
    #expect(abs(alarm.robustZ - 49 / (1.4826 * 1.4826 + 25).squareRoot()) < 1e-12)
    #expect(alarm.rule.contains("1.2 x median of ring 1"))
    #expect(alarm.rule.contains("floor 5 µg/m³"))
    #expect(alarm.field == "satellite")
  }

  @Test func `a wide plume is no local outlier`() {
    let plume = square(side: 15) { column, row in
      80 + 100 / (1 + Double((column - 7) * (column - 7) + (row - 7) * (row - 7)) / 20)
    }
    #expect(AlarmRule.dense.alarms(field: plume, period: november, fieldName: "satellite").isEmpty)
  }

  @Test func `thresholds that are just met are passed`() {
    let even = square(side: 3) { column, row in column == 1 && row == 1 ? 120 : 100 }
    var rule = AlarmRule(minimumRatio: 1.2, minimumRobustZ: 4, floors: ["pm25": 5])
    #expect(rule.alarms(field: even, period: november, fieldName: "x").count == 1)
    rule.minimumRatio = 1.2.nextUp
    #expect(rule.alarms(field: even, period: november, fieldName: "x").isEmpty)
    rule.minimumRatio = 1.2
    rule.minimumRobustZ = 4.0.nextUp
    #expect(rule.alarms(field: even, period: november, fieldName: "x").isEmpty)
  }

  @Test func `a known variance of the value lowers its z`() {
    let pairs = square(side: 3) { column, row in column == 1 && row == 1 ? 120 : 100 }
    let certain = field(Array(zip(pairs.cells, pairs.values)))
    let uncertain = field(Array(zip(pairs.cells, pairs.values)), variance: 144)
    let rule = AlarmRule(floors: ["pm25": 5])
    #expect(LocalContrast.all(of: certain, rule: rule, pollutant: .pm25)[4].robustZ == 4)
    #expect(LocalContrast.all(of: uncertain, rule: rule, pollutant: .pm25)[4].robustZ == 20.0 / 13)
  }

  @Test func `a dense field needs half of the ring`() {
    let around: [(CellID, Double)] = [(0, 0), (1, 0), (2, 0), (0, 1)].map { (cell($0.0, $0.1), 100) }
    let four = field([(cell(1, 1), 200)] + around)
    let three = field([(cell(1, 1), 200)] + around.dropLast())
    #expect(AlarmRule.dense.alarms(field: four, period: november, fieldName: "x").map(\.cell) == [cell(1, 1)])
    #expect(AlarmRule.dense.alarms(field: three, period: november, fieldName: "x").isEmpty)
    let contrast = LocalContrast.all(of: three, rule: .dense, pollutant: .pm25).first { $0.cell == cell(1, 1) }
    #expect(contrast?.robustZ == nil)
    #expect(contrast?.reason == "too few cells around have a value")
  }

  @Test func `a sparse field widens its ring until there are enough stations`() throws {
    let stations: [(CellID, Double)] = [(-4, 0), (4, 1), (0, 4), (2, -4), (-3, -3), (0, 2)].map {
      (cell($0.0, $0.1), 60)
    }
    let ground = field([(cell(0, 0), 150)] + stations)
    let alarm = try #require(AlarmRule.sparse.alarms(field: ground, period: november, fieldName: "ground").first)
    #expect(alarm.cell == cell(0, 0))
    #expect(alarm.ringCells == 6)
    var narrow = AlarmRule.sparse
    narrow.maximumRings = 3
    #expect(narrow.alarms(field: ground, period: november, fieldName: "ground").isEmpty)
  }

  @Test func `the window and the look-up give the same contrasts`() {
    let near = square(side: 7) { Double(($0 * 5 + $1 * 3) % 13) + 50 }
    // One far cell makes the window too large, so that every neighbour is looked up.
    let far = field(Array(zip(near.cells, near.values)) + [(cell(900_000, 900_000), 70)])
    let one = LocalContrast.all(of: near, rule: .sparse, pollutant: .pm25)
    let other = LocalContrast.all(of: far, rule: .sparse, pollutant: .pm25)
    #expect(Array(other.dropLast()) == one)
    #expect(other.last?.ringCells == 0)
  }

  @Test(arguments: [AlarmRule.dense, .sparse, AlarmRule(minimumRingShare: 0.1, rings: 5, maximumRings: 7)])
  func `contrasts are those of median and spread written out, on any number of threads`(rule: AlarmRule) throws {
    // More than one piece of work, with holes, ties and rings of many sizes.
    let holed = field(
      zip(square(side: 100) { _, _ in 0 }.cells, 0...).filter { $1 % 7 != 3 }.map { ($0, Double($1 * 7919 % 101)) })
    let one = LocalContrast.all(of: holed, rule: rule, pollutant: .pm25)
    #expect(LocalContrast.all(of: holed, rule: rule, pollutant: .pm25, threads: 2) == one)
    let values = Dictionary(uniqueKeysWithValues: zip(holed.cells, holed.values))
    for contrast in one.enumerated().filter({ $0.offset % 97 == 0 }).map(\.element) {
      guard let found = contrast.ringMedian else { continue }
      let reach = contrast.rings
      let steps = (-reach...reach).flatMap { row in (-reach...reach).map { ($0, row) } }
      let around = steps.compactMap { step -> Double? in
        step == (0, 0) ? nil : values[cell(contrast.cell.column + step.0, contrast.cell.row + step.1)]
      }
      #expect(contrast.ringCells == Int32(around.count))
      let middle = try #require(median(around))
      #expect(found == middle && contrast.ringSpread == median(around.map { abs($0 - middle) }).map { 1.4826 * $0 })
    }
  }

  @Test func `a ring whose median is not positive has no ratio`() {
    let negative = square(side: 3) { column, row in column == 1 && row == 1 ? 50 : -10 }
    let contrast = LocalContrast.all(of: negative, rule: .dense, pollutant: .pm25)[4]
    #expect(contrast.ratio == nil)
    #expect(contrast.reason == "the median of the ring is not positive")
    #expect(AlarmRule.dense.alarms(field: negative, period: november, fieldName: "x").isEmpty)
  }

  @Test func `without spread and floor there is no z`() {
    let even = square(side: 3) { _, _ in 10 }
    let contrast = LocalContrast.all(of: even, rule: AlarmRule(floors: [:]), pollutant: .so2)[4]
    #expect(contrast.robustZ == nil)
    #expect(!contrast.reason.isEmpty)
  }

  @Test func `unusable thresholds are named`() {
    #expect(AlarmRule.dense.defect == nil)
    #expect(AlarmRule.sparse.defect == nil)
    for rule in [
      AlarmRule(minimumRatio: 0), AlarmRule(minimumRobustZ: .nan), AlarmRule(minimumRingShare: 1.5),
      AlarmRule(minimumRingCells: 0), AlarmRule(rings: 3, maximumRings: 2), AlarmRule(rings: 0),
      AlarmRule(floors: ["pm25": -1]),
    ] {
      #expect(rule.defect != nil)
    }
  }
}
