internal import Glibc

/// How a monitor's values depend on where the wind comes from and how strong it is: the check of an attribution that a
/// person can make by eye.
///
/// Conditional probability function: m/n, of the n hours of a sector and speed the m above a percentile of all hours
/// (Ashbaugh, Malm & Sadeh 1985, doi:10.1016/0004-6981(85)90256-2; with speed Uria-Tellaetxe & Carslaw 2014,
/// doi:10.1016/j.envsoft.2014.05.006). Above is strict, as in openair. Nothing is smoothed.
public struct PolarTable: Sendable {
  /// One sector of the wind in one class of speed.
  public struct Bin: Hashable, Sendable {
    /// 0 is centred on north, clockwise; -1 for calms of all directions.
    public let sector: Int
    /// Middle of the sector, degrees clockwise from north that the wind comes from; `nil` for calms.
    public let fromDegrees: Double?
    /// m/s, from, up to and without; the fastest class has no end.
    public let lowestSpeed: Double
    /// m/s, itself not in the class; `nil` for the fastest.
    public let highestSpeed: Double?
    /// Hours with value and wind in the bin.
    public let hours: Int
    /// Mean value; `nil` without an hour, as are the next four with fewer hours than the least.
    public let mean: Double?
    /// Mean of value minus background; `nil` too where no background was given.
    public let meanExcess: Double?
    /// Hours above the threshold, strictly.
    public let above: Int
    /// above / hours; `nil` with fewer hours than the least.
    public let probability: Double?
    /// 95 % interval of `probability` (Wilson 1927, doi:10.1080/01621459.1927.10502953).
    public let lowestProbability: Double?
    /// Upper end; `nil` together with `probability`.
    public let highestProbability: Double?
  }

  /// Sectors times speeds, sector by sector from north clockwise, slowest first; then calms.
  public let bins: [Bin]
  /// Directions, of equal width, without the calms.
  public let sectors: Int
  /// Beginnings of the classes of speed, m/s; slower is calm.
  public let speeds: [Double]
  /// What an hour must exceed, in the values' unit; `nil` without values.
  public let threshold: Double?
  /// 0...100, of all hours with value and wind: where `threshold` is from.
  public let percentile: Double
  /// Hours in the bins.
  public let hoursUsed: Int
  /// Hours with a value that no wind could be given to.
  public let hoursWithoutWind: Int
  /// Hours without a value, with or without wind.
  public let hoursWithoutValue: Int

  /// - Parameters:
  ///   - values: One per hour of `wind`; NaN where there is none.
  ///   - backgrounds: The same of what the air carried anyway; `nil` when it is not known.
  ///   - sectors: Of equal width, the first centred on north.
  ///   - speeds: Ascending beginnings of classes, m/s.
  ///   - percentile: 0...100, of all hours with value and wind, by linear interpolation (R's type 7).
  ///   - fewest: Hours a bin must have for its mean and probability to be said.
  public init(
    values: [Double], backgrounds: [Double]? = nil, wind: HourlyWind, sectors: Int = 16,
    speeds: [Double] = [0.5, 1, 2, 3, 4, 6], percentile: Double = 90, fewest: Int = 5
  ) {
    precondition(values.count == wind.count, "one value per hour of the wind")
    precondition(backgrounds.map { $0.count == values.count } ?? true, "one background per value")
    precondition(sectors > 0 && !speeds.isEmpty && zip(speeds, speeds.dropFirst()).allSatisfy(<), "classes ascend")
    let used = values.indices.filter { !values[$0].isNaN && wind.isKnown($0) }
    hoursWithoutWind = values.indices.count { !values[$0].isNaN && !wind.isKnown($0) }
    hoursWithoutValue = values.indices.count { values[$0].isNaN }
    hoursUsed = used.count
    self.sectors = sectors
    self.speeds = speeds
    self.percentile = percentile
    let limit = Self.quantile(used.map { values[$0] }, percentile / 100)
    threshold = limit
    var members = [[Int]](repeating: [], count: sectors * speeds.count + 1)
    for hour in used {
      let speed = wind.speed(hour)
      guard let level = speeds.lastIndex(where: { speed >= $0 }) else {
        members[sectors * speeds.count].append(hour)
        continue
      }
      let sector = Int((wind.fromDegrees(hour) / 360 * Double(sectors)).rounded()) % sectors
      members[sector * speeds.count + level].append(hour)
    }
    bins = members.enumerated().map { number, hours in
      let isCalm = number == sectors * speeds.count
      let (sector, level) = (number / speeds.count, number % speeds.count)
      let n = hours.count
      let above = hours.count { hour in limit.map { values[hour] > $0 } ?? false }
      let isEnough = n > 0 && n >= fewest
      let interval = isEnough ? wilson(above, of: n) : nil
      let excess = backgrounds.flatMap { backgrounds -> Double? in
        let known = hours.filter { !backgrounds[$0].isNaN }
        guard isEnough, known.count >= fewest else { return nil }
        return known.reduce(0) { $0 + values[$1] - backgrounds[$1] } / Double(known.count)
      }
      return Bin(
        sector: isCalm ? -1 : sector, fromDegrees: isCalm ? nil : Double(sector) * 360 / Double(sectors),
        lowestSpeed: isCalm ? 0 : speeds[level],
        highestSpeed: isCalm ? speeds[0] : level + 1 < speeds.count ? speeds[level + 1] : nil, hours: n,
        mean: isEnough ? hours.reduce(0) { $0 + values[$1] } / Double(n) : nil, meanExcess: excess, above: above,
        probability: isEnough ? Double(above) / Double(n) : nil, lowestProbability: interval?.lowest,
        highestProbability: interval?.highest)
    }
  }

  /// Hyndman & Fan 1996, type 7. - Returns: `nil` of nothing.
  private static func quantile(_ values: [Double], _ p: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = p * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(sorted.count - 1, low + 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}

/// The 95 % interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953).
///
/// - Precondition: `count` > 0.
public func wilson(_ hits: Int, of count: Int) -> (lowest: Double, highest: Double) {
  let z = 1.959_963_984_540_054
  let n = Double(count)
  let p = Double(hits) / n
  let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
  return (max(0, middle - half), min(1, middle + half))
}
