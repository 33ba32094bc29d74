import Evaluation
import Testing

@Suite struct ArmComparisonTests {
  private func campaign(_ seed: UInt64, days: Int = 40) -> [ArmBlock] {
    var numbers = TestNumbers(seed)
    return (0..<days).flatMap { day in
      let air = numbers.uniform()
      return [("random", 0.1), ("scored", 0.25)].map { name, rate in
        let finds = (0..<20).count { _ in numbers.uniform() < rate + 0.3 * air }
        return ArmBlock(
          arm: name, block: "day \(day)", visits: 20, finds: Double(finds), severity: Double(2 * finds),
          offListFinds: Double(finds / 2), daysSooner: Double(3 * finds), datedFinds: Double(finds))
      }
    }
  }

  @Test func `rates, differences and ratios are by hand`() throws {
    let result = try compare(
      arms: [
        ArmBlock(arm: "random", block: "a", visits: 10, finds: 1, severity: 2, offListFinds: 0),
        ArmBlock(
          arm: "scored", block: "a", visits: 20, finds: 6, severity: 30, offListFinds: 3, daysSooner: 12, datedFinds: 6),
        ArmBlock(
          arm: "scored", block: "b", visits: 20, finds: 4, severity: 10, offListFinds: 1, daysSooner: -2, datedFinds: 4),
        ArmBlock(arm: "random", block: "b", visits: 10, finds: 1, severity: 4, offListFinds: 1),
      ], baseline: "random")
    func value(_ measure: ArmMeasure) -> ArmResult? { result.result("scored", measure) }
    #expect(result.totals.map(\.arm) == ["random", "scored"])
    #expect(value(.hitRate)?.estimate?.value == 0.25)
    #expect(value(.hitRate)?.difference?.value == 0.15)
    #expect(value(.hitRate)?.ratio?.value == 2.5)
    #expect(value(.severityPerVisit)?.estimate?.value == 1)
    #expect(value(.offListShare)?.estimate?.value == 0.4)
    #expect(value(.daysSooner)?.estimate?.value == 1)
    #expect(value(.daysSooner)?.difference == nil)
    #expect(result.result("random", .daysSooner)?.estimate == nil)
    #expect(result.result("random", .hitRate)?.difference == nil)
    #expect(result.result("scored", .findsPerDay) == nil)
  }

  @Test func `rows that stand for days give finds per day`() throws {
    let rows = (0..<4).flatMap { day in
      ["old", "new"].map { arm in
        ArmBlock(
          arm: arm, block: "seed 1 day \(day)", visits: 10, finds: arm == "new" ? 3 : 2, severity: 8, offListFinds: 1,
          days: 1)
      }
    }
    let result = try compare(arms: rows, baseline: "old")
    #expect(result.result("new", .findsPerDay)?.estimate?.value == 3)
    #expect(result.result("new", .findsPerDay)?.difference?.value == 1)
    #expect(result.result("new", .findsPerDay)?.ratio?.value == 1.5)
    #expect(result.result("old", .severityPerDay)?.estimate?.value == 8)
    #expect(result.totals.map(\.days) == [4, 4])
  }

  @Test func `threads and the order of rows change no byte, another seed does`() throws {
    let rows = campaign(1)
    let one = try compare(arms: rows, baseline: "random", options: BootstrapOptions(replicates: 300, threads: 1))
    let two = try compare(
      arms: rows.reversed(), baseline: "random", options: BootstrapOptions(replicates: 300, threads: 2))
    let other = try compare(arms: rows, baseline: "random", options: BootstrapOptions(replicates: 300, seed: 2))
    #expect(one == two)
    #expect(one.results != other.results)
  }

  @Test func `what both arms share on a day does not widen their difference`() throws {
    let result = try compare(arms: campaign(5), baseline: "random", options: BootstrapOptions(replicates: 400))
    let hits = try #require(result.result("scored", .hitRate))
    let own = try #require(hits.estimate?.standardError)
    let baseline = try #require(result.result("random", .hitRate)?.estimate?.standardError)
    let difference = try #require(hits.difference)
    #expect((difference.standardError ?? 1) < 0.9 * (own * own + baseline * baseline).squareRoot())
    #expect((difference.lower ?? 0) > 0)
    #expect((difference.lower ?? 1) < difference.value && difference.value < (difference.upper ?? 0))
  }

  @Test func `intervals of a difference hold the truth about as often as they say`() throws {
    var held = 0
    for seed in 0..<100 {
      let result = try compare(
        arms: campaign(UInt64(100 + seed), days: 30), baseline: "random", options: BootstrapOptions(replicates: 120))
      let difference = try #require(result.result("scored", .hitRate)?.difference)
      if let lower = difference.lower, let upper = difference.upper, (lower...upper).contains(0.15) { held += 1 }
    }
    // 95 % nominal, a little less for 30 blocks; 85 of 100 is five standard errors below.
    #expect(held > 85, "\(held) of 100")
  }

  @Test func `one block gives no interval and an absent baseline is refused with the arms there are`() throws {
    let rows = [
      ArmBlock(arm: "random", block: "a", visits: 10, finds: 1),
      ArmBlock(arm: "scored", block: "a", visits: 10, finds: 2),
    ]
    let estimate = try #require(try compare(arms: rows, baseline: "random").result("scored", .hitRate)?.estimate)
    #expect(estimate.lower == nil && estimate.standardError == nil && estimate.value == 0.2)
    let problem = try #require(throws: EvaluationProblem.self) { try compare(arms: rows, baseline: "chance") }
    #expect(problem.problem.contains("random, scored"))
  }
}
