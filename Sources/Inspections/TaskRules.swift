public import Quantities

/// How often a firm may be visited and how many visits of each origin a day may have (国办发〔2024〕54号 asks for a published
/// yearly cap per firm).
public struct TaskRules: Hashable, Sendable {
  /// What a year is.
  public enum Year: String, CaseIterable, Hashable, Sendable {
    /// From 1 January up to the day before the visit.
    case calendar
    /// The 365 days before the visit.
    case rolling = "last-12-months"
  }

  /// Most visits of one firm a year; `nil` without a cap.
  public var visitsPerYear: Int?
  /// What `visitsPerYear` counts over.
  public var year: Year
  /// Most visits a day of each origin; an absent origin has no cap.
  public var visitsPerDay: [TaskOrigin: Int]
  /// Origins that go ahead over the yearly cap; their visits are counted all the same. None unless a rule allows it.
  public var exemptFromYear: Set<TaskOrigin>

  public init(
    visitsPerYear: Int? = nil, year: Year = .calendar, visitsPerDay: [TaskOrigin: Int] = [:],
    exemptFromYear: Set<TaskOrigin> = []
  ) {
    self.visitsPerYear = visitsPerYear
    self.year = year
    self.visitsPerDay = visitsPerDay
    self.exemptFromYear = exemptFromYear
  }

  /// First day of the year that a visit on `day` is counted in.
  public func yearStart(of day: LocalDay) -> LocalDay {
    switch year {
    case .calendar: LocalMonth(year: day.civil.year, month: 1).firstDay
    case .rolling: day.advanced(by: -365)
    }
  }
}

/// A firm or unregistered target that has had its visits of the year.
public struct CappedSubject: Hashable, Sendable {
  /// Credit code, or the target's id where there is none.
  public let subject: String
  /// Visits in the year so far.
  public let visits: Int
}

/// Why a task does not go ahead.
public enum TaskRefusal: Hashable, Sendable, CustomStringConvertible {
  case noLeadCited
  case noCampaignNamed
  case repeated
  /// The firm has had its visits of the year, those planned earlier in the list included.
  case yearlyCap(visits: Int, cap: Int)
  case dailyCap(origin: TaskOrigin, cap: Int)

  public var description: String {
    switch self {
    case .noLeadCited: "a visit of origin lead cites no lead"
    case .noCampaignNamed: "a visit of origin special-campaign names no campaign"
    case .repeated: "the target is planned twice for the day"
    case .yearlyCap(let visits, let cap): "the firm has \(visits) visits in the year, the cap is \(cap)"
    case .dailyCap(let origin, let cap): "the day already has \(cap) visits of origin \(origin.rawValue)"
    }
  }
}

extension TaskRefusal {
  /// A word or two for counts.
  public var label: String {
    switch self {
    case .noLeadCited: "no lead cited"
    case .noCampaignNamed: "no campaign named"
    case .repeated: "planned twice"
    case .yearlyCap: "yearly cap"
    case .dailyCap: "daily cap"
    }
  }
}

/// What came of a list of tasks.
public struct TaskReview: Sendable {
  /// In the order given.
  public let admitted: [InspectionTask]
  /// In the order given.
  public let refused: [(task: InspectionTask, reason: TaskRefusal)]
}

extension TaskRules {
  /// Firms to leave out of a frame *before* a draw, because a draw of them could not be followed: drawing first and
  /// dropping later would change every other firm's chance.
  ///
  /// - Returns: Sorted by subject; empty without a cap or where `random` is exempt.
  public func cappedSubjects(visits: [VisitRecord], on day: LocalDay) -> [CappedSubject] {
    guard let cap = visitsPerYear, !exemptFromYear.contains(.random) else { return [] }
    return counts(visits, on: day).filter { $0.value >= cap }
      .map { CappedSubject(subject: $0.key, visits: $0.value) }
      .sorted { precedes($0.subject, $1.subject) }
  }

  /// Applies form, yearly cap and daily caps to tasks in the order given: put the most important first.
  ///
  /// A refused task is reported and nothing takes its place.
  public func review(_ tasks: [InspectionTask], visits: [VisitRecord]) -> TaskReview {
    var admitted: [InspectionTask] = []
    var refused: [(task: InspectionTask, reason: TaskRefusal)] = []
    var planned: [String: Int] = [:]
    var perDay: [LocalDay: [TaskOrigin: Int]] = [:]
    var seen: Set<String> = []
    var countsByDay: [LocalDay: [String: Int]] = [:]
    for task in tasks {
      let key = "\(task.day)/\(task.targetID)"
      if countsByDay[task.day] == nil { countsByDay[task.day] = counts(visits, on: task.day) }
      let past = countsByDay[task.day, default: [:]][task.subject, default: 0] + planned[task.subject, default: 0]
      let today = perDay[task.day, default: [:]][task.origin, default: 0]
      if let reason = refusal(task, isRepeated: seen.contains(key), past: past, today: today) {
        refused.append((task, reason))
        continue
      }
      seen.insert(key)
      planned[task.subject, default: 0] += 1
      perDay[task.day, default: [:]][task.origin, default: 0] += 1
      admitted.append(task)
    }
    return TaskReview(admitted: admitted, refused: refused)
  }

  private func refusal(_ task: InspectionTask, isRepeated: Bool, past: Int, today: Int) -> TaskRefusal? {
    if task.origin == .lead, task.leadIDs.isEmpty { return .noLeadCited }
    if task.origin == .specialCampaign, task.campaign?.isEmpty ?? true { return .noCampaignNamed }
    if isRepeated { return .repeated }
    if let cap = visitsPerYear, past >= cap, !exemptFromYear.contains(task.origin) {
      return .yearlyCap(visits: past, cap: cap)
    }
    if let cap = visitsPerDay[task.origin], today >= cap { return .dailyCap(origin: task.origin, cap: cap) }
    return nil
  }

  /// Visits of each subject from the beginning of the year up to the day before `day`; two teams at one gate on one day
  /// are one visit.
  private func counts(_ visits: [VisitRecord], on day: LocalDay) -> [String: Int] {
    let start = yearStart(of: day)
    var seen: Set<String> = []
    var counts: [String: Int] = [:]
    for visit in visits where start <= visit.time.day && visit.time.day < day {
      let subject = visit.creditCode ?? visit.targetID
      if seen.insert("\(visit.time.day)/\(subject)").inserted { counts[subject, default: 0] += 1 }
    }
    return counts
  }
}
