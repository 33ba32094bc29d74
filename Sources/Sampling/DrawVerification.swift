public import Digests

/// Recomputes a draw and names the first thing that is not as it should be.
public enum DrawVerification {
  /// The first difference in canonical order: ids that do not match, then within one unit ticket, probability, outcome.
  public enum Difference: Equatable, Sendable, CustomStringConvertible {
    case missing(id: String)
    case notInFrame(id: String)
    case repeated(id: String)
    case ticket(id: String, expected: SHA256Digest, found: SHA256Digest)
    case probability(id: String, expected: Double, found: Double)
    case outcome(id: String, expected: Bool)
    case arm(id: String, expected: String, found: String)
    case randomTicket(id: String)
    case combined(id: String, expected: Double, found: Double)
    case pool(id: String, expected: String, found: String)
    case reserve(id: String, expected: Int?, found: Int?)

    public var description: String {
      switch self {
      case .missing(let id): "\"\(id)\" is in the frame but not in the drawn file"
      case .notInFrame(let id): "\"\(id)\" is in the drawn file but not in the frame"
      case .repeated(let id): "\"\(id)\" is in the drawn file more than once"
      case .ticket(let id, let expected, let found):
        "the ticket of \"\(id)\" is \(found.hex), recomputed \(expected.hex): another seed or another id"
      case .probability(let id, let expected, let found):
        "the inclusion probability of \"\(id)\" is \(found), recomputed \(expected): another score, size or floor"
      case .outcome(let id, let expected):
        expected ? "\"\(id)\" should have been drawn" : "\"\(id)\" should not have been drawn"
      case .arm(let id, let expected, let found):
        "\"\(id)\" is of the arm \"\(found)\", recomputed \"\(expected)\""
      case .randomTicket(let id): "the random ticket of \"\(id)\" is another than recomputed"
      case .combined(let id, let expected, let found):
        "the combined probability of \"\(id)\" is \(found), recomputed \(expected)"
      case .pool(let id, let expected, let found):
        "\"\(id)\" is of the pool \"\(found)\", recomputed \"\(expected)\""
      case .reserve(let id, let expected, let found):
        "the place of \"\(id)\" in the reserve is \(found.map(String.init) ?? "none"), "
          + "recomputed \(expected.map(String.init) ?? "none")"
      }
    }
  }

  /// - Parameters:
  ///   - drawn: Rows of the drawn file, in any order; their number of drawn units is taken as the size of the draw.
  ///   - seed: `nil` takes the file's tickets as they are and checks only what follows from them.
  ///   - floor: The floor the draw was made with.
  /// - Returns: `nil` when every row is as recomputed, to the last bit.
  public static func firstDifference(
    frame: Frame, drawn: [DrawnUnit], seed: String?, floor: Double = 0
  ) throws(DrawProblem) -> Difference? {
    let found = drawn.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    // Ids first: a lost row also changes the size and with it every probability.
    if let difference = firstDifference(of: found.map(\.id), frame: frame) { return difference }
    let size = drawn.count(where: \.isDrawn)
    let expected =
      if let seed {
        try frame.draw(size: size, seed: seed, floor: floor)
      } else {
        try frame.draw(size: size, tickets: found.map(\.ticket), floor: floor)
      }
    for (expected, given) in zip(expected, found) {
      if let difference = difference(expected, given) { return difference }
    }
    return nil
  }

  /// The same for a draw by a plan, with arms, pools and reserves.
  ///
  /// - Parameter outcomes: Rows of the drawn file, in any order.
  public static func firstDifference(
    frame: Frame, outcomes: [DrawOutcome], plan: DrawPlan, seed: String
  ) throws(DrawProblem) -> Difference? {
    let found = outcomes.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    if let difference = firstDifference(of: found.map(\.id), frame: frame) { return difference }
    for (expected, given) in zip(try frame.draw(plan: plan, seed: seed).units, found) {
      if let difference = difference(expected.unit, given.unit) { return difference }
      if plan.isPlain { continue }
      let id = expected.id
      if expected.arm != given.arm { return .arm(id: id, expected: expected.arm, found: given.arm) }
      if expected.randomTicket != given.randomTicket { return .randomTicket(id: id) }
      if expected.combinedProbability != given.combinedProbability {
        return .combined(id: id, expected: expected.combinedProbability, found: given.combinedProbability)
      }
      if expected.pool != given.pool { return .pool(id: id, expected: expected.pool, found: given.pool) }
      if expected.reservePlace != given.reservePlace {
        return .reserve(id: id, expected: expected.reservePlace, found: given.reservePlace)
      }
    }
    return nil
  }

  /// - Parameter ids: In canonical order.
  private static func firstDifference(of ids: [String], frame: Frame) -> Difference? {
    for (a, b) in zip(ids, ids.dropFirst()) where a.utf8.elementsEqual(b.utf8) { return .repeated(id: a) }
    for slot in 0..<max(frame.units.count, ids.count) {
      guard slot < ids.count else { return .missing(id: frame.units[slot].id) }
      guard slot < frame.units.count else { return .notInFrame(id: ids[slot]) }
      let (expected, given) = (frame.units[slot].id, ids[slot])
      if !expected.utf8.elementsEqual(given.utf8) {
        return expected.utf8.lexicographicallyPrecedes(given.utf8) ? .missing(id: expected) : .notInFrame(id: given)
      }
    }
    return nil
  }

  private static func difference(_ expected: DrawnUnit, _ found: DrawnUnit) -> Difference? {
    if expected.ticket != found.ticket {
      return .ticket(id: expected.id, expected: expected.ticket, found: found.ticket)
    }
    if expected.inclusionProbability != found.inclusionProbability {
      return .probability(
        id: expected.id, expected: expected.inclusionProbability, found: found.inclusionProbability)
    }
    return expected.isDrawn == found.isDrawn ? nil : .outcome(id: expected.id, expected: expected.isDrawn)
  }
}
