internal import Diagnostics
internal import Digests
internal import Evidence
internal import Foundation
internal import Grids
internal import Hotspots
internal import Ingest
public import Quantities
internal import Ranking
internal import Readings
internal import Sampling
public import Store

/// The daily job: fields, detection, leads, ranking and draw for one day, kept in the workspace in one transaction.
///
/// The same workspace, policy and seed give the same plan. A plan of the same date is replaced, unless it was dispatched.
/// - Throws: `Problem` when there is nothing to draw from, the policy cannot be read, or the day's list is frozen.
public func planDay(_ request: PlanRequest, in workspace: Workspace) throws -> PlanSummary {
  // The list of a dispatched day is frozen: another plan would be another list.
  guard try workspace.dispatch(date: request.date) == nil else { throw Workspace.dispatchedBefore(request.date) }
  let task = "plan \(request.date)"
  func step(_ number: Int) { request.progress.report(task: task, completed: number, total: 6, unit: "steps") }
  let policy = try workspacePolicy(workspace)
  let region = try workspaceRegion(workspace)
  let inputs = try workspace.inputFiles()
  let day = try DayLeads(
    request, workspace: workspace, region: region, policy: policy.policy, inputs: inputs, step: step)
  guard !day.targets.isEmpty else {
    throw Problem(
      "there is nothing to draw from on \(request.date)",
      remedy: "ingest enterprises, or readings and satellite fields for \(day.lastDay) (see 'hotgrid status')")
  }
  let units = FrameBuilding.frame(day.targets, policy: policy.policy, region: region.region)
  let draw = try PlanDraw(request, units: units, policy: policy, earlier: try workspace.planHeader(date: request.date))
  step(5)
  let digest = inputDigest(inputs, region: region)
  var summary = summarise(
    request, day, policy: policy, region: region.region, inputs: inputs, digest: digest, gaps: day.gaps + draw.notes)
  summary.tell(draw, targets: day.targets)
  let header = PlanHeader(
    date: request.date, seed: draw.seed, createdAt: request.now, policyHash: policy.hash,
    codeVersion: request.version, inputDigest: digest, summaryJSON: try planJSON(summary), drawRules: draw.plan.lines,
    sealJSON: try draw.seal.map { try DrawRecords.text($0) })
  let record = PlanRecord(
    header: header,
    fields: day.detected.map {
      PlanField(name: $0.name, period: .day(day.lastDay), values: $0.field, hotspots: $0.hotspots)
    }, alarms: day.detected.flatMap(\.alarms).filter { region.region.slot(of: $0.cell) != nil }, leads: day.leads,
    lists: day.lists, targets: day.targets, frame: units, drawn: draw.result?.units ?? [])
  try workspace.savePlan(record, sealSecret: draw.secret?.hex) { region.homeCounty(of: $0) }
  step(6)
  request.progress.finish(task: task)
  return summary
}

/// What a day's evidence says: fields, leads, lists and the targets they make.
private struct DayLeads {
  /// Evidence ends with it, the day before the visits.
  let lastDay: LocalDay
  let detected: [DetectedField]
  let leads: [Lead]
  let lists: [PlanListEntry]
  /// Entries on the three monthly lists.
  let monthlyEntries: Int
  let targets: [RankedTarget]
  let abstentions: [String: Int]
  /// What was missing and how the plan went on without it.
  let gaps: [String]

  /// - Parameter step: Told how many of the first four steps of a plan are done.
  init(
    _ request: PlanRequest, workspace: Workspace, region: WorkspaceRegion, policy: Policy, inputs: [InputFile],
    step: (Int) -> Void
  ) throws {
    let files = Dictionary(inputs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let threads = request.threads
    lastDay = request.date.advanced(by: -1)
    step(1)
    var fields = PlanFields(workspace: workspace, region: region, policy: policy, files: files, threads: threads)
    detected = try fields.detect(day: lastDay)
    let monthly = try fields.monthlyLists(before: lastDay)
    var leads = fields.leads(detected, day: lastDay) + monthly.leads
    leads += try fields.emerging(day: lastDay)
    leads += try fields.scan(day: lastDay)
    step(2)
    var evidence = try PlanEvidence(
      workspace: workspace, region: region, policy: policy, files: files, threads: threads)
    leads += try evidence.power(lastDay: lastDay)
    leads += try evidence.complaints(lastDay: lastDay)
    leads += try evidence.fires(lastDay: lastDay)
    step(3)
    var monitoring = PlanMonitoring(
      workspace: workspace, region: region, policy: policy, files: files, threads: threads)
    leads += try monitoring.emissions(
      lastDay: lastDay, enterprises: evidence.enterprises, meters: evidence.meters.values.map(\.value),
      loads: evidence.loads)
    leads += try monitoring.stations(fields.ground)
    leads += try monitoring.looseCoal(lastDay: lastDay, ground: fields.ground)
    leads += try monitoring.dustFall(lastDay: lastDay)
    var sources = PlanSources(workspace: workspace, region: region, policy: policy, files: files, threads: threads)
    leads += try sources.attribute(detected, lastDay: lastDay, ground: fields.ground, evidence: evidence)
    leads += try sources.dark(detected, leads: leads, lastDay: lastDay, evidence: evidence)
    targets = try evidence.withoutCapped(evidence.targets(leads, date: request.date), date: request.date)
    step(4)
    self.leads = leads
    lists =
      monthly.entries + cityTopEntries(detected, region: region) + sources.unseen + evidence.cappedFirms
    monthlyEntries = monthly.entries.count { $0.list != strikeList }
    abstentions = evidence.abstentions
    gaps = fields.gaps + evidence.gaps + monitoring.gaps + sources.gaps
  }
}

/// The summary kept with a plan. - Returns: `nil` when there is no plan of that date.
public func planSummary(date: LocalDay, in workspace: Workspace) throws -> PlanSummary? {
  guard let header = try workspace.planHeader(date: date) else { return nil }
  return try JSONDecoder().decode(PlanSummary.self, from: Data(header.summaryJSON.utf8))
}

func planJSON(_ summary: PlanSummary) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(summary), as: UTF8.self)
}

/// SHA-256 over the hashes of all inputs in ascending order: equal digests, equal inputs.
private func inputDigest(_ inputs: [InputFile], region: WorkspaceRegion) -> String {
  let names = inputs.map { "\($0.record.kind.rawValue) \($0.record.sha256) \($0.record.options)" }.sorted()
  return SHA256Digest(ofUTF8: (names + [region.grid.definition.crs]).joined(separator: "\n")).hex
}

private func cityTopEntries(_ fields: [DetectedField], region: WorkspaceRegion) -> [PlanListEntry] {
  fields.flatMap { field in
    field.top.map { row in
      PlanListEntry(
        list: "city-top:\(row.city.code)", rank: row.rank, cell: row.cell,
        countyCode: region.homeCounty(of: row.cell), name: row.city.name, value: row.value,
        detail: "\(field.name) \(rounded(row.value)) \(field.origin.unit)\(row.isTied ? ", tied" : "")")
    }
  }
}

private func summarise(
  _ request: PlanRequest, _ day: DayLeads, policy: PolicyFile.Contents, region: Region, inputs: [InputFile],
  digest: String, gaps: [String]
) -> PlanSummary {
  let lastDay = day.lastDay
  let standard = AirStandard.inForce(on: lastDay)
  let fields = day.detected.map { detected in
    let sorted = detected.field.values.sorted()
    let inRegion = detected.field.cells.count { region.slot(of: $0) != nil }
    let limit = standard.dailyLimit[detected.pollutant] ?? .infinity
    return PlanFieldSummary(
      name: detected.name, period: lastDay.description, cells: detected.field.count,
      share: Double(inRegion) / Double(max(1, region.cells.count)),
      median: sorted.isEmpty ? 0 : sorted[sorted.count / 2], unit: detected.origin.unit,
      hotCells: detected.hotspots.count { $0.bin >= policy.policy.detection.hotspots.minimumBin },
      alarms: detected.alarms.count, aboveLimit: detected.field.values.count { $0 > limit }, standard: standard.name)
  }
  return PlanSummary(
    date: request.date.description,
    evidenceFirstDay: lastDay.advanced(by: 1 - policy.policy.windowDays).description,
    evidenceLastDay: lastDay.description, fields: fields,
    leads: day.leads.reduce(into: [:]) { $0[$1.kind.rawValue, default: 0] += 1 }, abstentions: day.abstentions,
    lists: day.monthlyEntries, frame: day.targets.reduce(into: [:]) { $0[$1.kind.rawValue, default: 0] += 1 },
    drawn: [:], targets: 0, certain: 0,
    smallestProbability: 0, seed: "", drawVersion: "", randomArm: 0, reserve: 0,
    policy: "\(policy.policy.name) v\(policy.policy.version)", policyHash: policy.hash, inputDigest: digest,
    version: request.version, gaps: gaps,
    isSynthetic: inputs.contains {
      $0.name.lowercased().contains("synthetic") || $0.record.note.contains("synthetic")
    })
}
