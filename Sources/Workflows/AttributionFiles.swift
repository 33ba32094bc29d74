internal import Diagnostics
internal import Evidence
internal import Geometry
internal import Grids
internal import Ingest
internal import Quantities
internal import Readings

/// Monitors and wind of `attribute` and `polar`, read and put on common hours.
struct AttributionFiles {
  let series: HourlySeries
  let stationIDs: [String]
  /// By position in `stationIDs`; `nil` for those the stations file does not know.
  let stations: [Station?]
  /// Projected metres; `nil` without a place.
  let points: [PlanePoint?]
  let winds: WindBook
  private(set) var notes: [String] = []
  private(set) var rowsRejected = 0

  /// - Throws: `Problem` without a value of the pollutant.
  init(
    readingsPath: String, stationsPath: String, windPath: String, pollutant: Pollutant, grid: Grid, options: ReadOptions
  ) throws {
    let listed = try StationsFile.read(path: stationsPath, options: options)
    let known = Dictionary(listed.value.map { ($0.station.id, $0.station) }, uniquingKeysWith: { first, _ in first })
    let mobile = Set(known.values.filter { $0.kind == .mobile }.map(\.id))
    let read = try ReadingsFile.read(path: readingsPath, options: options, grid: grid, mobileStations: mobile)
    guard let hours = read.value.hours.first(where: { $0.pollutant == pollutant }), let first = hours.hours.min(),
      let last = hours.hours.max()
    else {
      throw Problem(
        "\(readingsPath) has no \(pollutant.displayName) of a fixed station",
        remedy: "name another pollutant with --value")
    }
    let days = LocalHour(ordinal: first).day...LocalHour(ordinal: last).day
    guard days.lowerBound.days(until: days.upperBound) < 4000 else {
      throw Problem(
        "the readings reach from \(days.lowerBound) to \(days.upperBound)",
        remedy: "give the readings of one campaign")
    }
    stationIDs = read.value.stationIDs
    series = HourlySeries(hours, stationCount: stationIDs.count, days: days)
    stations = stationIDs.map { known[$0] }
    points = stations.map { $0?.position.map { grid.projection.forward($0) } }
    let wind = try WindFile.read(path: windPath, options: options)
    winds = WindBook(wind.value, points: wind.value.map { grid.projection.forward($0.position) })
    notes = listed.notes + read.notes + wind.notes
    rowsRejected = listed.rejects.count + read.rejects.count + wind.rejects.count
    let lost = stations.count { $0 == nil }
    if lost > 0 { notes.append("\(lost) stations of the readings are not in \(stationsPath): left out") }
  }

  /// Values of a station over some hours; NaN where there is none.
  func values(station: Int, hours: Range<Int32>) -> [Double] {
    hours.map { hour in series.slot(station: Int32(station), hour: hour).map { series.values[$0] } ?? .nan }
  }

  /// All monitors with a place over some hours, with the error of their kind.
  func receptors(hours: Range<Int32>) -> [AirReceptor] {
    stations.indices.compactMap { number in
      guard let station = stations[number], let point = points[number] else { return nil }
      return AirReceptor(point: point, kind: station.kind, values: values(station: number, hours: hours))
    }
  }
}
