import Digests
import Foundation
import Testing

@testable import Sampling

private func frame(_ scores: [Double]) throws -> Frame {
  try Frame(scores.enumerated().map { FrameUnit(id: String($0.offset + 100), score: $0.element) })
}

@Suite struct InclusionProbabilityTests {
  @Test func `probabilities of random frames add up, stay in range and follow the score`() throws {
    var drawable = 0
    for seed in 0..<600 as Range<UInt64> {
      let random = RandomFrame(seed: seed)
      let frame = try Frame(random.units)
      guard let pi = try? frame.inclusionProbabilities(size: random.size, floor: random.floor) else { continue }
      drawable += 1
      #expect(abs(pi.reduce(0, +) - Double(random.size)) < 1e-9, "seed \(seed)")
      #expect(pi.allSatisfy { $0 > 0 && $0 <= 1 }, "seed \(seed)")
      for (unit, p) in zip(frame.units, pi) {
        #expect(p >= max(random.floor, unit.minimumProbability), "seed \(seed) \(unit.id)")
      }
      let byScore = frame.units.indices.filter { frame.units[$0].minimumProbability == 0 }
        .sorted { frame.units[$0].score < frame.units[$1].score }
      for (a, b) in zip(byScore, byScore.dropFirst()) {
        #expect(pi[a] <= pi[b] || frame.units[a].score == frame.units[b].score, "seed \(seed)")
        if frame.units[a].score == frame.units[b].score { #expect(pi[a] == pi[b], "seed \(seed)") }
      }
    }
    #expect(drawable > 550)
  }

  @Test func `every probability is the clamped share of one constant`() throws {
    for seed in 1000..<1200 as Range<UInt64> {
      let random = RandomFrame(seed: seed)
      let frame = try Frame(random.units)
      guard let pi = try? frame.inclusionProbabilities(size: random.size, floor: random.floor) else { continue }
      let inside = frame.units.indices.filter { slot in
        let least = max(random.floor, frame.units[slot].minimumProbability)
        return pi[slot] < 1 && pi[slot] > least
      }
      guard let one = inside.first else { continue }
      let c = pi[one] / frame.units[one].score
      for (unit, p) in zip(frame.units, pi) {
        let expected = min(1, max(random.floor, unit.minimumProbability, c * unit.score))
        #expect(abs(p - expected) < 1e-9, "seed \(seed) \(unit.id)")
      }
    }
  }

  @Test func `a score too large for its share is certain and the rest share what is left`() throws {
    #expect(try frame([1, 1, 1, 97]).inclusionProbabilities(size: 2) == [1 / 3.0, 1 / 3.0, 1 / 3.0, 1])
    #expect(try frame([1, 10, 1000]).inclusionProbabilities(size: 3) == [1, 1, 1])
    #expect(try frame([0.1, 0.1, 0.1]).inclusionProbabilities(size: 3) == [1, 1, 1])
  }

  @Test func `a floor takes its part from the others`() throws {
    let pi = try frame([1, 1, 8, 10]).inclusionProbabilities(size: 1, floor: 0.1)
    #expect(pi[0] == 0.1)
    #expect(pi[1] == 0.1)
    #expect(abs(pi[2] - 0.8 * 8 / 18) < 1e-15)
    #expect(abs(pi[3] - 0.8 * 10 / 18) < 1e-15)
  }

  @Test func `a floor may leave a certain unit uncertain`() throws {
    // Without the floor the large unit is certain; with nine tenths of a place promised it can no longer be.
    let scores = [10.0] + [Double](repeating: 1, count: 9)
    #expect(try frame(scores).inclusionProbabilities(size: 2).first == 1)
    let pi = try frame(scores).inclusionProbabilities(size: 2, floor: 0.2)
    #expect(abs(pi[0] - 0.2) < 1e-9)
    #expect(abs(pi.reduce(0, +) - 2) < 1e-9)
  }

  @Test func `floors that fill the size exactly are allowed`() throws {
    let pi = try frame([5, 0, 3, 0, 1, 0, 0, 0, 0, 0]).inclusionProbabilities(size: 1, floor: 0.1)
    #expect(pi.allSatisfy { abs($0 - 0.1) < 1e-9 })
  }

  @Test func `what cannot be drawn is explained`() throws {
    let three = try frame([1, 2, 3])
    #expect(throws: DrawProblem.size(4, units: 3)) { try three.inclusionProbabilities(size: 4) }
    #expect(throws: DrawProblem.size(0, units: 3)) { try three.inclusionProbabilities(size: 0) }
    #expect(throws: DrawProblem.floorsExceedSize(sum: 1.5, size: 1)) {
      try three.inclusionProbabilities(size: 1, floor: 0.5)
    }
    #expect(throws: DrawProblem.floor(-0.1)) { try three.inclusionProbabilities(size: 1, floor: -0.1) }
    #expect(throws: DrawProblem.probabilityZero(id: "101", score: 0)) {
      try frame([1, 0, 3]).inclusionProbabilities(size: 1)
    }
    #expect(throws: DrawProblem.noScoreLeft(id: "100", places: 1)) {
      try frame([0, 0, 3]).inclusionProbabilities(size: 2)
    }
    #expect(throws: DrawProblem.emptyFrame) { try frame([]) }
    #expect(throws: DrawProblem.emptyID) { try Frame([FrameUnit(id: "", score: 1)]) }
    #expect(throws: DrawProblem.emptySeed) { try three.draw(size: 1, seed: "") }
    for bad in [-1.0, .nan, .infinity, 1e300] {
      #expect(throws: DrawProblem.self) { try frame([1, bad]) }
    }
    for bad in [-0.1, 1.1, .nan] {
      #expect(throws: DrawProblem.self) { try Frame([FrameUnit(id: "a", score: 1, minimumProbability: bad)]) }
    }
  }

  @Test func `every problem has a remedy`() {
    let problems: [DrawProblem] = [
      .emptyFrame, .emptyID, .repeatedID("a"), .score(id: "a", -1), .minimumProbability(id: "a", 2), .floor(2),
      .size(4, units: 3), .emptySeed, .floorsExceedSize(sum: 2, size: 1), .noScoreLeft(id: "a", places: 1),
      .probabilityZero(id: "a", score: 0),
    ]
    #expect(problems.allSatisfy { !$0.problem.isEmpty && !$0.remedy.isEmpty })
  }
}

@Suite struct DrawTests {
  @Test func `a draw takes exactly its size and never leaves a certain unit out`() throws {
    for seed in 0..<300 as Range<UInt64> {
      let random = RandomFrame(seed: seed)
      guard let drawn = try? Frame(random.units).draw(size: random.size, seed: "s\(seed)", floor: random.floor) else {
        continue
      }
      #expect(drawn.count(where: \.isDrawn) == random.size, "seed \(seed)")
      #expect(drawn.allSatisfy { $0.inclusionProbability < 1 || $0.isDrawn }, "seed \(seed)")
    }
  }

  @Test func `the order of the frame's lines does not matter`() throws {
    let random = RandomFrame(seed: 77)
    let one = try Frame(random.units).draw(size: random.size, seed: "x")
    let other = try Frame(random.units.reversed()).draw(size: random.size, seed: "x")
    #expect(one == other)
  }

  @Test func `frequencies of 20,000 draws approach the probabilities`() throws {
    let frame = try frame([1, 2, 3, 4, 5, 6, 7, 8, 60, 12])
    let pi = try frame.inclusionProbabilities(size: 4)
    #expect(pi[8] == 1)
    var counts = [Int](repeating: 0, count: 10)
    for number in 0..<20_000 {
      for (slot, unit) in try frame.draw(size: 4, seed: "day \(number)").enumerated() where unit.isDrawn {
        counts[slot] += 1
      }
    }
    for slot in counts.indices {
      // Pareto draws meet π only nearly (Rosén 1997); 5 standard errors of 20,000 draws are 0.018.
      #expect(abs(Double(counts[slot]) / 20_000 - pi[slot]) < 0.02, "unit \(slot)")
    }
  }

  @Test func `ids that look alike but differ in their bytes are two units`() throws {
    let frame = try Frame([FrameUnit(id: "é", score: 1), FrameUnit(id: "e\u{301}", score: 1)])
    #expect(frame.units.first?.id.utf8.count == 3)
    let drawn = try frame.draw(size: 1, seed: "s")
    #expect(drawn[0].ticket != drawn[1].ticket)
    #expect(throws: DrawProblem.repeatedID("é")) {
      try Frame([FrameUnit(id: "é", score: 1), FrameUnit(id: "é", score: 2)])
    }
  }

  @Test func `order is by bytes, not by alphabet`() throws {
    let frame = try Frame(["b", "Z", "a", "中", "a1", "é"].map { FrameUnit(id: $0, score: 1) })
    #expect(frame.units.map(\.id) == ["Z", "a", "a1", "b", "é", "中"])
  }

  @Test func `tickets are the SHA-256 of seed, comma, id`() {
    // printf '20171122,130108' | sha256sum
    #expect(
      Frame.ticket(seed: "20171122", id: "130108").hex
        == "606638d1263cc2053b7e0781b0895f578919ab0996b8bc4470901d026432b268")
  }

  @Test func `tickets give Rivest's sampler its published numbers`() throws {
    struct Case: Decodable {
      let seed: String
      let total: UInt64
      let out: [UInt64]
    }
    struct File: Decodable { let rivest: [Case] }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "fixtures/reference/golden.json"))
    for sample in try JSONDecoder().decode(File.self, from: data).rivest {
      for (number, expected) in sample.out.enumerated() {
        // 1 + int(SHA256("seed,i")) % N, the remainder taken byte by byte.
        let ticket = Frame.ticket(seed: sample.seed, id: String(number + 1))
        let remainder = ticket.bytes.reduce(0) { ($0 * 256 + UInt64($1)) % sample.total }
        #expect(1 + remainder == expected, "seed \(sample.seed), number \(number + 1)")
      }
    }
  }

  @Test func `exactly equal ranks go by id`() {
    let ticket = Frame.ticket(seed: "s", id: "a")
    let rank = ParetoRank(ticket: ticket, probability: 0.25)
    #expect(rank.precedes(ParetoRank(ticket: ticket, probability: 0.25)) == nil)
    #expect(rank.precedes(ParetoRank(ticket: ticket, probability: 0.25.nextUp)) == false)
    #expect(rank.precedes(ParetoRank(ticket: ticket, probability: 0.25.nextDown)) == true)
  }

  @Test func `ranks at both ends of every range are exact`() throws {
    let zero = try #require(SHA256Digest(hex: String(repeating: "0", count: 64)))
    let one = try #require(SHA256Digest(hex: String(repeating: "0", count: 63) + "1"))
    let last = try #require(SHA256Digest(hex: String(repeating: "f", count: 64)))
    let tiny = Double.leastNonzeroMagnitude
    #expect(ParetoRank(ticket: zero, probability: tiny).precedes(ParetoRank(ticket: one, probability: 0.5)) == true)
    #expect(ParetoRank(ticket: zero, probability: 0.1).precedes(ParetoRank(ticket: zero, probability: 0.9)) == nil)
    #expect(
      ParetoRank(ticket: last, probability: 1.0.nextDown).precedes(ParetoRank(ticket: last, probability: tiny)) == true)
    // t(d - m)/((2²⁵⁶ - t)m) with t = 2²⁵⁶ - 1, π = 2⁻¹⁰⁷⁴: numerator (2²⁵⁶ - 1)(2¹⁰⁷⁴ - 1), denominator 1.
    let extreme = ParetoRank(ticket: last, probability: tiny)
    #expect(extreme.denominator == WideUnsigned(1))
    #expect(extreme.numerator.hex.count == (256 + 1074 + 3) / 4)
  }
}

@Suite struct WideUnsignedTests {
  @Test func `a product agrees with Python`() throws {
    let a = try #require(SHA256Digest(hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    let b = try #require(SHA256Digest(hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    let product = WideUnsigned(bigEndian: a.bytes) * WideUnsigned(bigEndian: b.bytes)
    #expect(
      product.hex
        == "a5d93daff35063a830cd054dcbc36f8f66a003c9ec6ae972f4575acf30b8415b"
        + "7aa6ddd8a7b7d9ecaad9f8d4b41258b730103477923423ddbcaa6de473058a71")
    let difference = WideUnsigned(bigEndian: b.bytes) - WideUnsigned(bigEndian: a.bytes)
    #expect(difference.hex == "2938ad8309fa4c2a59bab3ea3bc1970077aae040ce8418aff08499b98652a2a8")
  }

  @Test func `carries, borrows and zeros`() {
    let ones = WideUnsigned(bigEndian: [UInt8](repeating: 255, count: 48))
    let square = ones * ones
    #expect(square.hex == String(repeating: "f", count: 95) + "e" + String(repeating: "0", count: 95) + "1")
    #expect((WideUnsigned.power(ofTwo: 384) - ones) == WideUnsigned(1))
    #expect((ones - ones) == WideUnsigned(0))
    #expect((ones * WideUnsigned(0)).hex == "0")
    #expect(WideUnsigned(bigEndian: [0, 0, 0]) == WideUnsigned(0))
    #expect(ones < WideUnsigned.power(ofTwo: 384))
    #expect(WideUnsigned.power(ofTwo: 63) < WideUnsigned.power(ofTwo: 64))
    #expect(WideUnsigned.power(ofTwo: 64).hex == "10000000000000000")
  }
}
