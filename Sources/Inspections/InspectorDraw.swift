public import Digests

/// Who goes: one place of one duty and the inspector that the draw gave it.
public struct DrawnPlace: Hashable, Sendable {
  /// The duty whose place it is, as in the routes or targets.
  public let dutyID: String
  /// From 1; places that need a speciality come first.
  public let number: Int
  /// Needed at this place; `nil` for anyone.
  public let speciality: String?
  /// Pseudonym as in the inspector file.
  public let inspectorID: String
  /// SHA-256 of seed, inspector and duty.
  public let ticket: SHA256Digest

  public init(dutyID: String, number: Int, speciality: String?, inspectorID: String, ticket: SHA256Digest) {
    self.dutyID = dutyID
    self.number = number
    self.speciality = speciality
    self.inspectorID = inspectorID
    self.ticket = ticket
  }
}

/// How people are drawn.
public struct InspectorDrawRules: Hashable, Sendable {
  /// What a duty is.
  public enum Unit: String, Hashable, Sendable {
    /// A team's day: an inspector has at most one a day.
    case teamDay = "team-day"
    /// One target: an inspector has as many a day as his or her daily maximum.
    case target
  }

  /// Decides what the daily limits count.
  public var unit: Unit
  /// Inspectors on each duty, at least two; more where a duty needs more specialities than that.
  public var people: Int
  /// Most duties of one inspector over the whole plan; `nil` without a limit.
  public var maximumDuties: Int?

  public init(unit: Unit = .teamDay, people: Int = 2, maximumDuties: Int? = nil) {
    self.unit = unit
    self.people = people
    self.maximumDuties = maximumDuties
  }
}

/// The second half of double random (双随机): inspectors by lot, under exclusions and caps.
///
/// The result is the first feasible assignment in an order that the seed fixes, so that it does not depend on how it is
/// found: duties by ticket, in each duty the places in order, for each place the eligible inspectors by ticket, and of
/// those the first with whom all later places can still be filled. `docs/methods/double-random.md` has it in full.
public enum InspectorDraw {
  /// Number of the rule: it changes when the same seed could give other people.
  public static let version = "first-feasible-sha256-1"

  /// SHA-256 of the UTF-8 bytes of `seed,inspector,duty`.
  public static func ticket(seed: String, inspector: String, duty: String) -> SHA256Digest {
    SHA256Digest(ofUTF8: "\(seed),\(inspector),\(duty)")
  }

  /// - Parameter seed: Public text that nobody could foresee when the inspector list was closed.
  /// - Returns: Every place, in the order of the draw.
  /// - Throws: A shortage with its proof when no assignment exists; one is always found when one exists.
  public static func draw(
    _ duties: [InspectionDuty], inspectors: [Inspector], seed: String, rules: InspectorDrawRules = .init()
  ) throws(AssignmentProblem) -> [DrawnPlace] {
    var search = try PlaceSearch(duties, inspectors: inspectors, seed: seed, rules: rules)
    try search.fill()
    return search.drawn()
  }

  /// Recomputes a draw. - Returns: The first difference, or `nil` when every place is as recomputed.
  public static func firstDifference(
    _ duties: [InspectionDuty], inspectors: [Inspector], seed: String, rules: InspectorDrawRules = .init(),
    found: [DrawnPlace]
  ) throws(AssignmentProblem) -> String? {
    let expected = try draw(duties, inspectors: inspectors, seed: seed, rules: rules)
    func key(_ place: DrawnPlace) -> String { "place \(place.number) of \"\(place.dutyID)\"" }
    var given: [String: DrawnPlace] = [:]
    for place in found where given.updateValue(place, forKey: key(place)) != nil {
      return "\(key(place)) is in the file more than once"
    }
    for place in expected {
      guard let other = given.removeValue(forKey: key(place)) else { return "\(key(place)) is missing" }
      if other.inspectorID != place.inspectorID {
        return "\(key(place)) went to \"\(other.inspectorID)\", recomputed \"\(place.inspectorID)\""
      }
      if other.ticket != place.ticket {
        return "the ticket of \(key(place)) is \(other.ticket.hex), recomputed \(place.ticket.hex)"
      }
      if other.speciality != place.speciality { return "\(key(place)) names another speciality than recomputed" }
    }
    return given.keys.sorted().first.map { "\($0) is not part of the draw" }
  }
}
