internal import Evidence
internal import Geometry
internal import Grids
internal import Quantities
internal import Readings
internal import Reports
internal import Store

/// Polar tables of the monitors nearest to targets, from the last two weeks of a workspace.
struct SheetRoses {
  private let points: [PlanePoint?]
  private let names: [String]
  private let inputs: AttributionInputs?
  private let winds: WindBook
  private let hours: Range<Int32>
  private let region: WorkspaceRegion
  private let values: [[Double]]
  private let days: ClosedRange<LocalDay>

  /// A monitor farther away says little about a target, metres.
  static let reachMetres = 6_000.0

  init(workspace: Workspace, region: WorkspaceRegion, lastDay: LocalDay) throws {
    self.region = region
    days = lastDay.advanced(by: -13)...lastDay
    let first = LocalHour(day: days.lowerBound, hourOfDay: 0).ordinal
    let hours = first..<first + 14 * 24
    self.hours = hours
    let stations = try workspace.stations().values.map(\.station)
    let points = stations.map { station in
      station.kind == .mobile ? nil : station.position.map { region.grid.projection.forward($0) }
    }
    self.points = points
    names = stations.map(\.id)
    let observations = try workspace.wind(days: days)
    winds = WindBook(observations, points: observations.map { region.grid.projection.forward($0.position) })
    let read = try workspace.stationHours(pollutant: .pm25, days: days).hours
    guard !observations.isEmpty, read.count > 0 else {
      (inputs, values) = (nil, [])
      return
    }
    let series = HourlySeries(read, stationCount: stations.count, days: days)
    let values = stations.indices.map { number in
      hours.map { hour in series.slot(station: Int32(number), hour: hour).map { series.values[$0] } ?? .nan }
    }
    self.values = values
    let unknown = [Double](repeating: .nan, count: hours.count)
    inputs = AttributionInputs(
      lattice: region.region.lattice, wind: HourlyWind(firstHour: first, east: unknown, north: unknown),
      receptors: stations.indices.compactMap { number in
        points[number].map { AirReceptor(point: $0, kind: stations[number].kind, values: values[number]) }
      }, candidates: [])
  }

  /// - Returns: `nil` without a position, wind, or a monitor with values within reach.
  func rose(near position: LonLat?, _ isSynthetic: Bool) -> SheetRose? {
    guard var inputs, let target = position.map(region.grid.projection.forward) else { return nil }
    var best: (station: Int, square: Double)?
    for (number, point) in points.enumerated() {
      guard let point else { continue }
      let (dx, dy) = (point.x - target.x, point.y - target.y)
      let square = dx * dx + dy * dy
      guard square <= Self.reachMetres * Self.reachMetres, best.map({ square < $0.square }) ?? true,
        values[number].contains(where: { !$0.isNaN })
      else { continue }
      best = (number, square)
    }
    guard let best, let point = points[best.station] else { return nil }
    inputs.wind = winds.wind(at: point, hours: hours)
    let backgrounds = inputs.background(around: [point], rules: AttributionRules())
    let hasBackground = backgrounds.contains { !$0.isNaN }
    let table = PolarTable(
      values: values[best.station], backgrounds: hasBackground ? backgrounds : nil, wind: inputs.wind, sectors: 16,
      percentile: 90, fewest: 5)
    guard table.hoursUsed > 0 else { return nil }
    let kilometres = (best.square.squareRoot() / 100).rounded() / 10
    return SheetRose(
      table: table, measure: hasBackground ? .excess : .probability, quantity: Pollutant.pm25.displayName,
      unit: Pollutant.pm25.unit.rawValue,
      caption: "PM2.5 by wind at \(names[best.station]), \(kilometres) km away, \(days.lowerBound) to "
        + "\(days.upperBound)\(isSynthetic ? ", synthetic" : "")")
  }
}
