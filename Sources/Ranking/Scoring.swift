public import Enterprises
public import Evidence
public import Geometry
internal import Glibc
public import Grids

/// What a ranking joins.
public struct TargetSources: Sendable {
  /// The register; of a credit code that occurs twice the first counts.
  public var enterprises: [Enterprise]
  /// In the plane of the region's lattice, in parallel to `enterprises`; `nil` without a position.
  public var enterprisePoints: [PlanePoint?]
  /// Those without a credit code are targets when they have a lead of their own.
  public var meters: [Meter]
  /// In parallel to `meters`.
  public var meterPoints: [PlanePoint?]
  /// All leads: of cells, of firms (with a credit code) and of meters.
  public var leads: [Lead]
  /// Decides cells and counties of the targets.
  public var region: Region
  /// Earlier visits and open cases; `nil` when none were ever told, and then no score has a part made of them.
  public var history: VisitHistory?
  /// Of the region's lattice; turns bearings from grid north to true north. `nil` leaves them as they lie on the plane.
  public var projection: EqualAreaProjection?

  public init(
    enterprises: [Enterprise], enterprisePoints: [PlanePoint?], meters: [Meter], meterPoints: [PlanePoint?],
    leads: [Lead], region: Region, history: VisitHistory? = nil, projection: EqualAreaProjection? = nil
  ) {
    precondition(
      enterprises.count == enterprisePoints.count && meters.count == meterPoints.count, "one point per firm and meter")
    self.enterprises = enterprises
    self.enterprisePoints = enterprisePoints
    self.meters = meters
    self.meterPoints = meterPoints
    self.leads = leads
    self.region = region
    self.history = history
    self.projection = projection
  }
}

/// Joins leads into targets with scores that are sums of named parts.
public enum Scoring {
  /// A lead on a target with the factor that its distance leaves.
  private typealias Weighed = (lead: Lead, factor: Double)

  /// The targets of a day, highest score first, of equal scores the smaller id first.
  ///
  /// - Every active, air-related firm of the region is a target, with or without leads. Firms that are closed or not
  ///   air-related are targets when they have a lead of their own.
  /// - A meter without a firm is a target when it has a lead of its own.
  /// - A cell is a target when it has an alarm, or when it has leads and no firm of the frame stands in it (or within
  ///   the policy's distance of it): then somebody must search it.
  ///
  /// Where a credit code occurs twice in the register the first counts.
  public static func targets(_ sources: TargetSources, policy: Policy) -> [RankedTarget] {
    let leads = LeadIndex(sources.leads)
    let frame = TargetFrame(sources, leads: leads, policy: policy)
    var weighed = frame.candidates.map { candidate in
      leads.own(candidate).map { (lead: $0, factor: 1.0) }
    }
    var targets: [RankedTarget] = []
    let parts = policy.score.parts
    let reach = Dictionary(parts.map { ($0.name, $0.reachMetres) }, uniquingKeysWith: { first, _ in first })
    for (cell, cellLeads) in leads.ofCells {
      let near = frame.map.points(within: policy.score.largestReachMetres, of: cell)
      for nearby in near {
        let candidate = frame.candidates[nearby.point]
        for lead in cellLeads {
          let limit = reach[lead.kind.rawValue] ?? 0
          guard nearby.distanceMetres <= limit else { continue }
          let factor = nearby.distanceMetres == 0 ? 1 : 1 - nearby.distanceMetres / limit
          let told = lead.told(
            of: candidate.name, creditCode: candidate.creditCode, meterID: candidate.meterID, nearby: nearby)
          weighed[nearby.point].append((lead: told, factor: factor))
        }
      }
      if let target = cellTarget(cell, cellLeads, frame, policy, sources) { targets.append(target) }
    }
    for (candidate, leads) in zip(frame.candidates, weighed) {
      targets.append(
        RankedTarget(
          id: candidate.id, kind: candidate.kind, name: candidate.name, cell: candidate.cell,
          countyCode: candidate.countyCode,
          parts: allParts(
            of: candidate.id, leads, stakes: candidate.stakes, policy: policy.score, history: sources.history),
          leads: leads.map(\.lead)))
    }
    return targets.map { (score: $0.score, target: $0) }
      .sorted { $0.score != $1.score ? $0.score > $1.score : $0.target.id < $1.target.id }.map(\.target)
  }

  /// Points per part in the policy's order, then what a clean visit answers, then what the stakes add.
  ///
  /// Parts that give nothing are left out. Every step is monotone: more strength, more open cases, higher stakes and
  /// more days since the visit never lower the sum.
  private static func allParts(
    of id: String, _ leads: [Weighed], stakes: Double, policy: ScorePolicy, history: VisitHistory?
  ) -> [ScorePart] {
    let last = history?.last(id)
    var parts = policy.parts.compactMap { part -> ScorePart? in
      let points: Double
      switch part.name {
      case ScoreWeight.base: points = min(part.cap, part.weight)
      case ScoreWeight.daysSinceVisit:
        points = history == nil ? 0 : part.weight * risenShare(since: last, policy.visits)
      case ScoreWeight.openCases: points = min(part.cap, part.weight * Double(history?.openCases(id) ?? 0))
      default: points = leadPoints(leads, part)
      }
      return points > 0 ? ScorePart(name: part.name, points: points) : nil
    }
    if let last, last.isClean {
      // Evidence newer than the visit is not answered by it.
      let newer = leads.filter { $0.lead.lastDay > last.day }
      let answered = policy.parts.reduce(0.0) { $0 + leadPoints(leads, $1) - leadPoints(newer, $1) }
      let share = policy.visits.answeredShare * exp(-Double(last.daysSince - 1) / policy.visits.answeredDays)
      if answered * share > 0 { parts.append(ScorePart(name: ScoreWeight.answered, points: -answered * share)) }
    }
    let sum = parts.reduce(0) { $0 + $1.points }
    if stakes > 1 { parts.append(ScorePart(name: ScoreWeight.severity, points: (stakes - 1) * sum)) }
    return parts
  }

  private static func leadPoints(_ leads: [Weighed], _ part: ScoreWeight) -> Double {
    guard let kind = part.kind else { return 0 }
    var sum = 0.0
    for weighed in leads where weighed.lead.kind == kind {
      sum += part.weight * min(1, max(0, weighed.lead.strength)) * weighed.factor
    }
    return min(part.cap, sum)
  }

  /// 1 - exp(-days / scale); 1 for a target that never was visited.
  private static func risenShare(since last: VisitHistory.Last?, _ policy: VisitPolicy) -> Double {
    guard let last else { return 1 }
    return 1 - exp(-Double(last.daysSince) / (last.isClean ? policy.cleanScaleDays : policy.foundScaleDays))
  }

  private static func cellTarget(
    _ cell: CellID, _ leads: [Lead], _ frame: TargetFrame, _ policy: Policy, _ sources: TargetSources
  ) -> RankedTarget? {
    let region = sources.region
    guard let slot = region.slot(of: cell) else { return nil }
    let hasAlarm = leads.contains { $0.kind == .localOutlier }
    guard hasAlarm || !frame.hasFirm(within: policy.score.emptyCellMetres, of: cell) else { return nil }
    let county = region.counties[region.homeCounty(slot: slot)]
    return RankedTarget(
      id: "C-\(cell)", kind: .cell, name: "cell \(cell) in \(county.name)", cell: cell, countyCode: county.code,
      parts: allParts(
        of: "C-\(cell)", leads.map { (lead: $0, factor: 1) }, stakes: policy.score.severity.factorOfUnregistered,
        policy: policy.score, history: sources.history),
      leads: leads)
  }
}
