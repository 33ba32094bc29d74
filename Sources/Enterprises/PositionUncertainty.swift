/// Where a position of a register comes from. The raw value is what files use.
public enum PositionOrigin: String, CaseIterable, Hashable, Sendable, Codable {
  /// Measured on site.
  case surveyed
  /// Given without a word about its making.
  case declared
  /// Looked up from an address (地理编码).
  case geocoded
  /// The middle of the county or town, for want of anything better.
  case centroid
}

/// How far a position may be from the thing it stands for.
///
/// The radius holds the true place with 95 % probability; errors are taken as normal and equal in all directions, so
/// the standard deviation along each axis is the radius divided by √(-2 ln 0.05) = 2.4477.
public struct PositionUncertainty: Hashable, Sendable, Codable {
  /// Metres, above 0.
  public let radiusMetres: Double
  /// Why it is so wide.
  public let origin: PositionOrigin

  public init(radiusMetres: Double, origin: PositionOrigin) {
    self.radiusMetres = radiusMetres
    self.origin = origin
  }

  /// Along each axis.
  public var standardDeviationMetres: Double { radiusMetres / 2.447_746_830_680_816 }

  /// Radii that hold 95 %, where a register gives none: our choice, to be replaced by a check against surveyed places.
  ///
  /// Metres: 30 for a survey (a hand-held receiver inside a plant), 200 for a position without a word (a gate is as
  /// likely as a stack), 1,000 for an address (a village name and a house number often share one point).
  public static func usual(_ origin: PositionOrigin) -> PositionUncertainty {
    switch origin {
    case .surveyed: PositionUncertainty(radiusMetres: 30, origin: origin)
    case .declared: PositionUncertainty(radiusMetres: 200, origin: origin)
    case .geocoded: PositionUncertainty(radiusMetres: 1000, origin: origin)
    case .centroid: PositionUncertainty(radiusMetres: 15_000, origin: origin)
    }
  }
}
