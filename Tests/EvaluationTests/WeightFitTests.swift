import Evaluation
import Testing

@Suite struct WeightFitTests {
  /// Visits with three kinds of leads: the first tells much, the second some, the third nothing.
  private func data(_ count: Int, seed: UInt64 = 1) -> FitData {
    var numbers = TestNumbers(seed)
    let rows = (0..<count).map { k -> FitData.Row in
      let strengths = [0.15, 0.2, 0.3].map { numbers.uniform() < $0 ? 0.3 + 0.7 * numbers.uniform() : 0 }
      let chance = min(0.95, 0.06 * (1 + 8 * strengths[0] + 3 * strengths[1]))
      let found = numbers.uniform() < chance
      // The hand-made policy believes in the third kind.
      let score = 1 + 2 * strengths[0] + 2 * strengths[1] + 10 * strengths[2]
      return FitData.Row(
        targetID: "E-\(k / 2)", block: "county \(k % 60)", strengths: strengths, score: score,
        probability: 0.25, found: found, severity: found ? 1 + 4 * strengths[0] : 0)
    }
    return FitData(features: ["one", "two", "three"], currentWeights: [2, 2, 10], rows: rows)
  }

  @Test func `planted weights are found, and beat a policy that believes in the wrong lead`() throws {
    var options = FitOptions()
    options.bootstrap = BootstrapOptions(replicates: 60, threads: 2)
    let fit = try fitWeights(data(2500), options: options)
    let weights = fit.features.map(\.proposedWeight.value)
    #expect(abs(weights[0] - 8) < 3, "\(weights)")
    #expect(abs(weights[1] - 3) < 1.8, "\(weights)")
    #expect(weights[2] < 0.7, "\(weights)")
    #expect(fit.features.allSatisfy { $0.coefficient.value >= 0 })
    let quality = Dictionary(uniqueKeysWithValues: fit.qualities.map { ($0.name, $0) })
    let learned = try #require(quality["learned weights"])
    let policy = try #require(quality["policy's score"])
    let plain = try #require(quality["plain rate"])
    #expect(learned.loss < policy.loss && learned.loss < plain.loss)
    #expect((learned.areaUnderCurve ?? 0) > (policy.areaUnderCurve ?? 1) + 0.05)
    #expect((fit.lossDifference.upper ?? 1) < 0)
    #expect((fit.reliability?.calibrationError ?? 1) < 0.05)
  }

  @Test func `threads change nothing, and severity finds where it is bad`() throws {
    var options = FitOptions()
    options.response = .severity
    options.grouping = .countyDay
    options.bootstrap = BootstrapOptions(replicates: 30, threads: 1)
    // County and target cross each other in these data, so that groups join: too few are left for five folds.
    #expect(throws: EvaluationProblem.self) { try fitWeights(data(30), options: options) }
    options.grouping = .target
    let one = try fitWeights(data(1500), options: options)
    options.bootstrap.threads = 2
    let two = try fitWeights(data(1500), options: options)
    #expect(one.features == two.features && one.path == two.path)
    #expect(one.features[0].proposedWeight.value > 2 * one.features[1].proposedWeight.value)
    #expect(one.reliability == nil)
  }

  @Test func `strong ridges and rising transforms keep weights monotone and finite`() throws {
    for transform in FitTransform.allCases {
      var options = FitOptions()
      options.transform = transform
      options.ridges = [1]
      options.bootstrap.replicates = 20
      let fit = try fitWeights(data(600), options: options)
      #expect(fit.features.allSatisfy { $0.proposedWeight.value >= 0 && $0.proposedWeight.value < 8 })
    }
  }

  @Test func `too few finds are refused`() throws {
    let problem = try #require(throws: EvaluationProblem.self) { try fitWeights(data(40)) }
    #expect(problem.problem.contains("40 visits"))
  }
}
