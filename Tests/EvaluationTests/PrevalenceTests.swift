import Testing

@testable import Evaluation

@Suite struct PrevalenceTests {
  @Test func `estimates and standard errors are those of the formulas written out in NumPy`() throws {
    for reference in try EvaluationReference.load().survey {
      let units = zip(reference.pi, reference.y).map { SampledUnit(probability: $0, value: $1) }
      let own = try #require(Prevalence(units, frameUnits: reference.frame))
      #expect(abs(own.horvitzThompson.value - reference.ht) < 1e-12)
      #expect(abs((own.horvitzThompson.standardError ?? 0) - reference.htSe) < 1e-12)
      #expect(abs(own.hajek.value - reference.hajek) < 1e-12)
      #expect(abs((own.hajek.standardError ?? 0) - reference.hajekSe) < 1e-12)
      // SciPy's gamma quantiles; ours are bisected to 1e-10.
      for (own, ends) in [(own.horvitzThompson, reference.htEnds), (own.hajek, reference.hajekEnds)] {
        #expect(abs((own.lower ?? .nan) - ends[0]) < 1e-8 && abs((own.upper ?? .nan) - ends[1]) < 1e-8)
      }
    }
  }

  @Test func `with equal probabilities the variance is that of simple random sampling`() throws {
    // n = 10 of N = 40, 4 finds: s² = 0.4 · 0.6 · 10/9, variance (1 - n/N) s²/n.
    let units = (0..<10).map { SampledUnit(probability: 0.25, value: $0 < 4 ? 1 : 0) }
    let own = try #require(Prevalence(units, frameUnits: 40))
    #expect(own.horvitzThompson.value == 0.4 && own.hajek.value == 0.4)
    let expected = (0.75 * 0.4 * 0.6 * 10 / 9 / 10).squareRoot()
    #expect(abs((own.horvitzThompson.standardError ?? 0) - expected) < 1e-12)
    #expect(abs((own.hajek.standardError ?? 0) - expected) < 1e-12)
  }

  @Test func `two draws of the same sample give the same rate with a variance half as large`() throws {
    let one = (0..<10).map { SampledUnit(probability: 0.25, value: $0 < 4 ? 1 : 0) }
    let two = one + one.map { SampledUnit(probability: $0.probability, value: $0.value, draw: 1) }
    let a = try #require(Prevalence(one, frameUnits: 40)?.horvitzThompson)
    let b = try #require(Prevalence(two, frameUnits: 80)?.horvitzThompson)
    #expect(abs(a.value - b.value) < 1e-15)
    #expect(abs((a.standardError ?? 0) / (b.standardError ?? 1) - 2.0.squareRoot()) < 1e-12)
  }

  @Test func `a census has no error and one uncertain unit gives none`() throws {
    let census = try #require(
      Prevalence((0..<6).map { SampledUnit(probability: 1, value: $0 < 3 ? 1 : 0) }, frameUnits: 6))
    #expect(census.horvitzThompson == Estimate(0.5, standardError: 0, lower: 0.5, upper: 0.5))
    #expect(Prevalence([SampledUnit(probability: 0.5, value: 1)], frameUnits: 3)?.hajek.standardError == nil)
    #expect(Prevalence([], frameUnits: 3) == nil)
  }

  @Test func `no find at all is not taken for certainty`() throws {
    let none = try #require(Prevalence((0..<30).map { _ in SampledUnit(probability: 0.1, value: 0) }, frameUnits: 300))
    // One unseen find of weight 10 among 300, with variance (1 - 0.1) / 0.1² / 300²: scipy.stats.gamma.ppf(0.975,
    // 1/0.9, scale=0.03), a little less than the "rule of 3.7" of a Poisson count, 3.69 / 30.
    #expect(none.hajek.lower == 0 && abs((none.hajek.upper ?? 0) - 0.117559511664) < 1e-9)
    #expect(abs((none.horvitzThompson.upper ?? 0) - (none.hajek.upper ?? 1)) < 1e-12)
  }

  @Test func `equal weights give the exact interval of a Poisson count`() throws {
    // Garwood (1936): 3 counts lie in 0.6187 ... 8.7673, the quantiles of Γ(3) and Γ(4).
    let own = Estimate.gamma(3, variance: 3, unseen: .init(mean: 1, variance: 1), isShare: false)
    #expect(abs((own.lower ?? 0) - 0.618_672) < 1e-6 && abs((own.upper ?? 0) - 8.767_273) < 1e-6)
  }

  @Test func `a share and what is missing from it have the same interval`() throws {
    let few = (0..<20).map { SampledUnit(probability: 0.05 + 0.02 * Double($0), value: $0 % 5 == 0 ? 1 : 0) }
    let most = few.map { SampledUnit(probability: $0.probability, value: 1 - $0.value) }
    let a = try #require(Prevalence(few, frameUnits: 80)?.hajek)
    let b = try #require(Prevalence(most, frameUnits: 80)?.hajek)
    #expect(abs((a.lower ?? 0) + (b.upper ?? 0) - 1) < 1e-9 && abs((a.upper ?? 0) + (b.lower ?? 0) - 1) < 1e-9)
    let all = try #require(Prevalence(few.map { SampledUnit(probability: $0.probability, value: 1) }, frameUnits: 80))
    #expect(all.hajek.upper == 1 && (all.hajek.lower ?? 1) < 0.9)
  }

  @Test func `of other means an unseen find is as grave as those seen, and without any there is no interval`() throws {
    func units(_ severity: Double) -> [SampledUnit] {
      (0..<20).map { SampledUnit(probability: 0.1, value: $0 < 4 ? severity : 0) }
    }
    let one = try #require(Prevalence(units(1), frameUnits: 200, isShare: false)?.hajek)
    let five = try #require(Prevalence(units(5), frameUnits: 200, isShare: false)?.hajek)
    #expect(abs((five.lower ?? 0) - 5 * (one.lower ?? 1)) < 1e-8)
    #expect(abs((five.upper ?? 0) - 5 * (one.upper ?? 1)) < 1e-8)
    #expect(try #require(Prevalence(units(0), frameUnits: 200, isShare: false)).hajek.upper == nil)
  }

  @Test func `the detection probability of two equal visits is by hand, and corrects`() throws {
    // 100 sites with a problem, each visit finds it with 0.8: 64 by both, 32 by one, 4 by none.
    let detection = try #require(DetectionProbability(both: 64, one: 32))
    #expect(abs(detection.estimate.value - 0.8) < 1e-12)
    let corrected = detection.corrected(Estimate(0.2, standardError: 0.02))
    #expect(abs(corrected.value - 0.25) < 1e-12)
    let relative = ((0.02 / 0.2) * (0.02 / 0.2) + square((detection.estimate.standardError ?? 0) / 0.8)).squareRoot()
    #expect(abs((corrected.standardError ?? 0) - 0.25 * relative) < 1e-12)
    // A skewed interval stays skewed: with p known, its ends are divided by p.
    let certain = try #require(DetectionProbability(both: 5, one: 0))
    let skewed = certain.corrected(Estimate(0.2, standardError: 0.02, lower: 0.17, upper: 0.26))
    #expect(abs((skewed.lower ?? 0) - 0.17) < 1e-12 && abs((skewed.upper ?? 0) - 0.26) < 1e-12)
    #expect(DetectionProbability(both: 0, one: 5) == nil)
    #expect(DetectionProbability(both: 5, one: 0)?.estimate.value == 1)
  }

  private func square(_ x: Double) -> Double { x * x }

  @Test func `in repeated real draws estimates are unbiased and intervals hold the truth as often as they say`() throws
  {
    var trial = EstimatorTrial()
    trial.draws = 120
    trial.targets = 250
    trial.visits = 50
    trial.floor = 0.02
    trial.threads = 2
    let rows = try trial.run()
    for row in rows.dropFirst() {
      let monteCarlo = row.spread / Double(row.draws).squareRoot()
      #expect(row.draws == 120 && abs(row.mean - row.truth) < 4.5 * monteCarlo + 0.002, "\(row)")
      // 120 draws: two standard errors of 95 % are 4 %.
      if let coverage = row.coverage, row.estimate.hasPrefix("H") { #expect(coverage >= 0.91, "\(row)") }
    }
    // What a targeted draw finds among its visits is far from the truth.
    #expect(rows[0].mean > 1.3 * rows[0].truth)
  }
}
