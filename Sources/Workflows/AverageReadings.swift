public import Diagnostics
internal import Export
public import Grids
public import Ingest
public import Quantities
public import Readings

/// What `average` wrote.
public struct AverageSummary: Sendable {
  /// Rows written, one per station and period.
  public let rows: Int
  /// Of those, averages of enough values to be valid by GB 3095.
  public let valid: Int
  /// Of those, averages of values from before and after 2018-09-01, whose reference conditions differ.
  public let straddling: Int
  /// What could not be used, for the reject file.
  public let rejects: RejectLog
  /// What a person should know of the readings, one sentence each.
  public let notes: [String]
}

/// Averages of every fixed station by the periods and validity rules of GB 3095, as
/// `station_id,period,value,count,valid,limit,exceeds,index,standard,note`.
///
/// - Parameters:
///   - onlyValid: Leaves out averages with too few values.
///   - rules: Checks that one file allows run first and their flags exclude; `nil` takes every value as it is.
/// - Throws: `Problem` without a value of the pollutant.
public func averageReadings(
  path: String, pollutant: Pollutant, kind: StandardAverages.Kind, onlyValid: Bool, rules: QualityRules?, grid: Grid,
  options: ReadOptions, out: String
) throws -> AverageSummary {
  let read = try ReadingsFile.read(path: path, options: options, grid: grid)
  var all = read.value.hours
  if let rules { QualityControl.flagWithinFile(&all, rules: rules) }
  guard let hours = all.first(where: { $0.pollutant == pollutant }) else {
    throw Problem(
      "\(path) has no \(pollutant.displayName) of a fixed station", remedy: "name another pollutant with --value")
  }
  let averages = StandardAverages(kind, of: hours, excluding: rules?.exclusionMask ?? [])
  let ids = read.value.stationIDs
  let order = averages.rows.indices.filter { !onlyValid || averages.rows[$0].isValid }.sorted {
    (ids[Int(averages.rows[$0].station)], $0) < (ids[Int(averages.rows[$1].station)], $1)
  }
  var file = try OutputFile(path: out)
  try file.write("station_id,period,value,count,valid,limit,exceeds,index,standard,note\n")
  for position in order {
    let row = averages.rows[position]
    let standard = AirStandard.inForce(on: row.days.upperBound)
    let limit = limit(standard, pollutant, kind)
    var line = CSVLine()
    line.add(ids[Int(row.station)])
    line.add(row.label(kind))
    line.add((row.value * 1000).rounded() / 1000)
    line.add(row.count)
    line.add(row.isValid ? 1 : 0)
    line.add(limit)
    line.add(limit.map { row.value > $0 ? 1 : 0 })
    line.add(index(standard, pollutant, kind, row.value))
    line.add(row.standard)
    line.add(row.straddlesReferenceChange ? "mixes reference conditions of before and after 2018-09-01" : "")
    try file.write(line.end())
  }
  try file.commit()
  return AverageSummary(
    rows: order.count, valid: order.count { averages.rows[$0].isValid },
    straddling: order.count { averages.rows[$0].straddlesReferenceChange }, rejects: read.rejects, notes: read.notes)
}

/// The class 2 limit of an average. - Returns: `nil` where the standard has none.
private func limit(_ standard: AirStandard, _ pollutant: Pollutant, _ kind: StandardAverages.Kind) -> Double? {
  switch kind {
  case .eightHours: pollutant == .o3 ? standard.dailyLimit[.o3] : nil
  case .day: pollutant == .o3 ? nil : standard.dailyLimit[pollutant]
  case .dayMaximumEight: pollutant == .o3 ? standard.dailyLimit[.o3] : nil
  case .year: standard.annualLimit[pollutant]
  case .month, .nowCast: nil
  }
}

/// The individual index of an average. - Returns: `nil` where HJ 633 gives none.
private func index(
  _ standard: AirStandard, _ pollutant: Pollutant, _ kind: StandardAverages.Kind, _ value: Double
) -> Int? {
  switch kind {
  case .day where pollutant != .o3, .dayMaximumEight where pollutant == .o3, .eightHours where pollutant == .o3:
    standard.index(of: pollutant, concentration: value)
  default: nil
  }
}
