public import SpatialStatistics

/// How hotspots are looked for; part of a policy file.
public struct HotspotOptions: Hashable, Sendable, Codable {
  /// What a z is compared with.
  public enum Null: String, Hashable, Sendable, Codable, CaseIterable {
    /// The standard normal distribution: right for fields without spatial correlation.
    case theoretical
    /// The median and spread of the field's own z (Efron): for smooth fields, where theory calls half the map hot.
    case empirical
    /// The field's own covariances at the steps of the neighbourhood (Ord & Getis's O); of Gi* only.
    case autocorrelated
  }

  /// Which p decides the bin.
  public enum BinBy: String, Hashable, Sendable, Codable, CaseIterable {
    case analytic
    case permutation
  }

  public var neighbourhood: Neighbourhood
  /// Conditional permutations; 0 for none.
  public var permutations: Int
  public var seed: UInt64
  public var null: Null
  public var binBy: BinBy
  /// Fresh permutations for every cell instead of shared ones: slow, with independent Monte Carlo errors.
  public var independentPermutations: Bool
  /// Which side of chance p looks at.
  public var alternative: Alternative
  /// How bins allow for the number of cells.
  public var correction: Significance.Correction

  enum CodingKeys: String, CodingKey {
    case neighbourhood, permutations, seed, null, alternative, correction
    case binBy = "bin_by"
    case independentPermutations = "independent_permutations"
  }

  public init(
    neighbourhood: Neighbourhood = .queen, permutations: Int = 0, seed: UInt64 = 1, null: Null = .theoretical,
    binBy: BinBy = .analytic, independentPermutations: Bool = false,
    alternative: Alternative = .twoSided, correction: Significance.Correction = .benjaminiHochberg
  ) {
    precondition(permutations >= 0, "a number of permutations is not negative")
    self.neighbourhood = neighbourhood
    self.permutations = permutations
    self.seed = seed
    self.null = null
    self.binBy = binBy
    self.independentPermutations = independentPermutations
    self.alternative = alternative
    self.correction = correction
  }

  /// Below this many cells the normal approximation is rough and permutations should decide.
  public static let fewCells = 30
}
