/// How hard a firm worked, hour by hour, from its own meter.
public struct MeteredLoad: Sendable {
  /// kWh of an hour at full load: the 95th percentile of all known hours, so that a spike does not set the scale.
  public let fullLoad: Double
  /// Share of full load, 0...1, of the last hours; an hour without a value has the mean of the same hour on other days.
  public let levels: [Float]

  /// - Parameters:
  ///   - hourlyKilowattHours: Of production where it is metered, else of the total, oldest first, from 00:00 of a day;
  ///     NaN where there is none.
  ///   - evidenceHours: The last so many become ``levels``.
  /// - Returns: `nil` when fewer than 24 hours are known or none has load.
  public init?(hourlyKilowattHours: [Double], evidenceHours: Int) {
    let known = hourlyKilowattHours.filter { $0 >= 0 }.sorted()
    guard known.count >= 24, evidenceHours <= hourlyKilowattHours.count else { return nil }
    let full = known[min(known.count - 1, known.count * 95 / 100)]
    guard full > 0 else { return nil }
    fullLoad = full
    var sums = [Double](repeating: 0, count: 24)
    var counts = sums
    for (hour, value) in hourlyKilowattHours.enumerated() where value >= 0 {
      sums[hour % 24] += value
      counts[hour % 24] += 1
    }
    let overall = known.reduce(0, +) / Double(known.count)
    levels = (hourlyKilowattHours.count - evidenceHours..<hourlyKilowattHours.count).map { hour in
      let own = hourlyKilowattHours[hour]
      let value = own >= 0 ? own : counts[hour % 24] > 0 ? sums[hour % 24] / counts[hour % 24] : overall
      return Float(min(1, value / full))
    }
  }
}
