import Foundation
import Grids
import Randomness
import Testing

@testable import SpatialStatistics

@Suite struct GaussianFieldTests {
  @Test(arguments: [1, 2, 8, 64]) func `the transform is the sum it stands for`(count: Int) {
    var stream = RandomStream(seed: 3, slot: count, replicate: 0)
    var real = (0..<count).map { _ in stream.unit() - 0.5 }
    var imaginary = (0..<count).map { _ in stream.unit() - 0.5 }
    let (x, y) = (real, imaginary)
    FourierTransform(count: count).transform(&real, &imaginary)
    for k in 0..<count {
      var (re, im) = (0.0, 0.0)
      for j in 0..<count {
        let angle = -2 * Double.pi * Double(j * k) / Double(count)
        re += x[j] * cos(angle) - y[j] * sin(angle)
        im += x[j] * sin(angle) + y[j] * cos(angle)
      }
      #expect(abs(real[k] - re) < 1e-12 && abs(imaginary[k] - im) < 1e-12)
    }
  }

  @Test func `lines side by side are transformed to the bits of one line`() {
    // Eight lines at a time, and planes with fewer, in both directions.
    for (width, height) in [(32, 16), (4, 64), (64, 4), (1, 8), (2, 2)] {
      let plane = FourierPlane(width: width, height: height)
      var stream = RandomStream(seed: 9, slot: width, replicate: height)
      var real = (0..<width * height).map { _ in stream.unit() - 0.5 }
      var imaginary = real.map { _ in stream.unit() - 0.5 }
      var (x, y) = (real, imaginary)
      plane.transform(&real, &imaginary)
      func line(_ line: FourierTransform, _ places: [Int]) {
        var (a, b) = (places.map { x[$0] }, places.map { y[$0] })
        line.transform(&a, &b)
        for (k, place) in places.enumerated() { (x[place], y[place]) = (a[k], b[k]) }
      }
      for row in 0..<height { line(FourierTransform(count: width), (0..<width).map { row * width + $0 }) }
      for column in 0..<width { line(FourierTransform(count: height), (0..<height).map { $0 * width + column }) }
      #expect(real == x && imaginary == y, "\(width) x \(height)")
    }
  }

  @Test func `columns are transformed as rows are`() {
    let plane = FourierPlane(width: 16, height: 32)
    var stream = RandomStream(seed: 4, slot: 0, replicate: 0)
    var real = (0..<512).map { _ in stream.unit() }
    var imaginary = real.map { _ in 0.0 }
    let x = real
    plane.transform(&real, &imaginary)
    // One coefficient by hand, and Parseval's sum.
    var (re, im) = (0.0, 0.0)
    for row in 0..<32 {
      for column in 0..<16 {
        let angle = -2 * Double.pi * (Double(3 * column) / 16 + Double(5 * row) / 32)
        re += x[row * 16 + column] * cos(angle)
        im += x[row * 16 + column] * sin(angle)
      }
    }
    #expect(abs(real[5 * 16 + 3] - re) < 1e-10 && abs(imaginary[5 * 16 + 3] - im) < 1e-10)
    let energy = zip(real, imaginary).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 } / 512
    #expect(abs(energy - x.reduce(0) { $0 + $1 * $1 }) < 1e-9)
  }

  @Test func `fields have the covariance that was asked for`() {
    func covariance(_ columns: Int, _ rows: Int) -> Double {
      4 * exp(-3 * Double(columns * columns + rows * rows).squareRoot() / 10)
    }
    let source = GaussianField(width: 40, height: 30, padding: 30, covariance: covariance)
    #expect(source.lostShare < 1e-6)
    var sums: [Int: Double] = [:]
    var mean = 0.0
    let pairs = 150
    for number in 0..<pairs {
      let (a, b) = source.pair(seed: 7, number: number)
      #expect(a.count == 1200 && b.count == 1200)
      for field in [a, b] {
        mean += field.reduce(0, +) / 1200
        for step in [0, 1, 3, 8] {
          var sum = 0.0
          for row in 0..<30 {
            for column in 0..<(40 - step) { sum += field[row * 40 + column] * field[row * 40 + column + step] }
          }
          sums[step, default: 0] += sum / Double(30 * (40 - step))
        }
      }
    }
    // 300 fields with about 30 independent places each: standard errors near 0.06.
    #expect(abs(mean / Double(2 * pairs)) < 0.15)
    for (step, sum) in sums { #expect(abs(sum / Double(2 * pairs) - covariance(step, 0)) < 0.25, "\(step)") }
  }

  @Test func `the same seed and number give the same field`() {
    let source = GaussianField(width: 8, height: 8, padding: 8) { $0 == 0 && $1 == 0 ? 1 : 0 }
    #expect(source.pair(seed: 1, number: 5).first == source.pair(seed: 1, number: 5).first)
    #expect(source.pair(seed: 1, number: 5).first != source.pair(seed: 1, number: 6).first)
    #expect(source.pair(seed: 1, number: 5).first != source.pair(seed: 1, number: 5).second)
  }
}

@Suite struct LocalOTests {
  private static let cells = (0..<Int32(40)).flatMap { row in
    (0..<Int32(40)).map { CellID(sizeMetres: 3000, column: $0, row: row) }
  }

  @Test func `by hand on a row of four`() throws {
    let cells = (0..<Int32(4)).map { CellID(sizeMetres: 3000, column: $0, row: 0) }
    // Deviations -1.5, -0.5, 0.5, 1.5: c(0) = 5/4, c(1) = (0.75 - 0.25 + 0.75)/3, c(2) = (-0.75 - 0.75)/2.
    let scores = LocalO.scores([1, 2, 3, 4], cells: cells, neighbourhood: .rook)
    let (c0, c1, c2) = (5.0 / 4, 1.25 / 3, -1.5 / 2)
    let end = (1.5 + 0.5) / 2 / ((2 * c0 + 2 * c1) / 4).squareRoot()
    let inner = (0.5 - 0.5 + 1.5) / 3 / ((3 * c0 + 4 * c1 + 2 * c2) / 9).squareRoot()
    let z = try scores.z.map { try #require($0) }
    #expect(abs(z[3] - end) < 1e-12 && abs(z[0] + end) < 1e-12)
    #expect(abs(z[2] - inner) < 1e-12)
  }

  @Test func `without correlation it is Gi* but for noise`() {
    var stream = RandomStream(seed: 11, slot: 0, replicate: 0)
    let values = Self.cells.map { _ in stream.normals().0 }
    let o = LocalO.scores(values, cells: Self.cells, neighbourhood: .queen)
    let star = LocalG.star(values, LatticeNeighbours(cells: Self.cells, neighbourhood: .queen))
    for (a, b) in zip(o.z, star.z) { #expect(abs((a ?? 9) / (b ?? 1) - 1) < 0.2) }
  }

  @Test func `on smooth fields a twentieth passes and not half`() {
    let source = GaussianField(width: 40, height: 40, padding: 40) { exp(-Double($0 * $0 + $1 * $1) / 16) }
    let neighbours = LatticeNeighbours(cells: Self.cells, neighbourhood: .queen)
    var (o, star, all) = (0, 0, 0)
    for number in 0..<25 {
      let (a, b) = source.pair(seed: 5, number: number)
      for field in [a, b] {
        o += LocalO.scores(field, cells: Self.cells, neighbourhood: .queen).z.count { abs($0 ?? 0) > 1.96 }
        star += LocalG.star(field, neighbours).z.count { abs($0 ?? 0) > 1.96 }
        all += field.count
      }
    }
    #expect((0.03...0.07).contains(Double(o) / Double(all)), "\(Double(o) / Double(all))")
    #expect(Double(star) / Double(all) > 0.35)
  }

  @Test func `edges are defined`() {
    let two = [CellID(sizeMetres: 3000, column: 0, row: 0), CellID(sizeMetres: 3000, column: 1, row: 0)]
    #expect(LocalO.scores([1, 2], cells: two, neighbourhood: .queen).reasons == [.tooFewCells, .tooFewCells])
    let apart = (0..<Int32(4)).map { CellID(sizeMetres: 3000, column: 5 * $0, row: 0) }
    #expect(
      LocalO.scores([1, 2, 3, 4], cells: apart, neighbourhood: .queen).reasons
        == Array(repeating: .noNeighbour, count: 4))
    let equal = (0..<Int32(4)).map { CellID(sizeMetres: 3000, column: $0, row: 0) }
    #expect(LocalO.scores([2, 2, 2, 2], cells: equal, neighbourhood: .queen).reasons[0] == .allEqual)
    // Scattered too far for a window: the same numbers by look-up.
    let far = equal + [CellID(sizeMetres: 3000, column: 13_000, row: 13_000)]
    let scores = LocalO.scores([1, 2, 3, 4, 2.5], cells: far, neighbourhood: .rook)
    #expect(scores.reasons[4] == .noNeighbour && scores.z[0] != nil)
  }
}
