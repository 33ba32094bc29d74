internal import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest
public import Quantities
internal import Readings

/// What the user asked of `attribute`.
public struct AttributeRequest: Sendable {
  /// Hourly values of the monitors that a plume would have to pass.
  public var readingsPath: String
  /// Positions of the monitors, and which are micro-stations.
  public var stationsPath: String
  /// Wind table or NetCDF grid, see ``WindFile``.
  public var windPath: String
  /// The register: firms with a position are the candidates.
  public var enterprisesPath: String
  /// Output of `detect alarm` or `detect gi-star`: rows of class alarm or with a bin from 2 are attributed.
  public var hotPath: String
  /// Load curves, for the hours in which a firm works; `nil` takes what is usual.
  public var powerPath: String?
  /// Meters of those curves; one of the two files without the other is not looked at.
  public var metersPath: String?
  /// Stop orders, which lower what an unmetered firm is thought to emit; `nil` for none.
  public var ordersPath: String?
  /// `-` is standard output.
  public var outputPath: String
  /// What is explained; alarms should be of the same.
  public var pollutant = Pollutant.pm25
  /// Priors, windows and thresholds of the attribution.
  public var rules = AttributionRules()
  /// Of the sampler.
  public var seed: UInt64 = 1
  /// How all inputs are read; its threads serve the sampling too.
  public var options: ReadOptions

  public init(
    readingsPath: String, stationsPath: String, windPath: String, enterprisesPath: String, hotPath: String,
    outputPath: String, options: ReadOptions
  ) {
    self.readingsPath = readingsPath
    self.stationsPath = stationsPath
    self.windPath = windPath
    self.enterprisesPath = enterprisesPath
    self.hotPath = hotPath
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `attribute` made.
public struct AttributeSummary: Sendable, Codable {
  /// Groups of touching alarm or hot cells, each day's on their own.
  public var anomalies = 0
  /// Of those, the ones that got a posterior; the others are in `abstentions`.
  public var attributed = 0
  /// Anomalies by reason.
  public var abstentions: [String: Int] = [:]
  /// Firms whose probability of half the excess reaches the rules' least.
  public var likelySources = 0
  /// Of all inputs together.
  public var rowsRejected = 0
  /// What was missing and how the attribution went on without it, one sentence each.
  public var notes: [String] = []

  enum CodingKeys: String, CodingKey {
    case anomalies, attributed, abstentions, notes
    case likelySources = "likely_sources"
    case rowsRejected = "rows_rejected"
  }
}

/// Names the method in outputs; changes with every change of a number.
public let attributionVersion = "attribution-1"

/// Attributes the alarms and hot cells of a file to firms, and writes the posterior of each.
///
/// - Throws: `Problem` when the file has neither alarms nor hot cells, or no row has a day.
public func attributeAnomalies(_ request: AttributeRequest, grid: Grid) throws -> AttributeSummary {
  let options = request.options
  let files = try AttributionFiles(
    readingsPath: request.readingsPath, stationsPath: request.stationsPath, windPath: request.windPath,
    pollutant: request.pollutant, grid: grid, options: options)
  let hot = try HotCellsFile.read(path: request.hotPath, options: options)
  let firms = try EnterprisesFile.read(path: request.enterprisesPath, options: options)
  var summary = AttributeSummary()
  summary.rowsRejected = files.rowsRejected + hot.rejects.count + firms.rejects.count
  summary.notes = files.notes + hot.notes + firms.notes
  let days = try anomalyDays(hot.value, path: request.hotPath, series: files.series)
  guard let size = days.first?.cells.first?.sizeMetres else { return summary }
  let lattice = try grid.lattice(sizeMetres: size)
  let activity = try FirmActivity(request, firms: firms.value, grid: grid, lattice: lattice)
  summary.notes += activity.notes
  summary.rowsRejected += activity.rowsRejected
  var output = try OutputFile(path: request.outputPath)
  try output.write(
    "anomaly,cells,period,rank,source,uscc,name,source_cell,share,share_p05,share_p95,p_half,p_main,excess,"
      + "unexplained_share,hours,hours_without_wind,calm_hours,monitors,firms_in_reach,ensemble,abstention,method,seed\n"
  )
  let attribution = Attribution(request.rules, sizeMetres: size, seed: request.seed)
  for day in days {
    let first = LocalHour(day: day.day.advanced(by: 1 - request.rules.evidenceDays), hourOfDay: 0).ordinal
    let hours = first..<LocalHour(day: day.day.advanced(by: 1), hourOfDay: 0).ordinal
    let anomalies = AirAnomaly.groups(of: day.cells)
    let winds = anomalies.map { files.winds.wind(at: lattice.centre(of: $0.cells[0]), hours: hours) }
    let found = activity.candidates(hours: hours, rules: request.rules)
    let inputs = AttributionInputs(
      lattice: lattice, wind: winds[0], receptors: files.receptors(hours: hours), candidates: found.candidates,
      unregistered: found.unregistered)
    let results = attribution.posteriors(of: anomalies, inputs: inputs, winds: winds, threads: options.threads)
    for result in results {
      try write(result, day: day.day, firms: firms.value, activity: activity, seed: request.seed, to: &output)
      summary.anomalies += 1
      if let abstention = result.abstention {
        summary.abstentions[abstention.rawValue, default: 0] += 1
      } else {
        summary.attributed += 1
      }
      summary.likelySources += result.shares.count { share in
        if case .firm = share.source { share.halfProbability >= request.rules.leadProbability } else { false }
      }
    }
  }
  try output.commit()
  return summary
}

/// Alarm and hot cells by day, days ascending. A row without a period is of the last day of the readings.
private func anomalyDays(
  _ rows: [HotCellsFile.Row], path: String, series: HourlySeries
) throws(Problem) -> [(day: LocalDay, cells: [CellID])] {
  let last = LocalHour(ordinal: series.firstHour + Int32(series.hourCount) - 1).day
  var cells: [LocalDay: [CellID]] = [:]
  for row in rows where row.classification == "alarm" || (row.bin ?? 0) >= 2 {
    switch row.period {
    case nil: cells[last, default: []].append(row.cell)
    case .day(let day): cells[day, default: []].append(row.cell)
    case .hour(let hour): cells[hour.day, default: []].append(row.cell)
    case .month(let month):
      throw Problem(
        "\(path) has the month \(month.firstDay.month.firstDay) as a period",
        remedy: "attribute cells of days: run detect with --period day")
    }
  }
  guard !cells.isEmpty else {
    throw Problem(
      "\(path) has no row of class alarm and none with a bin of 2 or 3",
      remedy: "give the output of 'hotgrid detect alarm' or 'hotgrid detect gi-star'")
  }
  return cells.keys.sorted().map { ($0, Array(Set(cells[$0] ?? [])).sorted()) }
}

private func write(
  _ result: AttributionResult, day: LocalDay, firms: [Enterprise], activity: FirmActivity, seed: UInt64,
  to file: inout OutputFile
) throws(Problem) {
  func line(_ rank: Int?, _ share: SourceShare?) -> String {
    var line = CSVLine()
    line.add(result.anomaly.cells[0].description)
    line.add(result.anomaly.cells.map(\.description).joined(separator: " "))
    line.add(day.description)
    line.add(rank)
    switch share?.source {
    case .firm(let number):
      line.add("firm")
      line.add(firms[number].creditCode)
      line.add(firms[number].name)
      line.add(activity.cells[number]?.description ?? "")
    case .unregistered(let cell):
      line.add("unregistered")
      line.add("")
      line.add("")
      line.add(cell.description)
    case .background, nil:
      line.add(share == nil ? "" : "background")
      for _ in 0..<3 { line.add("") }
    }
    for number in [
      share?.share, share?.lowest, share?.highest, share?.halfProbability, share?.mainProbability, result.excess,
      result.unexplainedShare,
    ] { line.add(number.map { ($0 * 10_000).rounded() / 10_000 }) }
    let counts = [
      result.hoursUsed, result.hoursWithoutWind, result.calmHours, result.receptors, result.candidates, result.ensemble,
    ]
    for count in counts { line.add(count) }
    line.add(result.abstention?.rawValue ?? "")
    line.add(attributionVersion)
    line.add("\(seed)")
    return line.end()
  }
  guard result.abstention == nil else { return try file.write(line(nil, nil)) }
  // What explains less than half a percent is the sampler's noise, unless it is all there is.
  for (rank, share) in result.shares.enumerated() where rank < 3 || share.share >= 0.005 {
    try file.write(line(rank + 1, share))
  }
}
