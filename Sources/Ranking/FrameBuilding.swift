internal import Geometry
public import Grids
public import Sampling

/// From scores to what a draw needs.
public enum FrameBuilding {
  /// One unit per target, in the same order: its score, where it is, and the policy's floor.
  ///
  /// The class is the kind of target, the position the centre of its cell.
  /// - Parameter region: Names the city of each county; a county it does not know gives the code of its prefecture.
  public static func frame(_ targets: [RankedTarget], policy: Policy, region: Region) -> [FrameUnit] {
    let cityOf = Dictionary(region.counties.map { ($0.code, $0.cityCode) }, uniquingKeysWith: { first, _ in first })
    return targets.map { target in
      var city = ""
      if let county = target.countyCode, county.utf8.count == 6 {
        city = cityOf[county] ?? "\(county.prefix(4))00"
      }
      let centre = target.cell.map { region.lattice.centre(of: $0) }
      return FrameUnit(
        id: target.id, score: target.score, stratum: policy.draw.strata == .city ? city : "",
        minimumProbability: policy.draw.floorProbability, county: target.countyCode ?? "", city: city,
        unitClass: target.kind.rawValue, position: centre.map { FramePosition(x: $0.x, y: $0.y) })
    }
  }
}
