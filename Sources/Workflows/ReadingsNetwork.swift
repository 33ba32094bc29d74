internal import Diagnostics
internal import Geometry
internal import Grids
internal import Ingest
internal import Quantities
internal import Readings

/// Fixed stations of a readings file as dense hours, for the file verbs that look at a whole network.
struct ReadingsNetwork {
  /// In order of appearance in the file.
  let ids: [String]
  /// WGS 84 and projected metres; `nil` without a place.
  let positions: [LonLat?]
  let points: [PlanePoint?]
  let days: ClosedRange<LocalDay>
  /// One per pollutant that was asked for and occurs.
  var series: [HourlySeries]
  /// First line of each station in the file, 1 where nobody knows.
  let firstLines: [Int32]
  let notes: [String]
  let rejects: RejectLog

  /// - Parameters:
  ///   - needed: Pollutants without which nothing can be done.
  ///   - wanted: Further ones that are taken where they occur.
  /// - Throws: `Problem` when a needed pollutant has no value at a fixed station.
  init(
    readingsPath: String, stationsPath: String, needed: [Pollutant], wanted: [Pollutant], grid: Grid,
    options: ReadOptions
  ) throws {
    let stations = try StationsFile.read(path: stationsPath, options: options).value.map(\.station)
    let known = Dictionary(stations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let mobile = Set(stations.filter { $0.kind == .mobile }.map(\.id))
    let read = try ReadingsFile.read(path: readingsPath, options: options, grid: grid, mobileStations: mobile)
    let found = (needed + wanted).compactMap { pollutant in read.value.hours.first { $0.pollutant == pollutant } }
    for pollutant in needed where !found.contains(where: { $0.pollutant == pollutant && $0.count > 0 }) {
      throw Problem(
        "\(readingsPath) has no \(pollutant.displayName) of a fixed station",
        remedy: "give a readings file with the column \(pollutant.rawValue)")
    }
    let hours = found.flatMap(\.hours)
    guard let first = hours.min(), let last = hours.max() else {
      throw Problem("\(readingsPath) has no hour that can be used", remedy: "check the file's times")
    }
    days = LocalHour(ordinal: first).day...LocalHour(ordinal: last).day
    guard days.lowerBound.days(until: days.upperBound) < 1000 else {
      throw Problem(
        "the readings reach from \(days.lowerBound) to \(days.upperBound)", remedy: "give one season at a time")
    }
    ids = read.value.stationIDs
    let own = Dictionary(
      read.value.stations.map { ($0.station.id, $0.station.position) }, uniquingKeysWith: { first, _ in first })
    positions = ids.map { known[$0]?.position ?? own[$0] ?? nil }
    points = positions.map { $0.map(grid.projection.forward) }
    var lines = [Int32](repeating: 1, count: ids.count)
    for part in found {
      for k in part.stations.indices.reversed() { lines[Int(part.stations[k])] = part.firstLines[k] }
    }
    firstLines = lines
    let (count, range) = (ids.count, days)
    series = found.map { HourlySeries($0, stationCount: count, days: range) }
    notes = read.notes
    rejects = read.rejects
  }

  /// Position of a pollutant in `series`.
  func slot(_ pollutant: Pollutant) -> Int? { series.firstIndex { $0.pollutant == pollutant } }
}
