public import Digests

/// What became of one unit of the frame.
public struct DrawOutcome: Hashable, Sendable {
  /// As in the frame, byte for byte.
  public let id: String
  /// Of the scored draw: 0 < π ≤ 1.
  public let inclusionProbability: Double
  /// SHA-256 of `seed,id`.
  public let ticket: SHA256Digest
  /// Whether the scored draw took the unit.
  public let isScored: Bool
  /// SHA-256 of `seed,random,id`; `nil` without a random arm.
  public let randomTicket: SHA256Digest?
  /// Whether the random arm took the unit.
  public let isRandom: Bool
  /// Of being visited at all: 1 - (1 - ρ)(1 - π), ρ the random arm's share of the frame.
  public let combinedProbability: Double
  /// The part of the frame the unit was drawn in, such as `class key`; empty when that is the rest or the whole.
  public let pool: String
  /// Place in its reserve, from 1; `nil` when it is not in one.
  public let reservePlace: Int?

  public init(
    id: String, inclusionProbability: Double, ticket: SHA256Digest, isScored: Bool, randomTicket: SHA256Digest?,
    isRandom: Bool, combinedProbability: Double, pool: String, reservePlace: Int?
  ) {
    self.id = id
    self.inclusionProbability = inclusionProbability
    self.ticket = ticket
    self.isScored = isScored
    self.randomTicket = randomTicket
    self.isRandom = isRandom
    self.combinedProbability = combinedProbability
    self.pool = pool
    self.reservePlace = reservePlace
  }

  /// Drawn by either arm; a unit in both is visited once.
  public var isDrawn: Bool { isScored || isRandom }

  /// `scored`, `random`, `both` or empty: how the unit came to be visited.
  public var arm: String { isScored ? (isRandom ? "both" : "scored") : isRandom ? "random" : "" }

  /// As a line of a plain drawn file.
  public var unit: DrawnUnit {
    DrawnUnit(id: id, inclusionProbability: inclusionProbability, ticket: ticket, isDrawn: isDrawn)
  }
}

/// A draw with everything that follows from frame, plan and seed.
public struct DrawResult: Hashable, Sendable {
  /// What was asked for, with which the draw can be repeated.
  public let plan: DrawPlan
  /// Public text; every ticket is a hash of it and an id.
  public let seed: String
  /// Units of the scored draw that were asked for; expected ones for Poisson.
  public let size: Int
  /// One per unit of the frame, in canonical order.
  public let units: [DrawOutcome]
  /// ρ: the random arm's share of the frame; 0 without one.
  public let randomProbability: Double
  /// Of a Pareto draw, pool by pool: at most this rank, drawn; above it, not. `nil` where no double parts the two.
  public let cuts: [PoolCut]
  /// The ticket that parts the random arm from the others; `nil` without a random arm.
  public let randomCut: SHA256Digest?
  /// Voronoi balance index of the scored draw; `nil` when no drawn unit has a position.
  public let balance: Double?

  /// Ids of the replacement units in order, by the name of their group (empty for the whole frame).
  public var reserves: [(group: String, ids: [String])] {
    var byGroup: [String: [(place: Int, id: String)]] = [:]
    for (unit, group) in zip(units, reserveGroups) {
      if let place = unit.reservePlace { byGroup[group, default: []].append((place, unit.id)) }
    }
    return byGroup.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { group, ids in
      (group: group, ids: ids.sorted { $0.place < $1.place }.map(\.id))
    }
  }

  /// Of every unit: the group whose reserve it could be in.
  public let reserveGroups: [String]

  /// Ids of the units to visit, in canonical order.
  public var drawnIDs: [String] { units.filter(\.isDrawn).map(\.id) }
}

/// Where a Pareto draw parted the drawn units of one pool from the others.
public struct PoolCut: Hashable, Sendable {
  /// Empty for the rest or the whole of the frame.
  public let pool: String
  /// Pareto rank: at most it, drawn; above it, not. `nil` where no double parts the two.
  public let rank: Double?

  public init(pool: String, rank: Double?) {
    self.pool = pool
    self.rank = rank
  }
}
