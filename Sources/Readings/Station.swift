public import Geometry

/// Who runs a monitor and how good it is.
public enum StationKind: String, CaseIterable, Hashable, Sendable, Codable {
  case national, provincial, county, micro, mobile
}

/// A monitor with a fixed place; a mobile one has none of its own.
public struct Station: Hashable, Sendable {
  /// As in the station file; unique within a workspace.
  public let id: String
  /// As in the station file; empty when it gives none.
  public let name: String
  /// Decides who can be the reference of a calibration: national and provincial stations.
  public let kind: StationKind
  /// WGS 84, converted from `declared`; `nil` for mobile monitors and where no position was given.
  public let position: LonLat?
  /// What the file said, kept for provenance.
  public let declared: DeclaredPosition?

  public init(id: String, name: String, kind: StationKind, position: LonLat?, declared: DeclaredPosition?) {
    self.id = id
    self.name = name
    self.kind = kind
    self.position = position
    self.declared = declared
  }
}
