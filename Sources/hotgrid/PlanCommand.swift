internal import ArgumentParser
internal import Diagnostics
internal import Quantities
internal import Sampling
internal import Store
internal import Workflows

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "The daily job: map, detect, cross-check, rank and draw the targets of a day.",
    discussion: """
      Reads the workspace: readings, satellite fields, firms, meters, orders, complaints and fires up to the evening
      before the date. Keeps the plan in the workspace and prints a summary. Without --seed an earlier plan of the same
      date keeps its seed; a new one gets 128 random bits. The same workspace, policy and seed give the same plan.

      Example: hotgrid plan --date 2017-11-22 --targets 300 --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Option(help: "The day the inspectors go out.") var date: String
  @Option(help: "How many targets to draw; the policy's number when left out.") var targets: Int?
  @Option(help: "Public text that decides the draw, best drawn in public itself.") var seed: String?

  @Option(
    help: ArgumentHelp(
      "Seal the frame and draw when this public random value is known; 'hotgrid open' draws.", valueName: "name"))
  var beacon: String?
  @Option(help: "When the value is due; computed for \"drand quicknet round N\".") var beaconTime: String?
  @Option(help: "Source to use when the beacon fails.") var fallback: String?
  @Option(help: "When the fallback is due.") var fallbackTime: String?

  func validate() throws {
    if beacon != nil, seed != nil {
      throw ValidationError("--seed and --beacon exclude each other: a sealed draw has no seed yet")
    }
    if beacon == nil, beaconTime != nil || fallback != nil || fallbackTime != nil {
      throw ValidationError("--beacon-time and --fallback need --beacon")
    }
    if fallback == nil, fallbackTime != nil { throw ValidationError("--fallback-time needs --fallback") }
    if let targets, targets < 1 { throw ValidationError("--targets \(targets) is below 1") }
    if let seed, seed.isEmpty { throw ValidationError("--seed is empty; leave it out to get a random one") }
  }

  func run() throws {
    try reporting {
      let day = try dayOption(date, "--date")
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      var request = PlanRequest(
        date: day, targets: targets, seed: seed, now: currentInstant(),
        version: Hotgrid.configuration.version, threads: common.threads, progress: common.progress)
      request.beacon = try beacon.map { try Beacon(source: $0, due: try moment(beaconTime, "--beacon-time")) }
      request.fallback = try fallback.map { try Beacon(source: $0, due: try moment(fallbackTime, "--fallback-time")) }
      let summary = try planDay(request, in: workspace)
      print(common.json ? try jsonText(summary) : PlanText.text(summary))
    }
  }
}

/// Opens a sealed plan.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Draw the targets of a sealed plan with the beacon's value.",
    discussion: """
      Reads the plan that 'hotgrid plan --beacon' sealed. The seed is SHA-256 of the published root and the value; a value
      seen before the beacon was due is refused, and a draw is opened once.

      Example: hotgrid open --date 2017-11-22 --beacon-value 0f3a... --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Option(help: "The day of the plan.") var date: String
  @Option(help: "The value as it was published, in hexadecimal digits.") var beaconValue: String
  @Flag(help: "The value is the fallback's, because the beacon failed.") var useFallback = false
  @Option(help: "When the value was seen; the clock when left out.") var beaconSeen: String?

  func run() throws {
    try reporting {
      let summary = try openPlan(
        date: try dayOption(date, "--date"), beaconHex: beaconValue, usesFallback: useFallback,
        seenAt: try moment(beaconSeen, "--beacon-seen") ?? currentInstant(),
        in: try Workspace.open(at: workspaceOptions.workspace))
      print(common.json ? try jsonText(summary) : PlanText.text(summary))
    }
  }
}

/// A plan's summary for a terminal.
enum PlanText {
  static func text(_ plan: PlanSummary) -> String {
    var lines: [String] = []
    if plan.isSynthetic {
      lines.append("SYNTHETIC INPUTS: files whose names say so are made up; nothing here accuses a real place or firm.")
    }
    lines.append("plan for \(plan.date), evidence \(plan.evidenceFirstDay) to \(plan.evidenceLastDay)")
    lines.append("")
    for field in plan.fields {
      lines.append(
        "  \(field.name): \(field.cells) cells (\(percent(field.share)) of the region), median \(oneDecimal(field.median)) "
          + "\(field.unit); \(field.hotCells) hot, \(field.alarms) alarms, "
          + "\(field.aboveLimit) above the daily limit (\(field.standard))")
    }
    for gap in plan.gaps { lines.append("  note: \(gap)") }
    lines.append("")
    lines.append("leads   \(counts(plan.leads))")
    if plan.lists > 0 { lines.append("lists   \(plan.lists) entries on the three monthly lists") }
    if !plan.abstentions.isEmpty {
      lines.append("silent  \(counts(plan.abstentions)) (meters the power rules do not judge)")
    }
    lines.append("frame   \(counts(plan.frame))")
    if let root = plan.sealRoot { lines.append("sealed  root \(root), to be published; beacon \(plan.beacon ?? "")") }
    if plan.seed.isEmpty {
      lines.append("drawn   nothing yet: 'hotgrid open --date \(plan.date) --beacon-value HEX' draws")
    } else {
      lines.append("drawn   \(plan.targets): \(counts(plan.drawn))")
      var facts = ["\(plan.certain) certain", "smallest probability \(plan.smallestProbability)"]
      if plan.randomArm > 0 { facts.append("\(plan.randomArm) by the random arm") }
      if plan.reserve > 0 { facts.append("\(plan.reserve) in reserve") }
      lines.append("        \(facts.joined(separator: ", ")), seed \"\(plan.seed)\" (\(plan.drawVersion))")
    }
    lines.append("        policy \(plan.policy) \(plan.policyHash.prefix(12)), inputs \(plan.inputDigest.prefix(12))")
    lines.append("")
    lines.append("A target is a lead, not a verdict: somebody has to look.")
    return lines.joined(separator: "\n")
  }

  private static func counts(_ counts: [String: Int]) -> String {
    let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

/// Reads a date option. - Throws: `Problem` (usage) for what is none.
func dayOption(_ text: String, _ option: String) throws(Problem) -> LocalDay {
  guard let day = LocalDay(text) else {
    throw Problem(
      "\(option) \(text) is not a date", remedy: "write it as 2017-11-22", exitStatus: .usage)
  }
  return day
}

/// As `dayOption`; `nil` stays `nil`.
func optionalDayOption(_ text: String?, _ option: String) throws(Problem) -> LocalDay? {
  guard let text else { return nil }
  return try dayOption(text, option)
}

func oneDecimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
