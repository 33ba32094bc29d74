internal import Enterprises
internal import Evidence
internal import Foundation
internal import Geometry
public import Grids
internal import Hotspots
public import Ingest
internal import Quantities
internal import Randomness
internal import Readings
internal import SpatialStatistics
internal import Surfaces
internal import SyntheticWorld
internal import Threads

/// What `evaluate dark` was asked for.
public struct DarkEvaluationRequest: Sendable {
  public var seed: UInt64 = 1
  /// Campaigns, with seeds from `seed` on.
  public var campaigns = 10
  /// Unregistered workshops of a campaign, and registered firms.
  public var workshops = 200
  public var firms = 2000
  /// Ordinary households with meters.
  public var households = 300
  /// Share of the workshops whose meters are in the meter list.
  public var meteredShare = 0.6
  public var days = 36
  /// Days of the field that is tested, the last ones.
  public var fieldDays = 7
  /// Standard deviation of the daily field's noise, µg/m³.
  public var noise = 3.0
  public var threads = 1

  /// The defaults of the verb.
  public init() {}
}

/// Suspects against planted workshops, on synthetic campaigns; everything counts cells.
public struct DarkEvaluation: Sendable, Codable {
  /// One campaign.
  public struct Campaign: Sendable, Codable {
    public var seed: UInt64
    /// Cells with a workshop.
    public var truth: Int
    /// Suspects: evidence of two kinds and posterior from a half; how many of them hold a workshop.
    public var suspects: Int
    public var hits: Int
    /// Cells with posterior from a half, whatever the number of kinds; how many of them hold a workshop.
    public var likely: Int
    public var likelyHits: Int
    /// Workshops' cells with each sign, and all cells with it.
    public var signHits: [Int]
    public var signCells: [Int]
    /// The estimate of all workshops' cells from the posteriors, with its interval; `nil` when it cannot tell.
    public var total: Double?
    public var lower: Double?
    public var upper: Double?
    /// The same from lists whose cells were all visited and only true ones kept.
    public var verifiedTotal: Double?
    public var verifiedLower: Double?
    public var verifiedUpper: Double?
  }

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
  inputs.firms = workingAirFirms(firms, FirmPlaces(firms, points: register.map(\.point), region: region))
  let rules = DarkRules()
  let cells = inputs.evidence(rules)
  return compare(DarkScreen(cells, rules: rules), cells, world, seed: seed)
}

/// Cells whose mean excess over their background is beyond three robust standard deviations of all.
private func hotCells(_ world: SyntheticWorld, _ request: DarkEvaluationRequest) -> [(cell: CellID, isHot: Bool)] {
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
  return zip(residual.cells, residual.values).map { (cell: $0, isHot: $1 - middle >= 3 * spread) }
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
  _ screen: DarkScreen, _ cells: [DarkEvidence], _ world: SyntheticWorld, seed: UInt64
) -> DarkEvaluation.Campaign {
  let region = world.region
  let truth = Set(world.sources.filter { !$0.isRegistered }.compactMap { region.lattice.cell(at: $0.point) })
  let suspects = screen.suspects.map(\.evidence.cell)
  let likely = screen.judgements.filter { $0.posterior >= 0.5 }.map(\.evidence.cell)
  let signs = DarkSign.allCases.indices
  func own(_ units: [(history: Int, chance: Double)]) -> CaptureRecapture.Estimate? {
    var counts = [Double](repeating: 0, count: 1 << DarkSign.allCases.count)
    for unit in units where unit.history != 0 { counts[unit.history] += unit.chance }
    return try? CaptureRecapture(lists: DarkSign.allCases.count, counts: counts).estimate().get()
  }
  let guessed = own(screen.judgements.map { (history: $0.evidence.history, chance: $0.posterior) })
  let verified = own(cells.filter { truth.contains($0.cell) }.map { (history: $0.history, chance: 1) })
  return DarkEvaluation.Campaign(
    seed: seed, truth: truth.count, suspects: suspects.count, hits: suspects.count { truth.contains($0) },
    likely: likely.count, likelyHits: likely.count { truth.contains($0) },
    signHits: signs.map { sign in cells.count { $0.signs[sign] == true && truth.contains($0.cell) } },
    signCells: signs.map { sign in cells.count { $0.signs[sign] == true } }, total: guessed?.total,
    lower: guessed?.lower, upper: guessed?.upper, verifiedTotal: verified?.total, verifiedLower: verified?.lower,
    verifiedUpper: verified?.upper)
}
