public import Digests

/// The list of everything that can be drawn, in canonical order.
public struct Frame: Sendable, Equatable {
  /// The rule by which frames are drawn; a change in any drawn unit or probability gets a new number.
  public static let drawVersion = "pareto-sha256-1"

  /// Sorted by the UTF-8 bytes of the id; no id twice.
  public let units: [FrameUnit]

  /// - Parameter units: In any order.
  /// - Throws: The first problem in canonical order: an empty or repeated id, a score or a minimum out of range.
  public init(_ units: [FrameUnit]) throws(DrawProblem) {
    self.units = units.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    guard let first = self.units.first else { throw .emptyFrame }
    guard !first.id.isEmpty else { throw .emptyID }
    for (a, b) in zip(self.units, self.units.dropFirst()) where a.id.utf8.elementsEqual(b.id.utf8) {
      throw .repeatedID(a.id)
    }
    for unit in self.units {
      guard unit.score >= 0, unit.score <= 1e290 else { throw .score(id: unit.id, unit.score) }
      guard (0...1).contains(unit.minimumProbability) else {
        throw .minimumProbability(id: unit.id, unit.minimumProbability)
      }
      guard unit.maximumProbability > 0, unit.maximumProbability <= 1,
        unit.maximumProbability >= unit.minimumProbability
      else { throw .maximumProbability(id: unit.id, unit.maximumProbability) }
      if let position = unit.position, !position.x.isFinite || !position.y.isFinite {
        throw .position(id: unit.id)
      }
    }
  }

  /// The ticket of a unit: SHA-256 of the UTF-8 bytes of the seed, a comma and the id.
  public static func ticket(seed: String, id: String) -> SHA256Digest {
    SHA256Digest(of: Array(seed.utf8) + [UInt8(ascii: ",")] + Array(id.utf8))
  }

  /// Draws exactly `size` units: all with π = 1, then those with the smallest Pareto rank, ties by id.
  ///
  /// - Parameters:
  ///   - size: 1...number of units.
  ///   - seed: Any public text that nobody could foresee.
  ///   - floor: Least inclusion probability of every unit; 0 for none.
  /// - Returns: One row per unit of the frame, drawn or not, in canonical order.
  public func draw(size: Int, seed: String, floor: Double = 0) throws(DrawProblem) -> [DrawnUnit] {
    guard !seed.isEmpty else { throw .emptySeed }
    return try draw(size: size, tickets: tickets(seed: seed), floor: floor)
  }

  /// The tickets of all units, in canonical order.
  func tickets(seed: String) -> [SHA256Digest] {
    var series = SHA256Series(prefix: Array(seed.utf8) + [UInt8(ascii: ",")])
    return units.map { series.digest(ofUTF8: $0.id) }
  }

  /// Draws with tickets that were computed elsewhere, one per unit in canonical order.
  func draw(size: Int, tickets: [SHA256Digest], floor: Double) throws(DrawProblem) -> [DrawnUnit] {
    precondition(tickets.count == units.count, "one ticket per unit")
    let probabilities = try inclusionProbabilities(size: size, floor: floor)
    let isDrawn = ParetoSelection(tickets: tickets, probabilities: probabilities, size: size).isDrawn
    return units.indices.map {
      DrawnUnit(
        id: units[$0].id, inclusionProbability: probabilities[$0], ticket: tickets[$0], isDrawn: isDrawn[$0])
    }
  }
}
