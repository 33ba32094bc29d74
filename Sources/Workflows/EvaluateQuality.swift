internal import Foundation
public import Readings
public import SyntheticWorld

/// How well quality control finds what was planted into a synthetic network.
public struct QualityEvaluation: Sendable, Codable {
  /// One kind of fault.
  public struct Kind: Sendable, Codable {
    /// Name of the flag that should find it, such as `drift`.
    public let name: String
    /// Faults planted: hours for faults of single hours, episodes for the others.
    public let planted: Int
    /// Of `planted`, those found by the kind's own flag; see ``evaluateQuality(_:rules:threads:)``.
    public let found: Int
    /// Whether a fault is an episode of many hours.
    public let isEpisode: Bool
    /// Planted hours of PM2.5 that have a value.
    public let hours: Int
    /// Of `hours`, those with the kind's own flag.
    public let flaggedHours: Int
    /// Of `hours`, those with each flag, in the order of `flags`.
    public let byFlag: [Int]

    /// Share found of those planted, 0...1; NaN when none was.
    public var recall: Double { planted > 0 ? Double(found) / Double(planted) : .nan }
    /// Share of the changed hours that carry the kind's own flag, 0...1; NaN when no hour was changed.
    public var hourRecall: Double { hours > 0 ? Double(flaggedHours) / Double(hours) : .nan }
  }

  /// Written as `synthetic`: nothing here was measured.
  public let isSynthetic = true
  /// Of the synthetic network; the same seed and sizes give the same numbers.
  public let seed: UInt64
  /// Stations of the network, faulty or not.
  public let stations: Int
  /// Length of the campaign.
  public let days: Int
  /// Names of the flags, in the order of all columns.
  public let flags: [String]
  /// One per flag, in the order of `flags`.
  public let kinds: [Kind]
  /// Hours of PM2.5 and PM10 into which nothing was planted.
  public let cleanHours: Int
  /// Of `cleanHours`, those with any flag: false alarms.
  public let cleanFlagged: Int
  /// In the order of `flags`.
  public let cleanByFlag: [Int]
  /// Clean hours of stations beside a source, and those flagged: real plumes that must be kept.
  public let plumeHours: Int
  /// Of `plumeHours`, those with any flag: plumes that would be lost.
  public let plumeFlagged: Int
  /// In the order of `flags`.
  public let plumeByFlag: [Int]
  /// Wall time of the checks alone.
  public let seconds: Double
  /// Faults that were not found, such as `drift at 17, hours 30-400: to x1.62 in 12 days`.
  public let missed: [String]

  enum CodingKeys: String, CodingKey {
    case seed, stations, days, flags, kinds, seconds, missed
    case isSynthetic = "synthetic"
    case cleanHours = "clean_hours"
    case cleanFlagged = "clean_flagged"
    case cleanByFlag = "clean_by_flag"
    case plumeHours = "plume_hours"
    case plumeFlagged = "plume_flagged"
    case plumeByFlag = "plume_by_flag"
  }

  /// Share of clean hours with any flag, 0...1; 0 without clean hours.
  public var cleanShare: Double { Double(cleanFlagged) / Double(max(1, cleanHours)) }
}

/// Builds a synthetic network in memory, runs every check, and compares.
///
/// A fault of a single hour is found when that hour carries the fault's own flag. An episode is found when at least half
/// of the hours it changed carry it; of a drift only hours in which it has passed a quarter count, because nothing
/// could see it earlier. A clean hour is one of PM2.5 or PM10 into which nothing was planted; any flag on it is wrong.
public func evaluateQuality(
  _ options: SyntheticNetwork.Options, rules: QualityRules, threads: Int
) -> QualityEvaluation {
  let network = SyntheticNetwork(options, threads: threads)
  var series = [network.fine, network.coarse]
  let wind = WindSectors(
    wind: [network.wind], siteOfStation: [Int32](repeating: 0, count: options.stations))
  let clock = ContinuousClock()
  let start = clock.now
  QualityControl.flag(
    &series, positions: network.positions, wind: wind, rules: rules, threads: threads)
  let spent = clock.now - start
  let count = network.fine.hourCount
  var missed: [String] = []
  let kinds = QualityFlags.all.map { name, flag in
    let faults = network.faults.filter { $0.flag == flag }
    var found = 0
    var planted = 0
    var byFlag = [Int](repeating: 0, count: QualityFlags.all.count)
    var hours = 0
    for fault in faults {
      var (own, changed) = (0, 0)
      for hour in fault.hours {
        let slot = fault.station * count + hour
        guard network.plantedFine[slot] & flag.rawValue != 0, !network.fine.values[slot].isNaN else { continue }
        for (bit, other) in QualityFlags.all.enumerated() where series[0].flags[slot] & other.flag.rawValue != 0 {
          byFlag[bit] += 1
        }
        hours += 1
        if let error = fault.relativeError(at: hour), abs(error) < 0.25 { continue }
        changed += 1
        if series[0].flags[slot] & flag.rawValue != 0 { own += 1 }
      }
      planted += fault.isEpisode ? 1 : changed
      found += fault.isEpisode ? (changed > 0 && own * 2 >= changed ? 1 : 0) : own
      if fault.isEpisode ? own * 2 < changed : own < changed {
        missed.append(
          "\(name) at \(fault.station), hours \(fault.hours.lowerBound)-\(fault.hours.upperBound), \(fault.detail): "
            + "\(own) of \(changed) hours flagged")
      }
    }
    let bit = QualityFlags.all.firstIndex { $0.flag == flag } ?? 0
    return QualityEvaluation.Kind(
      name: name, planted: planted, found: found, isEpisode: faults.first?.isEpisode ?? false, hours: hours,
      flaggedHours: byFlag[bit], byFlag: byFlag)
  }
  var clean = (hours: 0, flagged: 0, byFlag: [Int](repeating: 0, count: QualityFlags.all.count))
  var plume = clean
  for (part, values) in zip(series, [network.fine.values, network.coarse.values]) {
    for slot in values.indices where !values[slot].isNaN {
      guard network.plantedFine[slot] | network.plantedCoarse[slot] == 0 else { continue }
      clean.hours += 1
      let isPlume = network.isBesideSource[slot / count]
      if isPlume { plume.hours += 1 }
      guard part.flags[slot] != 0 else { continue }
      clean.flagged += 1
      if isPlume { plume.flagged += 1 }
      for (bit, other) in QualityFlags.all.enumerated() where part.flags[slot] & other.flag.rawValue != 0 {
        clean.byFlag[bit] += 1
        if isPlume { plume.byFlag[bit] += 1 }
      }
    }
  }
  return QualityEvaluation(
    seed: options.seed, stations: options.stations, days: options.days, flags: QualityFlags.all.map(\.name),
    kinds: kinds, cleanHours: clean.hours, cleanFlagged: clean.flagged, cleanByFlag: clean.byFlag,
    plumeHours: plume.hours, plumeFlagged: plume.flagged, plumeByFlag: plume.byFlag,
    seconds: Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18, missed: missed)
}
