import Foundation
import Grids
import Randomness
import TestSupport
import Testing

@testable import SpatialStatistics

@Suite struct ScanStatisticTests {
  private struct Golden: Decodable {
    struct Case: Decodable { let c: Double, C: Double, E: Double, llr: Double }
    let kulldorff_llr: [Case]
  }

  private static func square(_ side: Int32) -> [CellID] {
    (0..<side).flatMap { row in (0..<side).map { CellID(sizeMetres: 3000, column: $0, row: row) } }
  }

  @Test func `the published ratios`() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: TestFiles.fixture("reference/golden.json")))
    #expect(golden.kulldorff_llr.count == 3)
    for one in golden.kulldorff_llr {
      // Two cells apart: one has c counts of C, the expectations split as E and C - E.
      let cells = [CellID(sizeMetres: 3000, column: 0, row: 0), CellID(sizeMetres: 3000, column: 9, row: 0)]
      var scan = ScanStatistic(model: .poisson)
      scan.maximumRadius = 0
      scan.replicates = 9
      let outcome = try #require(
        scan.run(cells: cells, values: [one.c, one.C - one.c], expected: [one.E, one.C - one.E]))
      let own = outcome.clusters.first { $0.centre == 0 }?.ratio ?? 0
      #expect(abs(own - one.llr) < 1e-6, "\(one.c) of \(one.C), \(one.E) expected: \(own)")
    }
  }

  /// SaTScan 9.6 on the leukaemia cases of upstate New York (whole cases: 552 in 1,057,673 people), by the log likelihood ratios
  /// that the tests of the R package smerc keep. Population and cases of the same tracts are in the R package spData.
  @Test(arguments: [
    (cases: 85.0, population: 95_249.0, ratio: 11.577255, digits: 1e-6), (38, 34_083, 9.019716, 1e-6),
    (106, 119_050, 14.78, 5e-3), (42, 40_696, 8.29, 5e-3),
  ])
  func `clusters of the New York leukaemia data have the ratios of SaTScan`(
    one: (cases: Double, population: Double, ratio: Double, digits: Double)
  ) throws {
    let cells = [CellID(sizeMetres: 3000, column: 0, row: 0), CellID(sizeMetres: 3000, column: 9, row: 0)]
    var scan = ScanStatistic(model: .poisson)
    scan.maximumRadius = 0
    scan.replicates = 9
    let outcome = try #require(
      scan.run(
        cells: cells, values: [one.cases, 552 - one.cases], expected: [one.population, 1_057_673 - one.population]))
    let own = try #require(outcome.clusters.first { $0.centre == 0 }).ratio
    #expect(abs(own - one.ratio) < one.digits)
  }

  /// Every cylinder written out, zone by zone.
  private static func best(
    _ cells: [CellID], _ values: [Double], _ expected: [Double], model: ScanStatistic.Model, radius: Int, duration: Int,
    any: Bool
  ) -> Double {
    let n = cells.count
    let steps = values.count / n
    let known = values.filter { !$0.isNaN }
    let total = known.reduce(0, +)
    let mean = total / Double(known.count)
    let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
    let scale = total / max(1e-300, expected.reduce(0, +))
    var best = 0.0
    for centre in cells {
      for r in 0...radius {
        let zone = cells.indices.filter {
          let (dx, dy) = (Int(cells[$0].column - centre.column), Int(cells[$0].row - centre.row))
          return dx * dx + dy * dy <= r * r
        }
        guard zone.count <= n / 2 else { continue }
        for last in any ? Array(0..<steps) : [steps - 1] {
          for d in 1...min(duration, last + 1) {
            let places = (last + 1 - d...last).flatMap { step in zone.map { step * n + $0 } }
            if model == .normal {
              let own = places.map { values[$0] }.filter { !$0.isNaN }
              let others = Double(known.count - own.count)
              guard !own.isEmpty, others > 0 else { continue }
              let inside = own.reduce(0, +) / Double(own.count)
              guard inside > mean else { continue }
              let outside = (total - own.reduce(0, +)) / others
              var squares = 0.0
              for (place, value) in values.enumerated() where !value.isNaN {
                let m = places.contains(place) ? inside : outside
                squares += (value - m) * (value - m)
              }
              best = max(best, Double(known.count) / 2 * log(variance / (squares / Double(known.count))))
            } else {
              let c = places.reduce(0) { $0 + values[$1] }
              var e = places.reduce(0) { $0 + scale * (expected.isEmpty ? 0 : expected[$1]) }
              if model == .permutation {
                let zoneCounts = (0..<steps).reduce(0.0) { sum, step in
                  sum + zone.reduce(0) { $0 + values[step * n + $1] }
                }
                let stepCounts = (last + 1 - d...last).reduce(0.0) { sum, step in
                  sum + (0..<n).reduce(0) { $0 + values[step * n + $1] }
                }
                e = zoneCounts * stepCounts / total
              }
              guard e > 0, e < total, c > e else { continue }
              best = max(best, c * log(c / e) + (total > c ? (total - c) * log((total - c) / (total - e)) : 0))
            }
          }
        }
      }
    }
    return best
  }

  @Test(arguments: ScanStatistic.Model.allCases, [false, true])
  func `the best cylinder is that of all written out`(model: ScanStatistic.Model, any: Bool) throws {
    var stream = RandomStream(seed: 8, slot: 0, replicate: 0)
    let cells = Self.square(7).filter { _ in stream.unit() > 0.15 }
    let steps = 5
    let count = cells.count * steps
    let values = (0..<count).map { _ in
      model == .normal ? (stream.unit() < 0.1 ? Double.nan : stream.normals().0) : (stream.unit() * 4).rounded(.down)
    }
    let expected = model == .poisson ? (0..<count).map { _ in 0.5 + stream.unit() } : []
    var scan = ScanStatistic(model: model)
    scan.span = any ? .any : .alive
    (scan.maximumRadius, scan.maximumDuration, scan.replicates) = (2, 3, 19)
    let outcome = try #require(scan.run(cells: cells, values: values, expected: expected))
    let twin = Self.best(cells, values, expected, model: model, radius: 2, duration: 3, any: any)
    #expect(abs(try #require(outcome.clusters.first).ratio - twin) < 1e-9)
    #expect(outcome.highest.count == 19 && outcome.highest.allSatisfy { $0 > 0 })
    scan.threads = 2
    #expect(scan.run(cells: cells, values: values, expected: expected)?.highest == outcome.highest)
    for (a, b) in zip(outcome.clusters, outcome.clusters.dropFirst()) {
      #expect(a.ratio >= b.ratio && Set(a.members).isDisjoint(with: b.members))
    }
  }

  /// Every connected set of raised cells about every centre, by going through all sets of bits.
  private static func bestFlexible(
    _ cells: [CellID], _ values: [Double], _ expected: [Double], normal: Bool, nearest: Int, level: Double
  ) -> Double {
    let known = values.filter { !$0.isNaN }
    let total = normal ? Double(known.count) : known.reduce(0, +)
    let mean = known.reduce(0, +) / Double(known.count)
    let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
    let scale = total / max(1e-300, expected.reduce(0, +))
    func isRaised(_ slot: Int) -> Bool {
      if normal {
        let z: Double = (values[slot] - mean) / variance.squareRoot()
        let tail: Double = erfc(z / 2.0.squareRoot()) / 2
        return !values[slot].isNaN && z > 0 && tail <= level
      }
      let e: Double = expected[slot] * scale
      guard e > 0, values[slot] > e else { return false }
      var (upTo, own) = (0.0, 0.0)
      for k in 0...Int(values[slot]) {
        let logTerm: Double = Double(k) * log(e) - e - lgamma(Double(k) + 1)
        own = exp(logTerm)
        upTo += own
      }
      return 1 - upTo + own / 2 < level
    }
    struct Offset: Comparable {
      let square: Int32, row: Int32, column: Int32
      init(_ column: Int32, _ row: Int32) {
        (square, self.row, self.column) = (column * column + row * row, row, column)
      }
      static func < (a: Offset, b: Offset) -> Bool { (a.square, a.row, a.column) < (b.square, b.row, b.column) }
    }
    var around: [Offset] = []
    for row in Int32(-3)...3 { for column in Int32(-3)...3 { around.append(Offset(column, row)) } }
    let nearestOffsets = Array(around.sorted().prefix(nearest))
    func touches(_ a: Int, _ b: Int) -> Bool {
      abs(cells[a].column - cells[b].column) <= 1 && abs(cells[a].row - cells[b].row) <= 1
    }
    var best = 0.0
    for centre in cells.indices where isRaised(centre) {
      let window = cells.indices.filter { slot in
        let offset = Offset(cells[slot].column - cells[centre].column, cells[slot].row - cells[centre].row)
        return slot != centre && isRaised(slot) && nearestOffsets.contains(offset)
      }
      for bits in 0..<(1 << window.count) {
        let zone: [Int] = [centre] + window.indices.filter { bits >> $0 & 1 == 1 }.map { window[$0] }
        guard zone.count <= cells.count / 2 else { continue }
        var reached: Set<Int> = [centre]
        var grew = true
        while grew {
          let news = zone.filter { slot in !reached.contains(slot) && reached.contains { touches($0, slot) } }
          grew = !news.isEmpty
          reached.formUnion(news)
        }
        guard reached.count == zone.count else { continue }
        let c: Double = zone.reduce(0.0) { $0 + values[$1] }
        let size = Double(zone.count)
        if normal {
          let excess: Double = c - mean * size
          let explained: Double = excess * excess * total / (size * (total - size))
          best = max(best, total / 2 * log(variance / (variance - explained / total)))
        } else {
          let e: Double = zone.reduce(0.0) { $0 + expected[$1] * scale }
          guard e < total, c > e else { continue }
          let rest: Double = total > c ? (total - c) * log((total - c) / (total - e)) : 0
          best = max(best, c * log(c / e) + rest)
        }
      }
    }
    return best
  }

  @Test(arguments: [(false, 0.2), (false, 0.5), (true, 0.2), (true, 0.5)])
  func `the best flexible zone is that of all sets written out`(normal: Bool, level: Double) throws {
    for round in 0..<12 {
      var stream = RandomStream(seed: 21, slot: round, replicate: 0)
      let cells = Self.square(7).filter { _ in stream.unit() > 0.1 }
      let values = cells.map { _ in
        normal ? (stream.unit() < 0.1 ? Double.nan : stream.normals().0) : (stream.unit() * 5).rounded(.down)
      }
      let expected = normal ? [] : cells.map { _ in 0.5 + stream.unit() }
      var scan = ScanStatistic(model: normal ? .normal : .poisson)
      scan.zones = .flexible(nearest: 13, level: level)
      scan.replicates = 9
      let outcome = try #require(scan.run(cells: cells, values: values, expected: expected))
      let twin = Self.bestFlexible(cells, values, expected, normal: normal, nearest: 13, level: level)
      #expect(abs(try #require(outcome.clusters.first).ratio - twin) < 1e-9, "round \(round)")
      // Replicates prune more than the data do; scanned as data they must say the same.
      #expect(outcome.highest.allSatisfy { $0 > 0 })
      scan.threads = 2
      #expect(scan.run(cells: cells, values: values, expected: expected)?.highest == outcome.highest)
    }
  }

  @Test func `a bent cluster is found whole by flexible zones only`() throws {
    var stream = RandomStream(seed: 4, slot: 1, replicate: 0)
    let cells = Self.square(24)
    // An L, as along a road.
    let planted = Set(
      cells.indices.filter { slot in
        let (x, y) = (cells[slot].column, cells[slot].row)
        return (x == 10 && (9...12).contains(y)) || (y == 9 && (10...12).contains(x))
      })
    let values = cells.indices.map { stream.normals().0 + (planted.contains($0) ? 4 : 0) }
    var scan = ScanStatistic(model: .normal)
    (scan.maximumRadius, scan.replicates) = (5, 99)
    let round = try #require(scan.run(cells: cells, values: values)?.clusters.first)
    scan.zones = .flexible(nearest: 25, level: 0.05)
    let bent = try #require(scan.run(cells: cells, values: values)?.clusters.first)
    #expect(bent.p == 0.01 && bent.ratio > round.ratio)
    #expect(Set(bent.members).isSuperset(of: planted) && bent.members.count <= planted.count + 1)
    #expect(!Set(round.members).isSuperset(of: planted) || round.members.count > planted.count + 6)
  }

  @Test(arguments: ScanStatistic.Model.allCases) func `a planted cluster is found, and its place`(
    model: ScanStatistic.Model
  ) throws {
    var stream = RandomStream(seed: 3, slot: 1, replicate: 0)
    let cells = Self.square(20)
    let steps = 10
    var values = (0..<cells.count * steps).map { _ in
      model == .normal ? stream.normals().0 : (stream.unit() < 0.2 ? 1.0 : 0)
    }
    for step in 8..<10 {
      for (slot, cell) in cells.enumerated() where abs(cell.column - 6) + abs(cell.row - 13) <= 2 {
        values[step * cells.count + slot] += model == .normal ? 2 : 1
      }
    }
    var scan = ScanStatistic(model: model)
    (scan.maximumRadius, scan.replicates) = (4, 99)
    let outcome = try #require(
      scan.run(cells: cells, values: values, expected: model == .poisson ? values.map { _ in 1 } : []))
    let first = try #require(outcome.clusters.first)
    #expect(first.p == 0.01 && first.gumbelP < 0.001 && first.steps == 8..<10)
    #expect(abs(cells[first.centre].column - 6) <= 1 && abs(cells[first.centre].row - 13) <= 1)
    #expect(first.observed > first.expected)
  }

  @Test func `under chance p is even`() throws {
    let cells = Self.square(8)
    var (below, mean) = (0, 0.0)
    let rounds = 120
    for round in 0..<rounds {
      var stream = RandomStream(seed: 77, slot: 0, replicate: round)
      var values = [Double](repeating: 0, count: cells.count * 4)
      for _ in 0..<80 { values[Int(stream.number(below: UInt64(values.count)))] += 1 }
      var scan = ScanStatistic(model: .permutation)
      (scan.maximumRadius, scan.replicates, scan.seed) = (2, 39, UInt64(round))
      let p = scan.run(cells: cells, values: values)?.clusters.first?.p ?? 1
      mean += p / Double(rounds)
      if p <= 0.1 { below += 1 }
    }
    // A tenth of 120 with its binomial spread; the mean of even p is a half.
    #expect((3...24).contains(below) && abs(mean - 0.5) < 0.12, "\(below) \(mean)")
  }

  @Test func `nothing to scan is no outcome`() {
    let cells = Self.square(4)
    #expect(ScanStatistic(model: .permutation).run(cells: cells, values: [Double](repeating: 0, count: 32)) == nil)
    #expect(ScanStatistic(model: .normal).run(cells: cells, values: [Double](repeating: 7, count: 32)) == nil)
    #expect(ScanStatistic(model: .normal).run(cells: cells, values: [Double](repeating: .nan, count: 32)) == nil)
    #expect(ScanStatistic(model: .poisson).run(cells: cells, values: [Double](repeating: 1, count: 16)) == nil)
    #expect(ScanStatistic(model: .poisson).run(cells: [], values: []) == nil)
  }
}
