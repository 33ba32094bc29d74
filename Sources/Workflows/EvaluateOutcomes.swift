internal import Diagnostics
internal import Enterprises
public import Evaluation
internal import Foundation
internal import Ingest
internal import Inspections
public import Quantities
internal import Ranking
internal import Sampling

/// Files of the days that are evaluated, and how they are read.
public struct OutcomeFiles: Sendable {
  /// One file per day, or files with a date column.
  public var framePaths: [String]
  /// Draws of the same days as the frames; days are matched by date, so one undated draw stands alone.
  public var drawnPaths: [String]
  /// What visits found; visits that belong to no draw are counted and left out.
  public var outcomePaths: [String]
  /// Firms whose finds are on the list, beside those of the frames; `nil` for the frames' alone.
  public var registerPath: String?
  /// For severities of problems; built in when `nil`.
  public var policyPath: String?
  /// An outcome later than this after its draw belongs to no draw.
  public var windowDays = 14
  /// Where rows of outcomes that cannot be used are written; `nil` writes none.
  public var rejectsPath: String?
  /// The clock: outcomes later than this are rejected.
  public var now: Instant
  /// Told about rows and firms that could not be used.
  public var messages: @Sendable (String) -> Void = { _ in }

  public init(framePaths: [String], drawnPaths: [String], outcomePaths: [String], now: Instant) {
    self.framePaths = framePaths
    self.drawnPaths = drawnPaths
    self.outcomePaths = outcomePaths
    self.now = now
  }
}

/// `evaluate outcomes`: how good the targeting was, against the random arm and from the draw's probabilities.
///
/// - Throws: `Problem` or `EvaluationProblem` when files cannot be read or do not belong together.
public func evaluateOutcomes(
  _ files: OutcomeFiles, options: OutcomeEvaluationOptions = OutcomeEvaluationOptions()
) throws -> OutcomeEvaluation {
  try evaluatedDraws(files).evaluation(options)
}

/// What the user asked of `evaluate policy`.
public struct PolicyEvaluationRequest: Sendable {
  /// Frames, draws and outcomes of the days that are evaluated.
  public var files: OutcomeFiles
  /// The other policy's scores: `id,score[,date]`, one row per target of the frames.
  public var otherPaths: [String]
  /// Floor under the other policy's inclusion probabilities.
  public var floor = 0.0
  /// How thin the support may be before nothing is said.
  public var limits = SupportLimits()
  /// Seed and number of replicates behind the intervals.
  public var bootstrap = BootstrapOptions()

  public init(files: OutcomeFiles, otherPaths: [String]) {
    self.files = files
    self.otherPaths = otherPaths
  }
}

/// What another policy would have found.
public struct PolicyEvaluation: Sendable, Codable {
  /// Problems found or not, per visit, 0...1.
  public let finds: OffPolicyValue
  /// Severities found, per visit, in the policy's units.
  public let severity: OffPolicyValue
  /// Draws that were evaluated: dated days, or 1.
  public let draws: Int
  /// Drawn targets without an outcome in the window.
  public let unvisited: Int
  /// Of the bootstrap.
  public let seed: UInt64
  /// Of the bootstrap.
  public let replicates: Int
}

/// `evaluate policy`: what draws by other scores, as large and by the same rule, would have found per visit.
///
/// Drawn targets without an outcome are taken for missed at random within their draw. The outcome model knows the
/// logarithm of the score and the class of the target.
/// - Throws: `EvaluationProblem.thinSupport` with the numbers when the draws cannot tell.
public func evaluatePolicy(_ request: PolicyEvaluationRequest) throws -> PolicyEvaluation {
  let draws = try evaluatedDraws(request.files)
  var other: [String: [LocalDay?: Double]] = [:]
  for path in request.otherPaths {
    for row in try evaluationFrame(path)
    where other[row.id, default: [:]].updateValue(row.score, forKey: row.day) != nil {
      throw Problem(
        "\(row.id) has two scores", at: SourcePlace(file: path), remedy: "give one score per target and date")
    }
  }
  let logged = try loggedUnits(draws, other: other, floor: request.floor)
  let finds = try offPolicyValue(logged.finds, limits: request.limits, options: request.bootstrap)
  let severity = try offPolicyValue(logged.severity, limits: request.limits, options: request.bootstrap)
  return PolicyEvaluation(
    finds: finds, severity: severity, draws: draws.draws, unvisited: draws.unvisited, seed: request.bootstrap.seed,
    replicates: request.bootstrap.replicates)
}

private func loggedUnits(
  _ draws: EvaluatedDraws, other: [String: [LocalDay?: Double]], floor: Double
) throws -> (finds: [LoggedUnit], severity: [LoggedUnit]) {
  let classes = Set(draws.units.map(\.frame.targetClass)).sorted().dropFirst()
  let blocks = Dictionary(
    uniqueKeysWithValues: Set(draws.units.map(\.block)).sorted().enumerated().map { ($1, $0) })
  var finds: [LoggedUnit] = []
  var severity: [LoggedUnit] = []
  for draw in 0..<draws.draws {
    let units = draws.units.filter { $0.draw == draw }
    let size = units.count(where: \.isDrawn)
    guard size > 0 else { continue }
    var scored: [FrameUnit] = []
    for unit in units {
      guard let scores = other[unit.frame.id], let score = scores[unit.frame.day] ?? scores[nil] else {
        throw Problem(
          "the other policy has no score for \(unit.frame.id)\(unit.frame.day.map { " of \($0)" } ?? "")",
          remedy: "give --other a score for every target of the frame; 0 for one it would never visit")
      }
      scored.append(FrameUnit(id: unit.frame.id, score: score, minimumProbability: score > 0 ? floor : 0))
    }
    let possible = scored.filter { $0.score > 0 }
    guard possible.count >= size else {
      throw Problem(
        "the other policy scores only \(possible.count) targets above 0 where \(size) were drawn",
        remedy: "score at least as many targets as were drawn")
    }
    let frame = try Frame(possible)
    let probabilities = Dictionary(
      uniqueKeysWithValues: zip(frame.units.map(\.id), try frame.inclusionProbabilities(size: size)))
    let visited = units.count { $0.outcome != nil }
    let response = visited > 0 ? Double(visited) / Double(size) : 1
    for unit in units {
      var features = [log(max(unit.frame.score, 1e-9))]
      features += classes.map { $0 == unit.frame.targetClass ? 1 : 0 }
      func logged(_ outcome: Double?) -> LoggedUnit {
        LoggedUnit(
          probability: unit.probability * response, otherProbability: probabilities[unit.frame.id] ?? 0,
          outcome: outcome, features: features, block: blocks[unit.block] ?? 0)
      }
      finds.append(logged(unit.outcome.map { $0.isFind ? 1 : 0 }))
      severity.append(logged(unit.outcome.map(\.severity)))
    }
  }
  return (finds, severity)
}

private func evaluatedDraws(_ files: OutcomeFiles) throws -> EvaluatedDraws {
  let frame = try files.framePaths.flatMap(evaluationFrame)
  let drawn = try files.drawnPaths.flatMap { path in
    let read = try EvaluationDrawnFile.read(path: path, options: fileVerbOptions)
    try requireNone(read.rejects, of: path, for: .evaluation)
    return read.value
  }
  let outcomes = try readOutcomes(files)
  var registered: Set<String> = []
  if let path = files.registerPath {
    let read = try EnterprisesFile.read(path: path, options: fileVerbOptions)
    describe(read.rejects, of: path, files.messages)
    registered = Set(read.value.map(\.creditCode))
  }
  return try EvaluatedDraws.joined(
    frame: frame, drawn: drawn, outcomes: outcomes, registered: registered, windowDays: files.windowDays)
}

func readOutcomes(_ files: OutcomeFiles) throws -> [Outcome] {
  let severities = try files.policyPath.map { try PolicyFile.read(path: $0).policy.score.problemSeverity }
  var outcomes: [Outcome] = []
  var rejects = RejectLog()
  for path in files.outcomePaths {
    let read = try OutcomesFile.read(
      path: path, severities: severities ?? Policy.standard.score.problemSeverity, options: ReadOptions(now: files.now))
    describe(read.rejects, of: path, files.messages)
    for note in read.notes { files.messages("\(path): \(note)") }
    rejects.append(read.rejects)
    outcomes += read.value
  }
  if let path = files.rejectsPath { try writeRejects(rejects, to: path) }
  return outcomes
}

private func evaluationFrame(_ path: String) throws -> [FrameRecord] {
  let read = try EvaluationFrameFile.read(path: path, options: fileVerbOptions)
  try requireNone(read.rejects, of: path, for: .evaluation)
  return read.value
}
