public import Grids
public import Sampling

/// From scores to what a draw needs.
public enum FrameBuilding {
  /// One unit per target, in the same order: its score, its city as stratum and the policy's floor.
  ///
  /// - Parameter region: Names the city of each county; a county it does not know gives the code of its prefecture.
  public static func frame(_ targets: [RankedTarget], policy: Policy, region: Region) -> [FrameUnit] {
    let cityOf = Dictionary(region.counties.map { ($0.code, $0.cityCode) }, uniquingKeysWith: { first, _ in first })
    return targets.map { target in
      var stratum = ""
      if policy.draw.strata == .city, let county = target.countyCode, county.utf8.count == 6 {
        stratum = cityOf[county] ?? "\(county.prefix(4))00"
      }
      return FrameUnit(
        id: target.id, score: target.score, stratum: stratum, minimumProbability: policy.draw.floorProbability)
    }
  }
}
