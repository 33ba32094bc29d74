import Foundation
import Randomness
import TestSupport
import Testing

@testable import SpatialStatistics

@Suite struct MannKendallTests {
  private struct Case: Decodable {
    let v: [Double]
    let S: Int
    let `var`: Double
    let Z: Double
    let p: Double
    let sen: Double
  }
  private struct Golden: Decodable {
    let mk_no_ties: Case
    let mk_ties: Case
  }

  @Test func `the published cases`() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: TestFiles.fixture("reference/golden.json")))
    for one in [golden.mk_no_ties, golden.mk_ties] {
      let test = MannKendall(one.v)
      #expect(test.s == one.S && abs(test.variance - one.var) < 1e-9)
      #expect(abs(test.z - one.Z) < 1e-6 && abs(test.p - one.p) < 1e-7)
      let slope = try #require(SenSlope(one.v, times: one.v.indices.map(Double.init)))
      #expect(abs(slope.slope - one.sen) < 1e-12 && slope.low <= slope.slope && slope.slope <= slope.high)
    }
  }

  private struct Series: Decodable {
    struct One: Decodable {
      let values: [Double], s: Int, variance: Double, z: Double, p: Double, tau: Double, slope: Double
    }
    let cases: [One]
  }

  @Test func `forty series of pymannkendall`() throws {
    let reference = try JSONDecoder().decode(
      Series.self, from: Data(contentsOf: TestFiles.fixture("reference/mann-kendall.json")))
    #expect(reference.cases.count >= 35)
    for one in reference.cases {
      let test = MannKendall(one.values)
      #expect(test.s == one.s && abs(test.variance - one.variance) < 1e-9 * one.variance)
      #expect(abs(test.z - one.z) < 1e-12 && abs(test.p - one.p) < 1e-12 && abs(test.tau - one.tau) < 1e-12)
      let slope = try #require(SenSlope(one.values, times: one.values.indices.map(Double.init)))
      #expect(abs(slope.slope - one.slope) < 1e-12)
    }
  }

  @Test func `by hand`() throws {
    // Pairs of 1, 3, 2: up, up, down.
    let test = MannKendall([1, 3, 2])
    #expect(test.s == 1 && test.z == 0 && abs(test.tau - 1.0 / 3) < 1e-15)
    #expect(abs(test.variance - 3.0 * 2 * 11 / 18) < 1e-12)
    let slope = try #require(SenSlope([1, 3, 2], times: [0, 1, 4]))
    // 2, 1/4, -1/3.
    #expect(slope.slope == 0.25 && slope.low == -1.0 / 3 && slope.high == 2)
  }

  @Test func `nothing to say is said`() {
    #expect(MannKendall([]).p == 1 && MannKendall([4]).z == 0 && MannKendall([2, 2, 2]).p == 1)
    #expect(SenSlope([1], times: [0]) == nil)
  }

  @Test func `a reversed series has the opposite trend`() {
    var stream = RandomStream(seed: 1, slot: 0, replicate: 0)
    for _ in 0..<100 {
      let values = (0..<20).map { _ in (stream.unit() * 8).rounded() }
      let (forth, back) = (MannKendall(values), MannKendall(values.reversed()))
      #expect(forth.s == -back.s && forth.variance == back.variance && forth.p == back.p)
    }
  }
}
