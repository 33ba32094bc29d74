public import Diagnostics

/// A visit that somebody adds to a draw or takes from it, with the reason.
///
/// Overrides never change the drawn file: they stand beside it, so that what the lot said stays visible.
public struct DrawOverride: Hashable, Sendable {
  /// Only an undrawn unit can be added, and only a drawn one dropped.
  public enum Action: String, CaseIterable, Hashable, Sendable {
    case add, drop
  }

  /// A unit of the drawn file, compared byte by byte; overridden once at most.
  public let id: String
  /// Whether the unit is to be visited after all, or not to be.
  public let action: Action
  /// Never blank; kept with the visits.
  public let reason: String
  /// Who answers for it; never blank.
  public let who: String

  public init(id: String, action: Action, reason: String, who: String) {
    self.id = id
    self.action = action
    self.reason = reason
    self.who = who
  }
}

/// The visits that remain after overrides, and what the overrides do to the randomness.
public struct OverriddenVisits: Sendable {
  /// How a unit stands: drawn by lot and kept, added by hand, or drawn and dropped.
  public enum Origin: String, Hashable, Sendable {
    case drawn, added, dropped
  }

  /// One unit of the list after overrides.
  public struct Visit: Sendable {
    /// As in the drawn file.
    public let id: String
    /// Only `drawn` units have a probability by lot.
    public let origin: Origin
    /// `nil` for a drawn unit that was kept.
    public let override: DrawOverride?
  }

  /// In canonical order, dropped units among them.
  public let visits: [Visit]
  /// Units the lot drew, those dropped later included.
  public let drawn: Int
  /// Units added by hand: visits without a probability.
  public let added: Int
  /// Drawn units taken out: as good as safe.
  public let dropped: Int

  /// - Parameters:
  ///   - drawn: Every unit of the drawn file, drawn or not.
  ///   - file: What errors call the overrides, whose row k stands on line k + 1.
  /// - Throws: `Problem` that names the first override that cannot be: unknown, repeated, without effect, without reason.
  public init(drawn: [(id: String, isDrawn: Bool)], overrides: [DrawOverride], file: String) throws(Problem) {
    var isDrawn: [String: Bool] = [:]
    for unit in drawn { isDrawn[unit.id] = unit.isDrawn }
    var byID: [String: DrawOverride] = [:]
    for (place, override) in overrides.enumerated() {
      func refuse(_ what: String, _ remedy: String) -> Problem {
        Problem(what, at: SourcePlace(file: file, line: place + 2), remedy: remedy)
      }
      guard override.reason.contains(where: { !$0.isWhitespace }) else {
        throw refuse("the override of \"\(override.id)\" has no reason", "write why the draw is overridden")
      }
      guard override.who.contains(where: { !$0.isWhitespace }) else {
        throw refuse("nobody answers for the override of \"\(override.id)\"", "write who decided it")
      }
      guard let state = isDrawn[override.id] else {
        throw refuse("\"\(override.id)\" is not in the drawn file", "give an id of the frame")
      }
      guard byID.updateValue(override, forKey: override.id) == nil else {
        throw refuse("\"\(override.id)\" is overridden twice", "keep one line for each unit")
      }
      guard state == (override.action == .drop) else {
        throw refuse(
          "\"\(override.id)\" is \(state ? "drawn already" : "not drawn"), there is nothing to \(override.action.rawValue)",
          "leave the line out")
      }
    }
    visits = drawn.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }.compactMap { unit in
      let override = byID[unit.id]
      guard unit.isDrawn || override != nil else { return nil }
      return Visit(
        id: unit.id, origin: override.map { $0.action == .add ? .added : .dropped } ?? .drawn, override: override)
    }
    self.drawn = drawn.count(where: \.isDrawn)
    added = overrides.count { $0.action == .add }
    dropped = overrides.count { $0.action == .drop }
  }

  /// What a person must know before trusting rates from these visits; `nil` without overrides.
  public var warning: String? {
    guard added + dropped > 0 else { return nil }
    let visits = drawn - dropped + added
    var parts: [String] = []
    if added > 0 {
      parts.append(
        "\(added) of \(visits) visits (\(percent(added, of: visits))) are not by lot: they have no probability")
    }
    if dropped > 0 {
      parts.append(
        "\(dropped) of \(drawn) drawn units (\(percent(dropped, of: drawn))) were taken out: "
          + "they were as good as safe, and rates estimated from the rest are biased unless they count as missing")
    }
    return parts.joined(separator: "; ")
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "-" }
    let tenths = (1000 * part + whole / 2) / whole
    return "\(tenths / 10).\(tenths % 10) %"
  }
}
