import Diagnostics
import Evaluation
import Testing

@Suite struct OffPolicyTests {
  /// A log of Poisson draws: outcomes known for all, seen for the drawn.
  private func log(_ seed: UInt64, units: Int = 400) -> (units: [LoggedUnit], truth: Double) {
    var numbers = TestNumbers(seed)
    // The population is the same for all seeds; only the draw differs.
    var world = TestNumbers(99)
    var top = 0.0
    var bottom = 0.0
    let made = (0..<units).map { k -> LoggedUnit in
      let x = world.uniform()
      let outcome = world.uniform() < 0.1 + 0.6 * x ? 1.0 : 0
      let probability = 0.15 + 0.3 * world.uniform()
      let other = 0.1 + 0.4 * x
      top += other * outcome
      bottom += other
      return LoggedUnit(
        probability: probability, otherProbability: other, outcome: numbers.uniform() < probability ? outcome : nil,
        features: [x], block: k % 40)
    }
    return (made, top / bottom)
  }

  @Test func `the three estimates are by hand`() throws {
    let units = [
      LoggedUnit(probability: 0.5, otherProbability: 0.25, outcome: 1, features: [], block: 0),
      LoggedUnit(probability: 0.25, otherProbability: 0.5, outcome: 0, features: [], block: 1),
      LoggedUnit(probability: 0.5, otherProbability: 0.5, outcome: 1, features: [], block: 2),
      LoggedUnit(probability: 0.5, otherProbability: 0.75, outcome: nil, features: [], block: 3),
    ]
    var limits = SupportLimits()
    limits.effectiveVisits = 1
    limits.largestShare = 1
    let value = try offPolicyValue(units, limits: limits, folds: 2)
    // w = 0.5, 2, 1; Σπ' = 2.
    #expect(value.logged.value == 2.0 / 3)
    #expect(value.inversePropensity.value == 0.75)
    #expect(abs(value.selfNormalised.value - 1.5 / 3.5) < 1e-15)
    #expect(abs(value.effectiveVisits - 3.5 * 3.5 / 5.25) < 1e-12)
    #expect(value.largestWeight == 2)
  }

  @Test func `over many logs the inverse propensity and doubly robust estimates are unbiased, the latter sharper`()
    throws
  {
    var sums = (ips: 0.0, ips2: 0.0, dr: 0.0, dr2: 0.0)
    let logs = 250
    var truth = 0.0
    for seed in 0..<logs {
      let log = log(UInt64(seed))
      truth = log.truth
      let value = try offPolicyValue(log.units, options: BootstrapOptions(replicates: 1))
      sums.ips += value.inversePropensity.value
      sums.ips2 += value.inversePropensity.value * value.inversePropensity.value
      sums.dr += value.doublyRobust.value
      sums.dr2 += value.doublyRobust.value * value.doublyRobust.value
    }
    let n = Double(logs)
    let ips = (mean: sums.ips / n, sd: (sums.ips2 / n - (sums.ips / n) * (sums.ips / n)).squareRoot())
    let dr = (mean: sums.dr / n, sd: (sums.dr2 / n - (sums.dr / n) * (sums.dr / n)).squareRoot())
    #expect(abs(ips.mean - truth) < 4 * ips.sd / n.squareRoot(), "\(ips) \(truth)")
    #expect(abs(dr.mean - truth) < 4 * dr.sd / n.squareRoot(), "\(dr) \(truth)")
    #expect(dr.sd < 0.9 * ips.sd, "\(dr.sd) \(ips.sd)")
  }

  @Test func `the same policy has the value that was logged`() throws {
    let units = log(4).units.map { unit in
      var unit = unit
      unit.otherProbability = unit.probability
      return unit
    }
    let value = try offPolicyValue(units)
    #expect(abs(value.selfNormalised.value - value.logged.value) < 1e-12)
    #expect(value.effectiveVisits == Double(value.visits))
    #expect(value == (try offPolicyValue(units, options: BootstrapOptions(threads: 2))))
  }

  @Test func `thin support is refused with its numbers`() throws {
    var units = log(4).units
    units[7].probability = 0
    units[7].outcome = nil
    let none = try #require(throws: EvaluationProblem.self) { try offPolicyValue(units) }
    #expect(none.problem.contains("1 targets that the other policy could visit") && none.exitStatus == .data)
    var heavy = log(4).units
    for k in heavy.indices { heavy[k].otherProbability = k < 3 ? 1 : 1e-6 }
    for k in 0..<3 { heavy[k].outcome = 1 }
    let thin = try #require(throws: EvaluationProblem.self) { try offPolicyValue(heavy) }
    #expect(
      thin.problem.contains("visits are worth 2.") || thin.problem.contains("visits are worth 3."), "\(thin.problem)")
    #expect(thin.remedy.contains("floor"))
  }
}
