public import ArgumentParser
internal import Ingest
internal import Ranking
public import Sampling

extension DrawMethod: ExpressibleByArgument {}
extension FrameColumn: ExpressibleByArgument {}

extension Quota: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}

/// How a draw is made: the draw section of a policy file, or options, which come before it.
struct DrawPlanOptions: ParsableArguments {
  @Option(help: "How many to draw; left out, the sum of the quotas' minima (or what the policy says).")
  var size: Int?

  @Option(help: "pareto, poisson, pivotal or lpm (spread in space; needs x,y or lon,lat).")
  var method: DrawMethod?

  @Option(help: "Least inclusion probability of every unit.")
  var floor: Double?

  @Option(help: "Greatest inclusion probability of every unit.")
  var cap: Double?

  @Option(
    help: ArgumentHelp(
      "Least and most units of a group: class:key,min=25%,exact or county:*,max=10. May be repeated.",
      valueName: "text"))
  var quota: [Quota] = []

  @Option(help: "What quotas by inspector count.")
  var inspectors: Int?

  @Option(name: .customLong("random"), help: "Units of the random arm, drawn uniformly besides.")
  var randomUnits: Int?

  @Option(help: "Replacement units in order, for each group of --reserve-per.")
  var reserve: Int?

  @Option(help: "stratum, county, city or class; one reserve for all when left out.")
  var reservePer: FrameColumn?

  @Option(help: ArgumentHelp("Take the draw section of a policy file.", valueName: "policy.yml"))
  var policy: String?

  /// The plan, and the hash of the policy file when one was named.
  func plan() throws -> (plan: DrawPlan, policyHash: String?) {
    let contents = try policy.map { try PolicyFile.read(path: $0) }
    var plan =
      contents.map { $0.policy.draw.plan(size: size, floor: $0.policy.draw.floorProbability) }
      ?? DrawPlan(size: size)
    if let method { plan.method = method }
    if let floor { plan.floor = floor }
    if let cap { plan.cap = cap }
    if !quota.isEmpty { plan.quotas = quota }
    if let inspectors { plan.inspectors = inspectors }
    if let randomUnits { plan.randomUnits = randomUnits }
    if let reserve { plan.reserve = reserve }
    if let reservePer { plan.reserveColumn = reservePer }
    return (plan, contents?.hash)
  }
}
