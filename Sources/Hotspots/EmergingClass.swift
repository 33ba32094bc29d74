/// What became of a cell over time: the emerging hot-spot classes.
///
/// The published words overlap, so the classes are given in the order of `classify`; each cold class is the mirror image of a
/// hot one. Names follow Esri's emerging hot spot analysis.
public enum EmergingClass: String, CaseIterable, Hashable, Sendable, Codable {
  case newHot = "new hot"
  case consecutiveHot = "consecutive hot"
  case intensifyingHot = "intensifying hot"
  case persistentHot = "persistent hot"
  case diminishingHot = "diminishing hot"
  case sporadicHot = "sporadic hot"
  case oscillatingHot = "oscillating hot"
  case historicalHot = "historical hot"
  case newCold = "new cold"
  case consecutiveCold = "consecutive cold"
  case intensifyingCold = "intensifying cold"
  case persistentCold = "persistent cold"
  case diminishingCold = "diminishing cold"
  case sporadicCold = "sporadic cold"
  case oscillatingCold = "oscillating cold"
  case historicalCold = "historical cold"
  case none = "no pattern"

  /// One step of a cell: significantly hot, significantly cold, or neither.
  public enum State: Int8, Hashable, Sendable {
    case cold = -1
    case neither = 0
    case hot = 1
  }

  /// Which way z went.
  public enum Trend: Hashable, Sendable {
    case rising, falling, none
  }

  /// Share of the steps from which a cell counts as hot, or cold, throughout.
  public static let throughout = 0.9

  /// - Parameters:
  ///   - states: In order of time, without the steps that have no z; the last is the last step of the cube.
  ///   - trend: Of z, where significant.
  ///   - legacySporadic: As Esri worded it up to version 2.8: a cell that is neither at the end, was hot on and off before
  ///     and never cold, is sporadic.
  public static func classify(_ states: [State], trend: Trend, legacySporadic: Bool = false) -> EmergingClass {
    guard let last = states.last else { return .none }
    switch last {
    case .hot:
      return judge(
        states, trend: trend, isOwn: { $0 == .hot }, isOther: { $0 == .cold },
        (.intensifyingHot, .diminishingHot, .persistentHot, .oscillatingHot, .newHot, .consecutiveHot, .sporadicHot))
    case .cold:
      // A cold spot intensifies when z falls.
      let mirrored: Trend =
        switch trend {
        case .rising: .falling
        case .falling: .rising
        case .none: .none
        }
      return judge(
        states, trend: mirrored, isOwn: { $0 == .cold }, isOther: { $0 == .hot },
        (
          .intensifyingCold, .diminishingCold, .persistentCold, .oscillatingCold, .newCold, .consecutiveCold,
          .sporadicCold
        ))
    case .neither:
      let hot = states.count { $0 == .hot }
      let cold = states.count { $0 == .cold }
      if isThroughout(hot, of: states.count) { return .historicalHot }
      if isThroughout(cold, of: states.count) { return .historicalCold }
      guard legacySporadic else { return .none }
      if hot > 0, cold == 0 { return .sporadicHot }
      if cold > 0, hot == 0 { return .sporadicCold }
      return .none
    }
  }

  private typealias Names = (
    EmergingClass, EmergingClass, EmergingClass, EmergingClass, EmergingClass, EmergingClass, EmergingClass
  )

  private static func judge(
    _ states: [State], trend: Trend, isOwn: (State) -> Bool, isOther: (State) -> Bool, _ names: Names
  ) -> EmergingClass {
    let own = states.count(where: isOwn)
    if isThroughout(own, of: states.count) {
      switch trend {
      case .rising: return names.0
      case .falling: return names.1
      case .none: return names.2
      }
    }
    if states.contains(where: isOther) { return names.3 }
    if own == 1 { return names.4 }
    // All of them in one run at the end.
    return states.suffix(own).allSatisfy(isOwn) ? names.5 : names.6
  }

  /// In whole numbers: nine of ten is throughout.
  private static func isThroughout(_ count: Int, of all: Int) -> Bool { 10 * count >= 9 * all }
}
