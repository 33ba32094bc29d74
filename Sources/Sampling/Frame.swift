public import Digests

/// One line of a frame file: what can be drawn, with its score.
public struct FrameUnit: Hashable, Sendable {
  /// Public and stable; the ticket is computed from its UTF-8 bytes.
  public let id: String
  /// Not negative and finite.
  public let score: Double
  /// Empty when there are no strata.
  public let stratum: String
  /// Floor on the inclusion probability of this unit; 0 when there is none.
  public let minimumProbability: Double

  public init(id: String, score: Double, stratum: String = "", minimumProbability: Double = 0) {
    self.id = id
    self.score = score
    self.stratum = stratum
    self.minimumProbability = minimumProbability
  }
}

/// One line of a drawn file.
public struct DrawnUnit: Hashable, Sendable {
  public let id: String
  /// 0 < π ≤ 1.
  public let inclusionProbability: Double
  /// SHA-256 of `seed,id`.
  public let ticket: SHA256Digest
  public let isDrawn: Bool

  public init(id: String, inclusionProbability: Double, ticket: SHA256Digest, isDrawn: Bool) {
    self.id = id
    self.inclusionProbability = inclusionProbability
    self.ticket = ticket
    self.isDrawn = isDrawn
  }
}

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
    return try draw(size: size, tickets: units.map { Frame.ticket(seed: seed, id: $0.id) }, floor: floor)
  }

  /// Draws with tickets that were computed elsewhere, one per unit in canonical order.
  func draw(size: Int, tickets: [SHA256Digest], floor: Double) throws(DrawProblem) -> [DrawnUnit] {
    precondition(tickets.count == units.count, "one ticket per unit")
    let probabilities = try inclusionProbabilities(size: size, floor: floor)
    var isDrawn = probabilities.map { $0 == 1 }
    let uncertain = probabilities.indices.filter { probabilities[$0] < 1 }
    let ranks = uncertain.map { ParetoRank(ticket: tickets[$0], probability: probabilities[$0]) }
    let order = ranks.indices.sorted { ranks[$0].precedes(ranks[$1]) ?? ($0 < $1) }
    let places = size - (units.count - uncertain.count)
    for place in order.prefix(max(0, places)) { isDrawn[uncertain[place]] = true }
    return units.indices.map {
      DrawnUnit(
        id: units[$0].id, inclusionProbability: probabilities[$0], ticket: tickets[$0], isDrawn: isDrawn[$0])
    }
  }
}
