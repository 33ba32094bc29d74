internal import Evidence
internal import Gridding
internal import Grids
internal import Hotspots
internal import Quantities
internal import Ranking
internal import Readings
internal import SpatialStatistics
internal import Store
internal import Surfaces

/// One field of the evidence day with what detection says about it.
struct DetectedField {
  let name: String
  let pollutant: Pollutant
  let field: CellField
  let hotspots: [HotspotRow]
  /// Of cells whose excess over it was tested.
  let backgrounds: [CellID: Double]
  /// P(hot) of the hot cells; empty where the field has no error variances, or the policy asks for none.
  let probabilities: [CellID: HotProbability]
  let alarms: [Alarm]
  let top: [CityTop.Row]
  let origin: FieldOrigin
  /// Dense fields cover most cells; sparse ones are stations.
  let isDense: Bool
}

/// Builds and tests the fields of one day.
struct PlanFields {
  let workspace: Workspace
  let region: WorkspaceRegion
  let policy: Policy
  let cities: CellCities
  let files: [Int64: InputFile]
  let threads: Int
  /// With the winds of the day that was asked for last.
  private(set) var background: FieldBackground?
  var gaps: [String] = []
  /// The station-hours behind the ground field of the day that was asked for last; `nil` without readings.
  private(set) var ground: CheckedReadings?

  init(workspace: Workspace, region: WorkspaceRegion, policy: Policy, files: [Int64: InputFile], threads: Int) {
    self.workspace = workspace
    self.region = region
    self.policy = policy
    self.files = files
    self.threads = threads
    cities = CellCities(region: region.region)
  }

  /// Satellite fields, then that of stations and moving monitors; absent ones are named in `gaps`.
  mutating func detect(day: LocalDay) throws -> [DetectedField] {
    var found: [DetectedField] = []
    background = try fieldBackground(day: day)
    for kind in [InputKind.raster, .swath] {
      let names = try workspace.variables(kind: kind)
      for variable in names {
        guard let field = try workspace.cellField(kind: kind, variable: variable, day: day), field.count > 0 else {
          gaps.append("no \(kind.rawValue) field of \(variable) for \(day)")
          continue
        }
        let pollutant = Pollutant(rawValue: variable) ?? .pm25
        let sources = try workspace.fieldFiles(kind: kind, variable: variable, day: day).map { source($0, line: 0) }
        let name = kind == .raster && variable == "pm25" ? "satellite" : "\(kind.rawValue)-\(variable)"
        found.append(try detect(name, pollutant, field, day: day, sources: sources, isDense: true))
      }
      if names.isEmpty { gaps.append("no \(kind.rawValue) was ever ingested") }
    }
    if let ground = try ground(day: day) { found.append(ground) }
    return found
  }

  private mutating func detect(
    _ name: String, _ pollutant: Pollutant, _ field: CellField, day: LocalDay, sources: [LeadSource], isDense: Bool
  ) throws -> DetectedField {
    var options = policy.detection.hotspots.options
    // Stations have few queen neighbours with data: clusters of theirs are looked for within five cells.
    if !isDense { options.neighbourhood = .radius(metres: 15_000) }
    let rule = isDense ? policy.detection.alarmDense : policy.detection.alarmSparse
    let period = Period.day(day)
    let (hotspots, backgrounds) = try clusters(
      name, field, period: period, options: options, isDense: isDense)
    let probabilities = try hotProbabilities(
      name, field, hotspots: hotspots, period: period, options: options, isDense: isDense)
    return DetectedField(
      name: name, pollutant: pollutant, field: field, hotspots: hotspots, backgrounds: backgrounds,
      probabilities: probabilities,
      alarms: rule.alarms(field: field, period: period, fieldName: name, pollutant: pollutant),
      top: CityTop.top(policy.detection.cityTopCells, of: field, cities: cities),
      origin: FieldOrigin(
        name: name, quantity: pollutant.displayName, unit: pollutant.unit.rawValue, sources: sources),
      isDense: isDense)
  }

  /// Gi* of a field, or of what a dense one has above its background; the rows keep the field's own values.
  ///
  /// Stations stand too far apart for a ring of their own: they are tested as they are.
  private mutating func clusters(
    _ name: String, _ field: CellField, period: Period, options: HotspotOptions, isDense: Bool
  ) throws -> (rows: [HotspotRow], backgrounds: [CellID: Double]) {
    guard isDense, let background else {
      return (HotspotDetection.giStar(field: field, period: period, options: options), [:])
    }
    let (residual, backgrounds, note) = try background.residual(of: field, period: period, threads: threads)
    if let note { gaps.append("\(name), \(note)") }
    let tested = HotspotDetection.giStar(field: residual, period: period, options: options)
    var slot = 0
    let rows = tested.map { row in
      while field.cells[slot] != row.cell { slot += 1 }
      return row.replacing(value: field.values[slot])
    }
    return (rows, Dictionary(zip(residual.cells, backgrounds), uniquingKeysWith: { first, _ in first }))
  }

  /// The background of the policy, with the day's wind where it asks for it and there is some.
  private mutating func fieldBackground(day: LocalDay) throws -> FieldBackground? {
    guard let rule = policy.detection.hotspots.backgroundRule else { return nil }
    guard policy.detection.hotspots.usesWind else { return FieldBackground(rule: rule) }
    let winds = try workspace.wind(days: day...day)
    guard !winds.isEmpty else {
      gaps.append("no wind for \(day): backgrounds are those of the whole ring")
      return FieldBackground(rule: rule)
    }
    return FieldBackground(rule: rule, winds: winds, grid: region.grid)
  }

  /// Cell-days of PM2.5 from fixed stations with a valid day; moving monitors do not make a day.
  private mutating func ground(day: LocalDay) throws -> DetectedField? {
    let stations = try workspace.stations()
    let cells = stations.values.map { row in region.cell(at: row.station.position) }
    let checked = try CheckedReadings(
      day: day, workspace: workspace, region: region, policy: policy, threads: threads)
    let (hours, sources) = (checked.hours, checked.files)
    guard hours.count > 0 else {
      gaps.append("no PM2.5 readings for \(day)")
      return nil
    }
    gaps += checked.notes
    ground = checked
    let field = checked.field(day: day, cells: cells)
    guard field.count > 0 else {
      gaps.append("no station has a valid PM2.5 day (20 hours, GB 3095 table 4) on \(day)")
      return nil
    }
    let used = Set(
      hours.hours.indices.filter { LocalHour(ordinal: hours.hours[$0]).day == day }.map { sources[$0] })
    return try detect(
      "ground", .pm25, field, day: day,
      sources: used.sorted().compactMap { id in files[id].map { source($0, line: 0) } }, isDense: false)
  }

  func source(_ file: InputFile, line: Int32) -> LeadSource {
    LeadSource(file: file.name, fileHash: file.shortHash, line: line)
  }

  /// Leads of the detected fields: alarms, clusters, and the highest cells of each city.
  func leads(_ fields: [DetectedField], day: LocalDay) -> [Lead] {
    let period = Period.day(day)
    return fields.flatMap { detected in
      let alarms = detected.alarms.filter { region.region.slot(of: $0.cell) != nil }.map {
        CellLeads.lead($0, origin: detected.origin)
      }
      let clusters = detected.hotspots.compactMap { row in
        let (bin, background) = (policy.detection.hotspots.minimumBin, detected.backgrounds[row.cell])
        return if let probability = detected.probabilities[row.cell] {
          CellLeads.lead(
            row, period: period, origin: detected.origin, minimumBin: bin, background: background,
            probability: probability)
        } else {
          CellLeads.lead(row, period: period, origin: detected.origin, minimumBin: bin, background: background)
        }
      }
      let top = detected.top.map { row in
        CellLeads.lead(
          ListedCell(
            cell: row.cell, list: "highest of \(row.city.name)", rank: row.rank,
            listed: policy.detection.cityTopCells, value: row.value, unit: detected.origin.unit, period: period),
          kind: .cityTop, origin: detected.origin)
      }
      return alarms + clusters + top
    }
  }
}

/// One decimal, for sentences.
func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
