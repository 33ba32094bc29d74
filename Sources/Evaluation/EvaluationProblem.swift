public import Diagnostics

/// Why an evaluation gives no number.
public enum EvaluationProblem: Diagnosable, Equatable {
  /// The rows do not belong together.
  case rows(String, remedy: String)
  /// There is not enough to learn or to compare from.
  case tooLittle(String)
  /// The draws that were made cannot say what another policy would have found.
  case thinSupport(String)

  public var problem: String {
    switch self {
    case .rows(let text, _), .tooLittle(let text), .thinSupport(let text): text
    }
  }

  public var remedy: String {
    switch self {
    case .rows(_, let remedy): remedy
    case .tooLittle: "give the outcomes of more days of draws"
    case .thinSupport:
      "draw with a higher floor or a larger random arm, evaluate more days, or compare a policy closer to the one "
        + "that was used"
    }
  }

  public var exitStatus: ExitStatus { .data }
}
