import Foundation
import Grids
import Hotspots
import Quantities
import SpatialStatistics
import Testing

@Suite struct EmergingClassTests {
  private static func states(_ text: String) -> [EmergingClass.State] {
    text.compactMap { $0 == "+" ? .hot : $0 == "-" ? .cold : $0 == "o" ? .neither : nil }
  }

  /// Hot +, cold -, neither o; the trend of z; the class by the order of the definitions, written by hand.
  static let table: [(String, EmergingClass.Trend, EmergingClass)] = [
    // Throughout hot, and hot at the end.
    ("++++++++++", .none, .persistentHot), ("++++++++++", .rising, .intensifyingHot),
    ("++++++++++", .falling, .diminishingHot), ("o+++++++++", .none, .persistentHot),
    ("o+++++++++", .rising, .intensifyingHot), ("+++++o++++", .falling, .diminishingHot),
    ("-+++++++++", .none, .persistentHot), ("-+++++++++", .rising, .intensifyingHot),
    ("+", .none, .persistentHot), ("++", .rising, .intensifyingHot),
    ("oo++++++++++++++++++", .none, .persistentHot), ("ooo+++++++++++++++++", .none, .consecutiveHot),
    // New: hot for the first time at the end.
    ("ooooooooo+", .none, .newHot), ("ooooooooo+", .rising, .newHot), ("o+", .none, .newHot),
    ("oooo+", .falling, .newHot),
    // Consecutive: one run up to the end.
    ("oooooooo++", .none, .consecutiveHot), ("ooooo+++++", .rising, .consecutiveHot),
    ("oo++++++++", .none, .consecutiveHot), ("oo++++++++", .falling, .consecutiveHot), ("oo++", .none, .consecutiveHot),
    // Sporadic: hot at the end, on and off before, never cold.
    ("+oooooooo+", .none, .sporadicHot), ("o+o+o+o+o+", .none, .sporadicHot), ("++++ooo+++", .rising, .sporadicHot),
    ("+++++++oo+", .falling, .sporadicHot), ("+o+", .none, .sporadicHot), ("o+ooooo+++", .none, .sporadicHot),
    // Oscillating: hot at the end and cold before.
    ("-oooooooo+", .none, .oscillatingHot), ("---------+", .rising, .oscillatingHot),
    ("-ooooo++++", .none, .oscillatingHot), ("+-+-+-+-+-+", .none, .oscillatingHot),
    ("--++++++++", .none, .oscillatingHot),
    ("-+", .none, .oscillatingHot), ("o-o+", .rising, .oscillatingHot),
    // Neither at the end.
    ("+++++++++o", .none, .historicalHot), ("+++++++++o", .falling, .historicalHot),
    ("++++++++oo", .none, .none), ("oooooooooo", .none, .none), ("oooooooooo", .rising, .none), ("o", .none, .none),
    ("+o", .none, .none), ("-o", .none, .none), ("+-o", .none, .none), ("o+o+o+o+oo", .none, .none),
    ("---------o", .none, .historicalCold), ("---------o", .rising, .historicalCold), ("--------oo", .none, .none),
    // Cold, the mirror image: a cold spot whose z falls intensifies.
    ("----------", .none, .persistentCold), ("----------", .falling, .intensifyingCold),
    ("----------", .rising, .diminishingCold), ("o---------", .falling, .intensifyingCold),
    ("+---------", .none, .persistentCold), ("-", .none, .persistentCold), ("ooooooooo-", .none, .newCold),
    ("ooooooooo-", .falling, .newCold), ("oooooooo--", .none, .consecutiveCold),
    ("oo--------", .rising, .consecutiveCold),
    ("-oooooooo-", .none, .sporadicCold), ("o-o-o-o-o-", .none, .sporadicCold), ("----ooo---", .falling, .sporadicCold),
    ("+oooooooo-", .none, .oscillatingCold), ("+++++++++-", .falling, .oscillatingCold),
    ("-+-+-+-+-+-", .none, .oscillatingCold), ("++--------", .none, .oscillatingCold), ("+-", .none, .oscillatingCold),
    // Nine of ten is throughout, one less is not.
    ("++++++++++++++++++o+", .none, .persistentHot), ("+++++++++++++++++oo+", .none, .persistentHot),
    ("++++++++++++++++ooo+", .none, .sporadicHot), ("", .none, .none),
  ]

  @Test(arguments: table) func `every history has one class`(
    row: (states: String, trend: EmergingClass.Trend, expected: EmergingClass)
  ) {
    #expect(Self.table.count >= 60)
    #expect(EmergingClass.classify(Self.states(row.states), trend: row.trend) == row.expected, "\(row.states)")
  }

  @Test(arguments: [
    ("o+o+o+o+oo", EmergingClass.sporadicHot), ("+o", .sporadicHot), ("o-o-oo", .sporadicCold), ("+-o", .none),
    ("+++++++++o", .historicalHot), ("oooo", .none), ("o+o+", .sporadicHot),
  ])
  func `the older wording of sporadic does not ask for the last step`(text: String, expected: EmergingClass) {
    #expect(EmergingClass.classify(Self.states(text), trend: .none, legacySporadic: true) == expected)
  }

  /// The two series that published ports get wrong: see docs/methods/emerging-hotspots.md.
  @Test func `a cold cell that warms is a diminishing cold spot`() {
    let z = [-9, -8.5, -8, -7.5, -7, -6.5, -6, -5.5, -5, -4.5]
    let trend = MannKendall(z)
    #expect(trend.p < 0.001 && trend.z > 0)
    #expect(EmergingClass.classify(z.map { _ in .cold }, trend: .rising) == .diminishingCold)
  }
}

@Suite struct SpaceTimeCubeTests {
  private static let cells = (0..<Int32(15)).flatMap { row in
    (0..<Int32(15)).map { CellID(sizeMetres: 3000, column: $0, row: row) }
  }

  private static func month(_ k: Int) -> Period { .month(LocalDay(ordinal: 17_167).month.advanced(by: k)) }

  private static func field(_ cells: [CellID], _ value: (CellID) -> Double) -> CellField {
    CellField(
      cells: cells, values: cells.map(value), variances: cells.map { _ in .nan }, counts: cells.map { _ in 1 },
      coverages: cells.map { _ in 1 })
  }

  @Test func `scores are those of the formula written out`() throws {
    var state: UInt64 = 5
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / 16_777_216
    }
    // Holes differ from month to month.
    let fields = (0..<5).map { k in
      (
        period: Period?.some(Self.month(k)),
        field: Self.field(Self.cells.filter { _ in noise() > 0.2 }) { _ in noise() }
      )
    }
    let cube = try SpaceTimeCube(fields)
    var options = EmergingOptions()
    options.stepsBack = 2
    let scores = EmergingHotspots.scores(cube, options: options, threads: 2)
    let single = EmergingHotspots.scores(cube, options: options, threads: 1)
    #expect(scores.map(\.bitPattern) == single.map(\.bitPattern), "threads change scores")
    let known = cube.values.filter { !$0.isNaN }
    let n = Double(known.count)
    let mean = known.reduce(0, +) / n
    let s = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
    var compared = 0
    for (step, _) in cube.periods.enumerated() {
      for (slot, cell) in cube.cells.enumerated() {
        let place = step * cube.cells.count + slot
        guard !cube.values[place].isNaN else {
          #expect(scores[place].isNaN)
          continue
        }
        var (sum, w) = (0.0, 0.0)
        for back in max(0, step - 2)...step {
          for (other, near) in cube.cells.enumerated()
          where abs(near.column - cell.column) <= 1 && abs(near.row - cell.row) <= 1 {
            let value = cube.values[back * cube.cells.count + other]
            if !value.isNaN {
              sum += value
              w += 1
            }
          }
        }
        let z = (sum - w * mean) / (s * ((n * w - w * w) / (n - 1)).squareRoot())
        #expect(abs(scores[place] - z) < 1e-9)
        compared += 1
      }
    }
    #expect(compared > 800)
  }

  @Test func `planted histories get their classes`() throws {
    var state: UInt64 = 9
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / 16_777_216
    }
    func near(_ cell: CellID, _ column: Int32, _ row: Int32) -> Bool {
      abs(cell.column - column) <= 1 && abs(cell.row - row) <= 1
    }
    let fields = (0..<12).map { k in
      (
        period: Period?.some(Self.month(k)),
        field: Self.field(Self.cells) { cell in
          let base = 50 + 2 * noise()
          if near(cell, 3, 3) { return base + 20 }
          if near(cell, 10, 3) { return base + (k == 11 ? 40 : 0) }
          if near(cell, 3, 11) { return base + (k < 11 ? 20 : 2) }
          return base
        }
      )
    }
    var options = EmergingOptions()
    options.hotspots.null = .theoretical
    options.stepsBack = 0
    let (rows, tested) = EmergingHotspots.rows(try SpaceTimeCube(fields), options: options, threads: 2)
    func row(_ column: Int32, _ row: Int32) throws -> EmergingRow {
      try #require(rows.first { $0.cell == CellID(sizeMetres: 3000, column: column, row: row) })
    }
    #expect(tested == 225 * 12)
    #expect(try row(3, 3).classification == .persistentHot)
    #expect(try row(10, 3).classification == .newHot)
    #expect(try row(3, 11).classification == .historicalHot)
    #expect(try row(7, 8).steps == 12)
  }

  @Test func `cubes that cannot be are refused`() {
    let field = Self.field(Self.cells) { Double($0.column) }
    let other = Self.field([CellID(sizeMetres: 500, column: 1, row: 1)]) { _ in 1 }
    #expect(throws: SpaceTimeCube.Failure.onePeriod) { try SpaceTimeCube([(Self.month(0), field)]) }
    #expect(throws: SpaceTimeCube.Failure.mixedPeriods) { try SpaceTimeCube([(Self.month(0), field), (nil, field)]) }
    #expect(throws: SpaceTimeCube.Failure.repeated(Self.month(1))) {
      try SpaceTimeCube([(Self.month(1), field), (Self.month(1), field)])
    }
    #expect(throws: SpaceTimeCube.Failure.mixedSizes) {
      try SpaceTimeCube([(Self.month(0), field), (Self.month(1), other)])
    }
  }

  @Test func `empty periods, absent cells and equal values are defined`() throws {
    let field = Self.field(Self.cells) { Double($0.column * $0.row) }
    let part = Self.field(Array(Self.cells.dropFirst(3))) { Double($0.column * $0.row) + 1 }
    let cube = try SpaceTimeCube([(Self.month(0), field), (Self.month(3), part)])
    #expect(cube.periods.count == 4 && cube.emptyPeriods == 2)
    let (rows, _) = EmergingHotspots.rows(cube, options: EmergingOptions())
    #expect(rows[0].reason == "no score in the last period" && rows[0].steps == 1)
    #expect(rows[100].reason.isEmpty && rows[100].steps == 2)
    let equal = Self.field(Self.cells) { _ in 7 }
    let flat = try SpaceTimeCube([(Self.month(0), equal), (Self.month(1), equal)])
    #expect(
      EmergingHotspots.rows(flat, options: EmergingOptions()).rows.allSatisfy { $0.reason == "no step has a score" })
  }
}
