internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Ranking
internal import Readings
internal import Store

/// The stations' PM2.5 as all of a plan uses it: hours up to the day after an evidence day, flagged by every check the
/// policy has on, calibrated, with places and wind. Fields, attribution, station integrity and loose coal read it.
struct CheckedReadings {
  /// Sorted by (station, hour); flags of the file and of the checks.
  let hours: StationHours
  /// ``InputFile/id`` of each hour.
  let files: [Int64]
  /// Flags that keep an hour out of cells.
  let mask: QualityFlags
  /// Error variance of each hour in the order of `hours`, when micro-stations were calibrated; NaN of references.
  let variances: [Double]
  let calibration: NetworkCalibration?
  /// The hours up to the end of the day on a lattice of stations and hours, with their flags; `nil` where no check needed one.
  let series: HourlySeries?
  /// Of each station, projected metres; `nil` for moving monitors and without a place.
  let points: [PlanePoint?]
  let wind: WindSectors?
  /// How many hours of the evidence day carry each flag that occurs, and are left out for it or kept.
  let notes: [String]

  init(day: LocalDay, workspace: Workspace, region: WorkspaceRegion, policy whole: Policy, threads: Int) throws {
    let policy = whole.quality
    // The day after: stuck and spike look across midnight.
    let needsHistory = policy.isOn || whole.calibration.enabled
    let days = day.advanced(by: needsHistory ? 1 - policy.historyDays : -1)...day.advanced(by: 1)
    var (hours, files) = try workspace.stationHours(pollutant: .pm25, days: days)
    mask = policy.exclusionMask
    guard needsHistory, hours.count > 0 else {
      (self.hours, self.files, variances, calibration, notes) = (hours, files, [], nil, [])
      (self.series, points, wind) = (nil, [], nil)
      return
    }
    let stations = try workspace.stations().values.map(\.station)
    let coarse = try workspace.stationHours(pollutant: .pm10, days: days).hours
    var series = [HourlySeries(hours, stationCount: stations.count, days: days)]
    if coarse.count > 0 { series.append(HourlySeries(coarse, stationCount: stations.count, days: days)) }
    let positions = stations.map { station in
      station.kind == .mobile ? nil : station.position.map { region.grid.projection.forward($0) }
    }
    let wind = windSectors(
      try workspace.wind(days: days), days: days, positions: stations.map(\.position))
    if policy.isOn {
      QualityControl.flag(
        &series, positions: positions, wind: wind,
        rules: policy.rules, threads: threads)
      series[0].writeFlags(to: &hours)
    }
    var notes = policy.isOn ? Self.notes(hours, day: day, mask: mask) : []
    var variances: [Double] = []
    var calibration: NetworkCalibration?
    if whole.calibration.enabled {
      let made = NetworkCalibration(
        series[0], isReference: stations.map(\.calibrationRole), positions: positions, weather: nil, excluding: mask,
        rules: whole.calibration, threads: threads)
      let ofSlot = made.apply(to: &series[0], weather: nil)
      variances = [Double](repeating: .nan, count: hours.count)
      for k in 0..<hours.count {
        guard let slot = series[0].slot(station: hours.stations[k], hour: hours.hours[k]) else { continue }
        hours.means[k] = series[0].values[slot]
        variances[k] = ofSlot[slot]
      }
      notes.append(Self.note(made))
      calibration = made
    }
    (self.hours, self.files, self.variances, self.calibration, self.notes) = (
      hours, files, variances, calibration, notes
    )
    // The day after served the checks that look across midnight; evidence ends with the day.
    self.series = HourlySeries(hours, stationCount: stations.count, days: days.lowerBound...day)
    (points, self.wind) = (positions, wind)
  }

  /// The day's field of the stations' cells, with the errors of calibrated sensors in its variance.
  func field(day: LocalDay, cells: [CellID?]) -> CellField {
    guard let calibration else { return CellAverages.day(day, of: hours, cellOfStation: cells, excluding: mask) }
    return CellAverages.day(day, of: hours, cellOfStation: cells, excluding: mask) { station, rows in
      calibration.dayVariance(station: Int(station), hourly: rows.map { variances[$0] })
    }
  }

  private static func note(_ made: NetworkCalibration) -> String {
    func count(_ status: SensorCalibration.Status) -> Int { made.sensors.count { $0?.status == status } }
    return "calibration \(made.version): \(count(.calibrated)) micro-stations by a reference beside them, "
      + "\(count(.transferred)) by the network's median, \(count(.raw)) as they came with a large error"
  }

  private static func notes(_ hours: StationHours, day: LocalDay, mask: QualityFlags) -> [String] {
    var counts = [Int](repeating: 0, count: QualityFlags.all.count)
    var (all, left) = (0, 0)
    let range = LocalHour(day: day, hourOfDay: 0).ordinal...LocalHour(day: day, hourOfDay: 23).ordinal
    for k in 0..<hours.count where range.contains(hours.hours[k]) {
      all += 1
      if hours.flags[k] & mask.rawValue != 0 { left += 1 }
      for (bit, flag) in QualityFlags.all.enumerated() where hours.flags[k] & flag.flag.rawValue != 0 {
        counts[bit] += 1
      }
    }
    let named = zip(QualityFlags.all, counts).filter { $0.1 > 0 }.map { "\($0.0.name) \($0.1)" }
    guard !named.isEmpty else { return [] }
    return [
      "quality control left out \(left) of \(all) PM2.5 station-hours of \(day): \(named.joined(separator: ", "))"
    ]
  }
}

extension Station {
  /// Whether a station is the truth (`true`), a sensor to be calibrated (`false`), or neither.
  var calibrationRole: Bool? {
    switch kind {
    case .national, .provincial: true
    case .micro, .county: false
    case .mobile: nil
    }
  }
}
