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
