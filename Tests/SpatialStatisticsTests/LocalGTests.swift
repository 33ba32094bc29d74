import Foundation
import Grids
import Testing

@testable import SpatialStatistics

/// Gi* from its definition, cell by cell and with nothing shared.
private func bruteStar(_ values: [Double], _ cells: [CellID], isNeighbour: (CellID, CellID) -> Bool) -> [Double?] {
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  let s = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
  return cells.map { cell in
    let near = cells.indices.filter { cells[$0] == cell || isNeighbour(cell, cells[$0]) }
    let w = Double(near.count)
    guard near.count > 1, near.count < values.count, values.count >= 3, Set(values).count > 1 else { return nil }
    let sum = near.reduce(0) { $0 + (values[$1] - mean) }
    return sum / (s * ((n * w - w * w) / (n - 1)).squareRoot())
  }
}

/// Gi from its definition.
private func bruteG(_ values: [Double], _ cells: [CellID], isNeighbour: (CellID, CellID) -> Bool) -> [Double?] {
  cells.indices.map { slot in
    let others = cells.indices.filter { $0 != slot }
    let near = others.filter { isNeighbour(cells[slot], cells[$0]) }
    let n = Double(others.count)
    let k = Double(near.count)
    guard !near.isEmpty, near.count < others.count, Set(others.map { values[$0] }).count > 1 else { return nil }
    let mean = others.reduce(0) { $0 + values[$1] } / n
    let variance = others.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / n
    return near.reduce(0) { $0 + (values[$1] - mean) } / (variance * (n * k - k * k) / (n - 1)).squareRoot()
  }
}

private func expectSame(
  _ found: some Collection<Double?>, _ expected: some Collection<Double?>, within tolerance: Double, _ note: String
) {
  #expect(found.count == expected.count)
  for (slot, pair) in zip(found, expected).enumerated() {
    switch pair {
    case (let found?, let expected?):
      #expect(abs(found - expected) <= tolerance * max(1, abs(expected)), "\(note), slot \(slot)")
    default: #expect(pair.0 == nil && pair.1 == nil, "\(note), slot \(slot): \(pair)")
    }
  }
}

private func queenTouches(_ a: CellID, _ b: CellID) -> Bool {
  a != b && abs(a.column - b.column) <= 1 && abs(a.row - b.row) <= 1
}

@Suite struct LocalGTests {
  @Test func `Gi* of the 5 x 5 case agrees to the last digit given`() throws {
    let golden = try Golden.load().star
    let neighbours = LatticeNeighbours(cells: square(side: 5), neighbourhood: .queen)
    let z = LocalG.star(golden.x, neighbours).z
    for slot in golden.x.indices {
      let found = try #require(z[slot])
      #expect(abs(found - golden.z[slot]) < 5.1e-7, "slot \(slot)")
      #expect(abs(Significance.twoSidedP(z: found) - golden.pTwoSided[slot]) < 5.1e-9, "slot \(slot)")
    }
  }

  @Test func `missing cells leave the mean, the variance and the lists`() throws {
    let golden = try Golden.load()
    let cells = golden.missing.keep.map { square(side: 5)[$0] }
    let values = golden.missing.keep.map { golden.star.x[$0] }
    let z = LocalG.star(values, LatticeNeighbours(cells: cells, neighbourhood: .queen)).z
    for slot in values.indices {
      #expect(abs(try #require(z[slot]) - golden.missing.z[slot]) < 5.1e-7, "slot \(slot)")
    }
  }

  @Test(arguments: [30, 60, 90, 120, 150])
  func `Gi and Gi* of Getis and Ord's 16 x 16 image agree with spdep`(distance: Int) throws {
    let table = try columns("spatialstat/getisord_expected_localG.csv")
    let x = try #require(table["x"])
    let y = try #require(table["y"])
    let values = try #require(table["val"])
    let cells = zip(x, y).map { CellID(sizeMetres: 30, column: Int32($0 / 30), row: Int32($1 / 30)) }
    let order = cells.indices.sorted { cells[$0] < cells[$1] }
    let sorted = order.map { values[$0] }
    let neighbours = LatticeNeighbours(
      cells: order.map { cells[$0] }, neighbourhood: .radius(metres: Double(distance)))
    let star = LocalG.star(sorted, neighbours).z
    let g = LocalG.g(sorted, neighbours).z
    let starExpected = try #require(table["Gstar_d\(distance)"])
    let gExpected = try #require(table["G_d\(distance)"])
    for (slot, source) in order.enumerated() {
      #expect(abs(try #require(star[slot]) - starExpected[source]) < 1e-12, "slot \(slot)")
      #expect(abs(try #require(g[slot]) - gExpected[source]) < 1e-12, "slot \(slot)")
    }
  }

  @Test func `cell 120 of the 16 x 16 image has the published Gi`() throws {
    let table = try columns("spatialstat/getisord_expected_localG.csv")
    let cells = (0..<256).map { CellID(sizeMetres: 30, column: Int32($0 % 16), row: Int32($0 / 16)) }
    let values = try #require(table["val"])
    let published = [30: 1.221979, 60: 1.748098, 90: 1.986135, 120: 1.893374, 150: 1.237454]
    for (distance, expected) in published {
      let neighbours = LatticeNeighbours(cells: cells, neighbourhood: .radius(metres: Double(distance)))
      let found = try #require(LocalG.g(values, neighbours).z[119])
      #expect(abs(found - expected) < 5.1e-7, "\(distance) m")
    }
  }

  @Test(arguments: [1.0, 0.25, 1e6])
  func `tracts of Columbus agree with spdep, however a row is scaled`(scale: Double) throws {
    let table = try columns("spatialstat/columbus_expected.csv")
    let crime = try #require(table["CRIME"])
    let expected = try #require(table["Gstar_z"])
    let binary = try columbusWeights().includingSelf()
    let weights = SpatialWeights(
      starts: binary.starts, neighbours: binary.neighbours, weights: binary.weights.map { $0 * scale })
    expectSame(LocalG.star(crime, weights).z, expected, within: 1e-13, "scale \(scale)")
  }

  @Test func `general weights give the numbers of the literature's six points`() throws {
    // Threshold 15 around six points; values as in the documentation of esda's G_Local.
    let points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
    let lists = points.map { a in
      points.indices.filter { slot in
        let b = points[slot]
        let square = (a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)
        return square > 0 && square <= 225
      }.map { Int32($0) }
    }
    let star = LocalG.star([2, 3, 3.2, 5, 8, 7], SpatialWeights(lists: lists).includingSelf()).z
    let expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    expectSame(star, expected, within: 5e-9, "G*")
    let g = LocalG.g([2, 3, 3.2, 5, 8, 7], SpatialWeights(lists: lists)).z
    expectSame(
      g, [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941], within: 5e-8, "G")
  }

  @Test func `1,000 random lattices agree with brute force`() {
    for seed in 0..<1000 as Range<UInt64> {
      let lattice = RandomLattice(seed: seed)
      let neighbours = LatticeNeighbours(cells: lattice.cells, neighbourhood: .queen)
      expectSame(
        LocalG.star(lattice.values, neighbours).z,
        bruteStar(lattice.values, lattice.cells, isNeighbour: queenTouches), within: 1e-12, "G* seed \(seed)")
    }
  }

  @Test(arguments: ["rook", "radius:1200", "ring:2", "disk:2", "queen"])
  func `every neighbourhood agrees with general weights and with brute force`(name: String) throws {
    let neighbourhood = try #require(Neighbourhood(name))
    let touches = { (a: CellID, b: CellID) -> Bool in
      let dx = abs(a.column - b.column)
      let dy = abs(a.row - b.row)
      return switch name {
      case "rook": dx + dy == 1
      case "radius:1200": a != b && 250_000 * (dx * dx + dy * dy) <= 1_440_000
      case "ring:2": max(dx, dy) == 2
      case "disk:2": a != b && max(dx, dy) <= 2
      default: a != b && max(dx, dy) <= 1
      }
    }
    for seed in 5000..<5100 as Range<UInt64> {
      let lattice = RandomLattice(seed: seed)
      let window = LatticeNeighbours(cells: lattice.cells, neighbourhood: neighbourhood)
      let lists = neighbourhood.lists(of: lattice.cells)
      let note = "\(name) seed \(seed)"
      let star = LocalG.star(lattice.values, window)
      expectSame(star.z, LocalG.star(lattice.values, lists.includingSelf()).z, within: 1e-12, note)
      expectSame(star.z, bruteStar(lattice.values, lattice.cells, isNeighbour: touches), within: 1e-12, note)
      let g = LocalG.g(lattice.values, window)
      expectSame(g.z, LocalG.g(lattice.values, lists).z, within: 1e-11, note)
      expectSame(g.z, bruteG(lattice.values, lattice.cells, isNeighbour: touches), within: 1e-11, note)
      let scattered = LatticeNeighbours(cells: lattice.cells, neighbourhood: neighbourhood, maximumWindow: 0)
      #expect(scattered.counts == window.counts)
      expectSame(LocalG.star(lattice.values, scattered).z, star.z, within: 1e-12, note)
    }
  }

  @Test(arguments: [7, 0.1, -1e9, 0])
  func `a constant field has no z and says so`(value: Double) {
    let neighbours = LatticeNeighbours(cells: square(side: 5), neighbourhood: .queen)
    let values = [Double](repeating: value, count: 25)
    #expect(LocalG.star(values, neighbours) == LocalScores(count: 25, reason: .allEqual))
    #expect(LocalG.g(values, neighbours) == LocalScores(count: 25, reason: .allEqual))
  }

  @Test func `an island has no z, the others keep theirs`() {
    let cells = square(side: 3) + [CellID(sizeMetres: 3000, column: 40, row: 40)]
    let scores = LocalG.star(
      [1, 5, 2, 8, 3, 9, 4, 7, 6, 100], LatticeNeighbours(cells: cells, neighbourhood: .queen))
    #expect(scores.z[9] == nil)
    #expect(scores.reasons[9] == .noNeighbour)
    #expect(scores.z[0..<9].allSatisfy { $0 != nil })
  }

  @Test func `a cell whose neighbours are everyone has no z`() {
    let cells = square(side: 2)
    let scores = LocalG.star([1, 2, 4, 8], LatticeNeighbours(cells: cells, neighbourhood: .queen))
    #expect(scores == LocalScores(count: 4, reason: .everyoneIsNeighbour))
    let lists = SpatialWeights(lists: (0..<3).map { _ in [0, 1, 2] })
    #expect(LocalG.star([1, 2, 4], lists) == LocalScores(count: 3, reason: .everyoneIsNeighbour))
  }

  @Test func `the only different value gets no Gi`() {
    var values = [Double](repeating: 3, count: 25)
    values[12] = 4
    let scores = LocalG.g(values, LatticeNeighbours(cells: square(side: 5), neighbourhood: .queen))
    #expect(scores.reasons[12] == .othersEqual)
    #expect(scores.z.filter { $0 == nil }.count == 1)
  }

  @Test(arguments: [0, 1, 2]) func `fewer than three cells have no z`(count: Int) {
    let cells = Array(square(side: 2).prefix(count))
    let scores = LocalG.star(Array([1.0, 2].prefix(count)), LatticeNeighbours(cells: cells, neighbourhood: .queen))
    #expect(scores == LocalScores(count: count, reason: .tooFewCells))
  }

  @Test(arguments: [1e-300, 1e300, -1e250, 1e-120])
  func `huge and tiny values keep their z`(scale: Double) throws {
    let golden = try Golden.load().star
    let neighbours = LatticeNeighbours(cells: square(side: 5), neighbourhood: .queen)
    let z = LocalG.star(golden.x.map { $0 * scale }, neighbours).z
    for slot in golden.x.indices {
      let expected = scale < 0 ? -golden.z[slot] : golden.z[slot]
      #expect(abs(try #require(z[slot]) - expected) < 1e-6, "slot \(slot)")
    }
  }

  @Test func `negative values and any unit of measurement give the same z`() throws {
    for seed in 9000..<9050 as Range<UInt64> {
      let lattice = RandomLattice(seed: seed)
      let neighbours = LatticeNeighbours(cells: lattice.cells, neighbourhood: .radius(metres: 1000))
      let z = LocalG.star(lattice.values, neighbours).z
      let other = LocalG.star(lattice.values.map { 273.15 + 1.8 * $0 }, neighbours).z
      expectSame(other, z, within: 1e-11, "seed \(seed)")
    }
  }
}

/// Queen contiguity of Columbus's tracts.
func columbusWeights() throws -> SpatialWeights {
  let text = try String(contentsOf: TestSupportFixture.columbus, encoding: .utf8)
  let lines = text.split(whereSeparator: \.isNewline)
  var lists = [[Int32]](repeating: [], count: 49)
  for line in stride(from: 1, to: lines.count - 1, by: 2) {
    let head = lines[line].split(separator: " ").compactMap { Int($0) }
    lists[try #require(head.first) - 1] = lines[line + 1].split(separator: " ").compactMap { Int32($0) }.map { $0 - 1 }
  }
  return SpatialWeights(lists: lists)
}
