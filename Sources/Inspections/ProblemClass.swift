/// What kind of problem an inspection found, after the classes of the ministry's daily bulletins of 2017 and 2018.
///
/// The raw value is what `outcomes` files use; their readers know the Chinese terms too.
public enum ProblemClass: String, CaseIterable, Hashable, Sendable, Codable {
  /// A scattered polluter (散乱污) on the list of its city.
  case scatteredOnList = "scattered-on-list"
  /// A scattered polluter that no list knew.
  case scatteredOffList = "scattered-off-list"
  /// Emission above the limit (超标排放).
  case excessEmission = "excess-emission"
  /// No treatment installed (未安装污染治理设施).
  case noTreatment = "no-treatment"
  /// Treatment not running as it should (治污设施不正常运行).
  case treatmentNotRunning = "treatment-not-running"
  /// Suspected fraud of automatic monitoring (自动监测弄虚作假).
  case dataFraud = "data-fraud"
  /// Treatment of volatile organic compounds (VOCs 治理问题).
  case volatileOrganics = "voc"
  /// Rectification that was reported and did not happen (虚报整改).
  case falseRectification = "false-rectification"
  /// Rectification not done in time (未按期完成).
  case overdueRectification = "overdue-rectification"
  /// Emergency measures of a heavy-pollution alert not carried out (未落实应急减排).
  case emergencyMeasures = "emergency-measures"
  /// Production in a time that peak-shift closes (未落实错峰生产).
  case peakShift = "peak-shift"
  /// A coal boiler that should be gone (燃煤锅炉未淘汰).
  case coalBoiler = "coal-boiler"
  /// Dust from yards, roads and building sites (扬尘).
  case dust
  /// Inspectors were not let in (拒绝检查).
  case refusal
  /// Any other problem (其他).
  case other
}

/// How bad a problem of a class is, where the file gives no severity of its own.
///
/// The ministry prints counts and no scale: every number is this project's choice, ordered by what a problem means for
/// the air and for trust. 1 is an ordinary shortcoming.
public struct ProblemSeverity: Hashable, Sendable, Codable {
  /// Of `scattered-on-list`: the city knew of the place, and it still worked.
  public var scatteredOnList = 2.0
  /// Of `scattered-off-list`: nobody knew of it.
  public var scatteredOffList = 3.0
  /// Of `excess-emission`.
  public var excessEmission = 4.0
  /// Of `no-treatment`.
  public var noTreatment = 3.0
  /// Of `treatment-not-running`: less than fraud, as it may be neglect.
  public var treatmentNotRunning = 3.0
  /// Of `data-fraud`, the worst: every number of the firm is in doubt.
  public var dataFraud = 5.0
  /// Of `voc`.
  public var volatileOrganics = 2.0
  /// Of `false-rectification`: reported as done, and not done.
  public var falseRectification = 4.0
  /// Of `overdue-rectification`: late, and not denied.
  public var overdueRectification = 2.0
  /// Of `emergency-measures`: on the days with the worst air.
  public var emergencyMeasures = 4.0
  /// Of `peak-shift`.
  public var peakShift = 3.0
  /// Of `coal-boiler`.
  public var coalBoiler = 3.0
  /// Of `dust`: an ordinary shortcoming.
  public var dust = 1.0
  /// Of `refusal`: what was behind the door is not known.
  public var refusal = 3.0
  /// Of `other`: no class that says more.
  public var other = 1.0
  /// Of a problem whose class the file does not name.
  public var unnamed = 1.0

  public init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case scatteredOnList = "scattered_on_list"
    case scatteredOffList = "scattered_off_list"
    case excessEmission = "excess_emission"
    case noTreatment = "no_treatment"
    case treatmentNotRunning = "treatment_not_running"
    case dataFraud = "data_fraud"
    case volatileOrganics = "voc"
    case falseRectification = "false_rectification"
    case overdueRectification = "overdue_rectification"
    case emergencyMeasures = "emergency_measures"
    case peakShift = "peak_shift"
    case coalBoiler = "coal_boiler"
    case dust, refusal, other, unnamed
  }

  /// The severity of one problem of a class.
  public subscript(_ problem: ProblemClass) -> Double {
    switch problem {
    case .scatteredOnList: scatteredOnList
    case .scatteredOffList: scatteredOffList
    case .excessEmission: excessEmission
    case .noTreatment: noTreatment
    case .treatmentNotRunning: treatmentNotRunning
    case .dataFraud: dataFraud
    case .volatileOrganics: volatileOrganics
    case .falseRectification: falseRectification
    case .overdueRectification: overdueRectification
    case .emergencyMeasures: emergencyMeasures
    case .peakShift: peakShift
    case .coalBoiler: coalBoiler
    case .dust: dust
    case .refusal: refusal
    case .other: other
    }
  }

  /// The values that cannot be used.
  public var defects: [(key: String, problem: String)] {
    let named = ProblemClass.allCases.map { ($0.rawValue.split(separator: "-").joined(separator: "_"), self[$0]) }
    return (named + [("unnamed", unnamed)]).filter { !($0.1 > 0 && $0.1 <= 1000) }
      .map { (key: $0.0, problem: "\($0.1) is not above 0 and at most 1000") }
  }
}
