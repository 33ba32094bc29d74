public import Enterprises
internal import Quantities

/// The named, versioned thresholds of the electricity rules.
///
/// No national threshold is in force: the national guideline on electricity monitoring of discharging units was a
/// consultation draft when this was written. `docs/methods/power-rules.md` gives the source of every default.
public struct PowerRules: Hashable, Sendable, Codable {
  /// Days of history that on-thresholds and baselines may use.
  public var historyDays = 90
  /// Normal days behind a baseline, and how few still make one.
  public var baselineDays = 14
  /// With fewer normal days there is no baseline, and the rule says so.
  public var minimumBaselineDays = 5
  /// Share of a day's quarter hours that must be known before the day is used.
  public var minimumKnownShare = 0.8
  /// A day counts as normal when it used at least this share of the upper quartile of the days outside orders.
  public var normalDayShare = 0.3

  /// Statutory holidays (法定节假日), `2017-10-01`; a day that is not listed is judged by its weekday.
  public var holidays = PowerRules.campaignHolidays
  /// Saturdays and Sundays worked in exchange (调休).
  public var workedWeekends = PowerRules.campaignWorkedWeekends
  /// First and last day of the heating season (采暖季), month * 100 + day.
  public var heatingFirst = 1115
  /// That day included; before `heatingFirst` the season runs across the new year.
  public var heatingLast = 315
  /// Normal days before an order that its days are held against.
  public var orderCalibrationDays = 60
  /// Days before the first day of a bet without an order that scores are held against, and how few still are enough.
  public var calibrationDays = 28
  /// With fewer days of its own a meter is judged by its peers alone, or not at all.
  public var minimumCalibrationDays = 10
  /// Chance, at most, that a meter that keeps an order is ever flagged for it, however often one looks.
  public var orderFalseAlarm = 0.005
  /// Chance, at most, that a meter whose days are like its earlier days is flagged in a month by any rule without an
  /// order, however often one looks.
  public var monthFalseAlarm = 0.005
  /// Share of firm-days on which treatment may look off by a fault of meters, at least.
  public var treatmentFaultRate = 0.005

  /// Mean of the off mode over mean of the on mode, at most: otherwise no off state was seen.
  public var offModeShare = 0.3
  /// A circuit that was never seen off counts as on when its median is at least this share of the total's median.
  public var alwaysOnShare = 0.5
  /// A meter without its own production circuit counts as working when the upper quartile of its days is at least this
  /// share of the median of its two-digit industry.
  public var workingPeerShare = 0.15
  /// Other meters of the industry behind such a median, at least; with fewer the question is not asked.
  public var minimumPeers = 5

  /// Daily energy over baseline above which a full stop is doubted.
  public var stopShare = 0.25
  /// The same for industries that must keep a furnace hot.
  public var stopShareSafetyLoad = 0.40
  /// Added to what a limit order leaves, as a share of the baseline.
  public var limitTolerance = 0.10
  /// Hours after the start of an order in which nothing is judged.
  public var rampDownHours = 24
  /// Quarter hours under an order below which a part of a day is not judged.
  public var minimumOrderSteps = 48
  /// Quarter hours with production on between 22:00 and 06:00 of a stop, at least.
  public var stopNightSteps = 8
  /// Performance grades that reduce by themselves in heavy-pollution response.
  public var exemptGrades: [PerformanceGrade] = [.a]

  /// Quarter hours a day with production on and treatment off, at least; twice as many for hourly meters.
  public var treatmentOffSteps = 4
  /// Consecutive quarter hours that make a run.
  public var treatmentRunSteps = 2
  /// Quarter hours that treatment may lag behind a start of production.
  public var treatmentLagSteps = 2
  /// Days with a longer lag that make a late start a lead.
  public var treatmentLateDays = 3
  /// Treatment that never reached this share of the production's on level was never seen on.
  public var treatmentIdleShare = 0.01

  /// Treatment energy per producing quarter hour over its usual, below which treatment idles.
  public var treatmentIdlingShare = 0.6
  /// Quarter hours a day with production on that make its treatment comparable.
  public var treatmentIdlingSteps = 16

  /// Mean power between 22:00 and 06:00 over that of the rest of the day, from which work has moved into the night.
  public var nightRatio = 1.5
  /// The same ratio of a meter's usual nights from which night work is ordinary: day and night alike is 1.
  public var ordinaryNightRatio = 1.2
  /// Load over its usual below which it has vanished, and above which another circuit of the firm still works.
  public var vanishedShare = 0.1
  /// Share of its usual that total or treatment must still have, so that a shutdown of everything is not named.
  public var stillWorkingShare = 0.6
  /// Difference between the register and the sum of its own intervals, as a share, above which it disagrees.
  public var registerTolerance = 0.02

  /// Grid energy below this share of the metered circuits: own generation is suspected.
  public var selfGenerationShare = 0.8
  /// Equal non-zero quarter hours in a row that make a meter doubtful.
  public var stuckSteps = 96

  /// Daily energy that an unregistered meter must reach whatever its peers do, kWh.
  public var unregisteredFloorKilowattHours = 100.0
  /// Robust standard deviations above the median of log daily energy of unregistered meters of the same tariff.
  public var unregisteredRobustZ = 3.0
  /// Meters of one tariff that make a reference.
  public var unregisteredReferenceMeters = 30
  /// Days with data in the evidence window, at least.
  public var unregisteredMinimumDays = 5
  /// Mean load over peak load of a continuous process, at least.
  public var unregisteredLoadFactor = 0.55
  /// Mean hours a day above the meter's own on-threshold, at least, for machines that start and stop.
  public var unregisteredMachineHours = 4.0
  /// Chance, at most, that a household's meter is flagged in a month, or that of a firm that really closed, however often
  /// one looks.
  public var unregisteredFalseAlarm = 0.01
  /// Standard deviation of the logarithm of households' daily energy, at least.
  public var unregisteredLeastSpread = 0.5
  /// What shops, offices and closed premises use where their tariff has no reference of its own, as a multiple of households.
  public var unregisteredShopFactor = 2.0
  /// A household's usual day where the list has too few households, kWh.
  public var unregisteredHouseholdKilowattHours = 8.0

  /// The defaults of `grids/policy.yml`.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case historyDays = "history_days"
    case baselineDays = "baseline_days"
    case minimumBaselineDays = "minimum_baseline_days"
    case minimumKnownShare = "minimum_known_share"
    case normalDayShare = "normal_day_share"
    case holidays
    case workedWeekends = "worked_weekends"
    case heatingFirst = "heating_first"
    case heatingLast = "heating_last"
    case orderCalibrationDays = "order_calibration_days"
    case calibrationDays = "calibration_days"
    case minimumCalibrationDays = "minimum_calibration_days"
    case orderFalseAlarm = "order_false_alarm"
    case monthFalseAlarm = "month_false_alarm"
    case treatmentFaultRate = "treatment_fault_rate"
    case offModeShare = "off_mode_share"
    case alwaysOnShare = "always_on_share"
    case workingPeerShare = "working_peer_share"
    case minimumPeers = "minimum_peers"
    case stopShare = "stop_share"
    case stopShareSafetyLoad = "stop_share_safety_load"
    case limitTolerance = "limit_tolerance"
    case rampDownHours = "ramp_down_hours"
    case minimumOrderSteps = "minimum_order_steps"
    case stopNightSteps = "stop_night_steps"
    case exemptGrades = "exempt_grades"
    case treatmentOffSteps = "treatment_off_steps"
    case treatmentRunSteps = "treatment_run_steps"
    case treatmentLagSteps = "treatment_lag_steps"
    case treatmentLateDays = "treatment_late_days"
    case treatmentIdleShare = "treatment_idle_share"
    case treatmentIdlingShare = "treatment_idling_share"
    case treatmentIdlingSteps = "treatment_idling_steps"
    case nightRatio = "night_ratio"
    case ordinaryNightRatio = "ordinary_night_ratio"
    case vanishedShare = "vanished_share"
    case stillWorkingShare = "still_working_share"
    case registerTolerance = "register_tolerance"
    case selfGenerationShare = "self_generation_share"
    case stuckSteps = "stuck_steps"
    case unregisteredFloorKilowattHours = "unregistered_floor_kwh_per_day"
    case unregisteredRobustZ = "unregistered_robust_z"
    case unregisteredReferenceMeters = "unregistered_reference_meters"
    case unregisteredMinimumDays = "unregistered_minimum_days"
    case unregisteredLoadFactor = "unregistered_load_factor"
    case unregisteredMachineHours = "unregistered_machine_hours"
    case unregisteredFalseAlarm = "unregistered_false_alarm"
    case unregisteredLeastSpread = "unregistered_least_spread"
    case unregisteredShopFactor = "unregistered_shop_factor"
    case unregisteredHouseholdKilowattHours = "unregistered_household_kwh_per_day"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    func share(_ key: CodingKeys, _ value: Double) {
      if !(value >= 0 && value <= 1) { result.append((key.rawValue, "\(value) is not a share between 0 and 1")) }
    }
    func count(_ key: CodingKeys, _ value: Int, _ range: ClosedRange<Int>) {
      if !range.contains(value) {
        result.append((key.rawValue, "\(value) is not between \(range.lowerBound) and \(range.upperBound)"))
      }
    }
    func chance(_ key: CodingKeys, _ value: Double) {
      if !(value > 0 && value < 1) { result.append((key.rawValue, "\(value) is not a chance above 0 and below 1")) }
    }
    func positive(_ key: CodingKeys, _ value: Double) {
      if !(value > 0 && value.isFinite) { result.append((key.rawValue, "\(value) is not above 0")) }
    }
    count(.historyDays, historyDays, 7...400)
    count(.baselineDays, baselineDays, 1...60)
    count(.minimumBaselineDays, minimumBaselineDays, 1...max(1, baselineDays))
    share(.minimumKnownShare, minimumKnownShare)
    share(.normalDayShare, normalDayShare)
    for (key, days) in [(CodingKeys.holidays, holidays), (.workedWeekends, workedWeekends)] {
      for day in days where LocalDay(day) == nil {
        result.append((key.rawValue, "\(day) is not a day like 2017-10-01"))
      }
    }
    for (key, date) in [(CodingKeys.heatingFirst, heatingFirst), (.heatingLast, heatingLast)]
    where LocalDay(year: 2020, month: date / 100, day: date % 100) == nil {
      result.append((key.rawValue, "\(date) is not month * 100 + day, such as 1115"))
    }
    count(.orderCalibrationDays, orderCalibrationDays, 5...200)
    count(.calibrationDays, calibrationDays, 5...200)
    count(.minimumCalibrationDays, minimumCalibrationDays, 3...max(3, calibrationDays))
    chance(.orderFalseAlarm, orderFalseAlarm)
    chance(.monthFalseAlarm, monthFalseAlarm)
    chance(.treatmentFaultRate, treatmentFaultRate)
    share(.offModeShare, offModeShare)
    share(.alwaysOnShare, alwaysOnShare)
    share(.workingPeerShare, workingPeerShare)
    count(.minimumPeers, minimumPeers, 1...10_000)
    share(.stopShare, stopShare)
    share(.stopShareSafetyLoad, stopShareSafetyLoad)
    share(.limitTolerance, limitTolerance)
    count(.rampDownHours, rampDownHours, 0...240)
    count(.minimumOrderSteps, minimumOrderSteps, 1...96)
    count(.stopNightSteps, stopNightSteps, 1...32)
    count(.treatmentOffSteps, treatmentOffSteps, 1...96)
    count(.treatmentRunSteps, treatmentRunSteps, 1...96)
    count(.treatmentLagSteps, treatmentLagSteps, 0...96)
    count(.treatmentLateDays, treatmentLateDays, 1...60)
    share(.treatmentIdleShare, treatmentIdleShare)
    share(.treatmentIdlingShare, treatmentIdlingShare)
    count(.treatmentIdlingSteps, treatmentIdlingSteps, 1...96)
    positive(.nightRatio, nightRatio)
    positive(.ordinaryNightRatio, ordinaryNightRatio)
    share(.vanishedShare, vanishedShare)
    share(.stillWorkingShare, stillWorkingShare)
    share(.registerTolerance, registerTolerance)
    share(.selfGenerationShare, selfGenerationShare)
    count(.stuckSteps, stuckSteps, 8...5760)
    positive(.unregisteredFloorKilowattHours, unregisteredFloorKilowattHours)
    positive(.unregisteredRobustZ, unregisteredRobustZ)
    count(.unregisteredReferenceMeters, unregisteredReferenceMeters, 1...1_000_000)
    count(.unregisteredMinimumDays, unregisteredMinimumDays, 1...60)
    share(.unregisteredLoadFactor, unregisteredLoadFactor)
    positive(.unregisteredMachineHours, unregisteredMachineHours)
    chance(.unregisteredFalseAlarm, unregisteredFalseAlarm)
    positive(.unregisteredLeastSpread, unregisteredLeastSpread)
    if !(unregisteredShopFactor >= 1 && unregisteredShopFactor.isFinite) {
      result.append((CodingKeys.unregisteredShopFactor.rawValue, "\(unregisteredShopFactor) is below 1"))
    }
    positive(.unregisteredHouseholdKilowattHours, unregisteredHouseholdKilowattHours)
    return result
  }
}
