import Testing

@testable import Sampling

@Suite struct PivotalTests {
  private func places(_ stream: inout TestStream, _ count: Int, shape: Int) -> [FramePosition?] {
    (0..<count).map { number in
      if shape == 3, number % 5 == 0 { return nil }
      let x = Double.random(in: -1...1, using: &stream)
      let y = Double.random(in: -1...1, using: &stream)
      return switch shape {
      case 0: FramePosition(x: x, y: y)
      case 1: FramePosition(x: (x * 3).rounded(), y: (y * 3).rounded())  // many ties
      case 2: FramePosition(x: x * 1e6, y: 7)  // a line
      case 4: FramePosition(x: 1, y: 1)  // one place
      default: FramePosition(x: x * x * x * 1e4, y: y * y * y * 1e4)  // clumped
      }
    }
  }

  @Test func `the grid finds the same neighbours as looking at every unit, while units leave`() {
    var stream = TestStream(seed: 11)
    var compared = 0
    for round in 0..<60 {
      let positions = places(&stream, Int.random(in: 2...120, using: &stream), shape: round % 6)
      var present = positions.indices.filter { positions[$0] != nil }
      var grid = NeighbourGrid(present, positions: positions)
      while present.count > 1 {
        let slot = present[Int.random(in: 0..<present.count, using: &stream)]
        func distance(_ other: Int) -> Double {
          guard let a = positions[slot], let b = positions[other] else { return .infinity }
          let (dx, dy) = (b.x - a.x, b.y - a.y)
          return dx * dx + dy * dy
        }
        let others = present.filter { $0 != slot }
        let best = others.map(distance).min()
        #expect(grid.nearest(to: slot) == others.filter { distance($0) == best }, "round \(round)")
        compared += 1
        let leaving = present[Int.random(in: 0..<present.count, using: &stream)]
        grid.remove(leaving)
        present.removeAll { $0 == leaving }
      }
    }
    #expect(compared > 1500)
  }

  @Test func `a fixed size is kept, certain units are in and sets settled first come within one of what they expect`()
    throws
  {
    for seed in 0..<200 as Range<UInt64> {
      let random = RandomPlan(seed: seed * 4 + 3)
      var plan = random.plan
      plan.quotas = try [#require(Quota(text: "county:*,min=0,exact"))]
      let frame = try Frame(random.units)
      guard let prepared = try? PreparedDraw(frame: frame, plan: plan) else { continue }
      let result = try prepared.result(seed: "s\(seed)")
      #expect(result.units.count(where: \.isScored) == result.size, "seed \(seed)")
      #expect(result.units.allSatisfy { $0.inclusionProbability < 1 || $0.isScored })
      for group in frame.groups(of: .county) {
        let expected = group.members.reduce(0) { $0 + prepared.probabilities[$1] }
        let taken = group.members.count { result.units[$0].isScored }
        #expect(abs(Double(taken) - expected) < 1 + 1e-9, "seed \(seed) \(group.name)")
      }
    }
  }

  @Test func `a local pivotal draw is better spread than a Pareto draw`() throws {
    var stream = TestStream(seed: 5)
    let positions = places(&stream, 400, shape: 0)
    let frame = try Frame(
      positions.enumerated().map { FrameUnit(id: "u\($0.offset)", score: 1, position: $0.element) })
    var sums: [DrawMethod: Double] = [:]
    for method in [DrawMethod.lpm, .pareto, .pivotal] {
      for number in 0..<20 {
        let result = try frame.draw(plan: DrawPlan(size: 40, method: method), seed: "s\(number)")
        sums[method, default: 0] += try #require(result.balance) / 20
      }
    }
    // Grafström & al. (2012), table 1: about 0.1 against about 0.3 for draws without regard to place.
    #expect(try #require(sums[.lpm]) < 0.16)
    #expect(try #require(sums[.pareto]) > 0.25)
    #expect(try #require(sums[.pivotal]) > 0.25)
  }

  @Test func `the balance index of a hand-made case`() throws {
    // Four units on a line at 0, 1, 2, 3 with probability 1/2; 0 and 3 drawn: each is nearest to two units, v = 1.
    let positions = (0..<4).map { FramePosition(x: Double($0), y: 0) as FramePosition? }
    func index(_ drawn: [Bool]) -> Double? {
      SpatialBalance.voronoiIndex(
        positions: positions, probabilities: [0.5, 0.5, 0.5, 0.5], isDrawn: drawn)
    }
    #expect(index([true, false, false, true]) == 0)
    // 0 and 1 drawn: v = 0.5 and 1.5. 0 and 2 drawn: the unit at 1 is shared, v = 0.75 and 1.25.
    #expect(index([true, true, false, false]) == 0.25)
    #expect(index([true, false, true, false]) == 0.0625)
    #expect(index([false, false, false, false]) == nil)
  }

  @Test func `two units settle as the formula says`() throws {
    // π = 0.3 and 0.7 on one place: exactly one is in, the second with frequency 0.7.
    let frame = try Frame([FrameUnit(id: "a", score: 3), FrameUnit(id: "b", score: 7)])
    let result = try frame.frequencies(plan: DrawPlan(size: 1, method: .pivotal), seed: "f", draws: 20_000, threads: 2)
    #expect(result.otherSizes == 0)
    #expect(abs(result.units[1].frequency - 0.7) < 5 * (0.21 / 20_000).squareRoot())
  }
}

@Suite struct FrequencyTests {
  static func frame() throws -> Frame {
    var stream = TestStream(seed: 99)
    return try Frame(
      (0..<24).map { number in
        FrameUnit(
          id: "u\(number)", score: Double.random(in: 1...9, using: &stream), county: "c\(number % 3)",
          position: FramePosition(
            x: Double.random(in: 0...1, using: &stream), y: Double.random(in: 0...1, using: &stream)))
      })
  }

  @Test(arguments: [DrawMethod.pareto, .poisson, .pivotal, .lpm])
  func `frequencies of 6,000 draws are those stated, with a quota and a random arm`(method: DrawMethod) throws {
    var plan = DrawPlan(size: 8, method: method)
    plan.quotas = try [#require(Quota(text: "county:c0,min=4,max=4"))]
    plan.randomUnits = 3
    let result = try Self.frame().frequencies(plan: plan, seed: "f", draws: 6000, threads: 2)
    #expect(result.arms.map(\.name) == ["scored", "random", "either"])
    for arm in result.arms {
      #expect(arm.greatestP > 1e-4, "\(method) \(arm.name): \(arm.greatestZ)")
      #expect(arm.chiSquareP > 1e-4, "\(method) \(arm.name): \(arm.chiSquare) of \(arm.uncertain)")
    }
    #expect((result.otherSizes == 0) == (method != .poisson))
  }

  @Test func `a Pareto draw of one of three shows its bias, so that the comparison can fail`() throws {
    // Pareto draws miss π by order 1/n: with n = 1 that is large.
    let frame = try Frame([FrameUnit(id: "a", score: 1), FrameUnit(id: "b", score: 1), FrameUnit(id: "c", score: 8)])
    let pareto = try frame.frequencies(plan: DrawPlan(size: 1), seed: "f", draws: 20_000, threads: 2)
    #expect(pareto.arms[0].greatestP < 1e-6)
    #expect(pareto.arms[0].chiSquareP < 1e-6)
    let pivotal = try frame.frequencies(
      plan: DrawPlan(size: 1, method: .pivotal), seed: "f", draws: 20_000, threads: 2)
    #expect(pivotal.arms[0].greatestP > 1e-3)
  }

  @Test func `counts do not depend on the number of threads`() throws {
    let frame = try Self.frame()
    let plan = DrawPlan(size: 5, method: .lpm)
    let one = try frame.frequencies(plan: plan, seed: "f", draws: 400, threads: 1)
    let four = try frame.frequencies(plan: plan, seed: "f", draws: 400, threads: 4)
    #expect(one.units == four.units)
    #expect(one.arms == four.arms)
  }
}
