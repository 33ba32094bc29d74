internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Ingest
internal import Reports
internal import Workflows

struct DarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dark",
    abstract: "Suspect unregistered sources where evidence meets, and estimate how many are unseen.",
    discussion: """
      Reads what there is of: a hot file or alarms, flags of 'power flags' with their meters, FIRMS fires, complaints, the
      register, and a table cell,explained_share of an attribution. Writes suspects and, below them, cells with evidence
      that are none, with the reason: cell,county_code,status,posterior,signs,log_ratio_...,registered_firms,
      explained_share,reason. --estimates writes the number of sources per county, city and region with its 95 % interval,
      or why the lists cannot tell. A suspect is a reason to look, never a finding.

      Example: hotgrid dark --hot hot.csv --flags flags.csv --meters meters.csv --fires F.csv --complaints C.csv \
      --enterprises E.csv --out suspects.csv --estimates unseen.csv
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
  @Option(help: ArgumentHelp("Where suspects go; - is standard output.", valueName: "file.csv")) var out: String = "-"
  @Option(help: ArgumentHelp("Where the estimates per county go.", valueName: "file.csv")) var estimates: String?
  @Option(help: "Least chance of a suspect.") var minPosterior: Double = DarkRules().minimumPosterior
  @Option(help: "Kinds of evidence of a suspect, at least.") var minSigns: Int = DarkRules().minimumSigns
  @Flag(help: "Exit with 3 when rows were rejected.") var strict = false

  func validate() throws {
    guard (0...1).contains(minPosterior), (1...4).contains(minSigns) else {
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
      request.rules.minimumPosterior = minPosterior
      request.rules.minimumSigns = minSigns
      let options = ReadOptions(now: currentInstant(), threads: common.threads, progress: common.progress)
      let summary = try findDarkEmitters(request, grid: try gridOptions.load(), options: options)
      for sign in summary.signs where sign.observed > 0 {
        let background = sign.background.map { ", background \(($0 * 1e5).rounded() / 1e3) %" } ?? ""
        common.say("\(sign.sign.rawValue): \(sign.there) of \(sign.observed) cells\(background)")
      }
      common.say("\(summary.suspects) suspects; cells with evidence that are none:")
      for (reason, cells) in summary.silent where cells > 0 { common.say("  \(cells)  \(reason.rawValue)") }
      for row in summary.estimates where row.level == .region { common.say("estimate: \(Self.words(row))") }
      for note in summary.notes { common.say("note: \(note)") }
      for (reason, count) in summary.rejects.countsByReason { common.say("  \(count) rows rejected: \(reason)") }
      if strict, !summary.rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }

  private static func words(_ row: UnseenEstimate) -> String {
    func one(_ value: Double?) -> String { value.map { "\(($0 * 10).rounded() / 10)" } ?? "no bound" }
    guard let total = row.total else { return "\(one(row.observed)) seen; \(row.basis)" }
    return
      "\(one(row.observed)) seen, \(one(total)) in all (95 %: \(one(row.lower)) to \(one(row.upper)); \(row.basis))"
  }
}

struct EvaluateDarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dark",
    abstract: "Plant unregistered workshops into synthetic campaigns, look for them, print what was found.",
    discussion: """
      Needs the county boundaries that tools/setup derived; reads nothing else. Builds synthetic campaigns in memory with
      workshops that no register knows, of which a share has a listed meter, and compares suspects and the estimated
      number with what was planted. All counts are cells. The same seed gives the same table.

      Example: hotgrid evaluate dark --seed 1 --campaigns 10 --workshops 200
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions
  @Option(help: "Seed of the first campaign.") var seed: UInt64 = 1
  @Option(help: "Campaigns.") var campaigns: Int = 10
  @Option(help: "Workshops of a campaign.") var workshops: Int = 200
  @Option(help: "Registered firms of a campaign.") var firms: Int = 2000
  @Option(help: "Share of the workshops with a listed meter.") var metered: Double = 0.6

  func validate() throws {
    guard (1...1000).contains(campaigns), (1...20_000).contains(workshops), (0...100_000).contains(firms) else {
      throw ValidationError("--campaigns is 1...1000, --workshops 1...20000, --firms 0...100000")
    }
    guard (0...1).contains(metered) else { throw ValidationError("--metered is a share, 0...1") }
  }

  func run() throws {
    try reporting {
      var request = DarkEvaluationRequest()
      request.seed = seed
      request.campaigns = campaigns
      request.workshops = workshops
      request.firms = firms
      request.meteredShare = metered
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
        "\(one.seed)", "\(one.truth)", "\(one.suspects)", share(one.hits, one.suspects), share(one.hits, one.truth),
        "\(one.likely)", share(one.likelyHits, one.likely), share(one.likelyHits, one.truth),
        interval(one.total, one.lower, one.upper),
        interval(one.verifiedTotal, one.verifiedLower, one.verifiedUpper),
      ]
    }
    let table = EvaluateQualityCommand.table(
      [
        .init("seed", .right), .init("planted", .right), .init("suspects", .right), .init("precision", .right),
        .init("recall", .right), .init("p >= 0.5", .right), .init("precision", .right), .init("recall", .right),
        .init("estimate (95 %)", .right), .init("from visited lists", .right),
      ], rows)
    let all = result.campaigns
    func covered(_ lower: (DarkEvaluation.Campaign) -> Double?, _ upper: (DarkEvaluation.Campaign) -> Double?) -> String
    {
      let told = all.filter { lower($0) != nil }
      let hit = told.count { Double($0.truth) >= (lower($0) ?? 0) && Double($0.truth) <= upper($0) ?? .infinity }
      return "\(hit) of \(told.count)"
    }
    let signs = result.signs.enumerated().map { place, name in
      "\(name) \(share(all.reduce(0) { $0 + $1.signHits[place] }, all.reduce(0) { $0 + $1.truth })) of workshops' cells, "
        + "\(all.reduce(0) { $0 + $1.signCells[place] } / max(1, all.count)) cells in all"
    }
    return "SYNTHETIC campaigns; counts are cells\n\n\(table.text)\nall: precision "
      + "\(share(all.reduce(0) { $0 + $1.hits }, all.reduce(0) { $0 + $1.suspects })), recall "
      + "\(share(all.reduce(0) { $0 + $1.hits }, all.reduce(0) { $0 + $1.truth }))\nsigns: \(signs.joined(separator: "; "))\n"
      + "intervals that hold the planted number: \(covered({ $0.lower }, { $0.upper })) from posteriors, "
      + "\(covered({ $0.verifiedLower }, { $0.verifiedUpper })) from visited lists\n"
  }
}
