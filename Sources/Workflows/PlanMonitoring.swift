internal import Enterprises
internal import Evidence
internal import Geometry
internal import Grids
internal import Quantities
internal import Ranking
internal import Readings
internal import Store

/// Leads about monitors and about what they see beside PM2.5: emission monitors, stations, loose coal, dust-fall.
struct PlanMonitoring {
  let workspace: Workspace
  let region: WorkspaceRegion
  let policy: Policy
  let files: [Int64: InputFile]
  let threads: Int
  private(set) var gaps: [String] = []

  init(workspace: Workspace, region: WorkspaceRegion, policy: Policy, files: [Int64: InputFile], threads: Int) {
    self.workspace = workspace
    self.region = region
    self.policy = policy
    self.files = files
    self.threads = threads
  }

  private func source(_ file: Int64, line: Int32) -> LeadSource {
    LeadSource(file: files[file]?.name ?? "file \(file)", fileHash: files[file]?.shortHash ?? "", line: line)
  }

  /// Reports of continuous emission monitors of the last 30 days, held against the load of the production circuits.
  ///
  /// - Parameter loads: Of the workspace's meters, in their order.
  mutating func emissions(
    lastDay: LocalDay, enterprises: Sourced<Located<Enterprise>>, meters: [Meter], loads: [DayLoads]
  ) throws -> [Lead] {
    let days = lastDay.advanced(by: -29)...lastDay
    let (hours, outletFiles) = try workspace.emissionHours(days: days)
    guard hours.count > 0 else { return [] }
    let inside = loads.filter { days.contains($0.day) }
    let power = inside.isEmpty ? nil : FirmPower(loads: inside, meters: meters, days: days)
    let screen = EmissionScreen(rules: policy.emissionMonitors, enterprises: enterprises.values.map(\.value))
    let findings = screen.findings(hours, power: power, days: days, threads: threads)
    let firms = Dictionary(
      enterprises.values.map { ($0.value.creditCode, $0) }, uniquingKeysWith: { first, _ in first })
    let silent = findings.abstentionCounts.prefix(3).map { "\($0.outlets) \($0.reason.rawValue)" }
    gaps.append(
      "\(findings.outletsJudged) of \(hours.outlets.count) outlets with emission monitors could be judged"
        + (silent.isEmpty ? "" : " (silent tests: \(silent.joined(separator: ", ")))"))
    return findings.flags.map { flag in
      let outlet = hours.outlets[flag.outlet]
      let firm = firms[outlet.creditCode]
      return flag.lead(
        outlet, name: firm?.value.name ?? outlet.creditCode, cell: firm?.cell,
        sources: flag.lines.map { source(outletFiles[flag.outlet], line: $0) })
    }
  }

  /// Stations whose series look gamed. `ground` holds the weeks that quality control looked at.
  mutating func stations(_ ground: CheckedReadings?) throws -> [Lead] {
    guard let ground, let checked = ground.series else { return [] }
    let rules = policy.stationIntegrity
    let stations = try workspace.stations()
    let (series, wind) = try withReference(checked, ground, stations: stations.values.map(\.station))
    let reference = 0..<max(0, series.dayCount - rules.windowDays)
    let residuals = StationResiduals(
      series, positions: ground.points, wind: wind, reference: reference, rules: policy.quality.rules,
      threads: threads)
    let findings = StationIntegrityScreen.findings(series, residuals: residuals, rules: rules)
    var newest: [Int32: Int64] = [:]
    for k in 0..<ground.hours.count { newest[ground.hours.stations[k]] = ground.files[k] }
    return StationIntegrityScreen.leads(
      findings, names: stations.values.map(\.station.id),
      cells: stations.values.map { region.cell(at: $0.station.position) }, quantity: Pollutant.pm25.displayName,
      rules: rules
    ) { finding in newest[Int32(finding.station)].map { [source($0, line: 0)] } ?? [] }
  }

  /// The checked series with as many days before it as the test of a fall needs.
  ///
  /// Quality control looks back three weeks, of which the window of the fall takes two. The days before are read as they
  /// came and are not checked: they are only compared by daily medians, which single bad hours do not move. A network that
  /// was calibrated is compared as it came throughout, or the calibration itself would look like a fall.
  private func withReference(
    _ checked: HourlySeries, _ ground: CheckedReadings, stations: [Station]
  ) throws -> (series: HourlySeries, wind: WindSectors?) {
    let rules = policy.stationIntegrity
    let first = LocalHour(ordinal: checked.firstHour).day
    let last = first.advanced(by: checked.dayCount - 1)
    // A week more than the least, because days without enough neighbours do not count.
    let wanted = last.advanced(by: 1 - rules.windowDays - rules.leastReferenceDays - 7)
    guard wanted < first else { return (checked, ground.wind) }
    let isCalibrated = ground.calibration != nil
    let early = try workspace.stationHours(
      pollutant: .pm25, days: wanted...(isCalibrated ? last : first.advanced(by: -1))
    ).hours
    guard early.count > 0 else { return (checked, ground.wind) }
    var series = HourlySeries(early, stationCount: checked.stationCount, days: wanted...last)
    let added = series.hourCount - checked.hourCount
    for station in 0..<checked.stationCount {
      for hour in 0..<checked.hourCount {
        let (from, to) = (station * checked.hourCount + hour, station * series.hourCount + added + hour)
        series.flags[to] = checked.flags[from]
        guard !isCalibrated else { continue }
        series.values[to] = checked.values[from]
        series.counts[to] = checked.counts[from]
      }
    }
    let wind = windSectors(
      try workspace.wind(days: wanted...last), days: wanted...last, positions: stations.map(\.position))
    return (series, wind)
  }

  /// Evening signatures of loose coal in the heating season.
  mutating func looseCoal(lastDay: LocalDay, ground: CheckedReadings?) throws -> [Lead] {
    guard let ground, let fine = ground.series, policy.looseCoal.isHeating(lastDay) else { return [] }
    let first = LocalHour(ordinal: fine.firstHour).day
    let days = first...first.advanced(by: fine.dayCount - 1)
    func series(_ pollutant: Pollutant) throws -> HourlySeries? {
      let hours = try workspace.stationHours(pollutant: pollutant, days: days).hours
      return hours.count > 0 ? HourlySeries(hours, stationCount: fine.stationCount, days: days) : nil
    }
    guard let so2 = try series(.so2) else { return [] }
    let scores = LooseCoalScreen.scores(
      so2: so2, pm25: fine, no2: try series(.no2), points: ground.points, lattice: region.region.lattice,
      temperature: nil, excluding: ground.mask, rules: policy.looseCoal)
    return LooseCoalScreen.leads(scores) { _ in [] }.filter {
      $0.cell.map { region.region.slot(of: $0) != nil } ?? false
    }
  }

  /// Collectors above the limit in the newest month with samples, at most three months back.
  mutating func dustFall(lastDay: LocalDay) throws -> [Lead] {
    let last = lastDay.month
    let samples = try workspace.dustFall(months: last.advanced(by: -3)...last)
    guard let newest = samples.values.map(\.value.month).max() else { return [] }
    let chosen = samples.values.indices.filter { samples.values[$0].value.month == newest }
    return DustFallScreen.leads(
      chosen.map { samples.values[$0].value }, cells: chosen.map { samples.values[$0].cell }, rules: policy.dustFall
    ) { source(samples.files[chosen[$0]], line: samples.values[chosen[$0]].value.line) }
  }
}
