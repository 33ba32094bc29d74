public import Quantities

/// Quality control of hourly values, as switches and numbers a policy file can change.
///
/// None of these numbers is a national rule. docs/methods/quality-control.md gives the reason of each.
public struct QualityRules: Hashable, Sendable, Codable {
  /// Sets `missing-code`; needs one value only, so `ingest` already runs it.
  public var missingCode = MissingCodeRule()
  /// Sets `range`; needs one value only, so `ingest` already runs it.
  public var range = RangeRule()
  /// Sets `stuck`; runs on days of history, not on a single file.
  public var stuck = StuckRule()
  /// Sets `spike`; asks that the neighbours do not jump as well.
  public var spike = SpikeRule()
  /// Sets `duplicate`; set while reading, as later only one value of the hour is left.
  public var duplicate = Switch()
  /// Sets `pm25-above-pm10`, on both pollutants of the hour.
  public var finerAboveCoarser = FinerRule()
  /// Sets `incomplete-hour`, by how many values the station's hours usually have.
  public var incompleteHour = IncompleteRule()
  /// What "the neighbours" are in all checks that compare stations, here and in `monitor stations`.
  public var neighbourhood = NeighbourhoodRule()
  /// Sets `neighbours`; an excess needs wind to be told from a plume.
  public var neighbours = NeighboursRule()
  /// Sets `drift`; says nothing with fewer than 12 days.
  public var drift = DriftRule()
  /// Sets `clock-shift`, for hours early as well as late.
  public var clockShift = ClockRule()
  /// Sets `copied`, on both stations.
  public var copied = CopiedRule()
  /// Sets `flat-cut`, on the pinned hours only.
  public var flatCut = FlatCutRule()
  /// Sets `spray`, on the hours of the dip only; particles alone.
  public var spray = SprayRule()
  /// Flags that keep a value out of cells, by name.
  ///
  /// Duplicates are averaged and incomplete hours still say something: they are marked and used.
  public var excluded = [
    "range", "stuck", "spike", "missing-code", "pm25-above-pm10", "drift", "clock-shift", "neighbours", "copied",
    "flat-cut", "spray",
  ]

  public init() {}

  enum CodingKeys: String, CodingKey {
    case range, stuck, spike, duplicate, neighbourhood, neighbours, drift, copied, spray, excluded
    case missingCode = "missing_code"
    case finerAboveCoarser = "pm25_above_pm10"
    case incompleteHour = "incomplete_hour"
    case clockShift = "clock_shift"
    case flatCut = "flat_cut"
  }

  /// The mask of `excluded` as far as their checks are on; unknown names, which `defects` reports, are not in it.
  public var exclusionMask: QualityFlags {
    excluded.reduce(into: QualityFlags()) { mask, name in
      if let flag = QualityFlags.named[name] { mask.insert(flag) }
    }.intersection(switchedOn)
  }

  /// Flags whose checks are on; a flag set by a reader or by an earlier policy does not count without its check.
  public var switchedOn: QualityFlags {
    let switches: [(QualityFlags, Bool)] = [
      (.missingCode, missingCode.enabled), (.range, range.enabled), (.stuck, stuck.enabled), (.spike, spike.enabled),
      (.duplicate, duplicate.enabled), (.finerAboveCoarser, finerAboveCoarser.enabled),
      (.incompleteHour, incompleteHour.enabled), (.neighbours, neighbours.enabled), (.drift, drift.enabled),
      (.clockShift, clockShift.enabled), (.copied, copied.enabled), (.flatCut, flatCut.enabled),
      (.spray, spray.enabled),
    ]
    return switches.reduce(into: []) { mask, entry in if entry.1 { mask.insert(entry.0) } }
  }

  /// A check that can only be switched.
  public struct Switch: Hashable, Sendable, Codable {
    /// `false` clears the flag, so that it excludes nothing.
    public var enabled = true
    public init() {}
  }

  /// Values that are codes of loggers for "no value".
  public struct MissingCodeRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `missing-code` then excludes nothing.
    public var enabled = true
    /// Exact values; -1 is one because no analyser reports a whole minus one by chance for long.
    public var codes: [Double] = [-9999, -999, -99.9, -99, -1, 9999, 9999.9, 32767, 65535]
    public init() {}
  }

  /// What analysers and the index tables can mean: a factor above the last node of HJ 633 for gases, dust storms for
  /// PM10. It marks nonsense, not pollution.
  public struct RangeRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `range` then excludes nothing.
    public var enabled = true
    /// Least value: noise around zero gives small negative ones. In each pollutant's unit.
    public var least: [String: Double] = ["pm25": -5, "pm10": -5, "so2": -5, "no2": -5, "o3": -5, "co": -0.3]
    /// Largest value, in each pollutant's unit (µg/m³, CO mg/m³).
    public var most: [String: Double] = ["pm25": 1000, "pm10": 5000, "so2": 3000, "no2": 4000, "o3": 1500, "co": 150]
    public init() {}
  }

  /// Equal non-zero values running.
  public struct StuckRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `stuck` then excludes nothing.
    public var enabled = true
    /// Least length of the run, hours.
    public var hours = 6
    public init() {}
  }

  /// One hour that jumps up or down and back.
  public struct SpikeRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `spike` then excludes nothing.
    public var enabled = true
    /// The hour is this many times both hours beside it, or this many times below both.
    public var ratio = 3.0
    /// Least distance from both, as a multiple of the pollutant's floor (see neighbourhood): 40 µg/m³ of PM2.5. A fall
    /// needs half of it.
    public var leastFloors = 8.0
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, ratio
      case leastFloors = "least_floors"
    }
  }

  /// PM2.5 above PM10.
  public struct FinerRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `pm25-above-pm10` then excludes nothing.
    public var enabled = true
    /// Two instruments differ by some percent: PM2.5 may be this many times PM10.
    public var ratio = 1.15
    public init() {}
  }

  /// Hours with too few values: three quarters stand for the 45 minutes of GB 3095, table 4.
  public struct IncompleteRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `incomplete-hour` then excludes nothing.
    public var enabled = true
    /// Least share of the values a station's hour usually has.
    public var share = 0.75
    public init() {}
  }

  /// Which stations are compared with a station.
  public struct NeighbourhoodRule: Hashable, Sendable, Codable {
    /// Most neighbours, the nearest first.
    public var count = 8
    /// No neighbour is farther than this.
    public var radiusMetres = 30_000.0
    /// Fewer neighbours with a value give no comparison.
    public var least = 3
    /// Added to values before logarithms, so that ratios near zero mean nothing; in each pollutant's unit.
    public var floors: [String: Double] = ["pm25": 5, "pm10": 10, "so2": 3, "no2": 4, "o3": 8, "co": 0.1]
    public init() {}
    enum CodingKeys: String, CodingKey {
      case count, least, floors
      case radiusMetres = "radius_metres"
    }
  }

  /// Far from the neighbours for days.
  public struct NeighboursRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `neighbours` then excludes nothing.
    public var enabled = true
    /// A day is far when its median is this many times the neighbours', or this many times below.
    public var ratio = 1.6
    /// Far days running.
    public var days = 3
    /// An excess that falls below this share of its median (in logarithms) in some wind sector is a plume and is kept.
    public var plumeShare = 0.5
    /// Hours a wind sector needs to say anything.
    public var sectorHours = 6
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, ratio, days
      case plumeShare = "plume_share"
      case sectorHours = "sector_hours"
    }
  }

  /// A slow, steady move away from the neighbours.
  public struct DriftRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `drift` then excludes nothing.
    public var enabled = true
    /// Least ratio gained or lost over the ramp.
    public var ratio = 1.35
    /// Least length of the ramp, days.
    public var days = 8
    /// Least share of the variance of all daily residuals that the ramp and what follows explain.
    public var explained = 0.5
    /// Hours are flagged from where the ramp has reached this ratio.
    public var flaggedFrom = 1.15
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, ratio, days, explained
      case flaggedFrom = "flagged_from"
    }
  }

  /// A series that follows its neighbours some hours early or late.
  public struct ClockRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `clock-shift` then excludes nothing.
    public var enabled = true
    /// Largest shift looked for, hours.
    public var hours = 12
    /// Least length, days.
    public var days = 4
    /// Least correlation with the neighbours' hourly changes at the shift.
    public var correlation = 0.13
    /// Least gain of that correlation over the one without a shift, in its standard deviations.
    public var z = 1.8
    /// Where stations usually reach less than this correlation with their neighbours, `weakZ` is asked for.
    public var sharedCorrelation = 0.42
    /// Least gain in standard deviations there, where the best of all shifts is often chance.
    public var weakZ = 4.5
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, hours, days, correlation, z
      case sharedCorrelation = "shared_correlation"
      case weakZ = "weak_z"
    }
  }

  /// The same series twice.
  public struct CopiedRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `copied` then excludes nothing.
    public var enabled = true
    /// Distinct values a day needs before it can count as copied.
    public var distinct = 8
    /// Neighbouring stations whose days differ by less than this on average (in logarithms) are copies with noise.
    public var tolerance = 0.015
    public init() {}
  }

  /// Values pinned under a cap.
  public struct FlatCutRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `flat-cut` then excludes nothing.
    public var enabled = true
    /// Length of the window, days.
    public var days = 5
    /// A value this close below the cap, as a share of it, is pinned.
    public var width = 0.015
    /// Least share of the window's hours that are pinned.
    public var pinnedShare = 0.12
    /// Of the hours in which the neighbours clearly exceed the cap, least share that is pinned.
    public var heldShare = 0.7
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, days, width
      case pinnedShare = "pinned_share"
      case heldShare = "held_share"
    }
  }

  /// Dips at the same hours of the day.
  public struct SprayRule: Hashable, Sendable, Codable {
    /// `false` skips the check, and `spray` then excludes nothing.
    public var enabled = true
    /// Length of the window, days.
    public var days = 10
    /// Least depth of the dip against the hours around it, as a share of the value.
    public var depth = 0.15
    /// Least share of the days that have the dip.
    public var dayShare = 0.7
    /// More hours of the day than this are no dip.
    public var mostHours = 8
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, days, depth
      case dayShare = "day_share"
      case mostHours = "most_hours"
    }
  }
}

extension QualityRules {
  /// The physical range of a pollutant by these rules.
  func physicalRange(of pollutant: Pollutant) -> ClosedRange<Double> {
    let standard = Readings.physicalRange(of: pollutant)
    let low = range.least[pollutant.rawValue] ?? standard.lowerBound
    return low...max(low, range.most[pollutant.rawValue] ?? standard.upperBound)
  }

  /// What is added before logarithms, in the pollutant's unit.
  public func floor(of pollutant: Pollutant) -> Double { neighbourhood.floors[pollutant.rawValue] ?? 5 }

  /// The values that cannot be used: the key with its path below `quality`, and what is wrong.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    func check(_ isFine: Bool, _ key: String, _ problem: String) {
      if !isFine { result.append((key, problem)) }
    }
    func above(_ value: Double, _ least: Double, _ key: String) {
      check(value.isFinite && value > least, key, "\(value) is not above \(least)")
    }
    func share(_ value: Double, _ key: String) {
      check(value > 0 && value <= 1, key, "\(value) is not a share above 0 and up to 1")
    }
    func whole(_ value: Int, _ range: ClosedRange<Int>, _ key: String) {
      check(range.contains(value), key, "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    for name in excluded where QualityFlags.named[name] == nil {
      let known = QualityFlags.all.map(\.name).joined(separator: ", ")
      check(false, "excluded", "\"\(name)\" is no flag; flags are \(known)")
    }
    check(missingCode.codes.allSatisfy(\.isFinite), "missing_code.codes", "a code is not a number")
    for pollutant in Pollutant.allCases {
      let name = pollutant.rawValue
      if let least = self.range.least[name], let most = self.range.most[name] {
        check(least.isFinite && most.isFinite && least < most, "range.most", "\(name): \(most) is not above \(least)")
      }
      if let floor = neighbourhood.floors[name] { above(floor, 0, "neighbourhood.floors") }
    }
    whole(stuck.hours, 2...1000, "stuck.hours")
    above(spike.ratio, 1, "spike.ratio")
    above(spike.leastFloors, 0, "spike.least_floors")
    above(finerAboveCoarser.ratio, 0, "pm25_above_pm10.ratio")
    share(incompleteHour.share, "incomplete_hour.share")
    whole(neighbourhood.count, 1...64, "neighbourhood.count")
    whole(neighbourhood.least, 1...neighbourhood.count.clamped(1, 64), "neighbourhood.least")
    above(neighbourhood.radiusMetres, 0, "neighbourhood.radius_metres")
    above(neighbours.ratio, 1, "neighbours.ratio")
    whole(neighbours.days, 1...60, "neighbours.days")
    share(neighbours.plumeShare, "neighbours.plume_share")
    whole(neighbours.sectorHours, 1...240, "neighbours.sector_hours")
    above(drift.ratio, 1, "drift.ratio")
    whole(drift.days, 3...60, "drift.days")
    share(drift.explained, "drift.explained")
    above(drift.flaggedFrom, 1, "drift.flagged_from")
    whole(clockShift.hours, 1...12, "clock_shift.hours")
    whole(clockShift.days, 2...60, "clock_shift.days")
    share(clockShift.correlation, "clock_shift.correlation")
    above(clockShift.z, 0, "clock_shift.z")
    above(clockShift.weakZ, 0.0, "clock_shift.weak_z")
    share(clockShift.sharedCorrelation, "clock_shift.shared_correlation")
    whole(copied.distinct, 3...24, "copied.distinct")
    check(copied.tolerance >= 0 && copied.tolerance < 0.2, "copied.tolerance", "\(copied.tolerance) is not in 0..<0.2")
    whole(flatCut.days, 2...60, "flat_cut.days")
    share(flatCut.width, "flat_cut.width")
    share(flatCut.pinnedShare, "flat_cut.pinned_share")
    share(flatCut.heldShare, "flat_cut.held_share")
    whole(spray.days, 4...60, "spray.days")
    share(spray.depth, "spray.depth")
    share(spray.dayShare, "spray.day_share")
    whole(spray.mostHours, 1...12, "spray.most_hours")
    return result
  }
}

extension Int {
  fileprivate func clamped(_ least: Int, _ most: Int) -> Int { Swift.max(least, Swift.min(most, self)) }
}

/// The physical range of a pollutant in its unit (µg/m³, CO mg/m³): what file verbs take for a valid value.
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
