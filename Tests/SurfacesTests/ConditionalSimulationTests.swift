import Foundation
import Geometry
import Grids
import Testing

@testable import Surfaces

@Suite struct ConditionalSimulationTests {
  private static let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
  private static let targets = (0..<Int32(12)).flatMap { row in
    (0..<Int32(12)).map { CellID(sizeMetres: 3000, column: $0, row: row) }
  }
  private static let readings: [(column: Int32, row: Int32, value: Double, error: Double)] = [
    (2, 2, 50, 0), (9, 3, 70, 4), (5, 8, 40, 1), (10, 10, 65, 0), (1, 9, 55, 9),
  ]

  private static func kriging(_ model: VariogramModel) -> Kriging {
    Kriging(
      Observations(
        places: readings.map { lattice.centre(of: CellID(sizeMetres: 3000, column: $0.column, row: $0.row)) },
        values: readings.map(\.value), errorVariances: readings.map(\.error)), model: model)
  }

  @Test func `weights give the estimates and add up to one`() throws {
    let kriging = Self.kriging(VariogramModel(shape: .exponential, nugget: 5, partialSill: 80, rangeMetres: 20_000))
    let places = Self.targets.map { Self.lattice.centre(of: $0) }
    let weights = kriging.weights(at: places, threads: 2)
    let applied = weights.applied(to: kriging.observations.values)
    for (k, estimate) in kriging.estimates(at: places).enumerated() {
      #expect(abs(try #require(estimate).value - applied[k]) < 1e-10)
      let own = k * weights.stride..<k * weights.stride + Int(weights.counts[k])
      #expect(abs(own.reduce(0) { $0 + weights.weights[$1] } - 1) < 1e-12)
    }
  }

  @Test(arguments: ["exponential:0:80:20000", "spherical:6:50:30000"])
  func `simulated fields have the mean and variance of the surface`(text: String) throws {
    let kriging = Self.kriging(try #require(VariogramModel(text)))
    let simulation = try ConditionalSimulation(kriging, targets: Self.targets, lattice: Self.lattice, threads: 1)
    let estimates = kriging.estimates(at: Self.targets.map { Self.lattice.centre(of: $0) }).compactMap(\.self)
    let pairs = 1500
    var sums = [Double](repeating: 0, count: Self.targets.count)
    var squares = sums
    for number in 0..<pairs {
      let (a, b) = simulation.pair(seed: 3, number: number)
      for k in sums.indices {
        for value in [a[k], b[k]] {
          sums[k] += value - estimates[k].value
          squares[k] += (value - estimates[k].value) * (value - estimates[k].value)
        }
      }
    }
    let n = Double(2 * pairs)
    for k in sums.indices {
      let variance = estimates[k].variance
      // 5 standard errors of a mean and of a variance of 3,000 normal numbers.
      #expect(abs(sums[k] / n) < 5 * (variance / n).squareRoot() + 1e-9, "cell \(k)")
      #expect(abs(squares[k] / n - variance) < 5 * variance * (2 / n).squareRoot() + 1e-9, "cell \(k)")
    }
    // An exact reading is met exactly.
    let exact = try #require(Self.targets.firstIndex { $0.column == 2 && $0.row == 2 })
    #expect(
      simulation.pair(seed: 3, number: 0).first[exact] == 50
        || abs(simulation.pair(seed: 3, number: 0).first[exact] - 50) < 1e-9)
  }

  @Test func `errors of a field are as wide as it says, alone and together`() throws {
    let field = CellField(
      cells: Self.targets, values: Self.targets.map { Double($0.column) },
      variances: Self.targets.map { $0.row == 0 ? .nan : 4 }, counts: Self.targets.map { _ in 1 },
      coverages: Self.targets.map { _ in 1 })
    for (range, expected) in [(0.0, 0.0), (9000, exp(-1))] {
      let simulation = try #require(ErrorSimulation(field, rangeMetres: range))
      var (variance, together) = (0.0, 0.0)
      for number in 0..<1000 {
        let (a, b) = simulation.pair(seed: 1, number: number)
        for values in [a, b] {
          variance += (values[70] - field.values[70]) * (values[70] - field.values[70]) / 2000
          together += (values[70] - field.values[70]) * (values[71] - field.values[71]) / 2000
        }
      }
      #expect(abs(variance - 4) < 0.7 && abs(together / 4 - expected) < 0.15, "\(range)")
    }
  }
}
