public import Geometry
public import Grids
public import Quantities
public import Readings

/// When satellite fire detections make a lead.
public struct FireRules: Hashable, Sendable, Codable {
  /// Days back from the last day of the evidence.
  public var windowDays = 7
  /// Of a detection; detections without a confidence count as nominal, 50.
  public var minimumConfidencePercent = 50.0

  public init() {}

  enum CodingKeys: String, CodingKey {
    case windowDays = "window_days"
    case minimumConfidencePercent = "minimum_confidence_percent"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if !(1...366).contains(windowDays) { result.append(("window_days", "\(windowDays) is not between 1 and 366")) }
    if !(0...100).contains(minimumConfidencePercent) {
      result.append(("minimum_confidence_percent", "\(minimumConfidencePercent) is not between 0 and 100"))
    }
    return result
  }
}

/// Cells with thermal anomalies.
public enum FireScreen {
  /// - Parameters:
  ///   - points: Where each detection is, in the plane of the region's lattice; `nil` without a position.
  ///   - lastDay: Last day of the window.
  ///   - source: Provenance of a detection, by its position in `fires`.
  /// - Returns: Leads by cell, ascending. Strength is the chance that one detection at least is right,
  ///   1 - Π(1 - confidence), which takes them for independent.
  public static func leads(
    _ fires: [FireDetection], points: [PlanePoint?], region: Region, rules: FireRules, lastDay: LocalDay,
    source: (Int) -> LeadSource
  ) -> [Lead] {
    let firstDay = lastDay.advanced(by: 1 - rules.windowDays)
    let chosen = fires.indices.filter {
      (firstDay...lastDay).contains(fires[$0].time.day)
        && fires[$0].confidencePercent ?? 50 >= rules.minimumConfidencePercent
    }
    return PointMap(chosen.map { points[$0] }, lattice: region.lattice).occupied.compactMap { entry in
      guard region.slot(of: entry.cell) != nil else { return nil }
      let numbers = entry.points.map { chosen[$0] }
      var miss = 1.0
      for number in numbers { miss *= 1 - min(100, fires[number].confidencePercent ?? 50) / 100 }
      let days = Set(numbers.map { fires[$0].time.day }).sorted()
      guard let first = days.first, let last = days.last else { return nil }
      let power = numbers.reduce(0) { $0 + (fires[$1].radiativePowerMegawatts ?? 0) }
      return Lead(
        kind: .fires, cell: entry.cell, creditCode: nil, meterID: nil, firstDay: first, lastDay: last,
        strength: 1 - miss,
        statement: "\(counted(numbers.count, "satellite fire detection")) fell into cell \(entry.cell) on "
          + "\(counted(days.count, "day")) between \(first) and \(last), in all \(plain(power, decimals: 1)) MW.",
        disproof:
          "Furnaces, flares, hot roofs and sunlit water look like fires; a detection may lie a kilometre from its "
          + "fire. Detections on many days speak for a plant, a single one for burning in the open.",
        numbers: [
          LeadNumber("detections", Double(numbers.count)), LeadNumber("days", Double(days.count)),
          LeadNumber("radiative power", power, "MW"),
        ],
        sources: numbers.prefix(8).map(source))
    }
  }
}
