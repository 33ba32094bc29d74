public import Evidence
public import Grids

/// What can be drawn and visited.
public enum TargetKind: String, CaseIterable, Hashable, Sendable, Codable {
  /// A registered firm.
  case enterprise
  /// A meter without a registered firm.
  case unregisteredMeter = "unregistered-meter"
  /// A hot cell to be searched for scattered polluters (散乱污).
  case cell
}

/// One named part of a score.
public struct ScorePart: Hashable, Sendable, Codable {
  /// Name of the part in the policy file.
  public let name: String
  /// Added to the score; negative for `answered-by-visit` alone.
  public let points: Double

  public init(name: String, points: Double) {
    self.name = name
    self.points = points
  }
}

/// A target with its score and all leads on it; the frame is made of these.
public struct RankedTarget: Hashable, Sendable {
  /// `E-<credit code>`, `M-<meter>` or `C-<cell>`: public, stable, what the ticket is computed from.
  public let id: String
  /// The first letter of `id` says the same.
  public let kind: TargetKind
  /// Of the firm as in the register; of others, what is known of them.
  public let name: String
  /// Where to go: the 3 km cell.
  public let cell: CellID?
  /// GB/T 2260; `nil` where no county of the region holds the target.
  public let countyCode: String?
  /// In the order of the policy file; `score` is exactly their sum from left to right.
  public let parts: [ScorePart]
  /// Everything that speaks for a visit; empty for a target that only the base part keeps in the draw.
  public let leads: [Lead]

  public init(
    id: String, kind: TargetKind, name: String, cell: CellID?, countyCode: String?, parts: [ScorePart], leads: [Lead]
  ) {
    self.id = id
    self.kind = kind
    self.name = name
    self.cell = cell
    self.countyCode = countyCode
    self.parts = parts
    self.leads = leads
  }

  /// Sum of the parts from left to right, as printed.
  public var score: Double { parts.reduce(0) { $0 + $1.points } }
}
