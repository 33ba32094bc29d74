import Diagnostics
import Evidence
import Foundation
import Ingest
import Ranking
import TestSupport
import Testing

@Suite struct PolicyFileTests {
  static let path = TestFiles.repository.appending(path: "grids/policy.yml").path

  @Test func `the policy file in the repository is the built-in policy, every key written out`() throws {
    let read = try PolicyFile.read(path: Self.path)
    #expect(read.policy == Policy.standard)
    // Every key of the built-in policy stands in the file, so that its comment can say where the number is from.
    let builtIn = try PolicyFile.builtIn()
    for line in builtIn.text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].drop { $0 == " " || $0 == "-" }
      #expect(read.text.contains("\(key):"), "\(key)")
    }
  }

  @Test func `the built-in policy is stable and reads back`() throws {
    let first = try PolicyFile.builtIn()
    #expect(try PolicyFile.parse(first.text, file: "built-in").policy == Policy.standard)
    #expect(try PolicyFile.builtIn() == first)
    #expect(first.hash.count == 64)
  }

  @Test func `what a file leaves out keeps the built-in value`() throws {
    let policy = try PolicyFile.parse("name: mine\ndraw: { targets: 40 }\n", file: "p.yml").policy
    var expected = Policy.standard
    expected.name = "mine"
    expected.draw.targets = 40
    #expect(policy == expected)
    #expect(try PolicyFile.parse("# nothing but a comment\n", file: "p.yml").policy == Policy.standard)
  }

  @Test func `rules of attribution, unregistered sources and the register come from the file`() throws {
    let text = """
      attribution: { evidence_days: 5, rules: { firm_prior: 0.3, slot_steps: 1 } }
      dark: { detection: { load: 0.4 }, hot_z: 4 }
      register: { meter_distance_metres: 800 }
      """
    let policy = try PolicyFile.parse(text, file: "p.yml").policy
    let rules = policy.attribution.rules
    #expect(rules.firmPrior == 0.3 && rules.slotSteps == 1 && rules.evidenceDays == 5 && rules.sweeps == 400)
    #expect(policy.dark.detection.all == [0.5, 0.4, 0.1, 0.25] && policy.dark.hotZ == 4 && policy.dark.fireDays == 3)
    #expect(policy.register.meterDistanceMetres == 800 && policy.register.minimumDays == 7)
    #expect(policy.register.industries == Policy.standard.register.industries)
  }

  @Test func `a different byte gives a different hash`() throws {
    let first = try PolicyFile.parse("version: 2\n", file: "p.yml")
    let second = try PolicyFile.parse("version: 2 \n", file: "p.yml")
    #expect(first.policy == second.policy && first.hash != second.hash)
  }

  /// Text, then what the message must contain.
  @Test(arguments: [
    ("power:\n  stop_shar: 0.3\n", "p.yml:2: unknown key power.stop_shar"),
    ("nonsense: 1\n", "p.yml:1: unknown key nonsense"),
    ("power:\n  stop_share: 1.3\n", "p.yml:2: power.stop_share: 1.3 is not a share between 0 and 1"),
    ("power:\n  stop_share: .nan\n", "p.yml:2: power.stop_share: nan is not a share"),
    ("power:\n  stop_share: 25 %\n", "p.yml:2: power.stop_share"),
    ("power: 3\n", "p.yml:1: power needs a list of keys"),
    ("window_days: { a: 1 }\n", "p.yml:1: window_days is one value"),
    ("dark:\n  detektion: { hot: 0.5 }\n", "p.yml:2: unknown key dark.detektion"),
    ("dark:\n  detection: { smell: 0.5 }\n", "p.yml:2: unknown key dark.detection.smell"),
    ("dark:\n  detection: { hot: 1 }\n", "p.yml:2: dark.detection.hot: 1.0 is not between 0 and 0.99"),
    ("dark:\n  minimum_signs: 5\n", "p.yml:2: dark.minimum_signs: 5 is not between 1 and 4"),
    ("register:\n  minimum_dais: 7\n", "p.yml:2: unknown key register.minimum_dais"),
    ("register:\n  idle_kwh_per_day: 0\n", "p.yml:2: register.idle_kwh_per_day: 0.0 is not above 0"),
    ("attribution:\n  rules: { sweps: 400 }\n", "p.yml:2: unknown key attribution.rules.sweps"),
    ("attribution:\n  rules:\n    firm_prior: 1\n", "p.yml:3: attribution.rules.firm_prior: 1.0 is not a chance"),
    ("power:\n  unregistered_shop_factor: 0.5\n", "p.yml:2: power.unregistered_shop_factor: 0.5 is below 1"),
    ("name: x\nwindow_days: 0\n", "p.yml:2: window_days: 0 is not between 1 and 60"),
    ("draw:\n  targets: 0\n", "p.yml:2: draw.targets"),
    ("draw:\n  strata: county\n", "p.yml:2: draw.strata"),
    ("detection:\n  hotspots: { neighbourhood: king }\n", "p.yml:2: detection.hotspots.neighbourhood"),
    ("detection:\n  alarm_dense:\n    minimum_ring_share: 2\n", "p.yml:2: detection.alarm_dense: minimum_ring_share"),
    ("detection:\n  scan:\n    complaint_replicates: 5\n", "p.yml:3: detection.scan.complaint_replicates"),
    ("detection:\n  scan: { maximum_radius_metres: -1 }\n", "p.yml:2: detection.scan.maximum_radius_metres"),
    ("detection:\n  probability:\n    simulations: 1\n", "p.yml:3: detection.probability.simulations"),
    ("detection:\n  strikes: { running: 0 }\n", "p.yml:2: detection.strikes.running"),
    ("industries:\n  air_related: [\"3\"]\n", "p.yml:2: industries.air_related"),
    ("score:\n  parts:\n    - { part: base, weight: 1, cap: 1 }\n    - { part: luck, weight: 1, cap: 1 }\n", "p.yml:4"),
    ("score:\n  parts:\n    - { part: fires, weight: 1, cap: 1 }\n", "no part \"base\""),
    ("score:\n  parts:\n    - { part: base, weight: 1, cap: 0.5 }\n", "score.parts[1].cap"),
    ("score:\n  parts:\n    - { part: base, weight: 1 }\n", "the key cap is missing"),
    ("score:\n  parts:\n    - { part: base, wait: 1, cap: 1 }\n", "p.yml:3: unknown key score.parts[1].wait"),
    ("power: { exempt_grades: [E] }\n", "power.exempt_grades[1]"),
    ("- a\n- b\n", "a policy is a list of keys with values"),
    ("a: [\n", "not YAML"),
    ("version: 1\nversion: 2\n", "p.yml"),
  ])
  func `a mistake is named with its line and key, and is wrong usage`(text: String, expected: String) throws {
    let problem = try #require(throws: Problem.self) { try PolicyFile.parse(text, file: "p.yml") }
    #expect(problem.problem.contains(expected), "\(problem.problem)")
    #expect(problem.exitStatus == .usage)
    #expect(problem.remedy.contains("grids/policy.yml"))
  }

  @Test func `a missing file says so`() throws {
    let problem = try #require(throws: Problem.self) { try PolicyFile.read(path: "/no/such/policy.yml") }
    #expect(problem.problem.contains("/no/such/policy.yml") && problem.exitStatus == .usage)
  }
}
