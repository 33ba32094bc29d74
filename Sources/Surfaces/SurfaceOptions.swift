/// How a surface is made from cells with values.
public struct SurfaceOptions: Hashable, Sendable {
  public enum Method: String, CaseIterable, Hashable, Sendable {
    /// Ordinary kriging at cell centres.
    case kriging
    /// With a plane as trend in each neighbourhood.
    case universal
    /// Ordinary kriging of cell means.
    case block
    /// Kriging with the satellite's field as external drift; ordinary where the satellite saw nothing.
    case fusion
    /// The satellite's cells as further readings, brought to the readings' scale by regression.
    case cokrigingByRegression = "satellite-readings"
  }

  public var method = Method.kriging
  /// Readings of a neighbourhood at most.
  public var neighbours = 32
  /// `nil` to fit one to each period.
  public var variogram: VariogramModel?
  /// Whether the fit tells directions apart.
  public var isAnisotropic = false
  /// Points along a side of a block.
  public var blockPoints = 4
  public var threads = 1

  public init() {}
}

/// Why a field has no surface.
public enum SurfaceFailure: Error, Hashable, Sendable {
  case noReadings
  case noSatellite
  /// Too few cells have both a reading and a satellite value to learn how they go together.
  case fewPairs(Int)
  case variogram(VariogramFit.Failure)

  /// For a message.
  public var reason: String {
    switch self {
    case .noReadings: "no cell has a reading"
    case .noSatellite: "fusion needs the satellite's field"
    case .fewPairs(let pairs):
      "\(pairs) cells have both a reading and a satellite value; \(SurfaceEstimation.fewestPairs) are needed"
    case .variogram(let failure): failure.rawValue
    }
  }
}

/// What was learnt on the way to a surface.
public struct SurfaceReport: Sendable {
  public var model: VariogramModel
  /// Of the ordinary kriging that stands in where a drift is not known, and of the observed share.
  public var plainModel: VariogramModel
  public var isFitted: Bool
  public var leaveOneOut: LeaveOneOut
  /// Readings without a variance of their own, which got the median of the others.
  public var assumedVariances = 0
  /// Satellite against readings: intercept and slope of the regression, pairs and R².
  public var satellite: (intercept: Double, slope: Double, pairs: Int, r2: Double)?
  /// Reading cells left out of the fusion because the satellite saw nothing there.
  public var withoutDrift = 0
}
