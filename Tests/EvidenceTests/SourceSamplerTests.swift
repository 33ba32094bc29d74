import Foundation
import Randomness
import SpatialStatistics
import Testing

@testable import Evidence

@Suite struct SourceSamplerTests {
  /// One column: the posterior chance that it is there has a closed form, here by summing the integrand.
  @Test(arguments: [(4.0, 6.0, 0.3, 2.0), (4.0, -1, 0.3, 2), (0.5, 1, 0.05, 5), (9, 12, 0.01, 1)])
  func `one column is on as often as the integral says`(
    precision: Double, moment: Double, prior: Double, mean: Double
  ) {
    let step = 0.0005
    let gain = (0..<40_000).reduce(0.0) { sum, k in
      let q = (Double(k) + 0.5) * step
      return sum + step / mean * exp(-q / mean - precision * q * q / 2 + moment * q)
    }
    let expected = prior * gain / (prior * gain + 1 - prior)
    let sampler = SourceSampler(products: [precision], moments: [moment], priors: [prior], means: [mean])
    var (on, n) = (0, 0)
    sampler.run(sweeps: 25_000, seed: 5, slot: 1, replicate: 0) {
      n += 1
      if $0[0] > 0 { on += 1 }
    }
    // Draws of one column are independent: four standard errors.
    let error = 4 * (expected * (1 - expected) / Double(n)).squareRoot() + 1e-4
    #expect(abs(Double(on) / Double(n) - expected) < error)
  }

  @Test func `two columns that look alike share what they explain by their priors`() {
    // The same column twice: whichever is on explains all, so the odds between them are those of the priors.
    let sampler = SourceSampler(
      products: [50, 50, 50, 50], moments: [200, 200], priors: [0.02, 0.01], means: [3, 3])
    var (first, second, n) = (0, 0, 0)
    sampler.run(sweeps: 20_000, seed: 3, slot: 2, replicate: 0) { q in
      n += 1
      if q[0] > 0, q[1] == 0 { first += 1 }
      if q[1] > 0, q[0] == 0 { second += 1 }
    }
    let odds = Double(first) / Double(max(1, second))
    #expect(abs(odds / (0.02 / 0.98 / (0.01 / 0.99)) - 1) < 0.15)
    #expect(first + second > n * 9 / 10)
  }

  @Test(arguments: [-30.0, -19.9, -20.1, -5, 0, 3])
  func `the scaled normal has no seam where its formula changes`(z: Double) {
    // log(exp(z²/2)Φ(z)) by a sum: ∫ exp(-t²/2 + zt) dt / √(2π) over t > 0.
    let step = 0.0002
    let sum = (0..<100_000).reduce(0.0) { sum, k in
      let t = (Double(k) + 0.5) * step
      return sum + step * exp(-t * t / 2 + z * t)
    }
    #expect(abs(SourceSampler.logScaledNormal(z) - log(sum / (2 * Double.pi).squareRoot())) < 1e-4)
  }

  @Test func `a normal cut at nought has its known mean`() {
    for mean in [-3.0, -0.2, 2] {
      var stream = RandomStream(seed: 9, slot: 1, replicate: 1)
      let n = 40_000
      let drawn = (0..<n).map { _ in positiveNormal(mean, 1, &stream) }
      let density = exp(-mean * mean / 2) / (2 * Double.pi).squareRoot()
      let expected = mean + density / (0.5 * erfc(-mean / 2.0.squareRoot()))
      #expect(drawn.allSatisfy { $0 > 0 })
      #expect(abs(drawn.reduce(0, +) / Double(n) - expected) < 4 / Double(n).squareRoot())
    }
  }

  /// The Schur complement against the covariance written out: y has variance D + hours + gains.
  @Test func `eliminating shared errors equals inverting the whole covariance`() throws {
    var design = PlumeDesign()
    design.hourCount = 3
    design.hours = [0, 1, 2]
    design.background = [40, 60, 50]
    design.receptorX = [0, 1, 2]
    design.receptorY = [0, 0, 0]
    design.receptorGain = [0.05, 0.1, 0.02]
    design.residuals = [3, -1, 4, 1, 5, -2, 6, .nan, 2]
    design.variances = [Double](repeating: 4, count: 9)
    for source in [SourceSlot.firm(0), .firm(1)] {
      design.columns.append(PlumeColumn(source: source, place: 0, levels: [1, 1, 1], prior: 0.5, mean: 1))
    }
    let xs: [[Double]] = [[1, 0], [0, 2], [1, 1], [0, 1], [2, 0], [0, 0], [1, 2], [0.5, 0], [0, 3]]
    var entries: [PlumeDesign.Entry] = []
    var starts: [Int32] = [0]
    var weights: [Double] = []
    var rows: [(x: [Double], y: Double, hour: Int, receptor: Int)] = []
    for hour in 0..<3 {
      for receptor in 0..<3 {
        let y = design.residuals[receptor * 3 + hour]
        let x = xs[hour * 3 + receptor]
        weights.append(y.isNaN ? 0 : 0.25)
        if !y.isNaN {
          for (column, value) in x.enumerated() where value != 0 {
            entries.append(PlumeDesign.Entry(column: Int32(column), value: value))
          }
          rows.append((x, y, hour, receptor))
        }
        starts.append(Int32(entries.count))
      }
    }
    let made = PlumeNormalEquations(
      design, PlumeRows(entries: entries, starts: starts), weights: weights, backgroundShare: 0.1)
    let n = rows.count
    var covariance = (0..<n).map { a in
      (0..<n).map { b -> Double in
        var value = a == b ? 4.0 : 0
        if rows[a].hour == rows[b].hour { value += pow(max(1, 0.1 * design.background[rows[a].hour]), 2) }
        if rows[a].receptor == rows[b].receptor {
          value +=
            pow(design.receptorGain[rows[a].receptor], 2) * design.background[rows[a].hour]
            * design.background[rows[b].hour]
        }
        return value
      }
    }
    var right = rows.map { $0.x + [$0.y] }
    for k in 0..<n {
      for i in 0..<n where i != k {
        let factor = covariance[i][k] / covariance[k][k]
        for j in 0..<n { covariance[i][j] -= factor * covariance[k][j] }
        for j in 0..<3 { right[i][j] -= factor * right[k][j] }
      }
    }
    func product(_ a: Int, _ b: Int) -> Double {
      (0..<n).reduce(0) { $0 + (a < 2 ? rows[$1].x[a] : rows[$1].y) * right[$1][b] / covariance[$1][$1] }
    }
    for a in 0..<2 {
      #expect(abs(made.moments[a] - product(a, 2)) < 1e-9)
      for b in 0..<2 { #expect(abs(made.products[a * 2 + b] - product(a, b)) < 1e-9) }
    }
  }
}
