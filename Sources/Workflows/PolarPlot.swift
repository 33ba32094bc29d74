internal import Diagnostics
internal import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest
public import Quantities
internal import Readings
internal import Reports

/// What the user asked of `polar`.
public struct PolarRequest: Sendable {
  /// Whose values are looked at.
  public enum Place: Sendable, Hashable {
    case station(String)
    /// The mean of the stations of a cell, hour by hour.
    case cell(CellID)
  }

  /// Hourly values; also those of the stations around the place, which give a background.
  public var readingsPath: String
  /// Positions of the stations.
  public var stationsPath: String
  /// Wind table or NetCDF grid, see ``WindFile``.
  public var windPath: String
  /// The station or cell whose values are looked at.
  public var place: Place
  /// `-` is standard output.
  public var outputPath: String
  /// Where the plot goes; `nil` writes none.
  public var svgPath: String?
  /// Which column of the readings is looked at.
  public var pollutant = Pollutant.pm25
  /// Of all hours with value and wind, 0...100: what an hour must exceed to count as high.
  public var percentile = 90.0
  /// Of equal width, the first centred on north.
  public var sectors = 16
  /// Hours a bin must have.
  public var fewest = 5
  /// How all inputs are read.
  public var options: ReadOptions

  public init(
    readingsPath: String, stationsPath: String, windPath: String, place: Place, outputPath: String,
    options: ReadOptions
  ) {
    self.readingsPath = readingsPath
    self.stationsPath = stationsPath
    self.windPath = windPath
    self.place = place
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `polar` made.
public struct PolarSummary: Sendable, Codable {
  /// Hours with a value and wind.
  public var hours = 0
  /// Hours with a value that have no wind and are left out.
  public var hoursWithoutWind = 0
  /// `nil` without an hour of value and wind.
  public var threshold: Double?
  /// Whether other stations gave a background.
  public var hasBackground = false
  /// Of all inputs together.
  public var rowsRejected = 0
  /// What a person should know, one sentence each.
  public var notes: [String] = []

  enum CodingKeys: String, CodingKey {
    case hours, threshold, notes
    case hoursWithoutWind = "hours_without_wind"
    case hasBackground = "has_background"
    case rowsRejected = "rows_rejected"
  }
}

/// Writes how values depend on the wind, one row per sector and class of speed.
///
/// - Throws: `Problem` when the place has no station with values.
public func polarTable(_ request: PolarRequest, grid: Grid) throws -> PolarSummary {
  let files = try AttributionFiles(
    readingsPath: request.readingsPath, stationsPath: request.stationsPath, windPath: request.windPath,
    pollutant: request.pollutant, grid: grid, options: request.options)
  let hours = files.series.firstHour..<files.series.firstHour + Int32(files.series.hourCount)
  let lattice = try grid.lattice(sizeMetres: request.place.sizeMetres ?? grid.coarsestMetres)
  let own = files.stations.indices.filter { number in
    switch request.place {
    case .station(let id): files.stationIDs[number] == id
    case .cell(let cell): files.points[number].flatMap(lattice.cell(at:)) == cell
    }
  }
  guard let first = own.first, let point = files.points[first] else {
    throw Problem(
      "\(request.place.text) has no values in \(request.readingsPath) or no position in \(request.stationsPath)",
      remedy: "name a station that is in both files, or a cell with one")
  }
  let series = own.map { files.values(station: $0, hours: hours) }
  let values = (0..<hours.count).map { hour -> Double in
    let known = series.map { $0[hour] }.filter { !$0.isNaN }
    return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
  }
  let wind = files.winds.wind(at: point, hours: hours)
  let inputs = AttributionInputs(
    lattice: lattice, wind: wind, receptors: files.receptors(hours: hours), candidates: [])
  let backgrounds = inputs.background(around: [point], rules: AttributionRules())
  let hasBackground = backgrounds.contains { !$0.isNaN }
  let table = PolarTable(
    values: values, backgrounds: hasBackground ? backgrounds : nil, wind: wind, sectors: request.sectors,
    percentile: request.percentile, fewest: request.fewest)
  try write(table, to: request.outputPath)
  if let path = request.svgPath {
    let rose = SheetRose(
      table: table, measure: hasBackground ? .excess : .probability, quantity: request.pollutant.displayName,
      unit: request.pollutant.unit.rawValue,
      caption: "\(request.pollutant.displayName) by wind at \(request.place.text)")
    var file = try OutputFile(path: path)
    try file.write(rose.svg + "\n")
    try file.commit()
  }
  return PolarSummary(
    hours: table.hoursUsed, hoursWithoutWind: table.hoursWithoutWind, threshold: table.threshold,
    hasBackground: hasBackground, rowsRejected: files.rowsRejected, notes: files.notes)
}

extension PolarRequest.Place {
  fileprivate var sizeMetres: Int32? { if case .cell(let cell) = self { cell.sizeMetres } else { nil } }

  fileprivate var text: String {
    switch self {
    case .station(let id): "station \(id)"
    case .cell(let cell): "cell \(cell)"
    }
  }
}

private func write(_ table: PolarTable, to path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write(
    "sector,from_degrees,speed_from,speed_to,hours,mean,mean_excess,above,cpf,cpf_low,cpf_high,threshold,percentile\n")
  func rounded(_ value: Double?) -> Double? { value.map { ($0 * 10_000).rounded() / 10_000 } }
  for bin in table.bins {
    var line = CSVLine()
    line.add(bin.sector < 0 ? "calm" : "\(bin.sector)")
    line.add(bin.fromDegrees)
    line.add(bin.lowestSpeed)
    line.add(bin.highestSpeed)
    line.add(bin.hours)
    line.add(rounded(bin.mean))
    line.add(rounded(bin.meanExcess))
    line.add(bin.above)
    for number in [bin.probability, bin.lowestProbability, bin.highestProbability, table.threshold] {
      line.add(rounded(number))
    }
    line.add(table.percentile)
    try file.write(line.end())
  }
  try file.commit()
}
