internal import Enterprises
public import Evidence
public import SyntheticWorld

/// How well planted monitoring frauds are found, and how often honest monitors are named.
public struct MonitorEvaluation: Sendable, Codable {
  /// One kind of fraud, over all seeds.
  public struct Kind: Sendable, Codable {
    /// Also the name of the test that should find it, such as `flat-line`.
    public let name: String
    /// Outlets into which it was planted, over all seeds.
    public let planted: Int
    /// Outlets on which the kind's own test spoke.
    public let found: Int
    /// Outlets on which any test spoke.
    public let foundByAny: Int
  }

  /// One test on monitors into which nothing was planted.
  public struct FalseAlarms: Sendable, Codable {
    /// Name of the test, or `any`.
    public let test: String
    /// Honest outlets named.
    public let outlets: Int
    /// 100 times `outlets` over the honest outlet-months; 0 without any.
    public let perHundredOutletMonths: Double

    enum CodingKeys: String, CodingKey {
      case test, outlets
      case perHundredOutletMonths = "per_100_outlet_months"
    }
  }

  /// Written as `synthetic`: no such monitor exists.
  public let isSynthetic = true
  /// ``EmissionRules/version`` of the tests that were tried.
  public let rulesVersion: String
  /// ``EmissionLimits/version`` of the limits that were held against.
  public let limitsVersion: String
  /// Further seeds count up from it.
  public let firstSeed: UInt64
  /// Campaigns, at least 1.
  public let seeds: Int
  /// Outlets of each campaign, honest ones and others.
  public let outlets: Int
  /// Length of each campaign.
  public let days: Int
  /// In the order in which outlets are dealt to kinds.
  public let kinds: [Kind]
  /// Outlets without a planted fraud times days over 30, over all seeds.
  public let honestOutletMonths: Double
  /// Tests in their order, then any of them.
  public let falseAlarms: [FalseAlarms]
  /// Frauds that no test of their kind found.
  public let missed: [String]
  /// Honest outlets that were named: by which test, on which channel, with which numbers.
  public let falselyNamed: [String]
  /// Wall time of the screening alone, seconds.
  public let seconds: Double

  enum CodingKeys: String, CodingKey {
    case seeds, outlets, days, kinds, missed, seconds
    case isSynthetic = "synthetic"
    case rulesVersion = "rules_version"
    case limitsVersion = "limits_version"
    case firstSeed = "first_seed"
    case honestOutletMonths = "honest_outlet_months"
    case falseAlarms = "false_alarms"
    case falselyNamed = "falsely_named"
  }
}

/// Builds synthetic emission monitors in memory, screens them, and compares with what was planted.
///
/// - Parameter options: Its seed is the first; `seeds` of them follow one another.
public func evaluateMonitors(
  _ options: SyntheticEmissionMonitors.Options, seeds: Int, rules: EmissionRules, threads: Int
) -> MonitorEvaluation {
  var planted = [String: Int]()
  var found = planted
  var any = planted
  var alarms = [EmissionTest: Int]()
  var (named, honestMonths) = (0, 0.0)
  var missed: [String] = []
  var falselyNamed: [String] = []
  let clock = ContinuousClock()
  var spent = Duration.zero
  for number in 0..<max(1, seeds) {
    var options = options
    options.seed &+= UInt64(number)
    let world = SyntheticEmissionMonitors(options)
    let start = clock.now
    let power = FirmPower(loads: world.loads, meters: world.meters, days: world.days)
    let screen = EmissionScreen(rules: rules, enterprises: world.enterprises, seed: options.seed)
    let findings = screen.findings(world.hours, power: power, days: world.days, threads: threads)
    spent += clock.now - start
    let testsOf = Dictionary(grouping: findings.flags, by: \.outlet).mapValues { Set($0.map(\.test)) }
    for fraud in world.frauds {
      planted[fraud.kind, default: 0] += 1
      let tests = testsOf[fraud.outlet] ?? []
      if !tests.isEmpty { any[fraud.kind, default: 0] += 1 }
      if tests.contains(where: { $0.rawValue == fraud.kind }) {
        found[fraud.kind, default: 0] += 1
      } else {
        missed.append("seed \(options.seed), outlet \(fraud.outlet), \(fraud.kind): \(fraud.detail)")
      }
    }
    // The outlet a day was copied from carries the same days: it is no honest outlet for that test.
    let guilty = Set(world.frauds.map(\.outlet))
    let copied = Set(world.frauds.filter { $0.kind == "copied-outlet" }.map { $0.outlet - 1 })
    honestMonths += Double(options.outlets - guilty.count) * Double(options.days) / 30
    for outlet in 0..<options.outlets where !guilty.contains(outlet) {
      var tests = testsOf[outlet] ?? []
      if copied.contains(outlet) { tests.remove(.copiedOutlet) }
      if !tests.isEmpty { named += 1 }
      for test in tests { alarms[test, default: 0] += 1 }
      for flag in findings.flags where flag.outlet == outlet && tests.contains(flag.test) {
        let numbers = flag.numbers.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        falselyNamed.append(
          "seed \(options.seed), outlet \(outlet), \(flag.test.rawValue) of \(flag.channel?.rawValue ?? "all"): "
            + "p \(flag.p), \(numbers)")
      }
    }
  }
  func alarm(_ name: String, _ count: Int) -> MonitorEvaluation.FalseAlarms {
    .init(test: name, outlets: count, perHundredOutletMonths: honestMonths > 0 ? 100 * Double(count) / honestMonths : 0)
  }
  return MonitorEvaluation(
    rulesVersion: rules.version, limitsVersion: EmissionLimits.version, firstSeed: options.seed, seeds: max(1, seeds),
    outlets: options.outlets, days: options.days,
    kinds: SyntheticEmissionMonitors.kinds.map {
      .init(name: $0, planted: planted[$0] ?? 0, found: found[$0] ?? 0, foundByAny: any[$0] ?? 0)
    },
    honestOutletMonths: honestMonths,
    falseAlarms: EmissionTest.allCases.map { alarm($0.rawValue, alarms[$0] ?? 0) } + [alarm("any", named)],
    missed: missed, falselyNamed: falselyNamed,
    seconds: Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18)
}
