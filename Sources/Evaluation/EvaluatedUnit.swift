public import Inspections
public import Quantities

/// One line of a frame as evaluation reads it.
public struct FrameRecord: Hashable, Sendable {
  /// As in the frame, such as `E-<credit code>`; once per day.
  public var id: String
  /// By the policy that was used, as drawn with.
  public var score: Double
  /// GB/T 2260 code, or a stratum; empty when the file has neither.
  public var county: String
  /// Class of the target, such as `enterprise`.
  public var targetClass: String
  /// Cell id; `nil` when the file has none.
  public var cell: String?
  /// Day of the draw; `nil` in a file of one draw.
  public var day: LocalDay?
  /// Place in the order of business as usual, from 0; `nil` when none is known.
  public var usualRank: Double?

  public init(
    id: String, score: Double, county: String = "", targetClass: String = "", cell: String? = nil, day: LocalDay? = nil,
    usualRank: Double? = nil
  ) {
    self.id = id
    self.score = score
    self.county = county
    self.targetClass = targetClass
    self.cell = cell
    self.day = day
    self.usualRank = usualRank
  }
}

/// One line of a drawn file as evaluation reads it.
public struct DrawRecord: Hashable, Sendable {
  /// As in the frame of the same day.
  public var id: String
  /// Of inclusion by any arm, 0...1.
  public var inclusionProbability: Double
  /// Whether any arm took it.
  public var isDrawn: Bool
  /// `scored` or `random`; `nil` in a file without arms.
  public var arm: String?
  /// Of the draw; `nil` in files of one draw without dates.
  public var day: LocalDay?

  public init(id: String, inclusionProbability: Double, isDrawn: Bool, arm: String? = nil, day: LocalDay? = nil) {
    self.id = id
    self.inclusionProbability = inclusionProbability
    self.isDrawn = isDrawn
    self.arm = arm
    self.day = day
  }
}

/// What the visit to a unit found.
public struct UnitOutcome: Hashable, Sendable {
  /// Of the visit.
  public let day: LocalDay
  /// Problems found, not negative.
  public let problems: Int
  /// Summed over the problems; 0 where nothing was found.
  public let severity: Double
  /// The find was of somebody whom no register or list knew.
  public let isOffList: Bool

  /// One problem is enough.
  public var isFind: Bool { problems > 0 }
}

/// One target of one draw: what it was before the visit, and what the visit found.
public struct EvaluatedUnit: Hashable, Sendable {
  /// The target before the visit, with the day of its draw filled in.
  public let frame: FrameRecord
  /// Of inclusion by any arm; 0 for a target that no drawn row names.
  public let probability: Double
  /// Whether any arm took it, visited or not.
  public let isDrawn: Bool
  /// `scored`, `random` or the arm of files that name none; of undrawn targets too.
  public let arm: String
  /// Number of its draw, from 0 in the order of the days.
  public let draw: Int
  /// `nil` when it was not drawn, or drawn and no outcome came in.
  public let outcome: UnitOutcome?

  /// County and day: what hangs together.
  public var block: String { "\(frame.county)|\(frame.day?.description ?? "")" }
}

/// Frames, draws and outcomes put together.
public struct EvaluatedDraws: Sendable {
  /// Every target of every frame, by day and id.
  public let units: [EvaluatedUnit]
  /// Days drawn, at least 1.
  public let draws: Int
  /// Drawn, and no outcome came in.
  public let unvisited: Int
  /// Outcomes of targets that were not drawn (or not within the window): they have no probability and are not used.
  public let strayOutcomes: Int
  /// Two visits to one target of a draw by teams without a common member, and how they came out.
  public let blindPairs: (both: Int, one: Int, neither: Int)

  /// Units with an outcome.
  public var visited: [EvaluatedUnit] { units.filter { $0.outcome != nil } }
}

extension EvaluatedDraws {
  /// Joins by id and day. The first outcome from the day of a draw on, and before it is `windowDays` old, belongs to it.
  ///
  /// A find is off the list when its credit code is neither that of a firm of a frame nor in `registered`, or when the
  /// inspectors' own class says so.
  /// - Parameters:
  ///   - registered: Credit codes beside those of the frames.
  ///   - windowDays: An outcome later than this after its draw belongs to no draw.
  ///   - usualArm: The arm of draws whose file names none.
  public static func joined(
    frame: [FrameRecord], drawn: [DrawRecord], outcomes: [Outcome], registered: Set<String> = [], windowDays: Int = 14,
    usualArm: String = "scored"
  ) throws(EvaluationProblem) -> EvaluatedDraws {
    let days = Set(drawn.map(\.day)).sorted { ($0?.ordinal ?? .min) < ($1?.ordinal ?? .min) }
    guard days.count <= 1 || !days.contains(nil) else {
      throw .rows("some drawn rows have a date and some have none", remedy: "give every drawn row its date")
    }
    let frameHasDays = frame.contains { $0.day != nil }
    guard days.count <= 1 || frameHasDays else {
      throw .rows(
        "the drawn rows are of \(days.count) days and the frame has no date", remedy: "give the frame a date column")
    }
    let single = days.count == 1 ? days[0] : nil
    var known = registered
    var drawOf: [Key: DrawRecord] = [:]
    for row in drawn where drawOf.updateValue(row, forKey: Key(row.id, row.day)) != nil {
      throw .rows(
        "\(row.id) stands twice in the draw of \(row.day?.description ?? "one day")",
        remedy: "give each draw once, with its date")
    }
    var records: [FrameRecord] = []
    var seen: Set<Key> = []
    for var row in frame {
      if row.day == nil { row.day = single }
      guard seen.insert(Key(row.id, row.day)).inserted else {
        throw .rows(
          "\(row.id) stands twice in the frame of \(row.day?.description ?? "one day")",
          remedy: "give each frame once, with its date")
      }
      if row.id.hasPrefix("E-") { known.insert(String(row.id.dropFirst(2))) }
      records.append(row)
    }
    if let row = drawn.first(where: { !seen.contains(Key($0.id, $0.day ?? single)) }) {
      throw .rows("\(row.id) was drawn and is not in the frame", remedy: "give the frame that was drawn from")
    }
    records.sort { ($0.day?.ordinal ?? .min, $0.id) < ($1.day?.ordinal ?? .min, $1.id) }
    let matched = match(outcomes, drawn: drawn, windowDays: windowDays)
    let number = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1, $0) })
    var unvisited = 0
    let units = records.map { record in
      let key = Key(record.id, record.day)
      let draw = drawOf[key] ?? (single == nil ? nil : drawOf[Key(record.id, nil)])
      let outcome = (draw?.isDrawn ?? false) ? matched.first[Key(record.id, draw?.day)] : nil
      if draw?.isDrawn == true, outcome == nil { unvisited += 1 }
      return EvaluatedUnit(
        frame: record, probability: draw?.inclusionProbability ?? 0, isDrawn: draw?.isDrawn ?? false,
        arm: draw?.arm ?? usualArm, draw: number[record.day] ?? 0,
        outcome: outcome.map { found(by: $0, id: record.id, known: known) })
    }
    return EvaluatedDraws(
      units: units, draws: max(1, days.count), unvisited: unvisited, strayOutcomes: matched.stray,
      blindPairs: matched.pairs)
  }

  private static func found(by outcome: Outcome, id: String, known: Set<String>) -> UnitOutcome {
    let code = outcome.creditCode ?? (id.hasPrefix("E-") ? String(id.dropFirst(2)) : nil)
    let isUnknown = code.map { !known.contains($0) } ?? true
    let saysSo = outcome.classes.contains(ProblemClass.scatteredOffList.rawValue)
    return UnitOutcome(
      day: outcome.time.day, problems: outcome.problems, severity: outcome.severity,
      isOffList: outcome.problems > 0 && (isUnknown || saysSo))
  }

  private struct Key: Hashable {
    let id: String
    let day: LocalDay?
    init(_ id: String, _ day: LocalDay?) {
      self.id = id
      self.day = day
    }
  }

  private struct Matches {
    var first: [Key: Outcome] = [:]
    var stray = 0
    var pairs = (both: 0, one: 0, neither: 0)
  }

  private static func match(_ outcomes: [Outcome], drawn: [DrawRecord], windowDays: Int) -> Matches {
    var daysOf: [String: [LocalDay?]] = [:]
    for row in drawn where row.isDrawn { daysOf[row.id, default: []].append(row.day) }
    var matches = Matches()
    var paired: Set<Key> = []
    let ordered = outcomes.sorted { ($0.time, $0.targetID, $0.line) < ($1.time, $1.targetID, $1.line) }
    for outcome in ordered {
      let fits = (daysOf[outcome.targetID] ?? []).filter { day in
        guard let day else { return true }
        return (0...windowDays).contains(day.days(until: outcome.time.day))
      }
      guard let day = fits.max(by: { ($0?.ordinal ?? .min) < ($1?.ordinal ?? .min) }) else {
        matches.stray += 1
        continue
      }
      let key = Key(outcome.targetID, day)
      guard let first = matches.first[key] else {
        matches.first[key] = outcome
        continue
      }
      // A second visit tells how much a visit sees, when nobody of the first was there and the state cannot have changed.
      guard first.time.day.days(until: outcome.time.day) <= 2, !first.inspectorIDs.isEmpty,
        !outcome.inspectorIDs.isEmpty, Set(first.inspectorIDs).isDisjoint(with: outcome.inspectorIDs),
        paired.insert(key).inserted
      else { continue }
      switch (first.problems > 0, outcome.problems > 0) {
      case (true, true): matches.pairs.both += 1
      case (false, false): matches.pairs.neither += 1
      default: matches.pairs.one += 1
      }
    }
    return matches
  }
}
