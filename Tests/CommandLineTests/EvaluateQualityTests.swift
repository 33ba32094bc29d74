import Foundation
import TestSupport
import Testing

@Suite struct EvaluateQualityTests {
  private struct Report: Decodable {
    struct Kind: Decodable {
      let name: String
      let planted, found: Int
    }
    let synthetic: Bool
    let kinds: [Kind]
    let clean_hours, clean_flagged: Int
  }

  /// A network small enough for a debug build: 400 stations have seven episodes of a kind, so that the bound per kind is
  /// loose; docs/methods/quality-control.md has the full figures and the command that gives them.
  @Test func `planted faults are found and clean hours are left alone`() throws {
    let outcome = try BuiltBinary.run(
      ["evaluate", "quality", "--seed", "31", "--stations", "400", "--days", "45", "--json"])
    #expect(outcome.status == 0, "\(outcome.messages)")
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.synthetic && report.kinds.count == 13)
    let planted = report.kinds.reduce(0) { $0 + $1.planted }
    let found = report.kinds.reduce(0) { $0 + $1.found }
    #expect(Double(found) >= 0.95 * Double(planted))
    for kind in report.kinds { #expect(kind.found + 1 >= Int(0.95 * Double(kind.planted)), "\(kind.name)") }
    #expect(Double(report.clean_flagged) <= 0.01 * Double(report.clean_hours))
  }

  @Test func `the table says synthetic, and a wrong size is wrong usage`() throws {
    let outcome = try BuiltBinary.run(["evaluate", "quality", "--stations", "40", "--days", "20"])
    #expect(outcome.status == 0 && outcome.output.hasPrefix("SYNTHETIC network, seed 1: 40 stations, 20 days"))
    #expect(outcome.output.contains("clean hours flagged as"))
    #expect(try BuiltBinary.run(["evaluate", "quality", "--stations", "3"]).status == 2)
  }
}
