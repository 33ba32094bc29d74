public import Diagnostics

/// Why a frame cannot be drawn from.
public enum DrawProblem: Diagnosable, Equatable {
  case emptyFrame
  case emptyID
  case repeatedID(String)
  case score(id: String, Double)
  case minimumProbability(id: String, Double)
  case floor(Double)
  case size(Int, units: Int)
  case emptySeed
  case floorsExceedSize(sum: Double, size: Int)
  case noScoreLeft(id: String, places: Double)
  case probabilityZero(id: String, score: Double)
  case maximumProbability(id: String, Double)
  case position(id: String)
  case cap(Double)
  case capsBelowSize(sum: Double, size: Double)
  case minimaExceedSize(sum: Double, size: Double)
  case quotaWithoutUnits(quota: String)
  case inspectorsUnknown
  case quotaContradiction(group: String, minimum: Double, maximum: Double)
  case quotaAboveCapacity(group: String, minimum: Double, capacity: Double, units: Int)
  case quotaBelowFloors(group: String, maximum: Double, floors: Double)
  case quotasExceedSize(group: String, sum: Double, size: Double)
  case quotasConflict(group: String, expected: Double)
  case exactInPoisson
  case exactNeedsPivotal(group: String, expected: Double)
  case exactColumns(String, String)
  case noSize
  case randomSize(Int, units: Int)
  case reserveSize(Int)
  case noPositions

  /// The first thing found wrong, with the unit's or group's name and the number.
  public var problem: String {
    switch self {
    case .emptyFrame: "the frame has no units"
    case .emptyID: "a unit of the frame has an empty id"
    case .repeatedID(let id): "id \"\(id)\" is in the frame more than once"
    case .score(let id, let score): "the score of \"\(id)\" is \(score), not a number from 0 to 1e290"
    case .minimumProbability(let id, let value): "min_probability of \"\(id)\" is \(value), not between 0 and 1"
    case .floor(let floor): "the floor is \(floor), not between 0 and 1"
    case .size(let size, let units): "cannot draw \(size) of \(units) units"
    case .emptySeed: "the seed is empty"
    case .floorsExceedSize(let sum, let size):
      "the minimum probabilities add up to \(sum), more than the \(size) units to be drawn"
    case .noScoreLeft(let id, let places):
      "\(places) places are left over for units whose score is 0, such as \"\(id)\""
    case .probabilityZero(let id, let score): "\"\(id)\" with score \(score) could never be drawn"
    case .maximumProbability(let id, let value):
      "max_probability of \"\(id)\" is \(value), not above 0, up to 1 and at least its min_probability"
    case .position(let id): "the position of \"\(id)\" is not a pair of finite numbers"
    case .cap(let cap): "the cap is \(cap), not above 0, up to 1 and at least the floor"
    case .capsBelowSize(let sum, let size):
      "caps and maxima leave room for \(Quota.text(sum)) expected units, fewer than the \(Quota.text(size)) to be drawn"
    case .minimaExceedSize(let sum, let size):
      "floors and minima add up to \(Quota.text(sum)), more than the \(Quota.text(size)) units to be drawn"
    case .quotaWithoutUnits(let quota): "the quota \(quota) names a group without a unit in the frame"
    case .inspectorsUnknown: "a quota counts by inspector, but the number of inspectors is not known"
    case .quotaContradiction(let group, let minimum, let maximum):
      "the quotas of \(group) ask for at least \(Quota.text(minimum)) and at most \(Quota.text(maximum))"
    case .quotaAboveCapacity(let group, let minimum, let capacity, let units):
      "\(group) cannot give \(Quota.text(minimum)) units: its \(units) units add up to \(Quota.text(capacity)) at most"
    case .quotaBelowFloors(let group, let maximum, let floors):
      "\(group) may give at most \(Quota.text(maximum)) units, but its floors add up to \(Quota.text(floors))"
    case .quotasExceedSize(let group, let sum, let size):
      "with \(group) the minima add up to \(Quota.text(sum)), more than the \(Quota.text(size)) units to be drawn"
    case .quotasConflict(let group, let expected):
      "the quotas of several columns cannot be kept together: \(group) comes to \(expected)"
    case .exactInPoisson: "a Poisson draw has no fixed numbers, and a quota is marked exact"
    case .exactNeedsPivotal(let group, let expected):
      "a Pareto draw keeps exact quotas only where the expected number is whole; \(group) expects \(expected)"
    case .exactColumns(let one, let other):
      "exact quotas on \(one) and \(other) at once: neither divides the other"
    case .noSize: "no size was given, and not every unit of the frame is in a group with a minimum"
    case .randomSize(let size, let units): "the random arm cannot have \(size) of \(units) units"
    case .reserveSize(let size): "the reserve cannot have \(size) units"
    case .noPositions: "no unit of the frame has a position"
    }
  }

  /// What to change in the frame or in the options.
  public var remedy: String {
    switch self {
    case .emptyFrame: "write one line a unit: id,score"
    case .emptyID, .repeatedID: "give every unit one id of its own; ids are compared byte by byte"
    case .score: "give every unit a finite score that is not negative"
    case .minimumProbability, .floor: "give a probability such as 0.01"
    case .size(_, let units): "ask for a size between 1 and \(units)"
    case .emptySeed: "give any public text, such as the day's date and a published dice roll"
    case .floorsExceedSize: "lower the floor or draw more units"
    case .noScoreLeft: "draw fewer units or give scores above 0"
    case .maximumProbability: "give a probability such as 0.5, not below min_probability"
    case .position: "give x,y in metres or lon,lat in degrees, or leave both empty"
    case .cap: "give a probability such as 0.5, not below the floor"
    case .capsBelowSize: "draw fewer units, raise the cap or the maxima"
    case .minimaExceedSize: "draw more units, or lower the floor or the minima"
    case .quotaWithoutUnits: "correct the group's name, or leave the quota out"
    case .inspectorsUnknown: "give --inspectors, or inspectors in the policy"
    case .quotaContradiction: "leave one of the quotas out"
    case .quotaAboveCapacity: "lower the minimum, raise the cap, or give units with score 0 a score"
    case .quotaBelowFloors: "lower the floor or raise the maximum"
    case .quotasExceedSize: "draw more units or lower the minima"
    case .quotasConflict: "relax the quota of that group or of one that shares units with it"
    case .exactInPoisson: "leave out \"exact\", or draw with pareto, pivotal or lpm"
    case .exactNeedsPivotal: "draw with --method pivotal or lpm, or give the group count=N"
    case .exactColumns: "keep one of them exact and leave the other expected"
    case .noSize: "give a size, or a minimum for every group of one column"
    case .randomSize(_, let units): "ask for 0 to \(units) units"
    case .reserveSize: "ask for 0 or more"
    case .noPositions: "give the frame columns x,y or lon,lat, or draw with another method"
    case .probabilityZero: "give it a score above 0, a min_probability or --floor, or leave it out of the frame"
    }
  }

  /// Usage where options are at fault, data where the frame is.
  public var exitStatus: ExitStatus {
    switch self {
    case .floor, .size, .emptySeed, .floorsExceedSize, .cap, .capsBelowSize, .minimaExceedSize, .quotaWithoutUnits,
      .inspectorsUnknown, .quotaContradiction, .quotaAboveCapacity, .quotaBelowFloors, .quotasExceedSize,
      .quotasConflict, .exactInPoisson, .exactNeedsPivotal, .exactColumns, .noSize, .randomSize, .reserveSize:
      .usage
    default: .data
    }
  }
}
