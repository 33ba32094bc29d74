public import Grids
public import Quantities

/// The published rule of the local-outlier alarm (预警): how far a cell must stand above the cells around it.
///
/// The ministry says "clearly above the surrounding cells" and gives no number; every threshold here is ours, named and
/// printed with each alarm.
public struct AlarmRule: Hashable, Sendable, Codable {
  /// Least `value / median of the ring`.
  public var minimumRatio: Double
  /// Least robust z of the contrast.
  public var minimumRobustZ: Double
  /// Least standard deviation of a contrast by pollutant (`pm25`, ...), in the pollutant's unit: what sensors and
  /// averaging leave undecided even in a perfectly even ring.
  public var floors: [String: Double]
  /// Least share of the ring's cells that must have a value, 0...1.
  public var minimumRingShare: Double
  /// Least number of the ring's cells that must have a value.
  public var minimumRingCells: Int
  /// Rings to start with: 1 is the 8 cells around.
  public var rings: Int
  /// Rings to widen to until enough cells have a value.
  public var maximumRings: Int

  enum CodingKeys: String, CodingKey {
    case floors, rings
    case minimumRatio = "minimum_ratio"
    case minimumRobustZ = "minimum_robust_z"
    case minimumRingShare = "minimum_ring_share"
    case minimumRingCells = "minimum_ring_cells"
    case maximumRings = "maximum_rings"
  }

  /// µg/m³, CO mg/m³.
  public static let defaultFloors = ["pm25": 5.0, "pm10": 10, "so2": 3, "no2": 4, "o3": 8, "co": 0.1]

  /// For fields that cover most cells, such as satellite retrievals: the 8 cells around, half of them seen.
  public static let dense = AlarmRule()

  /// For stations: the ring is widened up to 5 cells until 5 cells in it have a value.
  public static let sparse = AlarmRule(minimumRingShare: 0, minimumRingCells: 5, rings: 1, maximumRings: 5)

  public init(
    minimumRatio: Double = 1.2, minimumRobustZ: Double = 3, floors: [String: Double] = AlarmRule.defaultFloors,
    minimumRingShare: Double = 0.5, minimumRingCells: Int = 4, rings: Int = 1, maximumRings: Int = 1
  ) {
    self.minimumRatio = minimumRatio
    self.minimumRobustZ = minimumRobustZ
    self.floors = floors
    self.minimumRingShare = minimumRingShare
    self.minimumRingCells = minimumRingCells
    self.rings = rings
    self.maximumRings = maximumRings
  }

  /// What is wrong with the thresholds, in words. - Returns: `nil` when the rule can be used.
  public var defect: String? {
    if !(minimumRatio.isFinite && minimumRatio > 0) { return "minimum_ratio \(minimumRatio) is not above 0" }
    if !minimumRobustZ.isFinite { return "minimum_robust_z \(minimumRobustZ) is not a number" }
    if !(0...1).contains(minimumRingShare) { return "minimum_ring_share \(minimumRingShare) is not between 0 and 1" }
    if minimumRingCells < 1 { return "minimum_ring_cells \(minimumRingCells) is below 1" }
    if rings < 1 || maximumRings < rings || maximumRings > 50 {
      return "rings \(rings) to \(maximumRings) are not a range within 1 to 50"
    }
    for (pollutant, floor) in floors.sorted(by: { $0.key < $1.key }) where !(floor.isFinite && floor >= 0) {
      return "the floor \(floor) of \(pollutant) is not a number from 0"
    }
    return nil
  }

  /// In the pollutant's unit; 0 when the rule names none.
  public func floor(of pollutant: Pollutant) -> Double { floors[pollutant.rawValue] ?? 0 }

  /// The rule in plain language, with its thresholds.
  public func words(for pollutant: Pollutant) -> String {
    let ring =
      maximumRings > rings ? "rings 1 to \(rings)...\(maximumRings)" : rings == 1 ? "ring 1" : "rings 1 to \(rings)"
    let share = minimumRingShare > 0 ? ", \(number(minimumRingShare * 100)) % of them" : ""
    return "value >= \(number(minimumRatio)) x median of \(ring) (>= \(minimumRingCells) cells with data\(share)) and "
      + "robust z >= \(number(minimumRobustZ)) (floor \(number(floor(of: pollutant))) \(pollutant.unit.rawValue))"
  }

  /// The alarms of one field: cells whose contrast passes every threshold, in the field's order.
  ///
  /// - Parameters:
  ///   - field: Concentrations in the pollutant's unit.
  ///   - fieldName: Such as `satellite` or `ground`; printed with the alarm.
  public func alarms(
    field: CellField, period: Period, fieldName: String, pollutant: Pollutant = .pm25
  ) -> [Alarm] {
    let words = words(for: pollutant)
    return LocalContrast.all(of: field, rule: self, pollutant: pollutant).compactMap { contrast in
      guard isAlarm(contrast), let ratio = contrast.ratio, let robustZ = contrast.robustZ,
        let ringMedian = contrast.ringMedian
      else { return nil }
      return Alarm(
        cell: contrast.cell, period: period, field: fieldName, value: contrast.value, ringMedian: ringMedian,
        ringCells: contrast.ringCells, ratio: ratio, robustZ: robustZ, rule: words)
    }
  }

  /// Whether a contrast passes; a threshold that is just met is passed.
  public func isAlarm(_ contrast: LocalContrast) -> Bool {
    guard let ratio = contrast.ratio, let robustZ = contrast.robustZ else { return false }
    return ratio >= minimumRatio && robustZ >= minimumRobustZ
  }

  /// `1.2`, but `3` rather than `3.0`.
  private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
  }
}
