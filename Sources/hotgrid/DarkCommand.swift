internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Ingest
internal import Ranking
internal import Reports
internal import Workflows

struct DarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dark",
    abstract: "Suspect unregistered sources where evidence meets, and estimate how many are unseen.",
    discussion: """
      Reads what there is of: a hot file or alarms, flags of 'power flags' with their meters, FIRMS fires, complaints, the
      register, and a table cell,explained_share of an attribution. Writes suspects and, below them, cells with evidence
      that are none, with the reason: cell,county_code,status,posterior,chance,visited,signs,log_ratio_...,
      registered_firms,explained_share,reason. --confirmed takes outcomes of visits: found cells are confirmed, others lose
      chance, and all chances are put right by them. --estimates writes, per county, city and region, a lower bound of the
      number of sources; with --drawn too, an interval from the chances of the draw. A suspect is a reason to look, never a
      finding.

      Example: hotgrid dark --hot hot.csv --flags flags.csv --meters meters.csv --fires F.csv --complaints C.csv \
      --enterprises E.csv --confirmed outcomes.csv --drawn drawn.csv --out suspects.csv --estimates unseen.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: ArgumentHelp("Hot file, or alarms.", valueName: "file.csv")) var hot: String?
  @Option(help: ArgumentHelp("Flags of 'power flags'.", valueName: "file.csv")) var flags: String?
  @Option(help: ArgumentHelp("Meters of the flags.", valueName: "file.csv")) var meters: String?
  @Option(help: ArgumentHelp("FIRMS detections.", valueName: "file.csv")) var fires: String?
  @Option(help: ArgumentHelp("Complaints.", valueName: "file.csv")) var complaints: String?
  @Option(help: ArgumentHelp("The register.", valueName: "file.csv")) var enterprises: String?
  @Option(help: ArgumentHelp("Shares of excess that firms explain.", valueName: "file.csv")) var explained: String?
  @Option(help: ArgumentHelp("Outcomes of visits, which confirm and refute cells.", valueName: "file.csv"))
  var confirmed: String?
  @Option(help: ArgumentHelp("The draw of those visits, with its probabilities.", valueName: "file.csv"))
  var drawn: String?
  @Option(help: ArgumentHelp("Policy file with the numbers; built in when left out.", valueName: "file.yml"))
  var policy: String?
  @Option(help: ArgumentHelp("Where suspects go; - is standard output.", valueName: "file.csv")) var out: String = "-"
  @Option(help: ArgumentHelp("Where the estimates per county go.", valueName: "file.csv")) var estimates: String?
  @Option(help: "Least chance of a suspect; the policy's when left out.") var minPosterior: Double?
  @Option(help: "Kinds of evidence of a suspect, at least; the policy's when left out.") var minSigns: Int?
  @Flag(help: "Exit with 3 when rows were rejected.") var strict = false

  func validate() throws {
    guard (0...1).contains(minPosterior ?? 0), (1...4).contains(minSigns ?? 1) else {
      throw ValidationError("--min-posterior is 0...1 and --min-signs 1...4")
    }
  }

  func run() throws {
    try reporting {
      var request = DarkRequest(outputPath: out)
      request.hotPath = hot
      request.flagsPath = flags
      request.metersPath = meters
      request.firesPath = fires
      request.complaintsPath = complaints
      request.enterprisesPath = enterprises
      request.explainedPath = explained
      request.estimatesPath = estimates
      request.confirmedPath = confirmed
      request.drawnPath = drawn
      if let policy {
        let read = try PolicyFile.read(path: policy).policy
        (request.rules, request.complaintRules) = (read.dark, read.complaints)
      }
      if let minPosterior { request.rules.minimumPosterior = minPosterior }
      if let minSigns { request.rules.minimumSigns = minSigns }
      let options = ReadOptions(now: currentInstant(), threads: common.threads, progress: common.progress)
      let summary = try findDarkEmitters(request, grid: try gridOptions.load(), options: options)
      for sign in summary.signs where sign.observed > 0 {
        let background = sign.background.map { ", background \(($0 * 1e5).rounded() / 1e3) %" } ?? ""
        common.say("\(sign.sign.rawValue): \(sign.there) of \(sign.observed) cells\(background)")
      }
      common.say("\(summary.suspects) suspects; cells with evidence that are none:")
      for (reason, cells) in summary.silent where cells > 0 { common.say("  \(cells)  \(reason.rawValue)") }
      if let visits = summary.visits {
        let assumed = visits.sensitivity.isAssumed ? "assumed" : "counted from pairs"
        common.say(
          "visits: \(visits.confirmed) cells confirmed, \(visits.refuted) without a find; odds of chances to the power "
            + "\(visits.calibration.slope), plus \(visits.calibration.shift); a visit finds "
            + "\((visits.sensitivity.value * 1000).rounded() / 10) % (\(assumed))")
      }
      for row in summary.estimates where row.level == .region { common.say("estimate: \(Self.words(row))") }
      for note in summary.notes { common.say("note: \(note)") }
      for (reason, count) in summary.rejects.countsByReason { common.say("  \(count) rows rejected: \(reason)") }
      if strict, !summary.rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }

  private static func words(_ row: UnseenEstimate) -> String {
    func one(_ value: Double?) -> String { value.map { "\(($0 * 10).rounded() / 10)" } ?? "no bound" }
    let seen = "\(one(row.observed)) seen, at least \(one(row.atLeast)) (95 %)"
    guard let total = row.total else { return "\(seen); no drawn visits, so no upper bound" }
    return "\(seen); by drawn visits \(one(total)) (95 %: \(one(row.lower)) to \(one(row.upper)))"
  }
}

struct EvaluateDarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dark",
    abstract: "Plant unregistered workshops into synthetic campaigns, look for them, print what was found.",
    discussion: """
      Needs the county boundaries that tools/setup derived; reads nothing else. Builds synthetic campaigns in memory with
      workshops that no register knows, of which a share has a listed meter, and compares suspects, lower bounds and the
      intervals of drawn visits with what was planted. All counts are cells. The same seed gives the same table.

      Example: hotgrid evaluate dark --seed 1 --campaigns 10 --workshops 200
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: "Seed of the first campaign.") var seed: UInt64 = 1
  @Option(help: "Campaigns.") var campaigns: Int = 10
  @Option(help: "Workshops of a campaign.") var workshops: Int = 200
  @Option(help: "Registered firms of a campaign.") var firms: Int = 2000
  @Option(help: "Share of the workshops with a listed meter.") var metered: Double = 0.6
  @Option(help: "Households of a campaign, all with listed meters.") var residential: Int = 1500
  @Option(help: "Visits to drawn cells; 0 leaves the draw out.") var visits: Int = 3000
  @Option(help: "Share of the visits that goes to cells by chance alone.") var random: Double = 0.6
  @Option(help: ArgumentHelp("Policy file with the numbers; built in when left out.", valueName: "file.yml"))
  var policy: String?

  func validate() throws {
    guard (1...1000).contains(campaigns), (1...20_000).contains(workshops), (0...100_000).contains(firms) else {
      throw ValidationError("--campaigns is 1...1000, --workshops 1...20000, --firms 0...100000")
    }
    guard (0...1).contains(metered), (0...1).contains(random) else {
      throw ValidationError("--metered and --random are shares, 0...1")
    }
    guard (0...100_000).contains(visits), (0...100_000).contains(residential) else {
      throw ValidationError("--visits and --residential are 0...100000")
    }
  }

  func run() throws {
    try reporting {
      var request = DarkEvaluationRequest()
      request.seed = seed
      request.campaigns = campaigns
      request.workshops = workshops
      request.firms = firms
      request.meteredShare = metered
      request.households = residential
      request.visits = visits
      request.randomShare = random
      if let policy { request.rules = try PolicyFile.read(path: policy).policy.dark }
      request.threads = common.threads
      let result = try evaluateDark(
        request, grid: try gridOptions.load(), options: ReadOptions(now: currentInstant(), threads: 1))
      if common.json { print(try jsonText(result)) } else { print(Self.text(result), terminator: "") }
    }
  }

  static func text(_ result: DarkEvaluation) -> String {
    func share(_ part: Int, _ whole: Int) -> String {
      whole == 0 ? "" : "\((Double(part) / Double(whole) * 1000).rounded() / 10) %"
    }
    func interval(_ total: Double?, _ lower: Double?, _ upper: Double?) -> String {
      guard let total, let lower else { return "cannot tell" }
      return "\(Int(total.rounded())) (\(Int(lower.rounded()))-\(upper.map { "\(Int($0.rounded()))" } ?? "?"))"
    }
    let rows = result.campaigns.map { one in
      [
        "\(one.seed)", "\(one.truth)", "\(one.visible)", "\(one.suspects)", share(one.hits, one.suspects),
        share(one.hits, one.truth), "\(Int(one.atLeast.rounded()))", "\(one.finds)",
        interval(one.drawnTotal, one.drawnLower, one.drawnUpper),
      ]
    }
    let table = EvaluateQualityCommand.table(
      [
        .init("seed", .right), .init("planted", .right), .init("visible", .right), .init("suspects", .right),
        .init("precision", .right), .init("recall", .right), .init("at least", .right), .init("finds", .right),
        .init("by the draw (95 %)", .right),
      ], rows)
    let all = result.campaigns
    func sum(_ value: (DarkEvaluation.Campaign) -> Int) -> Int { all.reduce(0) { $0 + value($1) } }
    func covered(_ lower: (DarkEvaluation.Campaign) -> Double?, _ upper: (DarkEvaluation.Campaign) -> Double?) -> String
    {
      let told = all.filter { lower($0) != nil }
      let hit = told.count { Double($0.truth) >= (lower($0) ?? 0) && Double($0.truth) <= upper($0) ?? .infinity }
      return "\(hit) of \(told.count)"
    }
    let curve = EvaluateQualityCommand.table(
      [
        .init("posterior from", .right), .init("cells", .right), .init("precision", .right),
        .init("mean posterior", .right), .init("recall", .right), .init("of the visible", .right),
      ],
      DarkEvaluation.thresholds.enumerated().map { place, least in
        let (cells, hits) = (sum { $0.above[place] }, sum { $0.aboveHits[place] })
        let mean = all.reduce(0) { $0 + $1.abovePosteriors[place] } / Double(max(1, cells))
        return [
          "\(least)", "\(cells)", share(hits, cells), "\((mean * 1000).rounded() / 10) %",
          share(hits, sum(\.truth)), share(hits, sum(\.visible)),
        ]
      })
    let signs = result.signs.enumerated().map { place, name in
      "\(name) \(share(sum { $0.signHits[place] }, sum(\.truth))) of workshops' cells, "
        + "\(sum { $0.signCells[place] } / max(1, all.count)) cells in all"
    }
    let width = all.reduce(0) { $0 + $1.countyWidth } / Double(max(1, sum(\.counties)))
    return """
      SYNTHETIC campaigns; counts are cells

      \(table.text)
      \(curve.text)
      suspects: precision \(share(sum(\.hits), sum(\.suspects))), recall \(share(sum(\.hits), sum(\.truth))), of the visible \
      \(share(sum(\.hits), sum(\.visible))); visible \(share(sum(\.visible), sum(\.truth))) of workshops' cells
      signs: \(signs.joined(separator: "; "))
      region: at least (lists alone) at or below the planted number in \(all.count { $0.atLeast <= Double($0.truth) }) of \
      \(all.count) campaigns, \(share(Int(all.reduce(0) { $0 + $1.atLeast }), sum(\.truth))) of it on average; intervals that hold \
      it: by the draw \(covered({ $0.drawnLower }, { $0.drawnUpper })), log-linear from posteriors \
      \(covered({ $0.lower }, { $0.upper })), log-linear from visited lists \
      \(covered({ $0.verifiedLower }, { $0.verifiedUpper }))
      counties: at least at or below the planted number in \(share(sum(\.countiesBounded), sum(\.counties))), of those with a workshop \
      \(share(sum(\.truthCountiesBounded), sum(\.truthCounties))); interval of the draw holds it in \
      \(share(sum(\.countiesCovered), sum(\.counties))), of those with a workshop \
      \(share(sum(\.truthCountiesCovered), sum(\.truthCounties))), mean width \((width * 10).rounded() / 10)

      """
  }
}
