internal import Diagnostics
public import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest
internal import Quantities
internal import Readings

/// What `detect coal` and `detect dust` did.
public struct EvidenceSummary: Sendable, Codable {
  /// Rows written.
  public let rows: Int
  /// Of these, reasons to look.
  public let leads: Int
  /// Of the readings, or of the dust-fall file.
  public let rowsRejected: Int
  /// What was missing and what is not said for lack of it, one sentence each.
  public let notes: [String]

  enum CodingKeys: String, CodingKey {
    case rows, leads, notes
    case rowsRejected = "rows_rejected"
  }
}

/// Scores cells for an evening signature of loose coal and writes one row per cell that could be judged.
public func detectCoal(
  readingsPath: String, stationsPath: String, rules: LooseCoalRules, grid: Grid, sizeMetres: Int32,
  options: ReadOptions,
  outPath: String
) throws -> EvidenceSummary {
  var network = try ReadingsNetwork(
    readingsPath: readingsPath, stationsPath: stationsPath, needed: [.so2, .pm25], wanted: [.no2], grid: grid,
    options: options)
  let quality = QualityRules()
  QualityControl.flag(&network.series, positions: network.points, wind: nil, rules: quality, threads: options.threads)
  guard let so2 = network.slot(.so2), let pm25 = network.slot(.pm25) else {
    preconditionFailure("both pollutants were asked for")
  }
  let weather = try WeatherColumns.read(
    path: readingsPath, options: options, stationIDs: network.ids, series: network.series[so2])
  let scores = LooseCoalScreen.scores(
    so2: network.series[so2], pm25: network.series[pm25], no2: network.slot(.no2).map { network.series[$0] },
    points: network.points, lattice: try grid.lattice(sizeMetres: sizeMetres), temperature: weather?.temperature,
    excluding: quality.exclusionMask, rules: rules)
  var file = try OutputFile(path: outPath)
  try file.write(
    "cell,first,last,days,days_above,stations,so2_rise,pm25_rise,so2_no2_rise,so2_p,pm25_p,p,temperature_tau,"
      + "temperature_p,lead,method\n")
  for score in scores {
    var line = CSVLine()
    line.add(score.cell.description)
    line.add(score.firstDay.description)
    line.add(score.lastDay.description)
    line.add(score.days)
    line.add(score.daysAbove)
    line.add(score.stations)
    line.add(score.so2Rise)
    line.add(score.pm25Rise)
    line.add(score.so2ToNO2Rise)
    line.add(score.so2P)
    line.add(score.pm25P)
    line.add(score.p)
    line.add(score.temperatureTau)
    line.add(score.temperatureP)
    line.add(score.isLead ? 1 : 0)
    line.add(rules.version)
    try file.write(line.end())
  }
  try file.commit()
  var notes = network.notes
  if scores.isEmpty {
    notes.append("no cell has \(rules.leastDays) days of the heating season with enough cells around it")
  }
  if weather == nil { notes.append("without temp, nothing is said about cold days") }
  if network.slot(.no2) == nil { notes.append("without NO2, coal is not told from traffic") }
  return EvidenceSummary(
    rows: scores.count, leads: scores.count(where: \.isLead), rowsRejected: network.rejects.count, notes: notes)
}
