import Diagnostics
import Foundation
import Ingest
import Quantities
import Ranking
import Sampling
import TestSupport
import Testing

@Suite struct DrawPolicyFileTests {
  @Test func `the standard policy draws as it always did`() {
    let plan = Policy.standard.draw.plan(size: 300)
    #expect(plan.isPlain)
    #expect(plan.version == Frame.drawVersion)
    #expect(Policy.standard.draw.plan().size == 300)
  }

  @Test func `a policy's draw section becomes a plan`() throws {
    let text = """
      draw:
        method: lpm
        size_from_quotas: true
        cap_probability: 0.9
        quotas: ["class:key,min=25%,exact", "county:*,max=10"]
        inspectors: 8
        random_targets: 20
        reserve: 3
        reserve_per: county
      """
    let plan = try PolicyFile.parse(text, file: "p.yml").policy.draw.plan(floor: 0.01)
    #expect(plan.method == .lpm && plan.size == nil && plan.cap == 0.9 && plan.floor == 0.01)
    #expect(plan.quotas.map(\.description) == ["class:key,min=25%,exact", "county:*,max=10"])
    #expect(plan.inspectors == 8 && plan.randomUnits == 20 && plan.reserve == 3 && plan.reserveColumn == .county)
  }

  @Test(arguments: [
    ("draw:\n  quotas: [\"klass:key,min=1\"]\n", "draw.quotas[1]: \"klass:key,min=1\" is not a quota"),
    ("draw:\n  method: lottery\n", "p.yml:2: draw.method"),
    ("draw:\n  cap_probability: 0.001\n", "p.yml:2: draw.cap_probability"),
    ("draw:\n  random_targets: -1\n", "p.yml:2: draw.random_targets: -1 is not between"),
    ("draw:\n  reserve_per: street\n", "p.yml:2: draw.reserve_per"),
  ])
  func `what a draw section cannot say is named`(text: String, message: String) {
    let problem = #expect(throws: Problem.self) { try PolicyFile.parse(text, file: "p.yml") }
    #expect(problem?.problem.contains(message) == true, "\(problem?.problem ?? "")")
  }

  private func read(_ text: String) throws -> ReadResult<[FrameUnit]> {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "frame.csv")
    try Data(text.utf8).write(to: url)
    return try FrameFile.read(path: url.path, options: ReadOptions(now: Instant(secondsSinceEpoch: .max / 2)))
  }

  @Test func `degrees become metres that are true to scale in the middle latitude`() throws {
    let units = try read("id,score,lon,lat\na,1,114,38\nb,1,115,38\nc,1,114,39\nd,1,,\n").value
    let places = units.map(\.position)
    let (a, b, c) = (try #require(places[0]), try #require(places[1]), try #require(places[2]))
    // cos 38.5° = 0.782608156852414; one degree of a great circle of 6371.0088 km is 111195.08 m.
    #expect(abs(b.x - a.x - 111195.08 * 0.782608156852414) < 1e-3)
    #expect(abs(c.y - a.y - 111195.08) < 1e-6)
    #expect(places[3] == nil)
  }

  @Test func `a row with half a position or a bad number is rejected with its reason`() throws {
    let result = try read("id,score,x,y,lon,lat,max_probability\na,1,5,,,,\nb,1,,,200,38,\nc,1,,,,,x\nd,1,5,6,,,0.5\n")
    #expect(result.value.map(\.id) == ["d"])
    #expect(result.value.first?.maximumProbability == 0.5)
    #expect(
      result.rejects.rows.map(\.reason) == [
        "one of two coordinates is missing", "lon or lat is not a number of degrees on the earth",
        "max_probability is not a number",
      ])
  }
}
