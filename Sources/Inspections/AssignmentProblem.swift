public import Diagnostics

/// Proof that a draw of inspectors cannot succeed: some places that only some people may fill, and too few of them.
///
/// A set of places whose every possible holder is busy with places of the same set (a violation of Hall's condition;
/// the cut of a maximum flow).
public struct AssignmentShortage: Hashable, Sendable {
  /// One duty of the set.
  public struct Duty: Hashable, Sendable {
    /// As in the routes or targets, such as `team-3/2017-11-22`.
    public let id: String
    /// Places of the duty in the set: the speciality each needs, `nil` for anyone.
    public let places: [String?]
    /// How many inspectors each rule keeps away; `nil` counts those who lack the speciality of the places.
    public let excluded: [Exclusion: Int]
    /// Inspectors no rule keeps away, none of whom has the speciality of a place of the set.
    public let withoutSpeciality: Int
  }

  /// In the order of the draw.
  public let duties: [Duty]
  /// Places in the set.
  public let needed: Int
  /// Most of them that can be filled.
  public let available: Int
  /// Everyone who may fill any of them, ascending; empty when nobody may.
  public let inspectors: [String]
}

/// Why inspectors cannot be drawn.
public enum AssignmentProblem: Diagnosable, Equatable {
  case noDuties
  case noInspectors
  case emptySeed
  case repeatedInspector(String)
  case repeatedDuty(String)
  case tooFewPeople(Int)
  case cityUnknown(inspector: String, target: String)
  case shortage(AssignmentShortage)

  /// What stands in the way, with the numbers; no assignment was made.
  public var problem: String {
    switch self {
    case .noDuties: return "there is nothing to assign"
    case .noInspectors: return "there are no inspectors to draw from"
    case .emptySeed: return "the seed is empty"
    case .repeatedInspector(let id): return "inspector \"\(id)\" is listed more than once"
    case .repeatedDuty(let id): return "duty \"\(id)\" is listed more than once"
    case .tooFewPeople(let people): return "\(people) inspectors a target is less than two"
    case .cityUnknown(let inspector, let target):
      return "cannot tell whether target \"\(target)\" lies in the home city of inspector \(inspector)"
    case .shortage(let shortage): return shortage.sentence
    }
  }

  /// What to change in the inspector file or the plan.
  public var remedy: String {
    switch self {
    case .noDuties: "give routes or targets with at least one row"
    case .noInspectors: "give the inspector file at least one certified inspector"
    case .emptySeed: "give any public text, such as the day's date and a published dice roll"
    case .repeatedInspector, .repeatedDuty: "give each one id of its own"
    case .tooFewPeople: "ask for two or more; the law asks for at least two"
    case .cityUnknown: "give the target a county_code where home cities are codes, or a city where they are names"
    case .shortage:
      "add certified inspectors from other cities or with the speciality, raise their caps, or plan fewer targets or "
        + "shorter team-days; no assignment was made"
    }
  }

  /// Usage for seed and number of people, data for everything files say.
  public var exitStatus: ExitStatus {
    switch self {
    case .emptySeed, .tooFewPeople: .usage
    default: .data
    }
  }
}

extension AssignmentShortage {
  /// The proof in words.
  public var sentence: String {
    let who =
      inspectors.isEmpty
      ? "nobody may take them"
      : "only \(list(inspectors)) may take them, and their caps allow \(available)"
    let parts = duties.prefix(8).map { duty in
      var text = duty.id
      let skills = Set(duty.places.compactMap(\.self)).sorted()
      if !skills.isEmpty { text += " with " + skills.joined(separator: " and ") }
      let order: [Exclusion] = [.notCertified, .tooManyTargets, .homeCity, .conflict]
      var reasons = order.compactMap { rule in duty.excluded[rule].map { "\($0) \(rule.label)" } }
      if duty.withoutSpeciality > 0 { reasons.append("\(duty.withoutSpeciality) without the speciality") }
      return reasons.isEmpty ? text : text + " (excluded: " + reasons.joined(separator: ", ") + ")"
    }
    let rest = duties.count > parts.count ? " and \(duties.count - parts.count) more" : ""
    return "no assignment exists: \(needed) places of \(parts.joined(separator: "; "))\(rest) need people, but \(who)"
  }

  private func list(_ names: [String]) -> String {
    names.count <= 12
      ? names.joined(separator: ", ")
      : names.prefix(12).joined(separator: ", ") + " and \(names.count - 12) more"
  }
}
