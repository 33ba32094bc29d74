import Testing

@testable import Sampling

@Suite struct QuotaTests {
  private func units(_ groups: [(name: String, scores: [Double])]) -> [FrameUnit] {
    groups.flatMap { group in
      group.scores.enumerated().map {
        FrameUnit(id: "\(group.name)\($0.offset)", score: $0.element, unitClass: group.name)
      }
    }
  }

  private func plan(_ size: Int?, _ quotas: String..., method: DrawMethod = .pareto) throws -> DrawPlan {
    var plan = DrawPlan(size: size, method: method)
    plan.quotas = try quotas.map { try #require(Quota(text: $0)) }
    return plan
  }

  @Test(arguments: [
    "class:key,min=25%", "county:*,max=10", "class:a,b:c,min=1.25/inspector,exact", "city:130100,min=12,max=12,exact",
    "stratum:x,min=0.5,max=50%",
  ])
  func `a quota's text reads back`(text: String) throws {
    #expect(try #require(Quota(text: text)).description == text)
  }

  @Test(arguments: [
    "", "class", "class:key", "class:key,min=", "class:key,min=-1", "class:key,max=nan", "class:key,min=120%",
    "province:x,min=1", "class:,min=1", "class:key,most=3",
  ])
  func `what is not a quota is not read as one`(text: String) {
    #expect(Quota(text: text) == nil)
  }

  @Test func `a count is a minimum and a maximum that every draw keeps`() throws {
    let quota = try #require(Quota(text: "class:key,count=3"))
    #expect(quota == Quota(column: .unitClass, group: "key", minimum: .units(3), maximum: .units(3), isExact: true))
  }

  @Test func `a minimum takes from the others in proportion`() throws {
    // By hand: 4 of 8 equal units; 3 for a's 4 units, the one left shared by b's 4.
    let frame = try Frame(units([("a", [1, 1, 1, 1]), ("b", [1, 1, 1, 1])]))
    let pi = try frame.probabilities(plan: plan(4, "class:a,min=3")).map(\.inclusionProbability)
    for slot in 0..<4 { #expect(abs(pi[slot] - 0.75) < 1e-11) }
    for slot in 4..<8 { #expect(abs(pi[slot] - 0.25) < 1e-11) }
    let slack = try frame.probabilities(plan: plan(4, "class:a,min=1")).map(\.inclusionProbability)
    #expect(slack.allSatisfy { abs($0 - 0.5) < 1e-11 })
  }

  @Test func `a maximum gives to the others, and a group at its units' number is certain`() throws {
    let frame = try Frame(units([("a", [9, 9, 9]), ("b", [1, 2, 1]), ("c", [5, 5])]))
    let pi = try frame.probabilities(plan: plan(5, "class:a,max=1.5", "class:c,min=100%")).map(\.inclusionProbability)
    #expect(pi[6] == 1 && pi[7] == 1)
    #expect(abs(pi[0] - 0.5) < 1e-11)
    // 1.5 left for scores 1, 2, 1.
    #expect(abs(pi[3] - 0.375) < 1e-11 && abs(pi[4] - 0.75) < 1e-11)
  }

  @Test func `quotas of two crossing columns are the raking solution`() throws {
    // Two by two cells of 10 equal units, rows to 8 and 4, columns to 6 and 6: independence gives 4, 4, 2, 2.
    var all: [FrameUnit] = []
    for row in 0..<2 {
      for column in 0..<2 {
        for number in 0..<10 {
          all.append(
            FrameUnit(id: "\(row)\(column)\(number)", score: 1, county: "r\(row)", unitClass: "c\(column)"))
        }
      }
    }
    let frame = try Frame(all)
    let pi = try frame.probabilities(
      plan: plan(12, "county:r0,min=8,max=8", "class:c0,min=6,max=6")
    ).map(\.inclusionProbability)
    for (slot, expected) in [(0, 0.4), (10, 0.4), (20, 0.2), (30, 0.2)] {
      #expect(abs(pi[slot] - expected) < 1e-9)
    }
  }

  @Test func `probabilities of random plans keep size, bounds, floors, caps and quotas, and are proportional inside`()
    throws
  {
    var solved = 0
    for seed in 0..<200 as Range<UInt64> {
      let random = RandomPlan(seed: seed)
      let frame = try Frame(random.units)
      guard let prepared = try? PreparedDraw(frame: frame, plan: random.plan) else { continue }
      solved += 1
      let pi = prepared.probabilities
      #expect(abs(pi.reduce(0, +) - Double(prepared.size)) < 1e-7, "seed \(seed)")
      let columns = try frame.bounds(random.plan.quotas, inspectors: 3)
      for bound in columns.joined() {
        let expected = bound.members.reduce(0) { $0 + pi[$1] }
        #expect(expected > bound.minimum - 1e-7 && expected < bound.maximum + 1e-7, "seed \(seed) \(bound.name)")
      }
      // Optimal: within the same groups of every bounded column, units strictly between their limits share one ratio.
      var ratio: [String: Double] = [:]
      for (unit, p) in zip(frame.units, pi) {
        let cap = max(unit.minimumProbability, min(random.plan.cap, unit.maximumProbability))
        let floor = min(cap, max(random.plan.floor, unit.minimumProbability))
        #expect(p >= floor && p <= cap, "seed \(seed) \(unit.id)")
        guard p > floor, p < cap else { continue }
        let key = columns.map { unit.group(in: $0[0].column) }.joined(separator: "|")
        if let other = ratio[key] {
          #expect(abs(p / unit.score / other - 1) < 1e-7, "seed \(seed) \(unit.id)")
        } else {
          ratio[key] = p / unit.score
        }
      }
    }
    #expect(solved > 75)
  }

  @Test func `exact quotas are kept by every draw`() throws {
    var drawnPlans = 0
    for seed in 0..<200 as Range<UInt64> {
      let random = RandomPlan(seed: seed)
      let frame = try Frame(random.units)
      guard let result = try? frame.draw(plan: random.plan, seed: "s\(seed)"), random.plan.method != .poisson else {
        continue
      }
      drawnPlans += 1
      #expect(result.units.count(where: \.isScored) == result.size, "seed \(seed)")
      for bound in try frame.bounds(random.plan.quotas, inspectors: 3).joined() where bound.isExact {
        let taken = Double(bound.members.count { result.units[$0].isScored })
        #expect(taken >= bound.minimum && taken <= bound.maximum, "seed \(seed) \(bound.name)")
      }
    }
    #expect(drawnPlans > 50)
  }

  @Test func `quotas that cannot be kept are refused by the group's name`() throws {
    let frame = try Frame(units([("a", [1, 1, 1]), ("b", [2, 0, 2])]))
    func problem(_ plan: DrawPlan) -> DrawProblem? {
      do { _ = try frame.draw(plan: plan, seed: "s") } catch { return error }
      return nil
    }
    #expect(
      problem(try plan(4, "class:a,min=4")) == .quotaAboveCapacity(group: "class a", minimum: 4, capacity: 3, units: 3))
    #expect(
      problem(try plan(2, "class:a,min=2", "class:b,min=1")) == .quotasExceedSize(group: "class b", sum: 3, size: 2))
    #expect(problem(try plan(4, "class:a,max=1", "class:b,max=1")) == .capsBelowSize(sum: 2, size: 4))
    #expect(problem(try plan(2, "class:c,min=1")) == .quotaWithoutUnits(quota: "class:c,min=1"))
    #expect(problem(try plan(2, "class:a,min=1/inspector")) == .inspectorsUnknown)
    #expect(
      problem(try plan(2, "class:a,min=2", "class:a,max=1"))
        == .quotaContradiction(group: "class a", minimum: 2, maximum: 1))
    #expect(problem(try plan(2, "class:a,count=1", method: .poisson)) == .exactInPoisson)
    #expect(problem(try plan(nil, "class:a,min=1")) == .noSize)
    var floors = try plan(3, "class:a,max=0.5")
    floors.floor = 0.3
    guard case .quotaBelowFloors("class a", 0.5, _) = problem(floors) else {
      return #expect(Bool(false), "floors above a maximum are refused")
    }
  }

  @Test func `a Pareto draw refuses exact bounds that do not come to a whole number`() throws {
    let frame = try Frame(units([("a", [1, 1, 1]), ("b", [2, 1, 2])]))
    guard
      case .exactNeedsPivotal(group: "class a", _) = #expect(
        throws: DrawProblem.self,
        performing: {
          try frame.draw(plan: plan(2, "class:a,max=2,exact"), seed: "s")
        })
    else { return #expect(Bool(false), "3/8 of 2 units is not whole") }
    _ = try frame.draw(plan: plan(2, "class:a,max=2,exact", method: .pivotal), seed: "s")
  }

  @Test func `a published rule set gives its numbers`() throws {
    // Chizhou 2019: 25 % of the key, 15 % of the special, 5 % of the ordinary units, rounded up.
    let frame = try Frame(
      units([
        ("key", Array(repeating: 1, count: 41)), ("ordinary", Array(repeating: 1, count: 333)),
        ("special", Array(repeating: 1, count: 27)),
      ]))
    let result = try frame.draw(
      plan: plan(nil, "class:key,min=25%,exact", "class:special,min=15%,exact", "class:ordinary,min=5%,exact"),
      seed: "2019")
    var taken: [String: Int] = [:]
    for (unit, outcome) in zip(frame.units, result.units) where outcome.isDrawn {
      taken[unit.unitClass, default: 0] += 1
    }
    #expect(taken == ["key": 11, "special": 5, "ordinary": 17])
    #expect(result.size == 33)
  }
}
