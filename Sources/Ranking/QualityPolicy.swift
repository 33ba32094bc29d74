public import Readings

/// Which doubtful readings the daily job marks, and which it leaves out.
public struct QualityPolicy: Hashable, Sendable, Codable {
  /// Whether quality control runs at all; without it only missing codes are dropped.
  public var isOn = true
  /// Days up to the evidence day that the checks look along: drift, copies and timetables need weeks.
  public var historyDays = 21
  /// Switches and numbers of the checks; not used while `isOn` is `false`.
  public var rules = QualityRules()

  public init() {}

  enum CodingKeys: String, CodingKey {
    case rules
    case isOn = "enabled"
    case historyDays = "history_days"
  }

  /// The mask of the flags that exclude; empty when quality control is off.
  public var exclusionMask: QualityFlags { isOn ? rules.exclusionMask : [] }

  var defects: [(key: String, problem: String)] {
    var result = rules.defects.map { (key: "rules.\($0.key)", problem: $0.problem) }
    if !(2...120).contains(historyDays) {
      result.append((CodingKeys.historyDays.rawValue, "\(historyDays) is not between 2 and 120"))
    }
    return result
  }
}
