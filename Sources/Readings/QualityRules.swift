public import Quantities

/// First quality control of hourly values, as numbers a policy file can change.
///
/// The ranges are what analysers and the index tables can mean: a factor above the last node of HJ 633 for gases, dust
/// storms for PM10. They mark nonsense, not pollution. Stuck and spike follow common practice for hourly networks; none
/// of these numbers is a national rule.
public struct QualityRules: Hashable, Sendable, Codable {
  /// Equal non-zero values running that make a sensor stuck, hours.
  public var stuckHours = 6
  /// A lone value this many times its neighbours in time, and this far above or below both, is a spike.
  public var spikeRatio = 5.0
  /// Least distance of a spike from both neighbours, as a share of the pollutant's range.
  public var spikeShare = 0.08
  /// PM2.5 may exceed PM10 at one station and hour by this factor before it is flagged: two instruments differ.
  public var finerRatio = 1.15
  /// Flags that keep a value out of cells, by name.
  public var excluded = ["range", "stuck", "spike"]

  public init() {}

  enum CodingKeys: String, CodingKey {
    case stuckHours = "stuck_hours"
    case spikeRatio = "spike_ratio"
    case spikeShare = "spike_share"
    case finerRatio = "finer_ratio"
    case excluded
  }

  /// The mask of `excluded`; unknown names are not in it.
  public var exclusionMask: QualityFlags {
    excluded.reduce(into: []) { mask, name in
      if let flag = QualityFlags.named[name] { mask.insert(flag) }
    }
  }
}

/// The physical range of a pollutant in its unit (µg/m³, CO mg/m³).
public func physicalRange(of pollutant: Pollutant) -> ClosedRange<Double> {
  switch pollutant {
  case .pm25: 0...1000
  case .pm10: 0...5000
  case .so2: 0...3000
  case .no2: 0...4000
  case .o3: 0...1500
  case .co: 0...150
  }
}

extension QualityFlags {
  /// Flags by the name policies and outputs use.
  public static let named: [String: QualityFlags] = [
    "range": .range, "stuck": .stuck, "spike": .spike, "missing-code": .missingCode, "duplicate": .duplicate,
    "pm25-above-pm10": .finerAboveCoarser, "incomplete-hour": .incompleteHour,
  ]

  /// Names of the flags that are set, sorted.
  public var names: [String] { QualityFlags.named.filter { contains($0.value) }.map(\.key).sorted() }
}

/// Marks doubtful hours; deletes nothing.
public enum QualityControl {
  /// Adds range, stuck and spike flags.
  ///
  /// - Parameter hours: Sorted by (station, hour).
  public static func flag(_ hours: inout StationHours, rules: QualityRules) {
    let range = physicalRange(of: hours.pollutant)
    let least = rules.spikeShare * range.upperBound
    var runStart = 0
    for k in 0..<hours.count {
      if !range.contains(hours.means[k]) { add(.range, to: &hours, k) }
      let continues =
        k > runStart && hours.stations[k] == hours.stations[k - 1] && hours.hours[k] == hours.hours[k - 1] + 1
        && hours.means[k] == hours.means[k - 1]
      if !continues {
        closeRun(runStart..<k, &hours, rules)
        runStart = k
      }
      guard k > 0, k + 1 < hours.count, hours.stations[k - 1] == hours.stations[k],
        hours.stations[k + 1] == hours.stations[k], hours.hours[k - 1] >= hours.hours[k] - 2,
        hours.hours[k + 1] <= hours.hours[k] + 2
      else { continue }
      let (before, value, after) = (hours.means[k - 1], hours.means[k], hours.means[k + 1])
      let up = value - max(before, after)
      if up > least, value > rules.spikeRatio * max(before, after, 1) { add(.spike, to: &hours, k) }
    }
    closeRun(runStart..<hours.count, &hours, rules)
  }

  /// Zeros running are common for SO2 and NO2 near the detection limit and do not count as stuck.
  private static func closeRun(_ run: Range<Int>, _ hours: inout StationHours, _ rules: QualityRules) {
    guard run.count >= rules.stuckHours, let first = run.first, hours.means[first] > 0 else { return }
    for k in run { add(.stuck, to: &hours, k) }
  }

  /// Flags PM2.5 hours above the PM10 of the same station and hour; both sorted by (station, hour).
  public static func flag(_ fine: inout StationHours, above coarse: StationHours, rules: QualityRules) {
    var other = 0
    for k in 0..<fine.count {
      while other < coarse.count,
        (coarse.stations[other], coarse.hours[other]) < (fine.stations[k], fine.hours[k])
      { other += 1 }
      guard other < coarse.count, coarse.stations[other] == fine.stations[k], coarse.hours[other] == fine.hours[k]
      else { continue }
      if fine.means[k] > rules.finerRatio * coarse.means[other] { add(.finerAboveCoarser, to: &fine, k) }
    }
  }

  private static func add(_ flag: QualityFlags, to hours: inout StationHours, _ k: Int) {
    hours.flags[k] |= flag.rawValue
  }
}
