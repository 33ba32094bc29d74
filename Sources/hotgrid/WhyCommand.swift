internal import Sampling
internal import Quantities
internal import Grids
internal import Digests
internal import ArgumentParser
internal import Evidence
internal import Ranking
internal import Store
internal import Workflows

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Why this target? Every number back to its input file and line, and how it was drawn.",
    discussion: """
      Example: hotgrid why E-91130108MA07XXXXXX --date 2017-11-22 --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Argument(help: "Target id: E-<credit code>, M-<meter> or C-<cell>.") var target: String
  @Option(help: "Date of the plan; the latest when left out.") var date: String?

  func run() throws {
    try reporting {
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      let answer = try whyAnswer(target, date: try optionalDayOption(date, "--date"), in: workspace)
      print(common.json ? try jsonText(WhyReport(answer)) : text(answer))
    }
  }

  private func text(_ answer: WhyAnswer) -> String {
    let planned = answer.target
    var lines = ["\(planned.target.id) \(planned.target.name)", "A lead, not a verdict.", ""]
    lines.append("score \(planned.target.score), the sum of")
    for part in planned.target.parts { lines.append("  \(part.name) \(part.points)") }
    lines += ["", "leads"]
    for lead in planned.target.leads {
      lines += leadLines(lead)
      for number in lead.numbers {
        lines.append("      \(number.name) = \(number.value)\(number.unit.isEmpty ? "" : " \(number.unit)")")
      }
    }
    if planned.target.leads.isEmpty { lines.append("  none: it is in the frame so that nobody is safe from the draw") }
    lines += ["", "draw"]
    if let draw = planned.draw {
      lines.append("  inclusion probability \(draw.inclusionProbability), \(draw.isDrawn ? "drawn" : "not drawn")")
      lines.append("  ticket \(draw.ticket.hex)")
      lines.append("  = SHA-256 of \"\(answer.plan.seed),\(planned.target.id)\"")
    }
    lines += ["", "made with"]
    lines.append("  hotgrid \(answer.plan.codeVersion), policy \(answer.plan.policyHash)")
    lines.append("  inputs \(answer.plan.inputDigest)")
    for file in answer.files { lines.append("  \(file.record.path)  sha256 \(file.record.sha256)") }
    return lines.joined(separator: "\n")
  }
}

struct WhyReport: Encodable {
  struct File: Encodable {
    let path: String
    let sha256: String
  }

  let target: TargetReport
  let plan: String
  let seed: String
  let version: String
  let policyHash: String
  let inputDigest: String
  let files: [File]

  init(_ answer: WhyAnswer) {
    target = TargetReport(answer.target)
    plan = answer.plan.date.description
    seed = answer.plan.seed
    version = answer.plan.codeVersion
    policyHash = answer.plan.policyHash
    inputDigest = answer.plan.inputDigest
    files = answer.files.map { File(path: $0.record.path, sha256: $0.record.sha256) }
  }

  enum CodingKeys: String, CodingKey {
    case target, plan, seed, version, files
    case policyHash = "policy_hash"
    case inputDigest = "input_digest"
  }
}
