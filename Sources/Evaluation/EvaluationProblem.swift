public import Diagnostics

/// Why an evaluation gives no number.
public enum EvaluationProblem: Diagnosable, Equatable {
  /// The rows do not belong together.
  case rows(String, remedy: String)
  /// There is not enough to learn or to compare from.
  case tooLittle(String)
  /// The draws that were made cannot say what another policy would have found.
  case thinSupport(String)

  /// The reason as a sentence with its numbers.
  public var problem: String {
    switch self {
    case .rows(let text, _), .tooLittle(let text), .thinSupport(let text): text
    }
  }

  /// What to give or to draw so that there is a number.
  public var remedy: String {
    switch self {
    case .rows(_, let remedy): remedy
    case .tooLittle: "give the outcomes of more days of draws"
    case .thinSupport:
      "draw with a higher floor or a larger random arm, evaluate more days, or compare a policy closer to the one "
        + "that was used"
    }
  }

  /// Always data: options were good, there was too little or the wrong rows.
  public var exitStatus: ExitStatus { .data }
}
