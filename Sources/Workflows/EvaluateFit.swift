internal import Diagnostics
public import Evaluation
internal import Export
internal import Ingest
internal import Inspections
internal import Quantities
internal import Ranking

/// What the user asked of `evaluate fit`.
public struct WeightFitRequest: Sendable {
  /// Tables of targets with their parts, see ``FeaturesFile``; one per day, or with a date column.
  public var featurePaths: [String]
  /// Outcomes, policy, window and clock; frames and draws are not read.
  public var files: OutcomeFiles
  /// Where the proposed policy goes; `nil` writes none.
  public var outputPath: String?
  /// What is fitted, and how it is checked and weighed.
  public var options = FitOptions()

  public init(featurePaths: [String], files: OutcomeFiles) {
    self.featurePaths = featurePaths
    self.files = files
  }
}

/// `evaluate fit`: learns the weights of the score's parts from what visits found, and proposes them.
///
/// The proposal is a policy file that holds nothing but `score.parts`; nothing reads it unless a person names it.
/// - Throws: `EvaluationProblem.tooLittle` when there are too few visits.
public func evaluateFit(_ request: WeightFitRequest) throws -> WeightFit {
  let policy = try request.files.policyPath.map { try PolicyFile.read(path: $0).policy } ?? Policy.standard
  let parts = policy.score.parts.filter { $0.name != ScoreWeight.base && $0.weight > 0 }
  var rows: [FeaturesFile.Row] = []
  for path in request.featurePaths {
    let read = try FeaturesFile.read(path: path, parts: parts.map(\.name), options: fileVerbOptions)
    describe(read.rejects, of: path, request.files.messages)
    rows += read.value
  }
  let outcomes = try readOutcomes(request.files)
  let data = try fitData(rows, outcomes: outcomes, parts: parts, request)
  let base = policy.score.parts.first { $0.name == ScoreWeight.base }?.weight ?? 1
  let fit = try fitWeights(data, base: base, options: request.options)
  if let path = request.outputPath {
    var file = try OutputFile(path: path)
    try file.write(proposedPolicy(fit, policy: policy))
    try file.commit()
  }
  return fit
}

private func fitData(
  _ rows: [FeaturesFile.Row], outcomes: [Outcome], parts: [ScoreWeight], _ request: WeightFitRequest
) throws -> FitData {
  var ofTarget: [String: [Outcome]] = [:]
  for outcome in outcomes { ofTarget[outcome.targetID, default: []].append(outcome) }
  let used = rows.sorted { ($0.day?.ordinal ?? .min, $0.targetID) < ($1.day?.ordinal ?? .min, $1.targetID) }
  var seen: Set<String> = []
  var fitRows: [FitData.Row] = []
  for row in used {
    guard seen.insert("\(row.targetID)\n\(row.day?.description ?? "")").inserted else {
      throw Problem(
        "\(row.targetID) stands twice among the features\(row.day.map { " of \($0)" } ?? "")",
        remedy: "give each day's features once, with a date column")
    }
    let fitting = (ofTarget[row.targetID] ?? []).filter { outcome in
      guard let day = row.day else { return true }
      return (0...request.files.windowDays).contains(day.days(until: outcome.time.day))
    }
    guard let outcome = fitting.min(by: { ($0.time, $0.line) < ($1.time, $1.line) }) else { continue }
    fitRows.append(
      FitData.Row(
        targetID: row.targetID, block: "\(row.county)|\(row.day?.description ?? "")",
        strengths: zip(row.points, parts).map { $0 / $1.weight }, score: row.score,
        probability: row.inclusionProbability, found: outcome.problems > 0, severity: outcome.severity))
  }
  // A part that no visited target ever had says nothing and keeps its weight.
  let kept = parts.indices.filter { part in fitRows.contains { $0.strengths[part] > 0 } }
  for part in parts.indices where !kept.contains(part) {
    request.files.messages("no visited target had the part \(parts[part].name): nothing is learned of it")
  }
  return FitData(
    features: kept.map { parts[$0].name }, currentWeights: kept.map { parts[$0].weight },
    rows: fitRows.map { row in
      var row = row
      row.strengths = kept.map { row.strengths[$0] }
      return row
    })
}

/// A policy file of nothing but `score.parts`, with what speaks for and against it in comments.
func proposedPolicy(_ fit: WeightFit, policy: Policy) -> String {
  func two(_ value: Double?) -> String { value.map { "\(($0 * 100).rounded() / 100)" } ?? "?" }
  func four(_ value: Double?) -> String { value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "?" }
  var text = """
    # PROPOSED weights, learned from \(fit.visits) visits with \(fit.finds) finds (hotgrid evaluate fit, \
    \(fit.response.rawValue), ridge \(fit.ridge), seed \(fit.seed)).
    # Nothing uses this file until a person names it as policy. Parts without an interval were not learned.
    # Held out: \(fit.qualities.map { "\($0.name) loss \(four($0.loss)), AUC \(four($0.areaUnderCurve))" }.joined(separator: "; ")).
    # Loss of the learned weights less that of the policy: \(four(fit.lossDifference.value)) \
    (\(four(fit.lossDifference.lower)) to \(four(fit.lossDifference.upper))); below 0 is better.
    score:
      parts:

    """
  let learned = Dictionary(uniqueKeysWithValues: fit.features.map { ($0.name, $0) })
  for part in policy.score.parts {
    var weight = part.weight
    var cap = part.cap
    var comment = part.name == ScoreWeight.base ? "the unit" : "not learned: kept"
    if let feature = learned[part.name] {
      let ratio = part.cap / part.weight
      weight = (max(0, feature.proposedWeight.value) * 100).rounded() / 100
      cap = (weight * ratio * 100).rounded(.up) / 100
      comment =
        "was \(part.weight); 95 %: \(two(feature.proposedWeight.lower)) to \(two(feature.proposedWeight.upper)); "
        + "\(feature.visits) visits"
    }
    text +=
      "    - { part: \(part.name), weight: \(weight), cap: \(cap), reach_metres: \(part.reachMetres) } # \(comment)\n"
  }
  return text
}
