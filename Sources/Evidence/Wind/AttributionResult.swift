public import Grids

/// Who an excess may come from.
public enum SourceSlot: Hashable, Sendable {
  /// Position in the caller's register.
  case firm(Int)
  /// A source in this cell that no register knows.
  case unregistered(CellID)
  /// None of these: no excess that a plume from within reach explains.
  case background
}

/// How much of the excess of an anomaly one source explains.
public struct SourceShare: Hashable, Sendable {
  /// A firm, the slot of a cell, or the background.
  public let source: SourceSlot
  /// Posterior mean of its share of the excess, 0...1; all shares of an anomaly add up to 1.
  public let share: Double
  /// 5 and 95 % of the posterior.
  public let lowest: Double
  /// 95 % point of the posterior share, 0...1.
  public let highest: Double
  /// Calibrated probability that it explains at least half of the excess.
  public let halfProbability: Double
  /// The same as the sampler counts it, before calibration.
  public let rawHalfProbability: Double
  /// Calibrated probability that no other source explains more.
  public let mainProbability: Double
  /// The same before calibration.
  public let rawMainProbability: Double
}

/// Why nothing was attributed.
public enum AttributionAbstention: String, CaseIterable, Hashable, Sendable, Codable {
  /// No wind within reach in enough hours; nothing is put in its place.
  case noWind = "no-wind"
  /// Wind is there, but values or background are missing in too many hours.
  case tooFewHours = "too-few-hours"
  /// Too few monitors near the anomaly.
  case noReceptors = "no-receptors"
  /// Neither a firm nor a slot could have reached the monitors in any hour.
  case noCandidates = "no-candidates"
}

/// The posterior of one anomaly with everything that must be said beside it.
public struct AttributionResult: Sendable {
  /// What was to be explained, as given.
  public let anomaly: AirAnomaly
  /// By descending probability of being the main source, ties by share, then firms before slots; empty when `abstention`
  /// is set. Sources never seen in a draw are left out.
  public let shares: [SourceShare]
  /// Mean excess of the anomaly's cells that the sources explain, µg/m³; `nil` when nothing was attributed.
  public let excess: Double?
  /// Hours with moving air and a background: what the posterior rests on.
  public let hoursUsed: Int
  /// Hours of the evidence without a wind; none is ever made up.
  public let hoursWithoutWind: Int
  /// Hours with a wind too slow to have a direction.
  public let calmHours: Int
  /// Monitors whose values were explained.
  public let receptors: Int
  /// Firms that took part, whether or not they are in `shares`.
  public let candidates: Int
  /// Runs with winds turned and stretched.
  public let ensemble: Int
  /// Hour-to-hour correlation of what was left unexplained; the evidence was thinned by it.
  public let hourCorrelation: Double?
  /// Sum of the squared standardised errors over their number: above 1 the errors were widened by it.
  public let misfit: Double?
  /// Why nothing was attributed; `nil` where something was.
  public let abstention: AttributionAbstention?

  /// Share of the excess that no registered firm explains: unregistered slots and background. `nil` on abstention.
  public var unexplainedShare: Double? {
    guard abstention == nil else { return nil }
    return max(0, 1 - shares.reduce(0) { if case .firm = $1.source { $0 + $1.share } else { $0 } })
  }

  /// Posterior share of unregistered sources by cell, ascending by cell: what a search for dark emitters starts from.
  public var unregisteredShares: [(cell: CellID, share: Double, halfProbability: Double)] {
    shares.compactMap { entry in
      guard case .unregistered(let cell) = entry.source else { return nil }
      return (cell, entry.share, entry.halfProbability)
    }.sorted { $0.0 < $1.0 }
  }
}
