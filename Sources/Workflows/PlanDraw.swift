internal import Diagnostics
internal import Foundation
internal import Ingest
public import Quantities
internal import Ranking
internal import Sampling
public import Store

/// The draw of a plan: made at once with a seed, or sealed until a beacon is known.
struct PlanDraw {
  let plan: DrawPlan
  /// `nil` while sealed.
  let result: DrawResult?
  /// Empty while sealed.
  let seed: String
  let seal: Seal?
  let secret: SealSecret?
  let beacon: Beacon?
  /// What a person should know of it.
  let notes: [String]

  /// - Parameter earlier: The plan of the same day that is replaced; its seed is kept where none is given.
  init(
    _ request: PlanRequest, units: [FrameUnit], policy: PolicyFile.Contents, earlier: PlanHeader?
  ) throws {
    var notes: [String] = []
    var plan = policy.policy.draw.plan(size: request.targets)
    if let wanted = plan.size, wanted > units.count {
      notes.append("\(wanted) targets asked for, \(units.count) exist: all are drawn")
      plan.size = units.count
    }
    let frame = try Frame(units)
    self.plan = plan
    if let earlier, earlier.openingJSON != nil {
      throw Problem(
        "the sealed draw of \(request.date) was opened: a second one would be a choice between two",
        remedy: "keep the plan as it is; overrides are told with 'hotgrid draw override'")
    }
    guard let beacon = request.beacon else {
      // Whoever does not like what the beacon would bring must not be able to draw again without one.
      if let earlier, earlier.isSealed {
        throw Problem(
          "the frame of \(request.date) is sealed: a draw without its beacon would void the seal",
          remedy:
            "open it with 'hotgrid open --date \(request.date)', or seal anew with --beacon and publish the new root")
      }
      seed = request.seed ?? earlier.flatMap { $0.seed.isEmpty ? nil : $0.seed } ?? Self.unforeseeable(request.date)
      result = try frame.draw(plan: plan, seed: seed)
      (seal, secret, self.beacon) = (nil, nil, nil)
      self.notes = notes
      return
    }
    var generator = SystemRandomNumberGenerator()
    let secret = SealSecret(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    seal = try frame.seal(
      plan: plan, beacon: beacon, fallback: request.fallback, policyHash: policy.hash, sealedAt: request.now,
      secret: secret)
    self.secret = secret
    self.beacon = beacon
    if earlier?.sealJSON != nil { notes.append("an earlier seal of this day is void: publish the new root") }
    (result, seed) = (nil, "")
    self.notes = notes
  }

  /// 128 random bits from the system, as text. The planner cannot choose it, and it is printed with the plan.
  private static func unforeseeable(_ date: LocalDay) -> String {
    var generator = SystemRandomNumberGenerator()
    let hex = (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
    return "\(date) \(hex)"
  }
}

extension PlanSummary {
  /// Takes over what the draw decided, or that it waits.
  mutating func tell(_ draw: PlanDraw, targets: [RankedTarget]) {
    drawVersion = draw.plan.version
    sealRoot = draw.seal?.root
    beacon = draw.beacon.map { "\($0.source), due \($0.due.iso8601)" }
    if let result = draw.result { tell(result, targets: targets.map { ($0.id, $0.kind) }) }
  }

  mutating func tell(_ result: DrawResult, targets: [(id: String, kind: TargetKind)]) {
    let isDrawn = Set(result.drawnIDs)
    seed = result.seed
    drawn = targets.filter { isDrawn.contains($0.id) }.reduce(into: [:]) { $0[$1.kind.rawValue, default: 0] += 1 }
    self.targets = isDrawn.count
    certain = result.units.count { $0.inclusionProbability == 1 }
    smallestProbability = result.units.map(\.combinedProbability).min() ?? 0
    randomArm = result.units.count(where: \.isRandom)
    reserve = result.units.count { $0.reservePlace != nil }
  }
}

/// Opens the sealed draw of a day with the beacon's value; the targets are known from then on.
///
/// - Parameters:
///   - beaconHex: As published, hexadecimal.
///   - usesFallback: Whether it is the value of the fallback that the seal names.
///   - seenAt: When the value was seen.
/// - Throws: `Problem` when there is no sealed plan, it was opened before, or the value comes too early.
public func openPlan(
  date: LocalDay, beaconHex: String, usesFallback: Bool, seenAt: Instant, in workspace: Workspace
) throws -> PlanSummary {
  guard let header = try workspace.planHeader(date: date), let text = header.sealJSON,
    let secret = try workspace.sealSecret(date: date).flatMap({ SealSecret(hex: $0) })
  else {
    throw Problem(
      "there is no sealed draw for \(date)", remedy: "seal one with 'hotgrid plan --date \(date) --beacon NAME'")
  }
  let planned = try workspace.plannedTargets(date: date)
  let seal = try JSONDecoder().decode(Seal.self, from: Data(text.utf8))
  let opened = try seal.open(
    frame: Frame(planned.map(\.unit)), secret: secret, beaconHex: beaconHex, usesFallback: usesFallback, seenAt: seenAt)
  guard var summary = try planSummary(date: date, in: workspace) else {
    throw Problem("the plan of \(date) has no summary", remedy: "make it again with 'hotgrid plan --date \(date)'")
  }
  summary.tell(opened.result, targets: planned.map { ($0.target.id, $0.target.kind) })
  try workspace.saveOpening(
    date: date, seed: opened.result.seed, openingJSON: DrawRecords.text(opened.opening),
    summaryJSON: try planJSON(summary), drawn: opened.result.units)
  return summary
}
