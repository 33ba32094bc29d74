internal import Diagnostics
public import Evidence
internal import Export
public import Grids
public import Ingest
public import Quantities
internal import Ranking
internal import Readings

/// What `monitor stations` found.
public struct MonitorStationsSummary: Sendable, Codable {
  /// Stations with a value in the window, each a row of the frame.
  public let stations: Int
  /// Of those, the ones that give a reason to look.
  public let leads: Int
  /// Stations with a sign of each kind, by its name.
  public let signs: [String: Int]
  /// Stations that could be tested for a fall of their level: p of a fall is multiplied by them.
  public let dropsTested: Int
  /// Rows of the readings that could not be used.
  public let rowsRejected: Int
  /// What was missing and what is not said for lack of it, one sentence each.
  public let notes: [String]

  enum CodingKeys: String, CodingKey {
    case stations, leads, signs, notes
    case dropsTested = "drops_tested"
    case rowsRejected = "rows_rejected"
  }
}

/// Scores the stations of a readings file for a random check, and says which of them give a reason to look.
///
/// The output is a frame (`id,score,stratum,min_probability`) with further columns, so that `draw` can draw from it.
/// - Parameter windPath: Wind table or NetCDF; `nil` for none.
public func monitorStations(
  readingsPath: String, stationsPath: String, windPath: String?, pollutant: Pollutant, rules: StationIntegrityRules,
  grid: Grid, options: ReadOptions, outPath: String
) throws -> MonitorStationsSummary {
  var network = try ReadingsNetwork(
    readingsPath: readingsPath, stationsPath: stationsPath, needed: [pollutant],
    wanted: [.pm25, .pm10].filter { $0 != pollutant }, grid: grid, options: options)
  var notes = network.notes
  let observations = try windPath.map { path in
    WindGridFile.isGrid(path: path)
      ? try WindGridFile.read(path: path, time: nil, options: options).value
      : try WindFile.read(path: path, options: options).value
  }
  let wind = observations.flatMap { windSectors($0, days: network.days, positions: network.positions) }
  if wind == nil { notes.append("without wind an excess over the neighbours is never called a fault") }
  let quality = QualityRules()
  QualityControl.flag(
    &network.series, positions: network.points, wind: wind, rules: quality, threads: options.threads)
  guard let slot = network.slot(pollutant) else { preconditionFailure("the pollutant was asked for") }
  let series = network.series[slot]
  let reference = 0..<max(0, series.dayCount - rules.windowDays)
  if reference.count < rules.leastReferenceDays {
    notes.append("the file has \(series.dayCount) days: too few before the window to see a fall")
  }
  let residuals = StationResiduals(
    series, positions: network.points, wind: wind, reference: reference, rules: quality, threads: options.threads)
  let findings = StationIntegrityScreen.findings(series, residuals: residuals, rules: rules)
  guard !findings.isEmpty else {
    throw Problem(
      "no station has a value in the last \(rules.windowDays) days of \(readingsPath)", remedy: "give a later file")
  }
  try write(findings, network, pollutant, rules, to: outPath)
  let signs = StationIntegrityScreen.signs.enumerated().map { number, sign in
    (sign.name, findings.count { $0.flagged[number] >= rules.leastFlaggedHours })
  }
  return MonitorStationsSummary(
    stations: findings.count, leads: findings.count(where: \.isLead), signs: Dictionary(uniqueKeysWithValues: signs),
    dropsTested: findings.first?.tests ?? 0, rowsRejected: network.rejects.count, notes: notes)
}

private func write(
  _ findings: [StationFinding], _ network: ReadingsNetwork, _ pollutant: Pollutant, _ rules: StationIntegrityRules,
  to path: String
) throws(Problem) {
  var file = try OutputFile(path: path)
  let signs = StationIntegrityScreen.signs.map { $0.name.replacing("-", with: "_") + "_hours" }
  try file.write(
    "id,score,stratum,min_probability,first,last,hours,\(signs.joined(separator: ",")),change,drop_p,drop_tests,lead,"
      + "line,statement,disproof,method\n")
  for finding in findings.sorted(by: {
    network.ids[$0.station].utf8.lexicographicallyPrecedes(network.ids[$1.station].utf8)
  }) {
    let id = network.ids[finding.station]
    var line = CSVLine()
    line.add(id)
    line.add((finding.score * 10_000).rounded() / 10_000)
    line.add("")
    line.add(0.0)
    line.add(finding.firstDay.description)
    line.add(finding.lastDay.description)
    line.add(finding.hours)
    for hours in finding.flagged { line.add(hours) }
    line.add(finding.change.map { ($0 * 10_000).rounded() / 10_000 })
    line.add(finding.dropP)
    line.add(finding.tests)
    line.add(finding.isLead ? 1 : 0)
    line.add(network.firstLines[finding.station])
    line.add(
      StationIntegrityScreen.statement(finding, name: id, quantity: pollutant.displayName, rules: rules))
    line.add(StationIntegrityScreen.disproof)
    line.add(rules.version)
    try file.write(line.end())
  }
  try file.commit()
}
