public import Quantities

/// What an inspection team wrote about one target: a finding, not a verdict.
///
/// Who went is kept for the double-random record and for nothing else: scores are made from ``VisitRecord``, which has no
/// place for a person.
public struct Outcome: Hashable, Sendable {
  /// As in the frame that was drawn from, such as `E-<credit code>`.
  public let targetID: String
  /// The firm that was found there; `nil` where none is registered.
  public let creditCode: String?
  /// Moment of the visit; with the target it names the visit, and a second row of both is refused.
  public let time: Instant
  /// Pseudonyms of those who went, as in the inspector file.
  public let inspectorIDs: [String]
  /// Problems found, not negative.
  public let problems: Int
  /// Severity of what was found, summed over the problems by the authority's own scale; 0 where nothing was found.
  public let severity: Double
  /// Classes of problems (`docs/methods/outcomes.md`) where the file names them.
  public let classes: [String]
  /// Free text without telephone and identity numbers; empty when not given.
  public let notes: String
  /// Line in its file.
  public let line: Int32

  public init(
    targetID: String, creditCode: String?, time: Instant, inspectorIDs: [String], problems: Int, severity: Double,
    classes: [String] = [], notes: String = "", line: Int32 = 0
  ) {
    self.targetID = targetID
    self.creditCode = creditCode
    self.time = time
    self.inspectorIDs = inspectorIDs
    self.problems = problems
    self.severity = severity
    self.classes = classes
    self.notes = notes
    self.line = line
  }

  /// What ranking may know of a visit.
  public var visit: VisitRecord {
    VisitRecord(targetID: targetID, creditCode: creditCode, time: time, problems: problems, severity: severity)
  }
}

/// An outcome without the people: nothing that is computed from it can depend on who went.
public struct VisitRecord: Hashable, Sendable {
  /// As in the frame that was drawn from, such as `E-<credit code>`.
  public let targetID: String
  /// The firm that was found there; `nil` where none is registered.
  public let creditCode: String?
  /// Moment of the visit.
  public let time: Instant
  /// Problems found, not negative.
  public let problems: Int
  /// 0 where nothing was found.
  public let severity: Double

  public init(targetID: String, creditCode: String?, time: Instant, problems: Int, severity: Double) {
    self.targetID = targetID
    self.creditCode = creditCode
    self.time = time
    self.problems = problems
    self.severity = severity
  }
}
