internal import Diagnostics
internal import Export
internal import Geometry
public import Grids
public import Ingest
public import Quantities
public import Ranking
internal import Readings

/// What the user asked of `calibrate`.
public struct CalibrateRequest: Sendable {
  /// Hourly values of sensors and references, and of humidity and temperature where the file has them.
  public var readingsPath: String
  /// Kinds and positions: national and provincial stations are references.
  public var stationsPath: String
  /// Which column of the readings is calibrated.
  public var pollutant = Pollutant.pm25
  /// Where calibrated values go; `-` is standard output.
  public var outputPath: String
  /// Where coefficients go; `nil` writes none.
  public var coefficientsPath: String?
  /// Its quality rules flag hours before the fit; its calibration rules fit.
  public var policy = Policy.standard
  /// How both files are read.
  public var options: ReadOptions

  public init(readingsPath: String, stationsPath: String, outputPath: String, options: ReadOptions) {
    self.readingsPath = readingsPath
    self.stationsPath = stationsPath
    self.outputPath = outputPath
    self.options = options
  }
}

/// What `calibrate` made.
public struct CalibrateSummary: Sendable, Codable {
  /// Name of the calibration, also in the table of coefficients: it changes with the fit.
  public let version: String
  /// Sensors with coefficients of their own hours beside a reference.
  public let calibrated: Int
  /// Sensors with the median coefficients of the calibrated ones.
  public let transferred: Int
  /// Sensors left as they came, with a large error.
  public let raw: Int
  /// Reference stations among the readings, written as they came.
  public let references: Int
  /// Hours written.
  public let hours: Int
  /// Of the calibrated sensors' fits, 0...1; `nil` without one.
  public let medianR2: Double?
  /// Of the calibrated sensors in blocks of days left out of the fit, in the pollutant's unit; `nil` without one.
  public let medianLeftOutRMSE: Double?
  /// Which of humidity and temperature took part.
  public let weather: Bool
  /// Rows of the readings that could not be used.
  public let rowsRejected: Int
  /// What a person should know, one sentence each.
  public let notes: [String]

  enum CodingKeys: String, CodingKey {
    case version, calibrated, transferred, raw, references, hours, weather, notes
    case medianR2 = "median_r2"
    case medianLeftOutRMSE = "median_left_out_rmse"
    case rowsRejected = "rows_rejected"
  }
}

/// Calibrates the sensors of a readings file against its reference stations and writes values with error variances.
///
/// - Throws: `Problem` without a value of the pollutant, or when no station is a reference.
public func calibrateSensors(_ request: CalibrateRequest, grid: Grid) throws -> CalibrateSummary {
  let stations = try StationsFile.read(path: request.stationsPath, options: request.options).value.map(\.station)
  let known = Dictionary(stations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  let mobile = Set(stations.filter { $0.kind == .mobile }.map(\.id))
  let read = try ReadingsFile.read(
    path: request.readingsPath, options: request.options, grid: grid, mobileStations: mobile)
  guard let hours = read.value.hours.first(where: { $0.pollutant == request.pollutant }),
    let first = hours.hours.min(), let last = hours.hours.max()
  else {
    throw Problem(
      "\(request.readingsPath) has no \(request.pollutant.displayName) of a fixed station",
      remedy: "name another pollutant with --value")
  }
  let ids = read.value.stationIDs
  let days = LocalHour(ordinal: first).day...LocalHour(ordinal: last).day
  guard days.lowerBound.days(until: days.upperBound) < 4000 else {
    throw Problem(
      "the readings reach from \(days.lowerBound) to \(days.upperBound)",
      remedy: "calibrate one campaign at a time: a calibration holds for months")
  }
  var series = HourlySeries(hours, stationCount: ids.count, days: days)
  let roles = ids.map { known[$0]?.calibrationRole }
  guard roles.contains(true) else {
    throw Problem(
      "no station of the readings is a national or provincial one in \(request.stationsPath)",
      remedy: "give reference stations the kind national or provincial")
  }
  let positions = ids.map { id in known[id]?.position.map { grid.projection.forward($0) } }
  let weather = try WeatherColumns.read(
    path: request.readingsPath, options: request.options, stationIDs: ids, series: series)
  let quality = request.policy.quality
  var checked = [series]
  if quality.isOn {
    QualityControl.flag(
      &checked, positions: positions, wind: nil, rules: quality.rules, threads: request.options.threads)
  }
  series = checked[0]
  let made = NetworkCalibration(
    series, isReference: roles, positions: positions, weather: weather, excluding: quality.exclusionMask,
    rules: request.policy.calibration, threads: request.options.threads)
  let raw = series.values
  let variances = made.apply(to: &series, weather: weather)
  let written = try writeValues(series, raw: raw, variances: variances, made, ids: ids, to: request.outputPath)
  if let path = request.coefficientsPath { try writeCoefficients(made, ids: ids, to: path) }
  return summary(made, references: roles.count { $0 == true }, written: written, weather: weather != nil, read: read)
}

private func summary(
  _ made: NetworkCalibration, references: Int, written: Int, weather: Bool, read: ReadResult<ReadingsBatch>
) -> CalibrateSummary {
  let own = made.sensors.compactMap { $0?.status == .calibrated ? $0 : nil }
  func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
  return CalibrateSummary(
    version: made.version, calibrated: own.count, transferred: made.sensors.count { $0?.status == .transferred },
    raw: made.sensors.count { $0?.status == .raw }, references: references, hours: written,
    medianR2: median(own.map(\.r2)), medianLeftOutRMSE: median(own.map(\.leftOutRMSE)), weather: weather,
    rowsRejected: read.rejects.count, notes: read.notes)
}

/// `station_id,time,value,raw,error_variance,status,flags`; reference stations as they came.
private func writeValues(
  _ series: HourlySeries, raw: [Double], variances: [Double], _ made: NetworkCalibration, ids: [String],
  to path: String
) throws -> Int {
  var file = try OutputFile(path: path)
  try file.write("station_id,time,value,raw,error_variance,status,flags\n")
  var count = 0
  for station in ids.indices.sorted(by: { ids[$0] < ids[$1] }) {
    let status = made.sensors[station]?.status.rawValue ?? "reference"
    for hour in 0..<series.hourCount {
      let slot = station * series.hourCount + hour
      guard !series.values[slot].isNaN else { continue }
      var line = CSVLine()
      line.add(ids[station])
      line.add(LocalHour(ordinal: series.firstHour + Int32(hour)).description)
      line.add((series.values[slot] * 1000).rounded() / 1000)
      line.add(raw[slot])
      line.add(variances[slot].isNaN ? nil : (variances[slot] * 1000).rounded() / 1000)
      line.add(status)
      line.add(QualityFlags(rawValue: series.flags[slot]).names.joined(separator: " "))
      try file.write(line.end())
      count += 1
    }
  }
  try file.commit()
  return count
}

/// One row per sensor with its coefficients, their standard errors and how good the fit is.
private func writeCoefficients(_ made: NetworkCalibration, ids: [String], to path: String) throws {
  var file = try OutputFile(path: path)
  let terms = SensorCalibration.terms
  let names =
    ["station_id", "version", "status", "reference_id", "distance_metres", "hours", "days"] + terms
    + terms.map { "\($0)_se" } + ["r2", "rmse", "left_out_rmse", "error_floor", "error_share", "day_share", "reason"]
  try file.write(names.joined(separator: ",") + "\n")
  for station in ids.indices.sorted(by: { ids[$0] < ids[$1] }) {
    guard let sensor = made.sensors[station] else { continue }
    var line = CSVLine()
    line.add(ids[station])
    line.add(made.version)
    line.add(sensor.status.rawValue)
    line.add(sensor.reference.map { ids[Int($0)] } ?? "")
    line.add(sensor.distanceMetres.map { $0.rounded() })
    line.add(sensor.hours)
    line.add(sensor.days)
    for number in sensor.coefficients + sensor.standardErrors { line.add(number) }
    let rates = [
      sensor.r2, sensor.rmse, sensor.leftOutRMSE, sensor.errorFloor, sensor.errorShare, sensor.dayShare,
    ]
    for number in rates { line.add(number.isNaN ? nil : number) }
    line.add(sensor.reason)
    try file.write(line.end())
  }
  try file.commit()
}
