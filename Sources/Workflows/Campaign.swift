public import Diagnostics
internal import Enterprises
internal import Foundation
internal import Geometry
public import Grids
internal import Ingest
internal import Inspections
internal import Quantities
internal import Ranking
internal import Store
public import SyntheticWorld

/// What a closed-loop campaign is asked for.
public struct CampaignRequest: Sendable {
  /// The whole synthetic world: days of history and of the campaign together.
  public var options: SyntheticOptions
  /// Days at the end of the world on which teams go out.
  public var campaignDays: Int
  /// Visits a day, of every arm.
  public var targets: Int
  /// Of the synthetic world and of the workspace.
  public var grid: Grid
  /// File of the same grid for the workspace; `nil` for the built-in one.
  public var gridPath: String?
  /// Policy of the arm `hotgrid`; `nil` for the built-in one.
  public var policyPath: String?
  /// New folder for the files, the workspace and the tables.
  public var folder: String
  /// Of hotgrid, kept with files and plans.
  public var version: String
  /// At most; the outcome does not depend on the number.
  public var threads = 1
  /// Told about history days, then campaign days.
  public var progress: any ProgressSink = SilentProgress()

  public init(
    options: SyntheticOptions, campaignDays: Int, targets: Int, grid: Grid, folder: String, version: String
  ) {
    self.options = options
    self.campaignDays = campaignDays
    self.targets = targets
    self.grid = grid
    self.folder = folder
    self.version = version
  }
}

/// What each arm found, day by day.
public struct CampaignOutcome: Sendable, Codable {
  /// One way of choosing, with the days it went out.
  public struct Arm: Sendable, Codable {
    /// `hotgrid`, or what the arm ranks by, such as `PM2.5 only`.
    public let name: String
    /// Days of the campaign in order; of `firstDay` the first alone.
    public let days: [CampaignDay]
  }

  /// Of the synthetic world; the draws' seeds follow from it.
  public let seed: UInt64
  /// Visits a day, of every arm.
  public let targets: Int
  /// `hotgrid` first.
  public let arms: [Arm]
  /// The first day's best targets by each way of choosing, all in the same untouched world.
  public let firstDay: [Arm]
}

/// Plans, visits the truth, learns and plans again, day by day, beside arms that rank by one thing alone.
///
/// Every arm has a world of its own in which what it found is mended, so its tomorrow depends on its today. The arm `hotgrid`
/// goes through files, ingest and the daily job as a user would; its outcomes go back in. All of it is synthetic.
///
/// - Throws: `Problem` without boundaries, for a folder that is not empty, or when a step of the chain fails.
public func runCampaign(_ request: CampaignRequest) throws -> CampaignOutcome {
  let manager = FileManager.default
  if let entries = try? manager.contentsOfDirectory(atPath: request.folder), !entries.isEmpty {
    throw Problem("\(request.folder) is not empty", remedy: "name a new folder with --out")
  }
  let region = try RegionSource.region(grid: request.grid, sizeMetres: request.grid.coarsestMetres).region
  let world = SyntheticWorld(options: request.options, region: region, grid: request.grid)
  var loop = try CampaignLoop(request, world: world)
  let first = request.options.days - request.campaignDays
  try loop.ingestHistory(upTo: first)
  let rankings = CampaignRanking.allCases
  var arms = rankings.map { CampaignArm($0.rawValue, world: world) }
  var firstDay: [CampaignOutcome.Arm] = []
  for day in first..<request.options.days {
    request.progress.report(
      task: "synthetic campaign", completed: day - first, total: request.campaignDays, unit: "days")
    let plan = try loop.plan(day: day)
    if day == first {
      firstDay.append(.init(name: "hotgrid, as drawn", days: [loop.arm.preview(plan.drawn, day: day)]))
      firstDay.append(
        .init(
          name: "hotgrid, highest scores",
          days: [loop.arm.preview(Array(plan.ranked.prefix(request.targets)), day: day)]))
    }
    for k in arms.indices {
      arms[k].observe(before: day, threads: request.threads)
      let units = rankings[k].units(arms[k], day: day, count: request.targets)
      if day == first { firstDay.append(.init(name: arms[k].name, days: [arms[k].preview(units, day: day)])) }
      _ = arms[k].visit(units, day: day)
    }
    try loop.writeTruth(day: day)
    try loop.goOut(plan.drawn, day: day)
    if day + 1 < request.options.days { try loop.ingestDay(day) }
  }
  request.progress.finish(task: "synthetic campaign")
  return CampaignOutcome(
    seed: request.options.seed, targets: request.targets,
    arms: ([loop.arm] + arms).map { .init(name: $0.name, days: $0.days) }, firstDay: firstDay)
}

/// The arm that goes through the whole chain.
private struct CampaignLoop {
  let request: CampaignRequest
  private(set) var arm: CampaignArm
  private let workspace: Workspace
  private let region: WorkspaceRegion
  private var output: CampaignOutput
  private let sourceOf: [String: Int]

  init(_ request: CampaignRequest, world: SyntheticWorld) throws {
    self.request = request
    arm = CampaignArm("hotgrid", world: world)
    for part in ["readings", "raster", "power", "events", "outcomes", "truth"] {
      try makeFolder("\(request.folder)/files/\(part)")
    }
    output = CampaignOutput(folder: "\(request.folder)/files")
    workspace = try initWorkspace(
      at: "\(request.folder)/workspace", gridPath: request.gridPath, policyPath: request.policyPath,
      boundariesPath: nil
    ).workspace
    region = try workspaceRegion(workspace)
    var sourceOf: [String: Int] = [:]
    for (number, source) in world.sources.enumerated() {
      sourceOf["E-\(source.id)"] = number
      if let meter = source.meter { sourceOf["M-\(meter)"] = number }
    }
    self.sourceOf = sourceOf
  }

  private func date(_ day: Int) -> LocalDay { request.options.start.advanced(by: day) }

  mutating func ingestHistory(upTo first: Int) throws {
    try output.writeRegister(arm.world)
    try ingestWritten(day: 0)
    for day in 0..<first {
      request.progress.report(task: "synthetic history", completed: day, total: first, unit: "days")
      try ingestDay(day)
    }
    request.progress.finish(task: "synthetic history")
  }

  /// Lets a day happen in the arm's world and takes in what it leaves behind.
  mutating func ingestDay(_ day: Int) throws {
    let world = arm.world
    try output.writeDay(world, air: world.air(day: day, threads: request.threads), isWhole: false)
    let name = date(day).description
    try output.write("complaints", "events/synthetic-complaints-\(name).csv", world.complaintsFile(days: day..<day + 1))
    try output.write("fires", "events/synthetic-fires-\(name).csv", world.firesFile(days: day..<day + 1))
    try output.write("wind", "events/synthetic-wind-\(name).csv", world.windFile(days: day..<day + 1))
    try ingestWritten(day: day)
  }

  private mutating func ingestWritten(day: Int) throws {
    for entry in output.takeWritten() {
      guard let kind = InputKind(rawValue: entry.kind) else { continue }
      var file = IngestRequest(
        kind: kind, path: "\(request.folder)/files/\(entry.file)",
        now: LocalHour(day: date(day + 2), hourOfDay: 0).start, version: request.version)
      file.note = "synthetic"
      file.threads = request.threads
      _ = try ingestFile(file, into: workspace, region: region)
    }
  }

  /// Tomorrow's targets as the daily job draws and ranks them.
  func plan(day: Int) throws -> (drawn: [CampaignUnit], ranked: [CampaignUnit]) {
    var plan = PlanRequest(
      date: date(day), targets: request.targets, seed: "synthetic \(request.options.seed) \(date(day))",
      now: LocalHour(day: date(day), hourOfDay: 0).start, version: request.version)
    plan.threads = request.threads
    _ = try planDay(plan, in: workspace)
    let planned = try workspace.plannedTargets(date: date(day))
    func unit(_ target: RankedTarget) -> CampaignUnit? {
      target.kind == .cell ? target.cell.map { .cell($0) } : sourceOf[target.id].map { .source($0) }
    }
    return (
      planned.filter(\.isDrawn).compactMap { unit($0.target) },
      planned.map(\.target).sorted { ($1.score, $0.id) < ($0.score, $1.id) }.compactMap(unit)
    )
  }

  /// `id,classes,severity` of everything that a visit on the day would find in the arm's world; the analysis never reads it.
  mutating func writeTruth(day: Int) throws {
    let world = arm.world
    let lines = world.sources.indices.compactMap { number -> String? in
      guard let finding = world.finding(at: number, day: day) else { return nil }
      let classes = finding.classes.map(\.rawValue).joined(separator: ";")
      return "\(name(.source(number)).id),\(classes),\(finding.severity)"
    }
    try output.write(
      nil, "truth/synthetic-findings-\(date(day)).csv",
      Array((["id,classes,severity"] + lines).joined(separator: "\n").utf8) + [0x0A])
  }

  /// Visits, and hands the outcomes in as inspectors would.
  mutating func goOut(_ units: [CampaignUnit], day: Int) throws {
    let visits = arm.visit(units, day: day)
    var lines = ["target_id,uscc,time,inspector_ids,problems,severity,notes"]
    for visit in visits {
      let (id, code) = name(visit.unit)
      let classes = visit.findings.flatMap(\.classes)
      lines.append(
        "\(id),\(code),\(date(day))T15:00:00+08:00,SYN-I\(lines.count % 40);SYN-I\((lines.count + 7) % 40),"
          + "\(classes.isEmpty ? "0" : classes.map(\.rawValue).joined(separator: ";")),"
          + "\(visit.findings.reduce(0) { $0 + $1.severity }),synthetic")
    }
    try output.write(
      "outcomes", "outcomes/synthetic-outcomes-\(date(day)).csv", Array((lines.joined(separator: "\n") + "\n").utf8))
    try ingestWritten(day: day)
  }

  private func name(_ unit: CampaignUnit) -> (id: String, code: String) {
    switch unit {
    case .cell(let cell): return ("C-\(cell)", "")
    case .source(let number):
      let source = arm.world.sources[number]
      return source.isRegistered ? ("E-\(source.id)", source.id) : ("M-\(source.meter ?? source.id)", "")
    }
  }
}
