internal import Enterprises
internal import Evidence
internal import Geometry
internal import Grids
internal import Hotspots
internal import Quantities
internal import Ranking
internal import Readings
internal import Store

/// Who may be behind what detection found: registered firms by wind, and sources that no register knows.
struct PlanSources {
  let workspace: Workspace
  let region: WorkspaceRegion
  let policy: Policy
  let files: [Int64: InputFile]
  let threads: Int
  private(set) var gaps: [String] = []
  /// Share of a cell's excess that registered firms explain, for cells that could be attributed.
  private(set) var explained: [(cell: CellID, share: Double)] = []
  /// Estimates of unseen sources, as lines of a list.
  private(set) var unseen: [PlanListEntry] = []

  init(workspace: Workspace, region: WorkspaceRegion, policy: Policy, files: [Int64: InputFile], threads: Int) {
    self.workspace = workspace
    self.region = region
    self.policy = policy
    self.files = files
    self.threads = threads
  }

  /// Attributes alarms and hot cells of PM2.5 fields to firms upwind of them.
  mutating func attribute(
    _ detected: [DetectedField], lastDay: LocalDay, ground: CheckedReadings?, evidence: PlanEvidence
  ) throws -> [Lead] {
    guard policy.attribution.enabled else { return [] }
    let chosen = anomalies(detected)
    guard !chosen.isEmpty else { return [] }
    guard let ground, let series = ground.series else {
      gaps.append("no station-hours: nothing is attributed to firms")
      return []
    }
    let rules = policy.attribution.rules
    let days = lastDay.advanced(by: 1 - rules.evidenceDays)...lastDay
    let observations = try workspace.wind(days: days)
    guard !observations.isEmpty else {
      gaps.append("no wind between \(days.lowerBound) and \(days.upperBound): nothing is attributed to firms")
      return []
    }
    let hours =
      LocalHour(day: days.lowerBound, hourOfDay: 0)
      .ordinal..<LocalHour(day: lastDay.advanced(by: 1), hourOfDay: 0).ordinal
    let lattice = region.region.lattice
    let winds = WindBook(observations, points: observations.map { region.grid.projection.forward($0.position) })
    let activity = FirmActivity(
      firms: evidence.firms, orders: try workspace.orders().values, meters: evidence.meters.values.map(\.value),
      loads: evidence.loads, grid: region.grid, lattice: lattice)
    let sources = activity.candidates(hours: hours, rules: rules)
    let inputs = AttributionInputs(
      lattice: lattice, wind: winds.wind(at: lattice.centre(of: chosen[0].cells[0]), hours: hours),
      receptors: try receptors(series, ground, hours: hours), candidates: sources.candidates,
      unregistered: sources.unregistered)
    let results = Attribution(rules, sizeMetres: lattice.sizeMetres, seed: policy.attribution.seed).posteriors(
      of: chosen, inputs: inputs, winds: chosen.map { winds.wind(at: lattice.centre(of: $0.cells[0]), hours: hours) },
      threads: threads)
    tell(results)
    let origin = AttributionOrigin(
      firstDay: days.lowerBound, lastDay: lastDay, quantity: Pollutant.pm25.displayName,
      unit: Pollutant.pm25.unit.rawValue, sources: windSources(days) + groundSources(ground, hours: hours))
    // A firm near two anomalies has one lead: that of the anomaly it explains best.
    var best: [String: Lead] = [:]
    for lead in results.flatMap({ result in
      result.leads(firms: evidence.firms, cells: activity.cells, origin: origin, rules: rules)
    }) {
      guard let code = lead.creditCode else { continue }
      if best[code].map({ lead.strength > $0.strength }) ?? true { best[code] = lead }
    }
    return best.values.sorted { ($0.creditCode ?? "") < ($1.creditCode ?? "") }
  }

  /// Alarms first, then hot cells by descending z, as groups of touching cells; more than the policy's most are left out.
  private mutating func anomalies(_ detected: [DetectedField]) -> [AirAnomaly] {
    let fine = detected.filter { $0.pollutant == .pm25 }
    let alarms = Set(fine.flatMap(\.alarms).map(\.cell).filter { region.region.slot(of: $0) != nil })
    var z: [CellID: Double] = [:]
    for row in fine.flatMap(\.hotspots)
    where row.bin >= policy.detection.hotspots.minimumBin && region.region.slot(of: row.cell) != nil {
      z[row.cell] = max(z[row.cell] ?? 0, row.z ?? 0)
    }
    let groups = AirAnomaly.groups(of: alarms.sorted()) + AirAnomaly.groups(of: z.keys.filter { !alarms.contains($0) })
    let ranked = groups.map { group in
      (
        group: group,
        height: group.cells.contains(where: alarms.contains) ? .infinity : group.cells.compactMap { z[$0] }.max() ?? 0
      )
    }.sorted { $0.height != $1.height ? $0.height > $1.height : $0.group.cells[0] < $1.group.cells[0] }
    let most = policy.attribution.mostAnomalies
    if ranked.count > most {
      gaps.append(
        "\(ranked.count) places stand out: the \(most) that do most are attributed to firms, the others are not")
    }
    return ranked.prefix(most).map(\.group)
  }

  private func receptors(_ series: HourlySeries, _ ground: CheckedReadings, hours: Range<Int32>) throws -> [AirReceptor]
  {
    try workspace.stations().values.enumerated().compactMap { number, row in
      guard let point = ground.points[number] else { return nil }
      let values = hours.map { hour -> Double in
        guard let slot = series.slot(station: Int32(number), hour: hour),
          series.flags[slot] & ground.mask.rawValue == 0
        else { return .nan }
        return series.values[slot]
      }
      return AirReceptor(point: point, kind: row.station.kind, values: values)
    }
  }

  private mutating func tell(_ results: [AttributionResult]) {
    var silent: [String: Int] = [:]
    for result in results {
      if let abstention = result.abstention {
        silent[abstention.rawValue, default: 0] += 1
      } else if let share = result.unexplainedShare {
        explained += result.anomaly.cells.map { (cell: $0, share: 1 - share) }
      }
    }
    let reasons = silent.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    gaps.append(
      "\(results.count - silent.values.reduce(0, +)) of \(results.count) places were attributed by wind"
        + (reasons.isEmpty ? "" : " (silent: \(reasons.joined(separator: ", ")))"))
  }

  private func windSources(_ days: ClosedRange<LocalDay>) -> [LeadSource] {
    files.values.filter { $0.record.kind == .wind }.sorted { $0.id < $1.id }.suffix(8).map {
      LeadSource(file: $0.name, fileHash: $0.shortHash, line: 0)
    }
  }

  private func groundSources(_ ground: CheckedReadings, hours: Range<Int32>) -> [LeadSource] {
    let used = Set(
      ground.hours.hours.indices.filter { hours.contains(ground.hours.hours[$0]) }.map { ground.files[$0] })
    return used.sorted().suffix(8).compactMap { files[$0] }.map {
      LeadSource(file: $0.name, fileHash: $0.shortHash, line: 0)
    }
  }

  /// Cells where kinds of evidence meet that no registered firm explains, and how many such sources there may be in all.
  mutating func dark(
    _ detected: [DetectedField], leads: [Lead], lastDay: LocalDay, evidence: PlanEvidence
  ) throws -> [Lead] {
    let projection = region.grid.projection
    func forward(_ position: LonLat) -> PlanePoint { projection.forward(position) }
    var inputs = DarkInputs(region: region.region)
    inputs.hot = detected.flatMap { field in
      let alarms = Set(field.alarms.map(\.cell))
      return field.hotspots.filter { $0.z != nil && !$0.isInterpolated }.map {
        (
          cell: $0.cell, isHot: $0.bin >= policy.detection.hotspots.minimumBin || alarms.contains($0.cell), z: $0.z
        )
      }
    }
    let flagged = Set(leads.filter { $0.kind == .unregisteredLoad }.compactMap(\.meterID))
    let meters = evidence.meters.values.map(\.value).filter { $0.creditCode == nil }
    if !meters.isEmpty {
      inputs.meters = meters.compactMap { meter in
        meter.position.map { (point: forward($0), isFlagged: flagged.contains(meter.id)) }
      }
    }
    let fireDays = lastDay.advanced(by: 1 - policy.fires.windowDays)...lastDay
    let fires = try workspace.fires(days: fireDays).values.map(\.value)
    if !fires.isEmpty { inputs.fires = (fires, fires.map { forward($0.position) }) }
    let complaints = try workspace.complaints(
      days: lastDay.advanced(by: 1 - policy.complaints.windowDays)...lastDay
    ).values.map(\.value)
    if !complaints.isEmpty {
      inputs.complaints = ComplaintScreen.ranking(
        complaints, points: complaints.map { $0.position.map { forward($0) } }, region: region.region,
        rules: policy.complaints, lastDay: lastDay)
    }
    let places = FirmPlaces(
      evidence.firms, points: evidence.firms.map { $0.position.map { forward($0) } }, region: region.region)
    (inputs.firms, inputs.otherFirms) = workingFirms(evidence.firms, places)
    inputs.explained = explained
    let screen = DarkScreen(inputs.evidence(policy.dark), rules: policy.dark)
    let assessment = DarkAssessment(screen, region: region.region)
    list(UnseenSources().estimates(assessment.units, region: region.region))
    let days = lastDay.advanced(by: 1 - policy.windowDays)...lastDay
    let ofCell = Dictionary(grouping: leads.filter { $0.cell != nil && $0.creditCode == nil }, by: \.cell)
    // Load alone is a lead about its meter already, which is a target of its own: the cell's firms are not to blame for it.
    let ofLoad = 1 << (DarkSign.allCases.firstIndex(of: .load) ?? 0)
    return screen.suspects.filter { $0.evidence.history != ofLoad }.compactMap { suspect in
      suspect.lead(
        days: days, sources: Array((ofCell[suspect.evidence.cell] ?? []).flatMap(\.sources).prefix(12)))
    }
  }

  private mutating func list(_ estimates: [UnseenEstimate]) {
    for (number, estimate) in estimates.enumerated() where estimate.level != .region {
      unseen.append(
        PlanListEntry(
          list: "unseen-sources", rank: number + 1, cell: nil, countyCode: estimate.code, name: estimate.name,
          value: estimate.atLeast, detail: Self.text(estimate)))
    }
    guard let whole = estimates.last, whole.level == .region else { return }
    gaps.append("unregistered sources, \(Self.text(whole))")
  }

  private static func text(_ estimate: UnseenEstimate) -> String {
    "\(rounded(estimate.observed)) suspected, at least \(rounded(estimate.atLeast)) with 95 % confidence (\(estimate.basis))"
  }
}
