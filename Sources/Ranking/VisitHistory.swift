public import Inspections
public import Quantities

/// What earlier visits say about targets on the day of a plan.
///
/// Made of ``VisitRecord``, which has no place for a person: no score can depend on who went.
public struct VisitHistory: Sendable {
  /// The newest visit to a target.
  public struct Last: Hashable, Sendable {
    /// Day of the visit, before the day of the plan.
    public let day: LocalDay
    /// 1 for yesterday.
    public let daysSince: Int
    /// Nothing was found on that day.
    public let isClean: Bool
  }

  /// Day of the plan.
  public let day: LocalDay
  private var last: [String: Last] = [:]
  private let open: [String: Int]

  /// - Parameters:
  ///   - visits: In any order; those on or after `day` are ignored, so that a plan made again stays the same.
  ///   - day: Day of the plan.
  ///   - openCases: Problems handed over and not rectified (未整改), by target id such as `E-<credit code>`.
  public init(visits: [VisitRecord], day: LocalDay, openCases: [String: Int] = [:]) {
    self.day = day
    open = openCases
    for visit in visits where visit.time.day < day {
      add(visit, to: visit.targetID)
      if let code = visit.creditCode, visit.targetID != "E-\(code)" { add(visit, to: "E-\(code)") }
    }
  }

  /// The newest visit to a target by its id; `nil` when it never was visited.
  public func last(_ targetID: String) -> Last? { last[targetID] }

  /// Cases open at a target, not negative.
  public func openCases(_ targetID: String) -> Int { max(0, open[targetID] ?? 0) }

  private mutating func add(_ visit: VisitRecord, to id: String) {
    let day = visit.time.day
    var isClean = visit.problems == 0
    if let known = last[id] {
      if known.day > day { return }
      // Two visits on one day: what one of them found is found.
      if known.day == day { isClean = isClean && known.isClean }
    }
    last[id] = Last(day: day, daysSince: day.days(until: self.day), isClean: isClean)
  }
}
