internal import Enterprises
public import Evidence
internal import Geometry
public import Grids
internal import Hotspots
internal import Quantities
internal import SyntheticWorld
internal import Threads

/// What `evaluate attribution` was asked for.
public struct AttributionEvaluationRequest: Sendable {
  /// First seed; further ones count up from it.
  public var seed: UInt64 = 1
  /// Campaigns, each judged on two days.
  public var seeds = 5
  /// Micro-stations of a campaign; national-type stations are 1,500.
  public var micro = 1500
  /// Anomalies of a day, highest robust z first.
  public var anomalies = 60
  /// Of the attribution that is tried, its calibration among them.
  public var rules = AttributionRules()
  /// At most; the result does not depend on the number.
  public var threads = 1

  /// The defaults of the verb.
  public init() {}
}

/// How good attribution is where the truth is known.
public struct AttributionEvaluation: Sendable, Codable {
  /// Written as `synthetic`: nothing here was measured.
  public var isSynthetic = true
  /// Of the campaigns that were judged, in order.
  public var seeds: [UInt64] = []
  /// Anomalies whose sources add at least ``leastTruth`` to them.
  public var anomalies = 0
  /// Anomalies without such sources, mostly noise of the field: false alarms.
  public var withoutSource = 0
  /// Of those, attributed to the background first.
  public var backgroundFirst = 0
  /// Anomalies on which the method abstained, by reason.
  public var abstentions: [String: Int] = [:]
  /// Of `anomalies`, those whose main source is unregistered, and among them found first.
  public var unregistered = 0
  /// Of `unregistered`, those whose cell the method put first.
  public var unregisteredFirst = 0
  /// Of `anomalies`, those whose main source shares its cell with other firms, and among them found first.
  public var shared = 0
  /// Of `shared`, those whose main source was put first.
  public var sharedFirst = 0
  /// Of `anomalies`, those whose main source was put first.
  public var top1 = 0
  /// The same among the first three.
  public var top3 = 0
  /// The same among the first five.
  public var top5 = 0
  /// Of `anomalies`, those whose first-ranked source lies in the cell of the main one.
  public var cellFirst = 0
  /// "Explains at least half": every source with a raw probability of 1 % and more, and every truth missed.
  public var half = Reliability([])
  /// "Is the main source": the first-ranked source of every anomaly.
  public var main = Reliability([])
  /// Wall time of the posteriors alone.
  public var seconds = 0.0

  enum CodingKeys: String, CodingKey {
    case seeds, anomalies, abstentions, unregistered, shared, top1, top3, top5, half, main, seconds
    case isSynthetic = "synthetic"
    case withoutSource = "without_source"
    case backgroundFirst = "background_first"
    case unregisteredFirst = "unregistered_first"
    case sharedFirst = "shared_first"
    case cellFirst = "cell_first"
  }

  /// µg/m³ that sources must add to an anomaly over the evidence for it to have a main source.
  public static let leastTruth = 1.0
}

/// Plants sources, raises alarms on a noisy field, attributes them, and compares with what was planted.
public func evaluateAttribution(_ request: AttributionEvaluationRequest, grid: Grid) -> AttributionEvaluation {
  scored(attributionPairs(request, grid: grid))
}

/// Fits the calibration on the seeds of a request; for the constants of ``AttributionCalibration/standard``.
public func fitAttribution(_ request: AttributionEvaluationRequest, grid: Grid) -> AttributionCalibration? {
  var request = request
  request.rules.calibration = .none
  let pairs = attributionPairs(request, grid: grid)
  guard let half = AttributionCalibration.fit(pairs.half), let main = AttributionCalibration.fit(pairs.main) else {
    return nil
  }
  return AttributionCalibration(
    halfOffset: half.offset, halfSlope: half.slope, mainOffset: main.offset, mainSlope: main.slope)
}

/// Counts and pairs before they are scored.
private struct AttributionPairs {
  var counts = AttributionEvaluation()
  var half: [(p: Double, happened: Bool)] = []
  var main: [(p: Double, happened: Bool)] = []
}

private func scored(_ pairs: AttributionPairs) -> AttributionEvaluation {
  var result = pairs.counts
  result.half = Reliability(pairs.half)
  result.main = Reliability(pairs.main)
  return result
}

private func attributionPairs(_ request: AttributionEvaluationRequest, grid: Grid) -> AttributionPairs {
  var pairs = AttributionPairs()
  guard let region = SyntheticWorld.squareRegion(side: 178, grid: grid) else { return pairs }
  for seed in (0..<request.seeds).map({ request.seed &+ UInt64($0) }) {
    pairs.counts.seeds.append(seed)
    let options = SyntheticOptions(
      seed: seed, start: LocalDay(ordinal: 17_471), days: 14, micro: request.micro, mobile: 0, residential: 0)
    let world = SyntheticWorld(options: options, region: region, grid: grid)
    // One day before any order, one deep in them.
    for day in [8, 13] { evaluate(world, day: day, request, &pairs) }
  }
  return pairs
}

private func evaluate(
  _ world: SyntheticWorld, day: Int, _ request: AttributionEvaluationRequest, _ pairs: inout AttributionPairs
) {
  let days = day - request.rules.evidenceDays + 1...day
  let airs = days.map { world.air(day: $0, threads: request.threads) }
  let rule = AlarmRule.dense
  let contrasts = LocalContrast.all(of: world.dailyField(airs[airs.count - 1]), rule: rule, pollutant: .pm25)
    .filter(rule.isAlarm)
  let heights = Dictionary(contrasts.map { ($0.cell, $0.robustZ ?? 0) }, uniquingKeysWith: { a, _ in a })
  func height(_ anomaly: AirAnomaly) -> Double { anomaly.cells.reduce(0) { max($0, heights[$1] ?? 0) } }
  let anomalies = AirAnomaly.groups(of: contrasts.map(\.cell)).sorted {
    (height($1), $0.cells[0]) < (height($0), $1.cells[0])
  }.prefix(request.anomalies)
  let inputs = attributionInputs(world, days: days, airs: airs, rules: request.rules)
  let attribution = Attribution(
    request.rules, sizeMetres: world.region.lattice.sizeMetres, seed: world.options.seed)
  let clock = ContinuousClock()
  let start = clock.now
  let results = attribution.posteriors(of: Array(anomalies), inputs: inputs, threads: request.threads)
  let spent = clock.now - start
  pairs.counts.seconds += Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18
  let truths = mapConcurrently(results.count, threads: request.threads) { number in
    world.contributions(to: results[number].anomaly.cells, days: days)
  }
  for (result, truth) in zip(results, truths) { compare(world, result, truth, &pairs) }
}

private func compare(
  _ world: SyntheticWorld, _ result: AttributionResult, _ truth: [SyntheticContribution],
  _ pairs: inout AttributionPairs
) {
  func slot(_ number: Int) -> SourceSlot {
    let source = world.sources[number]
    guard !source.isRegistered else { return .firm(number) }
    return world.region.lattice.cell(at: source.point).map { .unregistered($0) } ?? .background
  }
  if let abstention = result.abstention {
    pairs.counts.abstentions[abstention.rawValue, default: 0] += 1
    return
  }
  let total = truth.reduce(0) { $0 + $1.mean }
  guard let main = truth.first, total >= AttributionEvaluation.leastTruth else {
    pairs.counts.withoutSource += 1
    if result.shares.first?.source == .background { pairs.counts.backgroundFirst += 1 }
    return
  }
  // Sources of one slot add up: two workshops in a cell are one unregistered slot.
  let planted = truth.reduce(into: [SourceSlot: Double]()) { $0[slot($1.source), default: 0] += $1.mean / total }
  let first = planted.sorted { ($1.value, "\($0.key)") < ($0.value, "\($1.key)") }[0].key
  let home = world.region.lattice.cell(at: world.sources[main.source].point)
  let rank = result.shares.firstIndex { $0.source == first } ?? Int.max
  pairs.counts.anomalies += 1
  if rank < 1 { pairs.counts.top1 += 1 }
  if rank < 3 { pairs.counts.top3 += 1 }
  if rank < 5 { pairs.counts.top5 += 1 }
  if !world.sources[main.source].isRegistered {
    pairs.counts.unregistered += 1
    if rank < 1 { pairs.counts.unregisteredFirst += 1 }
  }
  let neighbours = world.sources.count { $0.isRegistered && world.region.lattice.cell(at: $0.point) == home }
  if neighbours > (world.sources[main.source].isRegistered ? 1 : 0) {
    pairs.counts.shared += 1
    if rank < 1 { pairs.counts.sharedFirst += 1 }
  }
  if let best = result.shares.first {
    let cell: CellID? =
      switch best.source {
      case .firm(let number): world.region.lattice.cell(at: world.sources[number].point)
      case .unregistered(let cell): cell
      case .background: nil
      }
    if cell == home { pairs.counts.cellFirst += 1 }
    pairs.main.append((best.mainProbability, best.source == first))
  }
  for share in result.shares where share.rawHalfProbability >= 0.01 {
    pairs.half.append((share.halfProbability, planted[share.source, default: 0] >= 0.5))
  }
  for (source, share) in planted where share >= 0.5 {
    let isListed = result.shares.contains { $0.source == source && $0.rawHalfProbability >= 0.01 }
    if !isListed { pairs.half.append((0, true)) }
  }
}

/// What the daily job would have of a synthetic campaign: monitors without planted faults, meters of metered firms and of
/// every other workshop, orders.
private func attributionInputs(
  _ world: SyntheticWorld, days: ClosedRange<Int>, airs: [SyntheticAir], rules: AttributionRules
) -> AttributionInputs {
  let hours = days.count * 24
  let winds = (days.lowerBound * 24..<(days.upperBound + 1) * 24).map(world.wind(hour:))
  let firstHour = LocalHour(day: world.options.start.advanced(by: days.lowerBound), hourOfDay: 0).ordinal
  let wind = HourlyWind(firstHour: firstHour, east: winds.map(\.east), north: winds.map(\.north))
  let receptors = world.stations.indices.compactMap { number -> AirReceptor? in
    let station = world.stations[number]
    guard station.fault == "none" else { return nil }
    let values = airs.flatMap { world.readings(of: number, air: $0) ?? [Double](repeating: .nan, count: 24) }
    return AirReceptor(
      point: world.grid.projection.forward(station.position), hourErrorShare: station.isMicro ? 0.12 : 0.04,
      gainErrorShare: station.isMicro ? 0.12 : 0.02, values: values)
  }
  let loads = world.sources.indices.map { number -> MeteredLoad? in
    guard world.sources[number].meter != nil else { return nil }
    let before = (0...days.upperBound).flatMap { world.production(of: number, day: $0) }
    return MeteredLoad(hourlyKilowattHours: before, evidenceHours: hours)
  }
  let full = world.sources.indices.compactMap { world.sources[$0].isRegistered ? loads[$0]?.fullLoad : nil }.sorted()
  let typical = full.isEmpty ? 1 : full[full.count / 2]
  let candidates = world.sources.indices.compactMap { number -> SourceCandidate? in
    let source = world.sources[number]
    guard source.isRegistered else { return nil }
    let isAirRelated = IndustryClass.standard.isAirRelated(source.industryCode)
    let load = loads[number]
    let allowed = (0..<hours).map { hour in
      let time = LocalHour(ordinal: firstHour + Int32(hour)).start
      return world.orders.reduce(1.0) { least, order in
        order.start <= time && time < order.end
          && order.scope.covers(
            countyCode: source.countyCode, industryCode: source.industryCode, creditCode: source.id)
          ? min(least, 1 - order.limitPercent / 100) : least
      }
    }
    return SourceCandidate(
      firm: number, point: source.point,
      profiles: load.map { [ActivityProfile(weight: 1, levels: $0.levels)] }
        ?? ActivityProfile.unknown(firstHour: firstHour, count: hours, allowed: allowed),
      prior: load != nil ? rules.meteredPrior : isAirRelated ? rules.firmPrior : rules.otherFirmPrior,
      relativeEmission: load.map { $0.fullLoad / typical } ?? 1)
  }
  let unregistered = world.sources.indices.compactMap { number -> UnregisteredLoad? in
    guard !world.sources[number].isRegistered, number % 2 == 0, let load = loads[number],
      let cell = world.region.lattice.cell(at: world.sources[number].point)
    else { return nil }
    return UnregisteredLoad(cell: cell, levels: load.levels)
  }
  return AttributionInputs(
    lattice: world.region.lattice, wind: wind, receptors: receptors, candidates: candidates,
    unregistered: unregistered)
}
