internal import Enterprises
public import Evidence
internal import Foundation
internal import Geometry
public import Grids
internal import Hotspots
public import Ingest
internal import Quantities
internal import Randomness
internal import Readings
internal import Sampling
internal import SpatialStatistics
internal import Surfaces
internal import SyntheticWorld
internal import Threads

/// What `evaluate dark` was asked for.
public struct DarkEvaluationRequest: Sendable {
  /// Of the first campaign; further ones count up from it.
  public var seed: UInt64 = 1
  /// Campaigns, with seeds from `seed` on.
  public var campaigns = 10
  /// Unregistered workshops of a campaign, and registered firms.
  public var workshops = 200
  /// Registered firms of a campaign, which explain signs in their cells.
  public var firms = 2000
  /// Ordinary households with meters.
  public var households = 1500
  /// Share of the workshops whose meters are in the meter list.
  public var meteredShare = 0.6
  /// Length of a campaign; the field is tested on its last `fieldDays`.
  public var days = 36
  /// Days of the field that is tested, the last ones.
  public var fieldDays = 7
  /// Standard deviation of the daily field's noise, µg/m³.
  public var noise = 3.0
  /// Visits to drawn cells, and the share of them that goes to cells by chance alone; 0 visits leave the draw out.
  public var visits = 3000
  /// Share of the visits that go by chance alone, 0...1.
  public var randomShare = 0.6
  /// What makes a suspect.
  public var rules = DarkRules()
  /// At most; the table does not depend on the number.
  public var threads = 1

  /// The defaults of the verb.
  public init() {}
}

/// Suspects against planted workshops, on synthetic campaigns; everything counts cells.
public struct DarkEvaluation: Sendable, Codable {
  /// One campaign.
  public struct Campaign: Sendable, Codable {
    /// Of this campaign.
    public var seed: UInt64
    /// Cells with a workshop.
    public var truth: Int
    /// Suspects by the rules, and how many of them hold a workshop.
    public var suspects: Int
    /// Of `suspects`, those that hold a workshop.
    public var hits: Int
    /// Cells with a workshop that show a sign at all: no other can be found from data.
    public var visible: Int
    /// Cells from each of ``DarkEvaluation/thresholds`` on, how many of them hold a workshop, and the sum of their posteriors.
    public var above: [Int]
    /// Of the cells at or above each posterior, those with a planted workshop.
    public var aboveHits: [Int]
    /// Sum of the posteriors of those cells.
    public var abovePosteriors: [Double]
    /// Workshops' cells with each sign, and all cells with it.
    public var signHits: [Int]
    /// All cells with each sign, in the order of `signs`.
    public var signCells: [Int]
    /// Log-linear estimate of all workshops' cells from the posteriors, with its interval; `nil` when it cannot tell.
    public var total: Double?
    /// Lower end of the 95 % interval of `total`; `nil` when it cannot tell.
    public var lower: Double?
    /// Upper end; `nil` with a total when the lists set no bound.
    public var upper: Double?
    /// The same from lists whose cells were all visited and only true ones kept.
    public var verifiedTotal: Double?
    /// Lower end of the 95 % interval of `verifiedTotal`; `nil` when it cannot tell.
    public var verifiedLower: Double?
    /// Upper end; `nil` with a total when the lists set no bound.
    public var verifiedUpper: Double?
    /// The lower bound from lists alone, no visits.
    public var atLeast: Double
    /// What the draw says; `nil` without visits.
    public var drawnTotal: Double?
    /// Lower end of the interval by the draw, cells with a source; `nil` when the draw cannot tell.
    public var drawnLower: Double?
    /// Upper end of the same interval.
    public var drawnUpper: Double?
    /// How often a visit finds a workshop, as counted from pairs.
    public var sensitivity: Double
    /// Workshops that the visits found.
    public var finds: Int
    /// Counties, those with a workshop, and of both how many have a lower bound from lists at or below the truth.
    public var counties: Int
    /// Counties whose planted number is at or above the lower bound.
    public var countiesBounded: Int
    /// Counties with a planted workshop.
    public var truthCounties: Int
    /// Of those, at or above the lower bound.
    public var truthCountiesBounded: Int
    /// Of both, how many have the truth within the interval of the draw; sum of the intervals' widths.
    public var countiesCovered: Int
    /// Of those, inside the interval by the draw.
    public var truthCountiesCovered: Int
    /// Mean width of the counties' intervals, cells.
    public var countyWidth: Double
  }

  /// Posteriors for which precision and recall are counted.
  public static let thresholds = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9]
  /// In the order of their seeds.

  /// In the order of their seeds.
  public var campaigns: [Campaign]
  /// In the order of the arrays.
  public var signs: [String]
}

/// Runs synthetic campaigns in memory through the same steps as a user's files, and compares with what was planted.
///
/// The field is the mean of background and increments at cell centres with noise, tested as a residual; loads, complaints
/// and fires are those of `simulate`. Everything is synthetic; the same seed gives the same table for any number of threads.
public func evaluateDark(
  _ request: DarkEvaluationRequest, grid: Grid, options: ReadOptions
) throws -> DarkEvaluation {
  let region = try RegionSource.region(grid: grid, sizeMetres: grid.coarsestMetres).region
  let found = mapConcurrently(request.campaigns, threads: request.threads) { k in
    Result { try campaign(request, seed: request.seed &+ UInt64(k), region: region, grid: grid, options: options) }
  }
  return DarkEvaluation(campaigns: try found.map { try $0.get() }, signs: DarkSign.allCases.map(\.rawValue))
}

private func campaign(
  _ request: DarkEvaluationRequest, seed: UInt64, region: Region, grid: Grid, options: ReadOptions
) throws -> DarkEvaluation.Campaign {
  let world = SyntheticWorld(
    options: SyntheticOptions(
      seed: seed, start: LocalDay(ordinal: 17_471), days: request.days, stations: 0, micro: 0, mobile: 0,
      firms: request.firms, metered: 0, unregistered: request.workshops, residential: request.households),
    region: region, grid: grid)
  var inputs = DarkInputs(region: region)
  inputs.hot = hotCells(world, request)
  inputs.meters = flaggedMeters(world, request)
  try addEvents(world, to: &inputs, options: options)
  let register = world.sources.filter(\.isRegistered)
  let firms = register.map {
    Enterprise(
      creditCode: $0.id, name: $0.name, industryCode: $0.industryCode, position: $0.position, declared: nil,
      address: nil, countyCode: $0.countyCode, permit: nil, grade: $0.grade, status: nil, line: 0)
  }
  (inputs.firms, inputs.otherFirms) = workingFirms(
    firms, FirmPlaces(firms, points: register.map(\.point), region: region))
  let rules = request.rules
  let cells = inputs.evidence(rules)
  let screen = DarkScreen(cells, rules: rules)
  var stream = RandomStream(seed: seed, slot: 0, replicate: 9_100)
  let (visits, pairs) = try visited(screen, world, request, &stream)
  let assessment = DarkAssessment(
    screen, visits: visits, frame: visits.isEmpty ? nil : Set(region.cells), pairs: pairs, region: region)
  return compare(screen, assessment, cells, world, seed: seed)
}

/// A draw of cells with a floor for all, and what visits to them find: each workshop with probability 0.6. Every second
/// drawn cell is visited by a second team that knows nothing of the first.
private func visited(
  _ screen: DarkScreen, _ world: SyntheticWorld, _ request: DarkEvaluationRequest, _ stream: inout RandomStream
) throws -> (visits: [DarkVisit], pairs: (both: Int, one: Int)) {
  let cells = world.region.cells
  guard request.visits > 0 else { return ([], (0, 0)) }
  var chances: [CellID: Double] = [:]
  for judgement in screen.judgements { chances[judgement.evidence.cell] = judgement.posterior }
  let floor = request.randomShare * Double(request.visits) / Double(cells.count)
  let frame = try Frame(cells.map { FrameUnit(id: $0.description, score: (chances[$0] ?? 0) + 1e-4) })
  let drawn = try frame.draw(
    size: min(request.visits, cells.count), seed: "evaluate dark \(world.options.seed)", floor: min(1, floor))
  let workshops = Dictionary(
    grouping: world.sources.filter { !$0.isRegistered }, by: { world.region.lattice.cell(at: $0.point) })
  var visits: [DarkVisit] = []
  var pairs = (both: 0, one: 0)
  for (number, unit) in drawn.filter(\.isDrawn).enumerated() {
    guard let cell = CellID(unit.id) else { continue }
    func visit() -> Bool {
      (workshops[cell] ?? []).contains { _ in stream.number(below: 1_000_000) < 600_000 }
    }
    let first = visit()
    if number % 2 == 0 {
      switch (first, visit()) {
      case (true, true): pairs.both += 1
      case (false, false): break
      default: pairs.one += 1
      }
    }
    visits.append(DarkVisit(cell: cell, isFind: first, probability: unit.inclusionProbability))
  }
  return (visits, pairs)
}

/// Cells whose mean excess over their background is beyond three robust standard deviations of all.
private func hotCells(
  _ world: SyntheticWorld, _ request: DarkEvaluationRequest
) -> [(cell: CellID, isHot: Bool, z: Double?)] {
  let region = world.region
  var values = [Double](repeating: 0, count: region.cells.count)
  let centres = region.cells.map(region.lattice.centre(of:))
  for day in max(0, request.days - request.fieldDays)..<request.days {
    let increments = world.air(day: day, threads: 1).dailyIncrement
    for slot in values.indices {
      var stream = RandomStream(seed: world.options.seed, slot: slot, replicate: 7_000 + day)
      let background = [3, 9, 15, 21].reduce(0) { $0 + world.background(day: day, hour: $1, at: centres[slot]) } / 4
      values[slot] += (background + increments[slot] + request.noise * stream.normals().0) / Double(request.fieldDays)
    }
  }
  let field = CellField(
    cells: region.cells, values: values, variances: values.map { _ in .nan }, counts: values.map { _ in 1 },
    coverages: values.map { _ in 1 })
  let residual = BackgroundRule().residual(of: field).field
  func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
  let middle = median(residual.values)
  let spread = 1.4826 * median(residual.values.map { abs($0 - middle) })
  return zip(residual.cells, residual.values).map {
    (cell: $0, isHot: $1 - middle >= request.rules.hotZ * spread, z: ($1 - middle) / spread)
  }
}

private func flaggedMeters(
  _ world: SyntheticWorld, _ request: DarkEvaluationRequest
) -> [(point: PlanePoint, isFlagged: Bool)] {
  let meters = world.metersWithoutFirm
  let loads = (0..<request.days).map { world.loadsWithoutFirm(day: $0) }
  let screen = PowerScreen(rules: PowerRules(), meters: meters.map(\.meter), enterprises: [], orders: OrderBook([]))
  let last = world.options.lastDay
  let findings = screen.findings(loads: loads, evidence: last.advanced(by: -13)...last, threads: 1)
  let flagged = Set(findings.flags.filter { $0.rule == .unregisteredLoad }.map(\.meter))
  return meters.indices.compactMap { k in
    // Households are all listed; of the workshops a share has no meter that the list knows.
    if k < meters.count - request.households {
      var stream = RandomStream(seed: world.options.seed, slot: k, replicate: 8_000)
      guard Double(stream.number(below: 1_000_000)) < request.meteredShare * 1_000_000 else { return nil }
    }
    return (point: meters[k].point, isFlagged: flagged.contains(k))
  }
}

/// Complaints and fires by way of files, as a user would bring them.
private func addEvents(_ world: SyntheticWorld, to inputs: inout DarkInputs, options: ReadOptions) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "hotgrid-evaluate-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let complaintsPath = folder.appending(path: "complaints.csv").path
  let firesPath = folder.appending(path: "fires.csv").path
  try Data(world.complaintsFile()).write(to: URL(filePath: complaintsPath))
  try Data(world.firesFile()).write(to: URL(filePath: firesPath))
  var quiet = options
  quiet.threads = 1
  let complaints = try ComplaintsFile.read(path: complaintsPath, options: quiet).value
  func project(_ position: LonLat) -> PlanePoint { world.grid.projection.forward(position) }
  inputs.complaints = ComplaintScreen.ranking(
    complaints, points: complaints.map { $0.position.map(project) }, region: world.region, rules: ComplaintRules(),
    lastDay: world.options.lastDay)
  let fires = try FiresFile.read(path: firesPath, options: quiet).value
  inputs.fires = (fires, fires.map { project($0.position) })
}

private func compare(
  _ screen: DarkScreen, _ assessment: DarkAssessment, _ cells: [DarkEvidence], _ world: SyntheticWorld, seed: UInt64
) -> DarkEvaluation.Campaign {
  let region = world.region
  let truth = Set(world.sources.filter { !$0.isRegistered }.compactMap { region.lattice.cell(at: $0.point) })
  let suspects = screen.suspects.map(\.evidence.cell)
  let signs = DarkSign.allCases.indices
  func own(_ units: [(history: Int, chance: Double)]) -> CaptureRecapture.Estimate? {
    var counts = [Double](repeating: 0, count: 1 << DarkSign.allCases.count)
    for unit in units where unit.history != 0 { counts[unit.history] += unit.chance }
    return try? CaptureRecapture(lists: DarkSign.allCases.count, counts: counts).estimate().get()
  }
  let guessed = own(screen.judgements.map { (history: $0.evidence.history, chance: $0.posterior) })
  let verified = own(cells.filter { truth.contains($0.cell) }.map { (history: $0.history, chance: 1) })
  let listed = UnseenSources().estimates(DarkAssessment(screen, region: region).units, region: region)
  let drawn = UnseenSources().estimates(assessment.units, region: region, design: assessment.design)
  var ofCounty: [String: Int] = [:]
  for cell in truth {
    guard let slot = region.slot(of: cell) else { continue }
    ofCounty[region.counties[region.homeCounty(slot: slot)].code, default: 0] += 1
  }
  let bounds = Dictionary(
    listed.filter { $0.level == .county }.map { ($0.code, $0.atLeast) }, uniquingKeysWith: { first, _ in first })
  let intervals = drawn.filter { $0.level == .county && $0.lower != nil }
  func isCovered(_ row: UnseenEstimate) -> Bool {
    let number = Double(ofCounty[row.code] ?? 0)
    return number >= row.lower ?? 0 && number <= row.upper ?? .infinity
  }
  func isBounded(_ code: String) -> Bool { bounds[code] ?? 0 <= Double(ofCounty[code] ?? 0) }
  let whole = drawn.last
  let above = DarkEvaluation.thresholds.map { least in screen.judgements.filter { $0.posterior >= least } }
  return DarkEvaluation.Campaign(
    seed: seed, truth: truth.count, suspects: suspects.count, hits: suspects.count { truth.contains($0) },
    visible: cells.count { $0.history != 0 && truth.contains($0.cell) }, above: above.map(\.count),
    aboveHits: above.map { $0.count { truth.contains($0.evidence.cell) } },
    abovePosteriors: above.map { $0.reduce(0) { $0 + $1.posterior } },
    signHits: signs.map { sign in cells.count { $0.signs[sign] == true && truth.contains($0.cell) } },
    signCells: signs.map { sign in cells.count { $0.signs[sign] == true } }, total: guessed?.total,
    lower: guessed?.lower, upper: guessed?.upper, verifiedTotal: verified?.total, verifiedLower: verified?.lower,
    verifiedUpper: verified?.upper, atLeast: listed.last?.atLeast ?? 0, drawnTotal: whole?.total,
    drawnLower: whole?.lower, drawnUpper: whole?.upper, sensitivity: assessment.sensitivity.value,
    finds: assessment.confirmed.count, counties: region.counties.count,
    countiesBounded: region.counties.count { isBounded($0.code) }, truthCounties: ofCounty.count,
    truthCountiesBounded: ofCounty.keys.count { isBounded($0) }, countiesCovered: intervals.count { isCovered($0) },
    truthCountiesCovered: intervals.count { ofCounty[$0.code] != nil && isCovered($0) },
    countyWidth: intervals.reduce(0) { $0 + ($1.upper ?? 0) - ($1.lower ?? 0) })
}
