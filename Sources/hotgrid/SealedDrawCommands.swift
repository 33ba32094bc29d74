internal import ArgumentParser
internal import Digests
internal import Ingest
internal import Quantities
internal import Sampling
internal import Workflows

/// A moment as users write it: ISO 8601, or Beijing time without a zone.
func moment(_ text: String?, _ option: String) throws -> Instant? {
  guard let text else { return nil }
  guard let instant = readInstant(text) else {
    throw ValidationError("\(option) \"\(text)\" is not a time; write it as 2017-11-22T06:00:00+08:00")
  }
  return instant
}

struct SealFilesOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What can be drawn, with scores.", valueName: "frame.csv"))
  var frame: String

  @Option(help: ArgumentHelp("The public seal.", valueName: "seal.json"))
  var seal: String

  @Option(help: ArgumentHelp("The secret file of the seal.", valueName: "secret.txt"))
  var secret: String

  var files: SealFiles { SealFiles(frame: frame, seal: seal, secret: secret) }
}

struct LedgerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The ledger that gets a line more.", valueName: "ledger.jsonl"))
  var ledger: String?
}

struct DrawSealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Commit to a frame, its probabilities and rules before a public beacon is due.",
    discussion: """
      Writes a public seal (publish it, or its root, at once) and a secret file (keep it). Nobody learns a unit or a
      probability from the seal; nobody can change either afterwards. The seed will be SHA-256(root || beacon).

      Example: hotgrid draw seal --frame frame.csv --size 300 --beacon "drand quicknet round 30000000" --out seal.json \
      --secret secret.txt --ledger ledger.jsonl
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: DrawPlanOptions
  @OptionGroup var ledgerOptions: LedgerOptions
  @Option(help: ArgumentHelp("What can be drawn, with scores.", valueName: "frame.csv")) var frame: String
  @Option(name: [.long, .customLong("beacon-name")], help: "Source of the public random value, and which value of it.")
  var beacon: String
  @Option(help: "When the value is due; computed for \"drand quicknet round N\".") var beaconTime: String?
  @Option(help: "Source to use when the beacon fails.") var fallback: String?
  @Option(help: "When the fallback's value is due.") var fallbackTime: String?
  @Option(help: "Time of sealing; the clock when left out.") var now: String?
  @Option(help: ArgumentHelp("Where the public seal goes.", valueName: "seal.json")) var out: String
  @Option(help: ArgumentHelp("Where the secret goes; a new file.", valueName: "secret.txt")) var secret: String

  func run() throws {
    let now = try moment(now, "--now") ?? currentInstant()
    let (beaconDue, fallbackDue) = (
      try moment(beaconTime, "--beacon-time"), try moment(fallbackTime, "--fallback-time")
    )
    try reporting {
      let (plan, policyHash) = try options.plan()
      let request = SealRequest(
        plan: plan, beacon: try Beacon(source: beacon, due: beaconDue),
        fallback: try fallback.map { try Beacon(source: $0, due: fallbackDue) }, policyHash: policyHash, now: now)
      let seal = try sealFrame(
        framePath: frame, request: request, outPath: out, secretPath: secret, ledgerPath: ledgerOptions.ledger)
      if common.json { print(try jsonText(seal)) } else { print(seal.root) }
      common.say(
        "sealed \(seal.leaves - 1) units at \(now.iso8601); publish the root before \(request.beacon.due.iso8601), "
          + "when \"\(beacon)\" is due; keep \(secret) secret")
    }
  }
}

struct DrawOpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Draw from a sealed frame with the beacon's value.",
    discussion: """
      Refuses a frame, secret or seal that was changed, and a value seen before the beacon was due. Writes the drawn file
      (secret until the visits) and an opening record (publish it at once).

      Example: hotgrid draw open --frame frame.csv --seal seal.json --secret secret.txt --beacon 0f3a... --out drawn.csv \
      --opening opening.json --ledger ledger.jsonl
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: SealFilesOptions
  @OptionGroup var ledgerOptions: LedgerOptions
  @Option(help: "The value as it was published, in hexadecimal digits.") var beacon: String
  @Flag(help: "The value is the fallback's, because the beacon failed.") var useFallback = false
  @Option(help: "When the value was seen; the clock when left out.") var beaconSeen: String?
  @Option(help: ArgumentHelp("Where the drawn file goes.", valueName: "drawn.csv")) var out: String
  @Option(help: ArgumentHelp("Where the public record goes.", valueName: "opening.json")) var opening: String

  func run() throws {
    let seenAt = try moment(beaconSeen, "--beacon-seen") ?? currentInstant()
    try reporting {
      let summary = try openSeal(
        files.files, beaconHex: beacon, usesFallback: useFallback, seenAt: seenAt, outPath: out, openingPath: opening,
        ledgerPath: ledgerOptions.ledger)
      if common.json { print(try jsonText(summary)) }
      summary.lines.forEach(common.say)
    }
  }
}

struct DrawProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Write the one-file proof that a unit was, or was not, drawn.",
    discussion: """
      The proof gives away nothing about other units. Hand it over with a visit, or to a unit that was not visited.

      Example: hotgrid draw prove --frame frame.csv --seal seal.json --secret secret.txt --opening opening.json \
      --id E-91130100MA00000000 --out proof.json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: SealFilesOptions
  @Option(help: ArgumentHelp("What draw open wrote.", valueName: "opening.json")) var opening: String
  @Option(help: "Whose outcome is to be proved.") var id: String
  @Option(help: ArgumentHelp("Where the proof goes; - is standard output.", valueName: "proof.json")) var out = "-"

  func run() throws {
    try reporting {
      try proveUnit(files.files, openingPath: opening, id: id, outPath: out)
      common.say("proof of \"\(id)\" written")
    }
  }
}

struct DrawCheckProofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-proof",
    abstract: "Check a proof; needs nothing but the file and the published root.",
    discussion: """
      Exits 1 when a step fails. tools/verify_draw.py proof does the same without this program.

      Example: hotgrid draw check-proof proof.json --root 5f1c...
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var ledgerOptions: LedgerOptions
  @Argument(help: ArgumentHelp("The proof.", valueName: "proof.json")) var proof: String
  @Option(help: "The root that was published before the beacon.") var root: String?

  func run() throws {
    try reporting {
      let finding = try checkProof(path: proof, root: root, ledgerPath: ledgerOptions.ledger)
      let isDrawn = finding.isScored || finding.isRandom
      let arm = finding.isScored ? (finding.isRandom ? "both arms" : "the scored arm") : "the random arm"
      print("ok: \(finding.id) was \(isDrawn ? "drawn, by \(arm)" : "not drawn")")
      common.say(
        "  probability \(finding.inclusionProbability), sealed \(finding.header.sealedAt.iso8601), root \(finding.root.hex)"
      )
      common.say("  beacon \"\(finding.opening.beaconSource)\", seed \(finding.opening.seed)")
      common.say(
        finding.followsFromTicket
          ? "  follows from seed, id and committed probability"
          : "  was committed to at the opening; that it follows from the seed shows only the whole frame, once revealed"
      )
      if root == nil { common.say("  the root was not compared: give --root with the published one") }
    }
  }
}

struct DrawRevealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal",
    abstract: "Note in the ledger that frame and secret of a draw are published, after all visits.",
    discussion: """
      Example: hotgrid draw reveal --frame frame.csv --seal seal.json --secret secret.txt --ledger ledger.jsonl
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: SealFilesOptions
  @Option(help: ArgumentHelp("The ledger that gets a line more.", valueName: "ledger.jsonl")) var ledger: String
  @Option(help: "Time of the entry; the clock when left out.") var now: String?

  func run() throws {
    let now = try moment(now, "--now") ?? currentInstant()
    try reporting {
      try revealDraw(files.files, at: now, ledgerPath: ledger)
      common.say("noted; publish \(files.frame) and \(files.secret) now")
    }
  }
}

struct DrawLedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "The append-only list of what was sealed, opened, overridden and revealed.",
    subcommands: [DrawLedgerVerifyCommand.self])
}

struct DrawLedgerVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check the chain of a ledger and name the first line that was touched.",
    discussion: """
      Example: hotgrid draw ledger verify ledger.jsonl --head 9a0d...
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: ArgumentHelp("The ledger.", valueName: "ledger.jsonl")) var ledger: String
  @Option(help: "Published hash of the newest line; without it lines cut off at the end go unseen.") var head: String?

  func run() throws {
    try reporting {
      let (lines, newest) = try verifyLedger(path: ledger, head: head)
      print("ok: \(lines) lines, head \(newest)")
    }
  }
}

struct DrawOverrideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "override",
    abstract: "Add visits to a draw or take some out, with reasons, apart from the draw.",
    discussion: """
      Reads overrides: id,action,reason,who with action = add or drop. Writes id,origin,reason,who for every visit and
      every dropped unit, origin = drawn, added or dropped. The drawn file stays as it is.

      Example: hotgrid draw override --drawn drawn.csv --overrides overrides.csv --out visits.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var ledgerOptions: LedgerOptions
  @Option(help: ArgumentHelp("What the draw wrote.", valueName: "drawn.csv")) var drawn: String
  @Option(help: ArgumentHelp("What to change, and why.", valueName: "overrides.csv")) var overrides: String
  @Option(help: ArgumentHelp("The seal of the draw, for the ledger.", valueName: "seal.json")) var seal: String?
  @Option(help: "Time of the entry; the clock when left out.") var now: String?
  @Option(help: ArgumentHelp("Where the visits go; - is standard output.", valueName: "visits.csv")) var out = "-"

  func run() throws {
    let now = try moment(now, "--now") ?? currentInstant()
    try reporting {
      let visits = try overrideDraw(
        drawnPath: drawn, overridesPath: overrides, outPath: out, sealPath: seal, ledgerPath: ledgerOptions.ledger,
        now: now)
      common.say("\(visits.drawn) drawn, \(visits.added) added, \(visits.dropped) dropped")
      if let warning = visits.warning { common.say("warning: the randomness is weakened: \(warning)") }
    }
  }
}

struct DrawSimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Repeat a draw many times and compare frequencies with the stated probabilities.",
    discussion: """
      Seeds are "SEED 0", "SEED 1" and so on. Prints the greatest |z| and a chi-square for each arm; --out gets one line a
      unit.

      Example: hotgrid draw simulate --frame frame.csv --size 100 --method lpm --draws 40000
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var options: DrawPlanOptions
  @Option(help: ArgumentHelp("What can be drawn, with scores.", valueName: "frame.csv")) var frame: String
  @Option(help: "How often; a multiple of 100.") var draws = 40_000
  @Option(help: "Begins every seed.") var seed = "simulation"
  @Option(help: ArgumentHelp("Where one line a unit goes.", valueName: "frequencies.csv")) var out: String?

  func run() throws {
    try reporting {
      let (plan, _) = try options.plan()
      let result = try simulateDraw(
        framePath: frame, plan: plan, seed: seed, draws: draws, outPath: out, threads: common.threads)
      if common.json {
        print(try jsonText(SimulationReport(result, version: plan.version)))
        return
      }
      print("\(result.draws) draws by \(plan.version), \(result.otherSizes) with another number than asked for")
      for arm in result.arms {
        print(
          "\(arm.name): \(arm.uncertain) uncertain units, greatest |z| \(rounded(arm.greatestZ)) "
            + "(p \(rounded(arm.greatestP))), chi-square \(rounded(arm.chiSquare)) (p \(rounded(arm.chiSquareP))), "
            + "greatest |error| / probability \(rounded(arm.greatestRelativeError))")
      }
    }
  }

  /// Four digits behind the point are more than the draws can tell.
  private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}

private struct SimulationReport: Encodable {
  struct Arm: Encodable {
    let arm: String
    let uncertain: Int
    let greatest_z: Double
    let greatest_p: Double
    let chi_square: Double
    let chi_square_p: Double
    let greatest_relative_error: Double
  }

  let version: String
  let draws: Int
  let other_sizes: Int
  let arms: [Arm]

  init(_ result: DrawFrequencies, version: String) {
    self.version = version
    draws = result.draws
    other_sizes = result.otherSizes
    arms = result.arms.map {
      Arm(
        arm: $0.name, uncertain: $0.uncertain, greatest_z: $0.greatestZ, greatest_p: $0.greatestP,
        chi_square: $0.chiSquare, chi_square_p: $0.chiSquareP, greatest_relative_error: $0.greatestRelativeError)
    }
  }
}

extension PlannedDrawSummary {
  /// What people read.
  var lines: [String] {
    var lines = [
      "drew \(drawn) of \(units) units with seed \"\(seed)\" (\(version)); \(certain) certain, smallest probability "
        + "\(smallestProbability)"
    ]
    if random > 0 { lines.append("  \(scored) by score, \(random) by chance alone, \(both) by both (visited once)") }
    if reserve > 0 { lines.append("  \(reserve) in reserve") }
    if let balance { lines.append("  Voronoi balance index \(balance) (0 is perfectly spread)") }
    for group in groups {
      lines.append("  \(group.group): \(group.drawn) of \(group.units), expected \(Quota.rounded(group.expected))")
    }
    return lines
  }
}

extension Quota {
  /// Three digits behind the point, for messages.
  fileprivate static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
