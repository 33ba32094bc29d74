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
  public let kind: TargetKind
  public let name: String
  /// Where to go: the 3 km cell.
  public let cell: CellID?
  public let countyCode: String?
  /// In the order of the policy file; `score` is exactly their sum from left to right.
  public let parts: [ScorePart]
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

  public var score: Double { parts.reduce(0) { $0 + $1.points } }
}
