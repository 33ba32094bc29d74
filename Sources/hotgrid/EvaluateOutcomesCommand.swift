internal import ArgumentParser
internal import Evaluation
internal import Reports
internal import Workflows

/// Files and seeds that the verbs about outcomes share.
struct OutcomeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What inspections found; may be given several times.", valueName: "outcomes.csv"))
  var outcomes: [String]

  @Option(help: ArgumentHelp("Policy file; built in when left out.", valueName: "file.yml"))
  var policy: String?

  @Option(help: "An outcome later than this many days after a draw does not belong to it.")
  var window: Int = 14

  @Option(help: ArgumentHelp("Where rows of outcomes that cannot be used are written.", valueName: "file.csv"))
  var rejects: String?

  @Option(help: "Seed of the bootstrap and the folds.")
  var seed: UInt64 = 1

  func validate() throws {
    guard !outcomes.isEmpty else { throw ValidationError("--outcomes is missing") }
    guard (0...366).contains(window) else { throw ValidationError("--window \(window) is not between 0 and 366") }
  }

  func files(frames: [String], drawn: [String], register: String?, say: @escaping @Sendable (String) -> Void)
    -> OutcomeFiles
  {
    var files = OutcomeFiles(framePaths: frames, drawnPaths: drawn, outcomePaths: outcomes, now: currentInstant())
    files.registerPath = register
    files.policyPath = policy
    files.windowDays = window
    files.rejectsPath = rejects
    files.messages = say
    return files
  }
}

/// Frames and draws of the days that are evaluated.
struct EvaluatedDrawOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Frame that was drawn from; several, or one with a date column, for several days.", valueName: "frame.csv"))
  var frame: [String]

  @Option(help: ArgumentHelp("What was drawn from it, with inclusion probabilities.", valueName: "drawn.csv"))
  var drawn: [String]

  @Option(
    help: ArgumentHelp(
      "Register: finds of its firms are not off the list, even outside the frame.", valueName: "firms.csv"))
  var register: String?

  func validate() throws {
    guard !frame.isEmpty, !drawn.isEmpty else { throw ValidationError("--frame and --drawn are needed") }
  }
}

struct EvaluateOutcomesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outcomes",
    abstract: "How good the targeting was: against a random arm, and among all targets by the draw's probabilities.",
    discussion: """
      Reads frames (id,score[,county,class,cell,date,usual_rank]), draws (id,inclusion_probability,drawn[,arm,date]) and
      outcomes (target_id,uscc,time,inspector_ids,problems,severity,notes). Prints finds, severity, off-list finds and
      days sooner per arm with bootstrap intervals, Horvitz-Thompson and Hajek prevalence, PAI and PEI, calibration, and who
      is visited how often. Writes nothing. docs/methods/evaluation.md explains every table.

      Example: hotgrid evaluate outcomes --frame frame.csv --drawn drawn.csv --outcomes outcomes.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var draws: EvaluatedDrawOptions
  @OptionGroup var options: OutcomeOptions
  @Option(help: "The arm that others are compared with.") var baseline = "random"
  @Option(help: "Replicates of the bootstrap.") var replicates: Int = 2000
  @Option(help: "Share of the cells that PAI and PEI call hot.") var hotShare: Double = 0.01

  func validate() throws {
    guard (100...1_000_000).contains(replicates) else {
      throw ValidationError("--replicates \(replicates) is not between 100 and 1000000")
    }
    guard hotShare > 0, hotShare <= 1 else { throw ValidationError("--hot-share \(hotShare) is not a share") }
  }

  func run() throws {
    try reporting {
      var evaluation = OutcomeEvaluationOptions()
      evaluation.baseline = baseline
      evaluation.hotShare = hotShare
      evaluation.bootstrap = BootstrapOptions(
        replicates: replicates, seed: options.seed, threads: common.threads)
      let isQuiet = common.quiet
      let result = try evaluateOutcomes(
        options.files(frames: draws.frame, drawn: draws.drawn, register: draws.register) { message in
          if !isQuiet { printToStandardError(message) }
        }, options: evaluation)
      if common.json { try printJSON(result) } else { print(EvaluationTables.outcomes(result), terminator: "") }
    }
  }
}

struct EvaluatePolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "What draws by other scores would have found, from the draws that were made.",
    discussion: """
      Reads frames, draws and outcomes as evaluate outcomes does, and the other policy's scores (id,score[,date]) for every
      target. Prints inverse-propensity, self-normalised and doubly robust estimates per visit with the effective number of
      visits; exits 1 with the numbers when the draws hardly went where the other policy would. Writes nothing.
      docs/methods/off-policy.md says what can be believed.

      Example: hotgrid evaluate policy --frame frame.csv --drawn drawn.csv --outcomes outcomes.csv --other scores.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var draws: EvaluatedDrawOptions
  @OptionGroup var options: OutcomeOptions
  @Option(help: ArgumentHelp("Scores of the other policy.", valueName: "scores.csv")) var other: [String]
  @Option(help: "Floor under the other policy's inclusion probabilities.") var floor: Double = 0
  @Option(help: "Replicates of the bootstrap.") var replicates: Int = 2000
  @Option(help: "Fewest effective visits; below, nothing is said.") var leastEffective: Double = 30

  func validate() throws {
    guard !other.isEmpty else { throw ValidationError("--other is missing") }
    guard (0..<1).contains(floor) else { throw ValidationError("--floor \(floor) is not a probability below 1") }
    guard (100...1_000_000).contains(replicates) else {
      throw ValidationError("--replicates \(replicates) is not between 100 and 1000000")
    }
    guard leastEffective >= 5 else { throw ValidationError("--least-effective \(leastEffective) is below 5") }
  }

  func run() throws {
    try reporting {
      let isQuiet = common.quiet
      var request = PolicyEvaluationRequest(
        files: options.files(frames: draws.frame, drawn: draws.drawn, register: draws.register) { message in
          if !isQuiet { printToStandardError(message) }
        }, otherPaths: other)
      request.floor = floor
      request.limits.effectiveVisits = leastEffective
      request.bootstrap = BootstrapOptions(replicates: replicates, seed: options.seed, threads: common.threads)
      let result = try evaluatePolicy(request)
      guard !common.json else { return try printJSON(result) }
      let finds = result.finds
      print(EvaluationTables.offPolicy([("finds", finds), ("severity", result.severity)]).text, terminator: "")
      print(
        "\(finds.visits) visits in \(result.draws) draws are worth \((finds.effectiveVisits * 10).rounded() / 10) for the "
          + "other policy; largest weight \((finds.largestWeight * 100).rounded() / 100); \(result.replicates) replicates, "
          + "seed \(result.seed)")
    }
  }
}

struct EvaluateFitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Learn the weights of the score from what visits found, and propose them.",
    discussion: """
      Reads features (target_id,inclusion_probability,parts[,date,county_code,score], as tables of targets have them, or one
      column of points per part) and outcomes. Prints weights with bootstrap intervals and how well they and the policy tell
      finds apart in visits that were held out. Writes a policy file of nothing but score.parts: a proposal, used by
      nothing until a person names it as policy.

      Example: hotgrid evaluate fit --features targets.csv --outcomes outcomes.csv --out proposed-policy.yml
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: OutcomeOptions
  @Option(help: ArgumentHelp("What scores were made of.", valueName: "features.csv")) var features: [String]
  @Option(help: ArgumentHelp("Where the proposed policy goes.", valueName: "proposed-policy.yml")) var out: String?
  @Option(
    help: "found (logistic) or severity (least squares).",
    transform: reading("found or severity") { FitResponse(rawValue: $0) })
  var response: FitResponse = .found
  @Option(
    help: "none, sqrt or log1p: a rising function that strengths go through.",
    transform: reading("none, sqrt or log1p") { FitTransform(rawValue: $0) })
  var transform: FitTransform = .none
  @Option(
    help: "target or county-day: what folds never cut.",
    transform: reading("target or county-day") { FitGrouping(rawValue: $0) })
  var group: FitGrouping = .target
  @Option(help: "Folds.") var folds: Int = 5
  @Option(help: "Replicates of the bootstrap.") var replicates: Int = 500

  func validate() throws {
    guard !features.isEmpty else { throw ValidationError("--features is missing") }
    guard (2...50).contains(folds), (20...100_000).contains(replicates) else {
      throw ValidationError("--folds is 2...50 and --replicates 20...100000")
    }
  }

  func run() throws {
    try reporting {
      let isQuiet = common.quiet
      var request = WeightFitRequest(
        featurePaths: features,
        files: options.files(frames: [], drawn: [], register: nil) { message in
          if !isQuiet { printToStandardError(message) }
        })
      request.outputPath = out
      request.options.response = response
      request.options.transform = transform
      request.options.grouping = group
      request.options.folds = folds
      request.options.bootstrap = BootstrapOptions(
        replicates: replicates, seed: options.seed, threads: common.threads)
      let fit = try evaluateFit(request)
      if out == "-" { return }
      if common.json { try printJSON(fit) } else { print(EvaluationTables.fit(fit), terminator: "") }
    }
  }
}

struct EvaluateEstimatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimators",
    abstract: "Draw from a synthetic population again and again, and see whether intervals hold the truth.",
    discussion: """
      Reads nothing: makes targets with known problems and noisy scores, draws from them many times with the real draw, and
      prints mean, spread, stated error and coverage of every estimate that evaluate outcomes and evaluate policy give.

      Example: hotgrid evaluate estimators --seed 1 --draws 2000 --targets 2000 --visits 100
      Example: hotgrid evaluate estimators --sweep --seed 1 --draws 500
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "Seed of the population and its draws.") var seed: UInt64 = 1
  @Option(help: "Draws.") var draws: Int = 1000
  @Option(help: "Targets of the population.") var targets: Int = 2000
  @Option(help: "Visits per draw.") var visits: Int = 100
  @Option(help: "Mean chance of a problem.") var prevalence: Double = 0.15
  @Option(help: "How much the score knows, 0...1.") var skill: Double = 0.6
  @Option(help: "How unevenly scores err: standard deviation of the logarithm of a factor, 0...2.") var skew: Double = 0
  @Flag(help: "Prevalence only, over a range of sizes, rates and scores; --draws of each of four populations.")
  var sweep = false

  func validate() throws {
    guard (20...100_000).contains(draws), (50...100_000).contains(targets), visits >= 10, visits < targets else {
      throw ValidationError("--draws is 20...100000, --targets 50...100000, --visits at least 10 and below --targets")
    }
    guard prevalence > 0, prevalence < 0.5, (0...1).contains(skill), (0...2).contains(skew) else {
      throw ValidationError("--prevalence is above 0 and below 0.5, --skill 0...1, --skew 0...2")
    }
  }

  func run() throws {
    try reporting {
      if sweep {
        var range = EstimatorSweep()
        (range.seed, range.draws, range.threads) = (seed, draws, common.threads)
        let rows = try range.run()
        if common.json { return try printJSON(rows) }
        print("SYNTHETIC populations, seeds \(seed) to \(seed + 3), \(draws) draws each\n")
        print(EvaluationTables.sweep(rows).text, terminator: "")
        return
      }
      var trial = EstimatorTrial()
      trial.seed = seed
      trial.draws = draws
      trial.targets = targets
      trial.visits = visits
      trial.prevalence = prevalence
      trial.skill = skill
      trial.skew = skew
      trial.threads = common.threads
      let rows = try trial.run()
      if common.json {
        try printJSON(rows)
      } else {
        print("SYNTHETIC population, seed \(seed): \(targets) targets, \(visits) visits, \(draws) draws\n")
        print(EvaluationTables.trial(rows).text, terminator: "")
      }
    }
  }
}
